"""Reads a document that lists articles without being a feed, as its `[sources.listing]` table says.

Of Hugging Face's models, GitHub's releases, Hacker News' search and arXiv's query the answers are
known. Items in JSON are found by paths: in a document, a script in a page, or the data that Next.js
embeds in one. A path is keys with dots between. Lists are walked through by themselves; `**` is
every object however deep, `type=post|news` keeps only objects that say so, and of paths with commas
between the first that leads somewhere counts. No script is run.

Runs in a worker that can be killed, as `extract.feed.feed` does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from aggregator.domain.entry import Entry, Feed, SitemapIndex, Unreadable
from aggregator.domain.source import Listing, ListingFormat
from aggregator.english.text import without_surrogates
from aggregator.extract.feed.entries import MAX_ENTRIES
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.feed.html_listing import html_items, script_text
from aggregator.extract.feed.listing_items import (
    REMEDY,
    ListingDocument,
    ListingItem,
    feed_of_listing,
)
from aggregator.extract.feed.sitemap import read_sitemap
from aggregator.extract.markup import MAX_BYTES
from aggregator.hooks.plugins import plugins

Json = Any  # outside input of any shape; it becomes texts in this module
_NEXT_DATA = re.compile(r'<script[^>]*\bid="__NEXT_DATA__"[^>]*>')
_FLIGHT = re.compile(r"self\.__next_f\.push\(")
_FLIGHT_ROW = re.compile(r"^[0-9a-f]+:(?=[\[{])", re.M)
_FLIGHT_WORD = re.compile(r"\$[0-9A-Za-z]*(?::[\w:]*)?")  # stands for another row, never for a text
_AS_NAMED = Listing(  # what plugins list
    format=ListingFormat.JSON,
    title="title",
    link="link",
    date="date",
    summary="summary",
    tags="tags",
    votes="votes",
)
_MOST_BROKEN = 100  # rows; a text with a line such as "a:[" makes one
_MOST_COUNTED = 10_000_000
_DECODER = json.JSONDecoder()
_ARXIV_ERROR = "arxiv.org/api/errors"
_VERSION = re.compile(r"v\d+$")


def json_items(body: bytes, listing: Listing, *, content_type: str) -> ListingDocument | Unreadable:
    """The items that the paths of a table find."""
    document = json_of(body, listing, content_type=content_type)
    if isinstance(document, Unreadable):
        return document
    items = (item for item in values_at(document, listing.items) if isinstance(item, dict))
    return ListingDocument(
        found=[_listed(item, listing) for item in islice(items, MAX_ENTRIES + 1)]
    )


def json_of(body: bytes, listing: Listing, *, content_type: str) -> Json | Unreadable:
    """The document that a table speaks of: the body, a script in it, or the data of Next.js."""
    if listing.format is ListingFormat.NEXTJS:
        return _next_data(body[:MAX_BYTES].decode("utf-8", "replace"))
    text = (
        script_text(body, listing.script, content_type=content_type)
        if listing.script
        else body.decode("utf-8-sig", "replace")
    )
    if isinstance(text, Unreadable):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return Unreadable(reason=f"JSON is not well-formed: {str(error)[:100]}; {REMEDY}")


def values_at(value: Json, path: str) -> Iterator[Json]:
    """All that stands at a path, in document order; the value itself where the path is empty."""
    found: Iterable[Json] = [value]
    for step in path.split(".") if path else ():
        found = _step(found, step.strip())
    yield from _flat(found)


def text_at(item: Json, path: str) -> str | float | None:
    """The first text or number that stands at one of the paths."""
    for one_path in path.split(","):
        for value in values_at(item, one_path.strip()):
            if isinstance(value, int | float) and not isinstance(value, bool):
                return value
            if isinstance(value, str) and value.strip() and not _FLIGHT_WORD.fullmatch(value):
                return without_surrogates(value.strip())
    return None


def texts_at(item: Json, path: str) -> tuple[str, ...]:
    """All texts that stand at one of the paths."""
    return tuple(
        without_surrogates(value)
        for one_path in path.split(",")
        for value in values_at(item, one_path.strip())
        if isinstance(value, str)
    )


def number_at(item: Json, path: str) -> int:
    """The sum of the whole numbers that stand at these paths, each within what can be stored."""
    return sum(
        min(max(0, value), _MOST_COUNTED)
        for one_path in path.split(",")
        for value in values_at(item, one_path.strip())
        if isinstance(value, int) and not isinstance(value, bool)
    )


def _listed(item: Json, listing: Listing) -> ListingItem:
    """The item of an object; where a table has no path, nothing is found."""
    date = text_at(item, listing.date)
    return ListingItem(
        title=str(text_at(item, listing.title) or ""),
        link=str(text_at(item, listing.link) or ""),
        date=date.removeprefix("$D") if isinstance(date, str) else date,  # how Next.js marks a date
        summary=str(text_at(item, listing.summary) or ""),
        tags=texts_at(item, listing.tags),
        votes=number_at(item, listing.votes),
    )


def _step(found: Iterable[Json], step: str) -> Iterator[Json]:
    key, equals, wanted = step.partition("=")
    for value in _flat(found):
        if step == "**":
            yield from _objects(value)
        elif not isinstance(value, dict):
            continue
        elif not equals:
            yield value.get(key)
        elif str(value.get(key)) in wanted.split("|"):
            yield value


def _flat(found: Iterable[Json]) -> Iterator[Json]:
    """The values, those of lists in place of the lists."""
    waiting = [iter(found)]
    while waiting:
        for value in waiting[-1]:
            if isinstance(value, list):
                waiting.append(iter(value))
                break
            if value is not None:
                yield value
        else:
            waiting.pop()


def _objects(value: Json) -> Iterator[Json]:
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            yield inner
            waiting += reversed(list(inner.values()))
        elif isinstance(inner, list):
            waiting += reversed(inner)


def _next_data(text: str) -> Json | Unreadable:
    """What Next.js put in a page for its scripts: one element of the older router, a stream of rows
    of the newer one.
    """
    if element := _NEXT_DATA.search(text):
        return _decoded(text, element.end())
    pushed = _all_decoded(text, _FLIGHT)
    stream = "".join(
        row[1]
        for row in pushed
        if isinstance(row, list) and len(row) > 1 and isinstance(row[1], str)
    )
    if not stream:
        return Unreadable(reason=f"the page has no Next.js data; {REMEDY}")
    return list(_all_decoded(stream, _FLIGHT_ROW))


def _all_decoded(text: str, beginnings: re.Pattern[str]) -> Iterator[Json]:
    """The JSON behind each beginning; the rest is left once too much of it is none, as each error
    costs a look at all before.
    """
    broken = 0
    for found in beginnings.finditer(text):
        value = _decoded(text, found.end())
        broken += value is None
        if broken > _MOST_BROKEN:
            return
        yield value


def _decoded(text: str, start: int) -> Json:
    try:
        return _DECODER.raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None


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
        case ListingFormat.PLUGIN:
            found_by_plugin = _read_by_plugin(body, listing, url=url)
            if isinstance(found_by_plugin, Feed):
                return found_by_plugin
            page = found_by_plugin
        case _:
            page = _api_items(body, listing, content_type=content_type)
    return (
        page
        if isinstance(page, Unreadable)
        else feed_of_listing(page, listing, url=url, source_key=source_key)
    )


def _read_by_plugin(
    body: bytes, listing: Listing, *, url: str
) -> ListingDocument | Feed | Unreadable:
    """The items that a plugin finds, which may raise whatever it likes; a feed of what is no item
    where it reads by a mapping.
    """
    kinds = plugins().keyed("source_kinds", "kind")
    if listing.items not in kinds:
        return Unreadable(reason=f"no active plugin reads sources of the kind {listing.items}")
    plugin, reader = kinds[listing.items]
    try:
        if reader.mapping:
            return Feed(records=tuple(reader.read(body, url, listing.mapping)))
        items = list(islice(reader.read(body, url), MAX_ENTRIES + 1))
    except Exception as error:  # noqa: BLE001 - somebody else's code
        return Unreadable(
            reason=f"the plugin {plugin} cannot read it: {type(error).__name__}: {error}"
        )
    found = [_listed(dict(item), _AS_NAMED) for item in items if isinstance(item, Mapping)]
    return ListingDocument(found=found)


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
