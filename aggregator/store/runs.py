"""The history of runs: one row a refresh, with its report once it ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from aggregator.store.schema import runs


def start_run(connection: Connection, run_id: str, now: datetime) -> None:
    """Records that a run began; one that died is known by its missing report."""
    connection.execute(insert(runs).values(id=run_id, started=now).on_conflict_do_nothing())


def finish_run(connection: Connection, run_id: str, report: dict[str, Any]) -> None:
    """Keeps the report of a run, as `refresh --json` prints it."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(report=report))


def latest_run(connection: Connection) -> tuple[str, datetime, dict[str, Any] | None] | None:
    """The newest run: id, start, and its report or None where it died; None where there was no run yet."""
    row = connection.execute(select(runs).order_by(runs.c.started.desc(), runs.c.id.desc()).limit(1)).one_or_none()
    return (row.id, row.started, row.report) if row else None
