"""What we keep of asking each source, and what the site tells of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from aggregator.domain.source import FetchState, Source, SourceStanding
from aggregator.store.schema import articles, source_states


def fetch_states(connection: Connection) -> dict[str, FetchState]:
    """The state of every source ever asked, by key."""
    return {row.source_key: FetchState(**row._mapping) for row in connection.execute(select(source_states))}


def save_state(connection: Connection, state: FetchState) -> None:
    """Keeps the newest state of a source."""
    values = {column.name: getattr(state, column.name) for column in source_states.columns}
    statement = insert(source_states).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["source_key"], set_=values))


def forget_state(connection: Connection, source_key: str) -> None:
    """Drops the validators of a source, so that its feed is read again from the start."""
    connection.execute(delete(source_states).where(source_states.c.source_key == source_key))


def standings(connection: Connection, sources: Sequence[Source]) -> tuple[SourceStanding, ...]:
    """What the site tells of each source, in the order of the configuration."""
    counted = select(articles.c.source_key, func.count(), func.max(articles.c.published)).group_by(articles.c.source_key)
    counts = {key: (count, newest) for key, count, newest in connection.execute(counted)}
    states = fetch_states(connection)
    return tuple(_standing(source, *counts.get(source.key, (0, None)), states.get(source.key)) for source in sources)


def _standing(source: Source, count: int, newest: object, state: FetchState | None) -> SourceStanding:
    return SourceStanding(
        source=source,
        articles=count,
        newest=newest,  # type: ignore[arg-type]  # func.max keeps the column's type at run time only
        failing_since=state.failing_since if state else None,
        reason=state.reason if state else None,
    )
