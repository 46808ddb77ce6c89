"""What became of each copy of an edition: one row an edition and subscriber, and one sender at a
time for each row.

A sender has an attempt, a name that lives as long as its process (`adapters/locks.py`). `claim`
writes it into rows that nobody holds; every later step asks for it again, so that two senders never
hand over one copy. `mark_sending` is committed just before the final dot: what a dead sender left
there may have been taken, and becomes `doubt`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.subscriber import Delivery, DeliveryState, SubscriberStatus
from aggregator.store.rows import batches, count, record_of, row_at
from aggregator.store.schema import deliveries, editions, subscribers

MOST_REPLY = 500  # characters of a server's words that are kept

_WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
_UNDERWAY = (*_WAITING, DeliveryState.SENDING)
_FREE = deliveries.attempt == ""


def _mine(states: Sequence[str]) -> ColumnElement[bool]:
    """The row of `of_period` and `of_id`, held `by` a sender, in one of these states."""
    return and_(
        deliveries.period == bindparam("of_period"),
        deliveries.subscriber_id == bindparam("of_id"),
        deliveries.attempt == bindparam("by"),
        deliveries.state.in_(states),
    )


# Each message takes one of each of these, so they are built once.
_IS_THERE = exists().where(
    subscribers.id == bindparam("of_id"),
    subscribers.standing == SubscriberStatus.CONFIRMED,
)
_IS_RELEASED = exists().where(
    editions.period == bindparam("of_period"), editions.dispatch != "held"
)
_ADMIT = (
    update(deliveries)
    .where(_mine(_WAITING), _IS_THERE, _IS_RELEASED)
    .values(state=DeliveryState.SENDING, changed=bindparam("now"))
)
_END = (
    update(deliveries)
    .where(_mine(_UNDERWAY))
    .values(
        state=bindparam("after"),
        tries=deliveries.tries + bindparam("more"),
        next_try=bindparam("then"),
        reply=bindparam("said"),
        changed=bindparam("now"),
        attempt=bindparam("holder"),
    )
)


class Admission(StrEnum):
    """What is said to a sender that is about to end a message: go on, or why not."""

    GRANTED = "granted"
    LEFT = "left"  # the subscriber left, or is not there any more
    HELD = "held"  # the edition was held meanwhile
    LOST = "lost"  # another sender has the row, or it is done


@frozen
class Recovered:
    """What dead senders left: rows that are free again, and rows in doubt."""

    freed: int = 0
    doubtful: int = 0


def enqueue(
    connection: Connection, period: str, copies: Sequence[tuple[str, str]], now: datetime
) -> int:
    """Adds a row for each pair of subscriber id and Message-ID that has none yet; returns how many
    are new.
    """
    if not copies:
        return 0
    of_period = deliveries.period == period
    before = count(connection, deliveries, of_period)
    fixed = {
        "period": period,
        "state": DeliveryState.QUEUED,
        "tries": 0,
        "attempt": "",
        "reply": "",
        "changed": now,
    }
    rows = [
        fixed | {"subscriber_id": subscriber_id, "message_id": message_id}
        for subscriber_id, message_id in copies
    ]
    connection.execute(insert(deliveries).on_conflict_do_nothing(), rows)
    return count(connection, deliveries, of_period) - before


def claim(
    connection: Connection, period: str, attempt: str, now: datetime, most: int
) -> tuple[Delivery, ...]:
    """Takes at most so many rows that are free and due for one sender: queued ones first, then by
    subscriber id.
    """
    found = select(deliveries).where(deliveries.period == period, _FREE, _due(now))
    rows = connection.execute(
        found.order_by(deliveries.state.desc(), deliveries.subscriber_id).limit(most)
    ).all()
    ids = [row.subscriber_id for row in rows]
    claimed = update(deliveries).where(
        deliveries.period == period, deliveries.subscriber_id.in_(ids), _FREE
    )
    connection.execute(claimed.values(attempt=attempt))
    return tuple(record_of(Delivery, row, attempt=attempt) for row in rows)


def release(connection: Connection, attempt: str) -> int:
    """Frees the rows that a sender took and did not begin to hand over; returns how many."""
    held = update(deliveries).where(deliveries.attempt == attempt, deliveries.state.in_(_WAITING))
    return connection.execute(held.values(attempt="")).rowcount


def recover(connection: Connection, is_alive: Callable[[str], bool], now: datetime) -> Recovered:
    """Frees what dead senders had taken; what they were handing over is in doubt, whatever the
    edition.
    """
    holders = (
        select(deliveries.attempt)
        .where(deliveries.state.in_(_UNDERWAY), deliveries.attempt != "")
        .distinct()
    )
    freed = doubtful = 0
    for attempt in sorted(connection.scalars(holders)):
        if is_alive(attempt):
            continue
        freed += release(connection, attempt)
        broken = update(deliveries).where(
            deliveries.attempt == attempt, deliveries.state == DeliveryState.SENDING
        )
        reason = "the sender crashed after handing over the message and before recording the answer"
        doubtful += connection.execute(
            broken.values(_ended(DeliveryState.DOUBT, reason, now))
        ).rowcount
    return Recovered(freed=freed, doubtful=doubtful)


def mark_sending(
    connection: Connection, period: str, subscriber_id: str, attempt: str, now: datetime
) -> Admission:
    """Records that the final dot comes next, if the row is still this sender's, the subscriber's
    there, and nothing held.

    Committed on a durable database: from here on only the server knows.
    """
    named = {"of_period": period, "of_id": subscriber_id, "by": attempt}
    if connection.execute(_ADMIT, named | {"now": now}).rowcount:
        return Admission.GRANTED
    if connection.scalar(select(deliveries.period).where(_mine(_WAITING)), named) is None:
        return Admission.LOST
    return Admission.LEFT if not connection.scalar(select(_IS_THERE), named) else Admission.HELD


def end(
    connection: Connection,
    copy: Delivery,
    attempt: str,
    state: DeliveryState,
    reply: str,
    now: datetime,
    next_try: datetime | None = None,
) -> bool:
    """A sender's last word on a row that it holds: sent, deferred until `next_try`, failed, doubt
    or skipped.

    A deferred row is free again. False where the row is not this sender's any more: it stays as it
    is.
    """
    named = {"of_period": copy.period, "of_id": copy.subscriber_id, "by": attempt}
    holder = "" if state is DeliveryState.DEFERRED else attempt
    more = int(state is not DeliveryState.SKIPPED)
    values = {
        "after": state,
        "more": more,
        "then": next_try,
        "said": reply[:MOST_REPLY],
        "now": now,
        "holder": holder,
    }
    return connection.execute(_END, named | values).rowcount == 1


def settle(
    connection: Connection,
    period: str,
    ids: Sequence[str],
    before: Sequence[DeliveryState],
    after: DeliveryState,
    now: datetime,
) -> int:
    """What the operator says of rows in one of these states, by subscriber id or Message-ID;
    returns how many it met.
    """
    met, reply = 0, f"set by the operator: {after}"
    for some in batches(ids):
        named = or_(deliveries.subscriber_id.in_(some), deliveries.message_id.in_(some))
        rows = update(deliveries).where(
            deliveries.period == period,
            named,
            deliveries.state.in_(before),
        )
        values = {
            "state": after,
            "attempt": "",
            "next_try": None,
            "reply": reply,
            "changed": now,
        }
        met += connection.execute(rows.values(values)).rowcount
    return met


def doubtful(connection: Connection, period: str | None = None) -> tuple[Delivery, ...]:
    """The copies in doubt, of one edition or of all, by edition and subscriber id."""
    return in_state(connection, DeliveryState.DOUBT, period)


def in_state(
    connection: Connection, state: DeliveryState, period: str | None = None
) -> tuple[Delivery, ...]:
    """The copies in a state, of one edition or of all, by edition and subscriber id."""
    found = select(deliveries).where(deliveries.state == state)
    found = found.where(deliveries.period == period) if period else found
    rows = connection.execute(found.order_by(deliveries.period, deliveries.subscriber_id))
    return tuple(record_of(Delivery, row) for row in rows)


def delivery(connection: Connection, period: str, subscriber_id: str) -> Delivery | None:
    """One copy."""
    row = row_at(connection, deliveries, period=period, subscriber_id=subscriber_id)
    return record_of(Delivery, row) if row else None


def counts(connection: Connection, period: str) -> dict[DeliveryState, int]:
    """How many copies of an edition stand where; every state is named."""
    counted = (
        select(deliveries.state, func.count())
        .where(deliveries.period == period)
        .group_by(deliveries.state)
    )
    found = {row[0]: row[1] for row in connection.execute(counted)}
    return {state: found.get(state, 0) for state in DeliveryState}


def due_count(connection: Connection, period: str, now: datetime) -> int:
    """How many copies may go now, whoever holds them."""
    return count(connection, deliveries, deliveries.period == period, _due(now))


def addresses(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The address of each of these subscribers who is still there, by id."""
    rows = select(subscribers.id, subscribers.address).where(subscribers.id.in_(ids))
    return {row.id: row.address for row in connection.execute(rows)}


def slots_of_others(connection: Connection, attempt: str) -> tuple[tuple[str, datetime], ...]:
    """The moments that other senders gave to the copies they hold, each with the address it is
    for.
    """
    rows = (
        select(subscribers.address, deliveries.next_try)
        .join(subscribers, subscribers.id == deliveries.subscriber_id)
        .where(
            deliveries.state.in_(_UNDERWAY),
            deliveries.attempt.not_in(("", attempt)),
            deliveries.next_try.is_not(None),
        )
    )
    return tuple(
        (row.address, row.next_try)
        for row in connection.execute(rows.order_by(deliveries.next_try))
    )


def set_slots(connection: Connection, period: str, slots: Mapping[str, datetime]) -> None:
    """Records the moment that each claimed copy may go at, for other senders to see."""
    if not slots:
        return
    rows = (
        update(deliveries)
        .where(deliveries.period == period, deliveries.subscriber_id == bindparam("of"))
        .values(next_try=bindparam("slot"))
    )
    connection.execute(
        rows, [{"of": subscriber_id, "slot": slot} for subscriber_id, slot in sorted(slots.items())]
    )


def next_try(connection: Connection, period: str) -> datetime | None:
    """When the first deferred copy of an edition is tried again."""
    deferred = select(func.min(deliveries.next_try)).where(
        deliveries.period == period, deliveries.state == DeliveryState.DEFERRED
    )
    found: datetime | None = connection.scalar(deferred)
    return found


def _due(now: datetime) -> Any:
    return or_(
        deliveries.state == DeliveryState.QUEUED,
        and_(deliveries.state == DeliveryState.DEFERRED, deliveries.next_try <= now),
    )


def _ended(state: DeliveryState, reply: str, now: datetime) -> dict[str, Any]:
    tries = deliveries.tries + int(state is not DeliveryState.SKIPPED)
    return {
        "state": state,
        "tries": tries,
        "next_try": None,
        "reply": reply[:MOST_REPLY],
        "changed": now,
    }
