"""`aggregator run`: refreshes, builds the edition, mails it, copies the database and forgets, as
`due` says.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from aggregator.adapters.clock import SystemClock
from aggregator.bootstrap import run_lock
from aggregator.domain.operation.report import RunKind
from aggregator.domain.settings import Settings
from aggregator.errors import AggregatorError, RunningError
from aggregator.log import log
from aggregator.ops.due import due, edition_trigger

TOLD_EVERY_MINUTES = 15  # how often it is told outside how the house is, also where no run ends


Work = Callable[
    [Callable[[], bool]], None
]  # its argument says that it should stop: what takes hours asks it


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """What does each kind of work, handed in as commands do the same; `tell` tells outside how the
    house is.
    """

    do: Mapping[RunKind, Work]
    tell: Callable[[], None]


def run_scheduler(settings: Settings, works: Works) -> None:
    """Looks each minute what is due, and does it, until SIGINT or SIGTERM; the run under way ends
    first, and the message.

    Work runs one piece at a time; sending may take hours, so it goes on beside. Raises RunningError
    where another runs, DatabaseError where the database cannot be used to begin with.
    """
    with run_lock(settings.database, name="scheduler"), _Lanes() as lanes:
        due(
            settings, SystemClock().now()
        )  # a database that cannot be used ends it now; later it is told each minute
        log().info(
            "scheduler runs",
            refresh=settings.schedule.refresh,
            edition=str(edition_trigger(settings)),
            digest=settings.schedule.digest or "never",
            backup=settings.schedule.backup or "never",
            timezone=settings.site.timezone,
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # what service managers send
        try:
            while True:
                now = SystemClock().now()
                _look(settings, works, lanes, now)
                lanes.stopping.wait(60 - now.second - now.microsecond / 1e6)
        except KeyboardInterrupt:
            log().info("scheduler stops once the run under way has ended")


def _look(settings: Settings, works: Works, lanes: _Lanes, now: datetime) -> None:
    found: list[RunKind] = []
    guarded(lambda: found.extend(due(settings, now)), name="schedule")
    for kind in found:

        def done(kind: RunKind = kind) -> None:
            guarded(lambda: works.do[kind](lanes.stopping.is_set), name=kind.value)
            works.tell()

        lanes.take("mail" if kind is RunKind.DIGEST else "work", kind.value, done)
    if now.minute % TOLD_EVERY_MINUTES == 0:
        lanes.take("telling", "telling", works.tell)


class _Lanes:
    """Threads in which one piece of work follows the other, by name; a piece that waits or is under
    way is not taken twice.
    """

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._pools = {name: ThreadPoolExecutor(1, name) for name in ("work", "mail", "telling")}
        self._busy: dict[str, Future[None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools.values():
            pool.shutdown(wait=True)

    def take(self, lane: str, name: str, work: Callable[[], None]) -> None:
        """Has a piece of work done, once the lane is free."""
        before = self._busy.get(name)
        if before is None or before.done():
            self._busy[name] = self._pools[lane].submit(_survived, work, name)


def _survived(work: Callable[[], None], name: str) -> None:
    """A mistake of ours is told with where it was made, and does not end the scheduler."""
    try:
        work()
    except Exception:
        log().exception(f"{name} broke")
        raise


def guarded(work: Callable[[], None], *, name: str) -> None:
    """Does the work; a failure is told. Where another run was under way it is due still."""
    try:
        work()
    except RunningError as error:
        log().info(f"{name} waits", reason=str(error))
    except AggregatorError as error:
        log().error(f"{name} failed", reason=str(error))
