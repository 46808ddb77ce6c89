"""How likely two articles report one event, and how likely they belong to one affair, by logistic
models over the same features of the pair; and why an article is assigned to its story, in words.

The weights, `event_similarity.json`, are fitted by `tools.event_pairs` on labelled pairs of half of
the outlets; `tests.quality` has the scores on the other half. A pair's value is its log-odds
between two bounds, as a share of the range between them: a pair without a value counts as most
unlike.

Tried without gain: how rare the names in both titles are, shared and conflicting figures, the
likeness of kinds of event, and rarity without regard to the window.

For storylines, where two headlines have too few words to share any, the similarity of embeddings is
added between headlines without a lead. Texts have words enough: with leads embedded too, the
affairs of ai-events fell from 0.79 to 0.69 (pairwise F1), and no embedder tried helped to
distinguish events. Without an embedder, words alone decide.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from functools import cache
from math import exp
from pathlib import Path

import numpy as np

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.counter_evidence import (
    VETO,
    is_alone,
    is_apart,
    is_one_source,
    own_matters,
)
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
    "similarity",
    "title held, the less",
    "title held, the more",
    "titles",
    "days apart",
    "root of days apart",
    "one outlet",
    "one vendor",
    "one poster",
    "both bare",
    "one bare",
    "two posts",
    "post and article",
    "rare names",
    "name met",
    "strangers",
    "own matter",
)
WEIGHTS = Path(__file__).with_name("event_similarity.json")
_WORTH_COMPARING = 0.04  # a cosine below this is most unlike, whatever speaks for it
_RARE = 16.0  # the rarity above a common one's that names have together to count wholly
_MOST_DAYS = 10.0


@frozen
class Level:
    """What articles may have in common. Log-odds below `least` say no more against a join, above
    `_MOST` no more for it. Two clusters that join need `threshold` of value as centroids, and
    `floor` on average over their pairs.
    """

    name: str
    least: float
    threshold: float
    floor: float

    def values(self, found: Floats) -> Floats:
        """The values of pairs by their features."""
        weights = _weights()[self.name]
        odds = weights["bias"] + found @ np.array([weights[name] for name in FEATURES])
        values: Floats = (np.clip(odds, self.least, _MOST) - self.least) / (_MOST - self.least)
        return values

    def probability(self, value: float) -> float:
        """That of a pair, by its value."""
        return 1.0 / (1.0 + exp(-(self.least + value * (_MOST - self.least))))


_MOST = 4.0
EVENT = Level(name="event", least=-2.0, threshold=0.317, floor=0.2)  # log-odds of -0.1 and -0.8
AFFAIR = Level(name="affair", least=-3.0, threshold=0.25, floor=0.0)  # of -1.25


def event_and_affair_pairs(
    pairs: SimilarPairs, rows: Vectors, items: Sequence[ClusterItem]
) -> tuple[Pairs, Pairs]:
    """The pairs as reports of one event, negative where a veto holds, and as those of one
    affair.
    """
    chosen, apart = comparable_pairs(pairs, items)
    found = pair_features(chosen, rows, items)
    event, affair = (level.values(found) for level in (EVENT, AFFAIR))
    event[apart] = VETO
    later, earlier = chosen.later, chosen.earlier
    return (
        Pairs(later=later, earlier=earlier, values=event),
        Pairs(later=later, earlier=earlier, values=affair),
    )


def comparable_pairs(
    pairs: SimilarPairs, items: Sequence[ClusterItem]
) -> tuple[SimilarPairs, Flags]:
    """The pairs whose features are asked for, and which of them are apart, whatever these say."""
    apart, alone = is_apart(pairs, items), is_alone(pairs, items)
    worth = apart | (~alone & (pairs.values >= _WORTH_COMPARING))
    return pairs.of(worth), apart[worth]


def pair_features(pairs: SimilarPairs, rows: Vectors, items: Sequence[ClusterItem]) -> Floats:
    """The features of each pair, in the order of `FEATURES`."""
    later, earlier = pairs.later, pairs.earlier
    lane = np.array([item.lane for item in items])
    posts = lane == Lane.COMMUNITY
    own = np.where(is_one_source(pairs, items), lane[later], "")
    days = np.minimum(rows.times[later] - rows.times[earlier], _MOST_DAYS)
    held = _title_in_text(rows, later, earlier), _title_in_text(rows, earlier, later)
    names = _rarity_shared(rows, later, earlier) + _rarity_shared(rows, earlier, later)
    matters = own_matters(items, np.unique(np.concatenate((later, earlier))))
    return np.column_stack(
        (
            np.log(pairs.values),
            np.minimum(*held),
            np.maximum(*held),
            _title_cosines(rows, later, earlier),
            days,
            np.sqrt(days),
            np.isin(own, (Lane.NEWS, Lane.LETTER)),
            np.isin(own, (Lane.LAB, Lane.RELEASE)),
            own == Lane.COMMUNITY,
            rows.bare[later] & rows.bare[earlier],
            rows.bare[later] ^ rows.bare[earlier],
            posts[later] & posts[earlier],
            posts[later] ^ posts[earlier],
            np.minimum(names / _RARE, 1.0),
            pairs.is_met,
            pairs.is_stranger,
            np.maximum(matters[later], matters[earlier]),
        )
    ).astype(np.float64)


def _title_in_text(rows: Vectors, titled: Ints, texts: Ints) -> Floats:
    """The share of the first title, by the rarity of its terms, that the other article holds."""
    held: Floats = rows.titles[titled].multiply(rows.texts[texts]).sum(axis=1)
    return held


def _title_cosines(rows: Vectors, later: Ints, earlier: Ints) -> Floats:
    """The cosine of titles, by the rarity of their terms."""
    norms = np.sqrt(rows.titles.power(2).sum(axis=1))
    products = rows.titles[later].multiply(rows.titles[earlier]).sum(axis=1)
    found: Floats = products / np.maximum(norms[later] * norms[earlier], 1e-9)
    return found


def _rarity_shared(rows: Vectors, titled: Ints, texts: Ints) -> Floats:
    """How rare the names of the first title are, all together, that the other article holds."""
    shared: Floats = rows.rare_names[titled].multiply(rows.text_names[texts]).sum(axis=1)
    return shared


@cache
def _weights() -> dict[str, dict[str, float]]:
    kept: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text("utf-8"))
    return kept


def similarity_reasons(
    items: Sequence[ClusterItem],
    wanted: Container[str],
    story_of: Mapping[str, str],
    pairs: Pairs,
    judge_of: Mapping[tuple[str, str], str],
) -> dict[str, tuple[float, str]]:
    """For each wanted article that shares its story, how likely it reports one event with the
    nearest other article of it, and why: the shared words, or the model that answered.
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
        one.article_id: (EVENT.probability(value), _similarity_reason(one, other, words, judge_of))
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
    """The pairs, where both headlines have a vector with their cosine blended in."""
    has = np.fromiter(
        (bool(item.vector) and is_bare(item) for item in items), dtype=bool, count=len(items)
    )
    if blend is None or not has.any():
        return pairs
    at = np.flatnonzero(has[pairs.later] & has[pairs.earlier])
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
