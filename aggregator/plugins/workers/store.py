"""The work units of runs that workers do: which there are, which are done, and the result of each.

A unit is done once: whoever finishes it second changes nothing, and learns so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Step
from aggregator.store.rows import add, count, drop, row_of
from aggregator.store.schema import portions


@frozen
class WorkUnit:
    """The work that one worker does at a time: `items` are keys of sources, ids of articles or of
    stories, by step.

    `key` sets apart the units of a step; two of one key are never under way at once. `priority`:
    the higher the sooner.
    """

    run: str
    step: Step
    key: str
    items: tuple[str, ...] = ()
    priority: int = 0


def save(connection: Connection, several: Sequence[WorkUnit]) -> None:
    """Keeps work units that are to be done."""
    rows = [row_of(unit, portions, done=False) for unit in several]
    add(connection, portions, rows)


def open_work_unit(connection: Connection, run: str, step: Step, key: str) -> WorkUnit | None:
    """A work unit that is still to be done; None where it is done, or its run given up."""
    row = connection.execute(
        select(portions.items).where(_is(run, step, key), ~portions.done)
    ).one_or_none()
    return WorkUnit(run=run, step=step, key=key, items=tuple(row[0])) if row else None


def save_progress(connection: Connection, of: WorkUnit, progress: dict[str, Any]) -> None:
    """Stores the result of a unit so far; a worker that takes it over goes on from there."""
    connection.execute(
        update(portions).where(_is(of.run, of.step, of.key), ~portions.done).values(told=progress)
    )


def progress_of(connection: Connection, of: WorkUnit) -> dict[str, Any] | None:
    """The result of a unit when it was left, None where there is none."""
    found: dict[str, Any] | None = connection.scalar(
        select(portions.told).where(_is(of.run, of.step, of.key))
    )
    return found


def finish(connection: Connection, of: WorkUnit, result: dict[str, Any]) -> bool | None:
    """Marks a unit as done and stores its result; returns whether it was the last of its step, None
    where it was done already.
    """
    marked = (
        update(portions)
        .where(_is(of.run, of.step, of.key), ~portions.done)
        .values(done=True, told=result)
    )
    if connection.execute(marked).rowcount == 0:
        return None
    of_step = (portions.run == of.run) & (portions.step == of.step)
    return count(connection, portions, of_step, ~portions.done) == 0


def results(
    connection: Connection, run: str, *steps: Step
) -> tuple[tuple[Step, dict[str, Any]], ...]:
    """The results of the units of a run (or of these steps of it only) that are done, by step and
    key.
    """
    asked = select(portions.step, portions.told).where(portions.run == run, portions.done)
    asked = asked.where(portions.step.in_(steps)) if steps else asked
    return tuple(
        (Step(row.step), row.told)
        for row in connection.execute(asked.order_by(portions.step, portions.key))
    )


def forget(connection: Connection, run: str) -> None:
    """Drops the work units of a run that is over."""
    drop(connection, portions.run, [run])


def _is(run: str, step: Step, key: str) -> ColumnElement[bool]:
    return and_(portions.run == run, portions.step == step, portions.key == key)
