"""Features of an article's title and lead, as numbers: terms with their weight, words by case.

A term is known by a number made from its letters ("feature hashing", Weinberger et al. 2009), so
that articles can be compared without a dictionary that grows; of 50,000 terms one in 20 shares its
number with another. An article is read once: its features are kept with it, as bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import log

import numpy as np
import numpy.typing as npt

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.lexicon import (
    COLUMNS,
    Flags,
    Ints,
    Lexicon,
    Numbered,
    Words,
    column,
    lexicon,
    spans,
)
from aggregator.cluster.similarity.terms import RATES, UNKNOWN_RATE

Columns = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float64]

LEAD_WORDS = 100  # fewer lose names, more add noise (80 to 160 tried)
_TITLE_WEIGHT = 2.0  # a lead's word has 1 + log of how often it stands there
_TITLE_WORDS = 5  # a shorter title is alike by chance ("Weekly update")
_LEAD_WORDS = 15  # a shorter lead is alike by chance
_KEY_BASE = 0x1E3779B97F4A7C15  # odd
_AT_ONCE = 4_096  # articles read together, which bounds the memory
_VERSION = 1  # of what the bytes hold: raise it where the same text would give others
_MOST_COUNTED = 127  # times that a lead holds a term
# before the terms: a seal, the keys of title and lead, how many terms, how many written capital
_HEAD = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """Of articles, row by row. The terms of row n begin at `starts[n]`: `columns`, which ascend,
    each with its weight and whether the title holds it. `capital` and `small` are words of all
    rows by their case where case is significant, once for each occurrence. Texts of the same
    words, but for case and punctuation, have the same key; that of a few words is 0: they are the
    same by chance ("Weekly update").
    """

    starts: Ints
    columns: Columns
    weights: Weights
    in_title: Flags
    capital: Columns
    small: Columns
    title_keys: Ints
    lead_keys: Ints


def with_terms(items: Sequence[ClusterItem]) -> list[ClusterItem]:
    """The articles, each with the bytes of its features. Those that have none, or of another title
    or version, are read.
    """
    found = list(items)
    unread = [row for row, item in enumerate(found) if item.terms[:4] != _seal(item.title)]
    for start in range(0, len(unread), _AT_ONCE):
        some = unread[start : start + _AT_ONCE]
        for row, kept in zip(some, _read([found[row] for row in some]), strict=True):
            found[row] = replace(found[row], terms=kept)
    return found


def features(items: Sequence[ClusterItem]) -> Features:
    """The features of the articles, as their bytes have them."""
    kept = [item.terms for item in with_terms(items)]
    flat = np.frombuffer(b"".join(kept), dtype="<i4")
    ends = np.cumsum([0, *map(len, kept)]) // 4
    firsts = ends[:-1]
    heads = flat[firsts[:, None] + np.arange(_HEAD)]
    terms, capital = heads[:, 5].astype(np.int64), heads[:, 6].astype(np.int64)
    cells = flat[spans(firsts + _HEAD, terms)]
    behind = firsts + _HEAD + terms + capital
    in_title = cells % 2 == 1
    counts = (cells >> 1) % (_MOST_COUNTED + 1)
    keys = heads[:, 1:5].copy().view(np.int64)
    return Features(
        starts=np.cumsum([0, *terms]),
        columns=cells >> 8,
        weights=np.where(in_title, _TITLE_WEIGHT, _lead_weights(counts)),
        in_title=in_title,
        capital=flat[spans(behind - capital, capital)],
        small=flat[spans(behind, ends[1:] - behind)],
        title_keys=keys[:, 0],
        lead_keys=keys[:, 1],
    )


@lru_cache(maxsize=1)
def background() -> Weights:
    """The share of articles that hold a term, by its number."""
    rates = np.full(COLUMNS, UNKNOWN_RATE)
    for term, rate in RATES.items():
        rates[column(term)] = rate
    return rates


def _seal(title: str) -> bytes:
    """What the bytes of an article's features begin with. Its lead is stored beside them, while
    its title may be another where its source got another name.
    """
    return zlib.crc32(title.encode("utf-8", "surrogatepass"), _VERSION).to_bytes(4, "little")


def _read(items: Sequence[ClusterItem]) -> list[bytes]:
    """The bytes of articles' features: each word is looked up once, all else is done for all
    together.
    """
    known, count = lexicon(), len(items)
    title = known.words([item.title.split() for item in items])
    lead = known.words([item.lead.split(None, LEAD_WORDS)[:LEAD_WORDS] for item in items])
    # twice the cell, and one more in a lead: so a title's stand before the same in its lead
    held = np.concatenate((2 * _cells(title, known), 2 * _cells(lead, known) + 1))
    held, counts = np.unique(held, return_counts=True)
    is_first = np.diff(held // 2, prepend=-1) > 0
    rows, columns = np.divmod(held[is_first] // 2, COLUMNS)
    in_title = held[is_first] % 2 == 0
    often = np.minimum(counts[is_first], _MOST_COUNTED)
    terms = Numbered(numbers=(columns << 8) + (often << 1) + in_title, rows=rows)
    capital, small = _cases(title, lead, known, count)
    keys = np.stack(
        (_keys(title, known, _TITLE_WORDS, count), _keys(lead, known, _LEAD_WORDS, count))
    )
    heads = np.column_stack(
        (
            np.frombuffer(b"".join(_seal(item.title) for item in items), dtype="<i4"),
            np.ascontiguousarray(keys.T).view(np.int32),
            *(np.bincount(each.rows, minlength=count) for each in (terms, capital)),
        )
    )
    head = Numbered(numbers=heads.ravel(), rows=np.repeat(np.arange(count), _HEAD))
    found = _by_row((head, terms, capital, small))
    whole = found.numbers.astype("<i4").tobytes()
    bounds = 4 * np.searchsorted(found.rows, np.arange(count + 1))
    return [whole[first:last] for first, last in pairwise(bounds.tolist())]


def _cells(text: Words, known: Lexicon) -> Ints:
    """The terms of texts, each as one number with its row, with those of the numbers that join the
    name before them.
    """
    terms = known.columns.of(text)
    joins = known.has_name[text.numbers[:-1]] & known.is_number[text.numbers[1:]]
    at = np.flatnonzero(joins & (text.rows[1:] == text.rows[:-1]))
    joined = [
        column(f"{known.names[one]}-{known.numbers[two]}")
        for one, two in zip(text.numbers[at].tolist(), text.numbers[at + 1].tolist(), strict=True)
    ]
    found: Ints = np.concatenate(
        (
            terms.rows * COLUMNS + terms.numbers,
            text.rows[at] * COLUMNS + np.array(joined, dtype=np.int64),
        )
    )
    return found


def _cases(title: Words, lead: Words, known: Lexicon, count: int) -> tuple[Numbered, Numbered]:
    """The terms written capital, and those written small, row by row.

    First words count only because most titles begin with who acts. A title that capitalises most
    of its words says something only of those with capitals inside.
    """
    in_title, in_lead = title.where(~title.begins), lead.where(~lead.begins)
    loudness = np.bincount(in_title.rows, known.loudness[in_title.numbers], minlength=count)
    is_loud = (loudness > 0)[in_title.rows]
    capital = (
        known.subjects.of(title.where(np.diff(title.rows, prepend=-1) > 0)),
        known.capital.of(in_title.where(~is_loud)),
        known.inside.of(in_title.where(is_loud)),
        known.capital.of(in_lead),
    )
    small = (known.small.of(in_title), known.small.of(in_lead))
    return _by_row(capital), _by_row(small)


def _keys(text: Words, known: Lexicon, least: int, count: int) -> Ints:
    """The keys of texts of so many words: polynomials of the words' hashes, modulo 2**64."""
    bounds = np.searchsorted(text.rows, np.arange(count + 1))
    seats = np.arange(len(text.rows)) - bounds[text.rows]
    powers = np.cumprod(np.full(seats.max(initial=0) + 1, _KEY_BASE))
    sums = np.concatenate(([0], np.cumsum(known.hashes[text.numbers] * powers[seats])))
    found: Ints = np.where(np.diff(bounds) >= least, sums[bounds[1:]] - sums[bounds[:-1]], 0)
    return found


def _by_row(several: Sequence[Numbered]) -> Numbered:
    """What several groups of texts hold, row by row, in the order of the groups."""
    rows = np.concatenate([each.rows for each in several])
    order = np.argsort(rows, kind="stable")
    numbers = np.concatenate([each.numbers for each in several])
    return Numbered(numbers=numbers[order], rows=rows[order])


def _lead_weights(counts: Columns) -> Weights:
    """The weights of words that leads hold so often."""
    kept = np.array([1.0 + log(count) for count in range(1, counts.max(initial=1) + 1)])
    found: Weights = kept[counts - 1]
    return found
