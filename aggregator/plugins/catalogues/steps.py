"""The chart of a price over time: steps from one value to the next. Pure.

Across in per cent, down in pixels, as all charts are. A table below it says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from aggregator.domain.frozen import frozen
from aggregator.plugins.catalogues.differences import CatalogueValue
from aggregator.plugins.catalogues.offers import shown_value
from aggregator.plugins.catalogues.records import ValueKind
from aggregator.templating.translation import Translations

_HEIGHT, _TOP, _AXIS = 90, 20, 22  # pixels
_LAST_SHARE = 0.15  # of the width beyond the newest reading, so that the last step can be seen


@frozen
class Step:
    """A price while it was listed: from `x` for `width` per cent, at the height `y`."""

    day: str
    text: str
    x: float
    end: float
    y: int
    from_y: int | None


@frozen
class StepChart:
    """The steps of one price, from the first day to the last."""

    title: str
    description: str
    height: int
    ground: int
    steps: tuple[Step, ...]
    first: str
    last: str


def step_chart(
    values: Sequence[CatalogueValue], newest: datetime, words: Translations
) -> StepChart | None:
    """The chart of values, the oldest first; none of a price that never changed."""
    if len(values) < 2 or newest <= values[0].since:
        return None
    amounts = [Decimal(value.value.rpartition(" ")[2]) for value in values]
    most = max(amounts) or Decimal(1)
    beyond = newest + (newest - values[0].since) * _LAST_SHARE
    span = (beyond - values[0].since).total_seconds()
    ends = [*(value.since for value in values[1:]), beyond]
    steps: list[Step] = []
    for value, amount, end in zip(values, amounts, ends, strict=True):
        y = _TOP + round((1 - amount / most) * (_HEIGHT - _TOP))
        steps.append(
            Step(
                day=words.day(value.since.date()),
                text=shown_value(value.kind, value.value, words),
                x=round(100 * (value.since - values[0].since).total_seconds() / span, 2),
                end=round(100 * (end - values[0].since).total_seconds() / span, 2),
                y=y,
                from_y=steps[-1].y if steps else None,
            )
        )
    is_output = values[0].kind is ValueKind.OUTPUT_PRICE
    title = words("Price of a million output tokens") if is_output else words("Price")
    return StepChart(
        title=title,
        description="; ".join(f"{step.day}: {step.text}" for step in steps),
        height=_HEIGHT + _AXIS,
        ground=_HEIGHT,
        steps=tuple(steps),
        first=steps[0].day,
        last=words.day(newest.date()),
    )
