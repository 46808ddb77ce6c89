"""Vetoes and penalties: evidence that two articles with similar words report different events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from aggregator.cluster.cluster_item import ClusterItem
from aggregator.cluster.similarity.features import Flags
from aggregator.cluster.similarity.terms import content_terms
from aggregator.cluster.similarity.vectors import Pairs, SimilarPairs
from aggregator.cluster.similarity.versions import is_other_version, title_versions
from aggregator.domain.source import Lane
from aggregator.extract.newsletter.recognition import is_roundup

VETO = -1.0
_SAME_FAMILY = 0.7  # a publisher rarely reports one event twice, a company blog hardly ever
_ONE_WORD = 0.6  # a subject in common, not yet an event
_SAME_PAPER = 0.8  # Jaccard of title terms
_WORTH_A_VETO = 0.05  # weaker pairs cannot join anything


def with_vetoes(pairs: SimilarPairs, items: Sequence[ClusterItem]) -> Pairs:
    """The pairs that may belong together, weakened by counter-evidence, negative where a veto
    holds.

    A pair is left out if both titles name somebody and neither name stands anywhere in the other
    article.
    """
    family = _numbered(item.family for item in items)
    values = pairs.values * np.where(
        family[pairs.later] == family[pairs.earlier], _SAME_FAMILY, 1.0
    )
    values *= np.where(pairs.is_one_word, _ONE_WORD, 1.0)
    apart = _is_apart(pairs, items)
    values[apart] = VETO
    strange = ~pairs.is_met & pairs.named[pairs.later] & pairs.named[pairs.earlier]
    kept = apart | ~(strange | _is_barred(pairs, items))
    return Pairs(later=pairs.later[kept], earlier=pairs.earlier[kept], values=values[kept])


def _is_apart(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Pairs that name different versions, or are two entries of one list of releases."""
    names = [title_versions(item.title) for item in items]
    named = _flags(bool(name) for name in names)
    release = _flags(item.lane is Lane.RELEASE for item in items)
    source = _numbered(item.source_key for item in items)
    apart: Flags = release[pairs.later] & (source[pairs.later] == source[pairs.earlier])
    for at in np.flatnonzero(
        named[pairs.later] & named[pairs.earlier] & (pairs.values >= _WORTH_A_VETO)
    ):
        apart[at] |= is_other_version(names[pairs.later[at]], names[pairs.earlier[at]])
    return apart


def _is_barred(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Pairs with a round-up, or with a paper whose title is not nearly the same."""
    roundup = _flags(is_roundup(item.title, item.lane) for item in items)
    paper = _flags(item.lane is Lane.PAPER for item in items)
    barred: Flags = roundup[pairs.later] | roundup[pairs.earlier]
    for at in np.flatnonzero(~barred & (paper[pairs.later] | paper[pairs.earlier])):
        one, other = (
            _title_terms(items[pairs.later[at]].title),
            _title_terms(items[pairs.earlier[at]].title),
        )
        barred[at] = len(one & other) < _SAME_PAPER * len(one | other)
    return barred


@lru_cache(maxsize=4_096)
def _title_terms(title: str) -> frozenset[str]:
    return frozenset(content_terms(title))


def _numbered(keys: Iterable[str]) -> np.typing.NDArray[np.int64]:
    number: dict[str, int] = {}
    return np.fromiter((number.setdefault(key, len(number)) for key in keys), dtype=np.int64)


def _flags(values: Iterable[bool]) -> Flags:
    return np.fromiter(values, dtype=bool)
