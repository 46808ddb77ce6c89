"""What was asked for by the form and is not dealt with yet: one wish an address, the newest."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from aggregator.domain.claim import Role
from aggregator.domain.subscriber import Wish
from aggregator.store.schema import wishes
from aggregator.store.subscribers import consent_of, consent_values


def save_wish(connection: Connection, wish: Wish, address_key: str) -> None:
    """Keeps a wish in the place of an earlier one of the same address."""
    values = {
        "address_key": address_key,
        "address": wish.address,
        "roles": [role.value for role in wish.roles],
        "topics": list(wish.topics),
        "asked": wish.consent.asked,
        "consent": consent_values(wish.consent),
    }
    statement = insert(wishes).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["address_key"], set_=values))


def wish_count(connection: Connection) -> int:
    """How many wait."""
    return connection.scalar(select(func.count()).select_from(wishes)) or 0


def take_wish(connection: Connection) -> Wish | None:
    """Removes the oldest wish and returns it; None where none waits."""
    order = (wishes.c.asked, wishes.c.address_key)
    row = connection.execute(select(wishes).order_by(*order).limit(1)).one_or_none()
    if row is None:
        return None
    connection.execute(delete(wishes).where(wishes.c.address_key == row.address_key))
    return Wish(
        address=row.address,
        roles=tuple(Role(role) for role in row.roles),
        topics=tuple(row.topics),
        consent=consent_of(row.consent),
    )
