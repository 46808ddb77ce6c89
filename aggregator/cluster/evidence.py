"""What speaks against two articles reporting one event, however alike their words are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aggregator.cluster.item import ClusterItem
from aggregator.cluster.names import is_other_version, naming
from aggregator.cluster.roundups import is_roundup
from aggregator.cluster.similarity import Pairs
from aggregator.cluster.terms import content_terms
from aggregator.domain.source import Lane

VETO = -1.0
_SAME_FAMILY = 0.8  # a publisher rarely reports one event twice (0.6, 0.8, 1.0 tried on half of ai-events)
_SAME_PAPER = 0.8  # Jaccard of title terms


def weighed(pairs: Pairs, items: Sequence[ClusterItem]) -> Pairs:
    """The pairs that may belong together, weakened where both are of one family, negative where a veto holds."""
    family = np.unique([item.family for item in items], return_inverse=True)[1]
    values = pairs.values * np.where(family[pairs.later] == family[pairs.earlier], _SAME_FAMILY, 1.0)
    apart = _apart(pairs, items)
    barred = _barred(pairs, items)
    return Pairs(later=pairs.later[~barred], earlier=pairs.earlier[~barred], values=np.where(apart, VETO, values)[~barred])


def _apart(pairs: Pairs, items: Sequence[ClusterItem]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Pairs that name different versions, or are two entries of one list of releases."""
    names = [naming(item.title) for item in items]
    named = np.array([bool(each) for each in names], dtype=bool)
    release = np.array([item.lane is Lane.RELEASE for item in items], dtype=bool)
    source = np.unique([item.source_key for item in items], return_inverse=True)[1]
    apart = release[pairs.later] & (source[pairs.later] == source[pairs.earlier])
    for at in np.flatnonzero(named[pairs.later] & named[pairs.earlier]):
        apart[at] |= is_other_version(names[pairs.later[at]], names[pairs.earlier[at]])
    return apart


def _barred(pairs: Pairs, items: Sequence[ClusterItem]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Pairs with a round-up, or with a paper whose title is not nearly the same."""
    roundup = np.array([is_roundup(item.title, item.lane) for item in items], dtype=bool)
    paper = np.array([item.lane is Lane.PAPER for item in items], dtype=bool)
    barred = roundup[pairs.later] | roundup[pairs.earlier]
    titles = [frozenset(content_terms(item.title)) if paper.any() else frozenset() for item in items]
    for at in np.flatnonzero(paper[pairs.later] | paper[pairs.earlier]):
        one, other = titles[pairs.later[at]], titles[pairs.earlier[at]]
        barred[at] |= len(one & other) < _SAME_PAPER * len(one | other)
    return barred
