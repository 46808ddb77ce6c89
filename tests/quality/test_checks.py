"""Each check of a written sentence earns its place, by what is planted in invented stories."""

from __future__ import annotations

import pytest

from tests.quality.checks import CALIBRATION, report
from tests.quality.claims import HALVES

MOST_TRUE = 0.02  # of the true sentences that a check may refuse alone; numbers refuse 0.07 of them
NUMBERS = "number of what was written or inferred"


@pytest.mark.parametrize("half", HALVES)
def test_each_check_alone_refuses_what_a_modest_judge_would_print(half: str) -> None:
    *rows, _ = report([CALIBRATION], half)

    assert [row["check"] for row in rows if not row["would_print"]] == []
    assert [
        (row["check"], row["true_alone"])
        for row in rows
        if row["check"] != NUMBERS and row["true_alone"] > MOST_TRUE * row["true"]
    ] == []
