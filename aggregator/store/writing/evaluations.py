"""What engines scored on the evaluation set, by build of the model, prompts, judge and stories."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from aggregator.domain.operation.evaluation import Score, score_of
from aggregator.store.database import Connection
from aggregator.store.schema import analyses, evaluations

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


def newest_score(connection: Connection) -> Score | None:
    """The newest score of the model that wrote last; None where it was not scored."""
    wrote = (
        select(analyses.c.model)
        .where(analyses.c.model.is_not(None))
        .order_by(analyses.c.analysed.desc(), analyses.c.story_id)
        .limit(1)
    )
    model = connection.scalar(wrote)
    return next(
        (score for score in kept_scores(connection) if model and score.model == model), None
    )
