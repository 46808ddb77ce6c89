"""Sitemaps (sitemaps.org 0.9) and Google's news sitemaps, plain or gzipped. [lxml]

A sitemap says when a page changed, not when it was published: that moment makes an old page old,
never a new one dated.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.etree

from aggregator.domain.entry import SitemapIndex, Unreadable
from aggregator.domain.source import Listing
from aggregator.domain.web.urls import fetchable_url, registrable_domain
from aggregator.extract.feed.entries import MAX_ENTRIES
from aggregator.extract.feed.listing_items import REMEDY, ListingDocument, ListingItem, moment

MOST_SITEMAPS = (
    3  # of an index, those that changed last: sites begin a new one when the last is full
)
_MOST_BYTES = 10_000_000  # unpacked, as of any document
_GZIP = b"\x1f\x8b"
_MEDIA = (
    "http://www.google.com/schemas/sitemap-image/",
    "http://www.google.com/schemas/sitemap-video/",
)
_NEVER = datetime.min.replace(tzinfo=UTC)

Tree = Any  # lxml ships no types


def read_sitemap(
    body: bytes, listing: Listing, *, url: str
) -> ListingDocument | SitemapIndex | Unreadable:
    """The pages that a sitemap lists, last changed first, or the sitemaps that an index points
    to.
    """
    # lxml's defaults load no DTD, ask no network and refuse huge documents
    parser = lxml.etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True)
    try:
        root = lxml.etree.fromstring(_unpacked(body), parser)
    except (lxml.etree.XMLSyntaxError, ValueError, zlib.error) as error:
        return Unreadable(reason=f"not a sitemap: {str(error)[:120]}; {REMEDY}")
    match _name(root):
        case "urlset":
            pages = [
                listed
                for element in root
                if (listed := _page(element)) and listed.link.startswith(listing.prefix)
            ]
            return _newest_pages(pages)
        case "sitemapindex":
            return _newest_sitemaps(root, url)
    return Unreadable(reason=f"not a sitemap: the root element is {_name(root)!r}; {REMEDY}")


def _unpacked(body: bytes) -> bytes:
    return (
        zlib.decompressobj(wbits=31).decompress(body, _MOST_BYTES)
        if body.startswith(_GZIP)
        else body
    )


def _newest_pages(pages: list[ListingItem]) -> ListingDocument | Unreadable:
    dated = [page for page in pages if page.date or page.updated]
    if pages and not dated:
        return Unreadable(reason=("the sitemap gives no dates, so new pages cannot be recognised"))
    return ListingDocument(found=sorted(dated, key=_changed, reverse=True)[: MAX_ENTRIES + 1])


def _changed(page: ListingItem) -> datetime:
    return moment(page.date) or page.updated or _NEVER


def _newest_sitemaps(root: Tree, url: str) -> SitemapIndex | Unreadable:
    """Of one party's sitemaps those that changed last; where none says when, the last ones, as new
    ones are added there.
    """
    found = []
    for place, element in enumerate(root):
        texts = _texts_by_name(element)
        address = fetchable_url(texts.get("loc", ""), url)
        if address and registrable_domain(address) == registrable_domain(url):
            found.append((moment(texts.get("lastmod")) or _NEVER, place, address))
    if not found:
        return Unreadable(
            reason=f"the sitemap is an index that points to no sitemap of this site; {REMEDY}"
        )
    return SitemapIndex(
        urls=tuple(address for *_, address in sorted(found, reverse=True)[:MOST_SITEMAPS])
    )


def _page(element: Tree) -> ListingItem | None:
    texts = _texts_by_name(element)
    link = texts.get("loc", "")
    if not link:
        return None
    keywords = texts.get("keywords", "").split(",")
    return ListingItem(
        title=texts.get("title") or address_words(link),
        link=link,
        date=texts.get("publication_date"),
        updated=moment(texts.get("lastmod")),
        tags=tuple(word.strip() for word in keywords if word.strip()),
    )


def address_words(url: str) -> str:
    """What the last part of an address says: `/news/open-weights-2.html` is "Open weights 2"."""
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    words = re.sub(r"[-_+\s]+", " ", re.sub(r"\.\w{1,5}$", "", last)).strip()
    return words[:1].upper() + words[1:]


def _texts_by_name(element: Tree) -> dict[str, str]:
    """The texts below an element by the local name of their element, the first of each."""
    found: dict[str, str] = {}
    for name, text in _texts(element):
        found.setdefault(name, text)
    return found


def _texts(element: Tree) -> Iterator[tuple[str, str]]:
    for child in element.iter(lxml.etree.Element):
        if (text := (child.text or "").strip()) and not _is_of_media(child):
            yield _name(child), text


def _is_of_media(element: Tree) -> bool:
    """Whether an element of Google's extensions speaks of a picture or a film in the page; they
    have titles of their own.
    """
    return (lxml.etree.QName(element).namespace or "").startswith(_MEDIA)


def _name(element: Tree) -> str:
    return str(lxml.etree.QName(element).localname)
