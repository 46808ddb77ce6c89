"""What a page lists: items found by CSS selectors, the feeds that it says it has, and the outline
of its elements by which a model is asked where its items stand. [beautifulsoup4]

Runs in a worker that can be killed.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning
from soupsieve import SelectorSyntaxError

from aggregator.domain.entry import FeedLink, Unreadable
from aggregator.domain.source import Listing
from aggregator.domain.web.urls import fetchable_url
from aggregator.english.text import normalised
from aggregator.extract.charset import decoded
from aggregator.extract.feed.entries import MAX_ENTRIES
from aggregator.extract.feed.listing_items import REMEDY, ListingDocument, ListingItem
from aggregator.extract.markup import bounded, excess

_MOST_WITHIN = 8  # entries around an entry: its content is searched once for each of them
_HEADINGS = "h1, h2, h3, h4, h5, h6"
MOST_LINKS = 20  # of one page; a blog that lists the feed of each of its categories has a dozen
_MOST_BYTES = 1_000_000  # the links to feeds stand in the head, whatever follows
_FEED_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json"
    " application/xml text/xml".split()
)
MOST_CHARACTERS = 8_000  # of an outline: some 2,500 tokens
_MOST_ALIKE = 3  # elements of one kind within an element; more show nothing new
_MOST_DEEP = 24
_MOST_TEXT = 60  # characters of a text
_MOST_CLASSES = 3
_LEFT_OUT = "script style noscript template svg iframe form nav header footer aside".split()
_SHOWN = ("href", "datetime")


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


def table_rows(
    body: bytes, selector: str, *, content_type: str
) -> list[dict[str, str]] | Unreadable:
    """The rows of the first table at a selector, each cell by its heading; dots and commas of
    headings are left out.
    """
    try:
        found = _tree(body, content_type).select_one(selector)
    except SelectorSyntaxError as error:
        return _misspelt(error)
    rows = [row.find_all(["td", "th"]) for row in found.find_all("tr")] if found else []
    if not rows:
        return Unreadable(reason=f"nothing at {selector!r} has rows; {REMEDY}")
    heads = [" ".join(_text(cell).replace(",", "").replace(".", "").split()) for cell in rows[0]]
    return [dict(zip(heads, map(_text, cells), strict=False)) for cells in rows[1:]]


def feed_links(body: bytes, *, url: str, content_type: str) -> tuple[FeedLink, ...]:
    """The feeds of a page that `url` served: in its order, but those of comments last."""
    body = body[:_MOST_BYTES]
    if excess(bounded(decoded(body, content_type).encode("utf-8", "replace"))):
        return ()
    page = _tree(body, content_type)
    home = fetchable_url(_attribute(page.find("base"), "href"), url) or url
    found: dict[str, FeedLink] = {}
    for link in page.find_all("link"):
        address = fetchable_url(_attribute(link, "href"), home) if _is_of_feed(link) else None
        if address:
            title = normalised(_attribute(link, "title"))[:200]
            found.setdefault(address, FeedLink(url=address, title=title))
    return tuple(sorted(found.values(), key=_is_of_comments)[:MOST_LINKS])


def page_outline(body: bytes, *, content_type: str) -> str:
    """One line for each element, indented by its depth: `li.post`, `a href=/news/x "A title"`.

    Scripts, pictures, menus and what repeats more than thrice are left out.
    """
    page = _tree(body, content_type)
    for element in page(_LEFT_OUT):
        element.extract()
    root = page.find("main") or page.find("body")
    lines: list[str] = []
    length = 0
    for line in _lines(root) if isinstance(root, Tag) else ():
        length += len(line) + 1
        if length > MOST_CHARACTERS:
            break
        lines.append(line)
    return "\n".join(lines)


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
        return _own_text(element)
    return (
        _attribute(element, named or attribute)
        if named or attribute
        else _attribute(element, "datetime") or _text(element)
    )


def _attribute(element: object, name: str) -> str:
    value = element.get(name) if isinstance(element, Tag) else None
    return value.strip() if isinstance(value, str) else ""


def _own_text(element: Tag) -> str:
    return normalised(" ".join(element.find_all(string=True, recursive=False)))


def _text(element: object) -> str:
    return normalised(element.get_text(" ")) if isinstance(element, Tag) else ""


def _is_of_feed(link: Tag) -> bool:
    relations = [str(word).lower() for word in link.get_attribute_list("rel")]
    kind = _attribute(link, "type").partition(";")[0].strip().lower()
    return "alternate" in relations and kind in _FEED_TYPES


def _is_of_comments(link: FeedLink) -> bool:
    return (
        "comments" in urlsplit(link.url).path.split("/") or "comments" in link.title.lower().split()
    )


def _lines(root: Tag) -> Iterator[str]:
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        yield " " * depth + _line(element)
        if depth == _MOST_DEEP:
            continue
        seen = Counter[str]()
        inner = []
        for child in element.find_all(True, recursive=False):
            kind = _kind(child)
            seen[kind] += 1
            if seen[kind] <= _MOST_ALIKE:
                inner.append((child, depth + 1))
        waiting += reversed(inner)


def _line(element: Tag) -> str:
    shown = [f"{name}={str(element[name])[:_MOST_TEXT]}" for name in _SHOWN if element.get(name)]
    text = _own_text(element)[:_MOST_TEXT]
    return " ".join([_kind(element), *shown, *([f'"{text}"'] if text else [])])


def _kind(element: Tag) -> str:
    """The element as a selector names it."""
    classes = element.get("class")
    named = classes[:_MOST_CLASSES] if isinstance(classes, list) else []
    mark = f"#{element['id']}" if element.get("id") else ""
    return (element.name + mark + "".join(f".{name}" for name in named))[: 2 * _MOST_TEXT]
