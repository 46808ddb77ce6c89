"""Copies the database while others write, looks whether the copy is whole, and keeps the newest few."""

from __future__ import annotations

from pathlib import Path

from aggregator.domain.report import RunKind
from aggregator.errors import DatabaseError
from aggregator.ports import Clock
from aggregator.stages.recording import recorded
from aggregator.store.database import Database

_PREFIX, _SUFFIX, _PARTIAL = "aggregator-", ".db", ".partial"


def backup_stage(database: Database, folder: Path, keep: int, clock: Clock) -> Path:
    """The copy, named by its time in UTC. Raises DatabaseError where it cannot be written or is not whole."""
    with recorded(database, clock, RunKind.BACKUP) as run:
        target = folder / f"{_PREFIX}{clock.now():%Y%m%dT%H%M%SZ}{_SUFFIX}"
        beside = target.with_name(target.name + _PARTIAL)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)  # what a run that died left
            database.backup(beside)
            _demand_whole(database, beside)
            beside.chmod(0o600)
            beside.replace(target)
            for old in (surplus := backups(folder)[keep:]):
                old.unlink(missing_ok=True)
            run.report = {"backup": str(target), "bytes": target.stat().st_size, "removed": len(surplus)}
        except OSError as error:
            raise DatabaseError(
                f"backup not written: {error.filename or folder}: {error.strerror}; mend retention.folder"
            ) from error
        finally:
            beside.unlink(missing_ok=True)
    return target


def backups(folder: Path) -> tuple[Path, ...]:
    """The copies in a folder, newest first."""
    return tuple(sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}"), reverse=True))


def _demand_whole(database: Database, copy: Path) -> None:
    if not database.path:
        return
    looked_at = Database(f"sqlite:///{copy}")
    try:
        problems = looked_at.problems()
    finally:
        looked_at.close()
    if problems:
        raise DatabaseError(f"backup not written: the copy is damaged ({problems[0]}); look at `aggregator db check`")
