"""A small numeric fingerprint of a text, from which the share of text that two articles have in
common is estimated.

A text becomes the hashes of its runs of four words (shingles), and one shingle in four is kept,
chosen by its hash: the "modulo" sketch of Broder (1997), which leaves the estimate unbiased. All
arithmetic is modulo 2**64 in numpy, over many texts at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

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
    starts, ends = _words(codes)
    sums = np.concatenate(
        (np.zeros(1, np.uint64), np.cumsum(codes * _powers(_BASE)[: len(codes)], dtype=np.uint64))
    )
    hashes = _mixed((sums[ends] - sums[starts]) * _powers(pow(_BASE, -1, 2**64))[starts])
    return starts, hashes


def _words(codes: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
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
