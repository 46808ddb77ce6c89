"""Decides which sources are fetched now, at which of their addresses, and with which request. Pure:
the time and the stored states are arguments.

An address that fails rests as a source that fails does, longer each time and a day at most; then it
is tried again before those that follow it: fail-over to the next, and the way back. What another
address lists of an article that is stored already is the same entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import assert_never

from aggregator.crawl.polling import MOST_PAUSE, is_skipped_time
from aggregator.domain.entry import Entry, Feed, SeenEntry, Unreadable
from aggregator.domain.fetch_state import FetchState, RouteFailure
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Failure
from aggregator.domain.source import ListingFormat, Source, SourceKind
from aggregator.domain.web.urls import host, registrable_domain
from aggregator.ports import Request
from aggregator.templating.translation import IN_ENGLISH, Translations

# Feeds first, anything after: servers that choose by this header send a page to those who ask for
# everything alike.
ACCEPT_FEED = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)

ACCEPT_LISTING = {
    ListingFormat.HTML: "text/html, application/xhtml+xml, */*;q=0.5",
    ListingFormat.NEXTJS: "text/html, application/xhtml+xml, */*;q=0.5",
    ListingFormat.SITEMAP: "application/xml, text/xml, */*;q=0.5",
    ListingFormat.ARXIV: ACCEPT_FEED,
    ListingFormat.PLUGIN: "*/*",
}
ACCEPT_JSON = (
    "application/json, text/html;q=0.9, */*;q=0.5"  # of the other formats; JSON may stand in a page
)


_CLOCKS_DIFFER = timedelta(hours=1)
_NO_FAILURES: Mapping[str, Sequence[RouteFailure]] = MappingProxyType({})
_KEPT_OF_STATE = (
    "barred_until",
    "failures",
    "failing_since",
    "reason",
    "gone_sightings",
    "unreadable",
)


@frozen
class SourceRequest:
    """A source to be fetched at one of its addresses. `state` is its fetch state there, None if it
    is new there; `before` is its state at whichever address it was read last.

    `rest` are the requests for the addresses to try where this one fails, `failed` those that
    failed in this run, `known` what is stored of those that failed before.
    """

    source: Source
    state: FetchState | None
    request: Request
    before: FetchState | None = None
    rest: tuple[SourceRequest, ...] = ()
    failed: tuple[RouteFailure, ...] = ()
    known: tuple[RouteFailure, ...] = ()

    def following(self, failure: RouteFailure) -> SourceRequest:
        """The request for the next address, after this one failed."""
        first, *rest = self.rest
        return replace(first, rest=tuple(rest), failed=(*self.failed, failure))


@frozen
class DueSources:
    """The sources that are asked, and those that could be but are not due; both in the order of the
    configuration.
    """

    asked: tuple[SourceRequest, ...]
    not_due: tuple[Source, ...]


def due_sources(
    sources: Iterable[Source],
    states: Mapping[str, FetchState],
    now: datetime,
    *,
    everything: bool = False,
    only: Collection[str] = (),
    failures: Mapping[str, Sequence[RouteFailure]] = _NO_FAILURES,
) -> DueSources:
    """The sources to ask: those due, those named in `only`, or with `everything` all of them.

    One that is switched off is in neither list, nor is one that is retired, unless it is named:
    then its return is seen. One that its server bars (Retry-After) is never asked, one with a
    skipped hour only if it is named or `everything` is asked. `failures` are those of the addresses
    of sources with several, by key: one that rests is left out unless its source is named.
    """
    asked: list[SourceRequest] = []
    not_due: list[Source] = []
    for source in sources:
        if not source.enabled or (only and source.key not in only):
            continue
        is_named = bool(everything or only)
        asks = source_requests(
            source, states.get(source.key), failures.get(source.key, ()), now, is_named=is_named
        )
        if asks and asks[0].before and asks[0].before.retired and not only:
            continue
        if asks and (is_named or _is_due(asks[0].before, now)):
            asked.append(replace(asks[0], rest=tuple(asks[1:])))
        else:
            not_due.append(source)
    return DueSources(asked=tuple(asked), not_due=tuple(not_due))


def source_requests(
    source: Source,
    stored: FetchState | None,
    failures: Sequence[RouteFailure],
    now: datetime,
    *,
    is_named: bool,
) -> list[SourceRequest]:
    """The requests for the addresses of a source that may be asked now, in its order."""
    ways, known = source.ways(), {failure.url: failure for failure in failures}
    before = stored if stored and any(stored.url == way.url for way in ways) else None
    asks = []
    for way in ways:
        state = state_at(way, before, known.get(way.url))
        if _may_ask(state, now):
            asks.append(
                SourceRequest(
                    source=way,
                    state=state,
                    request=_request(way, state),
                    before=before,
                    known=tuple(failures),
                )
            )
    rested = [ask for ask in asks if is_named or not _rests(known.get(ask.source.url), now)]
    return rested or [ask for ask in asks if not _is_gone(known.get(ask.source.url))]


def is_page(source: Source) -> bool:
    """Whether a source is a page made for readers, so that robots.txt counts; feeds, sitemaps and
    APIs are for programs.
    """
    listing = source.reading
    return listing is not None and (
        listing.format in (ListingFormat.HTML, ListingFormat.NEXTJS) or bool(listing.script)
    )


def _rests(failure: RouteFailure | None, now: datetime) -> bool:
    return failure is not None and (failure.next_try is None or failure.next_try > now)


def _is_gone(failure: RouteFailure | None) -> bool:
    return failure is not None and failure.next_try is None


def _may_ask(state: FetchState | None, now: datetime) -> bool:
    """Unless its server bars us. A bar longer than any that is obeyed is by a clock that was
    ahead.
    """
    return (
        state is None
        or state.barred_until is None
        or not now < state.barred_until <= now + MOST_PAUSE
    )


def _is_due(state: FetchState | None, now: datetime) -> bool:
    return state is None or (
        (state.due is None or state.due <= now or _is_ahead(state, now))
        and not is_skipped_time(now, state)
    )


def _is_ahead(state: FetchState, now: datetime) -> bool:
    """Whether it was last asked at a time yet to come: the clock was wrong then, and so is what is
    due by it.
    """
    return state.last_tried is not None and state.last_tried > now + _CLOCKS_DIFFER


def _request(source: Source, state: FetchState | None) -> Request:
    listing = source.reading
    accept = ACCEPT_LISTING.get(listing.format, ACCEPT_JSON) if listing else ACCEPT_FEED
    if state is None:
        return Request(url=source.url, accept=accept)
    return Request(
        url=state.ask_url or source.url,
        accept=accept,
        etag=state.etag,
        last_modified=state.last_modified,
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
            return words("no feed: read from its list of posts")
        case SourceKind.MIRROR:
            return words(
                "read from a feed that someone else makes from its page: %(name)s",
                name=way.by or host(way.url),
            )
        case SourceKind.REGISTRY:
            return words("read from the model registry %(host)s", host=host(way.url))
    assert_never(way.kind)
