"""Figures of a claim: each stands in the story with its unit, is a rounding of one that does, or
follows by arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from aggregator.verify.anchors.arithmetic import bounds, derivation, ratios, unfounded_decades
from aggregator.verify.anchors.index import Line, StoryIndex
from aggregator.verify.anchors.slots import is_misplaced_amount
from aggregator.verify.figures import Figure

_STRICT = re.compile(r"%|[A-Z]{3}|¥")
_DEFINITE = re.compile(r"\b(?:the|these|those|all|both|its|their|other)\s+$", re.IGNORECASE)
_PAIR = 2  # that a sentence names two is seldom written with their number
_MOST_COUNTED = 3  # what "the two sides" counts is seldom written with its number
_LEAST_ROUNDED = 0.05  # share by which a rounded figure may differ from what it rounds
_DIGITS = re.compile(r"\d")


def missing_amounts(claim: Line, story: StoryIndex) -> tuple[str, ...]:
    """The figures, fractions and spans of a claim that the story does not give or has elsewhere, as
    written.
    """
    found = ratios(claim, story)
    missing = [
        claim.text[fraction.start : fraction.end]
        for fraction, is_given in found
        if not (is_given or fraction.is_counted)
    ]
    judged = [
        (fraction.start, fraction.end)
        for fraction, is_given in found
        if is_given or not fraction.is_counted
    ]
    for figure in _amounts(claim, judged):
        sources = frozenset() if stands(figure, claim, story) else derivation(figure, claim, story)
        if sources is None or is_misplaced_amount(figure, claim, story, sources):
            missing.append(figure.text)
    return (*missing, *unfounded_decades(claim, story))


def stands(figure: Figure, claim: Line, story: StoryIndex) -> bool:
    """Whether the story states a figure: the same, a more exact one, or the set that it counts."""
    if _has_unit(figure, story.units.get(figure.value, frozenset()), claim, story):
        return True
    return _is_rounded(figure, claim, story) or _counts_known(figure, claim, story)


def _amounts(claim: Line, judged: Sequence[tuple[int, int]]) -> tuple[Figure, ...]:
    """The figures that are judged as such: not those of versions, dates and given fractions."""
    return tuple(
        figure
        for figure in claim.figures
        if not (figure.in_version or figure.in_date or figure.text.lower() == "one")
        and not any(start < figure.end and figure.start < end for start, end in judged)
    )


def _has_unit(figure: Figure, units: frozenset[str], claim: Line, story: StoryIndex) -> bool:
    """Whether one of the units that a value stands with is the figure's, or may be left out."""
    if figure.unit in units or (figure.unit in _YEN and units & _YEN):
        return True
    if not figure.unit:
        shared = {other.unit for other in claim.figures}
        return any(not _STRICT.fullmatch(unit) or unit in shared for unit in units)
    if "" not in units or _STRICT.fullmatch(figure.unit):
        return False
    if figure.unit == "times":
        return not _MULTIPLIES.match(claim.text, figure.end)
    return figure.unit in story.counted


_MULTIPLIES = re.compile(r"\s+(?:as|the|more|less|its|their|over|that|\w+er)\b", re.IGNORECASE)
_YEN = frozenset({"¥", "JPY", "CNY"})


def _is_rounded(figure: Figure, claim: Line, story: StoryIndex) -> bool:
    """Whether the story has a value that is this one with more digits, or that its hedge admits.

    Never one with fewer digits, 93,000 is no rounding of 90,000; one with as many only at the end
    of what is said: "more than 80" of 81, but not "about 80".
    """
    value, step = float(figure.value), _step(figure.value)
    admitted = bounds(claim.text, figure.start, figure.end, value, step)
    is_hedged = admitted.high - admitted.low > step
    is_about = admitted.low < value < admitted.high
    return any(
        admitted.hold(float(stated.value))
        and (is_hedged or abs(float(stated.value) - value) <= _LEAST_ROUNDED * value)
        and (_step(stated.value) < step or (_step(stated.value) == step and not is_about))
        for line in story.lines
        if line.stems & claim.stems
        for stated in line.figures
        if stated.unit == figure.unit and not stated.in_date
    )


def _step(value: Decimal) -> float:
    """One more in the last digit of a value that is no zero: ten of 50, one of 53."""
    return float(Decimal(10) ** int(value.normalize().as_tuple().exponent))


def _counts_known(figure: Figure, claim: Line, story: StoryIndex) -> bool:
    """Whether it only counts what the story names and does not count: "two rivals", "the three
    sides".
    """
    thing = claim.behind(figure.end)
    return (
        not figure.unit
        and not _DIGITS.search(figure.text)
        and (
            figure.value == _PAIR
            or (
                figure.value <= _MOST_COUNTED and bool(_DEFINITE.search(claim.text[: figure.start]))
            )
        )
        and not any(
            not stated.unit and not stated.in_date and line.behind(stated.end) == thing
            for line in story.lines
            for stated in line.figures
        )
    )
