"""Adds the similarity of embeddings, where two headlines have too few words to share any.

It counts at the level of storylines, between headlines without a lead. Texts have words enough:
with leads embedded too, the affairs of ai-events fell from 0.79 to 0.69 (pairwise F1), and no
embedder tried helped to distinguish events. Without an embedder, words alone decide.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.vectors import Floats, Pairs, is_bare
from aggregator.domain.frozen import frozen

_MOST_AT_ONCE = (
    65_536  # pairs, which bounds the memory: of 1,024 numbers each they take 512 MB in a moment
)


@frozen
class EmbeddingBlend:
    """How a model's cosine is blended with that of words: what is above `floor`, stretched to 1,
    makes `share` of the similarity.
    """

    floor: float
    share: float


# By model: the cosine below which its texts have nothing to do with each other, found on
# uci-news-aggregator (B-cubed F1 of storylines 0.836; words alone 0.821).
# `tests/quality/test_clusters.py` would notice.
_BLENDS = {"l2_supercat_256": EmbeddingBlend(floor=0.2, share=0.2)}
_UNMEASURED = EmbeddingBlend(
    floor=0.5, share=0.1
)  # cautious: most models put any two texts closer together


def blend_of(model: str) -> EmbeddingBlend:
    """How the vectors of a model are used."""
    return _BLENDS.get(model, _UNMEASURED)


def is_measured(model: str) -> bool:
    """Whether somebody has measured how the vectors of a model are best used."""
    return model in _BLENDS


def wants_vector(item: ClusterItem) -> bool:
    """Whether an embedding would be used."""
    return is_bare(item)


def text_to_embed(item: ClusterItem) -> str:
    """The text of an article that is embedded: its title."""
    return item.title


def with_embeddings(
    pairs: Pairs, items: Sequence[ClusterItem], blend: EmbeddingBlend | None
) -> Pairs:
    """The pairs, where both headlines have a vector with their cosine blended in. A veto stays
    one.
    """
    has = np.fromiter(
        (bool(item.vector) and is_bare(item) for item in items), dtype=bool, count=len(items)
    )
    if blend is None or not has.any():
        return pairs
    at = np.flatnonzero((pairs.values > 0) & has[pairs.later] & has[pairs.earlier])
    values = pairs.values.copy()
    for start in range(0, len(at), _MOST_AT_ONCE):
        some = at[start : start + _MOST_AT_ONCE]
        meant = np.maximum(_cosines(items, pairs, some) - blend.floor, 0.0) / (1.0 - blend.floor)
        values[some] = (1.0 - blend.share) * values[some] + blend.share * meant
    return Pairs(later=pairs.later, earlier=pairs.earlier, values=values)


def _cosines(items: Sequence[ClusterItem], pairs: Pairs, at: np.typing.NDArray[np.int64]) -> Floats:
    """The cosines of some pairs; 0 where the vectors are of two lengths, or of no use."""
    rows, seats = np.unique(
        np.concatenate((pairs.later[at], pairs.earlier[at])), return_inverse=True
    )
    length = max(len(items[row].vector) for row in rows.tolist())
    found = np.zeros((len(rows), length // 2), dtype=np.float32)
    for seat, row in enumerate(rows.tolist()):
        if len(items[row].vector) == length:
            found[seat] = np.frombuffer(items[row].vector, dtype="<f2")
    later, earlier = seats[: len(at)], seats[len(at) :]
    cosines: Floats = np.einsum("ij,ij->i", found[later], found[earlier]).astype(np.float64)
    return np.nan_to_num(np.clip(np.round(cosines, 6), -1.0, 1.0))
