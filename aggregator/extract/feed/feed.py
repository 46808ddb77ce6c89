"""RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0 and JSON Feed to a Feed. [feedparser]

A plain document is read by `plain_feed`, any other by feedparser, to the same answer. Parsing is
super-linear on hostile input, so it runs in a worker that can be killed (`parser_pool`), and not at
all beyond some bounds. feedparser is given an open stream only: it fetches a string that looks like
an address and opens bytes that look like a path. It neither sanitises nor rewrites markup here;
what is published is escaped at the other end.
"""

from __future__ import annotations

import calendar
import html
import io
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.sax import SAXParseException

import feedparser

from aggregator.domain.entry import DateOrigin, Entry, EntryDate, Feed, Unreadable
from aggregator.domain.web.urls import fetchable_url
from aggregator.english.text import normalised
from aggregator.extract.feed.crawl_hints import with_crawl_hints
from aggregator.extract.feed.entries import (
    MAX_ENTRIES,
    NONE_USABLE,
    Place,
    first_address,
    usable_entries,
)
from aggregator.extract.feed.jsonfeed import read_json_feed
from aggregator.extract.feed.plain_feed import read_plain_feed
from aggregator.extract.markup import MAX_LINE, plain

_PARSED = Any  # feedparser ships no types; its dictionaries stay inside this module
MAX_TAG = 65_536  # bytes; the longest tag of the corpus has 3 kB
# feedparser takes 0.1 s for such a nest, and seconds for one twenty times as deep; real feeds stay
# under 50
MAX_DEPTH = 5_000
_TAG_TO_ITS_END = re.compile(rb"""<[A-Za-z](?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+""")
# half microseconds of feedparser, estimated by `_work`; a real feed of 2,000 entries needs a third
MAX_WORK = 3_200_000
# bytes; larger documents are checked first: feedparser takes 5 s for a sitemap of 10 MB
_LARGE = 200_000
# bytes; the tree of a document five times as large would fill a worker's memory, and counting the
# entries of a small one costs more than reading those beyond the limit
_VAST = 1_000_000
_OF_A_FEED = re.compile(rb"<(?:[\w.-]+:)?(?:rss|rdf|feed|channel|item|entry)[\s>/]", re.I)
_WIDE = (
    b"\xff\xfe",
    b"\xfe\xff",
    b"\0",
    b"<\0",
    b"\x4c\x6f\xa7\x94",
)  # UTF-16, UTF-32, EBCDIC: not checked
_MAX_AUTHORS = 10
_MAX_TAGS = 20
_LEADING = frozenset(
    {"alternate", "related", "via", "self"}
)  # relations (RFC 4287 §4.2.7.2) to something to read
_TAG = re.compile(
    r"</?(?:p|a|div|span|b|i|em|strong|ul|ol|li|br|img|h[1-6]|blockquote|table)(?:\s[^<>]*)?/?>",
    re.I,
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_OTHER_ELEMENTS = re.compile(
    r"</?(?!(?:rss|rdf:RDF|feed|channel|item|entry|title|link|description|summary|content|"
    r"content:encoded|guid|id|pubDate|dc:date|published|updated|author|name|dc:creator|category|"
    r"language)[\s/>])[A-Za-z][^<>]*>"
)
_ANY_TAG = re.compile(rb"<(/?)[A-Za-z][^<>]*?(/?)>")
_ADDRESS = re.compile(r"\S+@\S+")


def read_feed(
    body: bytes, *, url: str, content_type: str, source_key: str, location: str = ""
) -> Feed | Unreadable:
    """The feed in `body`, which `url` served, or why there is none. A broken feed gives what can be
    read, and a warning.

    Relative links are resolved against `location`, its Content-Location, where it has one; else
    against the site that the feed names.
    """
    place = Place(url=url, location=location, source_key=source_key)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_json_feed(body, place)
    if reason := _not_to_be_read(body):
        return Unreadable(reason=reason)
    base = location or url
    plainly = read_plain_feed(_bounded(body) if len(body) > _VAST else body, content_type, base)
    if plainly:
        return _feed(plainly, body, None, place)
    bounded = _bounded(body)
    if reason := _not_for_feedparser(body, bounded):
        return Unreadable(reason=reason)
    parsed = _parse(bounded, url=base, content_type=content_type)
    defect = _defect(parsed, body)
    if not parsed.entries and not parsed.version:
        return Unreadable(reason=_other_document(body, defect))
    return _feed(parsed, body, defect, place)


def _feed(read: _PARSED, body: bytes, defect: str | None, place: Place) -> Feed | Unreadable:
    home_url = place.home(read.feed.get("link"))
    language = _language(read.feed.get("language"))
    base, source_key = place.base(home_url), place.source_key
    usable = usable_entries(
        (
            _entry(item, base=base, source_key=source_key, language=language)
            for item in read.entries
        ),
        page=home_url or place.url,
    )
    if defect and not usable.entries:
        return Unreadable(reason=f"feed is {defect}")
    if read.entries and not usable.entries:
        return Unreadable(reason=NONE_USABLE.format(len(read.entries)))
    feed = replace(
        usable,
        title=_line(read.feed.get("title") or ""),
        language=language,
        home_url=home_url,
        warning="; ".join(filter(None, (defect, usable.warning))) or None,
    )
    return with_crawl_hints(feed, body)


def _not_to_be_read(body: bytes) -> str | None:
    """Why a document is not given to a parser."""
    if not body or body.isspace():
        return "not a feed: empty response"
    return f"not read: a tag of more than {MAX_TAG // 1024} KB" if _has_long_tag(body) else None


def _has_long_tag(body: bytes) -> bool:
    """Whether a tag is too long for a parser: libxml2 and feedparser compare each attribute of a
    tag with every other.

    Found by leaps to the last bracket within so many bytes.
    """
    start = body.find(b"<")
    while 0 <= start < len(body) - MAX_TAG:
        last = body.rfind(b"<", start + 1, start + MAX_TAG + 1)
        if last < 0:
            tag = _TAG_TO_ITS_END.match(body, start)
            if tag and tag.end() - start > MAX_TAG:
                return True
            last = body.find(b"<", start + 1)
        start = last
    return False


def _not_for_feedparser(body: bytes, bounded: bytes) -> str | None:
    """Why a document is not given to feedparser, which would take seconds to read its entries, or
    to find that it is not a feed.
    """
    if body.count(b"<") > MAX_DEPTH and _depth(body) > MAX_DEPTH:
        return f"not read: elements more than {MAX_DEPTH:,} deep"
    if len(body) > _LARGE and not body.startswith(_WIDE) and not _OF_A_FEED.search(body):
        return _other_document(body, None)
    if _work(bounded) > MAX_WORK:
        return "not read: too many tags, references and lines to parse in two seconds"
    return None


def _work(body: bytes) -> int:
    """The time that feedparser takes for a document: 10 µs per tag, 2 µs per reference, 0.5 µs per
    line.
    """
    lesser = 4 * body.count(b"&") + body.count(b"\n")
    if 20 * body.count(b"<") + lesser <= MAX_WORK:
        return 0
    return 20 * sum(piece.count(b"<") for piece in _outside_cdata(body)) + lesser


def _outside_cdata(body: bytes) -> Iterator[bytes]:
    first, *rest = body.split(b"<![CDATA[")
    yield first
    yield from (piece.partition(b"]]>")[2] for piece in rest)


def _depth(body: bytes) -> int:
    """How deep elements stand within each other, markup in CDATA left out."""
    depth = deepest = 0
    for tag in _ANY_TAG.finditer(b"".join(_outside_cdata(body))):
        if tag[1]:
            depth = max(0, depth - 1)
        elif not tag[2]:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _parse(body: bytes, *, url: str, content_type: str) -> _PARSED:
    """feedparser's reading. Relative links are resolved by xml:base against the feed's address
    where a feed has one; where it has none, later, against the site that the feed names.
    """
    headers = {"content-type": content_type} if content_type else {}
    if b"xml:base" in body:
        headers["content-location"] = url
    try:
        return _fed(body, headers)
    # KeyError, TypeError and more, at the end of an element that never began
    except Exception:  # noqa: BLE001
        return _fed(_bare(body), {})


def _fed(body: bytes, headers: dict[str, str]) -> _PARSED:
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _bare(body: bytes) -> bytes:
    """The document in UTF-8 with those elements alone without which there is no feed."""
    return _OTHER_ELEMENTS.sub("", body.decode("utf-8", "replace")).encode()


def _bounded(body: bytes) -> bytes:
    """The document without what follows its first 2,000 entries: 20,000 take the parser longer than
    its time limit.

    Only documents in ASCII-compatible encodings are cut; others run into the limit of the worker.
    """
    if body.count(b"<item") + body.count(b"<entry") <= MAX_ENTRIES:
        return body
    starts = re.finditer(rb"<(?:item|entry)[\s>]", body)
    for n, start in enumerate(starts):
        if n > MAX_ENTRIES:
            return body[: start.start()] + _closing_tags(body)
    return body


def _closing_tags(body: bytes) -> bytes:
    tail = re.search(rb"(?:</[\w:]+>\s*){1,3}$", body[-200:].rstrip())
    closed = re.findall(rb"</[\w:]+>", tail.group()) if tail else []
    return b"".join(tag for tag in closed if tag not in (b"</item>", b"</entry>"))


def _defect(parsed: _PARSED, body: bytes) -> str | None:
    problem = parsed.get("bozo_exception")
    if not isinstance(
        problem, SAXParseException
    ):  # a media type or charset that had to be overridden does no harm
        return None
    written_by_feedparser = not body.lstrip().startswith(
        b"<?xml"
    )  # a line with a declaration, where there is none
    line = max(1, (problem.getLineNumber() or 1) - written_by_feedparser)
    return f"not well-formed: {problem.getMessage()} at line {line}"


def _other_document(body: bytes, defect: str | None) -> str:
    if re.search(rb"<(?:!doctype\s+html|html|head|body)\b", body[:4_096], re.I):
        return "not a feed: an HTML page"
    return f"not a feed: {defect}" if defect else "not a feed: another kind of document"


def _entry(item: _PARSED, *, base: str, source_key: str, language: str | None) -> Entry:
    published, updated = _moment(item, "published_parsed"), _moment(item, "updated_parsed")
    first = published or updated or _moment(item, "created_parsed")
    return Entry(
        source_key=source_key,
        guid=(item.get("id") or "").strip(),
        url=_link(item, base) or "",
        title=_line(item.get("title") or ""),
        authors=_authors(item),
        published=EntryDate(at=first, origin=DateOrigin.FEED) if first else None,
        updated=updated,
        summary=_markup(item.get("summary_detail")),
        content=max(map(_markup, item.get("content", ())), key=len, default=""),
        tags=_tags(item),
        language=_language(item.get("title_detail", {}).get("language")) or language,
    )


def _line(markup: str) -> str:
    """`markup.plain`, at once where there is no markup."""
    return plain(markup) if "<" in markup or "&" in markup else normalised(markup[:MAX_LINE])


_name = lru_cache(maxsize=256)(_line)  # authors and tags come again in the entries of a feed


def _link(item: _PARSED, base: str) -> str | None:
    """The article's address: what a proxy such as FeedBurner kept of the original, the link, a guid
    that is an address, the first enclosure of a podcast, what else an Atom entry leads to.
    """
    found = first_address((item.get("feedburner_origlink"), item.get("link")), base)
    if found := found or fetchable_url(item.get("id") or ""):
        return found
    others = (link for link in item.get("links", ()) if link.get("rel") in _LEADING)
    return first_address(
        (link.get("href") for link in (*item.get("enclosures", ()), *others)), base
    )


def _markup(detail: _PARSED | None) -> str:
    """The text of a construct as HTML: what is plain text by declaration and by look is escaped."""
    if not detail:
        return ""
    value: str = detail.get("value") or ""
    return (
        html.escape(value, quote=False)
        if detail.get("type") == "text/plain" and not _TAG.search(value)
        else value
    )


def _moment(item: _PARSED, key: str) -> datetime | None:
    """feedparser's `*_parsed` are UTC; `in` first, as asking for a missing `updated` warns and
    gives `published`.
    """
    if key not in item or not item[key]:
        return None
    value: datetime | time.struct_time = item[key]
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromtimestamp(calendar.timegm(value), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _authors(item: _PARSED) -> tuple[str, ...]:
    names = [_name(author.get("name") or "") for author in item.get("authors", ())]
    return tuple(
        dict.fromkeys(
            [name for name in names if name and not ("@" in name and _ADDRESS.fullmatch(name))]
        )
    )[:_MAX_AUTHORS]


def _tags(item: _PARSED) -> tuple[str, ...]:
    labels = [
        _name(tag.get("label") or tag.get("term") or "")[:100] for tag in item.get("tags", ())
    ]
    return tuple(dict.fromkeys(filter(None, labels)))[:_MAX_TAGS]


@lru_cache(maxsize=256)  # asked for every entry, of which most declare what their feed does
def _language(declared: str | None) -> str | None:
    found = (declared or "").strip()
    return found if _LANGUAGE.fullmatch(found) else None
