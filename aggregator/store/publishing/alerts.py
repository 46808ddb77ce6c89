"""The alerts that the operator was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from aggregator.domain.operation.alert import Condition, OpenAlert
from aggregator.store.rows import record_of
from aggregator.store.schema import alerts

_MOST = 1000  # of those that are over


def recent(connection: Connection) -> tuple[OpenAlert, ...]:
    """The alerts, newest first; all that are open, and the newest of the rest."""
    rows = connection.execute(
        select(alerts).order_by(alerts.c.ended.is_(None).desc(), alerts.c.since.desc()).limit(_MOST)
    )
    return tuple(record_of(OpenAlert, row) for row in rows)


def begin(connection: Connection, begun: Sequence[Condition], now: datetime) -> None:
    """Records that the operator was written about these conditions."""
    if begun:
        connection.execute(
            insert(alerts),
            [{"key": condition.key, "since": now, "what": condition.what} for condition in begun],
        )


def end(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    """Records that the operator was written about the end of these."""
    connection.execute(
        update(alerts).where(alerts.c.key.in_(keys), alerts.c.ended.is_(None)).values(ended=now)
    )


def forget(connection: Connection, before: datetime) -> int:
    """Deletes the alerts that ended before a moment; returns how many."""
    return connection.execute(delete(alerts).where(alerts.c.ended < before)).rowcount
