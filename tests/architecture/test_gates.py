"""Every reason to refuse a claim has a case that goes through all gates."""

from __future__ import annotations

from aggregator.domain.claim import Rejection
from tests.integration.gate_cases import CASES

# What a judge of whole sentences is to decide soon; until then their own modules' tests must do.
WITHOUT_A_CASE = {
    Rejection.SUPPORT,
    Rejection.NEGATION,
    Rejection.DIRECTION,
    Rejection.CERTAINTY,
    Rejection.DANGLING,
}


def test_every_reason_to_refuse_a_claim_has_a_case() -> None:
    assert {case.reason for case in CASES} == set(Rejection) - WITHOUT_A_CASE
