from __future__ import annotations

from itertools import pairwise

import numpy as np

from aggregator.cluster.item import ClusterItem
from aggregator.cluster.similarity import alike_pairs, days, shared_words, term_vectors
from tests.unit.cluster.makers import item

WINDOW = 10.0


def similarities(items: list[ClusterItem]) -> dict[tuple[str, str], float]:
    pairs = alike_pairs(term_vectors(items, WINDOW), days(items), WINDOW)
    names = [each.article_id for each in items]
    return {
        (names[earlier], names[later]): value
        for later, earlier, value in zip(pairs.later.tolist(), pairs.earlier.tolist(), pairs.values.tolist(), strict=True)
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


def test_likeness_holds_for_a_day_then_fades_and_ends_with_the_window() -> None:
    values = [
        similarities([item("a", "Ofcom questions Grok"), item("b", "Ofcom questions Grok", hours=hours)]).get(("a", "b"), 0.0)
        for hours in (0, 23, 48, 96, 241)
    ]

    assert values[0] == values[1]
    assert all(before > after for before, after in pairwise(values[1:]))
    assert values[-1] == 0.0


def test_blocks_of_rows_are_joined_without_a_seam() -> None:
    items = [item(f"{n:04}", f"Subject{n // 2} opens plant{n // 2}", hours=n) for n in range(1300)]

    assert [key for key, value in similarities(items).items() if value > 0.9] == [
        (f"{n:04}", f"{n + 1:04}") for n in range(0, 1300, 2)
    ]


def test_no_articles_have_no_pairs() -> None:
    assert len(alike_pairs(term_vectors([], WINDOW), np.array([]), WINDOW).values) == 0


def test_shared_words_are_told_as_they_stand_in_the_title() -> None:
    one, other = item("a", "Anthropic’s agent launches on Macs"), item("b", "Agents", "Launched by Anthropic on a Mac.")

    assert shared_words(one, other) == ("Anthropic's", "agent", "launches", "Macs")
