"""The files of the calendar, and the links to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from aggregator.domain.frozen import grouped
from aggregator.domain.publishing.page import PagePart
from aggregator.domain.settings import SiteSettings
from aggregator.hooks.specifications import AddedContent
from aggregator.plugins.calendar import store
from aggregator.plugins.calendar.calendar_file import calendar_text
from aggregator.plugins.calendar.dated_event import DatedEvent
from aggregator.store.database import Connection

PATH = "calendar.ics"


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
