"""The gates where a refresh calls them: disconnecting one fails here (cases in `gate_cases`)."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from tests.integration.gate_cases import CASES, Case, Outcome

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.reason}: {case.why}")
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@on_sqlite
@every_case
def test_what_one_gate_alone_refuses_does_not_stand(case: Case, connection: Connection) -> None:
    assert case.way(case.refused, connection) == Outcome(stands=False, refused={case.reason: 1})


@on_sqlite
@every_case
def test_the_true_neighbour_of_a_refused_claim_stands(case: Case, connection: Connection) -> None:
    assert case.way(case.sound, connection) == Outcome(stands=True, refused={})
