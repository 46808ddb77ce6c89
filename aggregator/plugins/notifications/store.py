"""The ledger of notifications: one row a thing and receiver, claimed before it is sent; and the
alerts that the operator was sent.

Rounds of sending exclude each other by a lock. What a round finds as `sending` was left by one that
died: it may have arrived, so it becomes `doubt` and is not sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from aggregator.plugins.notifications.conditions import Condition, OpenAlert
from aggregator.plugins.notifications.records import (
    NotificationKind,
    NotificationRecord,
    NotificationState,
)
from aggregator.store.rows import record_of
from aggregator.store.schema import alerts, facts, notifications, stories

_MOST = 1000
_MOST_ALERTS = 1000  # of those that are over
_CRASHED = "the program stopped while sending it"


def recover(connection: Connection, now: datetime, refused_since: datetime) -> int:
    """Marks what a dead round was sending as in doubt, and what has been refused since a moment as
    failed; returns how many are in doubt.
    """
    table = notifications
    old = (table.state == NotificationState.REFUSED) & (table.begun < refused_since)
    connection.execute(update(table).where(old).values(state=NotificationState.FAILED, changed=now))
    broken = update(table).where(table.state == NotificationState.SENDING)
    values = {"state": NotificationState.DOUBT, "reason": _CRASHED, "changed": now}
    return connection.execute(broken.values(values)).rowcount


def claim(
    connection: Connection,
    receiver: str,
    kind: NotificationKind,
    keys: Mapping[str, str],
    message: str,
    now: datetime,
) -> frozenset[str]:
    """Takes the keys (each with its story's id, or nothing) that were never sent or were refused;
    returns those that are ours now. Committed before anything is sent.
    """
    fixed = {
        "receiver": receiver,
        "kind": kind,
        "state": NotificationState.REFUSED,
        "message": "",
        "begun": now,
        "changed": now,
        "reason": "",
    }
    rows = [fixed | {"key": key, "story_id": story_id} for key, story_id in keys.items()]
    if not rows:
        return frozenset()
    table = notifications
    connection.execute(insert(table).on_conflict_do_nothing(), rows)
    free = (
        (table.receiver == receiver)
        & table.key.in_(list(keys))
        & (table.state == NotificationState.REFUSED)
    )
    taken = update(table).where(free).values(
        state=NotificationState.SENDING, message=message, changed=now
    )  # fmt: skip
    return frozenset(connection.scalars(taken.returning(table.key)))


def end(
    connection: Connection,
    receiver: str,
    message: str,
    state: NotificationState,
    reason: str,
    now: datetime,
) -> None:
    """Records what became of a message that was claimed."""
    table = notifications
    ours = (
        (table.receiver == receiver)
        & (table.message == message)
        & table.state.in_((NotificationState.SENDING, NotificationState.DOUBT))
    )
    connection.execute(update(table).where(ours).values(state=state, reason=reason, changed=now))


def recent(connection: Connection, receiver: str | None = None) -> tuple[NotificationRecord, ...]:
    """The newest rows of one receiver or of all, newest first."""
    table = notifications
    chosen = select(table).order_by(table.changed.desc(), table.receiver, table.key)
    chosen = chosen.where(table.receiver == receiver) if receiver else chosen
    return tuple(
        record_of(NotificationRecord, row) for row in connection.execute(chosen.limit(_MOST))
    )


def settled_keys(connection: Connection, receiver: str, keys: Sequence[str]) -> frozenset[str]:
    """Those of the keys of which a receiver needs nothing more, whatever became of them."""
    table = notifications
    chosen = select(table.key).where(
        table.receiver == receiver,
        table.key.in_(list(keys)),
        table.state != NotificationState.REFUSED,
    )
    return frozenset(connection.scalars(chosen))


def last_of_stories(
    connection: Connection, receiver: str, story_ids: Sequence[str]
) -> dict[str, datetime]:
    """When a receiver was last sent a fact of each of these stories, or of one that went into it;
    one never sent is left out.
    """
    table = notifications
    story = func.coalesce(stories.merged_into, table.story_id)
    chosen = (
        select(story, func.max(table.changed))
        .join(stories, stories.id == table.story_id, isouter=True)
        .where(
            table.receiver == receiver,
            table.state != NotificationState.REFUSED,
            story.in_(list(story_ids)),
        )
        .group_by(story)
    )
    return {row[0]: row[1] for row in connection.execute(chosen)}


def sent_since(connection: Connection, receiver: str, moment: datetime) -> int:
    """How many messages about facts a receiver was sent since a moment, arrived or not."""
    table = notifications
    chosen = select(func.count(func.distinct(table.message))).where(
        table.receiver == receiver,
        table.kind == NotificationKind.FACT,
        table.state != NotificationState.REFUSED,
        table.changed >= moment,
    )
    return connection.scalar(chosen) or 0


def counts(connection: Connection) -> dict[str, dict[NotificationState, int]]:
    """How many rows of each receiver stand where."""
    table = notifications
    chosen = select(table.receiver, table.state, func.count()).group_by(table.receiver, table.state)
    found: dict[str, dict[NotificationState, int]] = {}
    for receiver, state, count in connection.execute(chosen.order_by(table.receiver)):
        found.setdefault(receiver, {})[NotificationState(state)] = count
    return found


def recent_alerts(connection: Connection) -> tuple[OpenAlert, ...]:
    """The alerts, newest first; all that are open, and the newest of the rest."""
    rows = connection.execute(
        select(alerts)
        .order_by(alerts.ended.is_(None).desc(), alerts.since.desc())
        .limit(_MOST_ALERTS)
    )
    return tuple(record_of(OpenAlert, row) for row in rows)


def begin_alerts(connection: Connection, begun: Sequence[Condition], now: datetime) -> None:
    """Records that the operator was written about these conditions."""
    if begun:
        connection.execute(
            insert(alerts),
            [{"key": condition.key, "since": now, "what": condition.what} for condition in begun],
        )


def end_alerts(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    """Records that the operator was written about the end of these."""
    connection.execute(
        update(alerts).where(alerts.key.in_(keys), alerts.ended.is_(None)).values(ended=now)
    )


def stories_learnt_since(connection: Connection, moment: datetime) -> tuple[str, ...]:
    """The stories that are new since a moment, or whose history has something since; by id."""
    has_news = exists().where(facts.story_id == stories.id, facts.at > moment)
    chosen = select(stories.id).where(
        stories.merged_into.is_(None), or_(stories.first_seen > moment, has_news)
    )
    return tuple(connection.scalars(chosen.order_by(stories.id)))
