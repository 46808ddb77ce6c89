"""`aggregator run`: refreshes, builds the edition, mails it, backs up and prunes the database when
`due` says so.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from datetime import UTC
from functools import partial

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_SCHEDULER_STARTED,
    JobExecutionEvent,
    SchedulerEvent,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from aggregator.adapters.clock import SystemClock
from aggregator.adapters.locks import run_lock
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import RunKind
from aggregator.domain.settings import Settings
from aggregator.errors import AggregatorError, RunningError
from aggregator.hooks.plugins import plugins
from aggregator.log import log
from aggregator.ops.due import due, edition_trigger

_STOPPING = (signal.SIGINT, signal.SIGTERM)  # service managers send the latter
NOTIFY_EVERY_MINUTES = 15  # how often the health is reported outside, also when no run ends


# Its argument says whether it should stop: work that takes hours asks it.
Task = Callable[[Callable[[], bool]], object]


@frozen
class ScheduledTask:
    """A job of a plugin: `cron` says when, in `site.timezone`; one that raises is logged, and comes
    again at its next time.
    """

    name: str
    cron: str
    run: Callable[[], object]


@frozen
class ScheduledWork:
    """The function for each kind of work, as the commands use it; `notify` reports the health
    outside.
    """

    do: Mapping[RunKind, Task]
    notify: Callable[[], None]


def run_scheduler(settings: Settings, scheduled_work: ScheduledWork) -> None:
    """Checks each minute what is due, and does it, until SIGINT or SIGTERM; the run and the message
    under way end first.

    Runs follow one another; sending may take hours, so it goes on beside. Raises RunningError
    where another runs, DatabaseError where the database cannot be used to begin with.
    """
    stopping = threading.Event()

    def do_due(*kinds: RunKind) -> None:
        found: list[RunKind] = []
        guarded(lambda: found.extend(due(settings, SystemClock().now())), name="schedule")
        for kind in found:
            if kind in kinds and not stopping.is_set():
                guarded(partial(scheduled_work.do[kind], stopping.is_set), name=kind.value)
                scheduled_work.notify()

    # What is due is read from the history of runs each minute, so that any of several workers may
    # do it and what failed or died comes again: triggers of APScheduler's own know none of that.
    scheduler = BlockingScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(3)},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    now = SystemClock().now()
    runs = [kind for kind in RunKind if kind is not RunKind.DIGEST]
    for name, kinds in (("work", runs), ("mail", [RunKind.DIGEST])):
        scheduler.add_job(do_due, "cron", kinds, second=0, id=name, next_run_time=now)
    scheduler.add_job(
        scheduled_work.notify, "cron", minute=f"*/{NOTIFY_EVERY_MINUTES}", id="notify"
    )
    for plugin, job in (
        plugins().keyed("jobs", "name", ["work", "mail", "notify"], settings=settings).values()
    ):
        with plugins().guarded(plugin, f"job {job.name}"):  # its cron may be none
            when = CronTrigger.from_crontab(job.cron, settings.site.zone)
            scheduler.add_job(partial(_do, plugin, job), when, id=job.name)
    # Not by KeyboardInterrupt: while it hands out work, the scheduler takes any exception for a
    # fault of that work, so a signal of that moment would be lost.
    closing = threading.Thread(target=scheduler.shutdown, name="closing")

    def stop(number: int, _frame: object) -> None:
        signal.signal(number, signal.default_int_handler)  # a second one does not wait
        if not stopping.is_set():
            stopping.set()
            log().info("scheduler stops after the current run")
            closing.start()

    before = {number: signal.getsignal(number) for number in _STOPPING}

    def heed_signals(_: SchedulerEvent) -> None:
        for number in _STOPPING:
            signal.signal(number, stop)

    scheduler.add_listener(heed_signals, EVENT_SCHEDULER_STARTED)
    scheduler.add_listener(_log_bug, EVENT_JOB_ERROR)
    # it warns each minute that a run is still under way
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    with run_lock(settings.database, name="scheduler"):
        due(settings, now)  # a database that cannot be used ends it now; later it is logged
        log().info(
            "scheduler started",
            refresh=settings.schedule.refresh,
            edition=", ".join(
                str(edition_trigger(settings, kind)) for kind in settings.edition.period
            ),
            digest=settings.schedule.digest or "never",
            backup=settings.schedule.backup or "never",
            timezone=settings.site.timezone,
        )
        try:
            scheduler.start()
            closing.join()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _do(plugin: str, job: ScheduledTask) -> None:
    with plugins().guarded(plugin, f"job {job.name}"):
        job.run()


def _log_bug(event: JobExecutionEvent) -> None:
    """A bug is logged with its traceback, and does not end the scheduler."""
    log().error(f"{event.job_id} broke", exc_info=event.exception)


def guarded(work: Callable[[], object], *, name: str) -> None:
    """Does the work and logs a failure. Work that another run kept waiting is still due."""
    try:
        work()
    except RunningError as error:
        log().info(f"{name} waits", reason=str(error))
    except AggregatorError as error:
        log().error(f"{name} failed", reason=str(error))
