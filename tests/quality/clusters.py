"""Scores the clustering on labelled news: `python -m tests.quality.clusters --data FOLDER --json`.

Reads a folder with `items.jsonl` (ai-events) or `headlines.csv` (UCI News Aggregator), has the product cluster its
articles, and compares with the labels. B-cubed after Bagga and Baldwin (1998), pairwise over all pairs of articles.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aggregator.cluster.assign import assigned
from aggregator.cluster.item import ClusterItem
from aggregator.cluster.sketch import shingles
from aggregator.domain.settings import ClusterSettings
from aggregator.domain.source import Lane

LEAD_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Articles with the event each reports, and pairs that look alike and are not one event."""

    items: tuple[ClusterItem, ...]
    events: tuple[str, ...]
    look_alikes: tuple[tuple[str, str], ...] = ()


def labelled(folder: Path) -> Labelled:
    """The articles and labels of a folder."""
    return _ai_events(folder) if (folder / "items.jsonl").exists() else _headlines(folder / "headlines.csv")


def predicted(items: Sequence[ClusterItem], every: timedelta | None = None) -> tuple[str, ...]:
    """The story that the product gives each article: in one run, or in runs that are `every` so long apart."""
    placed: dict[str, ClusterItem] = {}
    for batch in _batches(items, every):
        arrived = {item.article_id: item for item in batch}
        for each in assigned(batch, tuple(placed.values()), ClusterSettings()):
            item = arrived.get(each.article_id) or placed[each.article_id]
            placed[each.article_id] = replace(item, story_id=each.story_id, copy_of=each.copy_of)
    return tuple(placed[item.article_id].story_id or "" for item in items)


def scores(events: Sequence[str], stories: Sequence[str]) -> dict[str, float]:
    """Pairwise and B-cubed precision, recall and F1 of the stories against the events."""
    both, by_event, by_story = Counter(zip(events, stories, strict=True)), Counter(events), Counter(stories)
    pairs = [sum(n * (n - 1) // 2 for n in counts.values()) for counts in (both, by_story, by_event)]
    b_cubed = [
        sum(n * n / by_story[story] for (_, story), n in both.items()) / len(events),
        sum(n * n / by_event[event] for (event, _), n in both.items()) / len(events),
    ]
    pairwise = [pairs[0] / pairs[1] if pairs[1] else 1.0, pairs[0] / pairs[2] if pairs[2] else 1.0]
    return {
        f"{name}_{what}": round(value, 4)
        for name, (precision, recall) in (("pairwise", pairwise), ("b_cubed", b_cubed))
        for what, value in (("f1", _f1(precision, recall)), ("precision", precision), ("recall", recall))
    }


def report(folder: Path) -> dict[str, Any]:
    """Counts, scores and seconds of the product on a folder. `storyline` is null: the product has one level so far."""
    gold = labelled(folder)
    started = time.process_time()
    stories = predicted(gold.items)
    seconds = time.process_time() - started
    story_of = {item.article_id: story for item, story in zip(gold.items, stories, strict=True)}
    apart = [story_of[one] != story_of[other] for one, other in gold.look_alikes]
    return {
        "data": folder.name,
        "articles": len(gold.items),
        "events": len(set(gold.events)),
        "stories": len(set(stories)),
        "event": {**scores(gold.events, stories), "look_alikes_apart": sum(apart) / len(apart) if apart else None},
        "event_daily_runs": scores(gold.events, predicted(gold.items, timedelta(days=1))),
        "storyline": None,
        "seconds": round(seconds, 3),
    }


def main() -> None:
    """Prints the report of one folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with labelled news")
    parser.add_argument("--json", action="store_true", help="one JSON object (the default is the same, indented)")
    options = parser.parse_args()
    print(json.dumps(report(options.data), indent=None if options.json else 1))


def _batches(items: Sequence[ClusterItem], every: timedelta | None) -> list[list[ClusterItem]]:
    if every is None:
        return [list(items)]
    batches: dict[int, list[ClusterItem]] = {}
    for item in sorted(items, key=lambda item: (item.published, item.article_id)):
        batches.setdefault((item.published - datetime.min.replace(tzinfo=UTC)) // every, []).append(item)
    return list(batches.values())


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _ai_events(folder: Path) -> Labelled:
    rows = [json.loads(line) for line in (folder / "items.jsonl").read_text("utf-8").splitlines()]
    hard = json.loads((folder / "hard_pairs.json").read_text("utf-8"))
    return Labelled(
        items=tuple(
            ClusterItem(
                article_id=f"{row['idx']:04}",
                title=row["title"],
                lead=row["text"][:LEAD_CHARACTERS],
                shingles=shingles(row["text"]),
                published=datetime.fromisoformat(row["published"]).replace(tzinfo=UTC),
                source_key=row["source"],
                family=row["source"],
                lane=Lane.NEWS,
                canonical_url=row["url"],
            )
            for row in rows
        ),
        events=tuple(row["event"] for row in rows),
        look_alikes=tuple((f"{pair['a']:04}", f"{pair['b']:04}") for pair in hard if not pair["same_event"]),
    )


def _headlines(file: Path) -> Labelled:
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return Labelled(
        items=tuple(
            ClusterItem(
                article_id=row["ID"].zfill(8),
                title=row["TITLE"],
                lead="",
                published=datetime.fromtimestamp(int(row["TIMESTAMP"]) / 1000, UTC),
                source_key=row["PUBLISHER"],
                family=row["PUBLISHER"],
                lane=Lane.NEWS,
                canonical_url=row["URL"],
            )
            for row in rows
        ),
        events=tuple(row["STORY"] for row in rows),
    )


if __name__ == "__main__":
    main()
