"""The queue: Procrastinate on the database's own server, so that a job is there if, and only if,
what it is about was committed.

Jobs are run at least once: whoever does one asks the store whether it is still to be done.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.schema import SchemaManager

from aggregator.domain.operation.report import RunKind
from aggregator.domain.operation.work_unit import Step, WorkUnit
from aggregator.store.database import Connection, Database


class Queue(StrEnum):
    """What a worker may be told to do; `refresh` begins runs, looks what is due, copies the
    database and forgets.
    """

    REFRESH = "refresh"
    FETCH = "fetch"
    EXTRACT = "extract"
    CLUSTER = "cluster"
    ANALYSE = "analyse"
    PUBLISH = "publish"
    SEND = "send"


PORTION, ERRAND, TELL, TICK = "portion", "errand", "tell", "tick"

_QUEUE_OF = {
    Step.FETCH: Queue.FETCH,
    Step.EXTRACT: Queue.EXTRACT,
    Step.CLUSTER: Queue.CLUSTER,
    Step.REMEMBER: Queue.ANALYSE,
    Step.TELL: Queue.ANALYSE,
    Step.ANALYSE: Queue.ANALYSE,
    Step.PUBLISH: Queue.PUBLISH,
}
_QUEUE_FOR = {
    RunKind.REFRESH: Queue.REFRESH,
    RunKind.EDITION: Queue.PUBLISH,
    RunKind.DIGEST: Queue.SEND,
    RunKind.BACKUP: Queue.REFRESH,
    RunKind.RETENTION: Queue.REFRESH,
}
_MIGRATIONS = Path(SchemaManager.get_migrations_path())
# of the tables that were made before anybody took a note
_FIRST = "03.04.00_50_post_add_retry_failed_job_procedure"
_DEFERRING = procrastinate.App(
    connector=procrastinate.SyncPsycopgConnector()
)  # is handed the connection of a transaction


def install(database: Database, migrations: Path = _MIGRATIONS) -> None:
    """Makes the tables of the queue where they are missing, and brings those of an older
    Procrastinate up to date.

    Procrastinate brings its migrations along and leaves it to its users to know which were applied:
    a comment says so here.
    """
    files = sorted(migrations.glob("*.sql"))
    with database.writing() as connection:
        driver = _driver(connection)
        if driver.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()[0] is None:
            driver.execute(SchemaManager.get_schema())
            waiting = files[-1:]
        else:
            told = (
                driver.execute("SELECT obj_description('procrastinate_jobs'::regclass)").fetchone()[
                    0
                ]
                or _FIRST
            )
            waiting = [file for file in files if file.stem > told]
            for path in waiting:
                driver.execute(path.read_text("utf-8"))
        if waiting:
            driver.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{waiting[-1].stem}'")


def put_portions(connection: Connection, several: Iterable[WorkUnit]) -> None:
    """Has portions done by workers, once the transaction is committed."""
    jobs = [
        _DEFERRING.configure_task(
            PORTION,
            queue=_QUEUE_OF[portion.step].value,
            lock=lock_of(portion),
            priority=portion.priority,
            task_kwargs={"run": portion.run, "step": portion.step.value, "key": portion.key},
        ).job
        for portion in several
    ]
    if jobs:
        _DEFERRING.job_manager.batch_defer_jobs(jobs, connection=_driver(connection))


def put_errand(connection: Connection, kind: RunKind) -> bool:
    """Has a kind of work done once the transaction is committed; False where it waits already."""
    return _put(connection, ERRAND, _QUEUE_FOR[kind], kind.value, kind=kind.value)


def put_telling(connection: Connection) -> bool:
    """Has it told outside how the house is, by a worker that has the site folder; False where that
    waits already.
    """
    return _put(connection, TELL, Queue.PUBLISH, TELL)


def _put(connection: Connection, task: str, queue: Queue, only_once: str, **arguments: Any) -> bool:
    nested = connection.begin_nested()
    try:
        configured = _DEFERRING.configure_task(
            task,
            queue=queue.value,
            lock=only_once,
            queueing_lock=only_once,
            connection=_driver(connection),
        )
        configured.defer(**arguments)
    except AlreadyEnqueued:
        nested.rollback()
        return False
    nested.commit()
    return True


def is_worked_on(connection: Connection, run: str) -> bool:
    """Whether a portion of a run waits or is under way: its job is put with it, and goes only once
    it is done.
    """
    left = (
        "SELECT 1 FROM procrastinate_jobs WHERE task_name = %s AND status IN ('todo', 'doing') AND"
        " args ->> 'run' = %s LIMIT 1"
    )
    return _driver(connection).execute(left, (PORTION, run)).fetchone() is not None


def lock_of(portion: WorkUnit) -> str:
    """What no two jobs hold at once: a domain, a story, or what is one for all."""
    match portion.step:
        case Step.FETCH | Step.EXTRACT:
            return f"domain/{portion.key.removeprefix('every/')}"
        case Step.REMEMBER | Step.TELL | Step.ANALYSE:
            return f"story/{portion.key}"
        case Step.CLUSTER | Step.PUBLISH:
            return portion.step.value


def _driver(connection: Connection) -> Any:
    """The connection of the driver, in the midst of the same transaction."""
    return connection.connection.driver_connection
