"""Reads plainly written RSS 2.0 and Atom 1.0 in one walk over the tree: with feedparser's result,
at a fraction of its cost. [lxml]

A document is plain where feedparser's treatment of each element that bears on the answer is written
down here: well-formed, without a document type, addresses whole where an xml:base is not of a text,
markup in texts escaped, nothing said twice that counts once. Of any other there is no reading here.
Keys and values are feedparser's, dates are datetimes. A test compares both readings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from datetime import UTC, datetime
from functools import lru_cache
from html.entities import entitydefs
from typing import Any
from urllib.parse import urljoin

import lxml.etree

from aggregator.domain.frozen import frozen
from aggregator.extract.feed.entries import MAX_ENTRIES

Fields = dict[str, Any]  # in the shape of feedparser's dictionaries
_Element = Any  # lxml ships no types; its elements stay inside this module
_Take = Callable[[Fields, _Element], None]


@frozen
class PlainFeed:
    """The fields of a document, and those of its entries in their order."""

    feed: Fields = field(default_factory=dict)
    entries: list[Fields] = field(default_factory=list)


class _NotPlainError(Exception):
    pass


_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_FEEDBURNER = "{http://rssnamespace.org/feedburner/ext/1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_MEDIA = ("{http://search.yahoo.com/mrss/}", "{http://search.yahoo.com/mrss}")
# the one namespace of real feeds that is declared without a prefix
_WORDPRESS = "{com-wordpress:feed-additions:1}"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# feedparser has handlers for the elements of these, and for those of unknown namespaces under these
# prefixes.
_HANDLED = frozenset(
    "http://backend.userland.com/rss http://blogs.law.harvard.edu/tech/rss http://purl.org/rss/1.0/"
    " http://my.netscape.com/rdf/simple/0.9/ http://example.com/newformat# http://example.com/necho"
    " http://purl.org/echo/ uri/of/echo/namespace# http://purl.org/pie/ http://purl.org/atom/ns#"
    " http://www.w3.org/2005/atom http://purl.org/rss/1.0/modules/rss091#"
    " http://purl.org/rss/1.0/modules/content/ http://purl.org/dc/elements/1.1/"
    " http://purl.org/dc/terms/ http://rssnamespace.org/feedburner/ext/1.0"
    " http://www.itunes.com/dtds/podcast-1.0.dtd http://example.com/dtds/podcast-1.0.dtd"
    " http://search.yahoo.com/mrss http://search.yahoo.com/mrss/".split()
)
# It has handlers for elements of these names without a namespace, and keys of the last four; its
# other keys have an underscore, as have the names of its handlers for namespaces.
HANDLED_NAMES = frozenset(
    "abstract author body category channel cloud content contributor copyright created description"
    " email enclosure entry expirationdate feed fullitem generator geom georssgeom guid height"
    " homepage id image info issued item keywords language lastbuilddate link managingeditor"
    " modified name newlocation pubdate published rights rss source subtitle summary tagline tags"
    " textinput title updated uri url webmaster where width"
    " authors contributors enclosures links".split()
)
_HANDLED_PREFIXES = frozenset(
    {"content", "dc", "dcterms", "feedburner", "itunes", "media", "xhtml"}
)

_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.-]+)")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.-]+)", re.I)
_UTF_8 = frozenset({"utf-8", "utf8"})
_OTHER_ENCODINGS = frozenset(
    "us-ascii ascii iso-8859-1 iso-8859-2 iso-8859-15 windows-1250 windows-1251 windows-1252"
    " utf-16".split()
)
_NOT_OF_LINKS = frozenset({"url", "uri", "base"})
# attributes of a feed and of an entry that say something to feedparser
_MEANINGFUL = frozenset({"base", "href", "lang", "lastmod"})
_BASE = re.compile(rb"xml:base")
_based = lxml.etree.XPath("//*[@xml:base]")
_OF_TEXTS = frozenset({f"{_ATOM}content", f"{_ATOM}summary", f"{_ATOM}title"})
_WHOLE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\[\]]*")
_PARSER = lxml.etree.XMLParser(
    encoding="utf-8",  # whatever is declared
    resolve_entities=False,
    no_network=True,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
)

_TWICE_ENCODED = re.compile(rb"\xc3[\x82-\xb4]\xc2")  # as is each letter of UTF-8 read as Latin-1
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_WINDOWS_1252 = re.compile(r"[\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f]+")
_REFERENCE = re.compile(r"&(#?\w+);")
_ENTITY_IN_LINK = re.compile(r"&(\w+);")
_NAMED_ADDRESS = re.compile(r"[\w.+-]+@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,4}(?: \(([^()@]+)\))?")
_TYPES = {
    "plain": "text/plain",
    "text": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
}
_PAGE_TYPES = frozenset({"text/html", "html", "application/xhtml+xml", "xhtml"})

_WEEKDAYS = frozenset("Mon, Tue, Wed, Thu, Fri, Sat, Sun,".split())
_CLOCKS = (len("12:30"), len("12:30:00"))
_OFFSET = re.compile(r"[+-]\d{4}")
_RFC_3339 = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")
_MONTHS = {
    name: f"{n:02}"
    for n, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_ZONES = {
    "GMT": "Z", "UT": "Z", "UTC": "Z", "Z": "Z", "+0000": "Z", "EST": "-05", "EDT": "-04",
    "CST": "-06", "CDT": "-05", "MST": "-07", "MDT": "-06", "PST": "-08", "PDT": "-07",
}  # fmt: skip


def read_plain_feed(body: bytes, content_type: str, url: str = "") -> PlainFeed | None:
    """The fields of a document that is plain, else None. `url` served it."""
    document = _in_utf_8(body, content_type)
    if document is None:
        return None
    try:
        root = lxml.etree.fromstring(document, _PARSER)
        if root.getroottree().docinfo.doctype:
            return None
        reading = _rss(root) if root.tag == "rss" else _atom(root)
        if _BASE.search(body) and not _is_unmoved(reading):
            _resolve(reading, root, url)
    except (lxml.etree.XMLSyntaxError, _NotPlainError):
        return None
    return reading


def _is_unmoved(reading: PlainFeed) -> bool:
    """Whether no address depends on an xml:base."""
    addresses = (
        address for fields in (reading.feed, *reading.entries) for address in _addresses(fields)
    )
    return all(_WHOLE.fullmatch(address) for address in addresses if address)


def _resolve(reading: PlainFeed, root: _Element, url: str) -> None:
    """Resolves the addresses of an Atom feed against its own, as feedparser does where an xml:base
    stands at a text; one elsewhere is not plain.
    """
    if not url or root.tag == "rss" or any(each.tag not in _OF_TEXTS for each in _based(root)):
        raise _NotPlainError
    for fields in (reading.feed, *reading.entries):
        if not all(_addresses(fields)):
            raise _NotPlainError
        try:
            for key in ("id", "link"):
                fields[key] = urljoin(url, fields[key])
            for link in (*fields.get("links", ()), *fields.get("enclosures", ())):
                link["href"] = urljoin(url, link["href"])
        except ValueError:
            raise _NotPlainError from None


def _addresses(fields: Fields) -> Iterator[str | None]:
    yield from (fields.get("id"), fields.get("link"))
    for link in (*fields.get("links", ()), *fields.get("enclosures", ())):
        yield link["href"]


def _in_utf_8(body: bytes, content_type: str) -> bytes | None:
    """The document in UTF-8, from the first declared encoding in which it can be decoded, or as it
    is; None where an encoding is not one of those known here.
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in body[:4]:
        return None
    body = body.removeprefix(b"\xef\xbb\xbf")
    served, declared = _CHARSET.search(content_type), _DECLARED.match(body[:200])
    names = (served[1] if served else "", declared[1].decode() if declared else "")
    for name in filter(None, map(str.lower, names)):
        if name in _UTF_8:
            return body
        if name not in _OTHER_ENCODINGS:
            return None
        with suppress(ValueError):
            return body.decode(name).encode()
    return body


def _rss(root: _Element) -> PlainFeed:
    if len(root) != 1 or root[0].tag != "channel" or root[0].attrib:
        raise _NotPlainError
    return _walked(root, root[0], "item", _RSS_CHANNEL, _RSS_ITEM)


def _atom(root: _Element) -> PlainFeed:
    if root.tag != f"{_ATOM}feed":
        raise _NotPlainError
    return _walked(root, root, f"{_ATOM}entry", _ATOM_FEED, _ATOM_ENTRY)


def _walked(
    root: _Element,
    channel: _Element,
    entry_tag: str,
    of_feed: Mapping[str, _Take],
    of_entry: Mapping[str, _Take],
) -> PlainFeed:
    reading = PlainFeed()
    language = _language(root, None)
    if language:
        reading.feed["language"] = language
    taking = of_entry.get
    for element in channel:
        if element.tag != entry_tag:
            of_feed.get(element.tag, _unknown)(reading.feed, element)
            continue
        entry: Fields = {}
        if spoken := _language(element, language):
            entry["title_detail"] = {"language": spoken}
        for child in element:
            take = taking(child.tag) or taking(_named(child.tag, child.prefix), _unknown)
            take(entry, child)
        if "media_title" in entry and (not entry.get("title") or "source" in entry):
            # where there is no other title, or after a source, feedparser takes that of a picture
            raise _NotPlainError
        reading.entries.append(entry)
        if len(reading.entries) > MAX_ENTRIES:
            break
    return reading


def _language(element: _Element, inherited: str | None) -> str | None:
    """The language that holds within an element. Attributes of its own that would mean something
    else are not plain.
    """
    names = element.keys()
    if not names:
        return inherited
    if not _MEANINGFUL.isdisjoint(map(str.lower, names)) or f"{_RDF}about" in names:
        raise _NotPlainError
    found: str | None = element.get(_LANG, inherited)
    return found.replace("_", "-") if found else None


def _text(element: _Element) -> str:
    """The text of an element without others in it, put right as feedparser does: UTF-8 taken for
    Latin-1, and Windows-1252.
    """
    if len(element):
        raise _NotPlainError
    text: str = (element.text or "").strip()
    if text.isascii():
        return text
    written = text.encode()  # a search in bytes is four times as fast
    if _TWICE_ENCODED.search(written):
        with suppress(UnicodeError):
            text = text.encode("iso-8859-1").decode("utf-8")
            written = text.encode()
    if not _C1.search(written):
        return text
    return _WINDOWS_1252.sub(lambda found: found[0].encode("latin-1").decode("cp1252"), text)


def _construct(element: _Element, default: str) -> Fields:
    """A text with its type."""
    names = element.keys()
    if not names:
        return {"type": default, "value": _text(element)}
    if any(name not in ("type", _LANG, _XML_BASE) for name in names):
        raise _NotPlainError
    kind = _TYPES.get(element.get("type", default).lower())
    if kind is None:
        raise _NotPlainError
    return {"type": kind, "value": _text(element)}


def _markup(element: _Element, default: str) -> Fields:
    """A text that may be HTML. What is said to be plain text, but in Atom, feedparser takes for
    HTML where it looks like it: by references to characters; or by tags, of which nothing is known
    here.
    """
    found = _construct(element, default)
    if found["type"] == "text/plain" and element.getroottree().getroot().tag == "rss":
        names = _REFERENCE.findall(found["value"])
        if "</" in found["value"] or (names and "<" in found["value"]):
            raise _NotPlainError
        if names and all(name[0] == "#" or name in entitydefs for name in names):
            found["type"] = "text/html"
    return found


def _once(fields: Fields, key: str, value: object) -> None:
    if key in fields:
        raise _NotPlainError
    fields[key] = value


def _title(fields: Fields, element: _Element) -> None:
    is_bare = not element.keys()
    _once(
        fields, "title", _text(element) if is_bare else _construct(element, "text/plain")["value"]
    )
    if not is_bare and element.get(_LANG) is not None:
        fields["title_detail"] = {"language": element.get(_LANG).replace("_", "-") or None}


def _entry_title(fields: Fields, element: _Element) -> None:
    """A title, unless there is one: the first counts, but not after a source."""
    if "title" not in fields:
        _title(fields, element)
    elif not fields["title"] or "source" in fields:
        raise _NotPlainError
    else:
        _construct(element, "text/plain")


def _rss_link(fields: Fields, element: _Element) -> None:
    if element.keys():
        raise _NotPlainError
    address = _text(element)
    if "&" in address:
        address = _ENTITY_IN_LINK.sub(r"&\1", address.replace("&amp;", "&"))
    fields["link"] = _kept(address)


def _kept(address: str) -> str:
    """An address that feedparser leaves as it is."""
    if ":///" in address:
        raise _NotPlainError
    return address


def _atom_link(fields: Fields, element: _Element) -> None:
    address = element.get("href")
    if address is None or len(element) or not _NOT_OF_LINKS.isdisjoint(element.keys()):
        raise _NotPlainError
    _kept(address)
    relation = element.get("rel", "alternate").lower()
    if relation == "alternate" and element.get("type", "text/html").lower() in _PAGE_TYPES:
        fields["link"] = address
    elif relation == "enclosure":
        fields.setdefault("enclosures", []).append({"href": address})
    else:
        fields.setdefault("links", []).append({"rel": relation, "href": address})


def _enclosure(fields: Fields, element: _Element) -> None:
    address = element.get("url", element.get("uri", element.get("href")))
    fields.setdefault("enclosures", []).append({"href": address})
    _silent(fields, element)


def _guid(fields: Fields, element: _Element) -> None:
    text = _text(element)
    _once(fields, "id", text)
    for name, value in element.items():
        if name.lower() == "ispermalink" and value != "true":
            return
    fields.setdefault("link", _kept(text))


def _dated(key: str) -> _Take:
    def take(fields: Fields, element: _Element) -> None:
        fields[key] = _moment(_text(element))

    return take


def _moment(text: str) -> datetime | None:
    """A date in the form of its format's standard. Fractions of a second are dropped."""
    if not text:
        return None
    try:
        found = _RFC_3339.fullmatch(text)
        written = f"{found[1]}T{found[2]}{found[3]}" if found else _rewritten(text)
        return datetime.fromisoformat(written).astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        raise _NotPlainError from None


def _rewritten(text: str) -> str:
    """A date of RFC 822 as one of RFC 3339. Raises KeyError or ValueError where it is none."""
    *weekday, day, month, year, clock, zone = text.split(" ")
    if (weekday and " ".join(weekday) not in _WEEKDAYS) or len(clock) not in _CLOCKS:
        raise ValueError(text)
    offset = _ZONES.get(zone) or (zone if _OFFSET.fullmatch(zone) else "")
    if not offset or clock >= "24":
        raise ValueError(text)
    return f"{year}-{_MONTHS[month]}-{day:0>2}T{clock}{offset}"


def _summary(default: str) -> _Take:
    def take(fields: Fields, element: _Element) -> None:
        """A second one is content where there is no other, and counts where there is."""
        if "summary_detail" in fields and "content" not in fields:
            fields["content"] = [_markup(element, "text/plain")]
        else:
            fields["summary_detail"] = _markup(element, default)

    return take


def _content(default: str) -> _Take:
    def take(fields: Fields, element: _Element) -> None:
        fields.setdefault("content", []).append(_markup(element, default))

    return take


def _author(fields: Fields, element: _Element) -> None:
    """An author by name; of an address with a name in brackets, as RSS asks for, the name. An
    address alone names nobody.
    """
    text = _text(element)
    if "@" in text:
        named = _NAMED_ADDRESS.fullmatch(text)
        if not named:
            raise _NotPlainError
        text = (named[1] or "").strip()
    fields.setdefault("authors", []).append({"name": text})


def _atom_author(fields: Fields, element: _Element) -> None:
    if not len(element):
        return _author(fields, element)
    author = {}
    for child in element:
        if child.tag == f"{_ATOM}name" and not len(child):
            author["name"] = (child.text or "").strip()
        elif child.tag not in (f"{_ATOM}uri", f"{_ATOM}email") or len(child):
            _unknown(fields, child)
    fields.setdefault("authors", []).append(author)
    return None


def _tag(fields: Fields, element: _Element) -> None:
    tags, text = fields.setdefault("tags", []), _text(element)
    if element.keys():
        term, label = element.get("term"), element.get("label")
        if label and not term:
            raise _NotPlainError
        if term:
            tags.append({"term": term, "label": label})
    if text:
        tags.append({"term": text})


def _original(fields: Fields, element: _Element) -> None:
    _once(fields, "feedburner_origlink", _text(element))


def _media_title(fields: Fields, element: _Element) -> None:
    fields["media_title"] = True


def _atom_source(fields: Fields, element: _Element) -> None:
    """What the feed says of itself from which an entry was taken over."""
    fields["source"] = True
    of_source: Fields = {}
    for child in element:
        _OF_SOURCE.get(child.tag, _unknown)(of_source, child)


def _source(fields: Fields, element: _Element) -> None:
    fields["source"] = True
    _text(element)


def _feed_language(fields: Fields, element: _Element) -> None:
    fields["language"] = _text(element)


def _image(fields: Fields, element: _Element) -> None:
    if any(child.tag not in _OF_IMAGE or len(child) for child in element):
        raise _NotPlainError


def _people(fields: Fields, element: _Element) -> None:
    """An author or contributor of the feed, whom its entries do not inherit."""
    _atom_author({}, element)


def _ignored(fields: Fields, element: _Element) -> None:
    pass


def _silent(fields: Fields, element: _Element) -> None:
    """An element without meaning here; its children must not have any either."""
    for child in element:
        _WITHIN_MEDIA.get(child.tag, _unknown)(fields, child)


@lru_cache(maxsize=1024)
def _named(tag: str, prefix: str | None) -> str:
    """The name by which feedparser knows an element: its prefix stands for a namespace where it
    does not know the one that is declared.
    """
    namespace, _, name = tag[1:].partition("}")
    is_known = tag[0] != "{" or namespace.lower() in _HANDLED
    return tag if is_known else f"{_BY_PREFIX.get(prefix or '', tag)}{name}"


def _unknown(fields: Fields, element: _Element) -> None:
    if _is_handled(element.tag, element.prefix):
        raise _NotPlainError
    for child in element:
        _unknown(fields, child)


@lru_cache(maxsize=1024)
def _is_handled(tag: str, prefix: str | None) -> bool:
    """Whether feedparser has a handler for elements of this name."""
    namespace = tag[1:].partition("}")[0] if tag[0] == "{" else ""
    if namespace:
        return not prefix or prefix.lower() in _HANDLED_PREFIXES or namespace.lower() in _HANDLED
    return "_" in tag or tag.lower() in HANDLED_NAMES


_BY_PREFIX = {
    "content": _CONTENT, "dc": _DC, "feedburner": _FEEDBURNER, "itunes": _ITUNES, "media": _MEDIA[0]
}  # fmt: skip
_OF_IMAGE = frozenset("url title link width height description".split())
_WITHIN_MEDIA: dict[str, _Take] = {
    **{f"{media}title": _media_title for media in _MEDIA},
    **{f"{media}description": _summary("text/html") for media in _MEDIA},
    **{f"{media}{name}": _silent for media in _MEDIA for name in (
        "community", "content", "copyright", "credit", "group", "player", "rating", "starRating",
        "statistics", "text", "thumbnail")},
}  # fmt: skip
_OF_ANY_ENTRY: dict[str, _Take] = {
    **_WITHIN_MEDIA, f"{_ATOM}link": _atom_link, f"{_ATOM}updated": _dated("updated_parsed"),
    f"{_DC}date": _dated("updated_parsed"), f"{_DC}creator": _author, f"{_DC}subject": _tag,
    f"{_DC}title": _entry_title, f"{_DC}description": _summary("text/html"),
    f"{_CONTENT}encoded": _content("text/html"),
    f"{_ITUNES}author": _author, f"{_FEEDBURNER}origLink": _original,
    **{f"{_ITUNES}{name}": _silent for name in (
        "block", "duration", "episode", "episodeType", "explicit", "image", "order", "season",
        "subtitle", "title")},
    **{f"{_DC}{name}": _silent for name in (
        "format", "identifier", "publisher", "rights", "source", "type")},
    f"{_WORDPRESS}post-id": _ignored,
}  # fmt: skip
_RSS_ITEM = _OF_ANY_ENTRY | {
    "title": _entry_title, "link": _rss_link, "guid": _guid, "pubDate": _dated("published_parsed"),
    "description": _summary("text/html"), "author": _author, "category": _tag,
    "enclosure": _enclosure, "comments": _silent, "source": _source,
    "updated": _dated("updated_parsed"),
}  # fmt: skip
_ATOM_ENTRY = _OF_ANY_ENTRY | {
    f"{_ATOM}title": _entry_title,
    f"{_ATOM}id": _guid,
    f"{_ATOM}published": _dated("published_parsed"),
    f"{_ATOM}summary": _summary("text/plain"),
    f"{_ATOM}content": _content("text/plain"),
    f"{_ATOM}author": _atom_author,
    f"{_ATOM}category": _tag,
    f"{_ATOM}rights": _silent,
    f"{_ATOM}source": _atom_source,
}
_OF_SOURCE: dict[str, _Take] = {
    f"{_ATOM}title": _title,
    f"{_ATOM}link": _atom_link,
    f"{_ATOM}id": _guid,
    f"{_ATOM}author": _people,
    **{f"{_ATOM}{name}": _silent for name in "generator icon logo rights subtitle updated".split()},
}
_RSS_CHANNEL: dict[str, _Take] = {
    "title": _title, "link": _rss_link, f"{_ATOM}link": _atom_link, "language": _feed_language,
    "image": _image,
    **dict.fromkeys(
        "cloud copyright description docs generator lastBuildDate managingEditor pubDate rating "
        "ttl webMaster category".split(), _silent),
    "skipDays": _ignored, "skipHours": _ignored, f"{_WORDPRESS}site": _ignored,
    f"{_ATOM}updated": _silent,
    **{f"{_ITUNES}{name}": _ignored for name in (
        "author", "block", "category", "complete", "explicit", "image", "keywords", "owner",
        "subtitle", "summary", "type")},
    **{f"{_DC}{name}": _silent for name in ("creator", "date", "publisher", "rights")},
    **{f"{media}{name}": _silent for media in _MEDIA for name in (
        "copyright", "credit", "rating", "thumbnail")},
}  # fmt: skip
_ATOM_FEED: dict[str, _Take] = {
    f"{_ATOM}title": _title,
    f"{_ATOM}link": _atom_link,
    f"{_ATOM}id": _guid,
    f"{_ATOM}author": _people,
    f"{_ATOM}contributor": _people,
    **{
        f"{_ATOM}{name}": _silent
        for name in "category generator icon logo published rights subtitle updated".split()
    },
}
