"""A visit to a source: what its answer holds, read in a worker. A source without a feed is read as
its [sources.listing] table says; of a sitemap index, the sitemaps that changed last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from aggregator.crawl.health import with_document
from aggregator.crawl.listing_repair import (
    LEAST_KNOWN,
    latest_known,
    proposed_listing,
    repair_digest,
    repair_prompt,
    why_rejected,
)
from aggregator.crawl.outcome import (
    Changed,
    Failed,
    NotModified,
    Outcome,
    state_after_reading,
    unreadable,
)
from aggregator.crawl.plan import ACCEPT_LISTING, SourceRequest, is_page, of_publisher
from aggregator.crawl.robots import RobotsRules
from aggregator.domain.entry import Entry, Feed, SitemapIndex, Unreadable, feed_without_secrets
from aggregator.domain.fetch_state import FetchState, SourceDay
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Failure
from aggregator.domain.source import Listing, ListingFormat, ListingRepair, Source, SourceKind
from aggregator.domain.web.address import Address
from aggregator.errors import LlmError, WebError
from aggregator.log import log
from aggregator.ports import ModelEngine, Request, Response
from aggregator.services import Services
from aggregator.store.news import entries, sources


@frozen
class SourceVisit:
    """The result of visiting a source: its state, the count of its day, the document if it has a
    new one, or the failure.
    """

    state: FetchState
    day: SourceDay
    feed: Feed | None = None
    failure: Failure | None = None


async def visit_of(services: Services, outcome: Outcome, now: datetime) -> SourceVisit:
    """The visit for an outcome, with the document read."""
    asked = SourceDay(
        source_key=outcome.ask.source.key,
        day=now.date(),
        asked=1,
        redirected=outcome.was_redirected,
    )
    match outcome:
        case NotModified(state=state):
            return SourceVisit(state=state, day=replace(asked, not_modified=1))
        case Failed(state=state, failure=failure):
            return SourceVisit(state=state, day=replace(asked, failed=1), failure=failure)
        case Changed(ask=ask, response=response):
            feed = await _document(services, ask.source, response)
            if isinstance(feed, Unreadable):
                failed = unreadable(ask, feed.reason, now)
                return SourceVisit(
                    state=failed.state, day=replace(asked, failed=1), failure=failed.failure
                )
            state = with_document(
                state_after_reading(outcome, feed, services.settings.fetch, now),
                feed,
                response.url,
                now,
            )
            day = replace(asked, read=1, items=state.items, dated=state.dated, newest=state.newest)
            return SourceVisit(state=state, day=day, feed=feed)
    assert_never(outcome)


async def _document(services: Services, source: Source, response: Response) -> Feed | Unreadable:
    """The document that a source served, read in a worker."""
    if source.kind in (SourceKind.LISTING, SourceKind.REGISTRY):
        found = await read_listing_source(services, source, response)
    else:
        found = await services.parsers.feed(
            response.body,
            url=response.url,
            content_type=response.content_type,
            source_key=source.key,
            location=response.location,
        )
    if source.kind is SourceKind.MIRROR and not isinstance(found, Unreadable):
        found = of_publisher(found, source)
    if isinstance(found, Unreadable) or source.public_url == source.url:
        return found
    return feed_without_secrets(
        found, (source.url, response.url, response.base_url, *(hop.url for hop in response.hops))
    )


async def read_listing_source(
    services: Services, source: Source, response: Response
) -> Feed | Unreadable:
    """The entries of a listing, or why they cannot be read."""
    listing = source.reading
    if listing is None:
        return Unreadable(
            reason="there is no [sources.listing] table for it; add one, or set its feed as url"
        )
    found = await _parsed(services, source, listing, response)
    if not isinstance(found, SitemapIndex):
        return await _mended(services, source, response, found) if is_page(source) else found
    part = replace(listing, minimum=1)
    return _merged([await _sitemap(services, source, part, url) for url in found.urls], listing)


def listing_rules(
    services: Services, asks: Sequence[SourceRequest], now: datetime
) -> RobotsRules | None:
    """The robots rules of the sources' origins, for sources that must obey them."""
    settings = services.settings.fetch
    if not settings.respect_robots or not asks:
        return None
    with services.database.reading() as connection:
        return RobotsRules(services.web, settings.user_agent, now, sources.robots_files(connection))


async def _mended(
    services: Services, source: Source, response: Response, found: Feed | Unreadable
) -> Feed | Unreadable:
    """What a page lists, by what is stored of its present layout where its table fails, or by
    selectors that a model proposes now: once for each time that the page begins to fail.
    """
    with services.database.reading() as connection:
        stored = next(
            (
                repair
                for repair in sources.stored_repairs(connection).get(source.key, ())
                if repair.url == source.url
            ),
            None,
        )
    if isinstance(found, Feed):
        if stored:
            with services.database.writing() as connection:
                sources.drop_repair(connection, source.key, source.url)
        return found
    listing = source.reading or Listing(format=ListingFormat.HTML)
    if stored and stored.digest == repair_digest(listing):
        if stored.listing is None:
            return Unreadable(reason=f"{found.reason}; {stored.reason}")
        again = await _parsed(services, source, stored.listing, response)
        if isinstance(again, Feed):
            return again
    return await _repaired(services, source, response, found)


async def _repaired(
    services: Services, source: Source, response: Response, failed: Unreadable
) -> Feed | Unreadable:
    """The list by proposed selectors, which are stored if they stand the comparison with what is
    known; else the failure, with why they do not. Without a model or known entries, no one is
    asked.
    """
    now, listing = services.clock.now(), source.reading or Listing(format=ListingFormat.HTML)
    with services.database.reading() as connection:
        known = latest_known(entries.latest_of(connection, source.key), listing)
    if len(known) < LEAST_KNOWN:
        return failed
    model = await services.find_model()
    if not isinstance(model, ModelEngine):
        return failed
    outline = await services.parsers.outline(response.body, content_type=response.content_type)
    if isinstance(outline, Unreadable):
        return failed
    try:
        reply = await model.llm.answer(repair_prompt(outline, known))
    except LlmError as error:
        log().warning("listing not repaired", source=source.key, reason=str(error))
        return failed
    proposed = proposed_listing(reply, listing)
    found, reason = await _tried(services, source, response, proposed, known)
    repair = ListingRepair(
        source_key=source.key,
        url=source.url,
        digest=repair_digest(listing),
        asked=now,
        listing=None if reason or isinstance(proposed, str) else proposed,
        reason=f"selectors proposed by {model.model} were rejected: {reason}" if reason else "",
    )
    with services.database.writing() as connection:
        sources.save_repair(connection, repair)
    if found is None:
        log().warning("listing not repaired", source=source.key, reason=repair.reason)
        return Unreadable(reason=f"{failed.reason}; {repair.reason}")
    log().warning("listing read by proposed selectors", source=source.key, was=failed.reason)
    return found


async def _tried(
    services: Services,
    source: Source,
    response: Response,
    proposed: Listing | str,
    known: Sequence[Entry],
) -> tuple[Feed | None, str]:
    """What a proposed listing finds, or why it is rejected."""
    if isinstance(proposed, str):
        return None, proposed
    found = await _parsed(services, source, proposed, response)
    if not isinstance(found, Feed):
        return None, found.reason if isinstance(found, Unreadable) else "no page"
    reason = why_rejected(found, known, services.clock.now())
    return (None, reason) if reason else (found, "")


async def _sitemap(
    services: Services, source: Source, listing: Listing, url: str
) -> Feed | Unreadable:
    try:
        response = await services.web.fetch(Request(url=url, accept=ACCEPT_LISTING[listing.format]))
    except WebError as error:
        return Unreadable(reason=f"{Address(url)}: {error.reason}")
    if response.status != 200:
        return Unreadable(reason=f"{response.url}: http {response.status}")
    found = await _parsed(services, source, listing, response)
    return (
        Unreadable(reason=f"{response.url}: a sitemap index inside another index")
        if isinstance(found, SitemapIndex)
        else found
    )


async def _parsed(
    services: Services, source: Source, listing: Listing, response: Response
) -> Feed | SitemapIndex | Unreadable:
    return await services.parsers.listing(
        response.body,
        url=response.url,
        content_type=response.content_type,
        source_key=source.key,
        listing=listing,
    )


def _merged(parts: Sequence[Feed | Unreadable], listing: Listing) -> Feed | Unreadable:
    """The sitemaps of an index as one feed, with a warning that names those that failed."""
    entries: dict[str, Entry] = {}
    for part in parts:
        if isinstance(part, Feed):
            entries |= {entry.guid: entry for entry in part.entries if entry.guid not in entries}
    reasons = "; ".join(part.reason for part in parts if isinstance(part, Unreadable))
    if len(entries) < listing.minimum:
        problem = (
            f"{len(entries)} entries in {len(parts)} sitemaps where at least {listing.minimum} were"
            " expected"
        )
        return Unreadable(reason=f"{problem}; {reasons}" if reasons else problem)
    left_out = sum(part.left_out for part in parts if isinstance(part, Feed))
    return Feed(entries=tuple(entries.values()), warning=reasons or None, left_out=left_out)
