"""Floors under the clustering's quality, where the labelled data is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quality.clusters import report, scores

DATA = Path(__file__).parents[3] / "shared" / "corpus" / "clusters"
FLOORS = {
    "ai-events-jan2026": ("pairwise_f1", 0.65),
    "uci-news-aggregator": ("b_cubed_f1", 0.62),
}


@pytest.mark.parametrize("name", FLOORS)
def test_clustering_stays_above_its_floor(name: str) -> None:
    if not (DATA / name).is_dir():
        pytest.skip(f"labelled news {name} is not on this machine")
    score, floor = FLOORS[name]

    found = report(DATA / name)

    assert found["event"][score] >= floor
    assert found["event_daily_runs"][score] >= floor - 0.02
    assert found["event"]["look_alikes_apart"] in (None, 1.0)


def test_scores_are_those_of_the_definitions() -> None:
    found = scores(["x", "x", "x", "y"], ["1", "1", "2", "2"])

    assert found == {
        "pairwise_f1": 0.4,
        "pairwise_precision": 0.5,
        "pairwise_recall": 0.3333,
        "b_cubed_f1": 0.7059,
        "b_cubed_precision": 0.75,
        "b_cubed_recall": 0.6667,
    }
