"""The index of a story: what its anchors compare claims with, read once from all its reports; and
its lines, the sentences of a report or a claim, with the words around a figure or a date, by which
its slot is known.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from math import log

from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import DateMention, Precision, floor_day, report_day
from aggregator.domain.frozen import frozen
from aggregator.domain.story import Member
from aggregator.verify.figures import Figure, figures
from aggregator.verify.speakers import Attribution, attributions
from aggregator.verify.wording import Casing, Sentence, casing_of, read

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
    words = [(place, token.stem) for place, token in enumerate(sentence.tokens) if token.stem]
    return Line(
        text=text,
        words=tuple(words),
        figures=tuple(found),
        dates=date_mentions(text, day),
        starts=tuple(token.start for token in sentence.tokens),
        stems=frozenset(word for _, word in words),
        attributions=attributions(sentence) if len(text) <= LONGEST_SAID else (),
        report=report,
        paragraph=paragraph,
    )


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


Beside = tuple[Line | None, Line | None]


@frozen
class Report:
    """One article of a story. `paragraphs` are its text without the title; `day` is the one on
    which it appeared; `byline` names its authors, if known.
    """

    source: str
    day: date
    title: str
    paragraphs: tuple[str, ...]
    byline: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class StoryIndex:
    """What a story says, as its anchors need it. `weights` says how rare each word is in it.

    `units` holds the units that stand with each value; `texts` are the reports joined, then their
    titles, the names of their sources and their bylines; `figures` by their unit and `dates`
    have their slots.
    """

    reports: tuple[Report, ...]
    lines: tuple[Line, ...]
    texts: tuple[str, ...]
    units: Mapping[Decimal, frozenset[str]]
    counted: frozenset[str]
    weights: Mapping[str, float]
    casing: Casing
    archive: Casing
    figures: Mapping[str, tuple[Value, ...]]
    dates: tuple[Value, ...]

    def share(self, claimed: frozenset[str], stated: frozenset[str]) -> float:
        """The share of a claim's words that a sentence has, each weighed by how rare it is here."""
        whole = sum(self.weights.get(word, 0.0) for word in claimed)
        shared = sum(self.weights.get(word, 0.0) for word in claimed & stated)
        return shared / whole if whole else 0.0

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which the reports appeared, each once, the latest first."""
        return tuple(sorted({report.day for report in self.reports}, reverse=True))


def report_of(member: Member) -> Report:
    """An article of a story as its anchors read it, without its headline's passage."""
    article = member.article
    return Report(
        source=member.source_name,
        day=report_day(article.published.at),
        title=article.title,
        paragraphs=tuple(passage.text for passage in article.passages if passage.n > 0),
        byline=article.byline,
    )


def story_index(
    reports: Sequence[Report], headline: str = "", archive: Casing | None = None
) -> StoryIndex:
    """The index of a story of at least one report. `archive` says how other stories write words
    that this one lacks.
    """
    lines = tuple(_lines(reports, headline))
    texts = (
        *(" ".join(report.paragraphs) for report in reports),
        *dict.fromkeys((headline, *(report.title for report in reports))),
        *dict.fromkeys(report.source for report in reports),
        *dict.fromkeys(report.byline for report in reports if report.byline),
    )
    frequencies = Counter(chain.from_iterable(line.stems for line in lines))
    return StoryIndex(
        reports=tuple(reports),
        lines=lines,
        texts=texts,
        units=_units(lines),
        counted=frozenset(figure.unit for line in lines for figure in line.figures),
        weights={word: log(1 + len(lines) / count) for word, count in frequencies.items()},
        casing=casing_of(chain.from_iterable(report.paragraphs for report in reports)),
        archive=archive or {},
        figures=_figures(lines),
        dates=_dates(lines),
    )


def _lines(reports: Sequence[Report], headline: str) -> list[Line]:
    lines, paragraph = [], 0
    first = reports[0].day if reports else date.min
    if headline and headline not in {report.title for report in reports}:
        lines += [line_of(sentence, first, 0, paragraph) for sentence in read(headline)]
    for number, report in enumerate(reports):
        for text in (report.title, *report.paragraphs):
            paragraph += 1
            lines += [line_of(sentence, report.day, number, paragraph) for sentence in read(text)]
    return lines


def _units(lines: Sequence[Line]) -> dict[Decimal, frozenset[str]]:
    units: dict[Decimal, frozenset[str]] = {}
    for line in lines:
        for figure in line.figures:
            if not figure.in_date or figure.is_year:
                units[figure.value] = units.get(figure.value, frozenset()) | _units_of(figure, line)
    return units


def _figures(lines: Sequence[Line]) -> dict[str, tuple[Value, ...]]:
    """The figures by unit, without those of versions and dates; a bare one under each that it may
    share with another one in its sentence.
    """
    found: dict[str, list[Value]] = {}
    for line, beside in _with_neighbours(lines):
        for figure in line.figures:
            if not (figure.in_date or figure.in_version):
                slot = slot_in_report(line, figure.start, figure.end, beside)
                for unit in _units_of(figure, line):
                    value = Value(
                        text=figure.text,
                        slot=slot,
                        figure=replace(figure, unit=unit),
                        is_guessed=unit != figure.unit,
                    )
                    found.setdefault(unit, []).append(value)
    return {unit: tuple(values) for unit, values in found.items()}


def _units_of(figure: Figure, line: Line) -> frozenset[str]:
    if figure.unit:
        return frozenset((figure.unit,))
    return frozenset(("", *(other.unit for other in line.figures if not other.in_date)))


def _dates(lines: Sequence[Line]) -> tuple[Value, ...]:
    return tuple(
        Value(
            text=line.text[mention.start : mention.end],
            dates=(mention,),
            slot=slot_in_report(line, mention.start, mention.end, beside),
        )
        for line, beside in _with_neighbours(lines)
        for mention in line.dates
    )


def _with_neighbours(lines: Sequence[Line]) -> Iterator[tuple[Line, Beside]]:
    """Each sentence with those before and after it in its paragraph."""
    for before, line, after in zip((None, *lines), lines, (*lines[1:], None), strict=False):
        yield (
            line,
            (
                before if before and before.paragraph == line.paragraph else None,
                after if after and after.paragraph == line.paragraph else None,
            ),
        )
