"""When a scheduler that was away has a run to catch up, and that a failing run does not end it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from apscheduler.triggers.cron import CronTrigger
from structlog.testing import capture_logs

from aggregator.domain.operation.report import RunKind
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.settings import (
    DatabaseSettings,
    EditionSettings,
    ScheduleSettings,
    Settings,
    SiteSettings,
)
from aggregator.errors import AggregatorError, DatabaseError, RunningError
from aggregator.ops.due import edition_trigger, is_missed
from aggregator.schedule import ScheduledWork, guarded, run_scheduler

pytestmark = pytest.mark.clock


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
        pytest.param("2026-07-06T06:07:02", "2026-07-06T06:30", False, id="none"),
        pytest.param(
            "2026-07-06T06:07:02", "2026-07-06T07:06:59", False, id="none until the second before"
        ),
        pytest.param("2026-07-06T06:07:02", "2026-07-06T07:07", True, id="one, due now"),
        pytest.param("2026-07-06T06:07:02", "2026-07-06T07:30", True, id="one"),
        pytest.param("2026-07-06T06:07:02", "2026-07-09T07:30", True, id="several"),
        pytest.param(
            "2026-07-06T06:07:00",
            "2026-07-06T06:30",
            False,
            id="a run that began on the very second",
        ),
        pytest.param("2026-07-06T06:40", "2026-07-06T07:00", False, id="a run by hand counts"),
        pytest.param(
            "2026-07-07T06:07",
            "2026-07-06T06:30",
            False,
            id="a run of the future, by a clock that was wrong",
        ),
    ],
)
def test_a_run_is_missed_if_one_was_due_since_the_last(
    last_start: str, now: str, missed: bool
) -> None:
    assert is_missed(HOURLY, at(last_start), at(now)) is missed


def test_several_missed_runs_are_caught_up_by_one() -> None:
    now = at("2026-07-09T07:30")
    before = is_missed(HOURLY, now - timedelta(days=3), now)

    assert (before, is_missed(HOURLY, now, now + timedelta(seconds=5))) == (True, False)


@pytest.mark.parametrize(
    ("last_start", "now", "missed"),
    [
        pytest.param(
            "2026-03-28T06:30:01",
            "2026-03-29T05:29",
            False,
            id="spring: not yet 07:30 of the shorter day",
        ),
        pytest.param(
            "2026-03-28T06:30:01", "2026-03-29T05:30", True, id="spring: 07:30 is an hour earlier"
        ),
        pytest.param(
            "2026-10-24T05:30:01",
            "2026-10-25T06:29",
            False,
            id="autumn: not yet 07:30 of the longer day",
        ),
        pytest.param(
            "2026-10-24T05:30:01", "2026-10-25T06:30", True, id="autumn: 07:30 is an hour later"
        ),
    ],
)
def test_the_hour_is_that_of_the_sites_zone_on_both_sides_of_a_change_of_clocks(
    last_start: str, now: str, missed: bool
) -> None:
    assert is_missed(trigger("30 7 * * *", "Europe/Berlin"), at(last_start), at(now)) is missed


def test_an_hour_that_the_change_of_clocks_skips_is_run_after_it() -> None:
    nightly, last = trigger("30 2 * * *", "Europe/Berlin"), at("2026-03-28T01:30:01")

    assert [
        is_missed(nightly, last, at(now)) for now in ("2026-03-29T01:29", "2026-03-29T01:30")
    ] == [False, True]


@pytest.mark.parametrize(
    ("cron", "fires"),
    [
        pytest.param("30 2 * * *", ["00:30"], id="a nightly hour"),
        pytest.param("30 2,3 * * *", ["00:30", "02:30"], id="two hours of the night"),
        pytest.param("30 * * * *", ["00:30", "01:30", "02:30"], id="every hour"),
    ],
)
def test_the_hour_that_autumn_brings_twice_comes_once_but_for_work_of_every_hour(
    cron: str, fires: list[str]
) -> None:
    some, found = trigger(cron, "Europe/Berlin"), []
    for minute in range(180):  # from 02:00 of summer time
        now = at("2026-10-25T00:00") + timedelta(minutes=minute)
        if is_missed(some, now - timedelta(minutes=1), now):
            found.append(f"{now:%H:%M}")

    assert found == fires


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(DatabaseError("disk is full"), ("refresh failed", "error"), id="a failure"),
        pytest.param(
            RunningError("another run is under way"),
            ("refresh waits", "info"),
            id="another run is under way",
        ),
    ],
)
def test_a_refresh_that_fails_is_told_and_does_not_end_the_scheduler(
    error: AggregatorError, told: tuple[str, str]
) -> None:
    def refresh() -> None:
        raise error

    structlog.reset_defaults()
    with capture_logs() as logged:
        guarded(refresh, name="refresh")

    assert logged == [{"event": told[0], "reason": str(error), "log_level": told[1]}]


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    def refresh() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        guarded(refresh, name="refresh")


@pytest.mark.parametrize(
    ("settings", "fires"),
    [
        pytest.param(Settings(), "2026-07-06T06:00:00+00:00", id="Monday at six"),
        pytest.param(
            Settings(edition=EditionSettings(weekday="fri", hour=16)),
            "2026-07-10T16:00:00+00:00",
            id="day and hour",
        ),
        pytest.param(
            Settings(site=SiteSettings(timezone="Asia/Tokyo")),
            "2026-07-06T06:00:00+09:00",
            id="in the site's zone",
        ),
        pytest.param(
            Settings(schedule=ScheduleSettings(edition="30 5 * * tue")),
            "2026-07-07T05:30:00+00:00",
            id="cron",
        ),
    ],
)
def test_the_edition_is_built_at_the_day_and_hour_of_the_settings(
    settings: Settings, fires: str
) -> None:
    found = edition_trigger(settings, PeriodKind.WEEK).get_next_fire_time(
        None, at("2026-07-05T12:00")
    )

    assert found is not None
    assert found.isoformat() == fires


def test_a_bug_is_logged_and_leaves_the_scheduler_running_until_it_is_stopped(
    tmp_path: Path,
) -> None:
    settings = Settings(database=DatabaseSettings(url=f"sqlite:///{tmp_path}/news.db"))

    def refresh(stopping: Callable[[], bool]) -> None:
        raise ZeroDivisionError("a bug")

    class Logged(list[str]):
        """Lines of the log; the one of the bug asks the scheduler to stop."""

        def __call__(self, logger: Any, method: str, line: MutableMapping[str, Any]) -> str:
            self.append(f"{line['event']} {line.get('exc_info', '')}".strip())
            if method == "error" and self.count(self[-1]) == 1:  # it comes again each minute
                os.kill(os.getpid(), signal.SIGTERM)
            raise structlog.DropEvent

    logged, before = Logged(), signal.getsignal(signal.SIGTERM)
    structlog.configure(processors=[logged])
    run_scheduler(settings, ScheduledWork(do={RunKind.REFRESH: refresh}, notify=lambda: None))

    assert signal.getsignal(signal.SIGTERM) == before
    started, broken, stopping = dict.fromkeys(logged)
    assert (started, broken) == ("scheduler started", "work broke a bug")
    assert "stops" in stopping
