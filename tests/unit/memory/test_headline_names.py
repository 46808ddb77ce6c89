"""Names in headlines that no registry lists."""

from __future__ import annotations

import pytest

from aggregator.memory.timeline import headline_names


@pytest.mark.parametrize(
    ("headline", "found"),
    [
        pytest.param("A new path for Takasa to power in Oslo’s parliament", ("Takasa",), id="case"),
        pytest.param("Takasa finds a new path to power", (), id="first word"),
        pytest.param("Makers Of New TideClaw Agent Raise Money", ("TideClaw",), id="coined"),
        pytest.param("Makers Of New Agent Raise Money In Takasa", (), id="all words capital"),
        pytest.param("We scale it at Test-Time for Halden", (), id="compound, and known"),
    ],
)
def test_a_name_is_told_by_its_capitals(headline: str, found: tuple[str, ...]) -> None:
    assert headline_names([headline], {"Halden", "Oslo"}) == found
