"""Stage four: stale stories are analysed, and what survives the gates is kept."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from aggregator.analyse.run import Engine, Unanalysed, analyse, inputs_digest
from aggregator.cluster.members import members
from aggregator.domain.claim import Analysis, Draft, Rejection
from aggregator.domain.story import Story
from aggregator.stages.services import Services, Tally, Watch
from aggregator.store import analyses, articles, stories
from aggregator.store.database import Connection
from aggregator.verify.verdict import survivors

_STORY_BATCH = 50  # stories analysed in one transaction: what a kill can cost


def analyse_stage(services: Services, watch: Watch, tally: Tally) -> None:
    """Analyses the stale stories, best first, in batches; a story whose inputs are the same keeps its analysis."""
    limit = services.settings.analysis.max_stories_per_run or None
    with services.database.writing() as connection:
        stories.mark_outdated(connection, services.engine.name, services.engine.model, services.engine.rules)
        stale = stories.stale_stories(connection)[:limit]
        inputs = analyses.analysis_inputs(connection)
    check = partial(_checked, quote_words=services.settings.analysis.quote_words)
    watch.stage("analysis", len(stale))
    for start in range(0, len(stale), _STORY_BATCH):
        batch = stale[start : start + _STORY_BATCH]
        with services.database.writing() as connection:
            texts = articles.articles_of(connection, [story.id for story in batch], passages=True)
            for bare in batch:
                story = replace(bare, members=members(texts[bare.id], services.sources()))
                if inputs.get(story.id) != inputs_digest(story, services.engine):
                    _keep(connection, analyse(story, services.engine, check, services.clock.now()), services.engine, tally)
                stories.mark_fresh(connection, story.id)
                watch.step(story.slug)


def _checked(draft: Draft, story: Story, *, quote_words: int) -> tuple[Draft | None, tuple[tuple[Rejection, int], ...]]:
    """The gates over a draft, with the passages of the story's own articles and nothing else in reach."""
    found = {passage.key: passage for member in story.members for passage in member.article.passages}
    published = {member.article.id: member.article.published.at.date() for member in story.members}
    return survivors(draft, found, published, quote_words)


def _keep(connection: Connection, result: Analysis | Unanalysed, engine: Engine, tally: Tally) -> None:
    tally.rejected.update({reason.value: count for reason, count in result.rejected})
    if isinstance(result, Unanalysed):
        analyses.drop_analysis(connection, result.story_id)
        return
    tally.counts["analysed"] += 1
    tally.counts["claims_kept"] += sum(1 for _ in result.kept.claims())
    analyses.save_analysis(connection, result, engine.rules)
