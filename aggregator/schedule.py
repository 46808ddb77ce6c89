"""`aggregator run`: refreshes and builds the edition on schedule, one at a time, a missed run caught up once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from aggregator.adapters.clock import SystemClock
from aggregator.bootstrap import open_database, run_lock
from aggregator.domain.settings import Settings
from aggregator.errors import AggregatorError, RunningError
from aggregator.store.editions import stored_editions
from aggregator.store.runs import latest_run
from aggregator.store.schema import REVISION

_GRACE_S = 86_400  # APScheduler drops a run one second late by default, with a log line only
_AGAIN = timedelta(minutes=5)  # when an edition is tried again that found a refresh by hand under way


def run_scheduler(settings: Settings, refresh: Callable[[], None], edition: Callable[[], None]) -> None:
    """Blocks until SIGINT or SIGTERM; the run under way ends first. Raises RunningError where another scheduler runs."""
    log = structlog.get_logger()
    zone = ZoneInfo(settings.site.timezone)
    refreshes, editions = CronTrigger.from_crontab(settings.schedule.refresh, timezone=zone), edition_trigger(settings)
    with run_lock(settings.database, name="scheduler"):
        one_at_a_time = {"default": {"type": "threadpool", "max_workers": 1}}  # what comes due meanwhile waits
        scheduler = BlockingScheduler(timezone=zone, executors=one_at_a_time)
        started, published = _last_starts(settings)
        now = SystemClock().now()

        def add(name: str, trigger: CronTrigger, work: Callable[[], object], *, at_once: bool) -> None:
            scheduler.add_job(
                work,
                trigger,
                id=name,
                misfire_grace_time=_GRACE_S,
                coalesce=True,
                max_instances=1,
                next_run_time=now if at_once else trigger.get_next_fire_time(None, now),
            )

        def build() -> None:
            if not guarded(edition, name="edition"):
                scheduler.modify_job("edition", next_run_time=SystemClock().now() + _AGAIN)

        add("refresh", refreshes, lambda: guarded(refresh), at_once=is_missed(refreshes, started, now))
        # The first edition ever waits for its day: until then there may be a handful of stories.
        add("edition", editions, build, at_once=published is not None and is_missed(editions, published, now))
        log.info("scheduler runs", refresh=settings.schedule.refresh, edition=str(editions), timezone=settings.site.timezone)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # what service managers send
        try:
            scheduler.start()
        except KeyboardInterrupt:
            log.info("scheduler stops once the run under way has ended")
            scheduler.shutdown(wait=True)


def edition_trigger(settings: Settings) -> CronTrigger:
    """When the edition is built: `schedule.edition`, else the day and hour of `[edition]`, in the site's zone."""
    zone = ZoneInfo(settings.site.timezone)
    if settings.schedule.edition:
        return CronTrigger.from_crontab(settings.schedule.edition, timezone=zone)
    return CronTrigger(day_of_week=settings.edition.weekday, hour=settings.edition.hour, timezone=zone)


def is_missed(trigger: CronTrigger, last_start: datetime | None, now: datetime) -> bool:
    """Whether a run was due between the last one and now. The first run ever is due at once."""
    if last_start is None:
        return True
    due = trigger.get_next_fire_time(last_start, last_start)
    return due is not None and due <= now


def guarded(work: Callable[[], None], *, name: str = "refresh") -> bool:
    """Does the work; a failure is told. False where another run was under way, so that it can be tried again soon."""
    try:
        work()
    except RunningError as error:
        structlog.get_logger().error(f"{name} failed", reason=str(error))
        return False
    except AggregatorError as error:
        structlog.get_logger().error(f"{name} failed", reason=str(error))
    return True


def _last_starts(settings: Settings) -> tuple[datetime | None, datetime | None]:
    """When the last refresh began, and when an edition was published last."""
    database = open_database(settings.database)
    try:
        known = database.known_revision()
        if known is None:
            return None, None
        with database.reading() as connection:
            run = latest_run(connection)
            kept = stored_editions(connection) if known == REVISION else ()
        return (run[1] if run else None), (kept[-1].edition.published if kept else None)
    finally:
        database.close()
