"""What is told of the sources, on the site and at the terminal alike: their counts and the verdict
on each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.crawl.sources.health import health, rhythm_words
from aggregator.domain.operation.tombstone import is_forgotten
from aggregator.domain.source import Source, SourceStatus
from aggregator.store.database import Connection
from aggregator.store.news import sources as stored_sources
from aggregator.store.news import tombstones
from aggregator.templating.translation import IN_ENGLISH, Translations


def followed(connection: Connection, sources: Sequence[Source]) -> tuple[Source, ...]:
    """The sources that are not forgotten, in the order given."""
    stored = tombstones.tombstones(connection)
    return tuple(source for source in sources if not is_forgotten(source, stored))


def standings(
    connection: Connection, sources: Sequence[Source], words: Translations = IN_ENGLISH
) -> tuple[SourceStatus, ...]:
    """How each source stands as of its last visit, in the order given and in these words; without
    its days.
    """
    states = stored_sources.fetch_states(connection)
    told = []
    for standing in stored_sources.source_statuses(connection, sources, states):
        state = states.get(standing.source.key)
        verdict = health(
            standing.source, state, pages=standing.pages, walled=standing.walled, words=words
        )
        told.append(
            replace(standing, health=verdict, rhythm=rhythm_words(state, words) if state else "")
        )
    return tuple(told)


def with_days(connection: Connection, told: Sequence[SourceStatus]) -> tuple[SourceStatus, ...]:
    """The same with the last days on which each source brought something new or failed."""
    days = stored_sources.eventful_days(connection)
    return tuple(replace(standing, days=days.get(standing.source.key, ())) for standing in told)
