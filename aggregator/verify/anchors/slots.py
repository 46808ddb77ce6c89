"""Slots: what a figure or a date is the value of, by the words around it.

A claim that gives a slot another value than the story does is wrong though its value stands in the
story: somewhere else. The words around a value reach into the sentences beside it, and thinly to
the title and the source of its report ("Bench Notes measured 66 percent").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aggregator.domain.dates import DateMention, Precision, floor_day
from aggregator.verify.anchors.dating import dated
from aggregator.verify.anchors.story import Line, Story
from aggregator.verify.figures import Figure

REACH = 4.0  # words: at so many from the value the weight of a word halves
LEAST = 0.5  # share of the claim's surroundings that another value's must have
MARGIN = 0.25  # and how much more than the claimed value's own have
LEAST_UNSTATED = 0.65  # the same share where the claimed value only follows from others
_BOTH = 0.25  # how much better two values of a claim must fit the other way round
_OF_REPORT = 0.35  # weight of the words of a report's title and source

Slot = Mapping[str, float]  # the words around a value, each with a weight that falls with distance


@dataclass(frozen=True, slots=True)
class _Value:
    """A figure or date where it stands, with its slot."""

    text: str
    figure: Figure | None
    dates: tuple[DateMention, ...]
    slot: Slot

    def agrees(self, other: _Value) -> bool:
        """Whether both can be the same value, written with fewer digits or less exactly."""
        if self.figure and other.figure:
            is_bare = not self.figure.unit and self.figure.value == other.figure.value
            return is_bare or self.figure.rounds_to(other.figure)
        return any(_agree(one, each) for one in self.dates for each in other.dates)


def is_misplaced_amount(
    figure: Figure, claim: Line, story: Story, sources: frozenset[Decimal] = frozenset()
) -> bool:
    """Whether the story has another value in the slot of a claim's figure, which stands elsewhere.

    `sources` are the values that the figure was computed from: they are no rivals of it.
    """
    claimed = [
        _Value(each.text, each, (), _slot(claim, each.start, each.end))
        for each in claim.figures
        if each.unit in {figure.unit, ""} and not (each.in_date or each.in_version)
    ]
    own = next(each for each in claimed if each.figure is figure)
    stated = [
        _Value(each.text, each, (), _slot_of_story(line, each.start, each.end, story))
        for line in story.lines
        for each in line.figures
        if each.unit == figure.unit
        and not (each.in_date or each.in_version or each.value in sources)
    ]
    return _is_misplaced(own, claimed, stated, story)


def misplaced_dates(claim: Line, story: Story) -> tuple[str, ...]:
    """The dates of a claim at which the story has something else, and another date in their
    slot.
    """
    claimed = [
        _Value(claim.text[start:end], None, mentions, _slot(claim, start, end))
        for (start, end), mentions in dated(claim.text, story).items()
    ]
    if not claimed:
        return ()
    stated = [
        _Value("", None, (each,), _slot_of_story(line, each.start, each.end, story))
        for line in story.lines
        for each in line.dates
    ]
    return tuple(each.text for each in claimed if _is_misplaced(each, claimed, stated, story))


def _agree(one: DateMention, other: DateMention) -> bool:
    """Whether two dates can be the same, the coarser one covering the finer."""
    coarser = max(one.precision, other.precision, key=list(Precision).index)
    first: date = floor_day(one.day, coarser)
    return first == floor_day(other.day, coarser)


def _is_misplaced(
    own: _Value, claimed: Sequence[_Value], stated: Sequence[_Value], story: Story
) -> bool:
    """Whether another value fits the slot better than the claimed one does.

    Where the claim states the other value, too, both must fit better the other way round.
    """
    fit, least = _fit(own, own, stated, story), LEAST
    if fit is None:
        fit, least = 0.0, LEAST_UNSTATED
    for rival in stated:
        likeness = _likeness(own.slot, rival.slot, story)
        if likeness < least or likeness - fit < MARGIN or rival.agrees(own):
            continue
        twin = next((each for each in claimed if each is not own and each.agrees(rival)), None)
        if twin is None:
            return True
        here, there = _fit(twin, twin, stated, story), _fit(twin, own, stated, story)
        if here is not None and there is not None and likeness + there > fit + here + _BOTH:
            return True
    return False


def _fit(slot: _Value, value: _Value, stated: Sequence[_Value], story: Story) -> float | None:
    """How well a value of the story fits a slot of the claim at its best, None where it has no such
    value.
    """
    return max(
        (_likeness(slot.slot, each.slot, story) for each in stated if each.agrees(value)),
        default=None,
    )


def _slot(line: Line, start: int, end: int) -> Slot:
    """The words around a value in its own sentence."""
    return _near(_distances(line, start, end))


def _distances(line: Line, start: int, end: int) -> Iterator[tuple[str, int]]:
    """The words of a sentence with their distance from a value, without those of other figures of
    its unit.
    """
    first, last = line.place(start), line.place(end)
    units = {each.unit for each in line.figures if each.start == start}
    taken = [
        (line.place(each.start), line.place(each.end))
        for each in line.figures
        if each.unit in units
    ]
    for place, word in line.words:
        if not any(begin <= place < stop for begin, stop in (*taken, (first, last))):
            yield word, first - place if place < first else place - last + 1


def _slot_of_story(line: Line, start: int, end: int, story: Story) -> Slot:
    """The words around a value in its sentence and those beside it, and of its report.

    A sentence beside it that has values of its own has words for those.
    """
    first, last = line.place(start), line.place(end)
    words = [*_distances(line, start, end)]
    before, after = story.beside(line)
    if before and not before.figures:
        words += ((word, first + len(before.starts) - place) for place, word in before.words)
    if after and not after.figures:
        words += ((word, len(line.starts) - last + place + 1) for place, word in after.words)
    return {**dict.fromkeys(story.headings[line.report], _OF_REPORT), **_near(words)}


def _near(distances: Iterable[tuple[str, int]]) -> Slot:
    words: dict[str, float] = {}
    for word, distance in distances:
        words[word] = max(words.get(word, 0.0), 0.5 ** ((distance - 1) / REACH))
    return words


def _likeness(claimed: Slot, stated: Slot, story: Story) -> float:
    """The share of the claimed value's surroundings that the other value has as near."""
    whole = shared = 0.0
    for word, near in claimed.items():
        weight = story.weights.get(word, 0.0)
        whole += near * weight
        shared += min(near, stated.get(word, 0.0)) * weight
    return shared / whole if whole else 0.0
