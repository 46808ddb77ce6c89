"""A refresh in portions, for workers on several machines: what the portions of each step are, and
the doing of one.

The doing is that of the stages themselves; what a portion adds is its bounds. All portions of a run
have its moment as their clock, so that one that is done again after its worker died comes to the
same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, assert_never

from aggregator.crawl.plan import due_sources
from aggregator.crawl.stage.source_status import followed
from aggregator.domain.operation.report import Failure, Note, RunKind, report_object
from aggregator.domain.operation.work_unit import Step, WorkUnit
from aggregator.domain.web.urls import registrable_domain
from aggregator.ops.run_report import run_report
from aggregator.ops.runs import begun
from aggregator.pipeline import STEPS, Way, Work, walk
from aggregator.ports import ModelEngine
from aggregator.services import RefreshOptions, Services, Tally, Watch
from aggregator.store import runs
from aggregator.store import work_units as portions
from aggregator.store.database import Connection
from aggregator.store.news import articles, entries, stories
from aggregator.store.news import sources as stored_sources
from aggregator.store.writing import history as facts
from aggregator.story.stage.analyse import for_model, for_rules

_STORY_BATCH = 50  # stories in one portion: one takes some 10 ms, a job as much again
_ALL = "all"  # the key of a step that is one portion


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of finishing a portion: the portions that can be taken now, and whether the run is
    over.
    """

    next: tuple[WorkUnit, ...] = ()
    is_over: bool = False


def begin(
    connection: Connection, services: Services, now: datetime, *, everything: bool
) -> tuple[WorkUnit, ...]:
    """Begins a run; the portions that can be taken at once. Nothing where workers have one under
    way.
    """
    if portions.open_runs(connection):
        return ()
    run = begun(connection, now, RunKind.REFRESH)
    return _planned(connection, _sources(connection, services, now, run, everything=everything))


async def do(services: Services, portion: WorkUnit, watch: Watch) -> dict[str, Any]:
    """Does a portion, and returns what it told, to be given to `finish`.

    What it has to tell is noted with each of its transactions: where its worker dies, another goes
    on counting from there.
    """
    with services.database.reading() as connection:
        before = portions.noted(connection, portion) or {}
    tally, began_s = (
        _tally([before]) if before else Tally(),
        services.clock.monotonic_s() - before.get("seconds", 0.0),
    )
    tally.page_failures.update(
        {(source, reason): count for source, reason, count in before.get("page_failures", ())}
    )

    def told() -> dict[str, Any]:
        return {
            "engine": tally.engine,
            "counts": dict(tally.counts),
            "rejected": dict(tally.rejected),
            "failures": [_failure_told(failure) for failure in tally.failures],
            "notes": [asdict(note) for note in tally.notes],
            "page_failures": [[*of, count] for of, count in tally.page_failures.items()],
            "seconds": round(services.clock.monotonic_s() - began_s, 3),
        }

    noting = services.database.noting(lambda connection: portions.note(connection, portion, told()))
    more = await _done(replace(services, database=noting), portion, watch, tally)
    return told() | more


def finish(
    connection: Connection, services: Services, portion: WorkUnit, told: dict[str, Any]
) -> Done:
    """Marks a portion as done; the last of a step opens the next. Done a second time, it changes
    nothing.
    """
    was_last = portions.finish(connection, portion, told)
    if not was_last:
        return Done()
    if portion.step is STEPS[-1]:
        _end(connection, services, portion.run)
        return Done(is_over=True)
    now = services.clock.now()
    following = _after(connection, services, portion.run, portion.step, now)
    return Done(next=_planned(connection, following))


def given_up(portion: WorkUnit, reason: str) -> dict[str, Any]:
    """What is told of a portion that failed for good: the run goes on without it."""
    failure = Failure(source=portion.key, stage=portion.step.value, reason=reason)
    return {
        "counts": {},
        "rejected": {},
        "failures": [_failure_told(failure)],
        "notes": [],
        "seconds": 0.0,
    }


async def _done(
    services: Services, portion: WorkUnit, watch: Watch, tally: Tally
) -> dict[str, Any]:
    work = Work(services=services, watch=watch, tally=tally, within=portion.items)
    match portion.step:
        case Step.FETCH:
            work.options = RefreshOptions(
                everything=portion.key.startswith("every/"), within=frozenset(portion.items)
            )
        case Step.TELL:
            found = await services.find_model()
            if isinstance(found, ModelEngine) and not _is_spent(services, portion.run):
                work.model = found
        case Step.ANALYSE:
            work.waits_for_model = _has_model(services, portion.run)
        case Step.EXTRACT | Step.CLUSTER | Step.REMEMBER | Step.PUBLISH:
            pass
        case _ as never:
            assert_never(never)
    await walk(Way.REFRESH, work, step=portion.step)
    return {"has_model": work.model is not None} if portion.step is Step.CLUSTER else {}


def _has_model(services: Services, run: str) -> bool:
    with services.database.reading() as connection:
        return _is_with_model(connection, run)


def _is_with_model(connection: Connection, run: str) -> bool:
    return any(told.get("has_model") for _, told in portions.told(connection, run, Step.CLUSTER))


def _is_spent(services: Services, run: str) -> bool:
    """Whether the budget of the run's analysis is spent: by the seconds and tokens of the portions
    that are done.
    """
    budget = services.settings.analysis
    if not budget.time_budget_s and not budget.token_budget:
        return False
    with services.database.reading() as connection:
        told = [each for _, each in portions.told(connection, run, Step.TELL)]
    seconds = sum(each["seconds"] for each in told)
    tokens = sum(
        each["counts"].get(name, 0)
        for each in told
        for name in ("tokens_prompt", "tokens_completion")
    )
    return bool(0 < budget.time_budget_s < seconds or 0 < budget.token_budget < tokens)


def _planned(connection: Connection, planned: Sequence[WorkUnit]) -> tuple[WorkUnit, ...]:
    portions.add(connection, planned)
    return tuple(planned)


def _after(
    connection: Connection, services: Services, run: str, done: Step, now: datetime
) -> Sequence[WorkUnit]:
    """The portions of the next step that has any."""
    for step in STEPS[STEPS.index(done) + 1 :]:
        if found := _portions(connection, services, run, step, now):
            return found
    raise AssertionError("publishing is always one portion")


def _portions(
    connection: Connection, services: Services, run: str, step: Step, now: datetime
) -> Sequence[WorkUnit]:
    match step:
        case Step.EXTRACT:
            return _articles(connection, now, run)
        case Step.REMEMBER:
            several = _batches(facts.told_again(connection, stories.stale_ids(connection)))
        case Step.TELL if _is_with_model(connection, run):
            several = [
                (story_id,) for story_id in for_model(services, stories.stale_ids(connection))
            ]
        case Step.TELL:
            return ()
        case Step.ANALYSE:
            waits = _is_with_model(connection, run)
            several = _batches(
                for_rules(services, stories.stale_ids(connection), waits_for_model=waits)
            )
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
    return [
        tuple(story_ids[start : start + _STORY_BATCH])
        for start in range(0, len(story_ids), _STORY_BATCH)
    ]


def _sources(
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
    _tell_of_those_not_due(connection, run, len(plan.not_due))
    return found or _after(connection, services, run, Step.FETCH, now)


def _tell_of_those_not_due(connection: Connection, run: str, count: int) -> None:
    """Counts the sources that nobody asks: as a portion that is done."""
    nothing = WorkUnit(run=run, step=Step.FETCH, key="")
    portions.add(connection, [nothing])
    told = {
        "counts": {"sources_not_due": count},
        "rejected": {},
        "failures": [],
        "notes": [],
        "seconds": 0.0,
    }
    portions.finish(connection, nothing, told)


def _articles(connection: Connection, now: datetime, run: str) -> Sequence[WorkUnit]:
    """What is to be read, by the domain of the page."""
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
    found: dict[str, list[str]] = {}
    for key, item in pairs:
        found.setdefault(key, []).append(item)
    return {key: tuple(items) for key, items in sorted(found.items())}


def _end(connection: Connection, services: Services, run: str) -> None:
    """Keeps the report of a run: what its portions told, taken together; its seconds are those of
    all workers.
    """
    told = portions.told(connection, run)
    tally = _tally([each for _, each in told])
    stages = {
        step.value: round(sum(each["seconds"] for of, each in told if of is step), 2)
        for step in STEPS
    }
    seconds = round(sum(stages.values()), 2)
    report = run_report(tally, run=run, seconds=seconds, stages=stages, engine=services.engine.name)
    runs.finish_run(connection, run, report_object(report))
    portions.forget(connection, run)


def _tally(told: Iterable[dict[str, Any]]) -> Tally:
    """What portions told, taken together."""
    tally = Tally()
    for each in told:
        tally.engine = each.get("engine") or tally.engine
        tally.counts.update(each["counts"])
        tally.rejected.update(each["rejected"])
        tally.failures += [_failure(one) for one in each["failures"]]
        tally.notes += [Note(**one) for one in each["notes"]]
    return tally


def end_with(connection: Connection, run: str, reason: str) -> None:
    """Ends a run that cannot go on; what is stored of it stays, and the next run goes on from
    there.
    """
    runs.finish_run(connection, run, {"run": run, "error": reason})
    portions.forget(connection, run)


def _failure_told(failure: Failure) -> dict[str, Any]:
    return asdict(failure) | {
        "next_try": failure.next_try.isoformat() if failure.next_try else None
    }


def _failure(told: dict[str, Any]) -> Failure:
    moment = told["next_try"]
    return Failure(**(told | {"next_try": datetime.fromisoformat(moment) if moment else None}))
