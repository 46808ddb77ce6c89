"""`aggregator worker`: does jobs from the queue until it is stopped.

Work that waits for the network runs in the worker's event loop; work that computes, in a thread
with its own loop, so that heartbeats go on. The jobs of a worker without a heartbeat are taken by
another; a live one that was taken for dead, or lost the database, registers again and goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import procrastinate
from procrastinate.exceptions import ConnectorException, ProcrastinateException
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from aggregator.adapters.clock import FrozenClock, SystemClock
from aggregator.adapters.locks import shared_run_lock
from aggregator.bootstrap import open_services, with_own_models
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import RunKind, Step
from aggregator.domain.settings import Settings
from aggregator.errors import AggregatorError, DatabaseError, RunningError
from aggregator.log import carried, log
from aggregator.ops.due import due
from aggregator.plugins.workers import store
from aggregator.plugins.workers.log import first_line, forward_log
from aggregator.plugins.workers.queue import (
    KIND_TASK,
    NOTIFY_TASK,
    TICK_TASK,
    UNIT_TASK,
    Queue,
    enqueue_kind,
    enqueue_notifying,
    enqueue_units,
    install,
    is_worked_on,
)
from aggregator.plugins.workers.store import WorkUnit
from aggregator.plugins.workers.work_units import (
    abort_run,
    begin_run,
    do_work_unit,
    failed_result,
    finish_work_unit,
)
from aggregator.schedule import NOTIFY_EVERY_MINUTES, ScheduledWork
from aggregator.services import Services, Watch
from aggregator.store.runs import open_runs, run_of

_ATTEMPTS = 3  # of a work unit that fails, until its run goes on without it
_BEATS_MISSED = 3  # after which a worker is taken for dead
_LOOK_S = 0.2  # between two looks whether more waits
# after which a job is tried again that failed, or that found a refresh by hand under way
_AGAIN_S = 10
_COMPUTING = frozenset({Step.CLUSTER, Step.REMEMBER, Step.TELL, Step.ANALYSE, Step.PUBLISH})
_ESSENTIAL = frozenset({Step.CLUSTER, Step.PUBLISH})  # without these a run cannot go on


@frozen
class WorkerOptions:
    """A worker's queues, how many jobs it does at once, and the seconds between its heartbeats.

    Others take the jobs of a worker that missed three heartbeats.
    """

    queues: tuple[Queue, ...] = tuple(Queue)
    concurrency: int = 1
    heartbeat_s: float = 10.0
    until_idle: bool = False


async def work(
    settings: Settings, options: WorkerOptions, scheduled_work: ScheduledWork, watch: Watch
) -> None:
    """Works until it is stopped (SIGINT or SIGTERM; what is under way ends first), or with
    `until_idle` till nothing waits.

    Raises DatabaseError where the database is no server.
    """
    demand_server(settings)
    async with open_services(settings, None) as services:
        services.find_registry()  # an error in it is reported before any job is taken
        services.database.upgrade(services.clock.now())
        install(services.database)
        app = _app(services, scheduled_work, watch)
        if not options.until_idle:
            _add_schedule(app, services)
        forward_log()
        async with app.open_async():
            helper = asyncio.create_task(_retry_stalled(app, options))
            try:
                await _work(app, options, _stop_event())
            finally:
                helper.cancel()
                await asyncio.gather(helper, return_exceptions=True)


def demand_server(settings: Settings) -> None:
    """Raises DatabaseError where the database is a file: workers on several machines cannot share
    one.
    """
    if not settings.database.url.startswith("postgresql"):
        raise DatabaseError(
            "workers need PostgreSQL: set database.url to postgresql+psycopg://…;"
            " `aggregator db copy` moves the data"
        )


def _stop_event() -> asyncio.Event:
    """An event that the first SIGINT or SIGTERM sets; a second one ends the process at once."""
    loop, stopping, signals = (
        asyncio.get_running_loop(),
        asyncio.Event(),
        (signal.SIGINT, signal.SIGTERM),
    )

    def stop() -> None:
        stopping.set()
        for number in signals:
            loop.remove_signal_handler(number)

    for number in signals:
        loop.add_signal_handler(number, stop)
    return stopping


async def _work(app: procrastinate.App, options: WorkerOptions, stopping: asyncio.Event) -> None:
    """Does jobs until stopped, or with `until_idle` until nothing waits.

    A job whose end could not be reported stays with the worker's registration. So the worker then
    registers again, and the job is taken again.
    """
    while not stopping.is_set():
        lost = asyncio.Event()
        asyncio.get_running_loop().set_exception_handler(partial(_on_loop_error, lost))
        pause_s = min(_AGAIN_S, options.heartbeat_s)
        try:
            await _until(_run_worker(app, options), stopping, lost)
            if options.until_idle:
                if not await _is_waiting(app):
                    return
                pause_s = _LOOK_S
        except ConnectorException as error:
            log().warning("worker lost its place in the queue", reason=first_line(error))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause_s)


async def _until(work: Coroutine[None, None, None], *ends: asyncio.Event) -> None:
    """Does the work until one of these events is set; jobs under way are finished."""
    working, ending = asyncio.create_task(work), [asyncio.create_task(end.wait()) for end in ends]
    await asyncio.wait({working, *ending}, return_when=asyncio.FIRST_COMPLETED)
    for task in (working, *ending):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


async def _run_worker(app: procrastinate.App, options: WorkerOptions) -> None:
    await app.run_worker_async(
        queues=[queue.value for queue in options.queues],
        concurrency=options.concurrency,
        wait=not options.until_idle,
        delete_jobs="successful",
        update_heartbeat_interval=options.heartbeat_s,
        stalled_worker_timeout=options.heartbeat_s * _BEATS_MISSED,
        fetch_job_polling_interval=min(5.0, options.heartbeat_s),
        install_signal_handlers=False,
    )


def _on_loop_error(
    lost: asyncio.Event, loop: asyncio.AbstractEventLoop, context: dict[str, Any]
) -> None:
    """Logs a job whose end could not be reported: the server was away, or another worker has the
    job by now.
    """
    error = context.get("exception")
    if isinstance(error, ProcrastinateException):
        log().warning("the end of a job could not be recorded", reason=first_line(error))
        lost.set()
    else:
        loop.default_exception_handler(context)


async def _is_waiting(app: procrastinate.App) -> bool:
    """Whether a job waits or is under way: one under way may enqueue more."""
    return any(
        [await app.job_manager.list_jobs_async(status=status) for status in ("todo", "doing")]
    )


async def start_for(settings: Settings, now: datetime | None, *, everything: bool) -> bool:
    """Has the workers of a database refresh; False if they already do."""
    demand_server(settings)
    async with open_services(settings, now) as services:
        services.database.upgrade(services.clock.now())
        return start_refresh(services, services.clock.now(), everything=everything)


def start_refresh(services: Services, now: datetime, *, everything: bool) -> bool:
    """Has the workers refresh; False if they already do."""
    install(services.database)
    with services.database.writing() as connection:
        begun = begin_run(connection, services, now, everything=everything)
        enqueue_units(connection, begun)
    return bool(begun)


class _RetryStrategy(BaseRetryStrategy):
    """Tries a failed job again a few times; one that waits for a manual refresh, until it can
    run.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:
        """When the job is tried again; None for never."""
        if isinstance(exception, RunningError) or job.attempts + 1 < _ATTEMPTS:
            return RetryDecision(retry_in={"seconds": _AGAIN_S})
        return None


def _app(services: Services, scheduled_work: ScheduledWork, watch: Watch) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(
        conninfo=services.database.driver_url, min_size=1, max_size=4
    )
    app = procrastinate.App(connector=connector)

    @app.task(name=UNIT_TASK, pass_context=True, retry=_RetryStrategy())
    async def work_unit(context: procrastinate.JobContext, run: str, step: str, key: str) -> None:
        await _do_once(
            services, watch, run, Step(step), key, is_last_try=context.job.attempts + 1 >= _ATTEMPTS
        )

    @app.task(name=KIND_TASK, retry=_RetryStrategy())
    def scheduled(kind: str) -> None:
        run_if_due(services, scheduled_work, RunKind(kind))

    @app.task(name=NOTIFY_TASK)
    def notify() -> None:
        scheduled_work.notify()

    return app


def run_if_due(services: Services, scheduled_work: ScheduledWork, kind: RunKind) -> None:
    """Does a kind of work if it is still due: its job may have been enqueued while another
    began.
    """
    now = SystemClock().now()
    if kind not in due(services.settings, now):
        return
    if kind is RunKind.REFRESH:
        start_refresh(services, now, everything=False)
        return
    try:
        scheduled_work.do[kind](lambda: False)
    except RunningError:
        raise
    except AggregatorError as error:
        log().error(f"{kind.value} failed", reason=str(error))
    with services.database.writing() as connection:
        enqueue_notifying(connection)


def _add_schedule(app: procrastinate.App, services: Services) -> None:
    """Adds the job that checks each minute what is due; one of all workers does it."""

    @app.periodic(cron="* * * * *")
    @app.task(name=TICK_TASK, queue=Queue.REFRESH.value, queueing_lock=TICK_TASK)
    def tick(timestamp: int) -> None:
        enqueue_due(services, SystemClock().now())


def enqueue_due(services: Services, now: datetime) -> None:
    """Enqueues what is due by the schedule, unless it waits already. Ends a run that has no job
    left.
    """
    found = due(services.settings, now)
    with services.database.writing() as connection:
        for run in open_runs(connection):
            if not is_worked_on(connection, run):
                log().error("run failed: its job crashed", run=run)
                abort_run(connection, run, "one of its jobs crashed; see the workers' log")
        for kind in found:
            if kind is not RunKind.REFRESH or not open_runs(connection):
                enqueue_kind(connection, kind)
        if now.minute % NOTIFY_EVERY_MINUTES == 0:
            enqueue_notifying(connection)


async def _do_once(
    services: Services, watch: Watch, run: str, step: Step, key: str, *, is_last_try: bool
) -> None:
    """Does a work unit unless it is done, by the clock of its run.

    Raises RunningError if another worker, taken for dead by mistake, still does it.
    """
    with services.database.held(f"portion {run} {step.value} {key}") as is_ours:
        if not is_ours:
            raise RunningError(f"another worker has work unit {step.value} {key} of run {run}")
        with services.database.reading() as connection:
            unit, begun = (
                store.open_work_unit(connection, run, step, key),
                run_of(connection, run),
            )
        if unit and begun:
            at_its_moment = replace(services, clock=FrozenClock(begun.started))
            await _do_locked(at_its_moment, watch, unit, is_last_try=is_last_try)


async def _do_locked(
    services: Services, watch: Watch, unit: WorkUnit, *, is_last_try: bool
) -> None:
    run, step = unit.run, unit.step
    with carried(run=run, stage=step.value, portion=unit.key):
        try:
            with shared_run_lock(services.database):
                result = await _result(services, unit, watch)
        except RunningError:
            raise
        except (AggregatorError, OSError) as error:
            log().warning("work unit failed", reason=str(error), is_last_try=is_last_try)
            if not is_last_try:
                raise
            if step in _ESSENTIAL:
                with services.database.writing() as connection:
                    abort_run(connection, run, str(error))
                    enqueue_notifying(connection)
                raise
            result = failed_result(unit, str(error))
        await asyncio.to_thread(_finish, services, unit, result)


def _finish(services: Services, unit: WorkUnit, result: dict[str, Any]) -> None:
    with services.database.writing() as connection:
        done = finish_work_unit(connection, services, unit, result)
        enqueue_units(connection, done.next)
        if done.is_over:
            enqueue_notifying(connection)


async def _result(services: Services, unit: WorkUnit, watch: Watch) -> dict[str, Any]:
    if unit.step not in _COMPUTING:
        return await do_work_unit(services, unit, watch)

    async def in_thread() -> dict[str, Any]:
        async with with_own_models(services) as own:
            return await do_work_unit(own, unit, watch)

    return await asyncio.to_thread(lambda: asyncio.run(in_thread()))


async def _retry_stalled(app: procrastinate.App, options: WorkerOptions) -> None:
    """Enqueues again the jobs of dead workers, which Procrastinate finds but leaves to its
    users.
    """
    while True:
        with contextlib.suppress(
            ProcrastinateException
        ):  # the server is away for a moment, or another worker was faster
            for job in await app.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=options.heartbeat_s * _BEATS_MISSED
            ):
                log().warning(
                    "a worker crashed: its job is queued again",
                    job=job.id,
                    arguments=job.task_kwargs,
                )
                await app.job_manager.retry_job(job)
        await asyncio.sleep(options.heartbeat_s)
