"""Scores the clustering on labelled news: `python -m tests.quality.clusters --data FOLDER --json`.

Reads a folder with `items.jsonl` (ai-events), `headlines.csv` (UCI News Aggregator) or `docs.jsonl`
(WikiRef220), has the product cluster its articles, and compares with the labels. B-cubed after
Bagga and Baldwin (1998), pairwise over all pairs of articles. `--judge` answers what words leave in
doubt: `gold` by the labels, `yes` and `no` always so, or the model behind an address of OpenAI's
API (`http://127.0.0.1:8080/v1`).
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import random
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from aggregator.adapters.embedder import LOCAL_MODEL, LocalEmbedder, is_installed
from aggregator.cluster.assign import assignments
from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.copies import shingles
from aggregator.cluster.similarity.event_similarity import (
    EmbeddingBlend,
    blend_of,
    text_to_embed,
    wants_vector,
)
from aggregator.config.layers import json_lines
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import ClusterSettings
from aggregator.domain.source import Lane
from aggregator.ports import Vector
from tests.quality.judges import Asked, Judge, always, gold_judge, model_judge, once

LEAD_CHARACTERS = 2_000
ORDERS = 5  # in which the articles come, so that it shows what that decides
LONGEST_AFFAIR = (
    "grok-deepfakes"  # its events have arbitrary borders: most wrong and missed pairs are there
)


@frozen
class Labelled:
    """Articles with the event each reports, pairs that look alike and are not one event, and the
    affair of some articles.
    """

    items: tuple[ClusterItem, ...]
    events: tuple[str, ...]
    look_alikes: tuple[tuple[str, str], ...] = ()
    affairs: Mapping[str, str] = field(default_factory=dict)


def labelled(folder: Path) -> Labelled:
    """The articles and labels of a folder."""
    if (folder / "items.jsonl").exists():
        return _ai_events(folder)
    return (
        _documents(folder / "docs.jsonl")
        if (folder / "docs.jsonl").exists()
        else _headlines(folder / "headlines.csv")
    )


def embedded(items: Sequence[ClusterItem]) -> tuple[ClusterItem, ...]:
    """The articles with the vectors of their headlines, as the extra `embed` makes them."""

    async def vectors(texts: Sequence[str]) -> tuple[Vector, ...]:
        async with LocalEmbedder() as embedder:
            return await embedder.embed(texts)

    chosen = [item for item in items if wants_vector(item)]
    made = asyncio.run(vectors([text_to_embed(item) for item in chosen]))
    vector_of = {item.article_id: vector for item, vector in zip(chosen, made, strict=True)}
    return tuple(replace(item, vector=vector_of.get(item.article_id, b"")) for item in items)


def placed(
    batches: Iterable[Sequence[ClusterItem]], blend: EmbeddingBlend | None = None
) -> dict[str, ClusterItem]:
    """Where the product puts each article if they come in so many runs."""
    here: dict[str, ClusterItem] = {}
    for batch in batches:
        decided = assignments(batch, tuple(here.values()), ClusterSettings(), blend)
        here |= {item.article_id: item for item in batch}
        for assignment in decided:
            spot = here[assignment.article_id]
            here[assignment.article_id] = replace(
                spot,
                story_id=assignment.story_id,
                storyline=assignment.storyline,
                copy_of=assignment.copy_of,
            )
    return here


def scores(events: Sequence[str], stories: Sequence[str]) -> dict[str, float]:
    """Pairwise and B-cubed precision, recall and F1 of the stories against the events."""
    both, by_event, by_story = (
        Counter(zip(events, stories, strict=True)),
        Counter(events),
        Counter(stories),
    )
    pairs = [
        sum(n * (n - 1) // 2 for n in counts.values()) for counts in (both, by_story, by_event)
    ]
    b_cubed = [
        sum(n * n / by_story[story] for (_, story), n in both.items()) / len(events),
        sum(n * n / by_event[event] for (event, _), n in both.items()) / len(events),
    ]
    pairwise = [pairs[0] / pairs[1] if pairs[1] else 1.0, pairs[0] / pairs[2] if pairs[2] else 1.0]
    return {
        f"{name}_{what}": round(value, 4)
        for name, (precision, recall) in (("pairwise", pairwise), ("b_cubed", b_cubed))
        for what, value in (
            ("f1", _f1(precision, recall)),
            ("precision", precision),
            ("recall", recall),
        )
    }


def judged(
    gold: Labelled, judge: Judge, most_a_run: int, *, orders: int = ORDERS
) -> dict[str, Any]:
    """The scores of events if what words leave in doubt is put before a judge, so often a run, and
    how often that was.

    `shuffled` are runs of any 20 articles, each with questions of its own; `orders` says how many.
    """
    event_of = {item.article_id: event for item, event in zip(gold.items, gold.events, strict=True)}
    calm = {
        key: event for key, event in event_of.items() if gold.affairs.get(key) != LONGEST_AFFAIR
    }
    judge = once(judge)
    asked = Asked(judge, most_a_run)
    found = asked.placed([gold.items])
    return {
        "asked": len(asked.judgements),
        "yes": sum(judgement.same for judgement in asked.judgements),
        "right": sum(
            judgement.same == (event_of[judgement.one] == event_of[judgement.other])
            for judgement in asked.judgements
        ),
        "event": _level(found, event_of, "story_id"),
        "without_grok": _level(found, calm, "story_id"),
        "daily": _level(Asked(judge, most_a_run).placed(_daily(gold.items)), event_of, "story_id"),
        "shuffled": [
            _level(Asked(judge, most_a_run).placed(_shuffled(gold.items, n)), event_of, "story_id")
            for n in range(orders)
        ],
    }


def report(folder: Path) -> dict[str, Any]:
    """Counts, scores and seconds of the product on a folder, both levels against its labels.

    `halves` are by event; `folds` are fifths by event with the interval that 90 % of 1,000 draws of
    events (with replacement) keep; `daily` and `shuffled` are runs of a day's and of any 20
    articles.
    """
    gold = labelled(folder)
    started = time.process_time()
    found = placed([gold.items])
    seconds = time.process_time() - started
    ids = [item.article_id for item in gold.items]
    event_of = dict(zip(ids, gold.events, strict=True))
    apart = [found[one].story_id != found[other].story_id for one, other in gold.look_alikes]
    found_report: dict[str, Any] = {
        "data": folder.name,
        "articles": len(ids),
        "events": len(set(gold.events)),
        "stories": len({each.story_id for each in found.values()}),
        "event": {
            **_level(found, event_of, "story_id"),
            "look_alikes_apart": sum(apart) / len(apart) if apart else None,
        },
        "storyline": _level(found, event_of, "storyline"),
        "halves": [_halves(found, event_of, half) for half in range(2)],
        "seconds": round(seconds, 3),
    }
    if is_installed():
        found_report["embedded"] = _embedded(gold)
    if gold.affairs:
        calm = {
            key: event for key, event in event_of.items() if gold.affairs.get(key) != LONGEST_AFFAIR
        }
        by_affair = {key: gold.affairs.get(key, event) for key, event in event_of.items()}
        found_report |= {
            "without_grok": _level(found, calm, "story_id"),
            "storyline_by_affair": _level(found, by_affair, "storyline"),
            "folds": folds(found, event_of),
            "daily": _level(placed(_daily(gold.items)), event_of, "story_id"),
            "shuffled": [
                _level(placed(_shuffled(gold.items, seed)), event_of, "story_id")
                for seed in range(ORDERS)
            ],
        }
    return found_report


def _embedded(gold: Labelled) -> dict[str, Any]:
    """Both levels and the order of arrival with embedded headlines, where the extra is
    installed.
    """
    items = embedded(gold.items)
    label_of = {item.article_id: event for item, event in zip(gold.items, gold.events, strict=True)}
    by_affair = {key: gold.affairs.get(key, event) for key, event in label_of.items()}
    found = placed([items], blend_of(LOCAL_MODEL))
    return {
        "headlines": sum(bool(item.vector) for item in items),
        "event": _level(found, label_of, "story_id"),
        "storyline": _level(found, label_of, "storyline"),
        "storyline_by_affair": _level(found, by_affair, "storyline"),
    }


def folds(found: Mapping[str, ClusterItem], event_of: Mapping[str, str]) -> dict[str, Any]:
    """Pairwise F1 of five fifths of the events, and its interval over draws of events."""
    events = sorted(set(event_of.values()), key=lambda event: (zlib.crc32(event.encode()), event))
    counts = [_pairs_of(event, found, event_of) for event in events]

    def f1(chosen: Sequence[tuple[int, int, int]]) -> float:
        both, told, true = (sum(each[n] for each in chosen) for n in range(3))
        return round(_f1(both / told if told else 1.0, both / true if true else 1.0), 4)

    drawn = random.Random(0)
    draws = sorted(f1(drawn.choices(counts, k=len(counts))) for _ in range(1_000))
    return {
        "fifths": [f1(counts[part::5]) for part in range(5)],
        "interval": [draws[50], draws[949]],
    }


def _halves(
    found: Mapping[str, ClusterItem], event_of: Mapping[str, str], half: int
) -> dict[str, float]:
    some = {key: event for key, event in event_of.items() if zlib.crc32(event.encode()) % 2 == half}
    event, storyline = _level(found, some, "story_id"), _level(found, some, "storyline")
    return {
        "event_pairwise_f1": event["pairwise_f1"],
        "storyline_b_cubed_f1": storyline["b_cubed_f1"],
    }


def _pairs_of(
    event: str, found: Mapping[str, ClusterItem], event_of: Mapping[str, str]
) -> tuple[int, int, int]:
    """An event's share of the pairs that are right, that were told (half of a wrong pair is either
    event's) and that are true.
    """
    mine = [key for key, each in event_of.items() if each == event]
    stories = Counter(found[key].story_id for key in mine)
    right = sum(n * (n - 1) for n in stories.values())
    met = sum(stories.get(found[key].story_id, 0) for key in event_of if event_of[key] != event)
    return right, right + met, len(mine) * (len(mine) - 1)


def _level(
    found: Mapping[str, ClusterItem], label_of: Mapping[str, str], level: str
) -> dict[str, float]:
    return scores(list(label_of.values()), [getattr(found[key], level) for key in label_of])


def main() -> None:
    """Prints the report of one folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with labelled news")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object (the default is the same, indented)"
    )
    parser.add_argument(
        "--judge", help="who is asked what words leave in doubt: gold, yes, no, or an address"
    )
    parser.add_argument(
        "--questions", type=int, default=20, help="how many pairs a run may ask about"
    )
    options = parser.parse_args()
    found = report(options.data)
    if options.judge:
        news = labelled(options.data)
        found["judged"] = judged(news, _judge(options.judge, news), options.questions)
    print(json.dumps(found, indent=None if options.json else 1))


def _judge(name: str, news: Labelled) -> Judge:
    event_of = {item.article_id: event for item, event in zip(news.items, news.events, strict=True)}
    if name.startswith("http"):
        return model_judge(name)
    return gold_judge(event_of) if name == "gold" else always(name == "yes")


def _daily(items: Sequence[ClusterItem]) -> list[list[ClusterItem]]:
    days: defaultdict[date, list[ClusterItem]] = defaultdict(list)
    for item in sorted(items, key=lambda item: (item.published, item.article_id)):
        days[item.published.date()].append(item)
    return list(days.values())


def _shuffled(items: Sequence[ClusterItem], seed: int) -> list[list[ClusterItem]]:
    order = random.Random(seed).sample(list(items), len(items))
    return [order[start : start + 20] for start in range(0, len(order), 20)]


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _ai_events(folder: Path) -> Labelled:
    rows = list(json_lines((folder / "items.jsonl").read_text("utf-8")))
    hard = json.loads((folder / "hard_pairs.json").read_text("utf-8"))
    affairs = json.loads((folder / "stories.json").read_text("utf-8"))
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
        look_alikes=tuple(
            (f"{pair['a']:04}", f"{pair['b']:04}") for pair in hard if not pair["same_event"]
        ),
        affairs={
            f"{item['idx']:04}": affair
            for affair, each in affairs.items()
            for item in each["items"]
        },
    )


def _documents(file: Path) -> Labelled:
    """Full texts of one topic each, whose dates are not known: all are of one moment."""
    rows = list(json_lines(file.read_text("utf-8")))
    return Labelled(
        items=tuple(
            ClusterItem(
                article_id=f"{number:04}",
                title=row["text"].split("\n", 1)[0][:200],
                lead=row["text"][:LEAD_CHARACTERS],
                shingles=shingles(row["text"]),
                published=datetime(2016, 1, 1, tzinfo=UTC),
                source_key=row["file"],
                family=row["file"],
                lane=Lane.NEWS,
                canonical_url=row["file"],
            )
            for number, row in enumerate(rows)
        ),
        events=tuple(row["topic"] for row in rows),
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
