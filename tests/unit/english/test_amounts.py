"""The figure of a sentence that is worth showing large."""

from __future__ import annotations

import pytest

from aggregator.english.amounts import Figure, around_number, key_figure
from aggregator.english.figure_phrases import figure_phrases


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


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        (
            "Auk raised $300 million at a $5 billion valuation.",
            ["raised $300 million", "$5 billion valuation"],
        ),
        ("It announced a $2.6 million funding round to hire.", ["$2.6 million funding round"]),
        ("Its revenue surged past $20 billion, up from $2 billion.", ["surged past $20 billion"]),
        (
            "A model with 744B parameters reaches an accuracy of 93.18%.",
            ["744B parameters", "accuracy of 93.18%"],
        ),
        (
            "A 1.5B-parameter model serves 2 million developers 15x faster.",
            ["1.5B-parameter model serves", "2 million developers", "15x faster"],
        ),
        ("It costs $3 per million input tokens.", ["$3 per million input tokens"]),
        ("It scanned 42,447 skills in 2026.", ["42,447 skills"]),
    ],
)
def test_a_figure_stands_with_the_words_of_its_sentence_that_say_what_it_is(
    text: str, phrases: list[str]
) -> None:
    assert list(figure_phrases(text)) == phrases


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Auk is in talks to raise $1 billion.", id="hoped for"),
        pytest.param("Auk did not raise $1 billion.", id="denied"),
        pytest.param("It costs $5, compared with $9 million.", id="compared"),
        pytest.param("On January 7, allowing users in, Auk 3 came.", id="a day"),
        pytest.param("The growth is 16.8%.", id="nothing says what"),
    ],
)
def test_a_figure_that_is_not_sure_or_that_nothing_says_is_none(text: str) -> None:
    assert list(figure_phrases(text)) == []


def test_a_figure_is_parted_around_its_number_with_currency_and_multiple() -> None:
    assert around_number("raised $300 million in cash") == ("raised ", "$300 million", " in cash")
    assert around_number("744B parameters") == ("", "744B", " parameters")
