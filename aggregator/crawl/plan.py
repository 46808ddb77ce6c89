"""Decides which sources are fetched now, and with which request. Pure: the time and the stored
states are arguments.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.crawl.polling import MOST_PAUSE, is_skipped_time
from aggregator.domain.source import FetchState, ListingFormat, Source
from aggregator.ports import Request

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
}
ACCEPT_JSON = (
    "application/json, text/html;q=0.9, */*;q=0.5"  # of the other formats; JSON may stand in a page
)


_CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRequest:
    """A source to be fetched. `state` is its fetch state at its present address, None if it is new
    there.
    """

    source: Source
    state: FetchState | None
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
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
) -> DueSources:
    """The sources to ask: those due, those named in `only`, or with `everything` all of them.

    One that is switched off is in neither list, nor is one that is retired, unless it is named:
    then its return is seen. One that its server bars (Retry-After) is never asked, one with a
    skipped hour only if it is named or `everything` is asked.
    """
    asked: list[SourceRequest] = []
    not_due: list[Source] = []
    for source in sources:
        if not source.enabled or (only and source.key not in only):
            continue
        state = _state_there(source, states.get(source.key))
        if state and state.retired and not only:
            continue
        if _may_ask(state, now) and (everything or only or _is_due(state, now)):
            asked.append(SourceRequest(source=source, state=state, request=_request(source, state)))
        else:
            not_due.append(source)
    return DueSources(asked=tuple(asked), not_due=tuple(not_due))


def is_page(source: Source) -> bool:
    """Whether a source is a page made for readers, so that robots.txt counts; feeds, sitemaps and
    APIs are for programs.
    """
    listing = source.listing
    return listing is not None and (
        listing.format in (ListingFormat.HTML, ListingFormat.NEXTJS) or bool(listing.script)
    )


def _state_there(source: Source, state: FetchState | None) -> FetchState | None:
    return state if state and state.url == source.url else None


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
    accept = (
        ACCEPT_LISTING.get(source.listing.format, ACCEPT_JSON) if source.listing else ACCEPT_FEED
    )
    if state is None:
        return Request(url=source.url, accept=accept)
    return Request(
        url=state.ask_url or source.url,
        accept=accept,
        etag=state.etag,
        last_modified=state.last_modified,
    )
