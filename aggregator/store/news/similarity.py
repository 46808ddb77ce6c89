"""What is kept of comparing articles: embeddings of their headlines, of one model and only as far
back as is looked, and what models said of pairs.

A judgement stands as long as both articles read the same. It does not fall with the model that gave
it: another model tomorrow must not part what readers have seen as one story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from aggregator.domain.article import Judgement
from aggregator.domain.frozen import frozen
from aggregator.store.rows import among, put, record_of
from aggregator.store.schema import articles, judgements, vectors


def stored_vectors(
    connection: Connection, model: str, digests: Mapping[str, str]
) -> dict[str, bytes]:
    """The vectors that this model made of these texts; `digests` are of the texts, by article."""
    of_model = select(vectors).where(vectors.model == model)
    return {
        row.article_id: row.vector
        for row in among(connection, of_model, vectors.article_id, digests)
        if row.digest == digests[row.article_id]
    }


def save_vectors(
    connection: Connection, model: str, made: Sequence[tuple[str, str, bytes]]
) -> None:
    """Keeps vectors (article, digest of the text, vector) in place of older ones."""
    for article_id, digest, vector in made:
        row = {"article_id": article_id, "model": model, "digest": digest, "vector": vector}
        put(connection, vectors, row)


def forget_vectors(connection: Connection, before: datetime) -> None:
    """Drops the vectors of articles published before a moment: if such a window is looked at again,
    they are computed again.
    """
    old = select(articles.id).where(articles.published < before)
    connection.execute(delete(vectors).where(vectors.article_id.in_(old)))


@frozen
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
        .join(articles, articles.id == judgements.one)
        .where(articles.published.between(since, until))
        .order_by(judgements.one, judgements.other)
    )
    return tuple(
        record_of(
            StoredJudgement,
            row,
            judgement=record_of(Judgement, row, by=row.model),
            shown=(row.shown[:12], row.shown[13:]),
        )
        for row in connection.execute(chosen)
    )


def save_judgement(connection: Connection, kept: StoredJudgement) -> None:
    """Stores a judgement in place of an older one of this pair."""
    said = kept.judgement
    row = {
        "one": said.one,
        "other": said.other,
        "shown": " ".join(kept.shown),
        "same": said.same,
        "model": said.by,
        "prompts": kept.prompts,
        "asked": kept.asked,
    }
    put(connection, judgements, row)
