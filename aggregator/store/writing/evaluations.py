"""What engines scored on the evaluation set, by build of the model, prompts, judge and stories."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from aggregator.domain.operation.evaluation import Score, score_of
from aggregator.store.database import Connection
from aggregator.store.schema import evaluations

_KEY = ("digest", "prompts", "judge", "cases")


def keep_score(connection: Connection, score: Score, now: datetime) -> None:
    """Stores a score in place of an older one of this build, prompts, judge and stories."""
    key = {name: getattr(score, name) for name in _KEY}
    values = {**key, "made": now, "score": asdict(score)}
    connection.execute(
        insert(evaluations)
        .values(values)
        .on_conflict_do_update(index_elements=list(_KEY), set_=values)
    )


def kept_scores(connection: Connection) -> tuple[Score, ...]:
    """All scores, the newest first."""
    chosen = select(evaluations.c.score).order_by(
        evaluations.c.made.desc(), evaluations.c.digest, evaluations.c.judge
    )
    return tuple(score_of(row) for row in connection.execute(chosen).scalars())
