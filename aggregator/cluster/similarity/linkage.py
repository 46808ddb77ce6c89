"""Clusters from pair similarities, by reciprocal nearest neighbours (Murtagh 1983).

The similarity of two clusters is that of their centroids: the sum of the similarities between them
over the root of the product of the sums within them. It finds affairs, whose ends have little in
common; so that a large cluster takes in nothing by its size, the mean of the similarities between
two may have a floor, where a pair that is not given counts as 0. In each round all pairs of
clusters that are each other's nearest are joined, so a batch of thousands takes a dozen rounds of
sparse products, and the order in which articles come decides nothing.

A merge of two existing stories leaves a redirect behind, so it needs more evidence than a join: a
mean clear of the threshold, or less and a new article that reports both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from aggregator.cluster.similarity.lexicon import Ints
from aggregator.cluster.similarity.vectors import Floats, Pairs

Flags = npt.NDArray[np.bool_]

_VETO = -1e6  # outweighs every sum of similarities
_DECIMALS = (
    9  # of a score: sums of floats differ in the last digits with the side they are read from
)

# of all pairs between the two, times the threshold, with a new article that supports the merge and
# without one
LEAST_MEAN, MARGIN = 0.8, 1.2
# times the threshold: similarity of a new article to both
_WITNESS = 0.8


def linked_clusters(
    pairs: Pairs,
    seeds: Ints,
    fixed: Flags,
    threshold: float,
    free: tuple[Ints, Ints],
    floor: float = 0.0,
) -> Ints:
    """The cluster of each row. `seeds` is the cluster each row starts in; two clusters that are
    `fixed` never join, but for those pairs of seeds that are `free` to (given both ways round),
    each with each. `floor` is the least mean similarity of two that join.

    A pair whose similarity is negative is a veto: clusters that hold one article of it each stay
    apart.
    """
    ties, norms = _ties(pairs, seeds, len(fixed))
    sizes = np.bincount(seeds, minlength=len(fixed))
    pins = fixed.astype(np.int64)
    leave = sparse.csr_array((np.ones(len(free[0])), free), shape=(len(fixed), len(fixed)))
    clusters = seeds
    while True:
        allowed = ties.sums >= floor * sizes[ties.one] * sizes[ties.other]
        near = np.flatnonzero(allowed & (ties.scores >= threshold))
        joined = _reciprocal(ties, near, pins, leave)
        if not len(joined):
            return np.unique(clusters, return_inverse=True)[1]
        one, other = ties.one[joined], ties.other[joined]
        norms[one] += norms[other] + 2 * ties.sums[joined]
        sizes[one] += sizes[other]
        pins[one] += pins[other]
        target = np.arange(len(norms))
        target[other] = one
        clusters = target[clusters]
        leave = _collapsed(leave, target)
        ties = _retied(ties, target, one, norms)


def cluster_similarities(
    pairs: Pairs, clusters: Ints, least: float
) -> list[tuple[int, int, float]]:
    """The pairs of clusters of at least this mean similarity, the smaller number first, with it."""
    sizes = np.bincount(clusters)
    ties, _ = _ties(pairs, clusters, len(sizes))
    means = ties.sums / (sizes[ties.one] * sizes[ties.other])
    near = means >= least
    return list(zip(*(each[near].tolist() for each in (ties.one, ties.other, means)), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ties:
    """Pairs of clusters, the smaller number first, each with the sum of the similarities between
    them, hugely negative where a veto stands between them, and their similarity.
    """

    one: Ints
    other: Ints
    sums: Floats
    scores: Floats


def _ties(pairs: Pairs, clusters: Ints, count: int) -> tuple[_Ties, Floats]:
    """The ties of clusters, and the sum of the similarities within each."""
    values = np.where(pairs.values < 0, _VETO, pairs.values)
    one, other, sums = _summed(clusters[pairs.later], clusters[pairs.earlier], values, count)
    is_within = one == other
    norms = np.bincount(clusters, minlength=count).astype(np.float64)
    norms[one[is_within]] += np.maximum(2 * sums[is_within], 0.0)
    return _scored(one[~is_within], other[~is_within], sums[~is_within], norms), norms


def _summed(one: Ints, other: Ints, values: Floats, count: int) -> tuple[Ints, Ints, Floats]:
    """Each pair once, the smaller number first, with the sum of its values."""
    keys = np.minimum(one, other) * count + np.maximum(one, other)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    sums = np.add.reduceat(values[order], first) if len(first) else values
    return keys[first] // count, keys[first] % count, sums


def _scored(one: Ints, other: Ints, sums: Floats, norms: Floats) -> _Ties:
    scores = np.round(sums / np.sqrt(norms[one] * norms[other]), _DECIMALS)
    return _Ties(one=one, other=other, sums=sums, scores=scores)


def _retied(ties: _Ties, target: Ints, grown: Ints, norms: Floats) -> _Ties:
    """The ties after clusters became part of their `target`. Only those of clusters that have
    `grown` are other than before, so later rounds, which join few, cost little.
    """
    is_other = target != np.arange(len(target))
    is_other[grown] = True
    is_new = is_other[ties.one] | is_other[ties.other]
    one, other = target[ties.one[is_new]], target[ties.other[is_new]]
    apart = one != other
    new = _scored(*_summed(one[apart], other[apart], ties.sums[is_new][apart], len(target)), norms)
    return _Ties(
        one=np.concatenate((ties.one[~is_new], new.one)),
        other=np.concatenate((ties.other[~is_new], new.other)),
        sums=np.concatenate((ties.sums[~is_new], new.sums)),
        scores=np.concatenate((ties.scores[~is_new], new.scores)),
    )


def _collapsed(sums: sparse.csr_array, groups: Ints) -> sparse.csr_array:
    """The sums between groups of rows."""
    cells = sums.tocoo()
    return sparse.coo_array(
        (cells.data, (groups[cells.row], groups[cells.col])), shape=sums.shape
    ).tocsr()


def _reciprocal(ties: _Ties, near: Ints, pins: Ints, leave: sparse.csr_array) -> Ints:
    """The places of those near ties whose clusters are each other's nearest.

    `pins` counts the fixed seeds of each cluster, `leave` the pairs of them that are free to join.
    """
    one, other = ties.one[near], ties.other[near]
    is_open = (pins[one] == 0) | (pins[other] == 0)
    pinned = np.flatnonzero(~is_open)
    is_open[pinned] = leave[one[pinned], other[pinned]] >= pins[one[pinned]] * pins[other[pinned]]
    near, one, other = near[is_open], one[is_open], other[is_open]
    scores, ways = ties.scores[near], ((one, other), (other, one))
    best = np.zeros(len(pins))
    for rows, _ in ways:
        np.maximum.at(best, rows, scores)
    nearest = np.full(len(pins), len(pins))  # of several the one with the smallest number
    for rows, others in ways:
        is_best = scores == best[rows]
        np.minimum.at(nearest, rows[is_best], others[is_best])
    mutual: Ints = near[(nearest[one] == other) & (nearest[other] == one)]
    return mutual


def mergeable_stories(pairs: Pairs, story: Ints, threshold: float) -> tuple[Ints, Ints]:
    """The existing stories that may become one, each pair both ways round. `story` holds the
    number of each row's story, -1 for a new article.
    """
    sums = _between(pairs, story).tocoo()
    sizes = np.bincount(story[story >= 0], minlength=sums.shape[0])
    one, other = sums.row.astype(np.int64), sums.col.astype(np.int64)
    means = sums.data / (sizes[one] * sizes[other])
    alike = (one != other) & (means >= LEAST_MEAN * threshold)
    one, other, means = one[alike], other[alike], means[alike]
    seen = _witnessed(pairs, story, len(sizes), _WITNESS * threshold)
    kept = (means >= MARGIN * threshold) | np.isin(one * len(sizes) + other, seen)
    return one[kept], other[kept]


def _between(pairs: Pairs, story: Ints) -> sparse.csr_array:
    """The sums of similarity between existing stories."""
    one, other = story[pairs.later], story[pairs.earlier]
    is_known = (one >= 0) & (other >= 0)
    count = int(story.max(initial=-1)) + 1
    sums = sparse.csr_array(
        (pairs.values[is_known], (one[is_known], other[is_known])), shape=(count, count)
    )
    return sparse.csr_array(sums + sums.T)


def _witnessed(pairs: Pairs, story: Ints, count: int, least: float) -> Ints:
    """The pairs of stories, as one number each, of which some new article is similar to both."""
    strong = pairs.values >= least
    later, earlier = pairs.later[strong], pairs.earlier[strong]
    row, other = np.concatenate((later, earlier)), np.concatenate((earlier, later))
    speaks = (story[row] < 0) & (story[other] >= 0)
    support = sparse.csr_array(
        (np.ones(np.count_nonzero(speaks)), (row[speaks], story[other[speaks]])),
        shape=(len(story), count),
    )
    both = sparse.csr_array(support.T @ support).tocoo()
    found: Ints = both.row.astype(np.int64) * count + both.col
    return found
