"""Clusters from pair similarities: centroid linkage by reciprocal nearest neighbours (Murtagh
1983).

The similarity of two clusters is that of their centroids: the sum of the similarities between them
over the root of the product of the sums within them. In each round all pairs of clusters that are
each other's nearest are joined, so a batch of thousands takes a dozen rounds of sparse products,
and the order in which articles come decides nothing.

A merge of two existing stories leaves a redirect behind, so it needs more evidence than a join: a
mean similarity of 0.03 is enough to join two large clusters, and one new article that mentions both
brings any two together. So they must be similar themselves, article by article, and have a new
article that reports both, or clear the threshold of an event by a margin.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from aggregator.cluster.similarity.numbered import Ints
from aggregator.cluster.similarity.vectors import Floats, Pairs

Flags = npt.NDArray[np.bool_]

_VETO = -1e6  # outweighs every sum of similarities
_NONE = (np.array([], dtype=np.int64), np.array([], dtype=np.int64))
_DECIMALS = (
    9  # of a score: sums of floats differ in the last digits with the side they are read from
)

# of all pairs between the two; right merges of ai-events in shuffled order have 0.077 and more
LEAST_MEAN = 0.075
# times the threshold, where no new article supports the merge; a captured web drifted by 1.02
MARGIN = 1.2
# similarity of a new article to both: right merges have 0.08 and more; from 0.1 on, the order of
# arrival matters
_WITNESS = 0.08


def linked_clusters(
    pairs: Pairs, seeds: Ints, fixed: Flags, threshold: float, free: tuple[Ints, Ints]
) -> Ints:
    """The cluster of each row. `seeds` is the cluster each row starts in; two clusters that are
    `fixed` never join, but for those pairs of seeds that are `free` to (given both ways round),
    each with each.

    A pair whose similarity is negative is a veto: clusters that hold one article of it each stay
    apart.
    """
    sums = _sums(pairs, seeds)
    norms = np.bincount(seeds, minlength=len(fixed)) + np.maximum(sums.diagonal(), 0.0)
    pins = fixed.astype(np.int64)
    leave = sparse.csr_array((np.ones(len(free[0])), free), shape=sums.shape)
    clusters = seeds
    while True:
        one, other, between = _reciprocal(sums, norms, pins, leave, threshold)
        if not len(one):
            return clusters
        norms[one] += norms[other] + 2 * between
        pins[one] += pins[other]
        target = np.arange(len(norms))
        target[other] = one
        left, compact = np.unique(target, return_inverse=True)
        norms, pins, clusters = norms[left], pins[left], compact[clusters]
        sums, leave = _collapsed(sums, compact), _collapsed(leave, compact)


def cluster_similarities(
    pairs: Pairs, clusters: Ints, least: float
) -> list[tuple[int, int, float]]:
    """The pairs of clusters of at least this similarity, the smaller number first, with it."""
    sums = _sums(pairs, clusters)
    norms = np.bincount(clusters) + np.maximum(sums.diagonal(), 0.0)
    cells = sums.tocoo()
    scores = np.round(cells.data / np.sqrt(norms[cells.row] * norms[cells.col]), _DECIMALS)
    near = (cells.row < cells.col) & (scores >= least)
    return list(
        zip(cells.row[near].tolist(), cells.col[near].tolist(), scores[near].tolist(), strict=True)
    )


def _sums(pairs: Pairs, clusters: Ints) -> sparse.csr_array:
    """The sums of similarity between clusters, hugely negative where a veto stands between them,
    and twice those within one.
    """
    ties = sparse.csr_array(
        (pairs.values, (pairs.later, pairs.earlier)), shape=(len(clusters), len(clusters))
    )
    ties.data[ties.data < 0] = _VETO
    return _collapsed(sparse.csr_array(ties + ties.T), clusters)


def _collapsed(sums: sparse.csr_array, groups: Ints) -> sparse.csr_array:
    """The sums between groups of rows."""
    cells = sums.tocoo()
    size = int(groups.max(initial=-1)) + 1
    return sparse.coo_array(
        (cells.data, (groups[cells.row], groups[cells.col])), shape=(size, size)
    ).tocsr()


def _reciprocal(
    sums: sparse.csr_array, norms: Floats, pins: Ints, leave: sparse.csr_array, threshold: float
) -> tuple[Ints, Ints, Floats]:
    """Pairs of clusters that are each other's nearest and above the threshold, with the sum of the
    similarities between them.

    `pins` counts the fixed seeds of each cluster, `leave` the pairs of them that are free to join.
    """
    cells = sums.tocoo()
    one, other, between = cells.row.astype(np.int64), cells.col.astype(np.int64), cells.data
    scores = np.round(between / np.sqrt(norms[one] * norms[other]), _DECIMALS)
    open_ = (one != other) & (scores >= threshold)
    pinned = np.flatnonzero(open_ & (pins[one] > 0) & (pins[other] > 0))
    open_[pinned] = leave[one[pinned], other[pinned]] >= pins[one[pinned]] * pins[other[pinned]]
    one, other, between, scores = one[open_], other[open_], between[open_], scores[open_]
    order = np.lexsort((other, -scores, one))
    one, other, between = one[order], other[order], between[order]
    first = np.flatnonzero(np.diff(one, prepend=-1))
    nearest = np.full(len(norms), -1, dtype=np.int64)
    nearest[one[first]] = other[first]
    mutual = first[(nearest[other[first]] == one[first]) & (one[first] < other[first])]
    return one[mutual], other[mutual], between[mutual]


def mergeable_stories(pairs: Pairs, story: Ints, threshold: float) -> tuple[Ints, Ints]:
    """The existing stories that may become one, each pair both ways round. `story` holds the
    number of each row's story, -1 for a new article.
    """
    sums = _between(pairs, story)
    sizes = np.bincount(story[story >= 0], minlength=sums.shape[0])
    norms = sizes + np.maximum(sums.diagonal(), 0.0)
    cells = sums.tocoo()
    one, other = cells.row.astype(np.int64), cells.col.astype(np.int64)
    alike = (one != other) & (cells.data >= LEAST_MEAN * sizes[one] * sizes[other])
    one, other, between = one[alike], other[alike], cells.data[alike]
    clear = between >= MARGIN * threshold * np.sqrt(norms[one] * norms[other])
    kept = clear | np.isin(one * len(sizes) + other, _witnessed(pairs, story, len(sizes)))
    return one[kept], other[kept]


def _between(pairs: Pairs, story: Ints) -> sparse.csr_array:
    """The sums of similarity between existing stories, and twice those within one."""
    one, other = story[pairs.later], story[pairs.earlier]
    is_known = (one >= 0) & (other >= 0)
    count = int(story.max(initial=-1)) + 1
    sums = sparse.csr_array(
        (pairs.values[is_known], (one[is_known], other[is_known])), shape=(count, count)
    )
    return sparse.csr_array(sums + sums.T)


def _witnessed(pairs: Pairs, story: Ints, count: int) -> Ints:
    """The pairs of stories, as one number each, of which some new article is similar to both."""
    strong = pairs.values >= _WITNESS
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
