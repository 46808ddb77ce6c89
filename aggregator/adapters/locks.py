"""Locks that show that a run, a scheduler or a sender is alive: each dies with its process.

Beside a file they are files (flock), on a server the server's own, which hold for all machines.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from aggregator.domain.settings import DatabaseSettings
from aggregator.errors import DatabaseError, RunningError
from aggregator.store.database import Database


@contextmanager
def sender_lock(settings: DatabaseSettings) -> Iterator[str]:
    """A fresh name for a sender, held with a lock that lives as long as its process: see
    `is_sending`.
    """
    attempt = f"{os.getpid()}-{secrets.token_hex(6)}"
    try:
        with run_lock(settings, name=f"sender-{attempt}"):
            yield attempt
    finally:
        _forget_lock(settings, f"sender-{attempt}")


def is_sending(settings: DatabaseSettings, attempt: str) -> bool:
    """Whether the sender of this name still runs; what a dead one left of its lock is removed."""
    if not re.fullmatch(r"[0-9a-f-]{1,60}", attempt):
        return False
    name = f"sender-{attempt}"
    if is_locked(settings, name):
        return True
    _forget_lock(settings, name)
    return False


@contextmanager
def run_lock(settings: DatabaseSettings, *, name: str = "run") -> Iterator[None]:
    """Holds the lock that one run at a time may have. Raises RunningError, DatabaseError."""
    path = _lock_file(settings, name)
    with _file_lock(path, name) if path else _server_lock(settings, name):
        yield


@contextmanager
def shared_run_lock(database: Database) -> Iterator[None]:
    """Holds the lock of runs together with other workers, so that no refresh by hand comes between.
    Raises RunningError.
    """
    with database.held("run", shared=True) as is_ours:
        if not is_ours:
            raise RunningError(
                f"another run is in progress (lock on {database.name}); wait for it to finish"
            )
        yield


@contextmanager
def _server_lock(settings: DatabaseSettings, name: str) -> Iterator[None]:
    with Database(settings.url) as database, database.held(name) as is_ours:
        if not is_ours:
            raise RunningError(
                f"another {name} is in progress (lock on {database.name}); wait for it to finish"
            )
        yield


@contextmanager
def _file_lock(path: Path, name: str) -> Iterator[None]:
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise RunningError(
            f"another {name} is in progress (lock {lock.lock_file}); wait for it to finish"
        ) from None
    except OSError as error:
        remedy = f"make {path.parent} writable for this user, or run as its owner"
        raise DatabaseError(
            f"the lock {path} cannot be written: {error.strerror}; {remedy}"
        ) from error
    try:
        yield
    finally:
        lock.release()


def is_locked(settings: DatabaseSettings, name: str = "run") -> bool:
    """Whether a run is under way."""
    path = _lock_file(settings, name)
    if path and not path.exists():
        return False
    try:
        with run_lock(settings, name=name):
            return False
    except RunningError:
        return True


def _lock_file(settings: DatabaseSettings, name: str) -> Path | None:
    path = Database(settings.url).path
    return path.with_name(f"{path.name}.{name}.lock") if path else None


def _forget_lock(settings: DatabaseSettings, name: str) -> None:
    if path := _lock_file(settings, name):
        path.unlink(missing_ok=True)
