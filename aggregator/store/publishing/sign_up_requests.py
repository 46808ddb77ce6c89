"""Sign-ups from the form that have not been processed yet: only the newest of each address."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from aggregator.domain.claim import Role
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.subscriber import SignUpRequest
from aggregator.store.publishing.subscribers import choice_values, consent_of, consent_values
from aggregator.store.schema import wishes


def save_request(connection: Connection, request: SignUpRequest, address_key: str) -> None:
    """Stores a request, replacing an earlier one of the same address."""
    values = {
        "address_key": address_key,
        "address": request.address,
        **choice_values(request),
        "asked": request.consent.asked,
        "consent": consent_values(request.consent),
    }
    statement = insert(wishes).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["address_key"], set_=values))


def request_count(connection: Connection) -> int:
    """How many are waiting."""
    return connection.scalar(select(func.count()).select_from(wishes)) or 0


def waiting(connection: Connection) -> tuple[tuple[str, str], ...]:
    """The address key and the network of each waiting request, oldest first."""
    found = select(wishes.c.address_key, wishes.c.consent).order_by(
        wishes.c.asked, wishes.c.address_key
    )
    return tuple((row.address_key, row.consent["network"]) for row in connection.execute(found))


def drop_request(connection: Connection, address_key: str) -> None:
    """Removes the request of an address."""
    connection.execute(delete(wishes).where(wishes.c.address_key == address_key))


def take_request(connection: Connection, address_key: str) -> SignUpRequest:
    """Removes a waiting request and returns it."""
    row = connection.execute(select(wishes).where(wishes.c.address_key == address_key)).one()
    drop_request(connection, address_key)
    return SignUpRequest(
        address=row.address,
        roles=tuple(Role(role) for role in row.roles),
        sections=tuple(row.sections),
        topics=tuple(row.topics),
        periods=tuple(PeriodKind(kind) for kind in row.periods),
        consent=consent_of(row.consent),
    )
