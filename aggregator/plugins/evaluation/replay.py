"""Analyses the stories of a run again: one that comes out the same keeps the time at which it was
written, so that no page changes, and answers that were kept are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from aggregator.domain.claim import Analysis
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Run, RunKind
from aggregator.domain.publishing.page import PublishResult
from aggregator.ops.runs import recorded_run
from aggregator.pipeline import Mode, Stage, Work, walk
from aggregator.plugins.evaluation import store
from aggregator.ports import ModelEngine
from aggregator.services import Services, Watch
from aggregator.store.news import stories
from aggregator.store.writing import analyses


@frozen
class Replayed:
    """How many stories came out the same or otherwise, and those left alone because the model that
    told them is away.
    """

    run: str
    same: int
    changed: tuple[str, ...]
    left: int
    published: PublishResult


async def _chosen_again(services: Services, past: Run) -> tuple[dict[str, Analysis], int]:
    """The analyses of a past run whose stories are made stale, to be analysed again, and the number
    of those left alone because the model that wrote them is away.
    """
    with services.database.reading() as connection:
        ids = store.analysed_between(connection, past.started, past.ended or services.clock.now())
        before = analyses.analyses_of(connection, ids)
    has_model = isinstance(await services.find_model(), ModelEngine)
    chosen = {
        key: analysis
        for key, analysis in before.items()
        if has_model or analysis.engine == services.engine.name
    }
    with services.database.writing() as connection:
        store.forget_inputs(connection, tuple(chosen))
        stories.mark_stale(connection, tuple(chosen))
    return chosen, len(before) - len(chosen)


def _date_unchanged(services: Services, before: Mapping[str, Analysis]) -> tuple[str, ...]:
    """Gives what came out the same the time at which it was first written so; returns the stories
    that did not.
    """
    with services.database.writing() as connection:
        after = analyses.analyses_of(connection, tuple(before))
        same = [
            key
            for key, analysis in before.items()
            if key in after and _is_same(after[key], analysis)
        ]
        for key in same:
            store.date_analysis(connection, key, before[key].analysed_at)
    return tuple(sorted(before.keys() - set(same)))


def _is_same(one: Analysis, other: Analysis) -> bool:
    return (one.engine, one.model, one.kept) == (other.engine, other.model, other.kept)


async def replay_run(services: Services, past: Run, watch: Watch) -> Replayed:
    """Analyses again, by the present engine and rules, the stories that were last analysed in that
    run, and publishes what changed.
    """
    with recorded_run(services.database, services.clock, RunKind.REPLAY) as run:
        before, left = await _chosen_again(services, past)
        changed: tuple[str, ...] = ()

        async def date(_: Work) -> None:
            nonlocal changed
            changed = _date_unchanged(services, before)

        def timed(name: str) -> AbstractContextManager[None]:
            # nothing is clustered: the overrides and tags that share its name are not its seconds
            return nullcontext() if name == "cluster" else run.stage(name)

        dating = Stage(
            name="date",
            run=date,
            reported="",
            step=None,
            after="rules",
            modes={Mode.REPLAY: lambda _: True},
            takes="analyses that a replay rewrote",
            leaves="the earlier time of those that are the same",
        )
        work = Work(services=services, watch=watch, again=tuple(before))
        await walk(Mode.REPLAY, work, timed, also=[dating])
        same = len(before) - len(changed)
        run.report = {"replays": past.id, "same": same, "changed": list(changed)}
    return Replayed(run=run.id, same=same, changed=changed, left=left, published=work.published)
