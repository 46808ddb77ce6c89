"""A refresh in work units, for workers on several machines: plans those of each step, and does one.

A work unit runs the pipeline's own stages on some sources, pages or stories. The clock of every
unit is the start of its run, so one repeated after its worker died has the same result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from aggregator.crawl.plan import due_sources
from aggregator.crawl.stage.source_status import followed
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.operation.report import Failure, Note, RunKind, Step, report_object
from aggregator.domain.web.urls import registrable_domain
from aggregator.ops.runs import new_run, run_report
from aggregator.pipeline import STAGES, Mode, Work, walk
from aggregator.plugins.workers import store
from aggregator.plugins.workers.store import WorkUnit
from aggregator.ports import ModelEngine
from aggregator.services import RefreshOptions, Services, Tally, Watch
from aggregator.store import runs
from aggregator.store.database import Connection
from aggregator.store.news import articles, entries, stories
from aggregator.store.news import sources as stored_sources
from aggregator.store.rows import batches
from aggregator.store.writing import history
from aggregator.story.stage.analyse import for_model
from aggregator.story.stage.judging import judged_engine

_STORY_BATCH = 50  # stories in one work unit: one takes some 10 ms, a job as much again
_STEPS = tuple(dict.fromkeys(stage.step for stage in STAGES if stage.step))
_ALL = "all"  # the key of a step that is one work unit


@frozen
class FinishResult:
    """What follows a finished work unit: the units that can start now, and whether the run is
    over.
    """

    next: tuple[WorkUnit, ...] = ()
    is_over: bool = False


def begin_run(
    connection: Connection, services: Services, now: datetime, *, everything: bool
) -> tuple[WorkUnit, ...]:
    """Begins a run and returns its first work units; none if a run of the workers is under way."""
    if runs.open_runs(connection):
        return ()
    run = new_run(connection, now, RunKind.REFRESH)
    return _stored(connection, _fetch_units(connection, services, now, run, everything=everything))


async def do_work_unit(services: Services, unit: WorkUnit, watch: Watch) -> dict[str, Any]:
    """Does a work unit and returns its result, for `finish_work_unit`.

    Each of its transactions also stores the result so far: if its worker dies, another goes on
    counting from there.
    """
    with services.database.reading() as connection:
        before = store.progress_of(connection, unit) or {}
    tally, began_s = (
        _tally([before]) if before else Tally(),
        services.clock.monotonic_s() - before.get("seconds", 0.0),
    )
    tally.page_failures.update(
        {(source, reason): count for source, reason, count in before.get("page_failures", ())}
    )

    def result() -> dict[str, Any]:
        return _result(tally, round(services.clock.monotonic_s() - began_s, 3))

    saving = services.database.saving_progress(
        lambda connection: store.save_progress(connection, unit, result())
    )
    more = await _walk_step(replace(services, database=saving), unit, watch, tally)
    return result() | more


def finish_work_unit(
    connection: Connection, services: Services, unit: WorkUnit, result: dict[str, Any]
) -> FinishResult:
    """Marks a work unit as done; the last of a step opens the next. A second call changes
    nothing.
    """
    was_last = store.finish(connection, unit, result)
    if not was_last:
        return FinishResult()
    if unit.step is _STEPS[-1]:
        _finish_run(connection, services, unit.run)
        return FinishResult(is_over=True)
    now = services.clock.now()
    following = _next_units(connection, services, unit.run, unit.step, now)
    return FinishResult(next=_stored(connection, following))


def failed_result(unit: WorkUnit, reason: str) -> dict[str, Any]:
    """The result of a work unit that failed for good: the run goes on without it."""
    failure = Failure(source=unit.key, stage=unit.step.value, reason=reason)
    return _result(Tally(failures=[failure]), 0.0)


async def _walk_step(
    services: Services, unit: WorkUnit, watch: Watch, tally: Tally
) -> dict[str, Any]:
    work = Work(services=services, watch=watch, tally=tally, within=unit.items)
    match unit.step:
        case Step.FETCH:
            work.options = RefreshOptions(
                everything=unit.key.startswith("every/"), within=frozenset(unit.items)
            )
        case Step.TELL:
            found = await judged_engine(services)
            if isinstance(found, ModelEngine) and not _is_spent(services, unit.run):
                work.model = found
        case Step.ANALYSE:
            work.waits_for_model = _has_model(services, unit.run)
        case Step.EXTRACT | Step.CLUSTER | Step.REMEMBER | Step.PUBLISH:
            pass
        case _ as never:
            assert_never(never)
    await walk(Mode.REFRESH, work, step=unit.step)
    return {"has_model": work.model is not None} if unit.step is Step.CLUSTER else {}


def _has_model(services: Services, run: str) -> bool:
    with services.database.reading() as connection:
        return _is_with_model(connection, run)


def _is_with_model(connection: Connection, run: str) -> bool:
    return any(
        result.get("has_model") for _, result in store.results(connection, run, Step.CLUSTER)
    )


def _is_spent(services: Services, run: str) -> bool:
    """Whether the finished work units have spent the run's budget of seconds."""
    budget_s = services.settings.analysis.time_budget_s
    if not budget_s:
        return False
    with services.database.reading() as connection:
        results = [result for _, result in store.results(connection, run, Step.TELL)]
    return bool(sum(result["seconds"] for result in results) > budget_s)


def _stored(connection: Connection, planned: Sequence[WorkUnit]) -> tuple[WorkUnit, ...]:
    store.save(connection, planned)
    return tuple(planned)


def _next_units(
    connection: Connection, services: Services, run: str, done: Step, now: datetime
) -> Sequence[WorkUnit]:
    """The work units of the next step that has any."""
    for step in _STEPS[_STEPS.index(done) + 1 :]:
        if found := _units(connection, services, run, step, now):
            return found
    raise AssertionError("publishing is always one work unit")


def _units(
    connection: Connection, services: Services, run: str, step: Step, now: datetime
) -> Sequence[WorkUnit]:
    match step:
        case Step.EXTRACT:
            return _extract_units(connection, now, run)
        case Step.REMEMBER:
            several = _batches(history.reported_again(connection, stories.stale_ids(connection)))
        case Step.TELL if _is_with_model(connection, run):
            several = [(story.id,) for story in for_model(connection, services)]
        case Step.TELL:
            return ()
        case Step.ANALYSE:
            several = _batches(stories.stale_ids(connection))
        case Step.FETCH | Step.CLUSTER | Step.PUBLISH:
            return (WorkUnit(run=run, step=step, key=_ALL),)
        case _ as never:
            assert_never(never)
    ranked = enumerate(several)
    return [
        WorkUnit(run=run, step=step, key=ids[0], items=ids, priority=len(several) - n)
        for n, ids in ranked
    ]


def _batches(story_ids: Sequence[str]) -> list[tuple[str, ...]]:
    return [*map(tuple, batches(story_ids, _STORY_BATCH))]


def _fetch_units(
    connection: Connection, services: Services, now: datetime, run: str, *, everything: bool
) -> Sequence[WorkUnit]:
    states, asked = (
        stored_sources.fetch_states(connection),
        followed(connection, services.settings.sources),
    )
    plan = due_sources(asked, states, now, everything=everything)
    prefix = "every/" if everything else ""
    by_domain = _grouped(
        (prefix + registrable_domain(ask.request.url), ask.source.key) for ask in plan.asked
    )
    found = [
        WorkUnit(run=run, step=Step.FETCH, key=key, items=items) for key, items in by_domain.items()
    ]
    _count_not_due(connection, run, len(plan.not_due))
    return found or _next_units(connection, services, run, Step.FETCH, now)


def _count_not_due(connection: Connection, run: str, count: int) -> None:
    """Counts the sources that are not due, as a work unit that is done."""
    nothing = WorkUnit(run=run, step=Step.FETCH, key="")
    store.save(connection, [nothing])
    tally = Tally(counts=Counter(sources_not_due=count))
    store.finish(connection, nothing, _result(tally, 0.0))


def _extract_units(connection: Connection, now: datetime, run: str) -> Sequence[WorkUnit]:
    """The pages to read, by domain."""
    waiting = {entry.article_id: entry.entry.url for entry in entries.pending_entries(connection)}
    again = [
        article_id
        for article_id, _ in articles.pages_due(connection, now)
        if article_id not in waiting
    ]
    waiting |= {
        key: article.url for key, (article, _) in articles.articles_by_id(connection, again).items()
    }
    by_domain = _grouped(
        (registrable_domain(url), article_id) for article_id, url in sorted(waiting.items())
    )
    return [
        WorkUnit(run=run, step=Step.EXTRACT, key=key, items=items)
        for key, items in by_domain.items()
    ]


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    return dict(sorted(grouped(pairs).items()))


def _finish_run(connection: Connection, services: Services, run: str) -> None:
    """Stores the report of a run, summed over its work units; its seconds are those of all
    workers.
    """
    results = store.results(connection, run)
    tally = _tally([result for _, result in results])
    stages = {
        step.value: round(sum(result["seconds"] for of, result in results if of is step), 2)
        for step in _STEPS
    }
    seconds = round(sum(stages.values()), 2)
    report = run_report(tally, run=run, seconds=seconds, stages=stages, engine=services.engine.name)
    runs.finish_run(connection, run, report_object(report))
    store.forget(connection, run)


def _result(tally: Tally, seconds: float) -> dict[str, Any]:
    return {
        "engine": tally.engine,
        "counts": dict(tally.counts),
        "rejected": dict(tally.rejected),
        "failures": tally.failures,  # the column writes records
        "notes": [{"source": note.source, "told": note.text} for note in tally.notes],
        "page_failures": [[*of, count] for of, count in tally.page_failures.items()],
        "seconds": seconds,
    }


def _tally(results: Iterable[dict[str, Any]]) -> Tally:
    """The results of work units, summed."""
    tally = Tally()
    for result in results:
        tally.engine = result.get("engine") or tally.engine
        tally.counts.update(result["counts"])
        tally.rejected.update(result["rejected"])
        tally.failures += [_failure(failure) for failure in result["failures"]]
        tally.notes += [Note(source=note["source"], text=note["told"]) for note in result["notes"]]
    return tally


def abort_run(connection: Connection, run: str, reason: str) -> None:
    """Ends a run that cannot go on; what it stored stays, and the next run goes on from there."""
    runs.finish_run(connection, run, {"run": run, "error": reason})
    store.forget(connection, run)


def _failure(stored: dict[str, Any]) -> Failure:
    moment = stored["next_try"]
    return Failure(**(stored | {"next_try": datetime.fromisoformat(moment) if moment else None}))
