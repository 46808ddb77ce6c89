"""The chart of a comparison: its attribute with most numbers of one unit, as bars.

Widths are in per cent of the drawing, heights in pixels, as in the other charts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.domain.frozen import frozen
from aggregator.domain.insight import CellState, Comparison, ComparisonRow
from aggregator.site.story.insight import attribute_name
from aggregator.templating.translation import IN_ENGLISH, Translations

_FEWEST = 3  # numbers that make a chart: of two the table says as much
_NUMBER = re.compile(r"([$€£]?)(\d+(?:\.\d+)?)(%?)")  # as attributes keep a value
_PITCH, _NAME, _BAR = 40, 20, 10  # pixels: from bar to bar, for its name, its height


@frozen
class NumberBar:
    """The number of one product as a bar; `text` is the number as its source writes it."""

    name: str
    text: str
    name_y: int
    y: int
    width: float


@frozen
class NumbersChart:
    """Bars from the largest number to the smallest, on a scale that begins at zero."""

    title: str
    description: str
    height: int
    bar_height: int
    bars: tuple[NumberBar, ...]


@frozen
class _Number:
    name: str
    text: str
    unit: str
    value: float


def numbers_chart(
    comparison: Comparison | None, words: Translations = IN_ENGLISH
) -> NumbersChart | None:
    """The chart of the attribute for which most products have a number of one unit, the first of
    several; None where none has three.
    """
    rows = comparison.rows if comparison else ()
    names = comparison.products if comparison else ()
    found = [(row, _numbers(row, names)) for row in rows]
    row, numbers = max(found, key=lambda pair: len(pair[1]), default=(None, ()))
    if row is None or len(numbers) < _FEWEST:
        return None
    ordered = sorted(numbers, key=lambda number: (-number.value, number.name))
    return NumbersChart(
        title=attribute_name(row.attribute, row.qualifier, words),
        description="; ".join(f"{number.name}: {number.text}" for number in ordered),
        height=len(ordered) * _PITCH,
        bar_height=_BAR,
        bars=tuple(
            NumberBar(
                name=number.name,
                text=number.text,
                name_y=place * _PITCH,
                y=place * _PITCH + _NAME,
                width=round(100 * number.value / ordered[0].value, 2),
            )
            for place, number in enumerate(ordered)
        ),
    )


def _numbers(row: ComparisonRow, names: Sequence[str]) -> Sequence[_Number]:
    """The numbers of a row; none where their units differ."""
    facts = [
        (name, cell.facts[0])
        for name, cell in zip(names, row.cells, strict=True)
        if cell.state is CellState.STATED and len(cell.facts) == 1
    ]
    matches = ((name, fact.text, _NUMBER.fullmatch(fact.value)) for name, fact in facts)
    numbers = [
        _Number(name=name, text=text, unit=match[1] + match[3], value=float(match[2]))
        for name, text, match in matches
        if match
    ]
    is_alike = len({number.unit for number in numbers}) == 1
    return numbers if is_alike and any(number.value for number in numbers) else ()
