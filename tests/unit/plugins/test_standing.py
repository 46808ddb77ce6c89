"""How things stand with whom articles state attributes of."""

from __future__ import annotations

from datetime import date

import pytest

from aggregator.domain.fact import Attribute, AttributeFact, SubjectKind
from aggregator.plugins.attributes.standing import standing_rows
from tests.builders import article, member

REPORT = article("Prices of Big Lab", key="prices")


def fact(attribute: Attribute, text: str, day: int, qualifier: str = "") -> AttributeFact:
    """What the report states of Big Lab, on a day of May."""
    return AttributeFact(
        subject="lab",
        name="Big Lab",
        kind=SubjectKind.COMPANY,
        attribute=attribute,
        qualifier=qualifier,
        value="",
        text=text,
        as_of=date(2026, 5, day),
        passage=f"{REPORT.id}.1.0",
        quote=text,
    )


def rows(*facts: AttributeFact) -> list[tuple[str, str, str, str]]:
    """The key, the name, the words and the source of each row."""
    found = standing_rows(facts, {REPORT.id: member(REPORT, name="The Daily")}, "en")
    return [(key, row.name, row.text, row.source) for key, row in found]


def test_the_newest_value_of_each_attribute_that_says_how_things_stand_is_shown() -> None:
    stated = (
        fact(Attribute.PARAMETERS, "96 billion parameters", 1),
        fact(Attribute.PRICE, "$20", 2, "month"),
        fact(Attribute.PRICE, "$30", 1, "month"),
    )

    assert rows(*stated) == [
        ("lab", "Price, per month", "$20", "The Daily"),
        ("lab", "Parameters", "96 billion", "The Daily"),
    ]


@pytest.mark.parametrize("text", ["7B parameter", "7B-parameter", "7B parameters", "7B"])
def test_a_unit_that_the_name_has_is_not_in_the_value(text: str) -> None:
    assert rows(fact(Attribute.PARAMETERS, text, 1)) == [("lab", "Parameters", "7B", "The Daily")]


def test_a_unit_that_is_joined_to_more_than_a_number_stays() -> None:
    joined = "22-billion-parameter"

    assert rows(fact(Attribute.PARAMETERS, joined, 1)) == [
        ("lab", "Parameters", joined, "The Daily")
    ]


def test_a_unit_that_the_value_has_is_not_in_the_name() -> None:
    assert rows(fact(Attribute.PRICE, "$200 per year", 1, "year")) == [
        ("lab", "Price", "$200 per year", "The Daily")
    ]
