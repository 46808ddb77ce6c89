"""Which stories that were told apart may become one: a merge leaves a redirect behind, so it asks
for more than a join.

Centroids forgive: of two large clusters a mean likeness of 0.03 is enough to join them, and one
newcomer that speaks of both brings any two together. So two told stories must be alike themselves,
article by article. And as their likeness drifts with the words of the day, they need a newcomer
that reports both, or clear the bar of an event by a margin.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from aggregator.cluster.likeness.similarity import Ints, Pairs

# of all pairs between the two; right merges of ai-events in shuffled order have 0.077 and more
LEAST_MEAN = 0.075
# times the bar, where no newcomer speaks for it; the drift seen on a captured web reached 1.02
MARGIN = 1.2
# how like both a newcomer must be: right merges have 0.08 and more; at 0.1 order begins to tell
_WITNESS = 0.08


def mergeable(pairs: Pairs, story: Ints, threshold: float) -> tuple[Ints, Ints]:
    """The told stories that may become one, each pair both ways round. `story` numbers each row's,
    -1 is a newcomer's.
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
    """The sums of likeness between the told articles of two stories, and twice those within one."""
    one, other = story[pairs.later], story[pairs.earlier]
    told = (one >= 0) & (other >= 0)
    count = int(story.max(initial=-1)) + 1
    sums = sparse.csr_array((pairs.values[told], (one[told], other[told])), shape=(count, count))
    return sparse.csr_array(sums + sums.T)


def _witnessed(pairs: Pairs, story: Ints, count: int) -> Ints:
    """The pairs of stories, as one number each, that some newcomer is like both of."""
    strong = pairs.values >= _WITNESS
    later, earlier = pairs.later[strong], pairs.earlier[strong]
    row, other = np.concatenate((later, earlier)), np.concatenate((earlier, later))
    speaks = (story[row] < 0) & (story[other] >= 0)
    heard = sparse.csr_array(
        (np.ones(np.count_nonzero(speaks)), (row[speaks], story[other[speaks]])),
        shape=(len(story), count),
    )
    both = sparse.csr_array(heard.T @ heard).tocoo()
    found: Ints = both.row.astype(np.int64) * count + both.col
    return found
