"""The engine of a run: what it would write otherwise than is stored becomes stale.

What an engine needs to write is imported where it writes: a run by rules without news asks only
which rules they are, and ends here.
"""

from __future__ import annotations

from aggregator.domain.claim import Draft
from aggregator.domain.operation.report import Failure
from aggregator.domain.operation.rules import extractive_rules
from aggregator.domain.settings import AnalysisSettings, EngineChoice
from aggregator.domain.story import Story
from aggregator.hooks.plugins import plugins
from aggregator.ports import Engine, ModelEngine
from aggregator.services import Services, Tally, Watch
from aggregator.store.news import stories


def extractive_engine(settings: AnalysisSettings) -> Engine:
    """The engine of these settings, which are part of its rules."""

    def drafted(story: Story) -> Draft | None:
        from aggregator.story.rules.extractive import page_by_rules  # noqa: PLC0415

        return page_by_rules(
            story,
            language=settings.language,
            quote_words=settings.quote_words,
            hook_words=settings.hook_words,
        )

    added = plugins().identity("gates", "sections")
    rules = " ".join(filter(None, (extractive_rules(settings), added)))
    return Engine(name="extractive", model=None, rules=rules, draft=drafted)


async def outdate(services: Services, tally: Tally, watch: Watch) -> ModelEngine | None:
    """Makes stale what is to be analysed again by the engine of this run; returns the model, if one
    answers.
    """
    may_model = services.settings.analysis.engine is not EngineChoice.EXTRACTIVE
    model = await _model(services, tally, watch) if may_model else None
    by: Engine | ModelEngine = model or services.engine
    tally.engine = f"{by.name} ({by.model})" if model else by.name
    own = services.engine
    known = (own.rules, model.rules) if model else (own.rules,)
    with services.database.writing() as connection:
        since = services.settings.retention.texts_since(services.clock.now())
        stories.mark_outdated(connection, own.name, known, spare_models=may_model, since=since)
        if model:
            from aggregator.story.stage.analyse import outdated_for  # noqa: PLC0415

            stories.mark_stale(connection, outdated_for(connection, services, model, since))
    return model


async def _model(services: Services, tally: Tally, watch: Watch) -> ModelEngine | None:
    from aggregator.story.stage.judging import judged_engine  # noqa: PLC0415

    found = await judged_engine(services, watch, tally)
    if isinstance(found, Failure):
        tally.failures.append(found)
    return found if isinstance(found, ModelEngine) else None
