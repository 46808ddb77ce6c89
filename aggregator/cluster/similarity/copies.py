"""Which articles repeat another's text: syndication, wire copy, shortened reprints.

Texts are compared by containment: the share of the shorter one's shingles that stand in the longer
one. So a reprint of a third of an article with a line of its own added is found. Where only
excerpts were had, title and lead decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from aggregator.cluster.cluster_item import ClusterItem
from aggregator.cluster.similarity.features import features
from aggregator.cluster.similarity.numbered import Flags
from aggregator.cluster.similarity.sketch import Hashes, unpacked
from aggregator.cluster.similarity.terms import content_terms, tokens
from aggregator.cluster.similarity.versions import is_other_version, title_versions
from aggregator.extract.newsletter.recognition import is_roundup

# of the shorter text; one word in ten reworded leaves 0.66, reports that quote one release 0.3 at
# most
_CONTAINMENT = 0.5
_LEAST_SHINGLES = (
    12  # sampled ones: a text of about 51 words; a shorter one may be a single quotation
)
_OWN_CONTAINMENT = 0.8  # within a family, which reuses its own paragraphs in follow-ups
_OWN_TITLE = 0.5  # and there the titles must be alike too (Jaccard of their terms)
_BOILERPLATE = 3  # articles of one source that share a shingle: it is the source's furniture
_NEIGHBOURS = 8  # how many earlier articles with the same shingle, title or lead are looked at
_LEAD_OVERLAP = 0.7  # of the shorter lead's words
_EXCERPTS_WITHIN = timedelta(
    days=3
)  # excerpts are weak evidence: a column keeps its title over the years

_MARKS = 2**22  # that note which shingles new texts hold, by the hash's last bits

_Rows = npt.NDArray[np.uint32]
_Pairs = Iterator[tuple[int, int]]


def copies(pending: Sequence[ClusterItem], placed: Sequence[ClusterItem]) -> dict[str, str]:
    """The origin of each article that repeats another: article id → id of the earliest, which is
    never itself a copy.

    A placed article stands in the answer only if its origin changed: an earlier original came in
    late.
    """
    known = {item.article_id: item.copy_of for item in placed}
    ordered = sorted(
        (*placed, *(item for item in pending if item.article_id not in known)), key=_seniority
    )
    row_of = {item.article_id: row for row, item in enumerate(ordered)}
    alike = _repeated_earlier(
        ordered, np.array([item.article_id not in known for item in ordered], dtype=bool)
    )
    origins: dict[str, str] = {}
    for row, item in enumerate(ordered):
        earlier = {ordered[match].article_id for match in alike[row]}
        if item.article_id in known:
            earlier = {
                article_id for article_id in earlier if article_id not in known
            }  # two placed articles have been judged before
        if before := known.get(item.article_id):
            earlier.add(before)
        if roots := {origins.get(article_id, article_id) for article_id in earlier}:
            origins[item.article_id] = min(roots, key=lambda root: (row_of.get(root, -1), root))
    return {copy: origin for copy, origin in origins.items() if known.get(copy) != origin}


def _seniority(item: ClusterItem) -> tuple[datetime, int, str]:
    return item.published, -len(item.shingles), item.article_id


def _repeated_earlier(ordered: Sequence[ClusterItem], is_new: Flags) -> list[set[int]]:
    """For each row the earlier rows that it repeats, at least where one of the two is new."""
    found: list[set[int]] = [set() for _ in ordered]
    for pairs in (
        _same_address(ordered, is_new),
        _same_title(ordered, is_new),
        _same_lead(ordered, is_new),
        _same_text(ordered, is_new),
    ):
        for earlier, later in pairs:
            found[later].add(earlier)
    return found


def _same_address(ordered: Sequence[ClusterItem], is_new: Flags) -> _Pairs:
    yield from _bucket_pairs([item.canonical_url for item in ordered], is_new)


def _same_title(ordered: Sequence[ClusterItem], is_new: Flags) -> _Pairs:
    keys = [read.title_key for read in features(ordered)]
    for earlier, later in _bucket_pairs(keys, is_new):
        one, other = ordered[earlier], ordered[later]
        if other.published - one.published <= _EXCERPTS_WITHIN and _is_lead_repeated(
            one.lead, other.lead
        ):
            yield earlier, later


def _same_lead(ordered: Sequence[ClusterItem], is_new: Flags) -> _Pairs:
    keys = [read.lead_key for read in features(ordered)]
    for earlier, later in _bucket_pairs(keys, is_new):
        one, other = ordered[earlier], ordered[later]
        if (
            one.source_key != other.source_key
            and other.published - one.published <= _EXCERPTS_WITHIN
        ):
            yield earlier, later


def _bucket_pairs(keys: Sequence[str | int], is_new: Flags) -> _Pairs:
    """Pairs of rows with the same key, one that a new row has; each row with the first and the
    nearest before it. Rows without a key have none.
    """
    wanted = {keys[row] for row in np.flatnonzero(is_new).tolist()}
    buckets: defaultdict[str | int, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if not key or key not in wanted:
            continue
        yield from ((earlier, row) for earlier in {*buckets[key][:1], *buckets[key][-_NEIGHBOURS:]})
        buckets[key].append(row)


def _is_lead_repeated(one: str, other: str) -> bool:
    """Whether two leads say the same, as far as there are any; the shorter may be cut."""
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    return len(shorter & longer) >= _LEAD_OVERLAP * len(shorter)


@lru_cache(maxsize=1_024)  # a headline of many is compared with its neighbours: see `_bucket_pairs`
def _words(lead: str) -> frozenset[str]:
    return frozenset(word.lower() for word in tokens(lead))


def _same_text(ordered: Sequence[ClusterItem], is_new: Flags) -> _Pairs:
    rows, hashes, sizes = _own_shingles(ordered, is_new)
    for earlier, later, shared in _sharing(rows, hashes, len(ordered)):
        least = int(min(sizes[earlier], sizes[later]))
        if least >= _LEAST_SHINGLES and _is_repeated(
            ordered[earlier], ordered[later], shared / least
        ):
            yield earlier, later


def _own_shingles(
    ordered: Sequence[ClusterItem], is_new: Flags
) -> tuple[_Rows, Hashes, npt.NDArray[np.int64]]:
    """The sampled shingles that new texts hold, in all texts, sorted by hash and row, without those
    that several articles of a source share; and how many of its own each text has.

    Hash and row stand in the two halves of one number: two million of them are sorted in place, in
    16 MB.
    """
    number: dict[str, int] = {}
    source_of = np.array(
        [number.setdefault(item.source_key, len(number)) for item in ordered], dtype=np.int32
    )
    by_source = np.argsort(source_of, kind="stable")
    parts = [unpacked(ordered[row].shingles) for row in by_source.tolist()]
    hashes = np.concatenate([np.array([], np.uint32), *parts])
    seats = np.repeat(np.arange(len(parts), dtype=np.uint32), [len(part) for part in parts])
    is_wanted = np.zeros(_MARKS, dtype=bool)
    is_wanted[hashes[is_new[by_source][seats]] % _MARKS] = True
    wanted = is_wanted[hashes % _MARKS]
    sizes = np.bincount(seats, minlength=len(parts))
    packed = _packed(hashes[wanted], seats[wanted])
    packed.sort()
    hashes, seats = _hash_half(packed), _row_half(packed)
    source = source_of[by_source][seats]
    reach = _BOILERPLATE - 1
    again = (hashes[reach:] == hashes[:-reach]) & (source[reach:] == source[:-reach])
    own = np.ones(len(packed), dtype=bool)
    for step in range(_BOILERPLATE):
        own[step : step + len(again)] &= ~again
    sizes -= np.bincount(seats[~own], minlength=len(parts))
    rows = by_source.astype(np.uint32)
    packed = _packed(hashes[own], rows[seats[own]])
    packed.sort()
    return _row_half(packed), _hash_half(packed), sizes[np.argsort(rows)]


def _packed(hashes: Hashes, rows: _Rows) -> npt.NDArray[np.uint64]:
    return (hashes.astype(np.uint64) << np.uint64(32)) | rows.astype(np.uint64)


def _hash_half(packed: npt.NDArray[np.uint64]) -> Hashes:
    return (packed >> np.uint64(32)).astype(np.uint32)


def _row_half(packed: npt.NDArray[np.uint64]) -> _Rows:
    return packed.astype(np.uint32)


def _sharing(rows: _Rows, hashes: Hashes, n: int) -> Iterator[tuple[int, int, int]]:
    """Pairs of rows (earlier, later) that share shingles, with how many."""
    found = [np.array([], dtype=np.int64)]
    for gap in range(1, _NEIGHBOURS + 1):
        same = hashes[gap:] == hashes[:-gap]
        found.append(rows[:-gap][same].astype(np.int64) * n + rows[gap:][same])
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    yield from zip((keys // n).tolist(), (keys % n).tolist(), counts.tolist(), strict=True)


def _is_repeated(one: ClusterItem, other: ClusterItem, contained: float) -> bool:
    """Whether so much common text makes a copy. A round-up holds whole articles; release notes
    differ in a number.
    """
    if contained < _CONTAINMENT or is_other_version(
        title_versions(one.title), title_versions(other.title)
    ):
        return False
    mine, theirs = set(content_terms(one.title)), set(content_terms(other.title))
    longer = one if len(one.shingles) >= len(other.shingles) else other
    if mine != theirs and is_roundup(longer.title, longer.lane):
        return False
    if one.family != other.family:
        return True
    return contained >= _OWN_CONTAINMENT and len(mine & theirs) >= _OWN_TITLE * len(mine | theirs)
