"""`aggregator run`: refreshes, builds the edition, mails it, copies the database and forgets, on schedule.

A missed run is caught up once. Work runs one piece at a time; sending may take hours, so it goes on beside.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from aggregator.adapters.clock import SystemClock
from aggregator.bootstrap import open_database, run_lock
from aggregator.domain.report import RunKind
from aggregator.domain.settings import Settings
from aggregator.domain.subscriber import DeliveryState
from aggregator.errors import AggregatorError, RunningError
from aggregator.stages.release import week_end
from aggregator.stages.sending import SendingReport
from aggregator.store import deliveries
from aggregator.store.editions import newest_week, stored_edition, stored_editions
from aggregator.store.runs import recent_runs
from aggregator.store.schema import REVISION

_GRACE_S = 86_400  # APScheduler drops a run one second late by default, with a log line only
_AGAIN = timedelta(minutes=5)  # when an edition is tried again that found a refresh by hand under way
_LOOK_AGAIN = timedelta(minutes=30)  # at an edition that could not be sent: not approved, or no mail server

Send = Callable[[str, Callable[[], bool]], SendingReport]


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """What is done on schedule. `send` mails the edition of a week until its second argument says that it should stop."""

    refresh: Callable[[], None]
    edition: Callable[[], None]
    send: Send
    backup: Callable[[], None]
    retention: Callable[[], None]


def run_scheduler(settings: Settings, works: Works) -> None:
    """Blocks until SIGINT or SIGTERM; the run under way ends first, and the message. Raises RunningError where another runs."""
    log = structlog.get_logger()
    zone = ZoneInfo(settings.site.timezone)
    refreshes, editions = refresh_trigger(settings), edition_trigger(settings)
    with run_lock(settings.database, name="scheduler"):
        one = {"type": "threadpool", "max_workers": 1}  # one at a time: what comes due meanwhile waits
        scheduler = BlockingScheduler(timezone=zone, executors={"default": one, "mail": dict(one)})
        stopping = threading.Event()
        starts, published = last_starts(settings)
        now = SystemClock().now()

        def add(name: str, trigger: CronTrigger, work: Callable[[], object], *, at_once: bool, executor: str = "default") -> None:
            scheduler.add_job(
                work,
                trigger,
                id=name,
                executor=executor,
                misfire_grace_time=_GRACE_S,
                coalesce=True,
                max_instances=1,
                next_run_time=now if at_once else trigger.get_next_fire_time(None, now),
            )

        def build() -> None:
            if not guarded(works.edition, name="edition"):
                scheduler.modify_job("edition", next_run_time=SystemClock().now() + _AGAIN)
            elif settings.schedule.digest:
                scheduler.modify_job("digest", next_run_time=SystemClock().now())  # where its hour has passed

        def mail() -> None:
            if again := mailed(settings, works.send, stopping.is_set, SystemClock().now()):
                scheduler.modify_job("digest", next_run_time=again)

        add("refresh", refreshes, lambda: guarded(works.refresh), at_once=is_missed(refreshes, starts.get(RunKind.REFRESH), now))
        # The first edition ever waits for its day: until then there may be a handful of stories.
        add("edition", editions, build, at_once=published is not None and is_missed(editions, published, now))
        if settings.schedule.digest:
            add("digest", digest_trigger(settings), mail, at_once=True, executor="mail")
        nightly = (
            (RunKind.BACKUP, settings.schedule.backup, works.backup),
            (RunKind.RETENTION, settings.schedule.retention, works.retention),
        )
        for kind, cron, work in nightly:
            if cron:
                trigger, last = CronTrigger.from_crontab(cron, timezone=zone), starts.get(kind)
                told = partial(guarded, work, name=kind.value)
                add(kind.value, trigger, told, at_once=last is not None and is_missed(trigger, last, now))
        log.info(
            "scheduler runs",
            refresh=settings.schedule.refresh,
            edition=str(editions),
            digest=settings.schedule.digest or "never",
            backup=settings.schedule.backup or "never",
            timezone=settings.site.timezone,
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # what service managers send
        try:
            scheduler.start()
        except KeyboardInterrupt:
            log.info("scheduler stops once the run under way has ended")
            stopping.set()
            scheduler.shutdown(wait=True)


def refresh_trigger(settings: Settings) -> CronTrigger:
    """When sources are read: `schedule.refresh` in the site's zone."""
    return CronTrigger.from_crontab(settings.schedule.refresh, timezone=ZoneInfo(settings.site.timezone))


def edition_trigger(settings: Settings) -> CronTrigger:
    """When the edition is built: `schedule.edition`, else the day and hour of `[edition]`, in the site's zone."""
    zone = ZoneInfo(settings.site.timezone)
    if settings.schedule.edition:
        return CronTrigger.from_crontab(settings.schedule.edition, timezone=zone)
    return CronTrigger(day_of_week=settings.edition.weekday, hour=settings.edition.hour, timezone=zone)


def digest_trigger(settings: Settings) -> CronTrigger:
    """When the edition is mailed: `schedule.digest` in the site's zone."""
    return CronTrigger.from_crontab(settings.schedule.digest, timezone=ZoneInfo(settings.site.timezone))


def mailed(settings: Settings, send: Send, stopping: Callable[[], bool], now: datetime) -> datetime | None:
    """Mails the newest edition if it is due, or goes on with it; returns when to look again, None for the digest's next hour."""
    week, again = due_digest(settings, now)
    if week is None:
        return again
    report: list[SendingReport] = []
    guarded(lambda: report.append(send(week, stopping)), name="digest")
    if report and not report[0].left:
        return None
    return (report[0].next_try if report else None) or now + _LOOK_AGAIN


def due_digest(settings: Settings, now: datetime) -> tuple[str | None, datetime | None]:
    """The week whose edition is to be mailed now, if any, else when to look again.

    It is that of the newest edition, once an hour of the digest has come since its week was over, as long as it is not old
    and copies are not sent. So an edition that was built late, or a scheduler that was away, is caught up.
    """
    database = open_database(settings.database)
    try:
        if database.known_revision() != REVISION:
            return None, None
        with database.reading() as connection:
            week = newest_week(connection)
            stored = stored_edition(connection, week) if week else None
            copies = deliveries.counts(connection, week) if week else {}
            next_try = deliveries.next_try(connection, week) if week else None
    finally:
        database.close()
    if week is None or stored is None:
        return None, None
    over = week_end(week, ZoneInfo(settings.site.timezone))
    hour = digest_trigger(settings).get_next_fire_time(None, over)
    is_old = now - stored.edition.published > timedelta(hours=settings.email.most_age_hours) or now - over > timedelta(days=7)
    if is_old or hour is None or hour > now:
        return None, None
    if not any(copies.values()) or copies[DeliveryState.QUEUED] or copies[DeliveryState.SENDING]:
        return week, None
    return (week, None) if next_try and next_try <= now else (None, next_try)


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


def last_starts(settings: Settings) -> tuple[Mapping[RunKind, datetime], datetime | None]:
    """When each kind of work began last, and when an edition was published last."""
    database = open_database(settings.database)
    try:
        known = database.known_revision()
        if known != REVISION:  # none yet, or the refresh that migrates it comes first
            return {}, None
        with database.reading() as connection:
            newest = {kind: recent_runs(connection, 1, kind) for kind in RunKind}
            kept = stored_editions(connection)
        starts = {kind: found[0].started for kind, found in newest.items() if found}
        return starts, (kept[-1].edition.published if kept else None)
    finally:
        database.close()
