"""Doubt: what makes a claim less credible, and that nothing else is asked of copied or inferred
ones.
"""

from __future__ import annotations

import pytest

from aggregator.domain.claim import ClaimKind
from aggregator.verify.overlap.features import NAMES, SUPPORT, traits
from aggregator.verify.overlap.support_classifier import WEIGHTS, credence, is_doubtful

TOLD = (
    "Vexel opened the vault of its new plant in Norvik after the inspectors had left, and hired 40"
    " people without delay."
)
TRUE = "Vexel opened the vault of its new plant after the inspectors had left."


def found(claim: str, evidence: str = TOLD) -> dict[str, float]:
    """The traits of a claim that there are."""
    return {
        name: value
        for name, value in zip(NAMES, traits(claim, [evidence]), strict=True)
        if value and name not in SUPPORT
    }


@pytest.mark.parametrize(
    ("claim", "trait"),
    [
        pytest.param(
            TRUE.replace("opened", "did not open"), "denies", id="a denial that nobody uttered"
        ),
        pytest.param(TRUE.replace("new", "old"), "opposite", id="an opposite of the gate's tables"),
        pytest.param(
            "Vexel hired 40 people in Norvik with delay.", "contrary", id="a small word turned"
        ),
        pytest.param(
            "Vexel hired 50 people without delay.", "recounted", id="a figure for another"
        ),
        pytest.param(TRUE.replace("its", "their"), "regrammared", id="small words for small words"),
        pytest.param(
            "Vexel lost the vault of its new plant.",
            "turned",
            id="a word of direction that nobody uttered",
        ),
    ],
)
def test_a_departure_from_the_evidence_shows_and_costs_credence(claim: str, trait: str) -> None:
    assert trait in found(claim)
    assert credence(claim, [TOLD]) < credence(TRUE, [TOLD])


def test_what_is_retold_in_order_shows_no_departure() -> None:
    assert found(TRUE) == {}


def test_a_denial_of_the_source_that_the_claim_leaves_out_shows() -> None:
    assert "denied" in found(
        "The lab will release the weights this year.",
        "The lab will not release the weights this year.",
    )


def test_never_before_seen_is_no_denial() -> None:
    assert "denies" not in found(
        "The lens showed never-before-seen detail.", "The lens showed unseen detail."
    )


def test_every_trait_has_a_weight_and_no_contradiction_speaks_for_a_claim() -> None:
    assert tuple(WEIGHTS) == NAMES
    assert all((weight >= 0) is (name in SUPPORT) for name, weight in WEIGHTS.items())


def test_only_what_a_model_retells_is_doubted() -> None:
    false = TRUE.replace("opened", "did not open")

    assert {kind for kind in ClaimKind if is_doubtful(false, [TOLD], kind)} == {ClaimKind.WRITTEN}
