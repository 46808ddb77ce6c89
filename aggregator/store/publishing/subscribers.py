"""Subscribers, sign-ups, the addresses that are not written to, and the confirmations under way.

An address is found by its key, an HMAC of its comparable form: the key alone survives an erasure.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.sqlite import insert

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.edition import about_paths
from aggregator.domain.publishing.subscriber import (
    Choice,
    Followed,
    SignUpRequest,
    Subscriber,
    SubscriberStatus,
    SuppressionReason,
)
from aggregator.store import rows
from aggregator.store.database import overwrite_what_is_deleted
from aggregator.store.rows import count, drop, listed, put, record_of, row_at, row_of, unlisted
from aggregator.store.schema import confirmations, deliveries, subscribers, suppressions, wishes


@frozen
class Suppression:
    """Why and since when an address is not written to."""

    reason: SuppressionReason
    since: datetime


@frozen
class BounceScore:
    """How a subscriber's mail fared: a score that soft bounces raise, and the last one that
    counted.
    """

    score: float
    at: datetime | None


def subscriber(connection: Connection, subscriber_id: str) -> Subscriber | None:
    """One subscriber by id."""
    row = row_at(connection, subscribers, id=subscriber_id)
    return _subscriber(row) if row else None


def subscriber_by_key(connection: Connection, address_key: str) -> Subscriber | None:
    """One subscriber by the key of their address."""
    row = row_at(connection, subscribers, address_key=address_key)
    return _subscriber(row) if row else None


def confirmed(connection: Connection, after: str = "", most: int = 1000) -> tuple[Subscriber, ...]:
    """The confirmed subscribers by id, those after an id, at most so many: everyone an edition may
    go to.
    """
    return _page(connection, after, most, subscribers.standing == SubscriberStatus.CONFIRMED)


def everyone(connection: Connection, after: str = "", most: int = 1000) -> tuple[Subscriber, ...]:
    """The subscribers of any standing by id, those after an id, at most so many."""
    return _page(connection, after, most)


def followed_paths(connection: Connection) -> frozenset[str]:
    """The paths of the lists that anybody chose or follows, without the last slash."""
    chosen = select(subscribers.topics, subscribers.roles, subscribers.follows)
    return frozenset(
        path
        for topics, roles, follows in connection.execute(chosen)
        for path in (*about_paths(topics, roles, ()), *(path for path, _ in follows))
    )


def counts(connection: Connection) -> dict[SubscriberStatus, int]:
    """How many subscribers stand where; every standing is named."""
    counted = select(subscribers.standing, func.count()).group_by(subscribers.standing)
    found = {row[0]: row[1] for row in connection.execute(counted)}
    return {standing: found.get(standing, 0) for standing in SubscriberStatus}


def save(connection: Connection, of: Subscriber, address_key: str) -> None:
    """Keeps a subscriber; one with the same id is replaced. The bounce score stays."""
    values = _row(of) | {"address_key": address_key}
    statement = insert(subscribers).values({**values, "bounce_score": 0.0, "bounced": None})
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def change(connection: Connection, of: Subscriber) -> None:
    """Keeps what may change of a subscriber who is there: standing, choices, generation,
    consent.
    """
    rows.change(connection, subscribers.id, [of.id], **_row(of))


def address_key_of(connection: Connection, subscriber_id: str) -> str | None:
    """The key of a subscriber's address."""
    key: str | None = connection.scalar(
        select(subscribers.address_key).where(subscribers.id == subscriber_id)
    )
    return key


def erase(connection: Connection, address_key: str, now: datetime) -> bool:
    """Deletes all of a subscriber but the key of the address, which is suppressed. Returns whether
    there was one.
    """
    overwrite_what_is_deleted(connection)
    drop(connection, wishes.address_key, [address_key])
    found = connection.scalar(select(subscribers.id).where(subscribers.address_key == address_key))
    if found is not None:
        forget_confirmations(connection, found)
        of_theirs = deliveries.subscriber_id == found  # a server's refusal may name the address
        connection.execute(update(deliveries).where(of_theirs).values(reply=""))
        drop(connection, subscribers.id, [found])
    suppress(connection, address_key, SuppressionReason.ERASED, now)
    return found is not None


def forget_pending(connection: Connection, before: datetime) -> int:
    """Deletes those who asked before a moment and never confirmed; returns how many."""
    stale = select(subscribers.id, subscribers.consent).where(
        subscribers.standing == SubscriberStatus.PENDING
    )
    forgotten = 0
    for found, consent in connection.execute(stale).all():
        if datetime.fromisoformat(consent["asked"]) < before:
            forget_confirmations(connection, found)
            drop(connection, subscribers.id, [found])
            forgotten += 1
    return forgotten


# Suppressions


def suppress(
    connection: Connection, address_key: str, reason: SuppressionReason, now: datetime
) -> None:
    """Bars an address from every mail. What was erased stays erased, whatever comes later."""
    statement = insert(suppressions).values(address_key=address_key, reason=reason, since=now)
    unless_erased = suppressions.reason != SuppressionReason.ERASED
    changed = {"reason": reason, "since": now}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["address_key"], set_=changed, where=unless_erased
        )
    )


def suppression(connection: Connection, address_key: str) -> Suppression | None:
    """Why an address is barred, None where it is not."""
    row = row_at(connection, suppressions, address_key=address_key)
    return record_of(Suppression, row) if row else None


def lift(connection: Connection, address_key: str) -> None:
    """Lets an address in again: only for one that has just confirmed itself."""
    drop(connection, suppressions.address_key, [address_key])


# Confirmations


def add_confirmation(
    connection: Connection,
    token_hash: str,
    subscriber_id: str,
    expires: datetime,
    mailbox_key: str | None = None,
) -> None:
    """Keeps the hash of a token that was made for a letter."""
    values = {
        "token_hash": token_hash,
        "subscriber_id": subscriber_id,
        "expires": expires,
        "mailbox_key": mailbox_key,
    }
    connection.execute(insert(confirmations).values(values))


def confirmation_expiries(
    connection: Connection, mailbox_key: str, subscriber_id: str
) -> tuple[datetime, ...]:
    """When each unanswered confirmation of a mailbox or a subscriber expires or expired, oldest
    first.

    Confirmations from before mailboxes were recorded have only the subscriber.
    """
    theirs = (confirmations.mailbox_key == mailbox_key) | (
        confirmations.subscriber_id == subscriber_id
    )
    found = select(confirmations.expires).where(theirs)
    return tuple(sorted(connection.scalars(found)))


def awaiting(connection: Connection, token_hash: str, now: datetime) -> Subscriber | None:
    """Which pending subscriber a token confirms; None for a token that is unknown, used or
    expired.
    """
    joined = select(subscribers).join(confirmations, confirmations.subscriber_id == subscribers.id)
    holds = (confirmations.token_hash == token_hash) & (confirmations.expires > now)
    row = connection.execute(
        joined.where(holds, subscribers.standing == SubscriberStatus.PENDING)
    ).one_or_none()
    return _subscriber(row) if row else None


def forget_confirmation(connection: Connection, token_hash: str) -> None:
    """Drops one token: its letter was certainly not sent."""
    drop(connection, confirmations.token_hash, [token_hash])


def forget_confirmations(connection: Connection, subscriber_id: str) -> None:
    """Drops every token of a subscriber, so that one is used once."""
    drop(connection, confirmations.subscriber_id, [subscriber_id])


# Bounces


def bounce_score(connection: Connection, subscriber_id: str) -> BounceScore:
    """The score of a subscriber; none yet is 0."""
    row = row_at(connection, subscribers, id=subscriber_id)
    return (
        BounceScore(score=row.bounce_score, at=row.bounced)
        if row
        else BounceScore(score=0.0, at=None)
    )


def save_bounce_score(connection: Connection, subscriber_id: str, of: BounceScore) -> None:
    """Keeps a score."""
    scored = {"bounce_score": of.score, "bounced": of.at}
    rows.change(connection, subscribers.id, [subscriber_id], **scored)


# Sign-ups from the form that have not been processed yet: only the newest of each address


def save_request(connection: Connection, request: SignUpRequest, address_key: str) -> None:
    """Stores a request, replacing an earlier one of the same address."""
    values = row_of(request, wishes, address_key=address_key, asked=request.consent.asked)
    put(connection, wishes, values | row_of(request.choice, wishes))


def request_count(connection: Connection) -> int:
    """How many are waiting."""
    return count(connection, wishes)


def waiting_requests(connection: Connection) -> tuple[tuple[str, str], ...]:
    """The address key and the network of each waiting request, oldest first."""
    found = select(wishes.address_key, wishes.consent).order_by(wishes.asked, wishes.address_key)
    return tuple((row.address_key, row.consent["network"]) for row in connection.execute(found))


def drop_request(connection: Connection, address_key: str) -> None:
    """Removes the request of an address."""
    drop(connection, wishes.address_key, [address_key])


def take_request(connection: Connection, address_key: str) -> SignUpRequest:
    """Removes a waiting request and returns it."""
    row = connection.execute(select(wishes).where(wishes.address_key == address_key)).one()
    drop_request(connection, address_key)
    return record_of(SignUpRequest, row, choice=record_of(Choice, row))


def _row(of: Subscriber) -> dict[str, Any]:
    return row_of(of, subscribers, follows=listed(of.follows))


def _page(
    connection: Connection, after: str, most: int, *conditions: Any
) -> tuple[Subscriber, ...]:
    found = (
        select(subscribers)
        .where(subscribers.id > after, *conditions)
        .order_by(subscribers.id)
        .limit(most)
    )
    return tuple(_subscriber(row) for row in connection.execute(found))


def _subscriber(row: Row[Any]) -> Subscriber:
    return record_of(Subscriber, row, follows=unlisted(Followed, row.follows))
