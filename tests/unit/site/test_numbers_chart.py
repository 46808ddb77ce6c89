"""The chart of a comparison."""

from __future__ import annotations

from datetime import date

import pytest

from aggregator.domain.fact import Attribute, AttributeFact, SubjectKind
from aggregator.domain.insight import Cell, CellState, Comparison, ComparisonRow
from aggregator.plugins.charts.bars import numbers_chart

NAMES = ("Aurora", "Borealis", "Cirrus")


def cell(value: str) -> Cell:
    if not value:
        return Cell(state=CellState.NOT_STATED)
    fact = AttributeFact(
        subject="x",
        name="X",
        kind=SubjectKind.MODEL,
        attribute=Attribute.PRICE,
        qualifier="month",
        value=value,
        text=f"{value} a month",
        as_of=date(2026, 7, 4),
        passage="a.1.1",
        quote=value,
    )
    return (
        Cell(state=CellState.STATED, facts=(fact,)) if value else Cell(state=CellState.NOT_STATED)
    )


def comparison(*rows: tuple[str, ...]) -> Comparison:
    made = (
        ComparisonRow(attribute=Attribute.PRICE, qualifier="month", cells=tuple(map(cell, values)))
        for values in rows
    )
    return Comparison(products=NAMES, rows=tuple(made))


def test_three_numbers_of_one_unit_are_bars_from_the_largest_to_the_smallest() -> None:
    chart = numbers_chart(comparison(("$5", "$20", "$10"), ("$1", "", "$2")))

    assert chart is not None
    assert (chart.title, chart.description) == (
        "Price, per month",
        "Borealis: $20 a month; Cirrus: $10 a month; Aurora: $5 a month",
    )
    assert [(bar.name, bar.width) for bar in chart.bars] == [
        ("Borealis", 100.0),
        ("Cirrus", 50.0),
        ("Aurora", 25.0),
    ]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(("$5", "", "$10"), id="two numbers"),
        pytest.param(("$5", "€20", "$10"), id="two currencies"),
        pytest.param(("2026-01-13", "2026-01-14", "2026-01-15"), id="days"),
        pytest.param(("0", "0", "0"), id="nothing but noughts"),
    ],
)
def test_what_cannot_be_set_side_by_side_is_no_chart(values: tuple[str, ...]) -> None:
    assert numbers_chart(comparison(values)) is None


def test_a_story_without_a_comparison_has_no_chart() -> None:
    assert numbers_chart(None) is None
