"""Stage one: the sources that are due are asked, and their entries stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

import structlog

from aggregator.domain.entry import Feed, SeenEntry
from aggregator.domain.ids import stable_id
from aggregator.domain.settings import Settings
from aggregator.domain.source import FetchState, Source
from aggregator.domain.urls import canonical_url
from aggregator.extract.reading import Unreadable
from aggregator.fetch.outcome import Changed, Failed, NotModified, unreadable
from aggregator.fetch.plan import due_sources
from aggregator.fetch.run import ask_sources
from aggregator.sources.filters import entry_state
from aggregator.stages.services import RefreshOptions, Services, Tally, Watch
from aggregator.store import entries
from aggregator.store import sources as stored_sources


async def fetch_stage(services: Services, options: RefreshOptions, watch: Watch, tally: Tally) -> None:
    """Asks the sources that are due; stores each one's entries and validators in one transaction."""
    now, sources = services.clock.now(), services.sources()
    with services.database.reading() as connection:
        states = stored_sources.fetch_states(connection)
    due = due_sources(services.settings.sources, states, now, everything=options.everything, only=options.only)
    tally.counts["sources_not_due"] = len(due.not_due)
    watch.stage("sources", len(due.asked))
    async for outcome in ask_sources(services.web, due.asked, now):
        match outcome:
            case NotModified(state=state):
                tally.counts["sources_not_modified"] += 1
                _save_source(services, state, ())
            case Failed() as failed:
                _fail(services, tally, failed)
            case Changed(ask=ask, state=state, response=response):
                source = sources[state.source_key]
                feed = await services.parsers.feed(
                    response.body, url=response.url, content_type=response.content_type, source_key=source.key
                )
                if isinstance(feed, Unreadable):
                    _fail(services, tally, unreadable(ask, feed.reason, now))
                else:
                    tally.counts["sources_ok"] += 1
                    tally.counts["entries_new"] += _save_source(services, state, _seen(feed, source, services.settings, now))
            case _:
                assert_never(outcome)
        watch.step(sources[outcome.state.source_key].name)


def _seen(feed: Feed, source: Source, settings: Settings, now: datetime) -> tuple[SeenEntry, ...]:
    """The entries that have an address, each with what is to be done with it."""
    found = []
    for entry in feed.entries:
        address = canonical_url(entry.url)
        if address:
            state = entry_state(entry, source, now=now, max_age_days=settings.fetch.max_age_days)
            found.append(SeenEntry(entry=entry, article_id=stable_id("article", address), first_seen=now, state=state))
    return tuple(found)


def _save_source(services: Services, state: FetchState, seen: Sequence[SeenEntry]) -> int:
    with services.database.writing() as connection:
        stored_sources.save_state(connection, state)
        return entries.save_entries(connection, seen)


def _fail(services: Services, tally: Tally, failed: Failed) -> None:
    tally.counts["sources_failed"] += 1
    tally.failures.append(failed.failure)
    structlog.get_logger().warning("source failed", source=failed.failure.source, reason=failed.failure.reason)
    _save_source(services, failed.state, ())
