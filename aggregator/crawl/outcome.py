"""The outcome of fetching a source: news, nothing new, or a failure with the next try. Pure.

A body is not read here; whoever finds that it cannot be read reports it with `unreadable`. The
validators of a `Changed` may only be stored together with its entries, or the feed would never be
read again.

A broken server or a captive portal sends permanent redirects (301, 308), too. So one counts once it
has been seen at the same target three times over three days, and only within the same registrable
domain; a move to another party is followed each time and reported, never adopted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
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
from aggregator.domain.entry import Feed
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Failure
from aggregator.domain.settings import FetchSettings
from aggregator.domain.web.address import masked
from aggregator.domain.web.rights import closing_header
from aggregator.domain.web.urls import registrable_domain
from aggregator.errors import PausedError, RefusedError, WebError
from aggregator.ports import Response

GONE_SIGHTINGS = (
    2  # answers of 410 in a row, at least a day apart by our own asking, until a source is retired
)
# characters; longer ones, and ones that are not plain ASCII, would not survive being sent back
MOST_VALIDATOR = 1_024
SIGHTINGS = 3
SIGHTED_FOR = timedelta(days=3)
_PERMANENT = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})


@frozen
class NotModified:
    """The source says, or its body shows, that nothing changed."""

    ask: SourceRequest
    state: FetchState
    was_redirected: bool = False


@frozen
class Changed:
    """The source has a body we have not seen. `state` is to be kept only once the entries are."""

    ask: SourceRequest
    state: FetchState
    response: Response
    was_redirected: bool = False


@frozen
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


def state_after_redirects(state: FetchState, answer: Response, now: datetime) -> FetchState:
    """The state after a good answer: no move, one more sighting of one, or a new address."""
    target = permanent_target(answer)
    if target is None and state.moved_to is None:
        return state
    if (
        target is None or target == state.url
    ):  # the second: it moved back, or both addresses point at each other
        ask_url = state.ask_url if target is None else None
        return replace(state, ask_url=ask_url, moved_to=None, moved_sightings=0, moved_since=None)
    is_again = target == state.moved_to and state.moved_since is not None
    since = state.moved_since if is_again else now
    sightings = state.moved_sightings + 1 if is_again else 1
    if (
        sightings >= SIGHTINGS
        and since
        and now - since >= SIGHTED_FOR
        and is_adoptable(state.ask_url or state.url, target)
    ):
        return replace(state, ask_url=target, moved_to=None, moved_sightings=0, moved_since=None)
    return replace(state, moved_to=target, moved_sightings=sightings, moved_since=since)


def permanent_target(answer: Response) -> str | None:
    """The address that the first redirects lead to, as far as all of them are permanent; None if
    the first is not.
    """
    steps = [*(hop.url for hop in answer.hops), answer.url]
    for reached, hop in enumerate(answer.hops):
        if hop.status not in _PERMANENT:
            return steps[reached] if reached else None
    return steps[-1] if answer.hops else None


def is_adoptable(asked: str, target: str) -> bool:
    """Whether the target belongs to the same party, and is no less protected on its way."""
    is_same_party = registrable_domain(asked) == registrable_domain(target)
    return is_same_party and not (asked.startswith("https:") and target.startswith("http:"))


def status_changes(before: FetchState | None, after: FetchState) -> Iterator[str]:
    """The changes between two states of one source, a sentence each; failures are not included."""
    known = before or FetchState(source_key=after.source_key, url=after.url)
    if known.failures and not after.failures:
        since = f" since {known.failing_since:%Y-%m-%d}" if known.failing_since else ""
        yield (
            f"answers again after {known.failures}"
            f" {'failure' if known.failures == 1 else 'failures'}{since}"
        )
    if after.ask_url and after.ask_url != known.ask_url:
        yield f"moved permanently: fetched from {after.ask_url} from now on"
    if after.url != known.url:
        yield f"read at {after.url} from now on; before at {known.url}"
    elif known.ask_url and not after.ask_url:
        yield f"fetched from {after.url} again: {known.ask_url} did not work"
    if (
        after.moved_to
        and after.moved_to != known.moved_to
        and not is_adoptable(after.ask_url or after.url, after.moved_to)
    ):
        yield (
            f"redirects permanently to another site, {after.moved_to}: if that is right,"
            " set it as the url"
        )
