"""The plain way of reading a feed against feedparser's, on every captured feed, and both against
what feedparser's own files expect, where those are there.
"""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from aggregator.domain.entry import Entry, Feed
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.feed.plain_feed import read_plain_feed
from aggregator.extract.markup import plain
from tests.quality.feeds import documents
from tests.unit.extract.test_plain_feed import read, the_long_way

DATA = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.mark.parametrize(
    ("folder", "least"),
    [
        ("feeds/olshansk-rss-feeds", 20),
        ("feeds/ai-news-direct", 12),
        ("feeds/fastfeedparser-captures", 33),
        ("feeds/parser-suites", 370),
        ("ainews/feeds", 75),
    ],
)
def test_what_is_plain_is_read_as_feedparser_reads_it(folder: str, least: int) -> None:
    if not (DATA / folder).is_dir():
        pytest.skip(f"the captured feeds {folder} are not on this machine")
    plain = {
        name: body
        for name, body in documents(DATA / folder)
        if read_plain_feed(body, "", "https://feeds.example/all.xml")
    }

    unlike = [name for name, body in plain.items() if read(body) != read(the_long_way(body))]

    assert (len(plain) >= least, unlike) == (True, [])


_OWN = DATA / "feeds" / "parser-suites" / "feedparser"
_EXPECTED = re.compile(
    r"""(entries\[0\]|feed)\[u?['"](\w+)['"]\](?:\[0\]\[u?['"](?:value|name|term)['"]\])?\s*==\s*"""
    r"""(.+?)(?=\s+and\s+(?:entries|feed|not|len|\()|$)"""
)
_END_OF_ENTRY = re.compile(rb"(</(?:\w+:)?(?:item|entry)>)")
# where feedparser's own files expect something else than is read here on purpose
_ON_PURPOSE = {
    "of an author, the name alone is shown, without the mail address": {
        "entry_author_map_author.xml"
    },
    "a tag is shown by its label, where it has one": {
        "entry_category_term.xml",
        "entry_category_term_non_ascii.xml",
    },
    "the Channel Definition Format of 1997 is no feed that anybody still writes": {
        "channel_href_map_link.xml",
        "channel_title.xml",
        "item_href_map_link.xml",
        "item_lastmod_parsed.xml",
    },
    "markup is kept as published, and sanitised where it is shown": {
        "atommathml.xml",
        "atomsvg.xml",
        "atomsvgdesc.xml",
        "atomsvgtitle.xml",
        "atomxlink.xml",
        "rss2.0mathml.xml",
        "rss2.0svg.xml",
        "rss2.0svg5.xml",
        "rss2.0svgtitle.xml",
        "rss2.0xlink.xml",
    },
    "an entry without an address is known by its source, title and day": {
        "entity_in_doctype.xml",
        "item_guid_not_permalink_not_url.xml",
    },
    "hosts are written in lower case": {"item_image_link_conflict.xml"},
}


def _said(body: bytes) -> dict[tuple[str, str], Any]:
    """What is read of a document, under feedparser's names."""
    found = read_feed(body, url="https://feeds.example/a", content_type="", source_key="k")
    if not isinstance(found, Feed):
        return {}
    entry = next(iter(found.entries), Entry(source_key="", guid="", url="", title=""))
    first, author = entry.published and entry.published.at, "".join(entry.authors[:1])
    text = entry.summary or entry.content
    names = {"title": entry.title, "link": entry.url, "id": entry.guid, "guid": entry.guid}
    names |= {"summary": text, "description": text, "content": entry.content}
    names |= {"author": author, "authors": author, "tags": "".join(entry.tags[:1])}
    days = {"published": first, "created": first, "updated": entry.updated}
    times = {f"{name}_parsed": day and tuple(day.timetuple())[:6] for name, day in days.items()}
    of_entry = {("entries[0]", name): value for name, value in (names | times).items()}
    return of_entry | {("feed", "title"): found.title, ("feed", "link"): found.home_url}


_NAMED = _said(b"<rss version='2.0'><channel><item><title>T</title></item></channel></rss>").keys()


def _is_as_expected(value: Any, expected: Any) -> bool:
    if isinstance(expected, str) and isinstance(value, str):
        return plain(value) == plain(expected) and bool(value) == bool(expected)
    return isinstance(expected, tuple) and bool(value == expected[:6])


def test_every_field_of_feedparser_s_own_files_is_read_or_differs_on_purpose() -> None:
    if not _OWN.is_dir():
        pytest.skip("feedparser's own files are not on this machine")
    compared, unlike = 0, set()
    for path in sorted(_OWN.rglob("*.xml")):
        body = path.read_bytes()
        told = re.search(r"Expect:\s*(.*?)\s*(?:-->|\n)", body.decode("utf-8", "replace"))
        said = _said(body)
        if not said:  # most have an entry of one element; one without a title or text is not shown
            said = _said(_END_OF_ENTRY.sub(rb"<title>Titled</title>\1", body))
        for place, name, value in _EXPECTED.findall(told[1] if told else ""):
            with suppress(SyntaxError, ValueError):  # not a plain value
                expected = ast.literal_eval(value)
                if (place, name) in _NAMED:
                    compared += 1
                    if not _is_as_expected(said.get((place, name)), expected):
                        unlike.add(path.name)

    assert compared >= 190
    assert unlike == set().union(*_ON_PURPOSE.values())
