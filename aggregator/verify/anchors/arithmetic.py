"""Arithmetic that follows: figures of a claim that no report states but that theirs give.

Differences, sums, shares, ratios, complements, quotients ("nine hours for each person") and spans
between dates. Both figures that go into one must be stated near each other or of the same things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, islice, pairwise

from aggregator.domain.dates import Precision
from aggregator.domain.frozen import frozen
from aggregator.english.vocabulary import DIGIT, NUMBERS
from aggregator.verify.anchors.index import Line, StoryIndex
from aggregator.verify.figures import Figure, figures


@frozen
class Bounds:
    """What a claimed value admits: "more than nine", "nearly a third", "about 7,000"."""

    low: float
    high: float

    def hold(self, value: float) -> bool:
        """Whether a computed value lies within them."""
        return self.low <= value <= self.high


@frozen
class Fraction:
    """A fraction or multiple at `text[start:end]`; `is_counted` where both its numbers are written:
    "four of the seven".
    """

    start: int
    end: int
    value: float
    is_counted: bool

    def bounds(self, text: str) -> Bounds:
        """The values that it admits in its text."""
        return bounds(text, self.start, self.end, self.value, self.value / 10)


def bounds(text: str, start: int, end: int, value: float, step: float) -> Bounds:
    """The values that a figure at `text[start:end]` admits; `step` is one more in its last digit.

    A hedge before it ("more than", "nearly", "about") widens them to one side or both.
    """
    before = text[max(0, start - _REACH) : start]
    half = step / 2
    if _OVER.search(before):
        return Bounds(low=value, high=max(value + step, value * _WIDE))
    if _UNDER.search(before):
        return Bounds(low=min(value - step, value / _WIDE), high=value)
    if _ABOUT.search(before) or _OR_SO.match(text, end):
        return Bounds(low=min(value - half, value * 0.9), high=max(value + half, value * 1.1))
    return Bounds(low=value - half, high=value + half)


def derivation(figure: Figure, claim: Line, story: StoryIndex) -> frozenset[Decimal] | None:
    """The values of the story that a figure of a claim can be computed from, none of them if from
    dates; None if it does not follow.
    """
    step = float(figure.last_digit)
    admitted = bounds(claim.text, figure.start, figure.end, float(figure.value), step)
    found = _derived(figure, claim, story)
    return next((values for value, values in found if admitted.hold(value)), None)


def fractions(text: str) -> Iterator[Fraction]:
    """The fractions and multiples that a text has in words."""
    for match in _FRACTION.finditer(text):
        if match["half"]:
            value = 0.5
        elif match["part"]:
            if not match["top"]:
                continue  # "the third of": its place in a row
            value = _NUMBERS[match["top"].lower()] / _PARTS[match["part"].lower()]
        elif match["double"]:
            value = {"tw": 2.0, "do": 2.0, "tr": 3.0, "th": 3.0, "qu": 4.0}[
                match["double"][:2].lower()
            ]
        else:
            top, whole = _number(match["of"]), _number(match["all"])
            if not top < whole:
                continue
            value = top / whole
        is_counted = match["of"] is not None
        yield Fraction(start=match.start(), end=match.end(), value=value, is_counted=is_counted)


def ratios(claim: Line, story: StoryIndex) -> tuple[tuple[Fraction, bool], ...]:
    """The fractions and multiples in words of a claim ("a quarter of", "one in ten", "twice"), each
    with whether the story states or gives it.
    """
    found = tuple(fractions(claim.text))
    if not found:
        return ()
    operands = tuple(_operands(claim, story))
    own = tuple(
        (figure, claim)
        for figure in claim.figures
        if not any(part.start < figure.end and figure.start < part.end for part in found)
    )
    given = [fraction.value for line in story.lines for fraction in fractions(line.text)]
    given += [value / 100 for value in _measures(story, "%")]
    given += [1 - float(figure.value) / 100 for figure, _ in operands if figure.unit == "%"]
    given += [float(figure.value) for figure, _ in operands if figure.unit == "times"]
    given += [value for value, _ in (*_ratios(operands), *_ratios(own))]
    given += [1 / value for value in given if value]
    return tuple(
        (each, any(map(each.bounds(claim.text).hold, _measured(each, claim.text, story) or given)))
        for each in found
    )


def _measured(fraction: Fraction, text: str, story: StoryIndex) -> list[float]:
    """What the story measures in the unit that a fraction is one of: "a quarter of a second"."""
    found = _OF_UNIT.match(text, fraction.end)
    unit = figures(f"1 {found[1]}")[0].unit if found else ""
    return _measures(story, unit) if unit else []


def _measures(story: StoryIndex, unit: str) -> list[float]:
    """The values that a story states in a unit, wherever."""
    stated = (each for each in story.figures.get(unit, ()) if not each.is_guessed)
    return [float(each.figure.value) for each in stated if each.figure]


def unfounded_decades(claim: Line, story: StoryIndex) -> tuple[str, ...]:
    """The decades of a claim that the story neither counts nor spans: "over a decade"."""
    return tuple(
        match[0]
        for match in _DECADES.finditer(claim.text)
        if not any(" decade" in text.lower() for text in story.texts)
        and not any(
            bounds(claim.text, match.start(), match.end(), 10 * _COUNT.get(match[1], 1), 2).hold(
                span
            )
            for span in (
                *_spans(claim, story, "year"),
                *(float(x.value) for x, _ in _operands(claim, story) if x.unit == "year"),
            )
        )
    )


Operands = tuple[tuple[Figure, Line], ...]
Derived = tuple[float, frozenset[Decimal]]  # a value, and those that it was computed from

_LEAST_SHARED = 0.2  # of the weight of a claim's words, so that a sentence speaks of the same
_MOST_OPERANDS = 100
_LISTED = 3  # figures of one unit in one sentence from which on their sum needs no word for it
_CHANGE = re.compile(
    r"\b(?:by|more|less|fewer|up|down|ris\w+|rose|f[ae]ll\w*|gr[eo]w\w*|increas\w+|decreas\w+"
    r"|drop\w*|cuts?|reduc\w+|rais\w+|sav\w+|gain\w*|los[et]\w*|\w+er than)\b",
    re.IGNORECASE,
)

_DIFFERENCE = re.compile(
    r"\b(?:by|above|below|up|down|differ\w*|gap|margin|lead|ahead|behind|short|rest|remain\w*|left"
    r"|other|others|another|further|extra|additional|apart|than(?!\W*\d)|before|after|earlier|later"
    r"|within)\b",
    re.IGNORECASE,
)
_FROM_TO = re.compile(r"%?\s+to\s+(?:about\s+|around\s+)?")
_SUM = re.compile(
    r"\b(?:total\w*|together|combined|altogether|in all|overall|sum|sums|both|comes? to|amounts?"
    r"|add\w*)\b",
    re.IGNORECASE,
)
_REACH = 24  # characters before a figure in which its hedge stands
_WIDE = 1.35  # how far "more than" may be from what it is more than
_OVER = re.compile(
    r"\b(?:more than|over|above|at least|exceed\w*|beyond|upwards of|(?:great|larg|high)er than"
    r"|longer than|past)\s+(?:an?\s+)?[^\w\s]*$",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"\b(?:less than|fewer than|under|below|nearly|almost|up to|at most|within|close to"
    r"|(?:small|short|low)er than|approaching)\s+(?:an?\s+)?[^\w\s]*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|some|approximately|an estimated|circa|near)\s+(?:an?\s+)?[^\w\s]*$",
    re.IGNORECASE,
)
_OR_SO = re.compile(r"\s+or so\b")
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}
_EACH = re.compile(
    r"\b(?:each|every|per|apiece|an?\s+(?:second|minute|hour|day|night|week|month|quarter|year"
    r"|person|head|piece))\b",
    re.IGNORECASE,
)
_OF_UNIT = re.compile(r"\s+of\s+an?\s+(\w+)\b", re.IGNORECASE)
_COUNT = {"two ": 2, "three ": 3, "four ": 4, "five ": 5}
_DECADES = re.compile(r"\b(?:a |one |(two |three |four |five ))decades?\b", re.IGNORECASE)
_PARTS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "twentieth": 20,
    "fiftieth": 50,
    "hundredth": 100,
    "thousandth": 1000,
}
_NUMBERS = {word: number for number, word in enumerate(NUMBERS[:12], 1)} | {
    "twenty": 20,
    "fifty": 50,
    "hundred": 100,
    "a": 1,
    "an": 1,
    "every": 1,
}
_FRACTION = re.compile(
    rf"\b(?:(?P<top>a|{DIGIT})[\s-])?"
    rf"(?P<part>{'|'.join(part for part in _PARTS if part != 'half')})s?\b"
    r"(?=\s+(?:of|as|the|more|less|fewer|its|their)\b)"
    r"|\b(?P<half>half)\b(?=\s+(?:of|as|the|its|their|all|his|her)\b)"
    rf"|\b(?P<of>{'|'.join(_NUMBERS)}|\d+)\s+"
    r"(?:(?:in|(?:out\s+)?of)\s+(?:(?:every|the|its|their|those|all)\s+)?"
    r"|(?:[\w-]+\s+){1,3}(?:for|to)\s+every\s+)"
    rf"(?P<all>{'|'.join(_NUMBERS)}|\d+)\b(?![\s-]*(?:%|percent|million|billion|(?-i:[A-Z])))"
    r"|\b(?P<double>twice(?=\s+(?:as|the|its|their|that|what|of|\w+'s)\b)"
    r"|doubl(?:e[ds]?|ing)|tripl(?:e[ds]?|ing)|quadrupl(?:e[ds]?|ing)|thrice)\b",
    re.IGNORECASE,
)


def _number(word: str) -> float:
    return float(word) if word.isdigit() else float(_NUMBERS[word.lower()])


def _derived(figure: Figure, claim: Line, story: StoryIndex) -> Iterator[Derived]:
    operands = tuple(_operands(claim, story))
    if figure.unit == "times":
        yield from _ratios(operands)
    elif figure.unit == "%":
        yield from _shares(operands, bool(_CHANGE.search(claim.text)))
    elif figure.unit in _DAYS:
        yield from ((span, frozenset()) for span in _spans(claim, story, figure.unit))
        yield from _conversions(operands, figure.unit)
    yield from _changes(figure, claim, operands)
    yield from _quotients(figure, claim, operands)


def _operands(claim: Line, story: StoryIndex) -> Iterator[tuple[Figure, Line]]:
    """The figures of the story's sentences that speak of what the claim speaks of, those first that
    have most of it; of a table of thousands, enough.
    """
    shares = ((story.share(claim.stems, line.stems), line) for line in story.lines if line.figures)
    near = sorted((pair for pair in shares if pair[0] >= _LEAST_SHARED), key=lambda pair: -pair[0])
    found = (
        (figure, line)
        for _, line in near
        for figure in line.figures
        if figure.value and not figure.in_date
    )
    return islice(found, _MOST_OPERANDS)


def _pairs(operands: Operands) -> Iterator[tuple[float, float, frozenset[Decimal]]]:
    """Two values of one thing, the larger first: of one paragraph or with words in common."""
    for (one, here), (other, there) in combinations(operands, 2):
        if one.value != other.value and _is_same_thing(one, here, other, there):
            less, more = sorted((one.value, other.value))
            yield float(more), float(less), frozenset((more, less))


def _is_same_thing(one: Figure, here: Line, other: Figure, there: Line) -> bool:
    """Whether two figures measure or count the same; a bare one does where a paragraph sets it
    beside the other, or the same word follows both.
    """
    is_beside = here.paragraph == there.paragraph
    if one.unit != other.unit:
        return is_beside and "" in (one.unit, other.unit) and one.factor == other.factor > 1
    if one.unit:
        return is_beside or bool(here.stems & there.stems)
    return is_beside or here.behind(one.end) == there.behind(other.end) != ""


def _ratios(operands: Operands) -> Iterator[Derived]:
    return ((more / less, values) for more, less, values in _pairs(operands))


def _shares(operands: Operands, has_changed: bool) -> Iterator[Derived]:
    """In percent: one value of the other, by how much it grew or fell, and what a share leaves.

    Not what one share is of another: too many are, by chance, and nobody writes it.
    """
    amounts = tuple((figure, line) for figure, line in operands if figure.unit != "%")
    for more, less, values in _pairs(amounts):
        yield 100 * less / more, values
        if has_changed:
            yield 100 - 100 * less / more, values
            yield 100 * more / less - 100, values
    for figure, _ in operands:
        if figure.unit == "%":
            yield 100 - float(figure.value), frozenset((figure.value,))


def _changes(figure: Figure, claim: Line, operands: Operands) -> Iterator[Derived]:
    """Differences and sums, where the claim has a word for either; and by how much what a report
    tells to go "from 72 to 55" changed.
    """
    units = {"%", "point", ""} if figure.unit == "point" else {figure.unit}
    same = tuple((stated, line) for stated, line in operands if stated.unit in units)
    is_difference, is_sum = _DIFFERENCE.search(claim.text), _SUM.search(claim.text)
    for more, less, values in _pairs(same):
        if is_difference:
            yield more - less, values
        if is_sum:
            yield more + less, values
    for line in dict.fromkeys(line for _, line in same):
        for one, other in pairwise(line.figures):
            if one.unit in units and _FROM_TO.fullmatch(line.text[one.end : other.start]):
                yield float(abs(one.value - other.value)), frozenset((one.value, other.value))
    for line in dict.fromkeys(line for _, line in same):
        listed = [stated.value for stated, other in same if other is line]
        if is_sum or (figure.unit and len(listed) >= _LISTED):
            yield float(sum(listed)), frozenset(listed)


def _quotients(figure: Figure, claim: Line, operands: Operands) -> Iterator[Derived]:
    """One value for each of another kind, where the claim says that it is for each."""
    if _EACH.search(claim.text, figure.end):
        for one, here in operands:
            for other, there in operands if one.unit == figure.unit else ():
                if other.unit != one.unit and other.value > 1 and here.paragraph == there.paragraph:
                    yield float(one.value / other.value), frozenset((one.value, other.value))


def _conversions(operands: Operands, unit: str) -> Iterator[Derived]:
    return (
        (float(figure.value) * _DAYS[figure.unit] / _DAYS[unit], frozenset((figure.value,)))
        for figure, _ in operands
        if figure.unit in _DAYS and figure.unit != unit
    )


def _spans(claim: Line, story: StoryIndex, unit: str) -> tuple[float, ...]:
    """How long it is between two dates that the claim or what it speaks of names, in a unit."""
    days = {
        date.day
        for line in story.lines
        if line.stems & claim.stems
        for date in line.dates
        if unit == "year" or date.precision is not Precision.YEAR
    } | {*story.days}
    ordered = sorted(days)
    if len(ordered) > _MOST_DAYS:
        near = [*pairwise(ordered)]
        near += [(day, ordered[-1]) for day in ordered[:-2]]
    else:
        near = [*combinations(ordered, 2)]
    return tuple(round((last - first).days / _DAYS[unit], 1) for first, last in near)


_MOST_DAYS = 24  # beyond them, only what lies side by side or before the last
