"""The gates as a whole: true paraphrases pass, one planted error is told by its own reason, source
sentences pass.
"""

from __future__ import annotations

from datetime import date

import pytest

from aggregator.domain.claim import Rejection
from aggregator.english.text import sentences
from aggregator.verify.cited import Grounds
from aggregator.verify.verdict import refusal
from tests.unit.verify.planted import PLANTED, PUBLISHED, Planted, cited

ANY_LENGTH = 1_000_000
ERRORS = [
    (case.passage, case.claim.replace(right, wrong), reason)
    for case in PLANTED
    for right, wrong, reason in case.errors
]


def verdict(text: str, passage: str, published: date = PUBLISHED) -> Rejection | None:
    """What the gates say of a claim on a passage."""
    claim, passages = cited(text, passage)
    grounds = Grounds(passages=passages, published={"a": published}, quote_words=ANY_LENGTH)
    found = refusal(claim, grounds)
    return found.reason if found else None


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case.claim)
def test_a_true_paraphrase_passes(case: Planted) -> None:
    assert verdict(case.claim, case.passage) is None


@pytest.mark.parametrize(
    ("passage", "claim", "reason"), ERRORS, ids=[claim for _, claim, _ in ERRORS]
)
def test_a_planted_error_is_turned_away_by_the_gate_it_offends(
    passage: str, claim: str, reason: Rejection
) -> None:
    assert verdict(claim, passage) is reason


def test_every_error_is_really_planted() -> None:
    assert [
        case.claim
        for case in PLANTED
        if any(right not in case.claim for right, _, _ in case.errors)
    ] == []


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case.claim)
def test_a_sentence_of_the_passage_passes(case: Planted) -> None:
    assert [verdict(sentence, case.passage) for sentence in sentences(case.passage)] == [
        None
    ] * len(sentences(case.passage))
