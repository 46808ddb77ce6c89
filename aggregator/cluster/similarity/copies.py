"""Which articles repeat another's text: syndication, wire copy, shortened reprints.

Texts are compared by containment: the share of the shorter one's shingles that stand in the longer
one. So a reprint of a third of an article with a line of its own added is found. Where only
excerpts were had, title and lead decide.

Containment is estimated from sketches. A text becomes the hashes of its runs of four words
(shingles), and one shingle in four is kept, chosen by its hash: the "modulo" sketch of Broder
(1997), which leaves the estimate unbiased. All arithmetic is modulo 2**64 in numpy, over many texts
at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.features import features
from aggregator.cluster.similarity.lexicon import Flags
from aggregator.cluster.similarity.roundups import is_roundup
from aggregator.cluster.similarity.terms import (
    content_terms,
    is_other_version,
    title_versions,
    tokens,
)

Hashes = npt.NDArray[np.uint32]
_Words = npt.NDArray[np.uint64]
_Marks = npt.NDArray[np.bool_]

# words: shorter runs are shared by chance and by quotations, of longer ones fewer outlive a
# rewording
_SHINGLE = 4
_SAMPLE = 4  # one shingle in four is kept
_MOST_CHARACTERS = 40_000  # of a text
_AT_ONCE = 200_000  # characters, which bounds the memory
_BASE = 0x9E3779B97F4A7C15  # odd, so it has an inverse modulo 2**64
_IDEOGRAPHS, _HANGUL_END = 0x3040, 0xD7B0  # between them each sign is a word
_END = "\n"  # of a text: no letter, so no word goes on behind it
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


def shingles_of(texts: Sequence[str]) -> list[bytes]:
    """The kept shingles of each text, sorted, without repetition, as bytes to be stored; none for
    fewer than four words.
    """
    return [kept.astype("<u4").tobytes() for some in _portions(texts) for kept in _sketches(some)]


def shingles(text: str) -> bytes:
    """The kept shingles of one text."""
    return shingles_of([text])[0]


def unpacked(kept: bytes) -> Hashes:
    """The shingles that were stored as bytes."""
    return np.frombuffer(kept, dtype="<u4")


def _portions(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in lower case, as far as they count, so many together as are hashed at once."""
    portion: list[str] = []
    size = 0
    for text in texts:
        short = text[:_MOST_CHARACTERS].lower() + _END
        if portion and size + len(short) > _AT_ONCE:
            yield portion
            portion, size = [], 0
        portion.append(short)
        size += len(short)
    if portion:
        yield portion


def _sketches(texts: Sequence[str]) -> list[Hashes]:
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype=np.uint32)
    starts, words = _word_hashes(codes)
    if len(words) < _SHINGLE:
        return [np.array([], dtype=np.uint32)] * len(texts)
    runs = sum(
        words[step : len(words) - _SHINGLE + 1 + step] * power
        for step, power in enumerate(_powers(_BASE)[:_SHINGLE])
    )
    ends = np.cumsum([len(text) for text in texts])
    text_of = np.searchsorted(ends, starts, side="right").astype(np.uint64)
    first, last = text_of[: 1 - _SHINGLE], text_of[_SHINGLE - 1 :]
    mixed = _mixed(runs)
    kept = (mixed % np.uint64(_SAMPLE) == 0) & (first == last)
    found = np.unique((first[kept] << np.uint64(32)) | (mixed[kept] >> np.uint64(32)))
    bounds = np.searchsorted(found >> np.uint64(32), np.arange(1, len(texts), dtype=np.uint64))
    return np.split(found.astype(np.uint32), bounds)


def _mixed(values: _Words) -> _Words:
    """The values scattered over all 64 bits (the finaliser of MurmurHash3)."""
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))


def _word_hashes(codes: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.intp], _Words]:
    """Where words begin, and one polynomial hash a word: a difference of prefix sums, moved back
    to the word's beginning.
    """
    starts, ends = _word_ends(codes)
    sums = np.concatenate(
        (np.zeros(1, np.uint64), np.cumsum(codes * _powers(_BASE)[: len(codes)], dtype=np.uint64))
    )
    hashes = _mixed((sums[ends] - sums[starts]) * _powers(pow(_BASE, -1, 2**64))[starts])
    return starts, hashes


def _word_ends(codes: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where words begin and end. Letters and digits make words; each sign of a script without
    spaces is one.
    """
    letter = _letters()[np.minimum(codes, _IDEOGRAPHS)]
    joined = letter[1:] & letter[:-1]
    if codes.max(initial=0) >= _IDEOGRAPHS:
        alone = (codes >= _IDEOGRAPHS) & (codes < _HANGUL_END)
        joined &= ~alone[1:] & ~alone[:-1]
    no = np.zeros(1, dtype=bool)
    return np.flatnonzero(letter & ~_shifted(joined, no, 0)), np.flatnonzero(
        letter & ~_shifted(joined, no, 1)
    ) + 1


@lru_cache(maxsize=1)
def _letters() -> _Marks:
    """Which characters are letters or digits, by code; the last entry stands for all above."""
    codes = np.arange(_IDEOGRAPHS + 1)
    latin = ((codes >= ord("a")) & (codes <= ord("z"))) | (
        (codes >= ord("0")) & (codes <= ord("9"))
    )
    return latin | ((codes >= 0xC0) & (codes < 0x2000)) | (codes >= _IDEOGRAPHS)


def _shifted(joined: _Marks, no: _Marks, side: int) -> _Marks:
    return np.concatenate((joined, no) if side else (no, joined))


@lru_cache(maxsize=2)
def _powers(base: int) -> _Words:
    factors = np.full(_AT_ONCE + 1, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


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
    read = features(ordered)
    for pairs in (
        _same_address(ordered, is_new),
        _same_title(ordered, read.title_keys.tolist(), is_new),
        _same_lead(ordered, read.lead_keys.tolist(), is_new),
        _same_text(ordered, is_new),
    ):
        for earlier, later in pairs:
            found[later].add(earlier)
    return found


def _same_address(ordered: Sequence[ClusterItem], is_new: Flags) -> _Pairs:
    yield from _bucket_pairs([item.canonical_url for item in ordered], is_new)


def _same_title(ordered: Sequence[ClusterItem], keys: Sequence[int], is_new: Flags) -> _Pairs:
    for earlier, later in _bucket_pairs(keys, is_new):
        one, other = ordered[earlier], ordered[later]
        if other.published - one.published <= _EXCERPTS_WITHIN and _is_lead_repeated(
            one.lead, other.lead
        ):
            yield earlier, later


def _same_lead(ordered: Sequence[ClusterItem], keys: Sequence[int], is_new: Flags) -> _Pairs:
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
