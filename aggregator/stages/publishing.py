"""Stage five: the pages that changed are written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from aggregator.cluster.members import members
from aggregator.cluster.related import related_stories
from aggregator.compose.edition_page import due_words
from aggregator.compose.site import SiteContent, site_pages
from aggregator.compose.story import path_of
from aggregator.deliver.links import subscribe_url
from aggregator.domain.edition import without
from aggregator.domain.source import Source
from aggregator.domain.story import ToldStory
from aggregator.publish.assets import rendition_digest
from aggregator.publish.card_kit import card_press
from aggregator.publish.run import PublishResult, is_intact, publish
from aggregator.stages.services import Services, Watch
from aggregator.stages.standing import standings, with_days
from aggregator.store import analyses, articles, editions, facts, pages, stories
from aggregator.store import sources as stored_sources
from aggregator.store.database import Connection


def publish_stage(services: Services, watch: Watch, *, full: bool) -> PublishResult:
    """Writes the pages that changed. The site is a function of the database alone: no clock, nothing of this run.

    Where the fingerprint of all that goes in is the one last published, and the folder is whole, nothing is composed.
    """
    settings = services.settings
    site, output = settings.site, Path(settings.site.output)
    form = subscribe_url(settings)
    due = due_words(settings.edition, settings.schedule, site.timezone)
    press = card_press()
    with services.database.reading() as connection:
        manifest = pages.manifest(connection)
        told_of = standings(connection, settings.sources)
        events = stored_sources.events(connection)
        rendition = rendition_digest(site) + (press.kit if press else "")
        told = (rendition, pages.told_digest(connection), told_of, events, services.engine.name, due, form)
        fingerprint = hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()
        if not full and fingerprint == pages.fingerprint(connection, site.output) and is_intact(output, manifest):
            return PublishResult(written=0, unchanged=len(manifest), removed=0, manifest=manifest)
        stories_told = told_stories(connection, services.sources())
        dropped = stories.dropped(connection)
        kept = tuple(without(each, dropped) for each in editions.stored_editions(connection))
        moved = {path_of(each.id, each.slug): each.into for each in stories.redirects(connection)}
        told_of = with_days(connection, told_of)
    engine = _engine_told(stories_told, services.engine.name)
    topic_names = services.registry.topic_names()
    content = SiteContent(
        stories=stories_told,
        standings=told_of,
        engine=engine,
        editions=kept,
        edition_due=due,
        subscribe=form,
        redirects=moved,
        related=related_stories([each.story for each in stories_told], topic_names),
        topic_names=topic_names,
        press=press,
    )
    watch.stage("pages", len(stories_told))
    result = publish(site_pages(content, site), output, site, manifest, full=full, on_page=watch.step)
    with services.database.writing() as connection:
        pages.save_manifest(connection, manifest, result.manifest)
        pages.save_fingerprint(connection, site.output, fingerprint)
    return result


def _engine_told(stories_told: Sequence[ToldStory], by_rules: str) -> str:
    """The engine that the site tells of: a model where one told any of the stories that stand on it, else the rules."""
    return next((told.analysis.engine for told in stories_told if told.analysis.engine != by_rules), by_rules)


def told_stories(
    connection: Connection, sources: Mapping[str, Source], only: Sequence[str] | None = None
) -> tuple[ToldStory, ...]:
    """Every analysed story (or these only) that is not dropped, best first, with its members, its ledger and its claims."""
    analysed = (story for story in stories.analysed_stories(connection) if not story.operator.dropped)
    bare = [story for story in analysed if only is None or story.id in only]
    ids = [story.id for story in bare]
    placed, told = articles.articles_of(connection, ids, passages=False), analyses.analyses_of(connection, ids)
    ledgers = facts.facts_of(connection, ids)
    whole = (replace(story, members=members(placed[story.id], sources), facts=ledgers.get(story.id, ())) for story in bare)
    return tuple(ToldStory(story=story, analysis=told[story.id]) for story in whole)
