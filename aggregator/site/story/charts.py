"""Charts as records: where each mark of a drawing stands, and the same told in words and as a
table. No markup.

Across, everything is in per cent of the drawing's width, so a chart fills a phone and a desk while
its letters keep their size; down, in pixels. Three charts: who reported a story when, stories a
week by topic, and those of one listing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from aggregator.domain.dates import is_day_only, week_days, week_of
from aggregator.domain.wording import N_
from aggregator.site.story.origins import Origin, SourceRow, origins_counted
from aggregator.templating.translation import IN_ENGLISH, Translations

_EDGE = (
    2.0  # per cent left free at both ends, so that the first and the last dot are whole at 320 px
)
_DOT_STEP = 3.8  # per cent from dot to dot at least: 11 px at 320 px, as much as a dot is wide
_LANE, _LANE_RULE = (
    44,
    28,
)  # pixels: from lane to lane, down to its rule; its name stands at its top
_AXIS = 22  # pixels below the marks for the words of the axis
_MOST_LANES = 10  # further origins share the last lane; the table has them all
_MOST_TICKS = 15
_MOST_TOPICS = 12
_MOST_WEEKS = 26
_QUARTER = 13  # weeks
_FEWEST_STORIES = 5
_FEWEST_COLUMNS = 13  # so that the bar of a site's first week is a bar and no wall
_BAR_SHARE = 0.76
_STRIP_NAME, _STRIP_BARS, _STRIP_GAP = (
    20,
    30,
    14,
)  # pixels: for the name of a strip, its bars, and after them
_LEAST_BAR = 2  # pixels, so that one story can be seen beside a hundred


class ReportKind(StrEnum):
    """What an article is to the story, which is the shape of its mark."""

    REPORT = "report"
    VENDOR = "vendor"
    COPY = "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class _OriginReports:
    """An origin: its first report of its own, and all articles that go back to it, in the order of
    time.
    """

    first: SourceRow
    rows: tuple[SourceRow, ...]


_KIND_WORDS = {
    ReportKind.REPORT: N_("own report"),
    ReportKind.VENDOR: N_("vendor’s own announcement"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMark:
    """An article on the time line: where it stands, and what the table says of it."""

    x: float
    kind: ReportKind
    source: str
    at: datetime
    is_dated: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLane:
    """The articles that go back to one origin, in the order of time."""

    name: str
    name_y: int
    rule_y: int
    marks: tuple[ReportMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsChart:
    """Who reported a story when. `ticks` are the midnights between `start` and `end`; `kinds` the
    shapes that occur.
    """

    title: str
    description: str
    height: int
    lanes: tuple[ReportLane, ...]
    start: datetime
    end: datetime
    ticks: tuple[float, ...]
    kinds: tuple[ReportKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekBar:
    """One week of a strip."""

    name: str
    number: int
    x: float
    y: int
    width: float
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BarStrip:
    """A row of bars over the weeks; `most` is the number of its highest bar.

    `sum_name` and `most_name` stand beside its name, or `short_name`, which says both, where there
    is little room.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BarsChart:
    """Strips of bars over the same weeks and on the same scale; `weeks` are their names.

    The axis runs from the day `first` to the day `last`, or is told in one piece, `span`, where the
    bars fill only a part of the width, as far as `ground`.
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


def reports_chart(
    origins: Sequence[Origin], zone: ZoneInfo, words: Translations = IN_ENGLISH
) -> ReportsChart | None:
    """Who reported a story when, by origin; None where there are not two origins and two moments.
    `zone` sets the midnights.
    """
    if len(origins) < 2:
        return None
    reported = sorted(map(_origin_reports, origins), key=lambda origin: _moment(origin.first))
    rows = [row for origin in reported for row in origin.rows]
    start, end = min(map(_moment, rows)), max(map(_moment, rows))
    if start == end:
        return None
    drawn = _named_lanes(reported, words)
    return ReportsChart(
        title=words("Who reported it when"),
        description=_reports_description(reported, words),
        height=len(drawn) * _LANE + _AXIS,
        lanes=tuple(
            ReportLane(
                name=name,
                name_y=place * _LANE,
                rule_y=place * _LANE + _LANE_RULE,
                marks=_marks(articles, start, end, words),
            )
            for place, (name, articles) in enumerate(drawn)
        ),
        start=start,
        end=end,
        ticks=_midnights(start, end, zone),
        kinds=tuple(kind for kind in ReportKind if any(_kind(row) is kind for row in rows)),
    )


def coverage_chart(
    counts: Mapping[tuple[str, str], int], words: Translations = IN_ENGLISH
) -> BarsChart | None:
    """Stories a week by topic, from their numbers by ISO week and topic's name: the topics told of
    most, over the newest weeks.

    None where there are no stories.
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
    return _bars_chart(words("Stories a week by topic"), rows, weeks, words) if rows else None


def activity_chart(
    name: str, days: Iterable[date], words: Translations = IN_ENGLISH
) -> BarsChart | None:
    """Stories a week of one listing, from their days: the weeks up to the newest of a quarter.

    None where they are fewer than five, or all of one week: it would tell nothing that the list
    does not.
    """
    counts = Counter(map(week_of, days))
    known = _weeks(counts)[-_QUARTER:]
    weeks = known[next((place for place, week in enumerate(known) if counts[week]), 0) :]
    numbers = [counts[week] for week in weeks]
    if len(weeks) < 2 or sum(numbers) < _FEWEST_STORIES:
        return None
    return _bars_chart(words("Stories a week"), [(name, numbers)], weeks, words)


def _moment(row: SourceRow) -> datetime:
    return row.published or row.first_seen


def _kind(row: SourceRow) -> ReportKind:
    if row.copy_of:
        return ReportKind.COPY
    return ReportKind.VENDOR if row.primary else ReportKind.REPORT


def _origin_reports(origin: Origin) -> _OriginReports:
    own = [row for row in origin.rows if not row.copy_of] or list(origin.rows)
    return _OriginReports(first=min(own, key=_moment), rows=tuple(sorted(origin.rows, key=_moment)))


def _named_lanes(
    reported: Sequence[_OriginReports], words: Translations
) -> list[tuple[str, Sequence[SourceRow]]]:
    """A lane for each origin, named after whose report is its first; where there are too many, the
    last is for the rest.
    """
    alone = reported if len(reported) <= _MOST_LANES else reported[: _MOST_LANES - 1]
    named: list[tuple[str, Sequence[SourceRow]]] = [
        (origin.first.name, origin.rows) for origin in alone
    ]
    if rest := reported[len(alone) :]:
        named.append(
            (
                words("%(number)s others", number=len(rest)),
                sorted((row for origin in rest for row in origin.rows), key=_moment),
            )
        )
    return named


def _marks(
    rows: Sequence[SourceRow], start: datetime, end: datetime, words: Translations
) -> tuple[ReportMark, ...]:
    places = _apart([_share(_moment(row), start, end) for row in rows])
    return tuple(
        ReportMark(
            x=place,
            kind=_kind(row),
            source=row.name,
            at=_moment(row),
            is_dated=row.published is not None,
            note=_mark_note(row, words),
        )
        for row, place in zip(rows, places, strict=True)
    )


def _mark_note(row: SourceRow, words: Translations) -> str:
    kind = _KIND_WORDS.get(_kind(row))
    return words(kind) if kind else words("copy of %(name)s", name=row.copy_of)


def _share(moment: datetime, start: datetime, end: datetime) -> float:
    """Where a moment stands, in per cent of the width."""
    return _EDGE + (moment - start) / (end - start) * (100 - 2 * _EDGE)


def _apart(places: Sequence[float]) -> list[float]:
    """Rising places moved so far that none covers another: to the right, and back from the edge;
    the table has the times.
    """
    step = min(_DOT_STEP, (100 - 2 * _EDGE) / max(len(places) - 1, 1))
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + step) if moved else place)
    limit = 100 - _EDGE
    for index in range(len(moved) - 1, -1, -1):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - step
    return [round(max(place, 0.0), 2) for place in moved]


def _midnights(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[float, ...]:
    """The midnights between two moments, none where there would be too many to tell apart."""
    first = start.astimezone(zone).date()
    days = (end.astimezone(zone).date() - first).days
    if days > _MOST_TICKS:
        return ()
    moments = (
        datetime.combine(first + timedelta(days=day + 1), time(), zone).astimezone(UTC)
        for day in range(days)
    )
    return tuple(round(_share(moment, start, end), 2) for moment in moments if start < moment < end)


def _reports_description(reported: Sequence[_OriginReports], words: Translations) -> str:
    first, others = reported[0].first, reported[1:]
    alone = others[: _MOST_LANES - 1]
    after = [
        f"{origin.first.name} {_later(_moment(first), _moment(origin.first), words)}"
        for origin in alone
    ]
    if len(others) > len(alone):
        after.append(words("%(number)s others after that", number=len(others) - len(alone)))
    copies = sum(_kind(row) is ReportKind.COPY for origin in reported for row in origin.rows)
    sentence = words(
        "%(origins)s: %(name)s first, %(others)s.",
        origins=origins_counted(len(reported), words),
        name=first.name,
        others=", ".join(after),
    )
    return (
        f"{sentence} {words.counted(copies, '%s article is a copy.', '%s articles are copies.')}"
        if copies
        else sentence
    )


def _later(first: datetime, then: datetime, words: Translations) -> str:
    """`5 hours later`; `on the same day` where only days are known."""
    if is_day_only(first) or is_day_only(then):
        days = (then.astimezone(UTC).date() - first.astimezone(UTC).date()).days
        return (
            words.counted(days, "%s day later", "%s days later")
            if days
            else words("on the same day")
        )
    minutes = round((then - first) / timedelta(minutes=1))
    if minutes < 1:
        return words("at the same time")
    if minutes < 90:
        return words.counted(minutes, "%s minute later", "%s minutes later")
    hours = round(minutes / 60)
    if hours < 48:
        return words.counted(hours, "%s hour later", "%s hours later")
    return words.counted(round(hours / 24), "%s day later", "%s days later")


def _weeks(known: Iterable[str]) -> tuple[str, ...]:
    """Every ISO week from the first known one to the last, the newest only; a week without stories
    stands among them.
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
        description=_bars_description(strips, names, words),
        height=len(rows) * pitch - _STRIP_GAP + _AXIS,
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
    heights = [
        max(round(_STRIP_BARS * number / most), _LEAST_BAR) if number else 0 for number in numbers
    ]
    return BarStrip(
        name=name,
        total=sum(numbers),
        sum_name=words.counted(sum(numbers), "%s story", "%s stories"),
        most=max(numbers),
        most_name=words("at most %(most)s a week", most=highest) if len(numbers) > 1 else "",
        short_name=words("%(total)s, at most %(most)s", total=total, most=highest)
        if len(numbers) > 1
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


def _bars_description(strips: Sequence[BarStrip], weeks: Sequence[str], words: Translations) -> str:
    strips_text = "; ".join(_strip_description(strip, words) for strip in strips)
    if len(weeks) == 1:
        return words("In the week of %(week)s: %(told)s.", week=weeks[0], told=strips_text)
    return words(
        "In %(number)s weeks, the last that of %(week)s: %(told)s.",
        number=len(weeks),
        week=weeks[-1],
        told=strips_text,
    )


def _strip_description(strip: BarStrip, words: Translations) -> str:
    total = f"{strip.name} {words.counted(strip.total, '%s story', '%s stories')}"
    if len(strip.bars) == 1:
        return total
    week = next(bar.name for bar in strip.bars if bar.number == strip.most)
    return words(
        "%(total)s, most in the week of %(week)s (%(most)s)",
        total=total,
        week=week,
        most=words.number(strip.most),
    )
