"""Scores the stories that the clustering makes on labelled pairs.

    python -m tools.event_pairs --digests FOLDER --database FILE

FOLDER is like `../shared/corpus/digests/flyryan-ai-news`, FILE the SQLite database of a refresh of
the captured web. `event_pair_labels.csv` holds our labels without a word of the texts: two ids and
whether both report one event.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
import zlib
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from aggregator.cluster.assign import assignments
from aggregator.cluster.members import ClusterItem, members
from aggregator.cluster.similarity.copies import shingles
from aggregator.cluster.similarity.features import LEAD_WORDS
from aggregator.cluster.stage.cluster import cluster_item
from aggregator.domain.settings import ClusterSettings
from aggregator.domain.source import Lane
from aggregator.store.database import Database
from aggregator.store.news.articles import placed_articles

LABELS = Path(__file__).with_name("event_pair_labels.csv")
_LANES = {
    "news": Lane.NEWS,
    "research-blogs": Lane.NEWS,
    "social": Lane.COMMUNITY,
    "reddit": Lane.COMMUNITY,
}


def half_of(*names: str) -> int:
    """The half of the pairs that one belongs to, 0 or 1, by a hash."""
    return zlib.crc32("|".join(sorted(names)).encode()) % 2


def labels() -> dict[frozenset[str], bool]:
    """Our labels, by the ids of the two."""
    with LABELS.open(encoding="utf-8") as lines:
        return {
            frozenset((row["one"], row["other"])): row["same"] == "yes"
            for row in csv.DictReader(lines)
        }


def items_of_digests(folder: Path) -> tuple[ClusterItem, ...]:
    """The news, blog posts and posts of communities of a folder of digests."""
    found: dict[str, ClusterItem] = {}
    for kind, lane in _LANES.items():
        with gzip.open(folder / f"{kind}-00.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                key = f"{kind[0]}{row['id']}"
                publisher = row["author"] if kind == "social" else row["source"]
                found.setdefault(
                    key,
                    ClusterItem(
                        article_id=key,
                        title=row["title"],
                        lead=" ".join(row["text"].split()[:LEAD_WORDS]),
                        shingles=shingles(row["text"]),
                        published=datetime.fromisoformat(row["published"]).replace(tzinfo=UTC),
                        source_key=publisher,
                        family="reddit.com" if kind == "reddit" else publisher,
                        lane=lane,
                        canonical_url=row["url"],
                    ),
                )
    return tuple(found.values())


def items_of_database(file: Path) -> tuple[ClusterItem, ...]:
    """The articles of a database as if none had a story."""
    with closing(Database(f"sqlite:///{file}")) as database, database.reading() as connection:
        placed = placed_articles(
            connection, datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
        )
    spots = {spot.article.id: spot for spot in placed}
    found = members([(spot.article, None) for spot in placed], {})
    known = (cluster_item(member, spots[member.article.id]) for member in found)
    return tuple(_unplaced(item) for item in known)


def _unplaced(item: ClusterItem) -> ClusterItem:
    return replace(item, story_id=None, storyline=None)


def stories(items: Sequence[ClusterItem]) -> dict[str, str]:
    """The story that the product gives each article."""
    decided = assignments(items, (), ClusterSettings())
    return {assignment.article_id: assignment.story_id for assignment in decided}


def scores(
    known: Mapping[frozenset[str], bool], story_of: Mapping[str, str], half: int | None
) -> dict[str, float]:
    """Precision, recall and F1 over the labelled pairs of a half, or of both."""
    told = [
        (len({story_of[key] for key in pair}) == 1, same)
        for pair, same in known.items()
        if pair <= story_of.keys() and half in (None, half_of(*pair))
    ]
    right = sum(joined and same for joined, same in told)
    precision = right / max(sum(joined for joined, _ in told), 1)
    recall = right / max(sum(same for _, same in told), 1)
    return {
        "pairs": len(told),
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 3),
    }


def main() -> None:
    """Prints the scores, by half of the pairs and by what they are of."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digests", type=Path, required=True)
    parser.add_argument("--database", type=Path, required=True)
    options = parser.parse_args()
    pools = items_of_digests(options.digests), items_of_database(options.database)
    known = labels()
    story_of = {key: story for pool in pools for key, story in stories(pool).items()}
    found = {name: scores(known, story_of, half) for name, half in _HALVES}
    sys.stdout.write(json.dumps(found) + "\n")


_HALVES = (("first half", 0), ("second half", 1), ("all", None))

if __name__ == "__main__":
    main()
