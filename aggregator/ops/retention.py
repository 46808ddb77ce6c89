"""Keeps what is stored within bounds, by the rules of `[retention]`, and copies of the database;
what pages and editions show is never touched.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from aggregator.domain.operation.report import RunKind
from aggregator.domain.settings import RetentionSettings
from aggregator.errors import DatabaseError
from aggregator.ops.runs import recorded_run
from aggregator.ports import Clock
from aggregator.store import retention, statistics
from aggregator.store.database import Connection, Database
from aggregator.store.writing.drafts import forget_drafts

_ROBOTS_DAYS = 90  # older than what RFC 9309 §2.4 lets anybody go by
_MOST_FREE = 0.25  # of the file: more is given back to the disk

Rule = tuple[str, int, Callable[[Connection, datetime], int]]
_PREFIX, _SUFFIX = "aggregator-", ".db"


def retention_stage(
    database: Database, settings: RetentionSettings, clock: Clock
) -> dict[str, int]:
    """Forgets what is older than the settings keep, each rule in its transaction; returns how much
    by what.
    """
    with recorded_run(database, clock, RunKind.RETENTION) as run:
        forgotten = {}
        for name, days, forget in _rules(settings):
            if days:
                with run.stage(name), database.writing() as connection:
                    forgotten[name] = forget(connection, clock.now() - timedelta(days=days))
        with database.reading() as connection:
            is_hollow = statistics.free_share(connection) > _MOST_FREE
        if is_hollow:
            with run.stage("compaction"):
                database.scrub()
        run.report = {"forgotten": forgotten}
    return forgotten


def _rules(settings: RetentionSettings) -> tuple[Rule, ...]:
    """What is forgotten, after how many days (0: never), and by what."""
    return (
        ("passages", settings.texts_days, retention.forget_texts),
        ("entry texts", settings.texts_days, retention.forget_entry_texts),
        ("answers", settings.answers_days, retention.forget_answers),
        ("verdicts", settings.answers_days, retention.forget_verdicts),
        ("drafts", settings.answers_days, forget_drafts),
        ("deliveries", settings.deliveries_days, retention.forget_deliveries),
        ("runs", settings.runs_days, retention.forget_runs),
        ("robots", _ROBOTS_DAYS, retention.forget_robots),
    )


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
