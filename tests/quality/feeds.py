"""How far the reading of feeds agrees with feedparser: `python -m tests.quality.feeds --data FOLDER
--json`.

feedparser reads each document with its defaults, told where it lay if it has an xml:base, which may
be relative. An entry of its agrees where the product has one with the same title, link, moment, id
and content; `--differences` lists each that does not, with both sides and the rule of ours that
makes the difference. They all count against `agreement`, those that are meant too.

Compared is what a reader gets, brought to one form on both sides: titles as one line of text, links
as canonical addresses resolved against the site that the feed names, moments to the second, ids
without white space at their ends, the letters of the longest content, or else the summary, without
markup, white space, scripts and styles (feedparser sanitises markup as it reads, the product where
it shows any). Left out of the comparison are: the id where feedparser reads none, as ours then
stands for the missing one; and entries without a title or a web address, of which nothing could be
shown, and those after the 2,000th of a document. The latter two are counted as `not_owed`. `fewer`
counts documents of which the product gives fewer entries than feedparser gives different ones.
"""

from __future__ import annotations

import argparse
import calendar
import dataclasses
import gzip
import html
import io
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from aggregator.domain.entry import Entry, Feed
from aggregator.domain.frozen import frozen
from aggregator.domain.web.urls import canonical_url, fetchable_url, registrable_domain
from aggregator.extract.feed.entries import MAX_ENTRIES
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.markup import plain

_URL = "https://feeds.example/feed.xml"
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style|applet)\b.*?</\1\s*>", re.I | re.S)
_TAGS = re.compile(
    r"""</?[a-z!?](?:(?:[^>"']++|"[^"]*+"|'[^']*+')*+|[^>]*)>""", re.I
)  # a quoted value may hold one
_AGGREGATORS = {"mediagazer.com", "reddit.com", "techmeme.com"}
_SUFFIXES = {".xml", ".rss", ".atom", ".rdf", ".json"}


@frozen
class Said:
    """What a reader gets of one entry."""

    title: str
    link: str
    moment: datetime | None
    id: str
    content: str


@frozen
class Difference:
    """An entry of feedparser's that the product says otherwise, and why."""

    document: str
    reason: str
    fields: tuple[str, ...]
    theirs: Said
    ours: Said | None


def report(folder: Path) -> dict[str, Any]:
    """Counts, agreement and seconds of the product on all feeds under a folder."""
    return compared(folder)[0]


def compared(folder: Path) -> tuple[dict[str, Any], list[Difference]]:
    """The report, and each difference."""
    counts, seconds, differences = Counter[str](), [0.0], list[Difference]()
    for name, body in documents(folder):
        counts["feeds"] += 1
        started = time.process_time()
        try:
            feed = read_feed(body, url=_URL, content_type="", source_key="k")
        except Exception:  # noqa: BLE001 - crashes are what is counted here
            counts["crashes"] += 1
            continue
        seconds.append(time.process_time() - started)
        counts["unreadable"] += not isinstance(feed, Feed)
        ours = [_product_says(entry) for entry in feed.entries] if isinstance(feed, Feed) else []
        theirs, not_owed = _feedparser_says(body)
        differences += _differences(name, theirs, ours)
        counts.update(entries=len(ours), entries_of_feedparser=len(theirs), not_owed=not_owed)
        counts["fewer"] += len(ours) < len({their.said for their in theirs})
    listed = counts["entries_of_feedparser"]
    return {
        "data": folder.name,
        **{
            key: counts[key]
            for key in (
                "feeds",
                "unreadable",
                "crashes",
                "entries",
                "entries_of_feedparser",
                "not_owed",
                "fewer",
            )
        },
        "agreement": round(1 - len(differences) / listed, 4) if listed else None,
        "reasons": dict(Counter(difference.reason for difference in differences).most_common()),
        "slowest_s": round(max(seconds), 3),
        "seconds": round(sum(seconds), 3),
    }, differences


def main() -> None:
    """Prints the report of one folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with feeds, at any depth")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object (the default is the same, indented)"
    )
    parser.add_argument(
        "--differences",
        action="store_true",
        help="list each difference on lines of their own first",
    )
    options = parser.parse_args()
    told, differences = compared(options.data)
    for difference in differences if options.differences else ():
        print(f"{difference.document}: {difference.reason} ({', '.join(difference.fields)})")
        for field in difference.fields:
            mine = getattr(difference.ours, field) if difference.ours else "(no entry)"
            print(
                f"  {field}: {getattr(difference.theirs, field)!s:.200}\n  {' ' * len(field)} "
                f" {mine!s:.200}"
            )
    print(json.dumps(told, indent=None if options.json else 1))


def documents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each feed under a folder, with its name."""
    for path in sorted(folder.rglob("*")):
        name = path.with_suffix("") if path.suffix == ".gz" else path
        is_gold = path.name == "manifest.json" or ".serde" in path.name or ".expected" in path.name
        if path.is_file() and name.suffix in _SUFFIXES and not is_gold:
            body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            yield str(path.relative_to(folder)), body


@frozen
class _Theirs:
    """An entry of feedparser's, with the link that a proxy such as FeedBurner kept of the
    original.
    """

    said: Said
    original: str


def _differences(document: str, theirs: list[_Theirs], ours: list[Said]) -> Iterator[Difference]:
    """Each entry of theirs that ours has not, beside the most similar one of ours."""
    shared = {
        said for said, count in Counter(their.said.id for their in theirs).items() if count > 1
    }
    for their in theirs:
        nearest = max(ours, key=lambda mine: -len(_fields(their.said, mine)), default=None)
        fields = _fields(their.said, nearest) if nearest else ("title",)
        if fields:
            reason = _reason(their, nearest, fields, has_shared_id=their.said.id in shared)
            yield Difference(
                document=document, reason=reason, fields=fields, theirs=their.said, ours=nearest
            )


def _fields(theirs: Said, ours: Said) -> tuple[str, ...]:
    names = (field.name for field in dataclasses.fields(Said))
    differing = (name for name in names if getattr(theirs, name) != getattr(ours, name))
    return tuple(name for name in differing if name != "id" or theirs.id)


def _is_unglued(title: str, glued: str) -> bool:
    """Whether a title lacks only the section and date before it, or the summary behind it, that a
    scraped list glued on.
    """
    bare = title.rpartition(": ")[2]
    return glued.endswith(bare) or bool(re.search(rf"\d, 20\d\d{re.escape(bare)}[A-Z]", glued))


def _reason(
    theirs: _Theirs, ours: Said | None, fields: tuple[str, ...], *, has_shared_id: bool
) -> str:
    """The rule of ours by which they differ, or what differs where none explains it."""
    if ours is None:
        return "no entry"
    if "link" in fields and theirs.original == ours.link:
        return "the link that a proxy kept of the original is followed"
    if fields == ("link",) and registrable_domain(theirs.said.link) in _AGGREGATORS:
        return "the page that an aggregator lists is followed"
    if fields == ("id",) and has_shared_id:
        return "an id that several entries of a feed share is none"
    if fields == ("title",) and _is_unglued(ours.title, theirs.said.title):
        return "what was glued to a title is cut off"
    return f"another {' and '.join(fields)}"


def _product_says(entry: Entry) -> Said:
    return Said(
        title=entry.title,
        link=canonical_url(entry.url) or "",
        moment=entry.published.at.replace(microsecond=0) if entry.published else None,
        id=entry.guid,
        content=_letters(entry.content or entry.summary),
    )


def _feedparser_says(body: bytes) -> tuple[list[_Theirs], int]:
    """What feedparser reads, and how much of it cannot be shown."""
    parsed = feedparser.parse(
        io.BytesIO(body), response_headers={"content-location": _URL} if b"xml:base" in body else {}
    )
    home = fetchable_url(parsed.feed.get("link") or "", _URL) or _URL
    owed = [
        _Theirs(said=said, original=canonical_url(entry.get("feedburner_origlink") or "") or "")
        for entry in parsed.entries
        if (said := _said(entry, home)).title and said.link
    ]
    return owed[:MAX_ENTRIES], len(parsed.entries) - len(owed[:MAX_ENTRIES])


def _said(entry: Any, home: str) -> Said:
    contents = (each.get("value") or "" for each in entry.get("content", ()))
    return Said(
        title=plain(entry.get("title") or ""),
        link=(canonical_url(entry["link"], home) if entry.get("link") else None) or "",
        moment=_moment(entry),
        id=(entry.get("id") or "").strip(),
        content=_letters(max(contents, key=len, default="") or entry.get("summary") or ""),
    )


def _letters(markup: str) -> str:
    return "".join(html.unescape(_TAGS.sub("", _UNSEEN.sub("", markup))).split())


def _moment(entry: Any) -> datetime | None:
    for key in ("published_parsed", "updated_parsed"):
        if key in entry and entry[key]:  # noqa: RUF019 - `get` of a missing `updated_parsed` warns
            return datetime.fromtimestamp(calendar.timegm(entry[key]), UTC)
    return None


if __name__ == "__main__":
    main()
