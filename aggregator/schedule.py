"""`aggregator run`: refreshes, builds the edition, mails it, backs up and prunes the database when
`due` says so.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from aggregator.adapters.clock import SystemClock
from aggregator.bootstrap import run_lock
from aggregator.domain.operation.report import RunKind
from aggregator.domain.settings import Settings
from aggregator.errors import AggregatorError, RunningError
from aggregator.log import log
from aggregator.ops.due import due, edition_trigger

NOTIFY_EVERY_MINUTES = 15  # how often the health is reported outside, also when no run ends


Task = Callable[
    [Callable[[], bool]], None
]  # its argument says whether it should stop: work that takes hours asks it


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledWork:
    """The function for each kind of work, as the commands use it; `notify` reports the health
    outside.
    """

    do: Mapping[RunKind, Task]
    notify: Callable[[], None]


def run_scheduler(settings: Settings, scheduled_work: ScheduledWork) -> None:
    """Checks each minute what is due, and does it, until SIGINT or SIGTERM; the run and the message
    under way end first.

    Work runs one piece at a time; sending may take hours, so it goes on beside. Raises RunningError
    where another runs, DatabaseError where the database cannot be used to begin with.
    """
    with run_lock(settings.database, name="scheduler"), _WorkThreads() as threads:
        due(
            settings, SystemClock().now()
        )  # a database that cannot be used ends it now; later it is logged each minute
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
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # what service managers send
        try:
            while True:
                now = SystemClock().now()
                _start_due(settings, scheduled_work, threads, now)
                threads.stopping.wait(60 - now.second - now.microsecond / 1e6)
        except KeyboardInterrupt:
            log().info("scheduler stops after the current run")


def _start_due(
    settings: Settings, scheduled_work: ScheduledWork, threads: _WorkThreads, now: datetime
) -> None:
    found: list[RunKind] = []
    guarded(lambda: found.extend(due(settings, now)), name="schedule")
    for kind in found:

        def done(kind: RunKind = kind) -> None:
            guarded(lambda: scheduled_work.do[kind](threads.stopping.is_set), name=kind.value)
            scheduled_work.notify()

        threads.start("mail" if kind is RunKind.DIGEST else "work", kind.value, done)
    if now.minute % NOTIFY_EVERY_MINUTES == 0:
        threads.start("notify", "notify", scheduled_work.notify)


class _WorkThreads:
    """Threads that do one piece of work after another, by name; a piece that waits or is under way
    is not submitted twice.
    """

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._pools = {name: ThreadPoolExecutor(1, name) for name in ("work", "mail", "notify")}
        self._busy: dict[str, Future[None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools.values():
            pool.shutdown(wait=True)

    def start(self, thread: str, name: str, work: Callable[[], None]) -> None:
        """Starts a piece of work as soon as the thread is free."""
        before = self._busy.get(name)
        if before is None or before.done():
            self._busy[name] = self._pools[thread].submit(_logging_errors, work, name)


def _logging_errors(work: Callable[[], None], name: str) -> None:
    """Does the work; a bug is logged with its traceback, and does not end the scheduler."""
    try:
        work()
    except Exception:
        log().exception(f"{name} broke")
        raise


def guarded(work: Callable[[], None], *, name: str) -> None:
    """Does the work and logs a failure. Work that another run kept waiting is still due."""
    try:
        work()
    except RunningError as error:
        log().info(f"{name} waits", reason=str(error))
    except AggregatorError as error:
        log().error(f"{name} failed", reason=str(error))
