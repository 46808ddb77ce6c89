"""The words around a figure or a date: what its slot is known by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aggregator.domain.dates import DateMention, Precision, floor_day
from aggregator.domain.frozen import frozen
from aggregator.verify.anchors.line import Line
from aggregator.verify.figures import Figure

REACH = 4.0  # words: at so many from the value the weight of a word halves
FARTHEST = 32  # words, beyond which they weigh less than a hundredth

Slot = Mapping[str, float]  # the words around a value, each with a weight that falls with distance


@frozen
class Value:
    """A figure, or a date with all that it may mean, where it stands, with its slot.

    `is_guessed` of a bare figure with the unit of another one in its sentence.
    """

    text: str
    slot: Slot
    figure: Figure | None = None
    dates: tuple[DateMention, ...] = ()
    is_guessed: bool = False

    def agrees(self, other: Value) -> bool:
        """Whether both can be the same value, written with fewer digits or less exactly."""
        if self.figure and other.figure:
            is_bare = not self.figure.unit and self.figure.value == other.figure.value
            return is_bare or self.figure.rounds_to(other.figure)
        return any(_agree(one, date) for one in self.dates for date in other.dates)


def slot(line: Line, start: int, end: int) -> Slot:
    """The words around a value in its own sentence."""
    return _near(_distances(line, start, end))


def slot_in_report(
    line: Line, start: int, end: int, beside: tuple[Line | None, Line | None]
) -> Slot:
    """The words around a value in its sentence and in those beside it.

    A sentence beside it that has values of its own has words for those.
    """
    first, last = line.place(start), line.place(end)
    words = [*_distances(line, start, end)]
    before, after = beside
    if before and not before.figures:
        length = len(before.starts)
        rest = before.words_within(length + first - FARTHEST, length)
        words += ((word, first + length - place) for place, word in rest)
    if after and not after.figures:
        length = len(line.starts) - last
        words += (
            (word, length + place + 1) for place, word in after.words_within(0, FARTHEST - length)
        )
    return _near(words)


def _agree(one: DateMention, other: DateMention) -> bool:
    """Whether two dates can be the same, the coarser one covering the finer."""
    coarser = max(one.precision, other.precision, key=list(Precision).index)
    return floor_day(one.day, coarser) == floor_day(other.day, coarser)


def _distances(line: Line, start: int, end: int) -> Iterator[tuple[str, int]]:
    """The words of a sentence with their distance from a value, without those of other figures of
    its unit.
    """
    first, last = line.place(start), line.place(end)
    near = range(first - FARTHEST, last + FARTHEST)
    figures = line.figures_within(near.start, near.stop)
    units = {figure.unit for figure in figures if figure.start == start}
    taken = {
        place
        for figure in figures
        if figure.unit in units
        for place in range(line.place(figure.start), line.place(figure.end))
    }
    for place, word in line.words_within(near.start, near.stop):
        if place not in taken and not first <= place < last:
            yield word, first - place if place < first else place - last + 1


def _near(distances: Iterable[tuple[str, int]]) -> Slot:
    words: dict[str, float] = {}
    for word, distance in distances:
        words[word] = max(words.get(word, 0.0), 0.5 ** ((distance - 1) / REACH))
    return words
