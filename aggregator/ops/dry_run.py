"""What a refresh would do now, and about what a model would read for it: `refresh --dry-run`."""

from __future__ import annotations

from aggregator.crawl.plan import due_sources
from aggregator.crawl.stage.source_status import followed
from aggregator.domain.operation.report import Failure
from aggregator.ports import ModelEngine
from aggregator.services import RefreshOptions, Services
from aggregator.store.news import articles, entries, stories
from aggregator.store.news import sources as stored_sources
from aggregator.store.schema import REVISION
from aggregator.story.stage.judging import judged_engine
from aggregator.story.stage.token_estimate import Price, price, waiting


async def refresh_plan(services: Services, options: RefreshOptions) -> dict[str, int | str]:
    """What a refresh would do now with what is stored, and about what a model would read for it;
    nothing is written.

    No source is asked, and of the model's server only what it has.
    """
    found = await judged_engine(services) if options.analysis else None
    model = found if isinstance(found, ModelEngine) else None
    named = (
        f"{model.name} ({model.model})"
        if model
        else f"none: {found.reason}"
        if isinstance(found, Failure)
        else "none"
    )
    if services.database.revision() != REVISION:
        due_now = sum(source.enabled for source in services.settings.sources)
        return {"sources_due": due_now, "model": named, "stories_for_model": 0, "prompt_tokens": 0}
    now = services.clock.now()
    with services.database.reading() as connection:
        states = stored_sources.fetch_states(connection)
        asked = followed(connection, services.settings.sources)
        due = due_sources(asked, states, now, everything=options.everything, only=options.only)
        looked_at = (
            waiting(connection, model, services.settings.retention.texts_since(now))
            if model
            else list(stories.stale_stories(connection))
        )
        limit = services.settings.analysis.max_stories_per_run or len(looked_at)
        cost = (
            price(connection, services, model, looked_at[:limit])
            if model
            else Price(stories=0, prompt_tokens=0)
        )
        return {
            "sources_due": len(due.asked),
            "sources_not_due": len(due.not_due),
            "entries_to_read": len(entries.pending_entries(connection)),
            "pages_to_ask_again": len(articles.pages_due(connection, now)),
            "articles_to_place": articles.unplaced_count(connection),
            "doubts_for_model": services.settings.cluster.judge_questions if model else 0,
            "stories_to_analyse": len(looked_at),
            "model": named,
            "stories_for_model": cost.stories,
            "prompt_tokens": cost.prompt_tokens,
        }
