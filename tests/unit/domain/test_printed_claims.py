"""What stands beside a printed claim."""

from __future__ import annotations

import pytest

from aggregator.domain.claim import ClaimKind
from aggregator.domain.publishing.printed import PrintedCitation, PrintedClaim


@pytest.mark.parametrize(
    ("kind", "text", "sources", "beside"),
    [
        pytest.param(ClaimKind.WRITTEN, "A fell.", ["The Paper"], "The Paper", id="one outlet"),
        pytest.param(ClaimKind.WRITTEN, "A fell.", ["The Paper", "The Wire"], "", id="two outlets"),
        pytest.param(
            ClaimKind.WRITTEN, "A fell, according to Vexel.", ["Vexel Blog"], "", id="a party"
        ),
        pytest.param(ClaimKind.INFERRED, "A may fall.", ["The Paper"], "", id="an inference"),
        pytest.param(
            ClaimKind.EXTRACTED, "A fell.", ["The Paper", "The Wire"], "The Paper, The Wire",
            id="a quotation",
        ),
    ],
)  # fmt: skip
def test_the_only_outlet_behind_a_statement_stands_beside_it(
    kind: ClaimKind, text: str, sources: list[str], beside: str
) -> None:
    cited = tuple(PrintedCitation(source=source) for source in sources)

    assert PrintedClaim(text=text, kind=kind, citations=cited).beside == beside
