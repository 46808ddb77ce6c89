"""Stage one: the sources that are due are asked, and their entries stored.

What came of several sources is stored in one transaction, each source whole: its entries, its validators and the count
of its day, so that a run that dies asks again exactly what it had not stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from aggregator.domain.entry import EntryState, Feed, SeenEntry
from aggregator.domain.ids import stable_id
from aggregator.domain.report import Failure
from aggregator.domain.settings import Settings
from aggregator.domain.source import FetchState, Source, SourceDay
from aggregator.domain.urls import canonical_url
from aggregator.extract.reading import Unreadable
from aggregator.fetch.outcome import Changed, Failed, NotModified, Outcome, read_state, unreadable
from aggregator.fetch.plan import due_sources
from aggregator.fetch.run import ask_sources
from aggregator.sources.filters import entry_state
from aggregator.sources.health import HISTORY_DAYS, judged
from aggregator.stages.services import RefreshOptions, Services, Tally, Watch
from aggregator.store import articles, entries
from aggregator.store import sources as stored_sources

_BATCH = 50  # sources stored in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What is to be stored of one source; `before` is its state as it was when we asked."""

    before: FetchState | None
    state: FetchState
    day: SourceDay
    seen: tuple[SeenEntry, ...] = ()
    failure: Failure | None = None


@dataclass(slots=True)
class _Fetching:
    services: Services
    watch: Watch
    tally: Tally
    now: datetime
    has_articles: bool
    waiting: list[_Kept] = field(default_factory=list)

    async def settle(self, outcome: Outcome) -> None:
        """Takes in what came of one source, and stores what is waiting where that is enough."""
        kept = await self._kept(outcome)
        self.waiting.append(kept)
        self.watch.step(self.services.sources()[kept.state.source_key].name)
        if len(self.waiting) >= _BATCH:
            self.store()

    async def _kept(self, outcome: Outcome) -> _Kept:
        key, before = outcome.state.source_key, outcome.ask.state
        asked = SourceDay(source_key=key, day=self.now.date(), asked=1, redirected=outcome.was_redirected)
        match outcome:
            case NotModified(state=state):
                return _Kept(before=before, state=state, day=replace(asked, not_modified=1))
            case Failed(state=state, failure=failure):
                return _Kept(before=before, state=state, day=replace(asked, failed=1), failure=failure)
            case Changed(ask=ask, response=response):
                source = self.services.sources()[key]
                feed = await self.services.parsers.feed(
                    response.body, url=response.url, content_type=response.content_type, source_key=key
                )
                if isinstance(feed, Unreadable):
                    failed = unreadable(ask, feed.reason, self.now)
                    return _Kept(before=before, state=failed.state, day=replace(asked, failed=1), failure=failed.failure)
                state = read_state(outcome, feed, self.services.settings.fetch, self.now)
                is_backlog = before is None and self.has_articles
                return _Kept(
                    before=before,
                    state=state,
                    day=_day_of(asked, feed),
                    seen=_seen(feed, source, self.services.settings, self.now, is_backlog=is_backlog),
                )
        assert_never(outcome)

    def store(self) -> None:
        """Commits what is waiting."""
        some, self.waiting = self.waiting, []
        with self.services.database.writing() as connection:
            since = (self.now - timedelta(days=HISTORY_DAYS)).date()
            history = stored_sources.days_of(connection, [kept.day.source_key for kept in some if kept.seen], since)
            settled = []
            for kept in some:
                state = judged(kept.before, kept.state, history.get(kept.day.source_key, ()), kept.day, self.now)
                seen = _held(kept.seen) if state.quarantined else kept.seen
                new = entries.save_entries(connection, seen)
                self._count(kept, new)
                settled.append((state, replace(kept.day, new=new)))
            stored_sources.save_states(connection, [state for state, _ in settled])
            stored_sources.add_to_days(connection, [day for _, day in settled])

    def _count(self, kept: _Kept, new: int) -> None:
        counts = self.tally.counts
        counts["entries_new"] += new
        counts["sources_not_modified"] += kept.day.not_modified
        counts["sources_failed"] += kept.day.failed
        counts["sources_ok"] += kept.day.read
        if kept.failure:
            self.tally.failures.append(kept.failure)
            structlog.get_logger().warning("source failed", source=kept.failure.source, reason=kept.failure.reason)


async def fetch_stage(services: Services, options: RefreshOptions, watch: Watch, tally: Tally) -> None:
    """Asks the sources that are due, and stores what came of each."""
    now = services.clock.now()
    with services.database.reading() as connection:
        states = stored_sources.fetch_states(connection)
        has_articles = articles.are_any(connection)
    due = due_sources(services.settings.sources, states, now, everything=options.everything, only=options.only)
    tally.counts["sources_not_due"] = len(due.not_due)
    watch.stage("sources", len(due.asked))
    fetching = _Fetching(services, watch, tally, now, has_articles)
    async for outcome in ask_sources(services.web, due.asked, now):
        await fetching.settle(outcome)
    fetching.store()


def _day_of(asked: SourceDay, feed: Feed) -> SourceDay:
    moments = [entry.published.at for entry in feed.entries if entry.published]
    return replace(asked, read=1, items=len(feed.entries), dated=len(moments), newest=max(moments, default=None))


def _seen(feed: Feed, source: Source, settings: Settings, now: datetime, *, is_backlog: bool) -> tuple[SeenEntry, ...]:
    """The entries that have an address, each with what is to be done with it."""
    found = []
    for entry in feed.entries:
        address = canonical_url(entry.url)
        if address:
            state = entry_state(entry, source, now=now, max_age_days=source.max_age_days or settings.fetch.max_age_days)
            article_id = stable_id("article", address)
            found.append(SeenEntry(entry=entry, article_id=article_id, first_seen=now, state=state, backlog=is_backlog))
    return tuple(found)


def _held(seen: Sequence[SeenEntry]) -> tuple[SeenEntry, ...]:
    return tuple(replace(each, state=EntryState.HELD) if each.state is EntryState.PENDING else each for each in seen)
