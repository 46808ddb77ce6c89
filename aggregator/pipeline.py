"""The stages in order: the only page that knows how fetch, extract, cluster, analyse, verify and
publish follow each other.

Each stage asks the store what is pending, hands frozen records to pure functions or thin shells,
and commits what comes back. So a run can be killed anywhere and run again, and one with nothing new
does next to nothing.
"""

from __future__ import annotations

from aggregator.analyse.run import ModelEngine
from aggregator.domain.report import Failure, RunKind, RunReport, report_object
from aggregator.fetch.plan import due_sources
from aggregator.stages.analysing import analyse_stage
from aggregator.stages.fetching import fetch_stage
from aggregator.stages.foretelling import note_due
from aggregator.stages.noting import note_stage
from aggregator.stages.placing import place_stage
from aggregator.stages.pricing import Price, price, waiting
from aggregator.stages.publishing import publish_stage
from aggregator.stages.reading import read_stage
from aggregator.stages.recording import recorded
from aggregator.stages.reporting import run_report
from aggregator.stages.retaining import kept_since
from aggregator.stages.services import RefreshOptions, Services, Tally, Watch
from aggregator.stages.standing import followed
from aggregator.store import articles, entries, stories
from aggregator.store import sources as stored_sources
from aggregator.store.schema import REVISION


async def refresh(services: Services, options: RefreshOptions, watch: Watch) -> RunReport:
    """One run through all stages. Sources and pages that fail are reported; what raises ends the
    run.

    Raises ConfigError before any source is asked where the registry is wrong.
    """
    services.find_registry()
    services.database.upgrade(services.clock.now())
    with recorded(services.database, services.clock, RunKind.REFRESH) as run:
        tally = Tally()
        with run.stage("fetch"):
            await fetch_stage(services, options, watch, tally)
        with run.stage("read"):
            if not tally.is_cut_off:  # a page that cannot be reached is not tried again for a day
                await read_stage(services, watch, tally)
        with run.stage("cluster"):
            await place_stage(services, watch, tally, may_ask=options.analysis)
        if options.analysis:
            with run.stage("analyse"):
                note_stage(services)
                await analyse_stage(services, watch, tally)
        note_due(services, tally)
        with run.stage("publish"):
            published = publish_stage(services, watch, full=False)
        tally.counts.update(
            pages_written=published.written,
            pages_unchanged=published.unchanged,
            pages_removed=published.removed,
        )
        engine = services.engine.name
        report = run_report(
            tally, run=run.id, seconds=run.seconds, stages=run.stages, engine=engine
        )
        run.report = report_object(report)
    return report


async def planned(services: Services, options: RefreshOptions) -> dict[str, int | str]:
    """What a refresh would do now with what is stored, and about what a model would read for it;
    nothing is written.

    No source is asked, and of the model's server only what it has.
    """
    found = await services.find_model() if options.analysis else None
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
            waiting(connection, model, kept_since(services.settings.retention, now))
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
