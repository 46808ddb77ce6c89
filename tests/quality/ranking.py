"""Scores importance on a peer's ratings: `python -m tests.quality.ranking --data FOLDER --json`.

Reads a folder like `../shared/corpus/digests/flyryan-ai-news` (news and blogs), has the product
cluster and rank its items, and compares the order inside each ISO week: `spearman` with the highest
rating of each story's items, `ndcg_at_20` with the gain 2^(rating/10) - 1, `precision_at_12`, how
many of the twelve most important stories an executive summary of the digest cites. The weights for
a week are fitted on the others. `mean` is over the weeks of at least a hundred items; intervals of
95 % come from drawing the stories of each week anew, 1,000 times. A folder with `groundtruth`
(vertexcover's graded pools) gives `pairs`: how many pairs of items of different grades are in the
right order, by the shipped weights. What each addend is worth, `make ablate` says.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aggregator.cluster.rank import shipped_weights
from tools.importance import (
    RatedStory,
    cross_fitted,
    importances,
    rated_pools,
    rated_stories,
)

LEAST_ITEMS = 100
TOP, LEADS = 20, 12
_DRAWS = 1_000
_METRICS = ("spearman", "ndcg_at_20", "precision_at_12")
_GRADES = {"drop": 0.0, "nice": 1.0, "must": 2.0}


def scores(stories: Sequence[RatedStory], found: Any, draws: int = 0) -> dict[str, Any]:
    """The scores of each week, and their mean over the weeks with enough items."""
    weeks = np.array([story.week for story in stories])
    rating = np.array([story.rating for story in stories])
    cited = np.array([story.is_cited for story in stories])
    items = np.array([len(story.members) for story in stories])
    by_week: dict[str, Any] = {}
    drawn: list[Any] = []
    generator = np.random.default_rng(20)
    for week in sorted(set(weeks)):
        chosen = np.flatnonzero(weeks == week)
        count = int(items[chosen].sum())
        if len(chosen) < LEADS:
            continue
        value = _of_week(found[chosen], rating[chosen], cited[chosen])
        by_week[week] = {"items": count, "stories": len(chosen), **_named(value)}
        again = [
            _of_week(found[some], rating[some], cited[some])
            for some in (generator.choice(chosen, len(chosen)) for _ in range(draws))
        ]
        if again:
            by_week[week]["interval"] = _interval(np.array(again))
        if count >= LEAST_ITEMS:
            drawn.append((value, again))
    mean = np.mean([value for value, _ in drawn], axis=0) if drawn else np.zeros(3)
    result: dict[str, Any] = {"weeks": by_week, "mean": _named(mean)}
    if drawn and draws:
        result["interval"] = _interval(np.mean([again for _, again in drawn], axis=0))
    return result


def weekly_spearman(stories: Sequence[RatedStory], found: Any) -> list[float]:
    """Spearman's correlation of importance and rating in each week of enough stories."""
    weeks = np.array([story.week for story in stories])
    rating = np.array([story.rating for story in stories])
    cited = np.array([story.is_cited for story in stories])
    chosen = (np.flatnonzero(weeks == week) for week in sorted(set(weeks)))
    return [
        _of_week(found[rows], rating[rows], cited[rows])[0] for rows in chosen if len(rows) >= LEADS
    ]


def _of_week(found: Any, rating: Any, cited: Any) -> tuple[float, float, float]:
    from scipy.stats import rankdata  # each process of the tests would wait half a second for it

    order = np.argsort(-found, kind="stable")
    return (
        float(np.corrcoef(rankdata(found), rankdata(rating))[0, 1]),
        _ndcg(rating[order]),
        float(cited[order][:LEADS].mean()),
    )


def _ndcg(ranked: Any) -> float:
    gains, discount = 2 ** (ranked / 10) - 1, 1 / np.log2(np.arange(2, TOP + 2))
    best, top = np.sort(gains)[::-1][:TOP], gains[:TOP]
    return float((top * discount[: len(top)]).sum() / (best * discount[: len(best)]).sum())


def _named(values: Any) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(_METRICS, values, strict=True)}


def _interval(drawn: Any) -> dict[str, list[float]]:
    low, high = np.nanpercentile(drawn, [2.5, 97.5], axis=0)
    return {
        name: [round(float(low[place]), 3), round(float(high[place]), 3)]
        for place, name in enumerate(_METRICS)
    }


def pairs(folder: Path) -> dict[str, Any]:
    """Of the pairs of differently graded items of a pool, how many the shipped weights order as
    the person did; equal importance counts half.
    """
    right = total = 0.0
    for pool in rated_pools(folder, _GRADES):
        found = importances(pool, shipped_weights())
        for one in range(len(pool)):
            for other in range(len(pool)):
                if pool[one].rating > pool[other].rating:
                    total += 1
                    right += (
                        1.0 if found[one] > found[other] else 0.5 * (found[one] == found[other])
                    )
    return {"pairs": int(total), "right": right, "share": round(right / total, 4) if total else 0.0}


def report(folder: Path, draws: int = _DRAWS) -> dict[str, Any]:
    """The scores of a folder with ratings, or of one with graded pools."""
    started = time.monotonic()
    found: Mapping[str, Any]
    if (folder / "groundtruth").is_dir():
        found = pairs(folder)
    else:
        stories = rated_stories(folder)
        measured = scores(stories, cross_fitted(stories), draws)
        found = {**measured["mean"], "stories": len(stories), **measured}
    return {**found, "seconds": round(time.monotonic() - started, 2)}


def main() -> None:
    """Prints the scores."""
    parser = argparse.ArgumentParser(prog="tests.quality.ranking")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    print(json.dumps(report(given.data), indent=None if given.json else 2))


if __name__ == "__main__":
    main()
