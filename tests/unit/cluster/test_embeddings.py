"""What the meaning of headlines adds to their words."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest

from aggregator.cluster.assign import assignments
from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.event_similarity import (
    EmbeddingBlend,
    blend_of,
    is_measured,
    wants_vector,
    with_embeddings,
)
from aggregator.domain.settings import ClusterSettings
from tests.unit.cluster.makers import item
from tests.unit.cluster.test_linkage import pairs

HALF = EmbeddingBlend(floor=0.2, share=0.5)
NORTH, EAST, NORTH_EAST = (1.0, 0.0), (0.0, 1.0), (0.6, 0.8)
LEAD = (
    "British regulators sent Acme seventeen letters: lawyers, engineers, mayors, bakers and"
    " painters signed each copy."
)


def headline(
    article_id: str, *numbers: float, lead: str = "", hours: float = 0.0, title: str = ""
) -> ClusterItem:
    made = item(article_id, title or f"Headline {article_id}", lead, hours=hours)
    return replace(made, vector=struct.pack(f"<{len(numbers)}e", *numbers))


@pytest.mark.parametrize(
    ("one", "other", "words", "expected"),
    [
        pytest.param(
            headline("a", *NORTH), headline("b", *NORTH), 0.1, 0.55, id="the same meaning"
        ),
        pytest.param(
            headline("a", *NORTH), headline("b", *EAST), 0.1, 0.05, id="nothing in common but words"
        ),
        pytest.param(
            headline("a", *NORTH),
            headline("b", *NORTH_EAST),
            0.1,
            0.3,
            id="between: stretched above the floor",
        ),
        pytest.param(
            headline("a", *NORTH), item("b", "Headline b"), 0.1, 0.1, id="one was not embedded"
        ),
        pytest.param(
            headline("a", *NORTH),
            headline("b", *NORTH, lead=LEAD),
            0.1,
            0.1,
            id="one has words enough",
        ),
        pytest.param(
            headline("a", *NORTH),
            headline("b", 1.0, 0.0, 0.0),
            0.1,
            0.05,
            id="vectors of two lengths",
        ),
        pytest.param(
            headline("a", *NORTH),
            headline("b", float("nan"), float("inf")),
            0.1,
            0.05,
            id="no numbers",
        ),
    ],
)
def test_meaning_takes_its_share_between_headlines(
    one: ClusterItem, other: ClusterItem, words: float, expected: float
) -> None:
    found = with_embeddings(pairs((1, 0, words)), (one, other), HALF)

    assert found.values.tolist() == [pytest.approx(expected, abs=0.002)]


def test_without_an_embedder_words_alone_count() -> None:
    alone = pairs((1, 0, 0.1))

    assert with_embeddings(alone, (headline("a", *NORTH), headline("b", *NORTH)), None) is alone


def test_headlines_that_mean_the_same_are_one_storyline_and_stay_two_stories() -> None:
    reports = [
        headline("a", *NORTH, title="Acme opens a robot plant in Turin"),
        headline(
            "b",
            *NORTH,
            title="Turin gets ninety new jobs from Zenith at a bakery downtown",
            hours=230,
        ),
    ]

    by_words = assignments(reports, [], ClusterSettings())
    by_meaning = assignments(reports, [], ClusterSettings(), HALF)

    assert [
        len({assignment.storyline for assignment in found}) for found in (by_words, by_meaning)
    ] == [2, 1]
    assert len({assignment.story_id for assignment in by_meaning}) == 2


def test_only_headlines_without_a_lead_want_a_vector() -> None:
    assert [wants_vector(one) for one in (item("a", "Grok"), item("b", "Grok", LEAD))] == [
        True,
        False,
    ]


def test_a_model_that_nobody_measured_counts_for_less() -> None:
    assert [is_measured(model) for model in ("l2_supercat_256", "nomic-embed-text")] == [
        True,
        False,
    ]
    assert blend_of("nomic-embed-text").share < blend_of("l2_supercat_256").share
    assert np.isclose(blend_of("l2_supercat_256").floor, 0.2)
