"""At which of its addresses a source is read: fail-over to the next, and the way back. Pure.

An address that fails rests as a source that fails does, longer each time and a day at most; then it
is tried again before those that follow it. What another address lists of an article that is stored
already is the same entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from aggregator.domain.entry import Entry, Feed, SeenEntry, Unreadable
from aggregator.domain.operation.report import Failure
from aggregator.domain.source import FetchState, RouteFailure, Source, SourceKind
from aggregator.domain.web.urls import host, registrable_domain
from aggregator.templating.translation import IN_ENGLISH, Translations

_KEPT_OF_STATE = (
    "barred_until",
    "failures",
    "failing_since",
    "reason",
    "gone_sightings",
    "unreadable",
)


def state_at(
    way: Source, stored: FetchState | None, failure: RouteFailure | None
) -> FetchState | None:
    """The fetch state of a source at one of its addresses, None if that was never asked, or not
    since another took its place.
    """
    if stored and stored.url == way.url:
        return stored
    if failure is None:
        return None
    kept = {name: getattr(failure, name) for name in _KEPT_OF_STATE}
    return FetchState(
        source_key=way.key, url=way.url, last_tried=failure.last_tried, due=failure.next_try, **kept
    )


def route_failure(state: FetchState, failure: Failure, now: datetime) -> RouteFailure:
    """What is kept of an address that did not work, from the state and the failure of its visit."""
    kept = {name: getattr(state, name) for name in _KEPT_OF_STATE}
    kept |= {"reason": failure.reason, "failing_since": state.failing_since or now}
    return RouteFailure(
        source_key=state.source_key, url=state.url, last_tried=now, next_try=state.due, **kept
    )


def remaining_failures(
    known: Iterable[RouteFailure], failed: Iterable[RouteFailure], works: str | None
) -> tuple[RouteFailure, ...]:
    """The failures of a source's addresses after a visit; `works` is the address that answered."""
    latest = {failure.url: failure for failure in (*known, *failed)}
    return tuple(failure for url, failure in sorted(latest.items()) if url != works)


def state_without_route(
    before: FetchState | None, failed: Sequence[RouteFailure], now: datetime
) -> tuple[FetchState, Failure]:
    """The state and the failure of a source none of whose addresses works; it is due when the first
    of them may be tried again.
    """
    first = failed[0]
    state = before or FetchState(source_key=first.source_key, url=first.url)
    tries = [failure.next_try for failure in failed if failure.next_try]
    reason = "; ".join(f"{host(failure.url)}: {failure.reason}" for failure in failed)
    state = replace(
        state,
        last_tried=now,
        due=min(tries, default=None),
        barred_until=None,
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        reason=reason,
        ask_url=None,
        unreadable=all(failure.unreadable for failure in failed),
        retired=None if tries else state.retired or now,
    )
    failure = Failure(source=state.source_key, stage="fetch", reason=reason, next_try=state.due)
    return state, failure


def state_on_route(before: FetchState | None, state: FetchState, now: datetime) -> FetchState:
    """The state after a good visit; one at another address than before does not end a
    quarantine.
    """
    if before is None or before.url == state.url:
        return state
    return replace(
        state,
        route_since=now,
        quarantined=before.quarantined,
        quarantine_reason=before.quarantine_reason,
    )


def of_publisher(feed: Feed, source: Source) -> Feed | Unreadable:
    """The entries of a mirror that lie at its publisher's, without texts: a mirror says where to
    look, not what stands there.
    """
    home = registrable_domain(source.home)
    own = tuple(
        replace(entry, summary="", content="")
        for entry in feed.entries
        if registrable_domain(entry.url) == home
    )
    if feed.entries and not own:
        return Unreadable(reason=f"none of its {len(feed.entries)} entries lies at {home}")
    left_out = feed.left_out + len(feed.entries) - len(own)
    return replace(feed, entries=own, left_out=left_out)


def same_entries(seen: Iterable[SeenEntry], stored: Mapping[str, Entry]) -> tuple[SeenEntry, ...]:
    """The entries, those of articles that their source listed before under another id as they are
    stored; `stored` is by article. One that brings the text which the stored one lacks replaces it.
    """
    return tuple(
        replace(entry, entry=_same(entry.entry, stored[entry.article_id]))
        if entry.article_id in stored
        else entry
        for entry in seen
    )


def _same(listed: Entry, stored: Entry) -> Entry:
    if listed.guid == stored.guid:
        return listed
    brings_text = (listed.summary or listed.content) and not (stored.summary or stored.content)
    return replace(listed, guid=stored.guid) if brings_text else stored


def way_in_use(source: Source, state: FetchState | None) -> Source | None:
    """The source as it was read last, None if its state is of none of its addresses."""
    return next((way for way in source.ways() if state and way.url == state.url), None)


def route_label(way: Source) -> str:
    """A few words for the operator: `feed`, `mirror Olshansk/rss-feeds`."""
    return f"{way.kind.value} {way.by}" if way.by else way.kind.value


def route_words(way: Source, words: Translations = IN_ENGLISH) -> str:
    """Where a source is read, for readers."""
    match way.kind:
        case SourceKind.FEED:
            return words("read from its own feed")
        case SourceKind.LISTING:
            return words("read from its own page")
        case SourceKind.MIRROR:
            return words(
                "read from a feed that someone else makes from its page: %(name)s",
                name=way.by or host(way.url),
            )
        case SourceKind.REGISTRY:
            return words("read from the model registry %(host)s", host=host(way.url))
    assert_never(way.kind)
