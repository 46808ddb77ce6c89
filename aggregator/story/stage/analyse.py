"""Stage four: stale stories are analysed, and what survives the gates is kept.

Where a model answers, it tells the best stories first, until the budget of the run is spent. What
it did not come to, and every story where none answers, is told by the extractive engine meanwhile;
a model tells it at the next run.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from aggregator.domain.claim import Analysis
from aggregator.domain.operation.report import Failure
from aggregator.domain.settings import EngineChoice
from aggregator.domain.story import Story
from aggregator.ports import Engine, ModelEngine
from aggregator.services import Services, Tally, Watch
from aggregator.store.database import Connection
from aggregator.store.news import stories
from aggregator.store.writing import analyses
from aggregator.store.writing.analyses import AnalysisOrigin
from aggregator.story.run import Unanalysed, analyse, evidence_digest, inputs_digest
from aggregator.story.stage.gating import Gates, keep, rule_facts, with_texts
from aggregator.story.stage.judging import judged_engine

_T = TypeVar("_T")
_STORY_BATCH = 50  # stories analysed in one transaction: what a kill can cost


async def outdate(services: Services, tally: Tally, watch: Watch) -> ModelEngine | None:
    """Makes stale what is to be told anew by the engine of this run; returns the model, if one
    answers.
    """
    with services.database.reading() as connection:
        is_any_stale = stories.is_any_stale(connection)
    # A judge is calibrated where there is something to write: without news nothing is asked of it.
    found = await judged_engine(services, watch if is_any_stale else None, tally)
    model = found if isinstance(found, ModelEngine) else None
    if isinstance(found, Failure):
        tally.failures.append(found)
    by: Engine | ModelEngine = model or services.engine
    tally.engine = f"{by.name} ({by.model})" if model else by.name
    spare_models = _spares_models(services)
    with services.database.writing() as connection:
        since = services.settings.retention.texts_since(services.clock.now())
        stories.mark_outdated(
            connection, by.name, by.rules, spare_models=spare_models and model is None, since=since
        )
    return model


def for_model(services: Services, stale: Sequence[_T]) -> Sequence[_T]:
    """Those of the stories, or of their ids, best first, that a model is asked to tell in one
    run.
    """
    return stale[: services.settings.analysis.max_stories_per_run or None]


def for_rules(services: Services, stale: Sequence[_T], *, waits_for_model: bool) -> Sequence[_T]:
    """Those of the stories, or of their ids, that rules tell in one run: all where a model tells
    the best of them.
    """
    return stale if waits_for_model else for_model(services, stale)


def _spares_models(services: Services) -> bool:
    return services.settings.analysis.engine is not EngineChoice.EXTRACTIVE


def tell_by_rules(
    services: Services,
    watch: Watch,
    tally: Tally,
    *,
    waits_for_model: bool,
    within: Collection[str] | None = None,
) -> None:
    """Tells by rules whatever is still stale, but never in place of a model that told of the same
    articles.

    `within` are the stories of one portion: these alone are looked at.
    """
    spare_models = _spares_models(services)
    with services.database.reading() as connection:
        stale = stories.stale_stories(connection, within)
        if within is None:
            stale = tuple(for_rules(services, stale, waits_for_model=waits_for_model))
        made = analyses.analysis_origins(connection, [story.id for story in stale])
    watch.stage("analysis", len(stale))
    for start in range(0, len(stale), _STORY_BATCH):
        with services.database.writing() as connection:
            for story in with_texts(connection, services, stale[start : start + _STORY_BATCH]):
                before = made.get(story.id)
                stays = (
                    before is not None
                    and spare_models
                    and before.engine != services.engine.name
                    and _covers(before, story)
                )
                is_same = before is not None and before.inputs == inputs_digest(
                    story, services.engine
                )
                if not stays and not is_same:
                    gates = Gates.around(story, services.settings.analysis)
                    result = analyse(story, services.engine, gates.over, services.clock.now())
                    if before and _covers(before, story):
                        result = _as_before(connection, result)
                    facts = rule_facts(story, services.settings.analysis)
                    keep(connection, services, result, facts, services.engine.rules, tally)
                if not (stays and waits_for_model):
                    stories.mark_fresh(connection, story.id)
                watch.step(story.slug)


def _as_before(connection: Connection, result: Analysis | Unanalysed) -> Analysis | Unanalysed:
    """The analysis as of when it was first told so, where other rules tell the same of the same
    articles.

    Feeds and sitemap go by that time: an upgrade of the program is no news of every story.
    """
    stored = analyses.analyses_of(connection, [result.story_id]).get(result.story_id)
    if (
        not isinstance(result, Analysis)
        or stored is None
        or (stored.engine, stored.kept) != (result.engine, result.kept)
    ):
        return result
    return replace(result, analysed_at=stored.analysed_at)


def _covers(made: AnalysisOrigin, story: Story) -> bool:
    """Whether an analysis was made from the articles as they are now, by whatever engine."""
    return made.inputs == evidence_digest(story, made.engine, made.model, made.rules)
