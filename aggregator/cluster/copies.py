"""Which articles repeat another's text: syndication, wire copy, shortened reprints.

Texts are compared by containment: the share of the shorter one's shingles that stand in the longer one. So a reprint of
a third of an article with a line of its own added is found. Where only excerpts were had, title and lead decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from aggregator.cluster.item import ClusterItem
from aggregator.cluster.names import is_other_version, naming
from aggregator.cluster.roundups import is_roundup
from aggregator.cluster.sketch import mixed, sketch
from aggregator.cluster.terms import tokens

_CONTAINMENT = 0.6  # of the shorter text; reports that quote one press release at length stay below
_LEAST_SHINGLES = 6  # sampled ones: a text of about 28 words; fewer tell nothing
_BOILERPLATE = 3  # articles of one source that share a shingle: it is the source's furniture
_NEIGHBOURS = 8  # how many earlier articles with the same shingle, title or lead are looked at
_TITLE_WORDS = 5  # a shorter title is alike by chance ("Weekly update")
_LEAD_WORDS = 15  # a shorter lead is alike by chance
_LEAD_OVERLAP = 0.7  # of the shorter lead's words
_EXCERPTS_WITHIN = timedelta(days=3)  # excerpts are weak evidence: a column keeps its title over the years

_Pairs = Iterator[tuple[int, int]]


def copies(pending: Sequence[ClusterItem], placed: Sequence[ClusterItem]) -> dict[str, str]:
    """The origin of each article that repeats another: article id → id of the earliest, which is never itself a copy.

    A placed article stands in the answer only if its origin changed: an earlier original came in late.
    """
    known = {item.article_id: item.copy_of for item in placed}
    ordered = sorted((*placed, *(item for item in pending if item.article_id not in known)), key=_seniority)
    row_of = {item.article_id: row for row, item in enumerate(ordered)}
    alike = _alike_earlier(ordered)
    origins: dict[str, str] = {}
    for row, item in enumerate(ordered):
        earlier = {ordered[each].article_id for each in alike[row]}
        if item.article_id in known:
            earlier -= known.keys()  # two placed articles have been judged before
        if before := known.get(item.article_id):
            earlier.add(before)
        if roots := {origins.get(each, each) for each in earlier}:
            origins[item.article_id] = min(roots, key=lambda root: (row_of.get(root, -1), root))
    return {copy: origin for copy, origin in origins.items() if known.get(copy) != origin}


def _seniority(item: ClusterItem) -> tuple[datetime, int, str]:
    return item.published, -len(item.text), item.article_id


def _alike_earlier(ordered: Sequence[ClusterItem]) -> list[set[int]]:
    """For each row the earlier rows that it repeats."""
    found: list[set[int]] = [set() for _ in ordered]
    for pairs in (_same_address(ordered), _same_title(ordered), _same_lead(ordered), _same_text(ordered)):
        for earlier, later in pairs:
            found[later].add(earlier)
    return found


def _same_address(ordered: Sequence[ClusterItem]) -> _Pairs:
    yield from _bucket_pairs([item.canonical_url or None for item in ordered])


def _same_title(ordered: Sequence[ClusterItem]) -> _Pairs:
    titles = [tuple(word.lower() for word in tokens(item.title)) for item in ordered]
    for earlier, later in _bucket_pairs([title if len(title) >= _TITLE_WORDS else None for title in titles]):
        one, other = ordered[earlier], ordered[later]
        if other.published - one.published <= _EXCERPTS_WITHIN and _is_lead_repeated(one.lead, other.lead):
            yield earlier, later


def _same_lead(ordered: Sequence[ClusterItem]) -> _Pairs:
    leads = [tuple(word.lower() for word in tokens(item.lead)) for item in ordered]
    for earlier, later in _bucket_pairs([lead if len(lead) >= _LEAD_WORDS else None for lead in leads]):
        one, other = ordered[earlier], ordered[later]
        if one.source_key != other.source_key and other.published - one.published <= _EXCERPTS_WITHIN:
            yield earlier, later


def _bucket_pairs(keys: Sequence[Hashable | None]) -> _Pairs:
    """Pairs of rows with the same key, each row with the first and the nearest before it."""
    buckets: defaultdict[Hashable, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key is None:
            continue
        yield from ((earlier, row) for earlier in {*buckets[key][:1], *buckets[key][-_NEIGHBOURS:]})
        buckets[key].append(row)


def _is_lead_repeated(one: str, other: str) -> bool:
    """Whether two leads say the same, as far as there are any; the shorter may be cut."""
    shorter, longer = sorted(({word.lower() for word in tokens(lead)} for lead in (one, other)), key=len)
    return len(shorter & longer) >= _LEAD_OVERLAP * len(shorter)


def _same_text(ordered: Sequence[ClusterItem]) -> _Pairs:
    sketches = [sketch(item.text) for item in ordered]
    rows = np.repeat(np.arange(len(ordered), dtype=np.int64), [len(each) for each in sketches])
    hashes = np.concatenate([np.array([], dtype=np.uint64), *sketches])
    own = _without_furniture(hashes, rows, ordered)
    hashes, rows = hashes[own], rows[own]
    sizes = np.bincount(rows, minlength=len(ordered))
    for earlier, later, shared in _sharing(hashes, rows, len(ordered)):
        least = min(sizes[earlier], sizes[later])
        if least >= _LEAST_SHINGLES and shared >= _CONTAINMENT * least and _may_repeat(ordered[earlier], ordered[later]):
            yield earlier, later


def _without_furniture(
    hashes: npt.NDArray[np.uint64], rows: npt.NDArray[np.int64], ordered: Sequence[ClusterItem]
) -> npt.NDArray[np.bool_]:
    """Which shingles are an article's own: not shared by several articles of its source."""
    numbers = {key: number for number, key in enumerate(sorted({item.source_key for item in ordered}))}
    source = np.array([numbers[item.source_key] + 1 for item in ordered], dtype=np.uint64)
    _, inverse, counts = np.unique(hashes ^ mixed(source)[rows], return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse] < _BOILERPLATE)


def _sharing(hashes: npt.NDArray[np.uint64], rows: npt.NDArray[np.int64], n: int) -> Iterator[tuple[int, int, int]]:
    """Pairs of rows (earlier, later) that share shingles, with how many."""
    order = np.lexsort((rows, hashes))
    hashes, rows = hashes[order], rows[order]
    found = [np.array([], dtype=np.int64)]
    for gap in range(1, _NEIGHBOURS + 1):
        same = hashes[gap:] == hashes[:-gap]
        found.append(rows[:-gap][same] * n + rows[gap:][same])
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    yield from zip((keys // n).tolist(), (keys % n).tolist(), counts.tolist(), strict=True)


def _may_repeat(one: ClusterItem, other: ClusterItem) -> bool:
    """Release notes of two versions are alike and no copies; a round-up holds articles and is no copy of them."""
    if is_other_version(naming(one.title), naming(other.title)):
        return False
    longer = one if len(one.text) >= len(other.text) else other
    return not is_roundup(longer.title, longer.lane) or tokens(one.title) == tokens(other.title)
