"""Vetoes and penalties: evidence that two articles with similar words report different events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.lexicon import Flags, Ints
from aggregator.cluster.similarity.roundups import is_roundup
from aggregator.cluster.similarity.terms import content_terms, is_other_version, title_versions
from aggregator.cluster.similarity.vectors import Floats, Pairs, SimilarPairs
from aggregator.domain.source import Lane
from aggregator.domain.web.urls import is_preprint
from aggregator.english.event_kind import EventKind, event_kinds
from aggregator.english.speech_acts import is_question

VETO = -1.0
_SAME_FAMILY = 0.7  # a publisher rarely reports one event twice, a company blog hardly ever
_ONE_WORD = 0.6  # a subject in common, not yet an event
_SAME_TITLE = 0.8  # Jaccard of title terms
_LIKELY = 0.5  # the share of a kind of event from which on it is taken for one
_WORTH_A_VETO = 0.05  # weaker pairs cannot join anything


def with_vetoes(pairs: SimilarPairs, items: Sequence[ClusterItem]) -> Pairs:
    """The pairs that may belong together, weakened by counter-evidence, negative where a veto
    holds.
    """
    return weakened(possible_pairs(pairs, items), items)


def possible_pairs(pairs: SimilarPairs, items: Sequence[ClusterItem]) -> SimilarPairs:
    """The pairs that may belong together, negative where a veto holds.

    A pair is left out if both titles name somebody and neither name stands anywhere in the other
    article.
    """
    apart = is_apart(pairs, items)
    strange = ~pairs.is_met & pairs.named[pairs.later] & pairs.named[pairs.earlier]
    kept = apart | ~(strange | _is_barred(pairs, items))
    return pairs.of(kept, np.where(apart, VETO, pairs.values))


def weakened(pairs: SimilarPairs, items: Sequence[ClusterItem]) -> Pairs:
    """The pairs with less similarity where one publisher or one word alone makes it. A veto stays
    one.
    """
    factor = np.where(is_one_publisher(pairs, items), _SAME_FAMILY, 1.0)
    factor *= np.where(pairs.is_one_word, _ONE_WORD, 1.0)
    values = np.where(pairs.values > 0, pairs.values * factor, pairs.values)
    return Pairs(later=pairs.later, earlier=pairs.earlier, values=values)


def is_one_publisher(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Which pairs are two articles of one publisher."""
    family = _numbered(item.family for item in items)
    same: Flags = family[pairs.later] == family[pairs.earlier]
    return same


def is_one_source(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Which pairs are two articles of one source."""
    source = _numbered(item.source_key for item in items)
    same: Flags = source[pairs.later] == source[pairs.earlier]
    return same


def is_apart(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Pairs that name different versions, or are two entries of one list of releases."""
    names = [title_versions(item.title) for item in items]
    named = _flags(bool(name) for name in names)
    release = _flags(item.lane is Lane.RELEASE for item in items)
    apart: Flags = release[pairs.later] & is_one_source(pairs, items)
    for at in np.flatnonzero(
        named[pairs.later] & named[pairs.earlier] & (pairs.values >= _WORTH_A_VETO)
    ):
        apart[at] |= is_other_version(names[pairs.later[at]], names[pairs.earlier[at]])
    return apart


def _is_barred(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Pairs of which one is alone, and those whose titles are not nearly the same where a member of
    a community shows or asks something, or both are documents of one vendor.
    """
    worth = pairs.values >= _WORTH_A_VETO
    rows = np.unique(np.concatenate((pairs.later[worth], pairs.earlier[worth])))
    matter = own_matters(items, rows) > _LIKELY
    own = _flags(item.lane is Lane.LAB for item in items)
    doubted = matter[pairs.later] | matter[pairs.earlier]
    doubted |= own[pairs.later] & own[pairs.earlier] & is_one_publisher(pairs, items)
    return is_alone(pairs, items) | (doubted & ~_has_same_title(pairs, items, doubted))


def is_alone(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Pairs with a round-up, which speaks of many events, and those with a paper, which is one of
    its own, where the titles are not nearly the same.
    """
    roundup = _flags(is_roundup(item.title, item.lane) for item in items)
    paper = _flags(is_paper(item) for item in items)
    papers = paper[pairs.later] | paper[pairs.earlier]
    found: Flags = roundup[pairs.later] | roundup[pairs.earlier]
    return found | (papers & ~_has_same_title(pairs, items, papers))


def _has_same_title(pairs: Pairs, items: Sequence[ClusterItem], asked: Flags) -> Flags:
    """The asked pairs whose titles are nearly the same."""
    found = np.zeros(len(asked), dtype=bool)
    for at in np.flatnonzero(asked):
        one, other = (
            _title_terms(items[row].title) for row in (pairs.later[at], pairs.earlier[at])
        )
        found[at] = len(one & other) >= _SAME_TITLE * len(one | other)
    return found


def own_matters(items: Sequence[ClusterItem], rows: Ints) -> Floats:
    """For these of the articles how likely a member of a community shows something of theirs or
    asks, whatever it is about; 0 for all others.
    """
    found = np.zeros(len(items))
    for row in rows:
        if items[row].lane is Lane.COMMUNITY:
            found[row] = _own_matter(items[row])
    return found


def is_paper(item: ClusterItem) -> bool:
    """Whether an article is a paper, which is an event of its own."""
    return item.lane is Lane.PAPER or is_preprint(item.canonical_url)


def _own_matter(item: ClusterItem) -> float:
    if is_question(item.title):
        return 1.0
    kinds = event_kinds(item.title, item.lead, item.canonical_url)
    return kinds[EventKind.SHOWCASE] + kinds[EventKind.QUESTION]


@lru_cache(maxsize=4_096)
def _title_terms(title: str) -> frozenset[str]:
    return frozenset(content_terms(title))


def _numbered(keys: Iterable[str]) -> np.typing.NDArray[np.int64]:
    number: dict[str, int] = {}
    return np.fromiter((number.setdefault(key, len(number)) for key in keys), dtype=np.int64)


def _flags(values: Iterable[bool]) -> Flags:
    return np.fromiter(values, dtype=bool)
