"""The figure of a sentence that is worth showing large."""

from __future__ import annotations

import pytest

from aggregator.english.amounts import Figure, key_figure


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        pytest.param("Northwind raises $350mn at $4bn", "$350", "million", id="the first sum"),
        pytest.param("A ₹10,000 Cr park for 5 million users", "₹10,000", "crore", id="money first"),
        pytest.param(
            "Harbour has 8.9 million developers", "8.9", "million developers", id="people"
        ),
        pytest.param("It fails 3.1 percent of trials; before", "3.1%", "of trials", id="a share"),
        pytest.param("A 30B-parameter model", "30", "billion parameters", id="size of a model"),
        pytest.param("Valued at over $4bn, it raises $350mn", "$350", "million", id="no worth"),
        pytest.param("It lost €2,500m.", "€2,500", "million", id="a full stop is no part of it"),
        pytest.param(
            "It costs $3 per million input tokens instead of $5",
            "$3",
            "per million input tokens",
            id="a price with what it is for",
        ),
        pytest.param("Rent: $2m a month, for all", "$2", "million a month", id="a rate"),
    ],
)
def test_the_figure_of_a_headline_is_its_money_people_share_or_size(
    text: str, number: str, unit: str
) -> None:
    assert key_figure(text) == Figure(number=number, unit=unit)


@pytest.mark.parametrize(
    "text",
    [
        "Osprey 3.5 is out",
        "In 2026, Harbour moves",
        "GPT-5 in 3 days",
        "Osprey 4 replaces Osprey 3 for all customers",
        "Northwind lands funding at a $4bn valuation",
        "Harbour hits $4tn market cap",
        "Harbour is now worth about $4tn",
        "Profit climbs 14 per cent",
        "It costs $20.",
        "40 percent of AI makers said so",
        "12% of its users left",
    ],
)
def test_a_version_a_year_or_a_count_of_days_is_no_figure_to_show(text: str) -> None:
    assert key_figure(text) is None
