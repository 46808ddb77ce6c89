"""The portions of a run: each is done once, and the last of a step is known as such."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from aggregator.domain.operation.work_unit import Step, WorkUnit
from aggregator.store import work_units as portions
from aggregator.store.database import Connection, Database

TOLD: dict[str, Any] = {"counts": {"entries_new": 3}, "seconds": 0.5}


def portion(key: str, step: Step = Step.FETCH, *items: str) -> WorkUnit:
    """A portion of the run `r`."""
    return WorkUnit(run="r", step=step, key=key, items=items)


def test_a_portion_is_open_until_it_is_done_once(connection: Connection) -> None:
    portions.add(connection, [portion("lab.example", Step.FETCH, "lab", "blog")])
    before = portions.open_portion(connection, "r", Step.FETCH, "lab.example")
    first = portions.finish(connection, portion("lab.example"), TOLD)
    second = portions.finish(connection, portion("lab.example"), {})

    assert before == portion("lab.example", Step.FETCH, "lab", "blog")
    assert (first, second, portions.told(connection, "r")) == (True, None, ((Step.FETCH, TOLD),))
    assert portions.open_portion(connection, "r", Step.FETCH, "lab.example") is None


def test_of_portions_that_end_at_once_exactly_one_is_the_last_of_its_step(
    database: Database,
) -> None:
    several = [portion(str(number)) for number in range(24)]
    with database.writing() as connection:
        portions.add(connection, [*several, portion("later", Step.PUBLISH)])

    def ended(each: WorkUnit) -> bool | None:
        with database.writing() as connection:
            return portions.finish(connection, each, TOLD)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ended, several))

    assert sorted(map(bool, found)) == [False] * 23 + [True]


def test_what_a_portion_has_to_tell_is_noted_with_its_work_and_not_without_it(
    database: Database,
) -> None:
    one, told = portion("lab.example"), {"counts": {"entries_new": 0}}
    noting = database.noting(lambda connection: portions.note(connection, one, told))
    with database.writing() as connection:
        portions.add(connection, [one])
    with noting.writing():
        told["counts"]["entries_new"] = 3
    with suppress(ZeroDivisionError), noting.writing():
        told["counts"]["entries_new"] = 5
        raise ZeroDivisionError
    with database.writing() as connection:
        kept = portions.noted(connection, one)

    assert kept == {"counts": {"entries_new": 3}}


def test_a_run_is_open_until_it_is_forgotten(connection: Connection) -> None:
    portions.add(connection, [portion("a"), portion("b"), portion("c", Step.EXTRACT)])
    portions.finish(connection, portion("a"), TOLD)
    during = portions.open_runs(connection), portions.counts(connection, "r")
    portions.forget(connection, "r")

    assert during == (("r",), {Step.FETCH: (2, 1), Step.EXTRACT: (1, 0)})
    assert portions.open_runs(connection) == ()


def test_a_portion_of_a_run_that_was_given_up_is_not_done_any_more(connection: Connection) -> None:
    portions.add(connection, [portion("a")])
    portions.forget(connection, "r")

    assert portions.open_portion(connection, "r", Step.FETCH, "a") is None
    assert portions.finish(connection, portion("a"), TOLD) is None
