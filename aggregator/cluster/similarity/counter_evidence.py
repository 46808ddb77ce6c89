"""Evidence that two articles with similar words report different events, and vetoes."""

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
from aggregator.english.amounts import amounts, sums_of_money
from aggregator.english.event_kind import EventKind, event_kinds
from aggregator.english.speech_acts import is_question

VETO = -1.0
_SAME_TITLE = 0.8  # Jaccard of title terms
_LIKE_TITLE = 0.6  # the same of two titles that say one thing of different names
_ONE_SUM = 3.0  # reports of one event give sums that differ by less ("$2M", "$3.5M in taxes, fees")
_WORTH_A_VETO = 0.05  # weaker pairs cannot join anything


def is_one_source(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Which pairs are two articles of one source."""
    source = _numbered(item.source_key for item in items)
    same: Flags = source[pairs.later] == source[pairs.earlier]
    return same


def is_apart(pairs: Pairs, items: Sequence[ClusterItem]) -> Flags:
    """Pairs whose titles name different versions or sums of money that cannot be one, and two
    entries of one list of releases.
    """
    names = [title_versions(item.title) for item in items]
    money = [_sums_of_money(item.title) for item in items]
    named = _flags(bool(name) for name in names)
    priced = _flags(map(bool, money))
    release = _flags(item.lane is Lane.RELEASE for item in items)
    apart: Flags = release[pairs.later] & is_one_source(pairs, items)
    for at in np.flatnonzero(
        (named[pairs.later] & named[pairs.earlier] | priced[pairs.later] & priced[pairs.earlier])
        & (pairs.values >= _WORTH_A_VETO)
    ):
        one, other = pairs.later[at], pairs.earlier[at]
        apart[at] |= is_other_version(names[one], names[other]) or _is_other_sum(
            money[one], money[other]
        )
    return apart


def is_alone(pairs: SimilarPairs, items: Sequence[ClusterItem]) -> Flags:
    """Pairs with a round-up, which speaks of many events, and where the titles are not nearly the
    same those with a paper, which is one of its own, and those with an article without a date,
    which may be of any day, unless both give the same figures. And pairs whose titles say much the
    same of different names, which the other article does not mention ("Google adds memory to its
    chatbot", "Mistral adds memory to its chatbot").
    """
    roundup = _flags(is_roundup(item.title, item.lane) for item in items)
    paper = _flags(is_paper(item) for item in items)
    undated = _flags(not item.dated for item in items)
    papers = paper[pairs.later] | paper[pairs.earlier]
    unsure = undated[pairs.later] | undated[pairs.earlier]
    unsure[unsure] = ~_has_same_figures(pairs, items, np.flatnonzero(unsure))
    found: Flags = roundup[pairs.later] | roundup[pairs.earlier]
    found |= (papers | unsure) & ~_has_like_title(pairs, items, papers | unsure, _SAME_TITLE)
    return found | _has_like_title(pairs, items, pairs.is_stranger, _LIKE_TITLE)


def _has_like_title(
    pairs: Pairs, items: Sequence[ClusterItem], asked: Flags, least: float
) -> Flags:
    """The asked pairs whose titles have at least this share of their terms in common."""
    found = np.zeros(len(asked), dtype=bool)
    for at in np.flatnonzero(asked):
        one, other = (
            _title_terms(items[row].title) for row in (pairs.later[at], pairs.earlier[at])
        )
        found[at] = len(one & other) >= least * len(one | other)
    return found


def _has_same_figures(pairs: Pairs, items: Sequence[ClusterItem], at: Ints) -> Flags:
    """Of which of these pairs both give all figures of both headlines, which have any."""
    titled, told = (
        {row: amounts(text(items[row])) for row in {*pairs.later[at], *pairs.earlier[at]}}
        for text in (lambda item: item.title, lambda item: f"{item.title}. {item.lead}")
    )
    both = ((row, other) for row, other in zip(pairs.later[at], pairs.earlier[at], strict=True))
    return _flags(
        bool(figures := titled[one] | titled[other]) and figures <= told[one] & told[other]
        for one, other in both
    )


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


def _is_other_sum(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two titles name sums of which none is near one of the other's."""
    return bool(one and other) and not any(
        max(here, there) <= _ONE_SUM * min(here, there) for here in one for there in other
    )


@lru_cache(maxsize=32_768)
def _sums_of_money(title: str) -> tuple[float, ...]:
    return sums_of_money(title)


@lru_cache(maxsize=4_096)
def _title_terms(title: str) -> frozenset[str]:
    return frozenset(content_terms(title))


def _numbered(keys: Iterable[str]) -> np.typing.NDArray[np.int64]:
    number: dict[str, int] = {}
    return np.fromiter((number.setdefault(key, len(number)) for key in keys), dtype=np.int64)


def _flags(values: Iterable[bool]) -> Flags:
    return np.fromiter(values, dtype=bool)
