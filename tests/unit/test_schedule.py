"""When a scheduler that was away has a run to catch up, and that a failing run does not end it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import structlog
from apscheduler.triggers.cron import CronTrigger
from structlog.testing import capture_logs

from aggregator.domain.settings import EditionSettings, ScheduleSettings, Settings, SiteSettings
from aggregator.errors import AggregatorError, DatabaseError, RunningError
from aggregator.schedule import edition_trigger, guarded, is_missed


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def trigger(cron: str, zone: str = "UTC") -> CronTrigger:
    """The trigger of a cron expression, as the scheduler builds it."""
    return CronTrigger.from_crontab(cron, timezone=ZoneInfo(zone))


HOURLY = trigger("7 * * * *")


@pytest.mark.parametrize(
    ("last_start", "now", "missed"),
    [
        pytest.param(None, "2026-07-06T06:30", True, id="the first run ever"),
        pytest.param("2026-07-06T06:07:02", "2026-07-06T06:30", False, id="none"),
        pytest.param("2026-07-06T06:07:02", "2026-07-06T07:06:59", False, id="none until the second before"),
        pytest.param("2026-07-06T06:07:02", "2026-07-06T07:07", True, id="one, due now"),
        pytest.param("2026-07-06T06:07:02", "2026-07-06T07:30", True, id="one"),
        pytest.param("2026-07-06T06:07:02", "2026-07-09T07:30", True, id="several"),
        pytest.param("2026-07-06T06:07:00", "2026-07-06T06:30", False, id="a run that began on the very second"),
        pytest.param("2026-07-06T06:40", "2026-07-06T07:00", False, id="a run by hand counts"),
        pytest.param("2026-07-07T06:07", "2026-07-06T06:30", False, id="a run of the future, by a clock that was wrong"),
    ],
)
def test_a_run_is_missed_if_one_was_due_since_the_last(last_start: str | None, now: str, missed: bool) -> None:
    assert is_missed(HOURLY, at(last_start) if last_start else None, at(now)) is missed


def test_several_missed_runs_are_caught_up_by_one() -> None:
    now = at("2026-07-09T07:30")
    before = is_missed(HOURLY, now - timedelta(days=3), now)

    assert (before, is_missed(HOURLY, now, now + timedelta(seconds=5))) == (True, False)


@pytest.mark.parametrize(
    ("last_start", "now", "missed"),
    [
        pytest.param("2026-03-28T06:30:01", "2026-03-29T05:29", False, id="spring: not yet 07:30 of the shorter day"),
        pytest.param("2026-03-28T06:30:01", "2026-03-29T05:30", True, id="spring: 07:30 is an hour earlier"),
        pytest.param("2026-10-24T05:30:01", "2026-10-25T06:29", False, id="autumn: not yet 07:30 of the longer day"),
        pytest.param("2026-10-24T05:30:01", "2026-10-25T06:30", True, id="autumn: 07:30 is an hour later"),
    ],
)
def test_the_hour_is_that_of_the_sites_zone_on_both_sides_of_a_change_of_clocks(last_start: str, now: str, missed: bool) -> None:
    assert is_missed(trigger("30 7 * * *", "Europe/Berlin"), at(last_start), at(now)) is missed


def test_an_hour_that_the_change_of_clocks_skips_is_run_after_it() -> None:
    nightly, last = trigger("30 2 * * *", "Europe/Berlin"), at("2026-03-28T01:30:01")

    assert [is_missed(nightly, last, at(now)) for now in ("2026-03-29T01:29", "2026-03-29T01:30")] == [False, True]


@pytest.mark.parametrize("error", [DatabaseError("disk is full"), RunningError("another run is under way")])
def test_a_refresh_that_fails_is_told_and_does_not_end_the_scheduler(error: AggregatorError) -> None:
    def refresh() -> None:
        raise error

    structlog.reset_defaults()
    with capture_logs() as logged:
        guarded(refresh)

    assert logged == [{"event": "refresh failed", "reason": str(error), "log_level": "error"}]


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    def refresh() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        guarded(refresh)


@pytest.mark.parametrize(
    ("settings", "fires"),
    [
        pytest.param(Settings(), "2026-07-06T06:00:00+00:00", id="Monday at six"),
        pytest.param(Settings(edition=EditionSettings(weekday="fri", hour=16)), "2026-07-10T16:00:00+00:00", id="day and hour"),
        pytest.param(Settings(site=SiteSettings(timezone="Asia/Tokyo")), "2026-07-06T06:00:00+09:00", id="in the site's zone"),
        pytest.param(Settings(schedule=ScheduleSettings(edition="30 5 * * tue")), "2026-07-07T05:30:00+00:00", id="cron"),
    ],
)
def test_the_edition_is_built_at_the_day_and_hour_of_the_settings(settings: Settings, fires: str) -> None:
    found = edition_trigger(settings).get_next_fire_time(None, at("2026-07-05T12:00"))

    assert found is not None
    assert found.isoformat() == fires


@pytest.mark.parametrize(("error", "is_done"), [(RunningError("another run"), False), (DatabaseError("disk is full"), True)])
def test_work_that_found_another_run_under_way_is_to_be_tried_again_soon(error: AggregatorError, is_done: bool) -> None:
    def edition() -> None:
        raise error

    structlog.reset_defaults()
    with capture_logs() as logged:
        done = guarded(edition, name="edition")

    assert done is is_done
    assert logged == [{"event": "edition failed", "reason": str(error), "log_level": "error"}]
