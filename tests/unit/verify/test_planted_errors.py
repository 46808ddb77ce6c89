"""The gates as a whole: true paraphrases pass, one planted error is told by its own reason, source sentences pass."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from aggregator.domain.claim import ClaimKind, Rejection
from aggregator.domain.text import normalised, sentences
from aggregator.verify.verdict import rejection
from tests.unit.verify.planted import PLANTED, PUBLISHED, Planted, cited

ITEMS = Path(__file__).parents[4] / "shared" / "corpus" / "clusters" / "ai-events-jan2026" / "items.jsonl"
ANY_LENGTH = 1_000_000
FORMAL = {Rejection.LINK, Rejection.MARKUP, Rejection.EMPTY}
ERRORS = [(case.passage, case.claim.replace(right, wrong), reason) for case in PLANTED for right, wrong, reason in case.errors]


def verdict(text: str, passage: str, published: date = PUBLISHED, kind: ClaimKind = ClaimKind.WRITTEN) -> Rejection | None:
    """What the gates say of a claim on a passage."""
    claim, passages = cited(text, passage, kind=kind)
    return rejection(claim, passages, {"a": published}, ANY_LENGTH)


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case.claim)
def test_a_true_paraphrase_passes(case: Planted) -> None:
    assert verdict(case.claim, case.passage) is None


@pytest.mark.parametrize(("passage", "claim", "reason"), ERRORS, ids=[claim for _, claim, _ in ERRORS])
def test_a_planted_error_is_turned_away_by_the_gate_it_offends(passage: str, claim: str, reason: Rejection) -> None:
    assert verdict(claim, passage) is reason


def test_every_error_is_really_planted() -> None:
    assert [case.claim for case in PLANTED if any(right not in case.claim for right, _, _ in case.errors)] == []


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case.claim)
def test_a_sentence_of_the_passage_passes(case: Planted) -> None:
    assert [verdict(sentence, case.passage) for sentence in sentences(case.passage)] == [None] * len(sentences(case.passage))


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        pytest.param(ClaimKind.EXTRACTED, FORMAL, id="copied by code"),
        pytest.param(ClaimKind.WRITTEN, FORMAL | {Rejection.PHRASE, Rejection.DANGLING}, id="as if a model had written them"),
    ],
)
def test_sentences_of_real_articles_are_turned_away_for_their_form_only(kind: ClaimKind, allowed: set[Rejection]) -> None:
    if not ITEMS.exists():
        pytest.skip("the shared corpus is not there")

    reasons = Counter(verdict(sentence, passage, day, kind) for sentence, passage, day in _real_sentences())

    assert {reason for reason in reasons if reason} <= allowed
    assert reasons[None] + reasons[Rejection.DANGLING] > 0.95 * reasons.total()


def _real_sentences() -> Iterator[tuple[str, str, date]]:
    for line in ITEMS.read_text("utf-8").splitlines():
        item = json.loads(line)
        for passage in (normalised(text) for text in (item["title"], *item["text"].split("\n"))):
            for sentence in sentences(passage)[:20]:
                yield sentence, passage, date.fromisoformat(item["published"][:10])
