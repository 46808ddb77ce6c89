"""`aggregator run`: refreshes on schedule, one instance at a time, a missed run caught up once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from aggregator.adapters.clock import SystemClock
from aggregator.bootstrap import open_database, run_lock
from aggregator.domain.settings import Settings
from aggregator.errors import AggregatorError
from aggregator.store.runs import latest_run

_GRACE_S = 86_400  # APScheduler drops a run one second late by default, with a log line only


def run_scheduler(settings: Settings, refresh: Callable[[], None]) -> None:
    """Blocks until SIGINT or SIGTERM; the run under way ends first. Raises RunningError where another scheduler runs."""
    log = structlog.get_logger()
    zone = ZoneInfo(settings.site.timezone)
    trigger = CronTrigger.from_crontab(settings.schedule.refresh, timezone=zone)
    with run_lock(settings.database, name="scheduler"):
        scheduler = BlockingScheduler(timezone=zone)
        now = SystemClock().now()
        scheduler.add_job(
            lambda: guarded(refresh),
            trigger,
            id="refresh",
            misfire_grace_time=_GRACE_S,
            coalesce=True,
            max_instances=1,
            next_run_time=now if is_missed(trigger, _last_start(settings), now) else trigger.get_next_fire_time(None, now),
        )
        log.info("scheduler runs", refresh=settings.schedule.refresh, timezone=settings.site.timezone)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # what service managers send
        try:
            scheduler.start()
        except KeyboardInterrupt:
            log.info("scheduler stops once the run under way has ended")
            scheduler.shutdown(wait=True)


def is_missed(trigger: CronTrigger, last_start: datetime | None, now: datetime) -> bool:
    """Whether a run was due between the last one and now. The first run ever is due at once."""
    if last_start is None:
        return True
    due = trigger.get_next_fire_time(last_start, last_start)
    return due is not None and due <= now


def guarded(refresh: Callable[[], None]) -> None:
    """A refresh that fails, or finds another under way, is told and tried again at its next time."""
    try:
        refresh()
    except AggregatorError as error:
        structlog.get_logger().error("refresh failed", reason=str(error))


def _last_start(settings: Settings) -> datetime | None:
    database = open_database(settings.database)
    try:
        if database.known_revision() is None:
            return None
        with database.reading() as connection:
            run = latest_run(connection)
            return run[1] if run else None
    finally:
        database.close()
