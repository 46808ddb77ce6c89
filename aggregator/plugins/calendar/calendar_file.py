"""How a file has the events of the calendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Calendar
from icalendar import Event as IcsEvent

from aggregator.digest.edition.sentences import bounded
from aggregator.domain.ids import sha256_of
from aggregator.domain.settings import SiteSettings
from aggregator.plugins.calendar.dated_event import DatedEvent
from aggregator.site.head import absolute

_PRODUCT = "-//aggregator//calendar//EN"
_DAY = timedelta(days=1)
_MOST_TITLE, _MOST_STATED, _MOST_ADDRESS = 150, 800, 2000  # characters


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
        if fact.title:
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
