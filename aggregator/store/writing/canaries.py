"""Results of trying models out, by question, build of the model and version of the server."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from aggregator.store.database import Connection
from aggregator.store.schema import canaries

_KEY = ("question", "digest", "version")


def kept_flaw(connection: Connection, question: str, digest: str, version: str) -> str | None:
    """Why a model is of no use, empty where it is fit; None where it was not tried so."""
    found: str | None = connection.scalar(
        select(canaries.c.flaw).where(
            canaries.c.question == question,
            canaries.c.digest == digest,
            canaries.c.version == version,
        )
    )
    return found


def keep_flaw(
    connection: Connection, question: str, digest: str, version: str, flaw: str, now: datetime
) -> None:
    """Stores why a model is of no use, or that it is fit."""
    values = {
        "question": question,
        "digest": digest,
        "version": version,
        "flaw": flaw,
        "tried": now,
    }
    connection.execute(
        insert(canaries)
        .values(values)
        .on_conflict_do_update(index_elements=list(_KEY), set_=values)
    )
