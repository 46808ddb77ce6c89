"""What programs read of a site, held to its formats: Atom (RFC 4287), JSON Feed 1.1, sitemaps with
news, by grammar and rules.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import feedparser
from lxml import etree

_ATOM = "{http://www.w3.org/2005/Atom}"
_MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
_MOST_ADDRESSES, _MOST_BYTES, _MOST_NEWS = (
    50_000,
    52_428_800,
    1_000,
)  # sitemaps.org; Google's for news
_JSON_FEED = re.compile(r"https://jsonfeed\.org/version/1(\.1)?")
_ABSOLUTE = re.compile(r"https?://[^\s/]+(/\S*)?")
_SELF = re.compile(r'(?:<link rel="self"[^>]* href=|^"feed_url": )"([^"]+)"', re.MULTILINE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")

_FEED_TEXTS = (
    "title",
    "home_page_url",
    "feed_url",
    "description",
    "user_comment",
    "next_url",
    "icon",
    "favicon",
    "language",
)
_ITEM_TEXTS = (
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image",
    "banner_image", "date_published", "date_modified", "language",
)  # fmt: skip


def machine_files(site: Path) -> dict[str, tuple[str, ...]]:
    """Every Atom feed, JSON feed and sitemap of a site with what is wrong with it; found by what
    they are, not by name.
    """
    found: dict[str, tuple[str, ...]] = {}
    bodies: dict[str, bytes] = {}
    for path in sorted(site.rglob("*.xml")) + sorted(site.rglob("*.json")):
        if rules := _rules_for(path):
            name = path.relative_to(site).as_posix()
            bodies[name] = path.read_bytes()
            found[name] = tuple(rules(bodies[name]))
    for name, fault in _elsewhere(bodies):
        found[name] += (fault,)
    return found


def _elsewhere(bodies: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The feeds that name another address as their own than the one at which they lie below the top
    of the site.
    """
    named = {
        name: each
        for name, body in bodies.items()
        for each in _SELF.findall(body.decode("utf-8", "replace"))
    }
    home = min(
        (each.removesuffix(name) for name, each in named.items() if each.endswith(f"/{name}")),
        key=len,
        default="",
    )
    yield from (
        (name, f"names another address as itself: {each}")
        for name, each in named.items()
        if each != home + name
    )


def atom_faults(body: bytes) -> Iterator[str]:
    """What RFC 4287 forbids, and what feedparser minds."""
    try:
        tree = etree.fromstring(body)
    except etree.XMLSyntaxError as error:
        yield f"not well-formed: {error}"
        return
    grammar = _grammar()
    if not grammar.validate(tree):
        yield from sorted({f"line {each.line}: {each.message}" for each in grammar.error_log})
        return
    parsed = feedparser.parse(io.BytesIO(body))
    if parsed.bozo:
        yield f"feedparser: {parsed.bozo_exception}"
    entries = tree.findall(f"{_ATOM}entry")
    if len(parsed.entries) != len(entries):
        yield f"feedparser reads {len(parsed.entries)} of {len(entries)} entries"
    ids = [entry.findtext(f"{_ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        yield "two entries with one id (§4.2.6)"
    if tree.find(f"{_ATOM}author") is None and any(
        entry.find(f"{_ATOM}author") is None for entry in entries
    ):
        yield "an entry without an author (§4.1.2)"
    if not any(each.get("rel") == "self" for each in tree.findall(f"{_ATOM}link")):
        yield "no link to itself (§4.1.1)"
    for entry in entries:
        links = [(link.get("type"), link.get("hreflang")) for link in _alternates(entry)]
        if not links and entry.find(f"{_ATOM}content") is None:
            yield f"neither content nor an address: {entry.findtext(f'{_ATOM}id')} (§4.1.2)"
        if len(set(links)) != len(links):
            yield f"two alternates of one type: {entry.findtext(f'{_ATOM}id')} (§4.1.2)"
    if any(
        _moment(update) > _moment(tree.findtext(f"{_ATOM}updated")) for update in _updates(entries)
    ):
        yield "an entry newer than the feed"


def json_feed_faults(body: bytes) -> Iterator[str]:
    """What https://jsonfeed.org/version/1.1 asks for."""
    try:
        feed = json.loads(body)
    except ValueError as error:
        yield f"no JSON: {error}"
        return
    if not _JSON_FEED.fullmatch(str(feed.get("version"))):
        yield f"version {feed.get('version')!r}"
    if not isinstance(feed.get("title"), str) or not isinstance(feed.get("items"), list):
        yield "title or items missing"
        return
    yield from _fields("feed", feed, _FEED_TEXTS)
    ids = [each.get("id") for each in feed["items"]]
    if len(set(ids)) != len(ids):
        yield "two items with one id"
    for item in feed["items"]:
        yield from _item_faults(item)


def sitemap_faults(body: bytes) -> Iterator[str]:
    """What sitemaps.org asks for, and of news sitemaps what Google does."""
    try:
        tree = etree.fromstring(body)
    except etree.XMLSyntaxError as error:
        yield f"not well-formed: {error}"
        return
    if tree.tag == f"{_MAP}sitemapindex":
        places, inner = list(tree), f"{_MAP}sitemap"
    else:
        places, inner = list(tree), f"{_MAP}url"
    if tree.tag not in {f"{_MAP}sitemapindex", f"{_MAP}urlset"} or any(
        place.tag != inner for place in places
    ):
        yield f"not the elements of a sitemap: {tree.tag}"
    if len(places) > _MOST_ADDRESSES or len(body) > _MOST_BYTES:
        yield f"{len(places)} addresses in {len(body)} bytes"
    locations = [place.findtext(f"{_MAP}loc") or "" for place in places]
    yield from (
        f"no absolute address: {location!r}"
        for location in locations
        if not _ABSOLUTE.fullmatch(location)
    )
    if len(set(locations)) != len(locations):
        yield "an address twice"
    for place in places:
        known = {f"{_MAP}{name}" for name in ("loc", "lastmod", "changefreq", "priority")} | {
            f"{_NEWS}news"
        }
        yield from (f"unknown element {child.tag}" for child in place if child.tag not in known)
        if (changed := place.findtext(f"{_MAP}lastmod")) is not None and not _is_moment(changed):
            yield f"lastmod {changed!r}"
    news = tree.findall(f".//{_NEWS}news")
    if len(news) > _MOST_NEWS:
        yield f"{len(news)} addresses of news"
    for each in news:
        yield from _news_faults(each)


def _rules_for(path: Path) -> Callable[[bytes], Iterator[str]] | None:
    with path.open("rb") as file:
        head = file.read(2_000)
    if path.suffix == ".json":
        return json_feed_faults if b"https://jsonfeed.org/version/" in head else None
    if b"http://www.w3.org/2005/Atom" in head:
        return atom_faults
    return sitemap_faults if b"schemas/sitemap/0.9" in head else None


@cache
def _grammar() -> Any:
    return etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))


def _alternates(entry: Any) -> list[Any]:
    return [
        link
        for link in entry.findall(f"{_ATOM}link")
        if link.get("rel", "alternate") == "alternate"
    ]


def _updates(entries: list[Any]) -> list[str]:
    return [entry.findtext(f"{_ATOM}updated") for entry in entries]


def _item_faults(item: dict[str, Any]) -> Iterator[str]:
    name = f"item {item.get('id')!r}"
    if not isinstance(item.get("id"), str) or not item["id"]:
        yield f"{name}: an id is a text"
    if not item.get("content_html") and not item.get("content_text"):
        yield f"{name}: no content"
    yield from _fields(name, item, _ITEM_TEXTS)
    if not isinstance(item.get("tags", []), list) or not all(
        isinstance(each, str) for each in item.get("tags", [])
    ):
        yield f"{name}: tags are texts"


def _fields(name: str, value: dict[str, Any], texts: tuple[str, ...]) -> Iterator[str]:
    """Texts that are no texts, addresses that are not absolute, times that are none, authors
    without any word.
    """
    for key in texts:
        said = value.get(key)
        if said is not None and not (isinstance(said, str) and _is_fit(key, said)):
            yield f"{name}: {key} {said!r}"
    for author in value.get("authors", []):
        if not isinstance(author, dict) or not {"name", "url", "avatar"} & author.keys():
            yield f"{name}: an author without a name"
    for each in value.get("attachments", []):
        if not _ABSOLUTE.fullmatch(str(each.get("url"))) or not isinstance(
            each.get("mime_type"), str
        ):
            yield f"{name}: an attachment without address or type"
    if unknown := [
        key for key in value if key not in _known_keys(texts) and not key.startswith("_")
    ]:
        yield f"{name}: unknown {', '.join(unknown)}"


def _is_fit(key: str, said: str) -> bool:
    if key.endswith(("url", "icon", "image")):
        return bool(_ABSOLUTE.fullmatch(said))
    if key.startswith("date_"):
        return _is_moment(said, with_time=True)
    return key != "language" or bool(_LANGUAGE.fullmatch(said))


def _known_keys(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        (*texts, "version", "items", "authors", "author", "expired", "hubs", "tags", "attachments")
    )


def _news_faults(news: Any) -> Iterator[str]:
    language = news.findtext(f"{_NEWS}publication/{_NEWS}language") or ""
    if not news.findtext(f"{_NEWS}publication/{_NEWS}name") or not _LANGUAGE.fullmatch(language):
        yield "news without the name or the language of its publication"
    if not _is_moment(news.findtext(f"{_NEWS}publication_date") or ""):
        yield "news without a date"
    if not news.findtext(f"{_NEWS}title"):
        yield "news without a title"


def _is_moment(text: str, *, with_time: bool = False) -> bool:
    if _DAY.fullmatch(text):
        return not with_time
    try:
        return _moment(text).tzinfo is not None
    except ValueError:
        return False


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "")
