"""A document that lists articles without being a feed to a Feed, as its `[sources.listing]` table
says.

Runs in a worker that can be killed, as `extract.feed` does.
"""

from __future__ import annotations

from aggregator.domain.entry import Feed
from aggregator.domain.parsed import SitemapIndex, Unreadable
from aggregator.domain.source import Listing, ListingFormat
from aggregator.extract.feed.api_listing import answered, arxiv_feed
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.feed.html_listing import selected
from aggregator.extract.feed.json_listing import embedded
from aggregator.extract.feed.listing_items import listed_feed
from aggregator.extract.feed.sitemap import sitemap


def read_listing(
    body: bytes, *, url: str, content_type: str, source_key: str, listing: Listing
) -> Feed | SitemapIndex | Unreadable:
    """What `url` lists, or why it cannot be told; of an index of sitemaps, which of them to read in
    its place.
    """
    match listing.format:
        case ListingFormat.ARXIV:
            return arxiv_feed(
                read_feed(body, url=url, content_type=content_type, source_key=source_key),
                listing.minimum,
            )
        case ListingFormat.HTML:
            page = selected(body, listing, content_type=content_type)
        case ListingFormat.JSON | ListingFormat.NEXTJS:
            page = embedded(body, listing, content_type=content_type)
        case ListingFormat.SITEMAP:
            found = sitemap(body, listing, url=url)
            if isinstance(found, SitemapIndex):
                return found
            page = found
        case _:
            page = answered(body, listing, content_type=content_type)
    return (
        page
        if isinstance(page, Unreadable)
        else listed_feed(page, listing, url=url, source_key=source_key)
    )
