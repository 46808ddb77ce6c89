from __future__ import annotations

import numpy as np

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.vectors import (
    MOST_PAIRS,
    SimilarPairs,
    shared_words,
    similar_pairs,
    vectors,
)
from tests.unit.cluster.makers import item

WINDOW = 10.0


def met(items: list[ClusterItem]) -> SimilarPairs:
    """The pairs of all the items."""
    return similar_pairs(vectors(items, WINDOW), np.arange(len(items)), WINDOW)


def similarities(items: list[ClusterItem]) -> dict[tuple[str, str], float]:
    pairs = met(items)
    names = [one.article_id for one in items]
    return {
        (names[earlier], names[later]): value
        for later, earlier, value in zip(
            pairs.later.tolist(), pairs.earlier.tolist(), pairs.values.tolist(), strict=True
        )
    }


def test_rare_words_weigh_more_than_common_ones() -> None:
    found = similarities(
        [
            item("a", "Ofcom questions new models"),
            item("b", "Ofcom waits"),
            item("c", "Models wait"),
            item("d", "Ofcom questions new models"),
        ]
    )

    assert round(found["a", "d"], 6) == 1.0
    assert found["a", "b"] > 1.5 * found["a", "c"]


def test_a_word_that_is_hot_in_the_window_weighs_less() -> None:
    pair = [item("a", "Grok draws pictures"), item("b", "Grok answers questions")]
    hot = [*pair, *(item(f"x{n:03}", f"Grok and subject{n}") for n in range(100))]

    assert similarities(hot).get(("a", "b"), 0.0) < 0.5 * similarities(pair)["a", "b"]


def test_a_word_that_was_hot_years_ago_does_not() -> None:
    old = [item(f"x{n:03}", f"Grok and subject{n}", hours=-20_000) for n in range(100)]
    pair = [item("a", "Grok draws pictures"), item("b", "Grok answers questions")]

    assert round(similarities([*old, *pair])["a", "b"], 6) == round(similarities(pair)["a", "b"], 6)


def test_likeness_ends_with_the_window() -> None:
    ends = [
        met([item("a", "Ofcom questions Grok"), item("b", "Ofcom questions Grok", hours=hours)])
        for hours in (239, 241)
    ]

    assert [len(pairs.values) for pairs in ends] == [1, 0]


def test_blocks_of_rows_are_joined_without_a_seam() -> None:
    items = [item(f"{n:04}", f"Subject{n // 2} opens plant{n // 2}", hours=n) for n in range(1300)]

    assert sorted(key for key, value in similarities(items).items() if value > 0.9) == [
        (f"{n:04}", f"{n + 1:04}") for n in range(0, 1300, 2)
    ]


def test_no_articles_have_no_pairs() -> None:
    assert len(met([]).values) == 0


def test_rows_that_are_not_asked_for_meet_only_those_that_are() -> None:
    items = [item(f"{n}", f"Acme opens plant {n}", hours=n) for n in range(4)]
    found = similar_pairs(vectors(items, WINDOW), np.array([1, 3]), WINDOW)

    assert sorted(zip(found.later.tolist(), found.earlier.tolist(), strict=True)) == [
        (1, 0),
        (2, 1),
        (3, 0),
        (3, 1),
        (3, 2),
    ]


def test_where_all_are_alike_only_the_strongest_pairs_are_kept() -> None:
    items = [item(f"{n:04}", f"Acme opens plant{n % 7}", hours=n / 10) for n in range(1200)]

    assert len(met(items).values) <= MOST_PAIRS * len(items)


def test_a_pair_knows_whether_a_name_of_one_title_stands_in_the_other_text() -> None:
    titles = ("Ofcom questions the maker of pictures", "The maker of pictures answers")
    strangers = met([item("a", titles[0]), item("b", titles[1], "Acme is sorry for pictures.")])
    friends = met(
        [item("a", titles[0]), item("b", titles[1], "In London, Ofcom is sorry for pictures.")]
    )

    assert (strangers.is_met.tolist(), friends.is_met.tolist()) == ([False], [True])


def test_shared_words_are_told_as_they_stand_in_the_title() -> None:
    one, other = (
        item("a", "Anthropic’s agent launches on Macs"),
        item("b", "Agents", "Launched by Anthropic on a Mac."),
    )

    assert shared_words([(one, other)]) == [("Anthropic's", "agent", "launches", "Macs")]


def test_asked_rows_also_meet_those_behind_them_that_are_not_asked() -> None:
    items = [item(name, "Ofcom questions new models", hours=at) for at, name in enumerate("abcd")]

    found = similar_pairs(vectors(items, WINDOW), np.array([0, 2]), WINDOW)

    pairs = set(zip(found.earlier.tolist(), found.later.tolist(), strict=True))
    assert pairs == {(0, 1), (0, 2), (0, 3), (1, 2), (2, 3)}
