"""Decides which existing stories may merge: a merge leaves a redirect behind, so it needs more
evidence than a join.

Centroids are lenient: a mean similarity of 0.03 is enough to join two large clusters, and one new
article that mentions both brings any two together. So two existing stories must be similar
themselves, article by article. And as their similarity drifts with the words of the day, they need
a new article that reports both, or must clear the threshold of an event by a margin.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from aggregator.cluster.similarity.vectors import Ints, Pairs

# of all pairs between the two; right merges of ai-events in shuffled order have 0.077 and more
LEAST_MEAN = 0.075
# times the threshold, where no new article supports the merge; a captured web drifted by 1.02
MARGIN = 1.2
# similarity of a new article to both: right merges have 0.08 and more; from 0.1 on, the order of
# arrival matters
_WITNESS = 0.08


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
