"""The chart of who reported a story when, as a record: the place of each mark, and its description
in words. No markup.

Across, everything is in per cent of the drawing's width, so a chart fills a phone and a desk while
its letters keep their size; down, in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from aggregator.domain.dates import is_day_only
from aggregator.domain.frozen import frozen
from aggregator.site.story.origins import Origin, SourceRow
from aggregator.templating.translation import IN_ENGLISH, Translations

_EDGE = (
    2.0  # per cent left free at both ends, so that the first and the last dot are whole at 320 px
)
_DOT_STEP = 3.8  # per cent from dot to dot at least: 11 px at 320 px, as much as a dot is wide
_LANE, _LANE_RULE = (
    44,
    28,
)  # pixels: from lane to lane, down to its rule; its name stands at its top
AXIS_HEIGHT = 22  # pixels below the marks for the words of the axis
_MOST_LANES = 10  # further origins share the last lane; the list of sources has them all
_MOST_TICKS = 15


class ReportKind(StrEnum):
    """The relation of an article to the story, which is the shape of its mark."""

    REPORT = "report"
    VENDOR = "vendor"
    COPY = "copy"


@frozen
class _OriginReports:
    """An origin: its first own report, and all its articles, in the order of time."""

    first: SourceRow
    rows: tuple[SourceRow, ...]


@frozen
class ReportMark:
    """An article on the time line."""

    x: float
    kind: ReportKind


@frozen
class ReportLane:
    """The articles of one origin, in the order of time."""

    name: str
    name_y: int
    rule_y: int
    marks: tuple[ReportMark, ...]


@frozen
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
        height=len(drawn) * _LANE + AXIS_HEIGHT,
        lanes=tuple(
            ReportLane(
                name=name,
                name_y=place * _LANE,
                rule_y=place * _LANE + _LANE_RULE,
                marks=_marks(articles, start, end),
            )
            for place, (name, articles) in enumerate(drawn)
        ),
        start=start,
        end=end,
        ticks=_midnights(start, end, zone),
        kinds=tuple(kind for kind in ReportKind if any(_kind(row) is kind for row in rows)),
    )


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
    """A lane for each origin, named after its first report; if there are too many, the last has the
    rest.
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


def _marks(rows: Sequence[SourceRow], start: datetime, end: datetime) -> tuple[ReportMark, ...]:
    places = _apart([_share(_moment(row), start, end) for row in rows])
    return tuple(
        ReportMark(x=place, kind=_kind(row)) for row, place in zip(rows, places, strict=True)
    )


def _share(moment: datetime, start: datetime, end: datetime) -> float:
    """The place of a moment, in per cent of the width."""
    return _EDGE + (moment - start) / (end - start) * (100 - 2 * _EDGE)


def _apart(places: Sequence[float]) -> list[float]:
    """Rising places moved apart so that none covers another: to the right, and back from the edge;
    the list of sources has the times.
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
    """The midnights between two moments, none if there are too many to tell apart."""
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
        "%(name)s first, %(others)s.",
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
