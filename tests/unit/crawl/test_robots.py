"""robots.txt by RFC 9309: who may read what, asked once, kept a day, and what silence means."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.crawl.robots import MOST_BYTES, MOST_DELAY_S, RobotsRules, robots_text
from aggregator.domain.web.rights import RobotsFile, product_token
from aggregator.errors import RefusedError, WebError
from aggregator.ports import Response
from tests.fakes import FakeWeb

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
ROBOTS, TDM = "https://lab.example/robots.txt", "https://lab.example/.well-known/tdmrep.json"
PAGE = "https://lab.example/news/a"
BARRED = RefusedError("disallowed by robots.txt")


def _refusals(
    answer: Response | WebError | None, *urls: str, kept: Mapping[str, RobotsFile] | None = None
) -> tuple[list[str | None], RobotsRules, FakeWeb]:
    web = FakeWeb(
        {ROBOTS: answer} if answer else {"https://lab.example/": Response(url="", status=200)}
    )
    rules = RobotsRules(web, "ai-news-aggregator/1.0 (+https://site.example)", NOW, kept)

    async def all_asked() -> list[WebError | None]:
        return await asyncio.gather(*(rules.refusal(url) for url in urls))

    return [refusal.reason if refusal else None for refusal in asyncio.run(all_asked())], rules, web


def _robots(text: str, status: int = 200) -> Response:
    return Response(url=ROBOTS, status=status, body=text.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("User-agent: *\nDisallow: /news/", BARRED.reason, id="everyone"),
        pytest.param(
            "User-agent: AI-News-Aggregator\nDisallow: /", BARRED.reason, id="us, by name"
        ),
        pytest.param(
            "User-agent: site.example\nDisallow: /", None, id="a word elsewhere in our header"
        ),
        pytest.param(
            "User-agent: *\nDisallow: /\n\nUser-agent: ai-news-aggregator\nAllow: /",
            None,
            id="all but us",
        ),
        pytest.param(
            "User-agent: *\nDisallow: /news/\nAllow: /news/a", None, id="the longer rule counts"
        ),
        pytest.param("User-agent: *\nDisallow: /*/a$", BARRED.reason, id="a pattern"),
        pytest.param(
            "\ufeffUser-agent: *\nDisallow: /", BARRED.reason, id="behind a byte order mark"
        ),
        pytest.param("<html>not found</html>", None, id="not rules at all"),
    ],
)
def test_the_rules_are_obeyed(text: str, expected: str | None) -> None:
    refusals, _, _ = _refusals(_robots(text), PAGE)

    assert refusals == [expected]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(None, None, id="there is none"),
        pytest.param(
            _robots("User-agent: *\nDisallow: /", 403), None, id="forbidden: 4xx means no rules"
        ),
        pytest.param(WebError("redirect loop", status=302), None, id="redirects without end"),
        pytest.param(
            _robots("", 503), "robots.txt could not be read: http 503 service unavailable", id="5xx"
        ),
        pytest.param(
            _robots("", 429),
            "robots.txt could not be read: http 429 too many requests",
            id="429: no answer",
        ),
        pytest.param(
            WebError("body cut short"),
            "robots.txt could not be read: body cut short",
            id="no answer",
        ),
        pytest.param(
            WebError("host name not found", unreachable=True),
            "host name not found",
            id="the host is the reason",
        ),
    ],
)
def test_what_an_answer_without_rules_means(
    answer: Response | WebError | None, expected: str | None
) -> None:
    refusals, _, _ = _refusals(answer, PAGE)

    assert refusals == [expected]


def test_those_who_ask_at_once_share_one_request() -> None:
    _, _, web = _refusals(_robots("User-agent: *\nDisallow: /"), PAGE, f"{PAGE}?2", f"{PAGE}?3")

    assert [request.url for request in web.asked] == [ROBOTS]


def test_what_was_learnt_is_kept_but_not_a_failure() -> None:
    _, learnt, _ = _refusals(_robots("User-agent: *"), PAGE)
    _, failed, _ = _refusals(_robots("", 500), PAGE)

    assert (learnt.files(), failed.files()) == (
        (RobotsFile(origin="https://lab.example", fetched=NOW, status=200, body="User-agent: *"),),
        (),
    )


@pytest.mark.parametrize(
    ("age", "asked"),
    [
        pytest.param(timedelta(hours=23), 0, id="fresh"),
        pytest.param(timedelta(hours=24), 1, id="a day old"),
    ],
)
def test_a_kept_file_serves_for_a_day(age: timedelta, asked: int) -> None:
    file = RobotsFile(
        origin="https://lab.example",
        fetched=NOW - age,
        status=200,
        body="User-agent: *\nDisallow: /",
    )

    _, _, web = _refusals(None, PAGE, kept={file.origin: file})

    assert len(web.asked) == asked


@pytest.mark.parametrize(
    "answer",
    [_robots("", 503), WebError("host name not found", unreachable=True)],
    ids=["5xx", "no host"],
)
def test_the_last_known_rules_hold_while_there_is_no_answer(answer: Response | WebError) -> None:
    body = "User-agent: *\nDisallow: /secret"
    file = RobotsFile(
        origin="https://lab.example", fetched=NOW - timedelta(days=9), status=200, body=body
    )

    refusals, rules, _ = _refusals(
        answer, PAGE, "https://lab.example/secret", kept={file.origin: file}
    )
    assert (refusals, rules.files()) == ([None, BARRED.reason], ())


def _reservation(robots: str, url: str, tdm: str = "") -> str:
    answers = {ROBOTS: _robots(robots), TDM: Response(url=TDM, status=200, body=tdm.encode())}
    return asyncio.run(
        RobotsRules(FakeWeb(answers), "ai-news-aggregator/1.0", NOW).reservation(url)
    )


SIGNAL = "Content-Signal: ai-input=no"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param(
            "User-agent: *\nContent-Signal: search=yes, ai-input=no, ai-train=no\nAllow: /",
            SIGNAL,
            id="everyone",
        ),
        pytest.param(
            "User-agent: *\ncontent-signal: ai-input = NO # please\nAllow: /",
            SIGNAL,
            id="however it is spelt",
        ),
        pytest.param(
            "User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /",
            "",
            id="training only",
        ),
        pytest.param(
            "User-agent: otherbot\nContent-Signal: ai-input=no\n\nUser-agent: *\nAllow: /",
            "",
            id="another crawler",
        ),
        pytest.param(
            "User-agent: ai-news-aggregator\nContent-Signal: ai-input=no", SIGNAL, id="us, by name"
        ),
        pytest.param(
            "User-agent: ai-news-aggregator\nAllow: /\n\nUser-agent: *\nContent-Signal:"
            " ai-input=no",
            "",
            id="all but us",
        ),
        pytest.param(
            "User-agent: *\nContent-Signal: /news/ ai-input=no\nAllow: /", SIGNAL, id="our path"
        ),
        pytest.param(
            "User-agent: *\nContent-Signal: /blog/ ai-input=no\nAllow: /", "", id="another path"
        ),
        pytest.param(
            "User-agent: *\nContent-Signal: ai-input=no\nContent-Signal: /news/ ai-input=yes",
            "",
            id="the longer path counts",
        ),
        pytest.param("User-agent: *\nDisallow: /news/", "", id="barred is not reserved"),
        pytest.param("# Content-Signal: ai-input=no", "", id="a comment"),
    ],
)
def test_a_signal_closes_a_text_for_its_group_and_path(text: str, word: str) -> None:
    assert _reservation(text, PAGE) == word


@pytest.mark.parametrize(
    ("tdm", "word"),
    [
        pytest.param('[{"location": "/", "tdm-reservation": 1}]', "tdm-reservation: 1", id="all"),
        pytest.param(
            '[{"location": "/news/*", "tdm-reservation": "1"}]',
            "tdm-reservation: 1",
            id="a pattern, a text",
        ),
        pytest.param('[{"location": "/blog/", "tdm-reservation": 1}]', "", id="another path"),
        pytest.param(
            '[{"location": "/news/", "tdm-reservation": 0}, {"location": "/",'
            ' "tdm-reservation": 1}]',
            "",
            id="the first counts",
        ),
        pytest.param('{"location": "/"}', "", id="no list"),
        pytest.param('[{"location": 7, "tdm-reservation": 1}, "x"]', "", id="no locations"),
        pytest.param("<html>not found</html>", "", id="no JSON"),
        pytest.param("[" * 100_000, "", id="too deep"),
    ],
)
def test_tdmrep_closes_a_text_by_the_first_location_that_matches(tdm: str, word: str) -> None:
    assert _reservation("", PAGE, tdm) == word


def test_reservations_are_kept_with_the_rules() -> None:
    tdm = '[{"location": "/", "tdm-reservation": 1}]'
    kept = RobotsFile(origin="https://lab.example", fetched=NOW, status=404, tdm=tdm)
    rules = RobotsRules(FakeWeb({}), "us", NOW, {kept.origin: kept})

    assert asyncio.run(rules.reservation(PAGE)) == "tdm-reservation: 1"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("User-agent: *\nDisallow: /", id="everything is barred"),
        pytest.param("User-agent: *\nDisallow: /news/", id="the page is barred"),
        pytest.param("User-agent: *\nDisallow: /.well-known/", id="the file is barred"),
    ],
)
def test_tdmrep_is_asked_for_only_where_it_and_the_page_may_be(text: str) -> None:
    web = FakeWeb({ROBOTS: _robots(text), TDM: Response(url=TDM, status=200)})

    assert asyncio.run(RobotsRules(web, "us", NOW).reservation(PAGE)) == ""
    assert [request.url for request in web.asked] == [ROBOTS]


RESERVING = '[{"location": "/", "tdm-reservation": 1}]'
YESTERDAY = RobotsFile(
    origin="https://lab.example",
    fetched=NOW - timedelta(days=1),
    status=200,
    body="User-agent: *\nCrawl-delay: 2",
    etag='"r"',
    last_modified="Sun, 05 Jul 2026 06:00:00 GMT",
    tdm=RESERVING,
    tdm_fetched=NOW - timedelta(days=1),
    tdm_etag='"t"',
)


def _after_a_day(answers: Mapping[str, Response | WebError]) -> tuple[str, RobotsRules, FakeWeb]:
    web = FakeWeb(answers)
    rules = RobotsRules(web, "us", NOW, {YESTERDAY.origin: YESTERDAY})
    return asyncio.run(rules.reservation(PAGE)), rules, web


def test_both_files_are_asked_for_with_their_validators_and_the_known_spacing() -> None:
    answers = {
        url: Response(url=url, status=200, headers={"etag": etag})
        for url, etag in ((ROBOTS, '"r"'), (TDM, '"t"'))
    }
    word, rules, web = _after_a_day(answers)

    asked = [
        (request.url, request.etag, request.last_modified, request.spacing_s)
        for request in web.asked
    ]
    assert asked == [(ROBOTS, '"r"', YESTERDAY.last_modified, 2.0), (TDM, '"t"', None, 2.0)]
    assert word == "tdm-reservation: 1"
    assert rules.files() == (replace(YESTERDAY, fetched=NOW, tdm_fetched=NOW),)


def test_new_files_come_with_new_validators() -> None:
    answers = {
        ROBOTS: Response(url=ROBOTS, status=200, headers={"etag": '"r2"'}, body=b"User-agent: *"),
        TDM: Response(url=TDM, status=404),
    }
    word, rules, _ = _after_a_day(answers)

    new = RobotsFile(
        origin=YESTERDAY.origin,
        fetched=NOW,
        status=200,
        body="User-agent: *",
        etag='"r2"',
        tdm_fetched=NOW,
    )
    assert (word, rules.files()) == ("", (new,))


@pytest.mark.parametrize(
    "answer", [Response(url=TDM, status=503), WebError("body cut short")], ids=["5xx", "no answer"]
)
def test_a_known_reservation_holds_while_there_is_no_answer(answer: Response | WebError) -> None:
    word, rules, _ = _after_a_day({ROBOTS: Response(url=ROBOTS, status=200), TDM: answer})

    assert word == "tdm-reservation: 1"
    assert [file.tdm_fetched for file in rules.files()] == [YESTERDAY.tdm_fetched]


@pytest.mark.parametrize(
    ("delay", "spacing_s"), [("2.5", 2.5), ("3600", MOST_DELAY_S), ("soon", 0.0)]
)
def test_a_crawl_delay_is_kept_within_a_bound(delay: str, spacing_s: float) -> None:
    rules = RobotsRules(
        FakeWeb({ROBOTS: _robots(f"User-agent: *\nCrawl-delay: {delay}")}), "us", NOW
    )

    assert asyncio.run(rules.spacing_s(PAGE)) == spacing_s


def test_a_long_file_is_cut_between_lines() -> None:
    text = robots_text(b"Disallow: /private\n" * 40_000)

    assert (len(text) <= MOST_BYTES, len(text) > MOST_BYTES - 20, text.endswith("/private")) == (
        True,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("agent", "token"),
    [("Name/1.2 (+https://x)", "Name"), ("two words", "two"), ("plain", "plain"), (" ", "*")],
)
def test_robots_txt_names_us_by_our_product(agent: str, token: str) -> None:
    assert product_token(agent) == token
