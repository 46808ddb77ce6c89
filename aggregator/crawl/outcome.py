"""The outcome of fetching a source: news, nothing new, or a failure with the next try. Pure.

A body is not read here; whoever finds that it cannot be read reports it with `unreadable`. The
validators of a `Changed` may only be stored together with its entries, or the feed would never be
read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus

from aggregator.crawl.plan import SourceRequest
from aggregator.crawl.polling import (
    DAY,
    next_attempt,
    next_visit,
    posting_rhythm,
    retry_after,
    slower_rhythm,
)
from aggregator.crawl.redirects import state_after_redirects
from aggregator.domain.entry import Feed
from aggregator.domain.operation.report import Failure
from aggregator.domain.settings import FetchSettings
from aggregator.domain.source import FetchState
from aggregator.domain.web.address import masked
from aggregator.domain.web.rights import closing_header
from aggregator.errors import PausedError, RefusedError, WebError
from aggregator.ports import Response

GONE_SIGHTINGS = (
    2  # answers of 410 in a row, at least a day apart by our own asking, until a source is retired
)
# characters; longer ones, and ones that are not plain ASCII, would not survive being sent back
MOST_VALIDATOR = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The source says, or its body shows, that nothing changed."""

    ask: SourceRequest
    state: FetchState
    was_redirected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The source has a body we have not seen. `state` is to be kept only once the entries are."""

    ask: SourceRequest
    state: FetchState
    response: Response
    was_redirected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The source could not be fetched or read; `state` keeps the validators of the last good
    answer.

    `error` is why no answer came; None if one did.
    """

    ask: SourceRequest
    state: FetchState
    failure: Failure
    was_redirected: bool = False
    error: WebError | None = field(default=None, compare=False)

    @property
    def is_unreached(self) -> bool:
        """Whether its host could not be connected to."""
        return self.error is not None and self.error.unreachable


Outcome = NotModified | Changed | Failed


def source_outcome(
    ask: SourceRequest, answer: Response | WebError, settings: FetchSettings, now: datetime
) -> Outcome:
    """The outcome of fetching a source, from the answer or the error."""
    if isinstance(answer, PausedError):
        return replace(_paused(ask, answer, now), error=answer)
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


def state_after_reading(
    changed: Changed, feed: Feed, settings: FetchSettings, now: datetime
) -> FetchState:
    """The state after a document was read, with its posting rhythm and the next visit."""
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


def unreadable(ask: SourceRequest, reason: str, now: datetime) -> Failed:
    """The outcome for a source whose new body turned out not to be a feed; the validators stay the
    old ones.
    """
    return _failed(ask, reason, now, stage="extract")


def has_reached_a_server(outcome: Outcome) -> bool:
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
    return any(outcome.ask.state is None or not outcome.ask.state.failures for outcome in failed)


def without_back_off(failed: Failed, now: datetime) -> Failed:
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


def status_words(status: int) -> str:
    """`http 404 not found`; the number alone where the registry of statuses has no words for it."""
    try:
        return f"http {status} {HTTPStatus(status).phrase.lower()}"
    except ValueError:
        return f"http {status}"


def _answered(ask: SourceRequest, answer: Response, now: datetime) -> FetchState:
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
        rhythm_s=slower_rhythm(state, now),
    )
    return state_after_redirects(good, answer, now)


def _with_due(
    state: FetchState, answer: Response, settings: FetchSettings, now: datetime
) -> FetchState:
    return replace(state, due=next_visit(state, answer.headers, settings, now))


def _refused(ask: SourceRequest, answer: Response, now: datetime) -> Failed:
    """The failure of a status other than 200 or 304. The second 410 in a row retires the source."""
    reason = status_words(answer.status)
    failed = _failed(ask, reason, now, stage="fetch", wait_until=retry_after(answer.headers, now))
    if answer.status != HTTPStatus.GONE:
        return failed
    sightings = (ask.state.gone_sightings if ask.state else 0) + 1
    if sightings < GONE_SIGHTINGS:
        state = replace(failed.state, gone_sightings=sightings, due=now + DAY)
        return replace(failed, state=state, failure=replace(failed.failure, next_try=state.due))
    reason = f"{reason}: retired, and not fetched again until its URL in the configuration changes"
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
    ask: SourceRequest,
    message: str,
    now: datetime,
    *,
    stage: str,
    wait_until: datetime | None = None,
) -> Failed:
    """The failure; an address that was taken over after a redirect gives way to the configured one
    again.
    """
    reason = masked(message)
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


def _paused(ask: SourceRequest, pause: PausedError, now: datetime) -> Failed:
    """The outcome for a source that was not asked, since its server had asked for a pause: no
    failure is counted.
    """
    state = ask.state or FetchState(source_key=ask.source.key, url=ask.source.url)
    due = pause.retry_after or next_attempt(ask.source.key, 0, now)
    failure = Failure(source=ask.source.key, stage="fetch", reason=pause.reason, next_try=due)
    return Failed(
        ask=ask, state=replace(state, due=due, barred_until=pause.retry_after), failure=failure
    )


def _validator(answer: Response, name: str) -> str | None:
    value = answer.headers.get(name, "")
    return (
        value
        if value and value.isascii() and value.isprintable() and len(value) <= MOST_VALIDATOR
        else None
    )
