"""Tells the stories of a past run once more from what is stored: what `runs replay` does.

Nothing is fetched. A story that comes out the same keeps the time at which it was told, so that no
page changes; answers of a model are taken from those that were kept, as long as the prompt is the
same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.analyse.run import ModelEngine
from aggregator.domain.claim import Analysis
from aggregator.domain.page import PublishResult
from aggregator.domain.report import Run, RunKind
from aggregator.stages.analysing import analyse_stage
from aggregator.stages.noting import note_stage
from aggregator.stages.overriding import override_stage
from aggregator.stages.publishing import publish_stage
from aggregator.stages.recording import recorded
from aggregator.stages.services import Services, Tally, Watch
from aggregator.stages.tagging import tag_stage
from aggregator.store import analyses, stories
from aggregator.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many stories came out the same or otherwise, and those left alone because the model that
    told them is away.
    """

    run: str
    same: int
    changed: tuple[str, ...]
    left: int
    published: PublishResult


async def replay_run(services: Services, past: Run, watch: Watch) -> Replayed:
    """Tells anew, by the present engine and rules, the stories whose telling is of that run, and
    publishes what changed.
    """
    with recorded(services.database, services.clock, RunKind.REPLAY) as run:
        before = _told_in(services, past)
        has_model = isinstance(await services.find_model(), ModelEngine)
        chosen = {
            key: each
            for key, each in before.items()
            if has_model or each.engine == services.engine.name
        }
        with services.database.writing() as connection:
            analyses.forget_inputs(connection, tuple(chosen))
            stories.mark_stale(connection, tuple(chosen))
        override_stage(services)
        tag_stage(services)
        note_stage(services)
        tally = Tally()
        with run.stage("analyse"):
            await analyse_stage(services, watch, tally)
        with services.database.writing() as connection:
            changed = _with_times_of(connection, chosen)
        with run.stage("publish"):
            published = publish_stage(services, watch, full=False)
        run.report = {
            "replays": past.id,
            "same": len(chosen) - len(changed),
            "changed": list(changed),
        }
    left = len(before) - len(chosen)
    return Replayed(
        run=run.id, same=len(chosen) - len(changed), changed=changed, left=left, published=published
    )


def _told_in(services: Services, past: Run) -> dict[str, Analysis]:
    with services.database.reading() as connection:
        ids = analyses.told_between(connection, past.started, past.ended or services.clock.now())
        return analyses.analyses_of(connection, ids)


def _with_times_of(connection: Connection, before: Mapping[str, Analysis]) -> tuple[str, ...]:
    """Gives what came out the same the time at which it was first told so; returns the stories that
    did not.
    """
    after = analyses.analyses_of(connection, tuple(before))
    same = [key for key, each in before.items() if key in after and _is_same(after[key], each)]
    for key in same:
        analyses.date_analysis(connection, key, before[key].analysed_at)
    return tuple(sorted(before.keys() - set(same)))


def _is_same(one: Analysis, other: Analysis) -> bool:
    return (one.engine, one.model, one.kept) == (other.engine, other.model, other.kept)
