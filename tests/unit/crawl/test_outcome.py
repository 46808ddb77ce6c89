"""What an answer means for a source or a page: state, failure, next try."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.crawl.outcome import (
    Changed,
    Failed,
    NotModified,
    source_outcome,
    state_after_reading,
    unreadable,
    without_back_off,
)
from aggregator.crawl.page_outcome import (
    CHALLENGE,
    PageFailed,
    PageFetched,
    PageRequest,
    page_outcome,
    unreadable_page,
)
from aggregator.crawl.plan import SourceRequest
from aggregator.crawl.polling import LEEWAY, retry_after
from aggregator.domain.entry import DateOrigin, Entry, EntryDate, Feed
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.operation.report import Failure
from aggregator.domain.settings import FetchSettings
from aggregator.domain.source import Source
from aggregator.errors import PausedError, RefusedError, WebError
from aggregator.ports import Hop, Request, Response

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
SETTINGS = FetchSettings()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://lab.example/feed"
SOURCE = Source(key="lab", name="Lab", url=URL)
BODY = b"<rss/>"
KNOWN = FetchState(
    source_key="lab",
    url=URL,
    etag='"1"',
    last_modified="Sun, 05 Jul 2026 06:00:00 GMT",
    body_hash=hashlib.sha256(BODY).hexdigest(),
    last_tried=NOW - DAY,
    last_ok=NOW - DAY,
    due=NOW,
)
FAILING = replace(
    KNOWN,
    failures=3,
    failing_since=NOW - DAY,
    reason="http 500 internal server error",
    barred_until=NOW,
)
PAGE = PageRequest(article_id="a", url="https://lab.example/a")


def _ask(state: FetchState | None) -> SourceRequest:
    return SourceRequest(source=SOURCE, state=state, request=Request(url=URL))


def _answer(status: int, body: bytes = b"", **headers: str) -> Response:
    return Response(
        url=URL,
        status=status,
        body=body,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def test_a_new_body_is_a_change_with_its_validators_and_hash() -> None:
    answer = _answer(200, b"<rss>2</rss>", etag='"2"')

    outcome = source_outcome(_ask(None), answer, SETTINGS, NOW)

    state = FetchState(
        source_key="lab",
        url=URL,
        etag='"2"',
        body_hash=hashlib.sha256(b"<rss>2</rss>").hexdigest(),
        last_tried=NOW,
        last_ok=NOW,
    )
    assert outcome == Changed(ask=_ask(None), state=state, response=answer)


def test_304_keeps_the_validators_and_forgets_failures() -> None:
    outcome = source_outcome(_ask(FAILING), _answer(304), SETTINGS, NOW)

    assert outcome == NotModified(
        ask=_ask(FAILING),
        state=replace(KNOWN, last_tried=NOW, last_ok=NOW, due=NOW + HOUR - LEEWAY),
    )


def test_the_same_body_again_is_no_change_and_brings_new_validators() -> None:
    outcome = source_outcome(_ask(KNOWN), _answer(200, BODY, etag='"3"'), SETTINGS, NOW)

    state = replace(
        KNOWN, etag='"3"', last_modified=None, last_tried=NOW, last_ok=NOW, due=NOW + HOUR - LEEWAY
    )
    assert outcome == NotModified(ask=_ask(KNOWN), state=state)


def test_304_to_a_request_without_validators_is_a_failure() -> None:
    outcome = source_outcome(_ask(None), _answer(304), SETTINGS, NOW)

    assert isinstance(outcome, Failed)


def _feed(*days: float, **stated: object) -> Feed:
    moments = [EntryDate(at=NOW - day * DAY, origin=DateOrigin.FEED) for day in days]
    entries = [
        Entry(source_key="lab", guid=f"{n}", url=URL, title="", published=at)
        for n, at in enumerate(moments)
    ]
    return Feed(entries=tuple(entries), **stated)  # type: ignore[arg-type]


def test_a_document_that_was_read_tells_the_rhythm_the_wishes_and_what_is_closed() -> None:
    changed = source_outcome(
        _ask(KNOWN), _answer(200, b"<rss>2</rss>", etag='"2"', x_robots_tag="noai"), SETTINGS, NOW
    )
    assert isinstance(changed, Changed)

    state = state_after_reading(
        changed, _feed(0, 4, 8, told_s=3 * 86_400, skip_hours=(6,), skip_days=(5,)), SETTINGS, NOW
    )
    shown = (
        state.rhythm_s,
        state.told_s,
        state.skip_hours,
        state.skip_days,
        state.reserved,
        state.due,
    )
    assert shown == (
        86_400,
        3 * 86_400,
        (6,),
        (5,),
        "X-Robots-Tag: noai",
        (NOW + DAY).replace(hour=7),
    )


def test_304_keeps_what_the_document_told_and_a_little_more_time() -> None:
    known = replace(
        KNOWN, rhythm_s=7_200, told_s=5 * 3_600, skip_hours=(11, 12), reserved="X-Robots-Tag: noai"
    )

    state = source_outcome(_ask(known), _answer(304), SETTINGS, NOW).state
    shown = (state.rhythm_s, state.told_s, state.skip_hours, state.reserved, state.due)
    assert shown == (
        7_200 + 86_400 // 16,
        5 * 3_600,
        (11, 12),
        "X-Robots-Tag: noai",
        NOW + 7 * HOUR,
    )


def test_max_age_of_a_304_puts_off_the_next_asking() -> None:
    outcome = source_outcome(_ask(KNOWN), _answer(304, cache_control="max-age=7200"), SETTINGS, NOW)

    assert outcome.state.due == NOW + 2 * HOUR


@pytest.mark.parametrize(
    "etag", [pytest.param("é", id="not ASCII"), pytest.param("x" * 2000, id="too long")]
)
def test_a_validator_that_could_not_be_sent_back_is_not_kept(etag: str) -> None:
    outcome = source_outcome(_ask(None), _answer(200, BODY, etag=etag), SETTINGS, NOW)

    assert outcome.state.etag is None


def test_a_failure_keeps_what_is_known_and_tells_the_next_try() -> None:
    outcome = source_outcome(_ask(KNOWN), WebError("connection refused"), SETTINGS, NOW)

    due = NOW + HOUR - LEEWAY
    state = replace(
        KNOWN, last_tried=NOW, due=due, failures=1, failing_since=NOW, reason="connection refused"
    )
    failure = Failure(source="lab", stage="fetch", reason="connection refused", next_try=due)
    assert outcome == Failed(ask=_ask(KNOWN), state=state, failure=failure)


def test_a_further_failure_remembers_since_when() -> None:
    outcome = source_outcome(_ask(FAILING), _answer(404), SETTINGS, NOW)

    state = outcome.state
    assert (state.failures, state.failing_since, state.reason) == (
        4,
        NOW - DAY,
        "http 404 not found",
    )


@pytest.mark.parametrize(("before", "failures"), [(KNOWN, 0), (FAILING, 3)])
def test_where_the_network_was_at_fault_the_state_says_since_when_and_counts_no_failure(
    before: FetchState, failures: int
) -> None:
    failed = source_outcome(_ask(before), WebError("no route to host"), SETTINGS, NOW)
    assert isinstance(failed, Failed)
    state = without_back_off(failed, NOW).state

    assert (state.failing_since, state.failures) == (before.failing_since or NOW, failures)


@pytest.mark.parametrize(
    ("stated", "wait"),
    [
        pytest.param("120", timedelta(minutes=2), id="seconds"),
        pytest.param("Mon, 06 Jul 2026 08:00:00 GMT", 2 * HOUR, id="a date"),
        pytest.param("Monday, 06-Jul-26 08:00:00 GMT", 2 * HOUR, id="an obsolete date"),
        pytest.param("Sun, 05 Jul 2026 08:00:00 GMT", timedelta(0), id="a date gone by"),
        pytest.param("604800", 7 * DAY, id="a week, which is meant"),
        pytest.param("99999999999999999999", 30 * DAY, id="absurd seconds"),
        pytest.param("Mon, 06 Jul 2099 08:00:00 GMT", 30 * DAY, id="an absurd date"),
        pytest.param("-5", None, id="negative"),
        pytest.param("soon", None, id="a word"),
        pytest.param("1.5", None, id="a fraction"),
        pytest.param("Mon, 99 Foo 99999999 99:99:99", None, id="nonsense shaped like a date"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(stated: str, wait: timedelta | None) -> None:
    at = retry_after(_answer(429, retry_after=stated).headers, NOW)

    assert at == (NOW + wait if wait is not None else None)


def test_retry_after_bars_a_source_and_never_shortens_our_own_wait() -> None:
    outcome = source_outcome(_ask(None), _answer(429, retry_after="60"), SETTINGS, NOW)

    assert (outcome.state.barred_until, outcome.state.due) == (
        NOW + timedelta(seconds=60),
        NOW + HOUR - LEEWAY,
    )


def test_a_long_retry_after_puts_off_the_next_asking() -> None:
    outcome = source_outcome(_ask(None), _answer(503, retry_after="7200"), SETTINGS, NOW)

    assert (outcome.state.barred_until, outcome.state.due) == (NOW + 2 * HOUR, NOW + 2 * HOUR)


def test_one_that_was_not_asked_as_its_neighbour_was_told_to_wait_has_not_failed() -> None:
    outcome = source_outcome(_ask(KNOWN), PausedError("not asked", NOW + 5 * HOUR), SETTINGS, NOW)

    assert isinstance(outcome, Failed)
    assert (outcome.state, outcome.failure.next_try) == (
        replace(KNOWN, due=NOW + 5 * HOUR, barred_until=NOW + 5 * HOUR),
        NOW + 5 * HOUR,
    )


def test_the_second_410_in_a_row_retires_a_source() -> None:
    first = source_outcome(_ask(KNOWN), _answer(410), SETTINGS, NOW)
    second = source_outcome(_ask(first.state), _answer(410), SETTINGS, NOW + DAY)
    between = source_outcome(_ask(first.state), _answer(500), SETTINGS, NOW + DAY)
    later = source_outcome(_ask(between.state), _answer(410), SETTINGS, NOW + 2 * DAY)

    assert isinstance(second, Failed)
    assert [(outcome.state.retired, outcome.state.due) for outcome in (first, second, later)] == [
        (None, NOW + DAY),
        (NOW + DAY, None),
        (None, NOW + 3 * DAY),
    ]
    assert (second.failure.source, second.failure.stage) == ("lab", "fetch")
    assert second.failure.reason.startswith("http 410 gone: retired")


def test_a_retired_source_that_answers_is_back() -> None:
    outcome = source_outcome(
        _ask(replace(KNOWN, retired=NOW - DAY, gone_sightings=2)), _answer(304), SETTINGS, NOW
    )

    assert (outcome.state.retired, outcome.state.gone_sightings) == (None, 0)


def test_an_address_taken_over_gives_way_to_the_configured_one_when_it_fails() -> None:
    outcome = source_outcome(
        _ask(replace(KNOWN, ask_url="https://lab.example/new")), _answer(404), SETTINGS, NOW
    )

    assert (outcome.state.ask_url, outcome.state.url, outcome.state.etag) == (None, URL, '"1"')


def test_a_redirect_is_marked_whatever_comes_of_it() -> None:
    hops = (Hop(url="https://lab.example/old", status=302),)
    answers = [replace(_answer(status, BODY), hops=hops) for status in (200, 304, 404)]

    assert [
        source_outcome(_ask(KNOWN), answer, SETTINGS, NOW).was_redirected for answer in answers
    ] == [True, True, True]


def test_an_unreadable_body_keeps_the_old_validators_so_that_the_feed_is_read_again() -> None:
    outcome = unreadable(_ask(KNOWN), "not a feed", NOW)

    state = outcome.state
    assert (state.etag, state.body_hash, state.failures, outcome.failure.stage) == (
        '"1"',
        KNOWN.body_hash,
        1,
        "extract",
    )


def test_a_page_with_text_is_fetched() -> None:
    answer = _answer(200, b"<p>", content_type="Text/HTML; charset=utf-8")

    assert page_outcome(PAGE, answer, NOW) == PageFetched(article_id="a", response=answer)


@pytest.mark.parametrize(
    ("answer", "failures", "reason", "wait"),
    [
        pytest.param(_answer(404), 0, "http 404 not found", 7 * DAY, id="missing"),
        pytest.param(_answer(410), 0, "http 410 gone", 7 * DAY, id="gone"),
        pytest.param(_answer(403), 5, "http 403 forbidden", 7 * DAY, id="forbidden"),
        pytest.param(
            _answer(403, cf_mitigated="challenge"), 0, CHALLENGE, 7 * DAY, id="a challenge"
        ),
        pytest.param(
            _answer(200, b"<p>", cf_mitigated="challenge"),
            0,
            CHALLENGE,
            7 * DAY,
            id="a challenge that says 200",
        ),
        pytest.param(
            _answer(429, retry_after="600"),
            0,
            "http 429 too many requests",
            HOUR / 6,
            id="busy, with a time",
        ),
        pytest.param(_answer(503), 5, "http 503 service unavailable", HOUR, id="busy, without"),
        pytest.param(_answer(500), 0, "http 500 internal server error", HOUR, id="a first fault"),
        pytest.param(
            _answer(500), 2, "http 500 internal server error", 4 * HOUR, id="a third fault"
        ),
        pytest.param(_answer(599), 9, "http 599", DAY, id="an unknown status, many times"),
        pytest.param(WebError("body cut short"), 1, "body cut short", 2 * HOUR, id="no answer"),
        pytest.param(
            _answer(429, retry_after="864000"),
            0,
            "http 429 too many requests",
            10 * DAY,
            id="busy for long",
        ),
        pytest.param(
            RefusedError("disallowed by robots.txt"),
            0,
            "disallowed by robots.txt",
            7 * DAY,
            id="refused",
        ),
        pytest.param(
            _answer(200, content_type="application/pdf"),
            0,
            "not a page: application/pdf",
            30 * DAY,
            id="a PDF",
        ),
        pytest.param(
            _answer(200, content_type="audio/mpeg"),
            0,
            "not a page: audio/mpeg",
            30 * DAY,
            id="a podcast",
        ),
    ],
)
def test_a_page_that_cannot_be_had_has_its_own_next_try(
    answer: Response | WebError, failures: int, reason: str, wait: timedelta
) -> None:
    outcome = page_outcome(replace(PAGE, failures=failures), answer, NOW)

    assert outcome == PageFailed(
        article_id="a", reason=reason, next_try=NOW + wait, failures=failures + 1
    )


def test_a_page_that_was_not_asked_as_its_server_wants_a_pause_has_not_failed() -> None:
    outcome = page_outcome(replace(PAGE, failures=2), PausedError("not asked", NOW + DAY), NOW)

    assert outcome == PageFailed(article_id="a", reason="not asked", next_try=NOW + DAY, failures=2)


def test_a_page_without_readable_text_counts_as_failed() -> None:
    outcome = unreadable_page(
        PageFetched(article_id="a", response=_answer(200), failures=1), "no text found", NOW
    )

    assert outcome == PageFailed(
        article_id="a", reason="no text found", next_try=NOW + 2 * HOUR, failures=2
    )


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        pytest.param("http 404 not found", "http 404 not found", id="a refusal is told as it is"),
        pytest.param("http 402 payment required", "paywalled", id="a wall is told in one word"),
        pytest.param(CHALLENGE, CHALLENGE, id="a challenge is told as it is"),
        pytest.param(
            "disallowed by robots.txt",
            "disallowed by robots.txt",
            id="so are the rules of the site",
        ),
        pytest.param(
            "http 429 too many requests", "the page could not be fetched", id="a busy server is not"
        ),
        pytest.param(
            "host name not found",
            "the page could not be fetched",
            id="nor is what another run sees otherwise",
        ),
        pytest.param(
            "robots.txt could not be read: no answer within 5 s",
            "the page could not be fetched",
            id="nor a stall",
        ),
    ],
)
def test_readers_are_told_what_stays_true_at_the_next_try(reason: str, shown: str) -> None:
    assert PageFailed(article_id="a", reason=reason, next_try=NOW, failures=1).shortfall == shown


def test_a_page_on_a_host_that_is_not_there_waits_a_day() -> None:
    outcome = page_outcome(
        PageRequest(article_id="a", url="https://lab.example/a"),
        WebError("host name not found", unreachable=True),
        NOW,
    )

    assert isinstance(outcome, PageFailed)
    assert outcome.next_try == NOW + 24 * HOUR
