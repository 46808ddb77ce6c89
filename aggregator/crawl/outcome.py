"""What came of asking a source or a page: news, nothing new, or a failure with the next try. Pure.

A body is not looked into here. Whoever finds that it cannot be read says so by `unreadable` or
`unreadable_page`: the validators of a `Changed` may only be kept together with its entries, or the
feed would never be read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from aggregator.crawl.plan import Ask
from aggregator.crawl.polling import (
    DAY,
    next_attempt,
    next_visit,
    posting_rhythm,
    quieter,
    retry_after,
)
from aggregator.crawl.redirects import moved
from aggregator.domain.article import WALLED
from aggregator.domain.entry import Feed
from aggregator.domain.operation.report import Failure
from aggregator.domain.settings import FetchSettings
from aggregator.domain.source import FetchState
from aggregator.domain.web.address import masked
from aggregator.domain.web.rights import closing_header
from aggregator.domain.wording import N_
from aggregator.errors import PausedError, RefusedError, WebError
from aggregator.ports import Response

GONE_SIGHTINGS = (
    2  # answers of 410 in a row, at least a day apart by our own asking, until a source is retired
)

PAGE_BACK_OFF = timedelta(
    hours=1
)  # after a first failure of a page, doubled by each further one, up to a day
HOST_GONE_WAIT = timedelta(
    hours=24
)  # a host that has no name or answers nobody is seldom back within the day
PAGE_GONE_WAIT = timedelta(
    days=7
)  # missing, paid for or forbidden: that rarely changes, and the feed's excerpt is there
NOT_A_PAGE_WAIT = timedelta(days=30)  # a PDF or a film stays one

# characters; longer ones, and ones that are not plain ASCII, would not survive being sent back
MOST_VALIDATOR = 1_024

_GONE = frozenset({401, 402, 403, 404, 410, 451})
_BUSY = frozenset({429, 503})
# Cloudflare's `cf-mitigated: challenge`, never answered.
CHALLENGE = N_("its server asks readers to prove that they are people")
_LASTING = (
    "http 4",
    "not a page",
    "disallowed",
    CHALLENGE,
)  # reasons that say the same at the next try
_PASSING = ("http 408 request timeout", "http 425 too early", "http 429 too many requests")
_NOT_HAD = N_("the page could not be had")
_PAGE_TYPES = ("text/", "application/xhtml+xml", "application/xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The source says, or its body shows, that nothing changed."""

    ask: Ask
    state: FetchState
    was_redirected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The source has a body we have not seen. `state` is to be kept only once the entries are."""

    ask: Ask
    state: FetchState
    response: Response
    was_redirected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The source could not be fetched or read; `state` keeps the validators of the last good
    answer.

    `error` is why no answer came; None if one did.
    """

    ask: Ask
    state: FetchState
    failure: Failure
    was_redirected: bool = False
    error: WebError | None = field(default=None, compare=False)

    @property
    def is_unreached(self) -> bool:
        """Whether its host could not be connected to."""
        return self.error is not None and self.error.unreachable


Outcome = NotModified | Changed | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsk:
    """An article's page to be asked for; `failures` counts the tries in a row that failed
    before.
    """

    article_id: str
    url: str
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFetched:
    """A page with its text still in it. `failures` as before, should it turn out unreadable."""

    article_id: str
    response: Response
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFailed:
    """A page that could not be had, and when it may be asked for again."""

    article_id: str
    reason: str
    next_try: datetime
    failures: int

    @property
    def is_walled(self) -> bool:
        """Whether the page was refused to us, as to those who do not pay or log in."""
        return self.reason.startswith(("http 401", "http 402", "http 403"))

    @property
    def shortfall(self) -> str:
        """What readers are told: a refusal in its own words, one phrase for whatever the next try
        may mend.

        A stall of the resolver, a reset or a busy server differ from one run to the next, and a
        page must not.
        """
        if self.reason == status_words(HTTPStatus.PAYMENT_REQUIRED):
            return WALLED
        return (
            self.reason
            if self.reason.startswith(_LASTING) and self.reason not in _PASSING
            else _NOT_HAD
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageClosed:
    """A page whose publisher closes its text to AI systems, and by which word; no text of it is
    kept.
    """

    article_id: str
    reserved: str


PageOutcome = PageFetched | PageFailed | PageClosed


def source_outcome(
    ask: Ask, answer: Response | WebError, settings: FetchSettings, now: datetime
) -> Outcome:
    """What came of asking a source."""
    if isinstance(answer, PausedError):
        return replace(_put_off(ask, answer, now), error=answer)
    if isinstance(answer, WebError):
        return replace(_failed(ask, answer.reason, now, stage="fetch"), error=answer)
    known, was_redirected = ask.state, bool(answer.hops)
    if answer.status == HTTPStatus.NOT_MODIFIED and known and (known.etag or known.last_modified):
        state = _with_due(_answered(ask, answer, now), answer, settings, now)
        return NotModified(ask=ask, state=state, was_redirected=was_redirected)
    if answer.status != HTTPStatus.OK:
        return replace(_refused(ask, answer, now), was_redirected=was_redirected)
    state = replace(
        _answered(ask, answer, now),
        etag=_validator(answer, "etag"),
        last_modified=_validator(answer, "last-modified"),
        body_hash=hashlib.sha256(answer.body).hexdigest(),
    )
    if known and known.body_hash == state.body_hash:
        state = _with_due(state, answer, settings, now)
        return NotModified(ask=ask, state=state, was_redirected=was_redirected)
    return Changed(ask=ask, state=state, response=answer, was_redirected=was_redirected)


def read_state(changed: Changed, feed: Feed, settings: FetchSettings, now: datetime) -> FetchState:
    """The state after a document was read: what it says of its rhythm, and when its source is to be
    asked next.
    """
    has_validators = bool(changed.state.etag or changed.state.last_modified)
    moments = (entry.published.at for entry in feed.entries if entry.published)
    state = replace(
        changed.state,
        rhythm_s=posting_rhythm(moments, now, has_validators=has_validators),
        told_s=feed.told_s,
        skip_hours=feed.skip_hours,
        skip_days=feed.skip_days,
        reserved=closing_header(changed.response.headers, settings.user_agent) or feed.reserved,
    )
    return _with_due(state, changed.response, settings, now)


def unreadable(ask: Ask, reason: str, now: datetime) -> Failed:
    """The outcome for a source whose new body turned out not to be a feed; the validators stay the
    old ones.
    """
    return _failed(ask, reason, now, stage="extract")


def proves_a_network(outcome: Outcome) -> bool:
    """Whether a server was reached. A source that we refuse to fetch proves nothing."""
    if not isinstance(outcome, Failed) or outcome.error is None:
        return True
    return not (outcome.error.unreachable or isinstance(outcome.error, RefusedError))


def is_cut_off(failed: Sequence[Failed]) -> bool:
    """Whether our own network is at fault, given the failures of a run in which no source could be
    reached.

    If all of them had failed before, they are simply dead sources of a list whose other sources are
    not due.
    """
    return any(each.ask.state is None or not each.ask.state.failures for each in failed)


def still_due(failed: Failed, now: datetime) -> Failed:
    """The same failure without a back-off, since the source is not at fault: the next refresh tries
    it again.
    """
    before = failed.ask.state or failed.state
    failures = failed.ask.state.failures if failed.ask.state else 0
    since = failed.state.failing_since
    state = replace(
        before,
        last_tried=now,
        due=now,
        failures=failures,
        failing_since=since,
        reason=failed.state.reason,
        unreadable=False,
    )
    return replace(failed, state=state, failure=replace(failed.failure, next_try=None))


def page_outcome(
    ask: PageAsk, answer: Response | WebError, now: datetime
) -> PageFetched | PageFailed:
    """What came of asking for an article's page."""
    if isinstance(answer, PausedError):
        next_try = answer.retry_after or now + PAGE_BACK_OFF
        return PageFailed(
            article_id=ask.article_id,
            reason=answer.reason,
            next_try=next_try,
            failures=ask.failures,
        )
    if isinstance(answer, WebError):
        return _page_failed(ask, answer.reason, now + _wait_without_answer(ask, answer))
    if answer.headers.get("cf-mitigated", "").strip().lower() == "challenge":
        return _page_failed(ask, CHALLENGE, now + PAGE_GONE_WAIT)
    if answer.status != HTTPStatus.OK:
        return _page_failed(ask, status_words(answer.status), _next_page_try(ask, answer, now))
    kind = answer.content_type.partition(";")[0].strip().lower()
    if kind and not kind.startswith(_PAGE_TYPES):
        return _page_failed(ask, f"not a page: {kind[:60]}", now + NOT_A_PAGE_WAIT)
    return PageFetched(article_id=ask.article_id, response=answer, failures=ask.failures)


def _wait_without_answer(ask: PageAsk, error: WebError) -> timedelta:
    if isinstance(error, RefusedError):
        return PAGE_GONE_WAIT
    return HOST_GONE_WAIT if error.unreachable else _doubled(PAGE_BACK_OFF, ask.failures)


def unreadable_page(fetched: PageFetched, reason: str, now: datetime) -> PageFailed:
    """The outcome for a page in which no text was found, or that broke its reader."""
    next_try = now + _doubled(PAGE_BACK_OFF, fetched.failures)
    return PageFailed(
        article_id=fetched.article_id,
        reason=reason,
        next_try=next_try,
        failures=fetched.failures + 1,
    )


def status_words(status: int) -> str:
    """`http 404 not found`; the number alone where the registry of statuses has no words for it."""
    try:
        return f"http {status} {HTTPStatus(status).phrase.lower()}"
    except ValueError:
        return f"http {status}"


def _answered(ask: Ask, answer: Response, now: datetime) -> FetchState:
    """The state after a good answer, as if it brought no news, without its next visit: failures
    forgotten, validators kept.
    """
    state = ask.state or FetchState(source_key=ask.source.key, url=ask.source.url)
    good = replace(
        state,
        last_tried=now,
        last_ok=now,
        due=None,
        barred_until=None,
        failures=0,
        failing_since=None,
        reason=None,
        unreadable=False,
        gone_sightings=0,
        retired=None,
        rhythm_s=quieter(state, now),
    )
    return moved(good, answer, now)


def _with_due(
    state: FetchState, answer: Response, settings: FetchSettings, now: datetime
) -> FetchState:
    return replace(state, due=next_visit(state, answer.headers, settings, now))


def _refused(ask: Ask, answer: Response, now: datetime) -> Failed:
    """The failure that a status tells. The second 410 in a row retires the source: it says of
    itself that it is over.
    """
    reason = status_words(answer.status)
    failed = _failed(ask, reason, now, stage="fetch", wait_until=retry_after(answer.headers, now))
    if answer.status != HTTPStatus.GONE:
        return failed
    sightings = (ask.state.gone_sightings if ask.state else 0) + 1
    if sightings < GONE_SIGHTINGS:
        state = replace(failed.state, gone_sightings=sightings, due=now + DAY)
        return replace(failed, state=state, failure=replace(failed.failure, next_try=state.due))
    reason = (
        f"{reason}: retired, and not asked again until its address in the configuration is another"
    )
    state = replace(
        failed.state,
        gone_sightings=sightings,
        retired=failed.state.retired or now,
        due=None,
        reason=reason,
    )
    return replace(
        failed, state=state, failure=replace(failed.failure, reason=reason, next_try=None)
    )


def _failed(
    ask: Ask, said: str, now: datetime, *, stage: str, wait_until: datetime | None = None
) -> Failed:
    """The failure; an address that was taken over after a redirect gives way to the configured one
    again.
    """
    reason = masked(said)
    state = ask.state or FetchState(source_key=ask.source.key, url=ask.source.url)
    backed_off = next_attempt(ask.source.key, state.failures, now)
    state = replace(
        state,
        last_tried=now,
        due=max(backed_off, wait_until) if wait_until else backed_off,
        barred_until=wait_until,
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        reason=reason,
        unreadable=stage == "extract",
        ask_url=None,
        gone_sightings=0,
    )
    return Failed(
        ask=ask,
        state=state,
        failure=Failure(source=ask.source.key, stage=stage, reason=reason, next_try=state.due),
    )


def _put_off(ask: Ask, pause: PausedError, now: datetime) -> Failed:
    """What comes of a source that was not asked, as its neighbour had been told to wait: no failure
    of its own is counted.
    """
    state = ask.state or FetchState(source_key=ask.source.key, url=ask.source.url)
    due = pause.retry_after or next_attempt(ask.source.key, 0, now)
    failure = Failure(source=ask.source.key, stage="fetch", reason=pause.reason, next_try=due)
    return Failed(
        ask=ask, state=replace(state, due=due, barred_until=pause.retry_after), failure=failure
    )


def _doubled(first: timedelta, failures: int) -> timedelta:
    return min(first * (1 << min(failures, 20)), DAY)


def _validator(answer: Response, name: str) -> str | None:
    value = answer.headers.get(name, "")
    return (
        value
        if value and value.isascii() and value.isprintable() and len(value) <= MOST_VALIDATOR
        else None
    )


def _page_failed(ask: PageAsk, reason: str, next_try: datetime) -> PageFailed:
    return PageFailed(
        article_id=ask.article_id, reason=reason, next_try=next_try, failures=ask.failures + 1
    )


def _next_page_try(ask: PageAsk, answer: Response, now: datetime) -> datetime:
    if answer.status in _GONE:
        return now + PAGE_GONE_WAIT
    if answer.status in _BUSY:
        return retry_after(answer.headers, now) or now + PAGE_BACK_OFF
    return now + _doubled(PAGE_BACK_OFF, ask.failures)
