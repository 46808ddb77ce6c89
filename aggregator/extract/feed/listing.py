"""Reads a document that lists articles without being a feed, as its `[sources.listing]` table says.

Of Hugging Face's models, GitHub's releases, Hacker News' search and arXiv's query the answers are
known. Runs in a worker that can be killed, as `extract.feed.feed` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from aggregator.domain.entry import Entry, Feed, SitemapIndex, Unreadable
from aggregator.domain.source import Listing, ListingFormat
from aggregator.extract.feed.entries import MAX_ENTRIES
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.feed.html_listing import html_items
from aggregator.extract.feed.json_listing import (
    Json,
    json_items,
    json_of,
    number_at,
    text_at,
    texts_at,
    values_at,
)
from aggregator.extract.feed.listing_items import (
    REMEDY,
    ListingDocument,
    ListingItem,
    feed_of_listing,
)
from aggregator.extract.feed.sitemap import read_sitemap

_ARXIV_ERROR = "arxiv.org/api/errors"
_VERSION = re.compile(r"v\d+$")


def read_listing(
    body: bytes, *, url: str, content_type: str, source_key: str, listing: Listing
) -> Feed | SitemapIndex | Unreadable:
    """The entries that `url` lists, or why they cannot be read; of a sitemap index, the sitemaps to
    read in its place.
    """
    match listing.format:
        case ListingFormat.ARXIV:
            return _arxiv_feed(
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
            page = _api_items(body, listing, content_type=content_type)
    return (
        page
        if isinstance(page, Unreadable)
        else feed_of_listing(page, listing, url=url, source_key=source_key)
    )


def _api_items(body: bytes, listing: Listing, *, content_type: str) -> ListingDocument | Unreadable:
    """The items in the JSON of a service."""
    document = json_of(body, replace(listing, script=""), content_type=content_type)
    if isinstance(document, Unreadable):
        return document
    items, listed = _SERVICES[listing.format]
    found = (listed(item) for item in values_at(document, items) if isinstance(item, dict))
    return ListingDocument(found=[listed for listed in islice(found, MAX_ENTRIES + 1) if listed])


def _arxiv_feed(feed: Feed | Unreadable, minimum: int) -> Feed | Unreadable:
    """The answer of arXiv's query as a feed: an error that it hides in an entry, and a paper's link
    without its version.
    """
    if isinstance(feed, Unreadable):
        return feed
    if error := next((entry for entry in feed.entries if _ARXIV_ERROR in entry.guid), None):
        return Unreadable(reason=f"arXiv refuses the query: {error.summary[:120]}; {REMEDY}")
    if len(feed.entries) < minimum:
        return Unreadable(
            reason=f"{len(feed.entries)} papers where at least {minimum} were expected; {REMEDY}"
        )
    return replace(feed, entries=tuple(_paper(entry) for entry in feed.entries))


def _paper(entry: Entry) -> Entry:
    address = _VERSION.sub("", entry.url.replace("http://", "https://", 1))
    return replace(entry, guid=address, url=address)


def _model(item: Json) -> ListingItem | None:
    name = str(text_at(item, "id, modelId") or "")
    if item.get("private") or not name:
        return None
    tags = texts_at(item, "pipeline_tag")
    return ListingItem(
        title=name,
        link=f"https://huggingface.co/{name}",
        date=text_at(item, "createdAt"),
        tags=tags,
        votes=number_at(item, "likes"),
    )


def _release(item: Json) -> ListingItem | None:
    if item.get("draft"):
        return None
    link, name = str(text_at(item, "html_url") or ""), str(text_at(item, "name, tag_name") or "")
    project = link.partition("github.com/")[2].split("/")[1:2]
    is_named = not project or project[0].lower() in name.lower()
    return ListingItem(
        title=name if is_named else f"{project[0]} {name}",
        link=link,
        date=text_at(item, "published_at, created_at"),
        summary=str(text_at(item, "body") or ""),
        votes=number_at(item, "reactions.total_count"),
    )


def _hit(item: Json) -> ListingItem | None:
    number = str(text_at(item, "objectID") or "")
    return ListingItem(
        title=str(text_at(item, "title, story_title") or ""),
        link=str(text_at(item, "url") or f"https://news.ycombinator.com/item?id={number}"),
        date=text_at(item, "created_at_i, created_at"),
        summary=str(text_at(item, "story_text") or ""),
        points=number_at(item, "points"),
        votes=number_at(item, "points, num_comments"),
    )


_SERVICES: dict[ListingFormat, tuple[str, Callable[[Json], ListingItem | None]]] = {
    ListingFormat.HUGGINGFACE: ("", _model),
    ListingFormat.GITHUB: ("", _release),
    ListingFormat.HACKERNEWS: ("hits", _hit),
}
