"""Listing items found in a page by CSS selectors. [beautifulsoup4]"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning
from soupsieve import SelectorSyntaxError

from aggregator.domain.entry import Unreadable
from aggregator.domain.source import Listing
from aggregator.english.text import normalised
from aggregator.extract.bounds import bounded
from aggregator.extract.charset import decoded
from aggregator.extract.feed.entries import MAX_ENTRIES
from aggregator.extract.feed.listing_items import REMEDY, ListingDocument, ListingItem

_MOST_WITHIN = 8  # entries around an entry: its content is searched once for each of them
_HEADINGS = "h1, h2, h3, h4, h5, h6"


def html_items(body: bytes, listing: Listing, *, content_type: str) -> ListingDocument | Unreadable:
    """The items that the selectors of a table find in a page."""
    page = _tree(body, content_type)
    try:
        items = page.select(listing.items, limit=MAX_ENTRIES + 1)
        if _most_within(items) > _MOST_WITHIN:
            return Unreadable(reason=f"entries are nested more than {_MOST_WITHIN} deep; {REMEDY}")
        found = [_listed(item, listing) for item in items]
    except SelectorSyntaxError as error:
        return _misspelt(error)
    language = _attribute(page.find("html"), "lang")
    return ListingDocument(found=found, title=_text(page.find("title")), language=language or None)


def script_text(body: bytes, selector: str, *, content_type: str) -> str | Unreadable:
    """The content of the first element that a selector finds."""
    try:
        found = _tree(body, content_type).select_one(selector)
    except SelectorSyntaxError as error:
        return _misspelt(error)
    return (
        Unreadable(reason=f"script {selector!r} is not in the page; {REMEDY}")
        if found is None
        else found.string or ""
    )


def _tree(body: bytes, content_type: str) -> BeautifulSoup:
    text = decoded(bounded(body), content_type)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text, "lxml")


def _most_within(items: Sequence[Tag]) -> int:
    """How many other entries enclose the deepest one."""
    depths: dict[int, int] = {}
    for item in items:  # in document order, so enclosing entries come first
        parent = next((id(parent) for parent in item.parents if id(parent) in depths), None)
        depths[id(item)] = 0 if parent is None else depths[parent] + 1
    return max(depths.values(), default=0)


def _misspelt(error: SelectorSyntaxError) -> Unreadable:
    message = str(error).partition("\n")[0]
    return Unreadable(reason=f"invalid selector in [sources.listing]: {message}")


def _listed(item: Tag, listing: Listing) -> ListingItem:
    link = item.select_one("a[href]") if item.name != "a" else item
    date = _value(item, listing.date or "time")
    return ListingItem(
        title=_value(item, listing.title)
        if listing.title
        else _text(item.select_one(_HEADINGS)) or _text(link),
        link=_value(item, listing.link, "href") if listing.link else _attribute(link, "href"),
        date=date or None,
        summary=_value(item, listing.summary) if listing.summary else "",
        tags=tuple(_text(tag) for tag in item.select(listing.tags)) if listing.tags else (),
    )


def _value(item: Tag, place: str, attribute: str = "") -> str:
    """What stands at a place within an entry, such as `h3`, `time@title`, or `@data-title` for the
    entry itself.

    Without a named attribute: the one given, else a `datetime`, else the text; after `::text` only
    what stands in the element itself, not in those within it.
    """
    selector, _, named = place.partition("@")
    own = selector.removesuffix("::text")
    element = item.select_one(own) if own else item
    if own != selector and isinstance(element, Tag):
        return normalised(" ".join(element.find_all(string=True, recursive=False)))
    return (
        _attribute(element, named or attribute)
        if named or attribute
        else _attribute(element, "datetime") or _text(element)
    )


def _attribute(element: object, name: str) -> str:
    value = element.get(name) if isinstance(element, Tag) else None
    return value.strip() if isinstance(value, str) else ""


def _text(element: object) -> str:
    return normalised(element.get_text(" ")) if isinstance(element, Tag) else ""
