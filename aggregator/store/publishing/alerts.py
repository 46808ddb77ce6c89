"""What the operator was written about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from aggregator.domain.operation.alert import Condition, OpenAlert
from aggregator.store.schema import alerts

_MOST = 1000  # of those that are over


def recent(connection: Connection) -> tuple[OpenAlert, ...]:
    """What was told, newest first; all that is not over, and the newest of the rest."""
    rows = connection.execute(
        select(alerts).order_by(alerts.c.ended.is_(None).desc(), alerts.c.since.desc()).limit(_MOST)
    )
    return tuple(
        OpenAlert(key=row.key, what=row.what, since=row.since, ended=row.ended) for row in rows
    )


def begin(connection: Connection, begun: Sequence[Condition], now: datetime) -> None:
    """Records that these conditions were told."""
    if begun:
        connection.execute(
            insert(alerts),
            [{"key": condition.key, "since": now, "what": condition.what} for condition in begun],
        )


def end(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    """Records that the end of these was told."""
    connection.execute(
        update(alerts).where(alerts.c.key.in_(keys), alerts.c.ended.is_(None)).values(ended=now)
    )


def forget(connection: Connection, before: datetime) -> int:
    """Forgets what was over before a moment; returns how much."""
    return connection.execute(delete(alerts).where(alerts.c.ended < before)).rowcount
