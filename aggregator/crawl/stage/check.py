"""Checks the health of sources: followed ones are fetched as by a refresh, those switched off
without storing entries.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.crawl.crawler import fetch_sources
from aggregator.crawl.health import HISTORY_DAYS, health
from aggregator.crawl.plan import source_requests
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.crawl.stage.source_status import source_statuses
from aggregator.crawl.stage.visit import SourceVisit, listing_rules, visit_of
from aggregator.domain.fetch_state import FetchState, RouteFailure, SourceDay
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.source_status import SourceHealth
from aggregator.domain.source import Source
from aggregator.services import RefreshOptions, Services, Tally, Watch
from aggregator.store.news import sources as stored_sources


@frozen
class RouteCheck:
    """One address of a source, as a visit or what is stored shows it: the entries it lists, the
    newest date among them, or why it fails; all None where it was not tried.
    """

    way: Source
    items: int | None = None
    newest: datetime | None = None
    reason: str | None = None
    unreadable: bool = False
    in_use: bool = False


@frozen
class SourceCheck:
    """A source with its fetch state, its verdict and its history, oldest day first.

    `notes` say what this visit showed: entries left out, a move, a recovery. `routes` are its
    addresses in their order.
    """

    source: Source
    state: FetchState | None
    health: SourceHealth
    days: tuple[SourceDay, ...]
    notes: tuple[str, ...] = ()
    routes: tuple[RouteCheck, ...] = ()


async def check_stage(
    services: Services, keys: Collection[str], watch: Watch, *, everything: bool
) -> tuple[SourceCheck, ...]:
    """The checks of the sources named, by default all that are followed, with `everything` also
    those switched off; each address of a source is tried.

    New entries of the followed ones are stored for the next refresh. Retry-After is obeyed.
    """
    chosen = _chosen(services, keys, everything=everything)
    followed = frozenset(source.key for source in chosen if source.enabled)
    tally = Tally()
    if followed:
        await fetch_stage(services, RefreshOptions(everything=True, only=followed), watch, tally)
    visits = await _tried(services, chosen, watch)
    notes = {
        key: tuple(note.text for note in tally.notes if note.source == key) for key in followed
    }
    return tuple(
        replace(checked, notes=notes.get(checked.source.key, ()))
        for checked in _checked(services, chosen, visits)
    )


def stored_checks(
    services: Services, keys: Collection[str], *, everything: bool
) -> tuple[SourceCheck, ...]:
    """The same from what is stored; nothing is fetched."""
    return _checked(services, _chosen(services, keys, everything=everything), {})


def _chosen(services: Services, keys: Collection[str], *, everything: bool) -> list[Source]:
    return [
        source
        for source in services.settings.sources
        if (source.key in keys if keys else everything or source.enabled)
    ]


_Visits = dict[tuple[str, str], SourceVisit]  # by the key and the address of a source


async def _tried(services: Services, chosen: list[Source], watch: Watch) -> _Visits:
    """A visit to each address that was not tried yet: all of a source that is switched off, of one
    that is followed those behind the one in use. Nothing is stored but the counts of the day.
    """
    now = services.clock.now()
    with services.database.reading() as connection:
        states = stored_sources.fetch_states(connection)
        failures = stored_sources.route_failures(connection)
    asks = []
    for source in chosen:
        known = failures.get(source.key, ()) if source.enabled else ()
        state = states.get(source.key) if source.enabled else None
        tried = {failure.url for failure in known if failure.last_tried == now}
        tried |= {state.url} if state else set()
        several = source_requests(source, None, known, now, is_named=True)
        asks += [ask for ask in several if ask.source.url not in tried]
    watch.stage("further addresses", len(asks))
    visits: _Visits = {}
    rules = listing_rules(services, asks, now)
    async for outcome in fetch_sources(services.web, asks, services.settings.fetch, now, rules):
        visit = await visit_of(services, outcome, now)
        visits[visit.state.source_key, outcome.ask.source.url] = visit
        watch.step(outcome.ask.source.name)
    off = {source.key for source in chosen if not source.enabled}
    with services.database.writing() as connection:
        first = [_best(visits, source) for source in chosen if source.key in off]
        stored_sources.add_to_days(connection, [visit.day for visit in first if visit])
    return visits


def _best(visits: _Visits, source: Source) -> SourceVisit | None:
    """The visit to the first address of a source that works, else to the first that was tried."""
    tried = [visits.get((source.key, way.url)) for way in source.ways()]
    found = [visit for visit in tried if visit]
    return next((visit for visit in found if not visit.failure), found[0] if found else None)


def _checked(services: Services, chosen: list[Source], visits: _Visits) -> tuple[SourceCheck, ...]:
    with services.database.reading() as connection:
        states = stored_sources.fetch_states(connection)
        failures = stored_sources.route_failures(connection)
        days = stored_sources.source_days(
            connection, (services.clock.now() - timedelta(days=HISTORY_DAYS)).date()
        )
        statuses = {status.source.key: status for status in source_statuses(connection, chosen)}
    found = []
    for source in chosen:
        visit = None if source.enabled else _best(visits, source)
        state = visit.state if visit else states.get(source.key)
        routes = tuple(
            _route_check(
                way,
                state,
                visits.get((source.key, way.url)),
                next((one for one in failures.get(source.key, ()) if one.url == way.url), None),
            )
            for way in source.ways()
        )
        found.append(
            SourceCheck(
                source=source,
                state=state,
                health=health(source, state) if visit else statuses[source.key].health,
                days=days.get(source.key, ()),
                routes=routes,
            )
        )
    return tuple(found)


def _route_check(
    way: Source, state: FetchState | None, visit: SourceVisit | None, failure: RouteFailure | None
) -> RouteCheck:
    if state and state.url == way.url and not (failure or visit):
        return RouteCheck(
            way=way,
            items=state.items,
            newest=state.newest,
            reason=state.reason,
            unreadable=state.unreadable,
            in_use=True,
        )
    if visit and visit.failure is None:
        found = visit.state
        return RouteCheck(way=way, items=found.items, newest=found.newest, in_use=state is found)
    if visit and visit.failure:
        reason, is_unreadable = visit.failure.reason, visit.state.unreadable
        return RouteCheck(way=way, reason=reason, unreadable=is_unreadable)
    if failure:
        return RouteCheck(way=way, reason=failure.reason, unreadable=failure.unreadable)
    return RouteCheck(way=way)
