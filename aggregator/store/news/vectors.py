"""Embeddings of headlines, by article: of one model, of the text they were made from, and only as
far back as is looked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from aggregator.store.batches import batches
from aggregator.store.database import Connection
from aggregator.store.schema import articles, vectors


def stored_vectors(
    connection: Connection, model: str, digests: Mapping[str, str]
) -> dict[str, bytes]:
    """The vectors that this model made of these texts; `digests` are of the texts, by article."""
    ids = sorted(digests)
    found: dict[str, bytes] = {}
    for some in batches(ids):
        for row in connection.execute(
            select(vectors).where(vectors.c.article_id.in_(some), vectors.c.model == model)
        ):
            if row.digest == digests[row.article_id]:
                found[row.article_id] = row.vector
    return found


def save_vectors(
    connection: Connection, model: str, made: Sequence[tuple[str, str, bytes]]
) -> None:
    """Keeps vectors (article, digest of the text, vector) in place of older ones."""
    for article_id, digest, vector in made:
        row = {"article_id": article_id, "model": model, "digest": digest, "vector": vector}
        connection.execute(
            insert(vectors)
            .values(row)
            .on_conflict_do_update(index_elements=["article_id"], set_=row)
        )


def forget_vectors(connection: Connection, before: datetime) -> None:
    """Drops the vectors of articles published before a moment: if such a window is looked at again,
    they are made anew.
    """
    old = select(articles.c.id).where(articles.c.published < before)
    connection.execute(delete(vectors).where(vectors.c.article_id.in_(old)))
