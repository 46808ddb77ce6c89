"""Which events of the calendar are new, changed or cancelled (RFC 5545).

Pure. A program that subscribes knows an event by its UID. Where its day or its words change, the
event has the same UID and a higher SEQUENCE; where it is no longer stated before its day, STATUS is
CANCELLED. What has been on its day stays as it was. Where the article that states it was removed,
the event is cancelled whatever its day, and keeps no word of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from aggregator.domain.publishing.dated_fact import DatedFact
from aggregator.plugins.calendar.dated_event import DatedEvent


def updated_events(
    facts: Iterable[DatedFact],
    before: Mapping[str, DatedEvent],
    now: datetime,
    today: date,
    articles: Collection[str] = (),
) -> Iterator[DatedEvent]:
    """The events that are new, or not as they were `before`, by the facts from today on; `articles`
    are those that are still there.
    """
    taken: set[str] = set()
    stated = {fact.key: fact for fact in facts if fact.day >= today}
    unstated = {
        key: event
        for key, event in before.items()
        if key not in stated and not event.is_cancelled and event.fact.day >= today
    }
    same_day = {(event.fact.about, event.fact.day) for event in unstated.values()}
    for fact in sorted(stated.values(), key=lambda each: (each.about, each.day) not in same_day):
        standing = before.get(fact.key) or _moved(fact, unstated)
        if standing is None:
            yield DatedEvent(fact=fact, changed=now, subjects=fact.subjects)
            continue
        unstated.pop(standing.fact.key, None)
        taken.add(standing.fact.key)
        subjects = tuple(dict.fromkeys((*standing.subjects, *fact.subjects)))
        present = replace(standing, fact=replace(fact, key=standing.fact.key), subjects=subjects)
        if standing.is_cancelled or _said(fact) != _said(standing.fact):
            yield replace(_next(present, now), is_cancelled=False)
        elif present != standing:
            yield present
    for key, event in before.items():
        if key in taken:
            continue
        if event.fact.title and event.fact.article and event.fact.article not in articles:
            bare = replace(event.fact, title="", stated="", origin="")
            yield replace(_next(event, now), fact=bare, is_cancelled=True)
        elif key in unstated:
            yield replace(_next(event, now), is_cancelled=True)


def _moved(fact: DatedFact, unstated: Mapping[str, DatedEvent]) -> DatedEvent | None:
    """The event about the same that is no longer stated for its day, the nearest of several."""
    same = [event for event in unstated.values() if event.fact.about == fact.about]
    return min(same, key=lambda event: abs(event.fact.day - fact.day), default=None)


def _said(fact: DatedFact) -> tuple[object, ...]:
    """What makes a new version of an event where it changes."""
    return fact.day, fact.title, fact.stated


def _next(event: DatedEvent, now: datetime) -> DatedEvent:
    return replace(event, sequence=event.sequence + 1, changed=now)
