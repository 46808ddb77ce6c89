"""Dates: precision, ISO weeks, days in a zone, plausibility, and a date that a text states."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from aggregator.domain.frozen import frozen
from aggregator.english.vocabulary import MONTHS


class Precision(StrEnum):
    """How far a date reaches."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@frozen
class DateMention:
    """A date that a text states in `text[start:end]`; `day` is the first of its month or year where
    that is all it says.
    """

    day: date
    precision: Precision
    start: int
    end: int

    def states(self, day: date, precision: Precision) -> bool:
        """Whether this mention says as much: the same date, at this precision or a finer one."""
        return _RANK[self.precision] <= _RANK[precision] and floor_day(
            self.day, precision
        ) == floor_day(day, precision)


_RANK = {Precision.DAY: 0, Precision.MONTH: 1, Precision.YEAR: 2}
_ISO_WEEK = re.compile(r"(\d{4})-W(\d\d)", re.ASCII)
_WRITING_TIME = timedelta(hours=1)
# no feed is older; 1970 and 1900 are defaults of software
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def floor_day(day: date, precision: Precision) -> date:
    """The first day of the month or year that `precision` leaves of a day."""
    match precision:
        case Precision.DAY:
            return day
        case Precision.MONTH:
            return day.replace(day=1)
        case Precision.YEAR:
            return day.replace(month=1, day=1)


def day_text(day: date, precision: Precision) -> str:
    """The date as our pages write it: "4 July 2026", "July 2026" or "2026"."""
    match precision:
        case Precision.DAY:
            return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        case Precision.MONTH:
            return f"{MONTHS[day.month - 1]} {day.year}"
        case Precision.YEAR:
            return str(day.year)


def machine_date(day: date, precision: Precision) -> str:
    """A date as HTML's `datetime` attribute takes it: `2026-07-04`, `2026-07` or `2026`."""
    return day.isoformat()[: {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[precision]]


def iso_week(moment: datetime, zone: ZoneInfo) -> str:
    """The ISO 8601 week of a moment in a zone, with the ISO year: 2027-01-01 is in "2026-W53"."""
    return week_of(moment.astimezone(zone).date())


def week_of(day: date) -> str:
    """The ISO 8601 week of a day."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def week_days(week: str) -> tuple[date, date]:
    """Monday and Sunday of an ISO week such as "2026-W28". Raises ValueError for what is no
    week.
    """
    parts = _ISO_WEEK.fullmatch(week)
    if parts is None:
        raise ValueError(f"not an ISO week: {week!r}")
    monday = date.fromisocalendar(int(parts[1]), int(parts[2]), 1)
    return monday, monday + timedelta(days=6)


def is_day_only(moment: datetime) -> bool:
    """Whether a moment is midnight UTC: what is made of a date that a feed or page gave without a
    time.
    """
    return moment.astimezone(UTC).timetz() == time(tzinfo=UTC)


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The day of a moment in a zone. A day given without a time is that day everywhere, west of
    Greenwich too.
    """
    return moment.astimezone(UTC if is_day_only(moment) else zone).date()


def report_day(moment: datetime) -> date:
    """The day that a report tells of where it names none, and that its "today" is: the one on which
    it was written.

    What appears within the first hour of a day UTC was written the day before, here and in all of
    America.
    """
    utc = moment.astimezone(UTC)
    return utc.date() if is_day_only(utc) else (utc - _WRITING_TIME).date()


def plausible(moment: datetime, now: datetime) -> bool:
    """Whether an article can be of this time: not before 1990, not more than a day ahead of now
    (clocks, zones).
    """
    return _EARLIEST <= moment <= now + timedelta(days=1)


def aware_utc(moment: datetime) -> datetime:
    """The moment in UTC; a naive one is taken to be in UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
