"""What we keep of asking each source, and what the site tells of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from aggregator.domain.source import FetchState, Source, SourceDay, SourceStanding
from aggregator.store.schema import articles, source_states
from aggregator.store.schema import source_days as days

_COUNTS = ("asked", "read", "not_modified", "failed", "redirected", "new", "pages", "walled")
_OF_LAST_DOCUMENT = ("items", "dated", "newest")


def fetch_states(connection: Connection) -> dict[str, FetchState]:
    """The state of every source ever asked, by key."""
    return {row.source_key: _state(dict(row._mapping)) for row in connection.execute(select(source_states))}


def save_states(connection: Connection, states: Sequence[FetchState]) -> None:
    """Keeps the newest state of each of these sources."""
    if not states:
        return
    names = source_states.columns.keys()
    statement = insert(source_states)
    updated = {name: statement.excluded[name] for name in names if name != "source_key"}
    rows = [{name: getattr(state, name) for name in names} for state in states]
    connection.execute(statement.on_conflict_do_update(index_elements=["source_key"], set_=updated), rows)


def source_days(connection: Connection, since: date) -> dict[str, tuple[SourceDay, ...]]:
    """The history of every source from a day on, oldest first, by key."""
    return _days(connection, days.c.day >= since)


def days_of(connection: Connection, source_keys: Sequence[str], since: date) -> dict[str, tuple[SourceDay, ...]]:
    """The history of these sources from a day on, oldest first, by key."""
    return _days(connection, days.c.source_key.in_(source_keys) & (days.c.day >= since)) if source_keys else {}


def add_to_days(connection: Connection, more: Sequence[SourceDay]) -> None:
    """Adds these counts to the days' own; of what only the last document tells, the newer value stands."""
    if not more:
        return
    names = days.columns.keys()
    statement = insert(days)
    added = {name: days.c[name] + statement.excluded[name] for name in _COUNTS}
    last = {name: func.coalesce(statement.excluded[name], days.c[name]) for name in _OF_LAST_DOCUMENT}
    rows = [{name: getattr(day, name) for name in names} for day in more]
    connection.execute(statement.on_conflict_do_update(index_elements=["source_key", "day"], set_=added | last), rows)


def forget_state(connection: Connection, source_key: str) -> None:
    """Drops the validators of a source, so that its feed is read again from the start."""
    connection.execute(delete(source_states).where(source_states.c.source_key == source_key))


def standings(connection: Connection, sources: Sequence[Source]) -> tuple[SourceStanding, ...]:
    """What the site tells of each source, in the order of the configuration."""
    counted = select(articles.c.source_key, func.count(), func.max(articles.c.published)).group_by(articles.c.source_key)
    counts = {key: (count, newest) for key, count, newest in connection.execute(counted)}
    states = fetch_states(connection)
    return tuple(_standing(source, *counts.get(source.key, (0, None)), states.get(source.key)) for source in sources)


def _days(connection: Connection, which: ColumnElement[bool]) -> dict[str, tuple[SourceDay, ...]]:
    found: dict[str, list[SourceDay]] = {}
    for row in connection.execute(select(days).where(which).order_by(days.c.source_key, days.c.day)):
        found.setdefault(row.source_key, []).append(SourceDay(**row._mapping))
    return {key: tuple(several) for key, several in found.items()}


def _state(row: Mapping[str, Any]) -> FetchState:
    return FetchState(**{**row, "skip_hours": tuple(row["skip_hours"]), "skip_days": tuple(row["skip_days"])})


def _standing(source: Source, count: int, newest: object, state: FetchState | None) -> SourceStanding:
    return SourceStanding(
        source=source,
        articles=count,
        newest=newest,  # type: ignore[arg-type]  # func.max keeps the column's type at run time only
        failing_since=state.failing_since if state else None,
        reason=state.reason if state else None,
    )
