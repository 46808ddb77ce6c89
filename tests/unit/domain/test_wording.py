"""Text as pages set it."""

from __future__ import annotations

import pytest

from aggregator.domain.wording import unbroken


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Auk 4 beats Auk 3, mostly", "Auk_4 beats Auk_3, mostly", id="a version"),
        pytest.param("It raises $65 billion.", "It raises $65_billion.", id="a sum"),
        pytest.param("Done by 20 June 2026", "Done by 20_June 2026", id="a date"),
        pytest.param("All 140 counterintuitive uses", "All_140 counterintuitive uses", id="long"),
        pytest.param("A name, and no number", "A name, and no number", id="neither"),
    ],
)
def test_no_line_ends_between_a_number_and_what_it_belongs_to(text: str, shown: str) -> None:
    assert unbroken(text).replace("\N{NO-BREAK SPACE}", "_") == shown
