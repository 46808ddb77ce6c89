"""Floors under importance, where the rated digests are there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aggregator.cluster.rank import Standing
from aggregator.domain.story import Signals
from tests import builders
from tests.quality.ranking import pairs, report, scores
from tools.importance import RatedStory

DATA = Path(__file__).parents[3] / "shared" / "corpus" / "digests"
FLOORS = {"spearman": 0.55, "ndcg_at_20": 0.60, "precision_at_12": 0.40}


def rated(number: int, *, is_cited: bool = False) -> RatedStory:
    return RatedStory(
        id=str(number),
        week="2026-W02",
        headline="",
        members=(builders.member(),),
        signals=Signals(),
        standing=Standing(),
        rating=float(number),
        is_cited=is_cited,
    )


def test_a_perfect_order_scores_one_and_its_reverse_the_least() -> None:
    stories = [rated(number, is_cited=number > 88) for number in range(1, 101)]
    ratings = np.array([story.rating for story in stories])

    assert scores(stories, ratings)["mean"] == {
        "spearman": 1.0,
        "ndcg_at_20": 1.0,
        "precision_at_12": 1.0,
    }
    worst = scores(stories, -ratings)["mean"]
    assert (worst["spearman"], worst["precision_at_12"]) == (-1.0, 0.0)


def test_a_week_with_few_items_is_scored_and_left_out_of_the_mean() -> None:
    stories = [rated(number) for number in range(1, 101)]
    few = [replace(story, week="2026-W03") for story in stories[:20]]
    found = scores([*stories, *few], np.array([story.rating for story in (*stories, *few)]))

    assert set(found["weeks"]) == {"2026-W02", "2026-W03"}
    assert found["mean"]["spearman"] == 1.0


@pytest.mark.skipif(not DATA.is_dir(), reason="no rated digests beside the checkout")
def test_importance_orders_a_week_as_a_peer_rates_it_by_weights_fitted_on_others() -> None:
    found = report(DATA / "flyryan-ai-news", draws=0)

    assert {name: found[name] >= floor for name, floor in FLOORS.items()} == dict.fromkeys(
        FLOORS, True
    )


@pytest.mark.skipif(not DATA.is_dir(), reason="no graded pools beside the checkout")
def test_the_graded_pools_are_scored() -> None:
    assert pairs(DATA / "ranking-gold-vertexcover")["pairs"] == 87
