"""Slots: what a figure or a date is the value of, by the words around it.

A claim that gives a slot another value than the story does is wrong though its value stands in the
story: somewhere else. The words around a value reach into the sentences beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from aggregator.verify.anchors.dating import dated
from aggregator.verify.anchors.index import StoryIndex
from aggregator.verify.anchors.line import Line, Slot, Value, slot
from aggregator.verify.figures import Figure

LEAST = 0.5  # share of the claim's surroundings that another value's must have
MARGIN = 0.25  # and how much more than the claimed value's own have
MARGIN_BESIDE = 0.4  # the same where a sentence states the value with another one of the claim
LEAST_UNSTATED = 0.65  # the same share where the claimed value only follows from others
BOTH = 0.25  # how much better two values of a claim must fit the other way round


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
    ]
    margin = MARGIN_BESIDE if _stated_beside(figure, claim, story) else MARGIN
    return _is_misplaced(own, claimed, stated, story, margin)


def _stated_beside(figure: Figure, claim: Line, story: StoryIndex) -> bool:
    """Whether a sentence of the story has the figure with another one of the claim in its unit: it
    stands in no foreign place then, though it may have changed places with that other one.
    """
    same = {other.value for other in claim.figures if other.unit == figure.unit}
    return any(
        {figure.value} < same.intersection(stated.value for stated in line.figures)
        for line in story.lines
    )


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
    margin: float = MARGIN,
) -> bool:
    """Whether another value fits the slot better than the claimed one does.

    Where the claim states the other value, too, both must fit better the other way round.
    """
    fit, least = _fit(own, own, stated, story), LEAST
    if fit is None:
        fit, least = 0.0, LEAST_UNSTATED
    for rival in (value for value in stated if not value.is_guessed):
        likeness = _likeness(own.slot, rival.slot, story)
        if likeness < least or likeness - fit < margin or rival.agrees(own):
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
