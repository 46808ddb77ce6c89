"""Which period a day, a moment and a story belong to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from aggregator.digest.edition.selection import began_in
from aggregator.domain.publishing.period import (
    PeriodKind,
    last_period,
    period_days,
    period_end,
    period_kind,
)
from tests.builders import story

pytestmark = pytest.mark.clock

VIENNA = ZoneInfo("Europe/Vienna")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_period_is_a_week_or_a_day() -> None:
    assert [(period_kind(text), period_days(text)) for text in ("2026-W27", "2026-07-04")] == [
        (PeriodKind.WEEK, (date(2026, 6, 29), date(2026, 7, 5))),
        (PeriodKind.DAY, (date(2026, 7, 4), date(2026, 7, 4))),
    ]


@pytest.mark.parametrize("text", ["20260704", "2026-7-4", "2026-02-30", "tomorrow", "2026-W60", ""])
def test_what_is_neither_week_nor_day_is_no_period(text: str) -> None:
    with pytest.raises(ValueError):
        period_days(text)


@pytest.mark.parametrize(
    ("now", "day", "week"),
    [
        pytest.param("2026-07-06T06:00", "2026-07-05", "2026-W27", id="a Monday"),
        pytest.param("2026-07-05T22:30", "2026-07-05", "2026-W27", id="Monday in the site's zone"),
        pytest.param("2026-07-05T21:30", "2026-07-04", "2026-W26", id="still Sunday"),
    ],
)
def test_the_last_period_is_the_newest_that_is_over_in_the_site_s_zone(
    now: str, day: str, week: str
) -> None:
    assert [last_period(kind, at(now), VIENNA) for kind in (PeriodKind.DAY, PeriodKind.WEEK)] == [
        day,
        week,
    ]


def test_a_day_of_summer_time_has_its_own_hours() -> None:
    ends = [period_end(day, VIENNA).astimezone(UTC) for day in ("2026-03-28", "2026-03-29")]

    assert ends == [at("2026-03-28T23:00"), at("2026-03-29T22:00")]


@pytest.mark.parametrize(
    ("published", "first_seen", "day"),
    [
        pytest.param("2026-07-04T23:30", "2026-07-05T00:30", "2026-07-05", id="after midnight"),
        pytest.param("2026-07-04T00:00", "2026-07-05T10:00", "2026-07-05", id="dated by its day"),
        pytest.param("2026-07-01T12:00", "2026-07-05T12:00", "2026-07-01", id="read days later"),
    ],
)
def test_a_story_belongs_to_the_day_it_was_read_unless_it_is_old_by_then(
    published: str, first_seen: str, day: str
) -> None:
    of = replace(story(), published=at(published), first_seen=at(first_seen))

    assert began_in(of, PeriodKind.DAY, ZoneInfo("UTC")) == day
