"""What an answer means for a source or a page: state, failure, next try."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.domain.report import Failure
from aggregator.domain.source import FetchState, Source
from aggregator.errors import RefusedError, WebError
from aggregator.fetch.outcome import (
    Changed,
    Failed,
    NotModified,
    PageAsk,
    PageFailed,
    PageFetched,
    page_outcome,
    retry_after,
    source_outcome,
    unreadable,
    unreadable_page,
)
from aggregator.fetch.plan import Ask
from aggregator.ports import Request, Response

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
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
FAILING = replace(KNOWN, failures=3, failing_since=NOW - DAY, reason="http 500 internal server error", barred_until=NOW)
PAGE = PageAsk(article_id="a", url="https://lab.example/a")


def _ask(state: FetchState | None) -> Ask:
    return Ask(source=SOURCE, state=state, request=Request(url=URL))


def _answer(status: int, body: bytes = b"", **headers: str) -> Response:
    return Response(url=URL, status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_new_body_is_a_change_with_its_validators_and_hash() -> None:
    answer = _answer(200, b"<rss>2</rss>", etag='"2"')

    outcome = source_outcome(_ask(None), answer, NOW)

    state = FetchState(
        source_key="lab",
        url=URL,
        etag='"2"',
        body_hash=hashlib.sha256(b"<rss>2</rss>").hexdigest(),
        last_tried=NOW,
        last_ok=NOW,
        due=NOW + HOUR,
    )
    assert outcome == Changed(ask=_ask(None), state=state, response=answer)


def test_304_keeps_the_validators_and_forgets_failures() -> None:
    outcome = source_outcome(_ask(FAILING), _answer(304), NOW)

    assert outcome == NotModified(ask=_ask(FAILING), state=replace(KNOWN, last_tried=NOW, last_ok=NOW, due=NOW + HOUR))


def test_the_same_body_again_is_no_change_and_brings_new_validators() -> None:
    outcome = source_outcome(_ask(KNOWN), _answer(200, BODY, etag='"3"'), NOW)

    state = replace(KNOWN, etag='"3"', last_modified=None, last_tried=NOW, last_ok=NOW, due=NOW + HOUR)
    assert outcome == NotModified(ask=_ask(KNOWN), state=state)


def test_304_to_a_request_without_validators_is_a_failure() -> None:
    outcome = source_outcome(_ask(None), _answer(304), NOW)

    assert isinstance(outcome, Failed)


@pytest.mark.parametrize(
    ("cache_control", "wait"),
    [
        pytest.param("max-age=60", HOUR, id="shorter than our interval"),
        pytest.param("public, Max-Age = 7200", 2 * HOUR, id="longer"),
        pytest.param("max-age=31536000", DAY, id="a year: bounded"),
        pytest.param("s-maxage=7200", HOUR, id="meant for shared caches"),
        pytest.param("max-age=soon", HOUR, id="not a number"),
    ],
)
def test_max_age_puts_off_the_next_asking_within_bounds(cache_control: str, wait: timedelta) -> None:
    outcome = source_outcome(_ask(None), _answer(200, BODY, cache_control=cache_control), NOW)

    assert outcome.state.due == NOW + wait


@pytest.mark.parametrize("etag", [pytest.param("é", id="not ASCII"), pytest.param("x" * 2000, id="too long")])
def test_a_validator_that_could_not_be_sent_back_is_not_kept(etag: str) -> None:
    outcome = source_outcome(_ask(None), _answer(200, BODY, etag=etag), NOW)

    assert outcome.state.etag is None


def test_a_failure_keeps_what_is_known_and_tells_the_next_try() -> None:
    outcome = source_outcome(_ask(KNOWN), WebError("connection refused"), NOW)

    due = NOW + timedelta(minutes=15)
    state = replace(KNOWN, last_tried=NOW, due=due, failures=1, failing_since=NOW, reason="connection refused")
    failure = Failure(source="lab", stage="fetch", reason="connection refused", next_try=due)
    assert outcome == Failed(ask=_ask(KNOWN), state=state, failure=failure)


def test_a_further_failure_remembers_since_when() -> None:
    outcome = source_outcome(_ask(FAILING), _answer(404), NOW)

    state = outcome.state
    assert (state.failures, state.failing_since, state.reason) == (4, NOW - DAY, "http 404 not found")


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(0, timedelta(minutes=15)), (1, timedelta(minutes=30)), (4, 4 * HOUR), (7, DAY), (10_000, DAY)],
)
def test_failures_back_off_by_doubling_up_to_a_day(failures: int, wait: timedelta) -> None:
    outcome = source_outcome(_ask(replace(KNOWN, failures=failures)), _answer(500), NOW)

    assert outcome.state.due == NOW + wait


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        pytest.param("120", timedelta(minutes=2), id="seconds"),
        pytest.param("Mon, 06 Jul 2026 08:00:00 GMT", 2 * HOUR, id="a date"),
        pytest.param("Monday, 06-Jul-26 08:00:00 GMT", 2 * HOUR, id="an obsolete date"),
        pytest.param("Sun, 05 Jul 2026 08:00:00 GMT", timedelta(0), id="a date gone by"),
        pytest.param("99999999999999999999", DAY, id="absurd seconds"),
        pytest.param("Mon, 06 Jul 2099 08:00:00 GMT", DAY, id="an absurd date"),
        pytest.param("-5", None, id="negative"),
        pytest.param("soon", None, id="a word"),
        pytest.param("1.5", None, id="a fraction"),
        pytest.param("Mon, 99 Foo 99999999 99:99:99", None, id="nonsense shaped like a date"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(said: str, wait: timedelta | None) -> None:
    at = retry_after(_answer(429, retry_after=said), NOW)

    assert at == (NOW + wait if wait is not None else None)


def test_retry_after_bars_a_source_and_never_shortens_our_own_wait() -> None:
    outcome = source_outcome(_ask(None), _answer(429, retry_after="60"), NOW)

    assert (outcome.state.barred_until, outcome.state.due) == (NOW + timedelta(seconds=60), NOW + timedelta(minutes=15))


def test_a_long_retry_after_puts_off_the_next_asking() -> None:
    outcome = source_outcome(_ask(None), _answer(503, retry_after="7200"), NOW)

    assert (outcome.state.barred_until, outcome.state.due) == (NOW + 2 * HOUR, NOW + 2 * HOUR)


def test_an_unreadable_body_keeps_the_old_validators_so_that_the_feed_is_read_again() -> None:
    outcome = unreadable(_ask(KNOWN), "not a feed", NOW)

    state = outcome.state
    assert (state.etag, state.body_hash, state.failures, outcome.failure.stage) == ('"1"', KNOWN.body_hash, 1, "extract")


def test_a_page_with_text_is_fetched() -> None:
    answer = _answer(200, b"<p>", content_type="Text/HTML; charset=utf-8")

    assert page_outcome(PAGE, answer, NOW) == PageFetched(article_id="a", response=answer)


@pytest.mark.parametrize(
    ("answer", "failures", "reason", "wait"),
    [
        pytest.param(_answer(404), 0, "http 404 not found", 7 * DAY, id="missing"),
        pytest.param(_answer(410), 0, "http 410 gone", 7 * DAY, id="gone"),
        pytest.param(_answer(403), 5, "http 403 forbidden", 7 * DAY, id="forbidden"),
        pytest.param(_answer(429, retry_after="600"), 0, "http 429 too many requests", HOUR / 6, id="busy, with a time"),
        pytest.param(_answer(503), 5, "http 503 service unavailable", HOUR, id="busy, without"),
        pytest.param(_answer(500), 0, "http 500 internal server error", HOUR, id="a first fault"),
        pytest.param(_answer(500), 2, "http 500 internal server error", 4 * HOUR, id="a third fault"),
        pytest.param(_answer(599), 9, "http 599", DAY, id="an unknown status, many times"),
        pytest.param(WebError("body cut short"), 1, "body cut short", 2 * HOUR, id="no answer"),
        pytest.param(RefusedError("disallowed by robots.txt"), 0, "disallowed by robots.txt", 7 * DAY, id="refused"),
        pytest.param(_answer(200, content_type="application/pdf"), 0, "not a page: application/pdf", 30 * DAY, id="a PDF"),
        pytest.param(_answer(200, content_type="audio/mpeg"), 0, "not a page: audio/mpeg", 30 * DAY, id="a podcast"),
    ],
)
def test_a_page_that_cannot_be_had_has_its_own_next_try(
    answer: Response | WebError, failures: int, reason: str, wait: timedelta
) -> None:
    outcome = page_outcome(replace(PAGE, failures=failures), answer, NOW)

    assert outcome == PageFailed(article_id="a", reason=reason, next_try=NOW + wait, failures=failures + 1)


def test_a_page_without_readable_text_counts_as_failed() -> None:
    outcome = unreadable_page(PageFetched(article_id="a", response=_answer(200), failures=1), "no text found", NOW)

    assert outcome == PageFailed(article_id="a", reason="no text found", next_try=NOW + 2 * HOUR, failures=2)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        pytest.param("http 404 not found", "http 404 not found", id="a refusal is told as it is"),
        pytest.param("disallowed by robots.txt", "disallowed by robots.txt", id="so are the rules of the site"),
        pytest.param("http 429 too many requests", "the page could not be had", id="a busy server is not"),
        pytest.param("host name not found", "the page could not be had", id="nor is what another run sees otherwise"),
        pytest.param("robots.txt could not be read: no answer within 5 s", "the page could not be had", id="nor a stall"),
    ],
)
def test_readers_are_told_what_stays_true_at_the_next_try(reason: str, told: str) -> None:
    assert PageFailed(article_id="a", reason=reason, next_try=NOW, failures=1).shortfall == told


def test_a_page_on_a_host_that_is_not_there_waits_a_day() -> None:
    outcome = page_outcome(
        PageAsk(article_id="a", url="https://lab.example/a"), WebError("host name not found", unreachable=True), NOW
    )

    assert isinstance(outcome, PageFailed)
    assert outcome.next_try == NOW + 24 * HOUR
