"""Dates of a claim that the story does not have, and slots: what a figure or a date is the value
of, by the words around it.

A claim that gives a slot another value than the story does is wrong though its value stands in the
story: somewhere else. The words around a value reach into the sentences beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import DateMention, Precision, floor_day
from aggregator.verify.anchors.index import Line, Slot, StoryIndex, Value, slot
from aggregator.verify.figures import Figure

LEAST = 0.5  # share of the claim's surroundings that another value's must have
MARGIN = 0.25  # and how much more than the claimed value's own have
LEAST_UNSTATED = 0.65  # the same share where the claimed value only follows from others
BOTH = 0.25  # how much better two values of a claim must fit the other way round


def missing_dates(text: str, story: StoryIndex) -> tuple[str, ...]:
    """The dates of a claim, read as of the day of any report, that no report states and on which
    none appeared.
    """
    readings = dated(text, story)
    return tuple(
        text[start:end]
        for (start, end), mentions in readings.items()
        if not any(_stands(mention, text[start:end], story) for mention in mentions)
    )


def dated(text: str, story: StoryIndex) -> dict[tuple[int, int], tuple[DateMention, ...]]:
    """Where dates stand in a text, each with what it means as of the days of the reports."""
    found: dict[tuple[int, int], tuple[DateMention, ...]] = {}
    for day in story.days:
        for mention in date_mentions(text, day):
            place = (mention.start, mention.end)
            found[place] = (*found.get(place, ()), mention)
    return found


def _stands(claimed: DateMention, words: str, story: StoryIndex) -> bool:
    return (
        any(mention.states(claimed.day, claimed.precision) for mention in _mentions(story))
        or any(
            floor_day(day, claimed.precision) == floor_day(claimed.day, claimed.precision)
            for day in story.days
        )
        or any(
            line.text[mention.start : mention.end].lower() == words.lower()
            for line in story.lines
            for mention in line.dates
        )
        or (claimed.precision is Precision.YEAR and claimed.day.year in story.units)
    )


def _mentions(story: StoryIndex) -> Iterator[DateMention]:
    return (mention for line in story.lines for mention in line.dates)


def is_misplaced_amount(
    figure: Figure, claim: Line, story: StoryIndex, sources: frozenset[Decimal] = frozenset()
) -> bool:
    """Whether the story has another value in the slot of a claim's figure, which stands elsewhere.

    `sources` are the values that the figure was computed from: they are no rivals of it.
    """
    claimed = [
        Value(text=other.text, figure=other, slot=slot(claim, other.start, other.end))
        for other in claim.figures
        if other.unit in {figure.unit, ""} and not (other.in_date or other.in_version)
    ]
    own = next(value for value in claimed if value.figure is figure)
    stated = [
        value
        for value in story.figures.get(figure.unit, ())
        if value.figure and value.figure.value not in sources
        if value.figure.is_year or not figure.is_year  # of what may be a year only a year is rival
    ]
    return _is_misplaced(own, claimed, stated, story)


def misplaced_dates(claim: Line, story: StoryIndex) -> tuple[str, ...]:
    """The dates of a claim at which the story has something else, and another date in their
    slot.
    """
    claimed = [
        Value(text=claim.text[start:end], dates=mentions, slot=slot(claim, start, end))
        for (start, end), mentions in dated(claim.text, story).items()
    ]
    return tuple(
        value.text for value in claimed if _is_misplaced(value, claimed, story.dates, story)
    )


def _is_misplaced(
    own: Value,
    claimed: Sequence[Value],
    stated: Sequence[Value],
    story: StoryIndex,
) -> bool:
    """Whether another value fits the slot better than the claimed one does.

    Where the claim states the other value, too, both must fit better the other way round.
    """
    fit, least = _fit(own, own, stated, story), LEAST
    if fit is None:
        fit, least = 0.0, LEAST_UNSTATED
    for rival in (value for value in stated if not value.is_guessed):
        likeness = _likeness(own.slot, rival.slot, story)
        if likeness < least or likeness - fit < MARGIN or rival.agrees(own):
            continue
        twin = next((value for value in claimed if value is not own and value.agrees(rival)), None)
        if twin is None:
            return True
        here, there = _fit(twin, twin, stated, story), _fit(twin, own, stated, story)
        if here is not None and there is not None and likeness + there > fit + here + BOTH:
            return True
    return False


def _fit(place: Value, value: Value, stated: Sequence[Value], story: StoryIndex) -> float | None:
    """How well a value of the story fits a slot of the claim at its best, None where it has no such
    value.
    """
    return max(
        (_likeness(place.slot, rival.slot, story) for rival in stated if rival.agrees(value)),
        default=None,
    )


def _likeness(claimed: Slot, stated: Slot, story: StoryIndex) -> float:
    """The share of the claimed value's surroundings that the other value has as near."""
    whole = shared = 0.0
    for word, near in claimed.items():
        weight = story.weights.get(word, 0.0)
        whole += near * weight
        shared += min(near, stated.get(word, 0.0)) * weight
    return shared / whole if whole else 0.0
