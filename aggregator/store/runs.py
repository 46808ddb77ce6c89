"""The history of runs: one row each, with its report once it ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.dialects.sqlite import insert

from aggregator.domain.operation.report import Run, RunKind
from aggregator.store.rows import change, record_of, row_at
from aggregator.store.schema import portions, runs

# …-abcd-2 is newer than …-abcd
_NEWEST_FIRST = (runs.started.desc(), func.length(runs.id).desc(), runs.id.desc())


def start_run(
    connection: Connection, run_id: str, now: datetime, kind: RunKind = RunKind.REFRESH
) -> bool:
    """Records that a run began, unless one has its id already; one that died is known by its
    missing report.
    """
    begun = insert(runs).values(id=run_id, started=now, kind=kind).on_conflict_do_nothing()
    return connection.scalar(begun.returning(runs.id)) is not None


def finish_run(connection: Connection, run_id: str, report: dict[str, Any]) -> None:
    """Keeps the report of a run, as its `--json` prints it."""
    change(connection, runs.id, [run_id], report=report)


def recent_runs(
    connection: Connection, most: int, kind: RunKind | None = None, *, until: datetime | None = None
) -> tuple[Run, ...]:
    """The newest runs, of one kind or of all, that did not begin after a moment, newest first."""
    asked: Select[Any] = select(runs).order_by(*_NEWEST_FIRST).limit(most)
    asked = asked.where(runs.kind == kind) if kind else asked
    rows = connection.execute(asked.where(runs.started <= until) if until else asked)
    return tuple(record_of(Run, row) for row in rows)


def oldest_start(connection: Connection, until: datetime) -> datetime | None:
    """When the oldest run began that is kept, but for those of the future."""
    moment: datetime | None = connection.scalar(
        select(func.min(runs.started)).where(runs.started <= until)
    )
    return moment


def run_of(connection: Connection, run_id: str) -> Run | None:
    """One run by its id."""
    row = row_at(connection, runs, id=run_id)
    return record_of(Run, row) if row else None


def open_runs(connection: Connection) -> tuple[str, ...]:
    """The runs that workers have begun and not ended, by id."""
    return tuple(connection.scalars(select(portions.run).distinct().order_by(portions.run)))
