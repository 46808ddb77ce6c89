"""Embeds headlines for `cluster.similarity.embeddings`, where the settings name an embedder.

A vector is computed once for a headline and a model, and stored. An embedder that fails is
reported, and the run goes on without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from aggregator.cluster.cluster_item import ClusterItem
from aggregator.cluster.similarity.embeddings import (
    EmbeddingBlend,
    blend_of,
    text_to_embed,
    wants_vector,
)
from aggregator.domain.ids import stable_id
from aggregator.domain.operation.report import Failure
from aggregator.errors import LlmError
from aggregator.ports import Embedder
from aggregator.services import Services, Tally
from aggregator.store.news import vectors

_AT_ONCE = 64  # headlines in one question and one transaction: what a kill can cost
_MOST_A_RUN = 10_000  # headlines; the rest is clustered by words alone until the next run
_WINDOWS_KEPT = (
    3  # times lookback_days: articles that come in late still find their neighbours' vectors
)


async def with_vectors(
    services: Services, pending: Sequence[ClusterItem], placed: Sequence[ClusterItem], tally: Tally
) -> tuple[list[ClusterItem], list[ClusterItem], EmbeddingBlend | None]:
    """The articles with their headlines' vectors, and how these are used; as they came where no
    embedder answers.
    """
    found = await services.find_embedder()
    if isinstance(found, Failure):
        tally.failures.append(found)
    if found is None or isinstance(found, Failure):
        return list(pending), list(placed), None
    model = await found.model()
    texts = {
        item.article_id: text_to_embed(item) for item in (*pending, *placed) if wants_vector(item)
    }
    vector_of = await _vectors(services, found, model, texts, tally)
    newest = max((item.published for item in (*pending, *placed)), default=services.clock.now())
    with services.database.writing() as connection:
        vectors.forget_vectors(
            connection,
            newest - timedelta(days=_WINDOWS_KEPT * services.settings.cluster.lookback_days),
        )

    def seen(items: Sequence[ClusterItem]) -> list[ClusterItem]:
        return [replace(item, vector=vector_of.get(item.article_id, b"")) for item in items]

    return seen(pending), seen(placed), blend_of(model.partition("@")[0])


async def _vectors(
    services: Services, embedder: Embedder, model: str, texts: dict[str, str], tally: Tally
) -> dict[str, bytes]:
    """The vectors of these texts, by article: those kept, and those that can be made now."""
    digests = {key: stable_id("headline", text) for key, text in texts.items()}
    with services.database.reading() as connection:
        found = vectors.stored_vectors(connection, model, digests)
    missing = iter(islice((key for key in sorted(texts) if key not in found), _MOST_A_RUN))
    while some := list(islice(missing, _AT_ONCE)):
        try:
            made = await embedder.embed([texts[key] for key in some])
        except LlmError as error:
            tally.failures.append(Failure(source=model, stage="embedding", reason=str(error)))
            break
        with services.database.writing() as connection:
            vectors.save_vectors(
                connection,
                model,
                [(key, digests[key], vector) for key, vector in zip(some, made, strict=True)],
            )
        found |= dict(zip(some, made, strict=True))
    return found
