"""`aggregator worker`: takes jobs from the queue until it is stopped, and does them by the
functions of the stages.

What waits for the network is done in the event loop of the worker; what computes, in a thread with
a loop of its own, so that the worker goes on telling that it lives. The jobs of one that no longer
does are taken by another; one that was taken for dead though it lives, or whose database was away,
takes a new place in the queue and goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import procrastinate
import structlog
from procrastinate.exceptions import ConnectorException, ProcrastinateException
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from aggregator.adapters.clock import FrozenClock, SystemClock
from aggregator.bootstrap import open_services, shared_run_lock, with_own_models
from aggregator.domain.operation.report import RunKind
from aggregator.domain.operation.work_unit import Step, WorkUnit
from aggregator.domain.settings import Settings
from aggregator.errors import AggregatorError, DatabaseError, RunningError
from aggregator.log import log
from aggregator.ops.due import due
from aggregator.schedule import TOLD_EVERY_MINUTES, Works
from aggregator.services import Services, Watch
from aggregator.store import work_units as portions
from aggregator.store.runs import run_of
from aggregator.workers import portioning
from aggregator.workers.queue import (
    ERRAND,
    PORTION,
    TELL,
    TICK,
    Queue,
    install,
    is_worked_on,
    put_errand,
    put_portions,
    put_telling,
)

_ATTEMPTS = 3  # of a portion that fails, until its run goes on without it
_BEATS_MISSED = 3  # after which a worker is taken for dead
_LOOK_S = 0.2  # between two looks whether more waits
_AGAIN_S = (
    10  # after which a job is tried again that failed, or that found a refresh by hand under way
)
_COMPUTING = frozenset({Step.CLUSTER, Step.REMEMBER, Step.TELL, Step.ANALYSE, Step.PUBLISH})
_ESSENTIAL = frozenset({Step.CLUSTER, Step.PUBLISH})  # without these a run cannot go on


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a worker works: for which queues, how many jobs at once, how often it tells that it
    lives.

    A worker that has told nothing for three times as long is taken for dead, and its jobs are taken
    by others.
    """

    queues: tuple[Queue, ...] = tuple(Queue)
    concurrency: int = 1
    heartbeat_s: float = 10.0
    until_idle: bool = False


async def work(settings: Settings, manner: Manner, works: Works, watch: Watch) -> None:
    """Works until it is stopped (SIGINT or SIGTERM; what is under way ends first), or with
    `until_idle` till nothing waits.

    Raises DatabaseError where the database is no server.
    """
    demand_server(settings)
    async with open_services(settings, None) as services:
        services.find_registry()  # what is wrong in it is told before any job is taken
        services.database.upgrade(services.clock.now())
        install(services.database)
        app = _app(services, works, watch)
        if not manner.until_idle:
            _follow_the_schedule(app, services)
        _hear_procrastinate()
        async with app.open_async():
            helper = asyncio.create_task(_take_over_from_the_dead(app, manner))
            try:
                await _taken(app, manner, _told_to_stop())
            finally:
                helper.cancel()
                await asyncio.gather(helper, return_exceptions=True)


def demand_server(settings: Settings) -> None:
    """Raises DatabaseError where the database is a file: workers on several machines cannot share
    one.
    """
    if not settings.database.url.startswith("postgresql"):
        raise DatabaseError(
            "workers need PostgreSQL: set database.url to postgresql+psycopg://…, and see"
            " `aggregator db copy`"
        )


def _told_to_stop() -> asyncio.Event:
    """What is set by the first SIGINT or SIGTERM; a second one ends the process at once."""
    loop, stopping, signals = (
        asyncio.get_running_loop(),
        asyncio.Event(),
        (signal.SIGINT, signal.SIGTERM),
    )

    def told() -> None:
        stopping.set()
        for each in signals:
            loop.remove_signal_handler(each)

    for each in signals:
        loop.add_signal_handler(each, told)
    return stopping


async def _taken(app: procrastinate.App, manner: Manner, stopping: asyncio.Event) -> None:
    """Takes jobs until stopped, or with `until_idle` until nothing waits; where it loses its place
    in the queue, from another.

    A job whose end could not be told stays with the place, so this is left then: what nobody is at
    is taken again.
    """
    while not stopping.is_set():
        lost = asyncio.Event()
        asyncio.get_running_loop().set_exception_handler(partial(_stray, lost))
        pause_s = min(_AGAIN_S, manner.heartbeat_s)
        try:
            await _until(_taken_from_a_place(app, manner), stopping, lost)
            if manner.until_idle:
                if not await _is_waiting(app):
                    return
                pause_s = _LOOK_S
        except ConnectorException as error:
            log().warning("worker lost its place in the queue", reason=_first_line(error))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause_s)


async def _until(work: Coroutine[None, None, None], *ends: asyncio.Event) -> None:
    """Does the work; once one of these is set, what is under way of it ends, and no more."""
    taking, told = asyncio.create_task(work), [asyncio.create_task(end.wait()) for end in ends]
    await asyncio.wait({taking, *told}, return_when=asyncio.FIRST_COMPLETED)
    for each in (taking, *told):
        each.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await taking


async def _taken_from_a_place(app: procrastinate.App, manner: Manner) -> None:
    await app.run_worker_async(
        queues=[queue.value for queue in manner.queues],
        concurrency=manner.concurrency,
        wait=not manner.until_idle,
        delete_jobs="successful",
        update_heartbeat_interval=manner.heartbeat_s,
        stalled_worker_timeout=manner.heartbeat_s * _BEATS_MISSED,
        fetch_job_polling_interval=min(5.0, manner.heartbeat_s),
        install_signal_handlers=False,
    )


def _stray(lost: asyncio.Event, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Hears of a job whose end could not be told: the server was away, or the job was given to
    another worker meanwhile.
    """
    error = context.get("exception")
    if isinstance(error, ProcrastinateException):
        log().warning("end of a job could not be told", reason=_first_line(error))
        lost.set()
    else:
        loop.default_exception_handler(context)


class _InOurLog(logging.Handler):
    """What Procrastinate logs, as lines of our own: a failure with its reason, a mistake of ours
    with where it was made.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Tells it."""
        error = record.exc_info[1] if record.exc_info else None
        is_failure = isinstance(error, AggregatorError | ProcrastinateException)
        more = (
            {"reason": _first_line(error)}
            if error and is_failure
            else {"exc_info": error}
            if error
            else {}
        )
        log().log(record.levelno, record.getMessage(), **more)


def _hear_procrastinate() -> None:
    theirs = logging.getLogger("procrastinate")
    theirs.handlers, theirs.propagate = [_InOurLog(logging.WARNING)], False


def _first_line(error: BaseException) -> str:
    return str(error.__cause__ or error).strip().partition("\n")[0]


async def _is_waiting(app: procrastinate.App) -> bool:
    """Whether a job waits or is under way: what is under way may open more."""
    return any(
        [await app.job_manager.list_jobs_async(status=status) for status in ("todo", "doing")]
    )


def start_refresh(services: Services, now: datetime, *, everything: bool) -> bool:
    """Has workers refresh; False where they do already."""
    install(services.database)
    with services.database.writing() as connection:
        begun = portioning.begin(connection, services, now, everything=everything)
        put_portions(connection, begun)
    return bool(begun)


class _Patience(BaseRetryStrategy):
    """A job that found a refresh by hand under way waits for it; one that failed is tried again a
    few times.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:
        """When the job is tried again, None for never."""
        if isinstance(exception, RunningError) or job.attempts + 1 < _ATTEMPTS:
            return RetryDecision(retry_in={"seconds": _AGAIN_S})
        return None


def _app(services: Services, works: Works, watch: Watch) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(
        conninfo=services.database.driver_url, min_size=1, max_size=4
    )
    app = procrastinate.App(connector=connector)

    @app.task(name=PORTION, pass_context=True, retry=_Patience())
    async def portion(context: procrastinate.JobContext, run: str, step: str, key: str) -> None:
        await _worked(
            services, watch, run, Step(step), key, is_last_try=context.job.attempts + 1 >= _ATTEMPTS
        )

    @app.task(name=ERRAND, retry=_Patience())
    def errand(kind: str) -> None:
        done_if_due(services, works, RunKind(kind))

    @app.task(name=TELL)
    def tell() -> None:
        works.tell()

    return app


def done_if_due(services: Services, works: Works, kind: RunKind) -> None:
    """Does a kind of work if it is due still: a job may have been put while another of its kind
    began.
    """
    now = SystemClock().now()
    if kind not in due(services.settings, now):
        return
    if kind is RunKind.REFRESH:
        start_refresh(services, now, everything=False)
        return
    try:
        works.do[kind](lambda: False)
    except RunningError:
        raise
    except AggregatorError as error:
        log().error(f"{kind.value} failed", reason=str(error))
    with services.database.writing() as connection:
        put_telling(connection)


def _follow_the_schedule(app: procrastinate.App, services: Services) -> None:
    """Looks each minute what is due, and has it told now and then how the house is; of all workers
    one does.
    """

    @app.periodic(cron="* * * * *")
    @app.task(name=TICK, queue=Queue.REFRESH.value, queueing_lock=TICK)
    def tick(timestamp: int) -> None:
        put_due(services, SystemClock().now())


def put_due(services: Services, now: datetime) -> None:
    """Puts into the queue what the schedule says is due; what waits is not put twice. A run that
    nobody can end is ended.
    """
    found = due(services.settings, now)
    with services.database.writing() as connection:
        for run in portions.open_runs(connection):
            if not is_worked_on(connection, run):
                log().error("run ended: its job broke", run=run)
                portioning.end_with(
                    connection, run, "a job of it broke, see the log of the workers"
                )
        for kind in found:
            if kind is not RunKind.REFRESH or not portions.open_runs(connection):
                put_errand(connection, kind)
        if now.minute % TOLD_EVERY_MINUTES == 0:
            put_telling(connection)


async def _worked(
    services: Services, watch: Watch, run: str, step: Step, key: str, *, is_last_try: bool
) -> None:
    """Does a portion that is still to be done, by the clock of its run; one worker at a time, as
    another may be at it still.

    Raises RunningError where another has it: one that was taken for dead while it lives.
    """
    with services.database.held(f"portion {run} {step.value} {key}") as is_ours:
        if not is_ours:
            raise RunningError(
                f"another worker is at the portion {step.value} {key} of the run {run}"
            )
        with services.database.reading() as connection:
            portion, begun = (
                portions.open_portion(connection, run, step, key),
                run_of(connection, run),
            )
        if portion and begun:
            at_its_moment = replace(services, clock=FrozenClock(begun.started))
            await _worked_alone(at_its_moment, watch, portion, is_last_try=is_last_try)


async def _worked_alone(
    services: Services, watch: Watch, portion: WorkUnit, *, is_last_try: bool
) -> None:
    run, step = portion.run, portion.step
    with structlog.contextvars.bound_contextvars(run=run, stage=step.value, portion=portion.key):
        try:
            with shared_run_lock(services.database):
                told = await _told(services, portion, watch)
        except RunningError:
            raise
        except (AggregatorError, OSError) as error:
            log().warning("portion failed", reason=str(error), is_last_try=is_last_try)
            if not is_last_try:
                raise
            if step in _ESSENTIAL:
                with services.database.writing() as connection:
                    portioning.end_with(connection, run, str(error))
                    put_telling(connection)
                raise
            told = portioning.given_up(portion, str(error))
        await asyncio.to_thread(_finished, services, portion, told)


def _finished(services: Services, portion: WorkUnit, told: dict[str, Any]) -> None:
    with services.database.writing() as connection:
        done = portioning.finish(connection, services, portion, told)
        put_portions(connection, done.next)
        if done.is_over:
            put_telling(connection)


async def _told(services: Services, portion: WorkUnit, watch: Watch) -> dict[str, Any]:
    if portion.step not in _COMPUTING:
        return await portioning.do(services, portion, watch)

    async def apart() -> dict[str, Any]:
        async with with_own_models(services) as own:
            return await portioning.do(own, portion, watch)

    return await asyncio.to_thread(lambda: asyncio.run(apart()))


async def _take_over_from_the_dead(app: procrastinate.App, manner: Manner) -> None:
    """Has jobs taken again whose worker died. Procrastinate finds them, and leaves it to its users
    to do so.
    """
    while True:
        with contextlib.suppress(
            ProcrastinateException
        ):  # the server is away for a moment, or another worker was faster
            for job in await app.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=manner.heartbeat_s * _BEATS_MISSED
            ):
                log().warning(
                    "a worker died: its job is taken again", job=job.id, arguments=job.task_kwargs
                )
                await app.job_manager.retry_job(job)
        await asyncio.sleep(manner.heartbeat_s)
