"""The job queue: Procrastinate in the same database, so a job is enqueued if and only if the
transaction it belongs to commits.

Jobs run at least once: a worker asks the store whether the work is still to be done.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.schema import SchemaManager

from aggregator.domain.operation.report import RunKind, Step
from aggregator.plugins.workers.store import WorkUnit
from aggregator.store.database import Connection, Database


class Queue(StrEnum):
    """The queues that a worker can take; `refresh` begins runs, checks what is due, copies the
    database and prunes it.
    """

    REFRESH = "refresh"
    FETCH = "fetch"
    EXTRACT = "extract"
    CLUSTER = "cluster"
    ANALYSE = "analyse"
    PUBLISH = "publish"
    SEND = "send"


# the tasks' names stand in the databases of running installations
UNIT_TASK, KIND_TASK, NOTIFY_TASK, TICK_TASK = "portion", "errand", "tell", "tick"

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
# of tables that were made before the version was written down
_FIRST = "03.04.00_50_post_add_retry_failed_job_procedure"
# is handed the connection of a transaction
_DEFERRING = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def install(database: Database, migrations: Path = _MIGRATIONS) -> None:
    """Creates the queue's tables where they are missing, and migrates those of an older
    Procrastinate.

    Procrastinate ships its migrations but does not record which were applied: a comment on its
    table does so here.
    """
    files = sorted(migrations.glob("*.sql"))
    with database.writing() as connection:
        driver = _driver(connection)
        if driver.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()[0] is None:
            driver.execute(SchemaManager.get_schema())
            waiting = files[-1:]
        else:
            comment = driver.execute(
                "SELECT obj_description('procrastinate_jobs'::regclass)"
            ).fetchone()[0]
            waiting = [file for file in files if file.stem > (comment or _FIRST)]
            for path in waiting:
                driver.execute(path.read_text("utf-8"))
        if waiting:
            driver.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{waiting[-1].stem}'")


def enqueue_units(connection: Connection, units: Iterable[WorkUnit]) -> None:
    """Enqueues work units, for when the transaction is committed."""
    jobs = [
        _DEFERRING.configure_task(
            UNIT_TASK,
            queue=_QUEUE_OF[unit.step].value,
            lock=lock_of(unit),
            priority=unit.priority,
            task_kwargs={"run": unit.run, "step": unit.step.value, "key": unit.key},
        ).job
        for unit in units
    ]
    if jobs:
        _DEFERRING.job_manager.batch_defer_jobs(jobs, connection=_driver(connection))


def enqueue_kind(connection: Connection, kind: RunKind) -> bool:
    """Enqueues a kind of work, for when the transaction is committed; False if it waits already."""
    return _enqueue(connection, KIND_TASK, _QUEUE_FOR[kind], kind.value, kind=kind.value)


def enqueue_notifying(connection: Connection) -> bool:
    """Has a worker with the site folder report the health outside; False if that waits already."""
    return _enqueue(connection, NOTIFY_TASK, Queue.PUBLISH, NOTIFY_TASK)


def _enqueue(
    connection: Connection, task: str, queue: Queue, only_once: str, **arguments: Any
) -> bool:
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
    """Whether a job of a run waits or is under way: it is enqueued with its work unit, and deleted
    only once that is done.
    """
    left = (
        "SELECT 1 FROM procrastinate_jobs WHERE task_name = %s AND status IN ('todo', 'doing') AND"
        " args ->> 'run' = %s LIMIT 1"
    )
    return _driver(connection).execute(left, (UNIT_TASK, run)).fetchone() is not None


def lock_of(unit: WorkUnit) -> str:
    """The name of the lock of a job: a domain, a story, or the whole step."""
    match unit.step:
        case Step.FETCH | Step.EXTRACT:
            return f"domain/{unit.key.removeprefix('every/')}"
        case Step.REMEMBER | Step.TELL | Step.ANALYSE:
            return f"story/{unit.key}"
        case Step.CLUSTER | Step.PUBLISH:
            return unit.step.value


def _driver(connection: Connection) -> Any:
    """The driver's connection, inside the same transaction."""
    return connection.connection.driver_connection
