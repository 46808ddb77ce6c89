"""The composition root: settings in, open database and built ports out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from aggregator.adapters.clock import FrozenClock, SystemClock
from aggregator.adapters.web import AiohttpWeb, user_agent
from aggregator.analyse.extractive import extractive_engine
from aggregator.domain.settings import DatabaseSettings, Settings
from aggregator.errors import RunningError
from aggregator.extract.workers import Parsers
from aggregator.stages.services import Services
from aggregator.store.database import Database


def open_database(settings: DatabaseSettings) -> Database:
    """The database of the settings; nothing is read or created yet."""
    return Database(settings.url)


@asynccontextmanager
async def open_services(settings: Settings, now: datetime | None) -> AsyncIterator[Services]:
    """All that a run needs, closed at the end. `now` freezes the clock."""
    database = open_database(settings.database)
    clock = FrozenClock(now) if now else SystemClock()
    agent = user_agent(settings.fetch, settings.site.base_url)
    try:
        async with AiohttpWeb(settings.fetch, agent, clock) as web, Parsers() as parsers:
            yield Services(
                settings=settings,
                database=database,
                web=web,
                parsers=parsers,
                clock=clock,
                engine=extractive_engine(settings.analysis),
            )
    finally:
        database.close()


@contextmanager
def run_lock(settings: DatabaseSettings, *, name: str = "run") -> Iterator[None]:
    """Holds the lock that one run at a time may have (flock: it dies with the process). Raises RunningError."""
    lock = FileLock(_lock_file(settings, name))
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise RunningError(f"another {name} is under way (lock {lock.lock_file}); wait for it to end") from None
    try:
        yield
    finally:
        lock.release()


def is_locked(settings: DatabaseSettings) -> bool:
    """Whether a run is under way."""
    if not _lock_file(settings, "run").exists():
        return False
    try:
        with run_lock(settings):
            return False
    except RunningError:
        return True


def _lock_file(settings: DatabaseSettings, name: str) -> Path:
    path = open_database(settings).path
    return path.with_name(f"{path.name}.{name}.lock")
