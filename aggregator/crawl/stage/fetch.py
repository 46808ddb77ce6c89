"""The fetch stage: fetches the sources that are due and stores their entries.

Several sources are stored in one transaction, each one whole: its entries, its validators and the
count of its day, so that a run that dies fetches again exactly what it had not stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from aggregator.crawl.crawler import fetch_sources
from aggregator.crawl.health import HISTORY_DAYS, with_quarantine
from aggregator.crawl.outcome import (
    Changed,
    Failed,
    Outcome,
    has_reached_a_server,
    is_cut_off,
    status_changes,
    without_back_off,
)
from aggregator.crawl.plan import (
    SourceRequest,
    due_sources,
    remaining_failures,
    route_failure,
    same_entries,
    state_on_route,
    state_without_route,
)
from aggregator.crawl.relevance import (
    LEAST_ENTRIES,
    general_share,
    may_be_general,
)
from aggregator.crawl.seen_entries import seen_entries, without_texts
from aggregator.crawl.stage.handed_over import hand_over
from aggregator.crawl.stage.source_status import followed
from aggregator.crawl.stage.visit import SourceVisit, listing_rules, visit_of
from aggregator.domain.entry import Entry, EntryState, Feed, SeenEntry
from aggregator.domain.fetch_state import FetchState, RouteFailure, SourceDay
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Failure, Note
from aggregator.domain.operation.tombstone import REMOVED, is_barred
from aggregator.domain.source import Source
from aggregator.log import log
from aggregator.services import RefreshOptions, Services, Tally, Watch
from aggregator.store.database import Connection
from aggregator.store.news import articles, entries, tombstones
from aggregator.store.news import sources as stored_sources

# entries held in quarantine that are read once it is over; more are an archive, and count as seen
MOST_RELEASED = 20
KEPT_DAYS = 90  # of the history of a source
_BATCH = 50  # sources stored in one transaction
_MOST_READING = (
    64  # documents that wait for a worker or are read by one: as many bodies as are fetched at once
)


@frozen
class _FetchedSource:
    """What is to be stored of one source; `before` is its state before the visit."""

    source: Source
    before: FetchState | None
    state: FetchState
    day: SourceDay
    seen: tuple[SeenEntry, ...] = ()
    failure: Failure | None = None
    warning: str = ""
    routes: tuple[RouteFailure, ...] | None = None  # None: nothing to be stored of its addresses
    records: tuple[Any, ...] = ()  # what a plugin read that are no entries


@dataclass(slots=True)
class _FetchRun:
    services: Services
    watch: Watch
    tally: Tally
    now: datetime
    new_sources: frozenset[str]
    barred: frozenset[str]
    routed: frozenset[str]  # the sources with several addresses
    waiting: list[_FetchedSource] = field(default_factory=list)
    unreached: list[Failed] = field(
        default_factory=list
    )  # held back until a server is reached: our own network may be at fault
    is_online: bool = False
    is_work_unit: bool = False  # of one domain, which may be down while the network works
    failed_over: list[SourceRequest] = field(default_factory=list)  # asked in the next round
    reading: set[asyncio.Task[None]] = field(default_factory=set)

    async def settle(self, outcome: Outcome) -> None:
        """Takes in the outcome of one source. Documents are read while others are fetched, and
        stored once they are read.
        """
        if has_reached_a_server(outcome) and not self.is_online:
            self.is_online = True
            await self._settle_unreached()
        if isinstance(outcome, Failed) and outcome.is_unreached and not self.is_online:
            self.unreached.append(outcome)
        elif isinstance(outcome, Changed):
            self.reading.add(asyncio.create_task(self._take(outcome)))
            await self._wait_for_readers(_MOST_READING)
        else:
            await self._take(outcome)

    async def next_round(self) -> Sequence[SourceRequest]:
        """The requests for the next addresses of sources that could not be read at the ones
        before.
        """
        await self._wait_for_readers(0)
        held, self.unreached = self.unreached, []
        for failed in held:
            if failed.ask.rest:
                self.failed_over.append(self._following(failed.ask, failed.state, failed.failure))
            else:
                self.unreached.append(failed)
        asks, self.failed_over = self.failed_over, []
        return asks

    async def finish(self) -> None:
        """Waits for what is being read, and stores it. If no server was reached, no source backs
        off.
        """
        if is_cut_off(self.unreached) and not self.is_work_unit:
            self.tally.is_cut_off = True
            self.unreached = [
                without_back_off(_as_before(failed), self.now) for failed in self.unreached
            ]
        await self._settle_unreached()
        await self._wait_for_readers(0)
        self.store()

    async def _settle_unreached(self) -> None:
        several, self.unreached = self.unreached, []
        for failed in several:
            await self._take(failed)

    async def give_up(self) -> None:
        """Reads nothing further; what is not stored is asked for again."""
        for task in self.reading:
            task.cancel()
        await asyncio.gather(*self.reading, return_exceptions=True)

    async def _wait_for_readers(self, most: int) -> None:
        """Waits until at most so many documents are under way. Raises what ended the reading or
        storing of one.
        """
        while len(self.reading) > most:
            read, self.reading = await asyncio.wait(
                self.reading, return_when=asyncio.FIRST_COMPLETED
            )
            for task in read:
                task.result()

    async def _take(self, outcome: Outcome) -> None:
        visit = await visit_of(self.services, outcome, self.now)
        if visit.failure and outcome.ask.rest:
            self.failed_over.append(self._following(outcome.ask, visit.state, visit.failure))
            return
        kept = self._fetched_source(outcome.ask, visit)
        self.waiting.append(kept)
        self.watch.step(kept.source.name)
        if len(self.waiting) >= _BATCH:
            self.store()

    def _following(self, ask: SourceRequest, state: FetchState, failure: Failure) -> SourceRequest:
        log().info("route failed", source=ask.source.key, url=ask.source.url, reason=failure.reason)
        return ask.following(route_failure(state, failure, self.now))

    def _fetched_source(self, ask: SourceRequest, visit: SourceVisit) -> _FetchedSource:
        source, state, failure, failed = ask.source, visit.state, visit.failure, ask.failed
        if failure and failed:
            failed = (*failed, route_failure(state, failure, self.now))
            state, failure = state_without_route(ask.before, failed, self.now)
        elif failure is None:
            state = state_on_route(ask.before, state, self.now)
        feed = without_texts(visit.feed) if visit.feed and state.reserved else visit.feed
        works = None if failure else state.url
        return _FetchedSource(
            source=source,
            before=ask.before,
            state=state,
            day=visit.day,
            seen=self._seen(feed, source) if feed else (),
            failure=failure,
            warning=(feed.warning or "") if feed else "",
            routes=remaining_failures(ask.known, failed, works) if failed or ask.known else None,
            records=feed.records if feed else (),
        )

    def _seen(self, feed: Feed, source: Source) -> tuple[SeenEntry, ...]:
        """The entries of a document, without those at the hosts of publishers that asked to be left
        out.
        """
        seen = seen_entries(
            feed,
            source,
            self.services.settings,
            self.now,
            is_backlog=source.key in self.new_sources,
            share=general_share(source, self._shown(feed, source)),
        )
        allowed = [entry for entry in seen if not is_barred(entry.entry.url, self.barred)]
        if source.key not in self.routed:
            return tuple(allowed)
        with self.services.database.reading() as connection:
            stored = entries.by_article(
                connection, source.key, [entry.article_id for entry in allowed]
            )
        return same_entries(allowed, stored)

    def _shown(self, feed: Feed, source: Source) -> Sequence[Entry]:
        """What shows whether a source is about the subject alone: its document, and of a short one
        what is stored of the source as well, by guid.
        """
        if len(feed.entries) >= LEAST_ENTRIES or not may_be_general(source):
            return feed.entries
        with self.services.database.reading() as connection:
            stored = entries.latest_of(connection, source.key)
        both = {entry.guid: entry for entry in (*stored, *feed.entries)}
        return tuple(both.values())

    def store(self) -> None:
        """Commits what is waiting."""
        some, self.waiting = self.waiting, []
        with self.services.database.writing() as connection:
            since = (self.now - timedelta(days=HISTORY_DAYS)).date()
            history = stored_sources.days_of(
                connection, [kept.day.source_key for kept in some if kept.seen], since
            )
            added = entries.save_entries(
                connection, [entry for kept in some for entry in kept.seen]
            )
            general = [
                kept.source.key
                for kept in some
                if any(entry.state is EntryState.OFF_TOPIC for entry in kept.seen)
            ]
            self.tally.counts["entries_off_topic"] += entries.off_topic(
                connection, general, self.now
            )
            settled = []
            for kept in some:
                day = replace(kept.day, new=added[kept.source.key])
                state = with_quarantine(
                    kept.before, kept.state, history.get(day.source_key, ()), day, self.now
                )
                _hold_or_release(connection, kept, state)
                self._count(kept, day.new, state)
                said = hand_over(connection, self.services, kept.source, kept.records)
                self.tally.notes += said
                settled.append((state, day))
            known = {kept.source.key: kept.before for kept in some if kept.before}
            routes = {kept.source.key: kept.routes for kept in some if kept.routes is not None}
            stored_sources.save_route_failures(connection, routes)
            stored_sources.save_states(connection, [state for state, _ in settled], known)
            stored_sources.add_to_days(connection, [day for _, day in settled])

    def _count(self, kept: _FetchedSource, new: int, state: FetchState) -> None:
        counts = self.tally.counts
        counts["entries_new"] += new
        counts["sources_not_modified"] += kept.day.not_modified
        counts["sources_failed"] += kept.day.failed
        counts["sources_ok"] += kept.day.read
        for change in status_changes(kept.before, state):
            self.tally.notes.append(Note(source=state.source_key, text=change))
            log().info("source status changed", source=state.source_key, note=change)
        if kept.warning:
            self.tally.notes.append(
                Note(source=state.source_key, text=f"read in part: {kept.warning}")
            )
            log().warning("source read in part", source=state.source_key, reason=kept.warning)
        if failure := kept.failure or _quarantine(state):
            self.tally.failures.append(failure)
            log().warning("source failed", source=failure.source, reason=failure.reason)


async def fetch_stage(
    services: Services, options: RefreshOptions, watch: Watch, tally: Tally
) -> None:
    """Fetches the sources that are due and stores the outcomes."""
    now = services.clock.now()
    with services.database.reading() as connection:
        states = stored_sources.fetch_states(connection)
        stored = tombstones.tombstones(connection)
        asked = _of_work_unit(followed(connection, services.settings.sources), options, states, now)
        due = due_sources(
            asked,
            states,
            now,
            everything=options.everything,
            only=options.only,
            failures=stored_sources.route_failures(connection),
        )
        new_sources = _new_sources(connection, due.asked)
    left_out = [
        source
        for source in services.settings.sources
        if source.key in options.only and source not in asked
    ]
    tally.notes += [Note(source=source.key, text=f"not fetched: {REMOVED}") for source in left_out]
    tally.counts["sources_not_due"] = len(due.not_due)
    watch.stage("sources", len(due.asked))
    barred = frozenset(name for tombstone in stored for name in tombstone.hosts)
    is_work_unit = options.within is not None
    routed = frozenset(source.key for source in services.settings.sources if source.routes)
    fetching = _FetchRun(
        services, watch, tally, now, new_sources, barred, routed, is_work_unit=is_work_unit
    )
    rules = listing_rules(services, due.asked, now)
    try:
        asks: Sequence[SourceRequest] = due.asked
        while asks:
            async for outcome in fetch_sources(
                services.web, asks, services.settings.fetch, now, rules
            ):
                await fetching.settle(outcome)
            asks = await fetching.next_round()
        await fetching.finish()
    except (KeyboardInterrupt, asyncio.CancelledError):
        fetching.store()  # stopped by hand: keep what has been fetched so far
        raise
    finally:
        await fetching.give_up()
    with services.database.writing() as connection:
        stored_sources.forget_days(connection, (now - timedelta(days=KEPT_DAYS)).date())
        stored_sources.save_robots(connection, rules.files() if rules else ())


def _as_before(failed: Failed) -> Failed:
    """The failure of a source none of whose addresses is at fault, as one where it was read
    before.
    """
    ask = failed.ask
    first = ask.failed[0].url if ask.failed else failed.state.url
    return replace(
        failed,
        ask=replace(ask, state=ask.before, failed=()),
        state=replace(failed.state, url=first),
    )


def _of_work_unit(
    sources: Sequence[Source],
    options: RefreshOptions,
    states: Mapping[str, FetchState],
    now: datetime,
) -> Sequence[Source]:
    """The sources that are fetched: of a work unit, those that a worker which died before did not
    ask at this very moment.
    """
    if options.within is None:
        return sources
    asked_now = {key for key, state in states.items() if state.last_tried == now}
    return [source for source in sources if source.key in options.within - asked_now]


def _new_sources(connection: Connection, asks: Sequence[SourceRequest]) -> frozenset[str]:
    """The sources that were added to a store with articles of others, and never answered: what
    they list now is backlog.

    A source that has failed since the first article was stored is none.
    """
    began = articles.first_seen(connection)
    if began is None:
        return frozenset()
    unread = [ask.source.key for ask in asks if _is_new_source(ask.before, began)]
    return frozenset(unread) - entries.known_sources(connection, unread)


def _is_new_source(state: FetchState | None, began: datetime) -> bool:
    return state is None or (
        state.last_ok is None and (state.failing_since is None or state.failing_since > began)
    )


def _quarantine(state: FetchState) -> Failure | None:
    if state.quarantined is None:
        return None
    reason = f"in quarantine: {state.quarantine_reason}; new entries are held back"
    return Failure(source=state.source_key, stage="health", reason=reason, next_try=state.due)


def _hold_or_release(connection: Connection, kept: _FetchedSource, state: FetchState) -> None:
    """Holds new entries of a source in quarantine; after it, releases the latest that it still
    lists.
    """
    if kept.seen and (state.quarantined or (kept.before and kept.before.quarantined)):
        entries.hold(connection, state.source_key, {entry.entry.guid for entry in kept.seen})
    if kept.before and kept.before.quarantined and not state.quarantined:
        entries.release(connection, state.source_key, MOST_RELEASED)
