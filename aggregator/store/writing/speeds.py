"""What writing and judging cost in earlier runs, by the digest of the model that wrote."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from aggregator.store.database import Connection
from aggregator.store.schema import model_speeds

_FADING = 0.5  # of what was kept, with each run: the newest counts half


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """The tokens of questions to the writer, of its answers, of the judge, and the seconds of
    all.
    """

    prompt_tokens: float
    completion_tokens: float
    judge_tokens: float
    seconds: float

    def less(self, other: Spent) -> Spent:
        """What was spent since the other."""
        return Spent(**{name: value - getattr(other, name) for name, value in asdict(self).items()})


def kept_speed(connection: Connection, digest: str) -> Spent | None:
    """What earlier runs with a model spent, the newest counting half; None where none was
    measured.
    """
    table = model_speeds.c
    row = connection.execute(
        select(
            table.prompt_tokens, table.completion_tokens, table.judge_tokens, table.seconds
        ).where(table.digest == digest)
    ).one_or_none()
    return Spent(**row._mapping) if row else None


def keep_speed(connection: Connection, digest: str, spent: Spent, now: datetime) -> None:
    """Adds what a run spent."""
    before = kept_speed(connection, digest)
    sums = asdict(spent)
    if before:
        sums = {name: value + _FADING * getattr(before, name) for name, value in sums.items()}
    values = {"digest": digest, "measured": now, **sums}
    connection.execute(
        insert(model_speeds)
        .values(values)
        .on_conflict_do_update(index_elements=["digest"], set_=values)
    )
