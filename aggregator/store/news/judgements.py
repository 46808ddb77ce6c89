"""What models said of pairs of articles, and of which words: a judgement stands as long as both
articles read the same.

It does not fall with the model that gave it: another model tomorrow must not part what readers have
seen as one story.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from aggregator.domain.judgement import Judgement
from aggregator.store.database import Connection
from aggregator.store.schema import articles, judgements


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredJudgement:
    """A judgement with the digest of what was shown of each article, and of the question's
    wording.
    """

    judgement: Judgement
    shown: tuple[str, str]
    prompts: str
    asked: datetime


def stored_judgements(
    connection: Connection, since: datetime, until: datetime
) -> tuple[StoredJudgement, ...]:
    """The judgements of which one article was published in a span, by pair."""
    chosen = (
        select(judgements)
        .join(articles, articles.c.id == judgements.c.one)
        .where(articles.c.published.between(since, until))
    )
    rows = connection.execute(chosen.order_by(judgements.c.one, judgements.c.other))
    return tuple(
        StoredJudgement(
            judgement=Judgement(one=row.one, other=row.other, same=row.same, by=row.model),
            shown=(row.shown[:12], row.shown[13:]),
            prompts=row.prompts,
            asked=row.asked,
        )
        for row in rows
    )


def save_judgement(connection: Connection, kept: StoredJudgement) -> None:
    """Stores a judgement in place of an older one of this pair."""
    values = {
        "one": kept.judgement.one,
        "other": kept.judgement.other,
        "shown": " ".join(kept.shown),
        "same": kept.judgement.same,
        "model": kept.judgement.by,
        "prompts": kept.prompts,
        "asked": kept.asked,
    }
    connection.execute(
        insert(judgements)
        .values(values)
        .on_conflict_do_update(index_elements=["one", "other"], set_=values)
    )
