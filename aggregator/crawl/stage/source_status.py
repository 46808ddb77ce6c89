"""The status of the sources for the site and the terminal: their counts and health."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.crawl.health import health, rhythm_words
from aggregator.crawl.plan import route_words, way_in_use
from aggregator.domain.operation.source_status import SourceStatus
from aggregator.domain.operation.tombstone import is_forgotten
from aggregator.domain.source import Source, SourceKind
from aggregator.store.database import Connection
from aggregator.store.news import newsletters, tombstones
from aggregator.store.news import sources as stored_sources
from aggregator.templating.translation import IN_ENGLISH, Translations

_MOST_ISSUES = 50  # of a newsletter that the page of its source lists


def followed(connection: Connection, sources: Sequence[Source]) -> tuple[Source, ...]:
    """The sources that are not forgotten, in the order given."""
    stored = tombstones.tombstones(connection)
    return tuple(source for source in sources if not is_forgotten(source, stored))


def source_statuses(
    connection: Connection, sources: Sequence[Source], words: Translations = IN_ENGLISH
) -> tuple[SourceStatus, ...]:
    """The status of each source as of its last visit, in the order given and in this language;
    without its days.
    """
    states = stored_sources.fetch_states(connection)
    issues = newsletters.issues_of_sources(connection, _MOST_ISSUES)
    found = []
    for status in stored_sources.source_statuses(connection, sources, states):
        state = states.get(status.source.key)
        # what was never read is not said to be read somewhere
        way = way_in_use(status.source, state) if state and state.last_ok else None
        verdict = health(
            status.source, state, pages=status.pages, walled=status.walled, words=words
        )
        found.append(
            replace(
                status,
                health=verdict,
                route=route_words(way, words) if way and _is_told(status.source) else "",
                rhythm=rhythm_words(state, words) if state else "",
                issues=issues.get(status.source.key, ()),
            )
        )
    return tuple(found)


def _is_told(source: Source) -> bool:
    """Whether readers are told where a source is read: not of a feed without another way."""
    return bool(source.routes) or source.kind is not SourceKind.FEED


def with_days(connection: Connection, statuses: Sequence[SourceStatus]) -> tuple[SourceStatus, ...]:
    """The same with the last days on which each source brought something new or failed."""
    days = stored_sources.eventful_days(connection)
    return tuple(replace(status, days=days.get(status.source.key, ())) for status in statuses)
