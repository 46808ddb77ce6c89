"""Subscribers, sign-ups, the addresses that are not written to, and the confirmations under way.

An address is found by its key, an HMAC of its comparable form: the key alone survives an erasure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from aggregator.domain.claim import Role
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.subscriber import (
    Choice,
    Consent,
    Followed,
    SignUpRequest,
    Subscriber,
    SubscriberStatus,
    SuppressionReason,
)
from aggregator.store import rows
from aggregator.store.database import overwrite_what_is_deleted
from aggregator.store.rows import count, drop, put, record_of, row_at
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
    return _page(
        connection, after, most, subscribers.c.standing == SubscriberStatus.CONFIRMED.value
    )


def everyone(connection: Connection, after: str = "", most: int = 1000) -> tuple[Subscriber, ...]:
    """The subscribers of any standing by id, those after an id, at most so many."""
    return _page(connection, after, most)


def counts(connection: Connection) -> dict[SubscriberStatus, int]:
    """How many subscribers stand where; every standing is named."""
    counted = select(subscribers.c.standing, func.count()).group_by(subscribers.c.standing)
    found = {row[0]: row[1] for row in connection.execute(counted)}
    return {standing: found.get(standing.value, 0) for standing in SubscriberStatus}


def save(connection: Connection, of: Subscriber, address_key: str) -> None:
    """Keeps a subscriber; one with the same id is replaced. The bounce score stays."""
    values = {
        "id": of.id,
        "address": of.address,
        "address_key": address_key,
        "created": of.created,
        **_changing(of),
    }
    statement = insert(subscribers).values({**values, "bounce_score": 0.0, "bounced": None})
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def change(connection: Connection, of: Subscriber) -> None:
    """Keeps what may change of a subscriber who is there: standing, choices, generation,
    consent.
    """
    rows.change(connection, subscribers.c.id, [of.id], **_changing(of))


def address_key_of(connection: Connection, subscriber_id: str) -> str | None:
    """The key of a subscriber's address."""
    key: str | None = connection.scalar(
        select(subscribers.c.address_key).where(subscribers.c.id == subscriber_id)
    )
    return key


def erase(connection: Connection, address_key: str, now: datetime) -> bool:
    """Deletes all of a subscriber but the key of the address, which is suppressed. Returns whether
    there was one.
    """
    overwrite_what_is_deleted(connection)
    drop(connection, wishes.c.address_key, [address_key])
    found = connection.scalar(
        select(subscribers.c.id).where(subscribers.c.address_key == address_key)
    )
    if found is not None:
        forget_confirmations(connection, found)
        of_theirs = deliveries.c.subscriber_id == found  # a server's refusal may name the address
        connection.execute(update(deliveries).where(of_theirs).values(reply=""))
        drop(connection, subscribers.c.id, [found])
    suppress(connection, address_key, SuppressionReason.ERASED, now)
    return found is not None


def forget_pending(connection: Connection, before: datetime) -> int:
    """Deletes those who asked before a moment and never confirmed; returns how many."""
    stale = select(subscribers.c.id, subscribers.c.consent).where(
        subscribers.c.standing == SubscriberStatus.PENDING.value
    )
    forgotten = 0
    for found, consent in connection.execute(stale).all():
        if datetime.fromisoformat(consent["asked"]) < before:
            forget_confirmations(connection, found)
            drop(connection, subscribers.c.id, [found])
            forgotten += 1
    return forgotten


# Suppressions


def suppress(
    connection: Connection, address_key: str, reason: SuppressionReason, now: datetime
) -> None:
    """Bars an address from every mail. What was erased stays erased, whatever comes later."""
    statement = insert(suppressions).values(address_key=address_key, reason=reason.value, since=now)
    unless_erased = suppressions.c.reason != SuppressionReason.ERASED.value
    changed = {"reason": reason.value, "since": now}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["address_key"], set_=changed, where=unless_erased
        )
    )


def suppression(connection: Connection, address_key: str) -> Suppression | None:
    """Why an address is barred, None where it is not."""
    row = row_at(connection, suppressions, address_key=address_key)
    return Suppression(reason=SuppressionReason(row.reason), since=row.since) if row else None


def lift(connection: Connection, address_key: str) -> None:
    """Lets an address in again: only for one that has just confirmed itself."""
    drop(connection, suppressions.c.address_key, [address_key])


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
    theirs = (confirmations.c.mailbox_key == mailbox_key) | (
        confirmations.c.subscriber_id == subscriber_id
    )
    found = select(confirmations.c.expires).where(theirs)
    return tuple(sorted(connection.scalars(found)))


def awaiting(connection: Connection, token_hash: str, now: datetime) -> Subscriber | None:
    """Which pending subscriber a token confirms; None for a token that is unknown, used or
    expired.
    """
    joined = select(subscribers).join(
        confirmations, confirmations.c.subscriber_id == subscribers.c.id
    )
    holds = (confirmations.c.token_hash == token_hash) & (confirmations.c.expires > now)
    row = connection.execute(
        joined.where(holds, subscribers.c.standing == SubscriberStatus.PENDING.value)
    ).one_or_none()
    return _subscriber(row) if row else None


def forget_confirmation(connection: Connection, token_hash: str) -> None:
    """Drops one token: its letter was certainly not sent."""
    drop(connection, confirmations.c.token_hash, [token_hash])


def forget_confirmations(connection: Connection, subscriber_id: str) -> None:
    """Drops every token of a subscriber, so that one is used once."""
    drop(connection, confirmations.c.subscriber_id, [subscriber_id])


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
    rows.change(connection, subscribers.c.id, [subscriber_id], **scored)


# Sign-ups from the form that have not been processed yet: only the newest of each address


def save_request(connection: Connection, request: SignUpRequest, address_key: str) -> None:
    """Stores a request, replacing an earlier one of the same address."""
    values = {
        "address_key": address_key,
        "address": request.address,
        **_choice_values(request.choice),
        "asked": request.consent.asked,
        "consent": _consent_values(request.consent),
    }
    put(connection, wishes, values)


def request_count(connection: Connection) -> int:
    """How many are waiting."""
    return count(connection, wishes)


def waiting_requests(connection: Connection) -> tuple[tuple[str, str], ...]:
    """The address key and the network of each waiting request, oldest first."""
    found = select(wishes.c.address_key, wishes.c.consent).order_by(
        wishes.c.asked, wishes.c.address_key
    )
    return tuple((row.address_key, row.consent["network"]) for row in connection.execute(found))


def drop_request(connection: Connection, address_key: str) -> None:
    """Removes the request of an address."""
    drop(connection, wishes.c.address_key, [address_key])


def take_request(connection: Connection, address_key: str) -> SignUpRequest:
    """Removes a waiting request and returns it."""
    row = connection.execute(select(wishes).where(wishes.c.address_key == address_key)).one()
    drop_request(connection, address_key)
    choice, consent = Choice(**_chosen(row)), _consent_of(row.consent)
    return SignUpRequest(address=row.address, choice=choice, consent=consent)


def _choice_values(of: Subscriber | Choice) -> dict[str, list[str]]:
    return {
        "roles": [role.value for role in of.roles],
        "sections": list(of.sections),
        "topics": list(of.topics),
        "periods": [kind.value for kind in of.periods],
    }


def _changing(of: Subscriber) -> dict[str, Any]:
    return {
        "standing": of.standing,
        **_choice_values(of),
        "follows": [[followed.path, followed.name] for followed in of.follows],
        "generation": of.generation,
        "consent": _consent_values(of.consent),
    }


def _consent_values(of: Consent) -> dict[str, Any]:
    times = {
        "asked": of.asked.isoformat(),
        "confirmed": of.confirmed.isoformat() if of.confirmed else None,
    }
    return asdict(of) | times


def _consent_of(values: Mapping[str, Any]) -> Consent:
    asked, confirmed = (
        datetime.fromisoformat(values[name]) if values[name] else None
        for name in ("asked", "confirmed")
    )
    return Consent(**{**values, "asked": asked, "confirmed": confirmed})


def _chosen(row: Row[Any]) -> dict[str, Any]:
    return {
        "roles": tuple(map(Role, row.roles)),
        "sections": tuple(row.sections),
        "topics": tuple(row.topics),
        "periods": tuple(map(PeriodKind, row.periods)),
    }


def _page(
    connection: Connection, after: str, most: int, *conditions: Any
) -> tuple[Subscriber, ...]:
    found = (
        select(subscribers)
        .where(subscribers.c.id > after, *conditions)
        .order_by(subscribers.c.id)
        .limit(most)
    )
    return tuple(_subscriber(row) for row in connection.execute(found))


def _subscriber(row: Row[Any]) -> Subscriber:
    follows = tuple(Followed(path=path, name=name) for path, name in row.follows)
    standing = SubscriberStatus(row.standing)
    consent, chosen = _consent_of(row.consent), _chosen(row)
    return record_of(Subscriber, row, standing=standing, follows=follows, consent=consent, **chosen)
