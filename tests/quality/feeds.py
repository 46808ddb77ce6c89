"""How far the reading of feeds agrees with feedparser: `python -m tests.quality.feeds --data FOLDER --json`.

An entry agrees where the product has one with the same link, title and moment as feedparser's defaults give. Entries
without a web address are left out, as the product leaves them out.
"""

from __future__ import annotations

import argparse
import calendar
import gzip
import io
import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from aggregator.domain.entry import Feed
from aggregator.domain.urls import canonical_url
from aggregator.extract.entries import MAX_ENTRIES
from aggregator.extract.feed import read_feed
from aggregator.extract.markup import plain

_URL = "https://feeds.example/feed.xml"
_SUFFIXES = {".xml", ".rss", ".atom", ".rdf", ".json"}
_Said = tuple[str, str, datetime | None]


def report(folder: Path) -> dict[str, Any]:
    """Counts, agreement and seconds of the product on all feeds under a folder."""
    agreed = listed = read = unreadable = crashes = 0
    seconds: list[float] = [0.0]
    documents = list(_documents(folder))
    for body in documents:
        started = time.process_time()
        try:
            feed = read_feed(body, url=_URL, content_type="", source_key="k")
        except Exception:  # noqa: BLE001 - crashes are what is counted here
            crashes += 1
            continue
        seconds.append(time.process_time() - started)
        unreadable += not isinstance(feed, Feed)
        ours, theirs = Counter(_product_says(feed) if isinstance(feed, Feed) else ()), Counter(_feedparser_says(body))
        read, listed, agreed = read + ours.total(), listed + theirs.total(), agreed + (ours & theirs).total()
    return {
        "data": folder.name,
        "feeds": len(documents),
        "unreadable": unreadable,
        "crashes": crashes,
        "entries": read,
        "entries_of_feedparser": listed,
        "agreement": round(agreed / listed, 4) if listed else None,
        "slowest_s": round(max(seconds), 3),
        "seconds": round(sum(seconds), 3),
    }


def main() -> None:
    """Prints the report of one folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with feeds, at any depth")
    parser.add_argument("--json", action="store_true", help="one JSON object (the default is the same, indented)")
    options = parser.parse_args()
    print(json.dumps(report(options.data), indent=None if options.json else 1))


def _documents(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        name = path.with_suffix("") if path.suffix == ".gz" else path
        is_gold = path.name == "manifest.json" or ".serde" in path.name or ".expected" in path.name
        if path.is_file() and name.suffix in _SUFFIXES and not is_gold:
            yield gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _product_says(feed: Feed) -> Iterator[_Said]:
    for entry in feed.entries:
        yield canonical_url(entry.url) or "", entry.title, entry.published.at if entry.published else None


def _feedparser_says(body: bytes) -> Iterator[_Said]:
    parsed = feedparser.parse(io.BytesIO(body), response_headers={"content-location": _URL})
    said = [
        (url, plain(entry.get("title") or ""), _moment(entry))
        for entry in parsed.entries
        if (link := entry.get("feedburner_origlink") or entry.get("link"))
        and (url := canonical_url(link, _URL))
        and entry.get("title")
    ]
    yield from list(dict.fromkeys(said))[:MAX_ENTRIES]


def _moment(entry: Any) -> datetime | None:
    for key in ("published_parsed", "updated_parsed"):
        if key in entry and entry[key]:  # noqa: RUF019 - `get` of a missing `updated_parsed` warns
            return datetime.fromtimestamp(calendar.timegm(entry[key]), UTC)
    return None


if __name__ == "__main__":
    main()
