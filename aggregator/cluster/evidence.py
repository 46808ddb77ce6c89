"""What speaks against two articles reporting one event, however alike their words are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from aggregator.cluster.casing import name_terms
from aggregator.cluster.item import ClusterItem
from aggregator.cluster.names import is_other_version, naming
from aggregator.cluster.roundups import is_roundup
from aggregator.cluster.similarity import Pairs, opening
from aggregator.cluster.terms import content_terms
from aggregator.domain.source import Lane

Flags = npt.NDArray[np.bool_]

VETO = -1.0
_SAME_FAMILY = 0.6  # a publisher rarely reports one event twice, a company blog hardly ever
_ONE_WORD_SHARE = 0.7  # of a pair's similarity
_ONE_WORD = 0.6
_SAME_PAPER = 0.8  # Jaccard of title terms


def weighed(pairs: Pairs, vectors: sparse.csr_array, items: Sequence[ClusterItem]) -> Pairs:
    """The pairs that may belong together, weakened by what speaks against them, negative where a veto holds."""
    family = np.unique([item.family for item in items], return_inverse=True)[1]
    values = pairs.values * np.where(family[pairs.later] == family[pairs.earlier], _SAME_FAMILY, 1.0)
    values *= np.where(_is_one_word(pairs, vectors), _ONE_WORD, 1.0)
    apart = _is_apart(pairs, items)
    values[apart] = VETO
    kept = apart | ~(_is_barred(pairs, items) | _is_strange(pairs, items))
    return Pairs(later=pairs.later[kept], earlier=pairs.earlier[kept], values=values[kept])


def _is_one_word(pairs: Pairs, vectors: sparse.csr_array) -> Flags:
    """Pairs whose likeness comes from one shared word: a subject in common, not yet an event."""
    flags = np.zeros(len(pairs.values), dtype=bool)
    for part in pairs.parts():
        addends = sparse.csr_array(vectors[pairs.later[part]].multiply(vectors[pairs.earlier[part]]))
        flags[part] = addends.max(axis=1).toarray().ravel() > _ONE_WORD_SHARE * addends.sum(axis=1)
    return flags


def _is_strange(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Pairs that both name somebody in their titles, and neither's name stands anywhere in the other."""
    leads = [opening(item) for item in items]
    names = name_terms([item.title for item in items], leads)
    titles = [names.intersection(content_terms(item.title)) for item in items]
    texts = [title.union(names.intersection(content_terms(lead))) for title, lead in zip(titles, leads, strict=True)]
    number = {name: column for column, name in enumerate(sorted(names))}
    in_title, in_text = _incidence(titles, number), _incidence(texts, number)
    named = _flags(bool(each) for each in titles)
    met = np.zeros(len(pairs.values), dtype=bool)
    for part in pairs.parts():
        for one, other in ((pairs.later[part], pairs.earlier[part]), (pairs.earlier[part], pairs.later[part])):
            met[part] |= np.asarray(in_title[one].multiply(in_text[other]).sum(axis=1)) > 0
    strange: Flags = ~met & named[pairs.later] & named[pairs.earlier]
    return strange


def _incidence(sets: Sequence[frozenset[str]], number: Mapping[str, int]) -> sparse.csr_array:
    columns = [number[name] for each in sets for name in sorted(each)]
    starts = np.cumsum([0, *(len(each) for each in sets)])
    return sparse.csr_array((np.ones(len(columns)), columns, starts), shape=(len(sets), len(number)))


def _is_apart(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Pairs that name different versions, or are two entries of one list of releases."""
    names = [naming(item.title) for item in items]
    named = _flags(bool(each) for each in names)
    release = _flags(item.lane is Lane.RELEASE for item in items)
    source = np.unique([item.source_key for item in items], return_inverse=True)[1]
    apart: Flags = release[pairs.later] & (source[pairs.later] == source[pairs.earlier])
    for at in np.flatnonzero(named[pairs.later] & named[pairs.earlier]):
        apart[at] |= is_other_version(names[pairs.later[at]], names[pairs.earlier[at]])
    return apart


def _is_barred(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Pairs with a round-up, or with a paper whose title is not nearly the same."""
    roundup = _flags(is_roundup(item.title, item.lane) for item in items)
    paper = _flags(item.lane is Lane.PAPER for item in items)
    barred: Flags = roundup[pairs.later] | roundup[pairs.earlier]
    titles = [frozenset(content_terms(item.title)) for item in items]
    for at in np.flatnonzero(paper[pairs.later] | paper[pairs.earlier]):
        one, other = titles[pairs.later[at]], titles[pairs.earlier[at]]
        barred[at] |= len(one & other) < _SAME_PAPER * len(one | other)
    return barred


def _flags(values: Iterable[bool]) -> Flags:
    return np.fromiter(values, dtype=bool)
