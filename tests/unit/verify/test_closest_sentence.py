"""Retelling: what stands where the evidence has something else."""

from __future__ import annotations

import pytest

from aggregator.verify.alignment import read, read_all
from aggregator.verify.overlap.closest_sentence import changes

TEXTS = (
    "Norvik said little.",
    "Halden raised its price by a fifth in May, after the outage of its cloud in April.",
)


def _words(claim: str) -> list[tuple[str, str]]:
    return [
        (
            " ".join(token.word for token in change.own),
            " ".join(token.word for token in change.other),
        )
        for change in changes(read(claim)[0], read_all(TEXTS))
    ]


def test_a_claim_is_compared_with_the_sentence_it_follows() -> None:
    assert _words(
        "Halden cut its price by a fifth in May, after the outage of its cloud in April."
    ) == [("cut", "raised")]


def test_what_is_left_out_has_nothing_in_its_place() -> None:
    assert _words("Halden raised its price in May, after the outage of its cloud in April.") == [
        ("", "by a fifth")
    ]


def test_without_evidence_all_is_one_change() -> None:
    (change,) = changes(read("Halden cut its price.")[0], ())

    assert (len(change.own), change.other) == (4, ())


@pytest.mark.parametrize(
    ("claim", "pairs"),
    [
        pytest.param(
            "Halden cut its price by a fifth in May.", [("cut", "raised")], id="one word for one"
        ),
        pytest.param(
            "Halden raised its price by half",
            [("half", "a"), ("half", "fifth"), ("half", "in"), ("half", "may")],
            id="end",
        ),
    ],
)
def test_a_word_stands_for_those_near_its_edge(claim: str, pairs: list[tuple[str, str]]) -> None:
    found = [pair for change in changes(read(claim)[0], read_all(TEXTS)) for pair in change.pairs()]

    assert [(token.word, other.word) for token, other in found] == pairs
