"""The index of a story: what its anchors compare claims with, read once from all its reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from math import log

from aggregator.domain.dates import report_day
from aggregator.domain.frozen import frozen
from aggregator.domain.story import Member
from aggregator.verify.anchors.line import Line, Value, line_of, slot_in_report
from aggregator.verify.figures import Figure
from aggregator.verify.wording import Casing, casing_of, read

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
