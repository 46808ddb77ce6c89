"""What is stored about fetching each source, the status the site shows of it, and what is known of
publishers' sites: how each lays out its pages, how lists whose layout changed are read, and the
robots.txt of each origin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    cast,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import Insert, insert

from aggregator.domain.article import Read
from aggregator.domain.fetch_state import FetchState, RouteFailure, SourceDay
from aggregator.domain.frozen import grouped
from aggregator.domain.operation.source_status import SourceStatus
from aggregator.domain.page_template import Layout, Sighting
from aggregator.domain.source import ListingRepair, Source
from aggregator.domain.web.rights import RobotsFile
from aggregator.store.rows import add, drop, put, record_of, row_of
from aggregator.store.schema import articles, layouts, listing_repairs, robots, source_states
from aggregator.store.schema import route_failures as failures
from aggregator.store.schema import source_days as days

_STATE = tuple(source_states.table.columns.keys())
_values = attrgetter(*_STATE)
_LAYOUT = TypeAdapter(Layout)
_COUNTS = ("asked", "read", "not_modified", "failed", "redirected", "new", "pages", "walled")
_OF_LAST_DOCUMENT = ("items", "dated", "newest")
_EVENTFUL = (days.new > 0) | (days.failed > 0)
_MOST_TOLD_DAYS = 14


def _keeping_state() -> Insert:
    statement = insert(source_states)
    updated = {name: statement.excluded[name] for name in _STATE if name != "source_key"}
    return statement.on_conflict_do_update(index_elements=["source_key"], set_=updated)


def _adding_to_day() -> Insert:
    statement = insert(days)
    added = {name: days.table.c[name] + statement.excluded[name] for name in _COUNTS}
    last = {
        name: func.coalesce(statement.excluded[name], days.table.c[name])
        for name in _OF_LAST_DOCUMENT
    }
    return statement.on_conflict_do_update(index_elements=["source_key", "day"], set_=added | last)


# made once: a run of a thousand sources needs each 20 times
_KEEP_STATE, _ADD_TO_DAY = (_keeping_state(), _adding_to_day())


def fetch_states(connection: Connection) -> dict[str, FetchState]:
    """The state of every source ever asked, by key."""
    return {
        row.source_key: record_of(FetchState, row)
        for row in connection.execute(select(source_states))
    }


def save_states(
    connection: Connection,
    states: Sequence[FetchState],
    known: Mapping[str, FetchState] | None = None,
) -> None:
    """Keeps the newest state of each of these sources; of one that is stored as `known` tells, only
    what changed.
    """
    fresh = [state for state in states if not known or state.source_key not in known]
    if fresh:
        connection.execute(
            _KEEP_STATE, [dict(zip(_STATE, _values(state), strict=True)) for state in fresh]
        )
    for names, rows in _changes(states, known or {}).items():
        is_it = source_states.source_key == bindparam("key")
        connection.execute(
            update(source_states)
            .where(is_it)
            .values({name: bindparam(f"new_{name}") for name in names}),
            rows,
        )


def _changes(
    states: Sequence[FetchState], known: Mapping[str, FetchState]
) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """What changed of the states that are known, by the columns in which something did."""
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for state in states:
        before = known.get(state.source_key)
        pairs = zip(_STATE, _values(before), _values(state), strict=True) if before else ()
        changed = {name: new for name, old, new in pairs if new != old}
        if changed:
            row = {f"new_{name}": value for name, value in changed.items()}
            found.setdefault(tuple(changed), []).append({"key": state.source_key, **row})
    return found


def route_failures(connection: Connection) -> dict[str, tuple[RouteFailure, ...]]:
    """What failed of the addresses of sources with several, by key."""
    rows = connection.execute(select(failures).order_by(failures.source_key, failures.url))
    return grouped((row.source_key, record_of(RouteFailure, row)) for row in rows)


def save_route_failures(
    connection: Connection, of_sources: Mapping[str, Sequence[RouteFailure]]
) -> None:
    """Keeps these failures of the addresses of these sources, and no others of them."""
    drop(connection, failures.source_key, of_sources)
    rows = [row_of(each, failures) for several in of_sources.values() for each in several]
    add(connection, failures, rows)


def source_days(connection: Connection, since: date) -> dict[str, tuple[SourceDay, ...]]:
    """The history of every source from a day on, oldest first, by key."""
    return _days(connection, days.day >= since)


def days_of(
    connection: Connection, source_keys: Sequence[str], since: date
) -> dict[str, tuple[SourceDay, ...]]:
    """The history of these sources from a day on, oldest first, by key."""
    return (
        _days(connection, days.source_key.in_(source_keys) & (days.day >= since))
        if source_keys
        else {}
    )


def add_to_days(connection: Connection, more: Sequence[SourceDay]) -> None:
    """Adds these counts to the days' own; of what only the last document tells, the newer value
    stands.
    """
    if not more:
        return
    connection.execute(_ADD_TO_DAY, [row_of(day, days) for day in more])


def forget_days(connection: Connection, before: date) -> None:
    """Drops the history from before a day."""
    connection.execute(delete(days).where(days.day < before))


def eventful_days(connection: Connection) -> dict[str, tuple[SourceDay, ...]]:
    """The last days on which each source brought something new or failed, newest first, by key."""
    place = (
        func.row_number()
        .over(partition_by=days.source_key, order_by=days.day.desc())
        .label("place")
    )
    ranked = select(days, place).where(_EVENTFUL).subquery()
    chosen = select(*(ranked.c[column.name] for column in days.table.columns)).where(
        ranked.c.place <= _MOST_TOLD_DAYS
    )
    rows = connection.execute(chosen.order_by(ranked.c.source_key, ranked.c.day.desc()))
    return grouped((row.source_key, record_of(SourceDay, row)) for row in rows)


def events(connection: Connection) -> tuple[int, int]:
    """What changes whenever `eventful_days` does: how many such days there are, and how many
    entries were new on them.
    """
    count, new = connection.execute(
        select(func.count(), func.coalesce(func.sum(days.new), 0)).where(_EVENTFUL)
    ).one()
    return count, new


def source_statuses(
    connection: Connection, sources: Sequence[Source], states: Mapping[str, FetchState]
) -> tuple[SourceStatus, ...]:
    """What is counted of each source, in the order given."""
    of_articles = (
        func.count(),
        func.sum(cast(articles.read == Read.FULL, Integer)),
        func.max(articles.published),
    )
    counted = select(articles.source_key, *of_articles).group_by(articles.source_key)
    counts = {key: found for key, *found in connection.execute(counted)}
    asked = select(days.source_key, func.sum(days.pages), func.sum(days.walled)).group_by(
        days.source_key
    )
    pages = {key: found for key, *found in connection.execute(asked)}
    return tuple(
        _standing(
            source,
            states.get(source.key),
            counts.get(source.key, (0, 0, None)),
            pages.get(source.key, (0, 0)),
        )
        for source in sources
    )


def _days(connection: Connection, which: ColumnElement[bool]) -> dict[str, tuple[SourceDay, ...]]:
    rows = connection.execute(select(days).where(which).order_by(days.source_key, days.day))
    return grouped((row.source_key, record_of(SourceDay, row)) for row in rows)


def _standing(
    source: Source, state: FetchState | None, counts: Sequence[Any], pages: Sequence[int]
) -> SourceStatus:
    return SourceStatus(
        source=source,
        articles=counts[0],
        full=counts[1],
        newest=counts[2],
        pages=pages[0],
        walled=pages[1],
        failing_since=state.failing_since if state else None,
        reason=state.reason if state else None,
        left_out=state.left_out if state else 0,
    )


def layout_of(connection: Connection, host: str, today: date) -> Layout:
    """The layout of a host as it holds today, a new one where none is stored."""
    record = connection.scalar(select(layouts.record).where(layouts.host == host))
    if record is None:
        return Layout(day=today)
    return _LAYOUT.validate_python(record).on(today)


def add_sighting(connection: Connection, host: str, sighting: Sighting, today: date) -> None:
    """Adds what a page showed of its layout to what is known of its host."""
    layout = layout_of(connection, host, today).seen(sighting)
    put(connection, layouts, {"host": host, "record": layout})


def stored_repairs(connection: Connection) -> dict[str, tuple[ListingRepair, ...]]:
    """What is stored of the pages of all sources, by key."""
    ordered = select(listing_repairs).order_by(listing_repairs.source_key, listing_repairs.url)
    return grouped(
        (row.source_key, record_of(ListingRepair, row)) for row in connection.execute(ordered)
    )


def save_repair(connection: Connection, repair: ListingRepair) -> None:
    """Replaces what is stored of the page of a source."""
    put(connection, listing_repairs, row_of(repair, listing_repairs))


def drop_repair(connection: Connection, source_key: str, url: str) -> None:
    """Forgets what is stored of a page that is read by its own table again."""
    connection.execute(delete(listing_repairs).filter_by(source_key=source_key, url=url))


def robots_files(connection: Connection) -> dict[str, RobotsFile]:
    """Every stored robots.txt, by origin."""
    return {row.origin: record_of(RobotsFile, row) for row in connection.execute(select(robots))}


def save_robots(connection: Connection, files: Iterable[RobotsFile]) -> None:
    """Keeps what was read in this run."""
    put(connection, robots, *(row_of(file, robots) for file in files))
