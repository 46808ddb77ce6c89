"""Finds pairs of stories just below the threshold, and adds a model's answers to the similarities.

In a band below the threshold, words alone cannot tell two events from two reports of one. A model
is asked about the two most similar articles of two such stories. A yes adds to their similarity, a
no changes nothing: a model that always denies, or is never asked, changes no story.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aggregator.cluster.cluster_item import ClusterItem
from aggregator.cluster.similarity.linkage import cluster_similarities
from aggregator.cluster.similarity.vectors import Ints, Pairs
from aggregator.domain.judgement import Judgement

# similarity of two stories; right yeses of ai-events reach down to 0.03, but 0.05 asks three times
# as often
LEAST = 0.075
# of a yes: lifts single articles far over the bar; at 0.7 pairs grow so close that a third stays
# out
WEIGHT = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderlinePair:
    """Two articles, `one` the smaller id, of two stories that may be one, and the similarity of
    these stories.
    """

    one: str
    other: str
    similarity: float


def borderline_pairs(
    items: Sequence[ClusterItem], stories: Sequence[str], pairs: Pairs
) -> tuple[BorderlinePair, ...]:
    """The borderline pairs of stories, the most similar first; none that a veto keeps apart."""
    number: dict[str, int] = {}
    story = np.array([number.setdefault(story, len(number)) for story in stories], dtype=np.int64)
    near = {(one, other): score for one, other, score in cluster_similarities(pairs, story, LEAST)}
    found = {}
    for later, earlier in _by_value(pairs):
        between = story[later], story[earlier]
        where = min(between), max(between)
        if where in near and where not in found:
            one, other = sorted((items[later].article_id, items[earlier].article_id))
            found[where] = BorderlinePair(one=one, other=other, similarity=near[where])
    return tuple(sorted(found.values(), key=lambda pair: (-pair.similarity, pair.one, pair.other)))


def with_judgements(
    pairs: Pairs, items: Sequence[ClusterItem], judgements: Sequence[Judgement]
) -> Pairs:
    """The pairs, and once more those that a model said are of one event."""
    row = {item.article_id: number for number, item in enumerate(items)}
    joined = [
        (row[judgement.one], row[judgement.other])
        for judgement in judgements
        if judgement.same and judgement.one in row and judgement.other in row
    ]
    if not joined:
        return pairs
    rows = np.sort(np.array(joined, dtype=np.int64), axis=1)
    return Pairs(
        later=np.concatenate((pairs.later, rows[:, 1])),
        earlier=np.concatenate((pairs.earlier, rows[:, 0])),
        values=np.concatenate((pairs.values, np.full(len(rows), WEIGHT))),
    )


def _by_value(pairs: Pairs) -> list[tuple[int, int]]:
    """The pairs as rows, the most similar first."""
    order: Ints = np.lexsort((pairs.earlier, pairs.later, -pairs.values))
    return list(zip(pairs.later[order].tolist(), pairs.earlier[order].tolist(), strict=True))
