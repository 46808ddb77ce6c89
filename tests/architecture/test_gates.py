"""Every reason to reject a claim has a gate, and a case that goes through all gates."""

from __future__ import annotations

from aggregator.domain.claim import Rejection
from aggregator.verify.gates import GATES
from tests.integration.gate_cases import CASES

# Asked where an answer is judged: a claim alone has no judge.
WITHOUT_A_CASE = {Rejection.JUDGED}


def test_every_reason_to_refuse_a_claim_has_a_case() -> None:
    assert {case.reason for case in CASES} == set(Rejection) - WITHOUT_A_CASE, (
        "write a case into CASES of tests/integration/gate_cases.py"
    )


def test_every_reason_to_reject_a_claim_has_a_gate_and_one_wording_of_each_kind() -> None:
    wordings = {(gate.reason, gate.for_model, gate.for_reader) for gate in GATES}

    assert sorted(reason for reason, _, _ in wordings) == sorted(Rejection), (
        "each needs a row in GATES of aggregator/verify/gates.py; further rows repeat its wording"
    )
    assert all(for_model and for_reader for _, for_model, for_reader in wordings)
