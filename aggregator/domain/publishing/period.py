"""The periods that editions are about: an ISO week such as "2026-W29", or a day such as
"2026-07-15". Periods of one kind sort by time.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from aggregator.domain.dates import week_days, week_of


class PeriodKind(StrEnum):
    """How often there is an edition."""

    WEEK = "week"
    DAY = "day"


def period_kind(period: str) -> PeriodKind:
    """Whether a period is a week or a day."""
    return PeriodKind.WEEK if "W" in period else PeriodKind.DAY


def period_days(period: str) -> tuple[date, date]:
    """The first and last day of a period. Raises ValueError for what is neither week nor day."""
    if period_kind(period) is PeriodKind.WEEK:
        return week_days(period)
    day = date.fromisoformat(period)
    if day.isoformat() != period:  # "20260715" is a date too
        raise ValueError(f"not a day: {period!r}")
    return day, day


def period_of(kind: PeriodKind, day: date) -> str:
    """The period of a kind in which a day lies."""
    return week_of(day) if kind is PeriodKind.WEEK else day.isoformat()


def period_start(period: str, zone: ZoneInfo) -> datetime:
    """The moment at which a period begins in a zone."""
    return datetime.combine(period_days(period)[0], time(), tzinfo=zone)


def period_end(period: str, zone: ZoneInfo) -> datetime:
    """The moment at which a period is over in a zone."""
    return datetime.combine(period_days(period)[1] + timedelta(days=1), time(), tzinfo=zone)


def last_period(kind: PeriodKind, now: datetime, zone: ZoneInfo) -> str:
    """The newest period of a kind that is over."""
    first, _ = period_days(period_of(kind, now.astimezone(zone).date()))
    return period_of(kind, first - timedelta(days=1))
