"""What judges said, by the digest of the question: what was judged before costs nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from aggregator.store.database import Connection
from aggregator.store.schema import verdicts


def kept_verdict(connection: Connection, key: str) -> float | None:
    """The probability that a judge gave, None where it was not asked before."""
    found: float | None = connection.scalar(
        select(verdicts.c.probability).where(verdicts.c.key == key)
    )
    return found


def keep_verdict(
    connection: Connection, key: str, model: str, probability: float, now: datetime
) -> None:
    """Stores what a judge said."""
    values = {"key": key, "model": model, "probability": probability, "judged": now}
    connection.execute(
        insert(verdicts).values(values).on_conflict_do_update(index_elements=["key"], set_=values)
    )
