"""A sentence read for the anchors, of a report or of a claim, and the words around a figure or a
date in it, by which its slot is known.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from aggregator.domain.dates import DateMention, Precision, date_mentions, floor_day
from aggregator.domain.frozen import frozen
from aggregator.english.stemming import stem
from aggregator.english.vocabulary import FUNCTION_WORDS
from aggregator.verify.figures import Figure, figures
from aggregator.verify.speakers import Attribution, attributions
from aggregator.verify.wording import Sentence

LONGEST_SAID = 2000  # characters; what is longer is a list, and nobody's statement
REACH = 4.0  # words: at so many from the value the weight of a word halves
FARTHEST = 32  # words, beyond which they weigh less than a hundredth

Slot = Mapping[str, float]  # the words around a value, each with a weight that falls with distance


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Line:
    """A sentence of a report: its words with their places (counted in words and marks), figures,
    dates and attributions.

    `report` is its place among the reports, `paragraph` counts the paragraphs of the story;
    `starts` is where each word begins, `stems` are the words that carry content.
    """

    text: str
    words: tuple[tuple[int, str], ...]
    figures: tuple[Figure, ...]
    dates: tuple[DateMention, ...]
    starts: tuple[int, ...]
    stems: frozenset[str]
    attributions: tuple[Attribution, ...]
    report: int
    paragraph: int

    def behind(self, end: int) -> str:
        """The first word with content behind a character, empty if the sentence ends before."""
        found = bisect_left(self.words, (self.place(end), ""))
        return self.words[found][1] if found < len(self.words) else ""

    def words_within(self, first: int, last: int) -> tuple[tuple[int, str], ...]:
        """The words from one place up to another."""
        return self.words[
            bisect_left(self.words, (first, "")) : bisect_left(self.words, (last, ""))
        ]

    def figures_within(self, first: int, last: int) -> tuple[Figure, ...]:
        """The figures that begin between two places."""
        here, there = (
            bisect_left(self.figures, place, key=lambda figure: self.place(figure.start))
            for place in (first, last)
        )
        return self.figures[here:there]

    def place(self, start: int) -> int:
        """How many words and marks begin before a character of the sentence."""
        return bisect_left(self.starts, start)


def line_of(sentence: Sentence, day: date, report: int = -1, paragraph: int = -1) -> Line:
    """A sentence read as of a day."""
    text = sentence.text
    found = [
        figure
        for figure in figures(text)
        if not figure.in_version or figure.factor > 1 or figure.unit
    ]
    tokens = [*_WORD.finditer(text)]
    words = [(place, word) for place, token in enumerate(tokens) if (word := _content(token[0]))]
    return Line(
        text=text,
        words=tuple(words),
        figures=tuple(found),
        dates=date_mentions(text, day),
        starts=tuple(token.start() for token in tokens),
        stems=frozenset(word for _, word in words),
        attributions=attributions(sentence) if len(text) <= LONGEST_SAID else (),
        report=report,
        paragraph=paragraph,
    )


_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[,;:()—–]")


def _content(token: str) -> str:
    word = token.casefold().replace("’", "'").removesuffix("'s")
    if not word[0].isalnum():
        return ""  # a mark: it only keeps what stands before it and behind it apart
    if word[0].isdigit():
        return word.replace(",", "")
    return "" if word in FUNCTION_WORDS or "'" in word else stem(word)


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
