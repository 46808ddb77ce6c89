"""Reads a document that lists articles without being a feed, as its `[sources.listing]` table says.

Runs in a worker that can be killed, as `extract.feed.feed` does.
"""

from __future__ import annotations

from aggregator.domain.entry import Feed
from aggregator.domain.parse_outcome import SitemapIndex, Unreadable
from aggregator.domain.source import Listing, ListingFormat
from aggregator.extract.feed.api_listing import api_items, arxiv_feed
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.feed.html_listing import html_items
from aggregator.extract.feed.json_listing import json_items
from aggregator.extract.feed.listing_items import feed_of_listing
from aggregator.extract.feed.sitemap import read_sitemap


def read_listing(
    body: bytes, *, url: str, content_type: str, source_key: str, listing: Listing
) -> Feed | SitemapIndex | Unreadable:
    """The entries that `url` lists, or why they cannot be read; of a sitemap index, the sitemaps to
    read in its place.
    """
    match listing.format:
        case ListingFormat.ARXIV:
            return arxiv_feed(
                read_feed(body, url=url, content_type=content_type, source_key=source_key),
                listing.minimum,
            )
        case ListingFormat.HTML:
            page = html_items(body, listing, content_type=content_type)
        case ListingFormat.JSON | ListingFormat.NEXTJS:
            page = json_items(body, listing, content_type=content_type)
        case ListingFormat.SITEMAP:
            found = read_sitemap(body, listing, url=url)
            if isinstance(found, SitemapIndex):
                return found
            page = found
        case _:
            page = api_items(body, listing, content_type=content_type)
    return (
        page
        if isinstance(page, Unreadable)
        else feed_of_listing(page, listing, url=url, source_key=source_key)
    )
