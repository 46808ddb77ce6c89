"""The work units of a run: each is done once, and the last of a step is known as such."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from aggregator.domain.operation.report import Step
from aggregator.plugins.workers import store as work_units
from aggregator.plugins.workers.store import WorkUnit
from aggregator.store.database import Connection, Database
from aggregator.store.runs import open_runs

TOLD: dict[str, Any] = {"counts": {"entries_new": 3}, "seconds": 0.5}


def unit(key: str, step: Step = Step.FETCH, *items: str) -> WorkUnit:
    """A work unit of the run `r`."""
    return WorkUnit(run="r", step=step, key=key, items=items)


def test_a_work_unit_is_open_until_it_is_done_once(connection: Connection) -> None:
    work_units.save(connection, [unit("lab.example", Step.FETCH, "lab", "blog")])
    before = work_units.open_work_unit(connection, "r", Step.FETCH, "lab.example")
    first = work_units.finish(connection, unit("lab.example"), TOLD)
    second = work_units.finish(connection, unit("lab.example"), {})

    assert before == unit("lab.example", Step.FETCH, "lab", "blog")
    assert (first, second, work_units.results(connection, "r")) == (
        True,
        None,
        ((Step.FETCH, TOLD),),
    )
    assert work_units.open_work_unit(connection, "r", Step.FETCH, "lab.example") is None


def test_of_work_units_that_end_at_once_exactly_one_is_the_last_of_its_step(
    database: Database,
) -> None:
    several = [unit(str(number)) for number in range(24)]
    with database.writing() as connection:
        work_units.save(connection, [*several, unit("later", Step.PUBLISH)])

    def ended(unit: WorkUnit) -> bool | None:
        with database.writing() as connection:
            return work_units.finish(connection, unit, TOLD)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ended, several))

    assert sorted(map(bool, found)) == [False] * 23 + [True]


def test_what_a_work_unit_has_counted_is_kept_with_its_work_and_not_without_it(
    database: Database,
) -> None:
    one, told = unit("lab.example"), {"counts": {"entries_new": 0}}
    saving = database.saving_progress(
        lambda connection: work_units.save_progress(connection, one, told)
    )
    with database.writing() as connection:
        work_units.save(connection, [one])
    with saving.writing():
        told["counts"]["entries_new"] = 3
    with suppress(ZeroDivisionError), saving.writing():
        told["counts"]["entries_new"] = 5
        raise ZeroDivisionError
    with database.writing() as connection:
        kept = work_units.progress_of(connection, one)

    assert kept == {"counts": {"entries_new": 3}}


def test_a_run_is_open_until_it_is_forgotten(connection: Connection) -> None:
    work_units.save(connection, [unit("a"), unit("b"), unit("c", Step.EXTRACT)])
    work_units.finish(connection, unit("a"), TOLD)
    during = open_runs(connection)
    work_units.forget(connection, "r")

    assert during == ("r",)
    assert open_runs(connection) == ()


def test_a_work_unit_of_a_run_that_was_given_up_is_not_done_any_more(
    connection: Connection,
) -> None:
    work_units.save(connection, [unit("a")])
    work_units.forget(connection, "r")

    assert work_units.open_work_unit(connection, "r", Step.FETCH, "a") is None
    assert work_units.finish(connection, unit("a"), TOLD) is None
