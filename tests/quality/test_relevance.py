"""Floors under what is kept of sources of all subjects, where the captured feeds are there."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from aggregator.crawl.relevance import GENERAL_BELOW, LEAST_ENTRIES, shipped_model
from aggregator.domain.entry import Entry
from tools.relevance import Item, Judged, items, reliability, scores

DATA = Path(__file__).parents[3] / "shared" / "corpus"
LEAST_PRECISION, LEAST_RECALL = 0.95, 0.75


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/corpus")
def test_what_is_kept_of_general_sources_is_about_ai() -> None:
    model, by_source = shipped_model(), defaultdict(list)
    for item in items(DATA):
        by_source[item.source].append(item)
    judged = []
    for several in by_source.values():
        share = model.topic_share([item.entry for item in several])
        if share < GENERAL_BELOW and len(several) >= LEAST_ENTRIES:
            judged += [
                Judged(item, probability, probability >= model.threshold, True)
                for item in several
                if item.label is not None and not item.doubtful
                for probability in (model.probability(item.entry, share),)
            ]
    found = scores(judged)

    assert found["items"] >= 400
    assert found["precision"][0] >= LEAST_PRECISION
    assert found["recall"][0] >= LEAST_RECALL


def test_a_reliability_curve_sets_probabilities_beside_what_is_so() -> None:
    entry = Entry(source_key="daily", guid="1", url="https://daily.example/1", title="A report")
    judged = [
        Judged(Item("daily", entry, label), probability, True, True)
        for probability, label in ((0.08, False), (0.12, False), (0.14, True), (1.0, True))
    ]

    assert reliability(judged) == [[0.08, 0.0, 1], [0.13, 0.5, 2], [1.0, 1.0, 1]]
