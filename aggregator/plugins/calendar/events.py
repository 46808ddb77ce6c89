"""Events of the calendar: which are new, changed or cancelled, and how a file has them (RFC 5545).

Pure. A program that subscribes knows an event by its UID. Where its day or its words change, the
event has the same UID and a higher SEQUENCE; where it is no longer stated before its day, STATUS is
CANCELLED. What has been on its day stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar
from icalendar import Event as IcsEvent

from aggregator.digest.edition.sentences import bounded
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of
from aggregator.domain.publishing.dated_fact import DatedFact
from aggregator.domain.settings import SiteSettings
from aggregator.site.head import absolute

_PRODUCT = "-//aggregator//calendar//EN"
_DAY = timedelta(days=1)
_MOST_TITLE, _MOST_STATED, _MOST_ADDRESS = 150, 800, 2000  # characters


@frozen
class DatedEvent:
    """An event as it was last published; `subjects` are all lists that it ever belonged to."""

    fact: DatedFact
    changed: datetime
    subjects: tuple[str, ...]
    sequence: int = 0
    is_cancelled: bool = False


def updated_events(
    facts: Iterable[DatedFact], before: Mapping[str, DatedEvent], now: datetime, today: date
) -> Iterator[DatedEvent]:
    """The events that are new, or not as they were `before`, by the facts from today on."""
    stated = {fact.key: fact for fact in facts if fact.day >= today}
    unstated = {
        key: event
        for key, event in before.items()
        if key not in stated and not event.is_cancelled and event.fact.day >= today
    }
    for fact in stated.values():
        standing = before.get(fact.key) or _moved(fact, unstated)
        if standing is None:
            yield DatedEvent(fact=fact, changed=now, subjects=fact.subjects)
            continue
        unstated.pop(standing.fact.key, None)
        subjects = tuple(dict.fromkeys((*standing.subjects, *fact.subjects)))
        present = replace(standing, fact=replace(fact, key=standing.fact.key), subjects=subjects)
        if standing.is_cancelled or _said(fact) != _said(standing.fact):
            yield replace(_next(present, now), is_cancelled=False)
        elif present != standing:
            yield present
    for event in unstated.values():
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


def calendar_text(name: str, events: Iterable[DatedEvent], site: SiteSettings) -> bytes:
    """A file with these events."""
    calendar = Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("NAME", bounded(name, _MOST_TITLE))  # RFC 7986
    calendar.add("X-WR-CALNAME", bounded(name, _MOST_TITLE))
    calendar.add("REFRESH-INTERVAL", _DAY, parameters={"VALUE": "DURATION"})
    host = urlsplit(site.base_url).hostname or "localhost"
    for event in sorted(events, key=lambda each: (each.fact.day, each.fact.key)):
        fact, entry = event.fact, IcsEvent()
        entry.add("UID", f"{sha256_of(fact.key)[:32]}@{host}")
        entry.add("DTSTAMP", event.changed)
        entry.add("LAST-MODIFIED", event.changed)
        entry.add("SEQUENCE", event.sequence)
        entry.add("STATUS", "CANCELLED" if event.is_cancelled else "CONFIRMED")
        entry.add("DTSTART", fact.day)
        entry.add("DTEND", fact.day + _DAY)
        entry.add("TRANSP", "TRANSPARENT")
        entry.add("SUMMARY", bounded(fact.title, _MOST_TITLE))
        entry.add("DESCRIPTION", bounded(fact.stated, _MOST_STATED))
        entry.add("URL", fact.url if _is_address(fact.url) else absolute(site, fact.url))
        if _is_address(fact.origin):
            entry.add("ATTACH", fact.origin)
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _is_address(text: str) -> bool:
    is_web = text.startswith(("https://", "http://"))
    return is_web and text.isprintable() and len(text) <= _MOST_ADDRESS
