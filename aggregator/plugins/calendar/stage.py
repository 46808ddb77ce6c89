"""Keeps the events of the calendar, and makes its files and links from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from aggregator.domain.claim import Claim, Draft
from aggregator.domain.dates import Precision, local_day
from aggregator.domain.frozen import grouped
from aggregator.domain.publishing.dated_fact import DatedFact
from aggregator.domain.publishing.page import PagePart
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.hooks.plugins import plugins
from aggregator.hooks.specifications import AddedContent
from aggregator.plugins.calendar import store
from aggregator.plugins.calendar.events import DatedEvent, calendar_text, updated_events
from aggregator.services import Services
from aggregator.site.paths import story_path
from aggregator.store.database import Connection
from aggregator.story.stage.stored import shown_stories

PATH = "calendar.ics"
_FACTS = "dated_facts"
_DAY = len("2026-08-01")


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
        dated = store.dated_stories(connection, today)
        for published in shown_stories(connection, services.settings, dated):
            facts += tuple(_facts(published))
        changed = list(updated_events(facts, store.stored_events(connection), now, today))
    if changed:
        with services.database.writing() as connection:
            store.save_events(connection, changed)


def _facts(published: PublishedStory) -> Iterator[DatedFact]:
    """What a story states for days: of each day the first, with the article that it cites."""
    story = published.story
    members = {member.article.id: member for member in (*story.members, *story.background)}
    subjects = [f"topic/{topic}" for topic in story.topics]
    subjects += [f"entity/{entity.key}" for entity in story.entities]
    first = dict(reversed(list(_dated_claims(published.analysis.kept))))
    for day, claim in first.items():
        citation = claim.citations[0]
        member = members.get(citation.article_id)
        if member and published.has_page:
            yield DatedFact(
                key=f"{story.id}/{day}",
                about=story.id,
                day=day,
                title=claim.text,
                stated=f"“{citation.quote}” ({member.source_name})",
                url=story_path(story),
                origin=member.article.url,
                subjects=tuple(subjects),
            )


def _dated_claims(kept: Draft) -> Iterator[tuple[date, Claim]]:
    """What is planned for a day, and what is due by one."""
    for row in kept.timeline:
        if row.planned and row.precision is Precision.DAY:
            yield row.day, row.claim
    for action in kept.what_to_do_next:
        if len(action.by) == _DAY:
            yield date.fromisoformat(action.by), action.claim


def calendar_files(
    site: SiteSettings, connection: Connection, lists: Mapping[str, str]
) -> Iterator[tuple[str, AddedContent]]:
    """`calendar.ics`, and one of each list with an event; `lists` are the names of lists by path.
    A file that was there once stays.
    """
    events = [_linked(event, lists) for event in store.stored_events(connection).values()]
    if events:
        yield PATH, partial(calendar_text, site.title, tuple(events), site)
    of_lists = _by_subject(events)
    there = store.published_paths(connection, [f"{subject}/{PATH}" for subject in of_lists])
    for subject, several in of_lists.items():
        if subject not in lists and f"{subject}/{PATH}" not in there:
            continue
        name = f"{site.title}: {lists.get(subject) or subject.rpartition('/')[2]}"
        yield f"{subject}/{PATH}", partial(calendar_text, name, several, site)


def _linked(event: DatedEvent, lists: Mapping[str, str]) -> DatedEvent:
    """An event with the address of a page: that of its first list with one, where it has none."""
    fact = event.fact
    page = next((f"{subject}/" for subject in fact.subjects if subject in lists), "")
    return replace(event, fact=replace(fact, url=fact.url or page))


def calendar_links(
    connection: Connection, lists: Mapping[str, str]
) -> Iterator[tuple[str, PagePart]]:
    """The links on the pages of lists to their calendars."""
    for subject in _by_subject(store.stored_events(connection).values()):
        if subject in lists:
            yield subject, PagePart(template="calendar-link.html", record=f"{subject}/{PATH}")


def _by_subject(events: Iterable[DatedEvent]) -> dict[str, tuple[DatedEvent, ...]]:
    return grouped((subject, event) for event in events for subject in event.subjects)
