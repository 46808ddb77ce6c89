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

_NOTHING = Price(completion_tokens=0, judge_tokens=0, minutes=0.0)
_UNKNOWN = "not measured yet"  # no run of this model was


async def refresh_plan(services: Services, options: RefreshOptions) -> dict[str, float | str]:
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
        return {"sources_due": due_now, "model": named, **_priced(_NOTHING)}
    now = services.clock.now()
    with services.database.reading() as connection:
        states = stored_sources.fetch_states(connection)
        asked = followed(connection, services.settings.sources)
        due = due_sources(asked, states, now, everything=options.everything, only=options.only)
        stale = frozenset(stories.stale_ids(connection))
        texts_since = services.settings.retention.texts_since(now)
        asked_about = waiting(connection, services, model, texts_since) if model else ()
        cost = price(connection, services, model, asked_about) if model else _NOTHING
        return {
            "sources_due": len(due.asked),
            "sources_not_due": len(due.not_due),
            "entries_to_read": len(entries.pending_entries(connection)),
            "pages_to_ask_again": len(articles.pages_due(connection, now)),
            "articles_to_place": articles.unplaced_count(connection),
            "doubts_for_model": services.settings.cluster.judge_questions if model else 0,
            "stories_to_analyse": len(stale.union(story.id for story in asked_about)),
            "model": named,
            **_priced(cost),
        }


def _priced(cost: Price) -> dict[str, float | str]:
    return {
        "stories_for_model": cost.in_depth + cost.in_brief,
        "in_depth": cost.in_depth,
        "in_brief": cost.in_brief,
        "prompt_tokens": cost.prompt_tokens,
        **{
            name: _UNKNOWN if value is None else value
            for name, value in (
                ("completion_tokens", cost.completion_tokens),
                ("judge_tokens", cost.judge_tokens),
                ("minutes", cost.minutes),
            )
        },
    }
