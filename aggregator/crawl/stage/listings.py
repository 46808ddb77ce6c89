"""Reads a source without a feed as its [sources.listing] table says; of a sitemap index, the
sitemaps that changed last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.crawl.plan import ACCEPT_LISTING, SourceRequest
from aggregator.crawl.robots import RobotsRules
from aggregator.domain.entry import Entry, Feed
from aggregator.domain.parse_outcome import SitemapIndex, Unreadable
from aggregator.domain.source import Listing, Source
from aggregator.domain.web.address import Address
from aggregator.errors import WebError
from aggregator.ports import Request, Response
from aggregator.services import Services
from aggregator.store.news import robots


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
        return found
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
        return RobotsRules(services.web, settings.user_agent, now, robots.robots_files(connection))


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
    """The sitemaps of an index as one feed; those that could not be had are its warning."""
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
