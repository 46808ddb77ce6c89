"""The index of a story: what its anchors compare claims with, read once from all its reports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from math import log

from aggregator.domain.dates import DateMention, date_mentions
from aggregator.domain.lexical import stem
from aggregator.verify.alignment import Sentence, read
from aggregator.verify.anchors.casing import Casing, casing_of
from aggregator.verify.figures import Figure, figures
from aggregator.verify.speakers import Attribution, attributions
from aggregator.verify.wording import FUNCTION_WORDS, wording


@dataclass(frozen=True, slots=True, kw_only=True)
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
    report: int = -1
    paragraph: int = -1
    starts: tuple[int, ...] = ()
    stems: frozenset[str] = frozenset()
    attributions: tuple[Attribution, ...] = ()

    def behind(self, end: int) -> str:
        """The first word with content behind a character, empty if the sentence ends before."""
        place = self.place(end)
        return next((word for at, word in self.words if at >= place), "")

    def place(self, start: int) -> int:
        """How many words and marks begin before a character of the sentence."""
        return sum(each < start for each in self.starts)


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """What a story says, as its anchors need it. `weights` tells how rare each word is in it.

    `units` holds the units that stand with each value; `texts` are the reports joined, then their
    titles, the names of their sources and their bylines; `headings` are the stems of title and
    source of each report.
    """

    reports: tuple[Report, ...]
    lines: tuple[Line, ...]
    texts: tuple[str, ...]
    wordings: tuple[str, ...]
    units: Mapping[Decimal, frozenset[str]]
    counted: frozenset[str]
    weights: Mapping[str, float]
    casing: Casing
    archive: Casing
    headings: tuple[frozenset[str], ...]
    numbers: Mapping[Line, int]

    def share(self, claimed: frozenset[str], stated: frozenset[str]) -> float:
        """The share of a claim's words that a sentence has, each weighed by how rare it is here."""
        whole = sum(self.weights.get(word, 0.0) for word in claimed)
        shared = sum(self.weights.get(word, 0.0) for word in claimed & stated)
        return shared / whole if whole else 0.0

    def beside(self, line: Line) -> tuple[Line | None, Line | None]:
        """The sentences before and after one in its paragraph."""
        number = self.numbers[line]
        before = self.lines[number - 1] if number else None
        after = self.lines[number + 1] if number + 1 < len(self.lines) else None
        return (
            before if before and before.paragraph == line.paragraph else None,
            after if after and after.paragraph == line.paragraph else None,
        )

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which the reports appeared, each once, the latest first."""
        return tuple(sorted({each.day for each in self.reports}, reverse=True))


def story_of(reports: Sequence[Report], headline: str = "", archive: Casing | None = None) -> Story:
    """The index of a story of at least one report. `archive` tells how other stories write words
    that this one lacks.
    """
    lines = tuple(_lines(reports, headline))
    texts = (
        *(" ".join(report.paragraphs) for report in reports),
        *dict.fromkeys((headline, *(each.title for each in reports))),
        *dict.fromkeys(each.source for each in reports),
        *dict.fromkeys(each.byline for each in reports if each.byline),
    )
    frequencies = Counter(chain.from_iterable(line.stems for line in lines))
    return Story(
        reports=tuple(reports),
        lines=lines,
        texts=texts,
        wordings=tuple(map(wording, texts)),
        units=_units(lines),
        counted=frozenset(each.unit for line in lines for each in line.figures),
        weights={word: log(1 + len(lines) / count) for word, count in frequencies.items()},
        casing=casing_of(chain.from_iterable(each.paragraphs for each in reports)),
        archive=archive or {},
        headings=tuple(_stems(f"{each.title} {each.source}") for each in reports),
        numbers={line: number for number, line in enumerate(lines)},
    )


def line_of(sentence: Sentence, day: date, report: int = -1, paragraph: int = -1) -> Line:
    """A sentence read as of a day."""
    text = sentence.text
    found = [each for each in figures(text) if not each.in_version or each.factor > 1 or each.unit]
    dates = date_mentions(text, day)
    tokens = [*_WORD.finditer(text)]
    words = [(place, word) for place, token in enumerate(tokens) if (word := _content(token[0]))]
    starts = tuple(token.start() for token in tokens)
    stems = frozenset(word for _, word in words)
    return Line(
        text,
        tuple(words),
        tuple(found),
        dates,
        report,
        paragraph,
        starts,
        stems,
        attributions(sentence),
    )


_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[,;:()—–]")


def _content(token: str) -> str:
    word = token.casefold().replace("’", "'").removesuffix("'s")
    if not word[0].isalnum():
        return ""  # a mark: it only keeps what stands before it and behind it apart
    if word[0].isdigit():
        return word.replace(",", "")
    return "" if word in FUNCTION_WORDS or "'" in word else stem(word)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word for token in _WORD.findall(text) if (word := _content(token)))


def _lines(reports: Sequence[Report], headline: str) -> list[Line]:
    lines, paragraph = [], 0
    first = reports[0].day if reports else date.min
    if headline and headline not in {each.title for each in reports}:
        lines += [line_of(each, first, 0, paragraph) for each in read(headline)]
    for number, report in enumerate(reports):
        for text in (report.title, *report.paragraphs):
            paragraph += 1
            lines += [line_of(each, report.day, number, paragraph) for each in read(text)]
    return lines


def _units(lines: Sequence[Line]) -> dict[Decimal, frozenset[str]]:
    """The units of each value; a bare figure may share that of another one in its sentence."""
    units: dict[Decimal, frozenset[str]] = {}
    for line in lines:
        shared = frozenset(each.unit for each in line.figures if not each.in_date)
        for each in line.figures:
            if not each.in_date or each.is_year:
                own = shared | {""} if not each.unit else frozenset({each.unit})
                units[each.value] = units.get(each.value, frozenset()) | own
    return units
