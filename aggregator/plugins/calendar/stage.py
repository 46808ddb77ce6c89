"""Keeps the events of the calendar."""

from __future__ import annotations

from aggregator.domain.dates import local_day
from aggregator.domain.publishing.dated_fact import DatedFact
from aggregator.hooks.plugins import plugins
from aggregator.plugins.calendar import store
from aggregator.plugins.calendar.events import updated_events
from aggregator.services import Services

_FACTS = "dated_facts"


def calendar_stage(services: Services) -> None:
    """Stores the events that are new, changed or cancelled. Where a plugin cannot say what it
    states, all stay as they are: nothing is cancelled for an error of ours.
    """
    now = services.clock.now()
    today = local_day(now, services.settings.site.zone)
    with services.database.reading() as connection:
        named = store.entity_keys(connection)
        given = {"connection": connection, "services": services, "named": named}
        facts: tuple[DatedFact, ...] = plugins().all(_FACTS, **given)
        if plugins().has_failed(_FACTS):
            return
        if dated := store.dated_stories(connection, today):
            # not before a story states a day: what reads stories is slow to import
            from aggregator.plugins.calendar.story_facts import facts_of_stories

            facts += tuple(facts_of_stories(connection, services.settings, dated))
        before = store.stored_events(connection)
        stating = {event.fact.article for event in before.values()}
        there = store.standing_articles(connection, stating)
        changed = list(updated_events(facts, before, now, today, there))
    if changed:
        with services.database.writing() as connection:
            store.save_events(connection, changed)
