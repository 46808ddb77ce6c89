"""Stage four: stale stories are analysed, and what survives the gates is kept.

Where a model answers, it writes the most important stories of the day, until its places are taken
or the time budget is used up. The rest, and every story where none answers, is
written by the extractive engine; where a place is left, a model writes it at the next run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from aggregator.domain.claim import Analysis
from aggregator.domain.settings import EngineChoice
from aggregator.domain.story import Story
from aggregator.errors import GateError
from aggregator.hooks.plugins import plugins
from aggregator.ports import ModelEngine
from aggregator.services import Services, Tally, Watch
from aggregator.store.database import Connection
from aggregator.store.news import stories
from aggregator.store.rows import batches
from aggregator.store.writing import analyses
from aggregator.store.writing.analyses import AnalysisOrigin
from aggregator.store.writing.models import places_held
from aggregator.story.run import Unanalysed, analyse, evidence_digest, inputs_digest
from aggregator.story.stage.gating import AnalysedStory, Gates, keep, rule_facts, with_texts
from aggregator.story.stage.places import EveryPlace, Places, daily_places, depth_of

_STORY_BATCH = 50  # stories analysed in one transaction: what a kill can cost


def outdated_for(
    connection: Connection, services: Services, model: ModelEngine, since: datetime | None
) -> tuple[str, ...]:
    """The stories, by importance, for which the day has a place and that this model did not write
    so deep, or not by these rules. Of those without news `since` the texts are forgotten.
    """
    places = daily_places(connection, services)
    held = places_held(connection, places.day)
    made = analyses.analysis_origins(connection, [*places.ranked])
    found = []
    for story in in_order(connection, places.ranked):
        before = made.get(story.id)
        if before is None or before.rules == model.rules or (since and story.updated < since):
            continue  # one that is new is stale already
        depth = places.open_to(held, story.id, depth_of(before))
        if depth and before.rules != replace(model, depth=depth).rules:
            found.append(story.id)
    return tuple(found)


def for_model(
    connection: Connection, services: Services, within: Collection[str] | None = None
) -> tuple[Story, ...]:
    """The stale stories (or of these only) that may have a place of the day, the most important
    first.
    """
    ranked = daily_places(connection, services).ranked
    stale = frozenset(stories.stale_ids(connection))
    stale = stale if within is None else stale.intersection(within)
    return in_order(connection, [each for each in ranked if each in stale])


def with_places(
    connection: Connection,
    services: Services,
    within: Collection[str] | None,
    again: Collection[str],
) -> tuple[Places, tuple[Story, ...]]:
    """The places of a run and the stale stories (or of these only) that may have one. With stories
    that are made `again`, these alone: what a model wrote of them it may write, whatever the day.
    """
    places = daily_places(connection, services)
    if again:
        return EveryPlace(places), stories.stale_stories(connection, again)
    return places, for_model(connection, services, within)


def in_order(connection: Connection, ids: Iterable[str]) -> tuple[Story, ...]:
    """These stories in the order of their ids."""
    order = tuple(ids)
    found = {
        story.id: story
        for some in batches(order)
        for story in stories.stories_by_id(connection, some)
    }
    return tuple(found[story_id] for story_id in order)


def write_by_rules(
    services: Services,
    watch: Watch,
    tally: Tally,
    *,
    waits_for_model: bool,
    within: Collection[str] | None,
) -> None:
    """Writes by rules whatever is still stale, but never in place of a model that wrote of the same
    articles.

    `within` are the stories of one portion: these alone are looked at.
    """
    spare_models = services.settings.analysis.engine is not EngineChoice.EXTRACTIVE
    with services.database.reading() as connection:
        stale = stories.stale_stories(connection, within)
        made = analyses.analysis_origins(connection, [story.id for story in stale])
    watch.stage("analysis", len(stale))
    for some in batches(stale, _STORY_BATCH):
        done: list[AnalysedStory] = []
        fresh: list[str] = []
        now = services.clock.now()
        with services.database.writing() as connection:
            for story in with_texts(connection, services, some):
                before = made.get(story.id)
                stays = (
                    before is not None
                    and spare_models
                    and before.engine != services.engine.name
                    and (_covers(before, story) or _stands(connection, before, story))
                )
                is_same = before is not None and before.inputs == inputs_digest(
                    story, services.engine
                )
                if not stays and not is_same:
                    gates = Gates.around(story, services.settings.analysis)
                    try:
                        result = analyse(story, services.engine, gates.over, now)
                    except GateError as error:  # its page stays; the next run tries again
                        plugins().note(error, story.slug)
                        watch.step(story.slug)
                        continue
                    if before and _covers(before, story):
                        result = _as_before(connection, result)
                    done.append((result, rule_facts(story, services.settings.analysis)))
                if not (stays and waits_for_model):
                    fresh.append(story.id)
                watch.step(story.slug)
            keep(connection, services, done, services.engine.rules, tally)
            stories.mark_fresh(connection, fresh)


def _as_before(connection: Connection, result: Analysis | Unanalysed) -> Analysis | Unanalysed:
    """The analysis as of when it was first written so, where other rules write the same of the
    same articles.

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


def _stands(connection: Connection, before: AnalysisOrigin, story: Story) -> bool:
    """Whether a page that a model wrote holds still, as all that it cites stands in the story as it
    was: a report more takes nothing from it.
    """
    if before.model is None or not before.inputs:
        return False
    now = {(member.article.id, member.article.version) for member in story.members}
    return analyses.cited_versions(connection, story.id) <= now


def _covers(made: AnalysisOrigin, story: Story) -> bool:
    """Whether an analysis was made from the articles as they are now, by whatever engine."""
    return made.inputs == evidence_digest(story, made.engine, made.model, made.rules)
