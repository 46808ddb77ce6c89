"""Keeps what is stored within bounds, by the rules of `[retention]`; what pages and editions show
is never touched.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from aggregator.domain.operation.report import RunKind
from aggregator.domain.settings import RetentionSettings
from aggregator.ops.runs import recorded_run
from aggregator.ports import Clock
from aggregator.store import retention, statistics
from aggregator.store.database import Connection, Database

_ROBOTS_DAYS = 90  # older than what RFC 9309 §2.4 lets anybody go by
_MOST_FREE = 0.25  # of the file: more is given back to the disk

Rule = tuple[str, int, Callable[[Connection, datetime], int]]


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
        ("deliveries", settings.deliveries_days, retention.forget_deliveries),
        ("runs", settings.runs_days, retention.forget_runs),
        ("robots", _ROBOTS_DAYS, retention.forget_robots),
    )
