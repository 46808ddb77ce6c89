"""The charts of bars, as records with their description: stories a week, by topic and of one
listing; and of a comparison, its attribute with most numbers of one unit.

Widths are in per cent of the drawing, heights in pixels, so its letters keep their size on a phone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from aggregator.domain.dates import week_days, week_of
from aggregator.domain.frozen import frozen
from aggregator.domain.insight import CellState, Comparison, ComparisonRow
from aggregator.plugins.charts.reports import AXIS_HEIGHT
from aggregator.site.story.insight import attribute_name
from aggregator.templating.translation import IN_ENGLISH, Translations

_MOST_TOPICS = 12
_MOST_WEEKS = 26
_QUARTER = 13  # weeks
_LEAST_PEAK = 3  # stories of a week: bars of one and two are a list of marks
_FEWEST_COLUMNS = 13  # so that the bar of a site's first week is a bar and no wall
_BAR_SHARE = 0.76
# pixels: for the name of a strip, its bars, and after them
_STRIP_NAME, _STRIP_BARS, _STRIP_GAP = 20, 30, 14
_LEAST_BAR = 2  # pixels, so that one story can be seen beside a hundred


@frozen
class WeekBar:
    """One week of a strip."""

    name: str
    number: int
    x: float
    y: int
    width: float
    height: int


@frozen
class BarStrip:
    """A row of bars over the weeks; `most` is the number of its highest bar.

    `sum_name` and `most_name` are shown beside its name, or `short_name`, which has both, where
    space is short.
    """

    name: str
    total: int
    sum_name: str
    most: int
    most_name: str
    short_name: str
    name_y: int
    ground_y: int
    bars: tuple[WeekBar, ...]


@frozen
class BarsChart:
    """Strips of bars over the same weeks and on the same scale; `weeks` are their names.

    The axis runs from the day `first` to the day `last`; `span` is both in one text, for bars that
    fill only a part of the width, as far as `ground`.
    """

    title: str
    description: str
    height: int
    strips: tuple[BarStrip, ...]
    weeks: tuple[str, ...]
    first: str
    last: str
    span: str
    ground: float


def coverage_chart(
    counts: Mapping[tuple[str, str], int], words: Translations = IN_ENGLISH
) -> BarsChart | None:
    """Stories per week by topic, from their numbers by ISO week and topic's name: the most frequent
    topics, over the newest weeks.

    None where no bar is high enough to be read from its height.
    """
    weeks = _weeks(week for week, _ in counts)
    totals: Counter[str] = Counter()
    for (week, topic), number in counts.items():
        totals[topic] += number if week in weeks else 0
    topics = [
        topic
        for topic, total in sorted(totals.items(), key=lambda entry: (-entry[1], entry[0]))
        if total
    ][:_MOST_TOPICS]
    rows = [(topic, [counts.get((week, topic), 0) for week in weeks]) for topic in topics]
    highest = max((max(numbers) for _, numbers in rows), default=0)
    if highest < _LEAST_PEAK:
        return None
    return _bars_chart(words("Stories per week by topic"), rows, weeks, words)


def activity_chart(
    name: str,
    days: Iterable[date],
    words: Translations = IN_ENGLISH,
    newest: str = "",
    *,
    is_cut: bool = False,
    undated: int = 0,
) -> BarsChart | None:
    """Stories per week of one listing, from the days that sources give them, over the newest
    quarter: to the week `newest`, if given, else to the last one with a story. Where there are
    stories before it, their number says in how many weeks they are; `is_cut`: of the first week
    some are missing; `undated` are those known by the day they were first seen, which is often
    the same for many: the chart leaves them out.

    None for one week, or where no bar is high enough to be read from its height: the list says as
    much; also where most are undated.
    """
    counts = Counter(map(week_of, days))
    if undated > counts.total():
        return None
    if is_cut and counts:
        del counts[min(counts)]
    known = _weeks([*counts, newest] if counts and newest else counts)[-_QUARTER:]
    weeks = known[next((place for place, week in enumerate(known) if counts[week]), 0) :]
    numbers = [counts[week] for week in weeks]
    if len(weeks) < 2 or max(numbers) < _LEAST_PEAK:
        return None
    chart = _bars_chart(words("Stories per week"), [(name, numbers)], weeks, words)
    (strip,) = chart.strips
    stories = strip.sum_name
    if undated:
        stories = words.counted(sum(numbers), "%s dated story", "%s dated stories")
    if is_cut or sum(numbers) < counts.total():
        stories = words("%(stories)s in %(weeks)s weeks", stories=stories, weeks=len(weeks))
    return replace(chart, strips=(replace(strip, sum_name=stories),))


def _weeks(known: Iterable[str]) -> tuple[str, ...]:
    """Every ISO week from the first to the last, at most the newest ones, weeks without stories
    included.
    """
    found = sorted(known)
    if not found:
        return ()
    last = _monday(found[-1])
    first = max(_monday(found[0]), last - timedelta(weeks=_MOST_WEEKS - 1))
    return tuple(
        week_of(first + timedelta(weeks=place)) for place in range((last - first).days // 7 + 1)
    )


def _monday(week: str) -> date:
    return week_days(week)[0]


def _bars_chart(
    title: str, rows: Sequence[tuple[str, list[int]]], weeks: Sequence[str], words: Translations
) -> BarsChart:
    names = tuple(words.week(week) for week in weeks)
    first, last = words.day(week_days(weeks[0])[0]), words.day(week_days(weeks[-1])[1])
    most = max(max(numbers) for _, numbers in rows)
    pitch = _STRIP_NAME + _STRIP_BARS + _STRIP_GAP
    step = 100 / max(len(weeks), _FEWEST_COLUMNS)
    strips = tuple(
        _strip(name, numbers, names, words, top=place * pitch, most=most, step=step)
        for place, (name, numbers) in enumerate(rows)
    )
    return BarsChart(
        title=title,
        description=_bars_description(strips, names, last, words),
        height=len(rows) * pitch - _STRIP_GAP + AXIS_HEIGHT,
        strips=strips,
        weeks=names,
        first=first,
        last=last,
        span=words("%(first)s – %(last)s", first=first, last=last)
        if len(weeks) < _FEWEST_COLUMNS
        else "",
        ground=round(step * len(weeks), 2),
    )


def _strip(
    name: str,
    numbers: Sequence[int],
    weeks: Sequence[str],
    words: Translations,
    *,
    top: int,
    most: int,
    step: float,
) -> BarStrip:
    ground = top + _STRIP_NAME + _STRIP_BARS
    total, highest = words.number(sum(numbers)), words.number(max(numbers))
    has_peak = len(numbers) > 1 < max(numbers)
    heights = [
        max(round(_STRIP_BARS * number / most), _LEAST_BAR) if number else 0 for number in numbers
    ]
    return BarStrip(
        name=name,
        total=sum(numbers),
        sum_name=words.counted(sum(numbers), "%s story", "%s stories"),
        most=max(numbers),
        most_name=words("%(most)s in the busiest week", most=highest) if has_peak else "",
        short_name=words("%(total)s, busiest %(most)s", total=total, most=highest)
        if has_peak
        else total,
        name_y=top,
        ground_y=ground,
        bars=tuple(
            WeekBar(
                name=week,
                number=number,
                x=round(place * step, 2),
                y=ground - height,
                width=round(step * _BAR_SHARE, 2),
                height=height,
            )
            for place, (week, number, height) in enumerate(
                zip(weeks, numbers, heights, strict=True)
            )
        ),
    )


def _bars_description(
    strips: Sequence[BarStrip], weeks: Sequence[str], last: str, words: Translations
) -> str:
    strips_text = "; ".join(_strip_description(strip, words) for strip in strips)
    if len(weeks) == 1:
        return words("In the week of %(week)s: %(told)s.", week=weeks[0], told=strips_text)
    return words(
        "In the %(number)s weeks to %(day)s: %(told)s.",
        number=len(weeks),
        day=last,
        told=strips_text,
    )


def _strip_description(strip: BarStrip, words: Translations) -> str:
    total = f"{strip.name}, {words.counted(strip.total, '%s story', '%s stories')}"
    if not strip.most_name:
        return total
    return words(
        "%(total)s (%(most)s in the busiest week)", total=total, most=words.number(strip.most)
    )


_FEWEST = 3  # numbers that make a chart: of two the table says as much
_NUMBER = re.compile(r"([$€£]?)(\d+(?:\.\d+)?)(%?)")  # as attributes keep a value
_PITCH, _NAME, _BAR = 40, 20, 10  # pixels: from bar to bar, for its name, its height


@frozen
class NumberBar:
    """The number of one product as a bar; `text` is the number as its source writes it."""

    name: str
    text: str
    name_y: int
    y: int
    width: float


@frozen
class NumbersChart:
    """Bars from the largest number to the smallest, on a scale that begins at zero."""

    title: str
    description: str
    height: int
    bar_height: int
    bars: tuple[NumberBar, ...]


@frozen
class _Number:
    name: str
    text: str
    unit: str
    value: float


def numbers_chart(
    comparison: Comparison | None, words: Translations = IN_ENGLISH
) -> NumbersChart | None:
    """The chart of the attribute for which most products have a number of one unit, the first of
    several; None where none has three.
    """
    rows = comparison.rows if comparison else ()
    names = comparison.products if comparison else ()
    found = [(row, _numbers(row, names)) for row in rows]
    row, numbers = max(found, key=lambda pair: len(pair[1]), default=(None, ()))
    if row is None or len(numbers) < _FEWEST:
        return None
    ordered = sorted(numbers, key=lambda number: (-number.value, number.name))
    return NumbersChart(
        title=attribute_name(row.attribute, row.qualifier, words),
        description="; ".join(f"{number.name}: {number.text}" for number in ordered),
        height=len(ordered) * _PITCH,
        bar_height=_BAR,
        bars=tuple(
            NumberBar(
                name=number.name,
                text=number.text,
                name_y=place * _PITCH,
                y=place * _PITCH + _NAME,
                width=round(100 * number.value / ordered[0].value, 2),
            )
            for place, number in enumerate(ordered)
        ),
    )


def _numbers(row: ComparisonRow, names: Sequence[str]) -> Sequence[_Number]:
    """The numbers of a row; none where their units differ."""
    facts = [
        (name, cell.facts[0])
        for name, cell in zip(names, row.cells, strict=True)
        if cell.state is CellState.STATED and len(cell.facts) == 1
    ]
    matches = ((name, fact.text, _NUMBER.fullmatch(fact.value)) for name, fact in facts)
    numbers = [
        _Number(name=name, text=text, unit=match[1] + match[3], value=float(match[2]))
        for name, text, match in matches
        if match
    ]
    is_alike = len({number.unit for number in numbers}) == 1
    return numbers if is_alike and any(number.value for number in numbers) else ()
