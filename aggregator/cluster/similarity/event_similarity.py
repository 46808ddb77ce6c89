"""How alike two articles are as reports of one event: the cosine of their words, raised or lowered
by a log-linear model over named features; and why an article is assigned to its story, in words.

The features' weights are data, `event_similarity.json`, set by hand with the scores of
`tests.quality.clusters` and `tools.event_pairs`: each is what a feature adds to the logarithm of
the cosine. A logistic regression on the labels, also one that knows how far titles meet, the kinds
of event and common sums of money, ranked the pairs of the other half better, but joined too little
of a long affair (0.70 on ai-events) and fell below the floors of other corpora.

Where two headlines have too few words to share any, the similarity of embeddings is added: at the
level of storylines, between headlines without a lead. Texts have words enough: with leads embedded
too, the affairs of ai-events fell from 0.79 to 0.69 (pairwise F1), and no embedder tried helped to
distinguish events. Without an embedder, words alone decide.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.counter_evidence import is_one_publisher
from aggregator.cluster.similarity.lexicon import Flags, Ints
from aggregator.cluster.similarity.vectors import (
    Floats,
    Pairs,
    SimilarPairs,
    Vectors,
    is_bare,
    shared_words,
)
from aggregator.domain.frozen import frozen
from aggregator.domain.source import Lane

FEATURES = (
    "same publisher",
    "one word alone",
    "bare headlines",
    "posts of communities",
    "days apart",
    "days apart, rare name shared",
    "name in both headlines",
)
WEIGHTS = Path(__file__).with_name("event_similarity.json")
# a cosine below this joins nothing, whatever speaks for it: its titles are not compared
_WORTH_COMPARING = 0.1
_RARE = 4.0  # the rarity that a shared name, or several, has above a common one's to count wholly
_MOST_DAYS = 10.0
EVENT = 0.155  # the least similarity of two clusters of reports of one event
# the share of either title, by the rarity of its terms, that the other article must hold for both
# to join alone; more where one publisher wrote both. Of stories of two articles below it, in the
# captured web and a month of posts, two thirds were two events; at 0.3 ai-events falls to 0.760
_MET, _MET_BY_ONE = 0.25, 0.55
_UNSUPPORTED = 0.15  # just under the least similarity: it still counts beside others


def event_pairs(pairs: SimilarPairs, rows: Vectors, items: Sequence[ClusterItem]) -> Pairs:
    """The pairs as reports of one event. A veto stays one."""
    bias, weights = _weights()
    factors = np.exp(bias + pair_features(pairs, rows, items) @ weights)
    values = np.where(pairs.values > 0, np.minimum(pairs.values * factors, 1.0), pairs.values)
    held = _is_unsupported(pairs, values, rows, items)
    values[held] = _UNSUPPORTED
    return Pairs(later=pairs.later, earlier=pairs.earlier, values=values)


def pair_features(pairs: SimilarPairs, rows: Vectors, items: Sequence[ClusterItem]) -> Floats:
    """The features of each pair, in the order of `FEATURES`."""
    later, earlier = pairs.later, pairs.earlier
    community = np.fromiter((item.lane is Lane.COMMUNITY for item in items), dtype=bool)
    days = np.minimum(rows.times[later] - rows.times[earlier], _MOST_DAYS)
    at = np.flatnonzero(pairs.values >= _WORTH_COMPARING)
    one, other = later[at], earlier[at]
    rarity = np.minimum(_rarity_shared(rows, one, other) / _RARE, 1.0)
    found = np.zeros((len(later), len(FEATURES)))
    found[:, 0] = is_one_publisher(pairs, items)
    found[:, 1] = pairs.is_one_word
    found[:, 2] = rows.bare[later] & rows.bare[earlier]
    found[:, 3] = community[later] & community[earlier]
    found[:, 4] = days
    found[at, 5] = days[at] * rarity
    found[at, 6] = rows.title_names[one].multiply(rows.title_names[other]).sum(axis=1) > 0
    return found


def _is_unsupported(
    pairs: Pairs, values: Floats, rows: Vectors, items: Sequence[ClusterItem]
) -> Flags:
    """The pairs similar enough to join whose titles hardly meet, but where another report, whose
    title does meet, stands by each of the two: else it is two matters of a day more often than one.
    """
    near = np.flatnonzero(values >= EVENT)
    later, earlier = pairs.later[near], pairs.earlier[near]
    met = np.minimum(_title_in_text(rows, later, earlier), _title_in_text(rows, earlier, later))
    is_met = met >= np.where(is_one_publisher(pairs, items)[near], _MET_BY_ONE, _MET)
    reported = np.zeros(len(items), dtype=bool)
    reported[later[is_met]] = reported[earlier[is_met]] = True
    found = np.zeros(len(values), dtype=bool)
    found[near] = ~is_met & ~(reported[later] & reported[earlier])
    return found


def _title_in_text(rows: Vectors, titled: Ints, texts: Ints) -> Floats:
    """The share of the first title, by the rarity of its terms, that the other article holds."""
    held: Floats = rows.titles[titled].multiply(rows.texts[texts]).sum(axis=1)
    return held


@cache
def _weights() -> tuple[float, Floats]:
    kept = json.loads(WEIGHTS.read_text("utf-8"))
    return kept["bias"], np.array([kept[name] for name in FEATURES], dtype=np.float64)


def _rarity_shared(rows: Vectors, one: Ints, other: Ints) -> Floats:
    """How rare the names are, all together, that two titles share."""
    shared: Floats = rows.rare_names[one].multiply(rows.title_names[other]).sum(axis=1)
    return shared


def similarity_reasons(
    items: Sequence[ClusterItem],
    wanted: Container[str],
    story_of: Mapping[str, str],
    pairs: Pairs,
    judge_of: Mapping[tuple[str, str], str],
) -> dict[str, tuple[float, str]]:
    """For each wanted article that shares its story, its similarity to the nearest other article
    of it, and why: the shared words, or the model that answered.
    """
    number: dict[str, int] = {}
    stories = np.array(
        [number.setdefault(story_of[item.article_id], len(number)) for item in items],
        dtype=np.int64,
    )
    is_wanted = np.array([item.article_id in wanted for item in items], dtype=bool)
    nearest: dict[int, tuple[float, int]] = {}
    for rows, others in ((pairs.later, pairs.earlier), (pairs.earlier, pairs.later)):
        fellows = np.flatnonzero((stories[rows] == stories[others]) & is_wanted[rows])
        for one, other, value in zip(
            *(column[fellows].tolist() for column in (rows, others, pairs.values)), strict=True
        ):
            if value > nearest.get(one, (0.0, 0))[0]:
                nearest[one] = value, other
    near = [(items[one], items[other]) for one, (_, other) in nearest.items()]
    return {
        one.article_id: (value, _similarity_reason(one, other, words, judge_of))
        for (one, other), (value, _), words in zip(
            near, nearest.values(), shared_words(near), strict=True
        )
    }


def _similarity_reason(
    one: ClusterItem,
    other: ClusterItem,
    words: Sequence[str],
    judge_of: Mapping[tuple[str, str], str],
) -> str:
    first, second = sorted((one.article_id, other.article_id))
    if judge := judge_of.get((first, second)):
        return f"of one event with “{other.title}”, as {judge} judged when asked"
    return f"similar to “{other.title}” ({', '.join(words)})"


def copy_reasons(
    everything: Sequence[ClusterItem], found: Mapping[str, str]
) -> dict[str, tuple[float, str]]:
    """For each new copy a similarity of 1, and the title of its origin."""
    titles = {item.article_id: item.title for item in everything}
    return {
        copy: (1.0, f"copy of “{titles.get(origin, origin)}”") for copy, origin in found.items()
    }


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
