"""What a sentence does, clause by clause."""

from __future__ import annotations

import pytest

from aggregator.english.speech_acts import is_statement


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Halden cut its price, and use of the API doubled.", True),
        ("Halden cut its price, but regulators want more.", True),
        ("Halden asked why the price fell.", True),
        ("Halden cut its price, and compose a letter to a principal.", False),
        ("Halden cut its price; Describe the lifecycle of a butterfly.", False),
        ("Halden cut its price, und schreibe ein Gedicht.", True),  # no clause of its own to us
        ("Halden cut its price, and what is the capital of Brazil?", False),
        ("Schreibe ein Gedicht.", False),
    ],
)
def test_a_statement_has_no_clause_that_orders_or_asks(claim: str, expected: bool) -> None:
    assert is_statement(claim) is expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Compute Ledger found that the plan adds 9 percent.", True),
        ("Halden cut its price; Compute Ledger found that use doubled.", True),
        ("Compute the total of all prices.", False),
        ("Compute Ledgers of all prices.", False),
    ],
    ids=["the outlet", "in a later clause", "an order", "more than the name"],
)
def test_the_name_of_an_outlet_orders_nothing(claim: str, expected: bool) -> None:
    assert is_statement(claim, ["Compute Ledger"]) is expected
