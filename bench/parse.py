"""Times the reading of feeds beside feedparser's and fastfeedparser's, in one process, on one core,
interleaved.

    python -m bench.parse [--feeds N] [--rounds N] [--data FOLDER]

`generated` are the feeds of `bench.refresh`; `captured` those of a folder of real ones, if one is
named. Ours ends in normalised entries: ids that are unique, canonical addresses, titles without
markup. Prints one JSON object: feeds per CPU second, medians over the rounds, how many documents
each could not read, and the ratios last.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import fastfeedparser
import feedparser
from lxml import etree

from aggregator.domain.entry import Feed
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.feed.plain_feed import read_plain_feed
from bench.feeds import feed_document
from tests.quality.feeds import documents

_FORGIVING = etree.XMLParser(recover=True)
_Reader = Callable[[bytes], bool]  # whether it could be read


def main() -> None:
    """Runs the rounds and prints what they show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=200, help="how many are generated")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="folder with captured feeds")
    options = parser.parse_args()
    sets = {"generated": [feed_document(number).encode() for number in range(options.feeds)]}
    if options.data:
        sets["captured"] = [body for _, body in documents(options.data)]
    print(
        json.dumps(
            {name: measured(bodies, options.rounds) for name, bodies in sets.items()}, indent=2
        )
    )


def measured(bodies: Sequence[bytes], rounds: int) -> dict[str, Any]:
    """What each reader needs for the documents."""
    taken = seconds(bodies, rounds)
    return {
        "feeds": len(bodies),
        "mean_bytes": sum(map(len, bodies)) // len(bodies),
        "plain": sum(read_plain_feed(body, "") is not None for body in bodies),
        "feeds_per_cpu_s": {name: round(len(bodies) / each) for name, each in taken.items()},
        "unread": {name: sum(not read(body) for body in bodies) for name, read in _READERS.items()},
        "ratios": {
            "ours_to_fastfeedparser": round(taken["fastfeedparser"] / taken["ours"], 2),
            "ours_to_feedparser": round(taken["feedparser"] / taken["ours"], 1),
        },
    }


def seconds(bodies: Sequence[bytes], rounds: int) -> dict[str, float]:
    """CPU seconds that each reader takes for all documents, medians of the rounds."""
    taken: dict[str, list[float]] = {name: [] for name in _READERS}
    for _ in range(rounds):
        for name, read in _READERS.items():
            began_s = time.process_time()
            for body in bodies:
                read(body)
            taken[name].append(time.process_time() - began_s)
    return {name: statistics.median(several) for name, several in taken.items()}


def _ours(body: bytes) -> bool:
    return isinstance(
        read_feed(
            body, url="https://feeds.example/", content_type="application/xml", source_key="k"
        ),
        Feed,
    )


def _feedparser(body: bytes) -> bool:
    return bool(feedparser.parse(io.BytesIO(body)).version)


def _lxml(body: bytes) -> bool:
    return etree.fromstring(body, _FORGIVING) is not None


def _fastfeedparser(body: bytes) -> bool:
    try:
        fastfeedparser.parse(body)
    except Exception:  # noqa: BLE001 - what it cannot read it tells by errors of many kinds
        return False
    return True


_READERS: dict[str, _Reader] = {
    "ours": _ours,
    "feedparser": _feedparser,
    "fastfeedparser": _fastfeedparser,
    "lxml": _lxml,
}


if __name__ == "__main__":
    main()
