"""Copies the database every night into a folder, and keeps the newest few copies."""

from __future__ import annotations

from pathlib import Path

from aggregator.domain.operation.report import RunKind
from aggregator.errors import DatabaseError
from aggregator.ops.runs import recorded_run
from aggregator.ports import Clock
from aggregator.store.database import Database

_PREFIX, _SUFFIX = "aggregator-", ".db"


def backup_stage(database: Database, folder: Path, keep: int, clock: Clock) -> Path:
    """The copy, whole and checked, named by its time in UTC. Raises DatabaseError; older copies
    stay then.
    """
    with recorded_run(database, clock, RunKind.BACKUP) as run:
        target = folder / f"{_PREFIX}{clock.now():%Y%m%dT%H%M%SZ}{_SUFFIX}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            database.backup(target)
            for old in (surplus := backups(folder)[keep:]):
                old.unlink(missing_ok=True)
        except OSError as error:
            raise DatabaseError(
                f"backup not written: {folder}: {error.strerror}; check retention.folder"
            ) from error
        run.report = {
            "backup": str(target),
            "bytes": target.stat().st_size,
            "removed": len(surplus),
        }
    return target


def backups(folder: Path) -> tuple[Path, ...]:
    """The copies in a folder, newest first."""
    return tuple(sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}"), reverse=True))
