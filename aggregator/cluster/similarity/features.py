"""Features of an article's title and lead, as numbers: terms with their weight, words by case.

A term is known by a number made from its letters ("feature hashing", Weinberger et al. 2009), so
that articles can be compared without a dictionary that grows; of 50,000 terms one in 20 shares its
number with another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from math import log

import numpy as np
import numpy.typing as npt

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.background import RATES, UNKNOWN_RATE
from aggregator.cluster.similarity.lexicon import (
    COLUMNS,
    Flags,
    Ints,
    Lexicon,
    Numbered,
    Words,
    column,
    lexicon,
)

Columns = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float64]

LEAD_WORDS = 100  # fewer lose names, more add noise (80 to 160 tried)
_TITLE_WEIGHT = 2.0  # a lead's word has 1 + log of how often it stands there
_TITLE_WORDS = 5  # a shorter title is alike by chance ("Weekly update")
_LEAD_WORDS = 15  # a shorter lead is alike by chance
_KEY_BASE = 0x1E3779B97F4A7C15  # odd
_AT_ONCE = 4_096  # articles read together, which bounds the memory
_REMEMBERED = 16_384  # articles: more than a window of ten days at 1,600 a day; 3 kB each


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemFeatures:
    """`columns` ascend, each with its weight and whether the title holds it. `capital` and `small`
    are words by their case where case is significant, once for each occurrence. Texts of the same
    words, but for case and punctuation, have the same key; that of a few words is 0: they are the
    same by chance ("Weekly update").
    """

    columns: Columns
    weights: Weights
    in_title: Flags
    capital: Columns
    small: Columns
    title_key: int
    lead_key: int


_read: dict[tuple[str, str], ItemFeatures] = {}  # by title and lead, the oldest first


def features(items: Sequence[ClusterItem]) -> list[ItemFeatures]:
    """The features of each article; one that is remembered is not read again."""
    texts = [(item.title, item.lead) for item in items]
    found = {text: known for text in texts if (known := _read.get(text))}
    unread = [text for text in dict.fromkeys(texts) if text not in found]
    for start in range(0, len(unread), _AT_ONCE):
        some = unread[start : start + _AT_ONCE]
        found |= zip(some, _features(some), strict=True)
    _read.update((text, found[text]) for text in unread)
    for text in list(islice(_read, max(len(_read) - _REMEMBERED, 0))):
        _read.pop(text, None)
    return [found[text] for text in texts]


@lru_cache(maxsize=1)
def background() -> Weights:
    """The share of articles that hold a term, by its number."""
    rates = np.full(COLUMNS, UNKNOWN_RATE)
    for term, rate in RATES.items():
        rates[column(term)] = rate
    return rates


def _features(texts: Sequence[tuple[str, str]]) -> list[ItemFeatures]:
    """The features of titles and leads: each word is looked up once, all else is done for all
    together.
    """
    known = lexicon()
    title = known.words([title.split() for title, _ in texts])
    lead = known.words([lead.split(None, LEAD_WORDS)[:LEAD_WORDS] for _, lead in texts])
    # twice the cell, and one more in a lead: so a title's stand before the same in its lead
    held = np.concatenate((2 * _cells(title, known), 2 * _cells(lead, known) + 1))
    held, counts = np.unique(held, return_counts=True)
    is_first = np.diff(held // 2, prepend=-1) > 0
    cells, in_title = held[is_first] // 2, held[is_first] % 2 == 0
    weights = np.where(in_title, _TITLE_WEIGHT, _lead_weights(counts[is_first]))
    bounds = np.searchsorted(cells, np.arange(len(texts) + 1) * COLUMNS).tolist()
    columns = (cells % COLUMNS).astype(np.int32)
    capital, small = _cases(title, lead, known, len(texts))
    title_keys = _keys(title, known, _TITLE_WORDS, len(texts))
    lead_keys = _keys(lead, known, _LEAD_WORDS, len(texts))
    return [
        ItemFeatures(
            columns=columns[first:last],
            weights=weights[first:last],
            in_title=in_title[first:last],
            capital=capital[row],
            small=small[row],
            title_key=title_keys[row],
            lead_key=lead_keys[row],
        )
        for row, (first, last) in enumerate(pairwise(bounds))
    ]


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


def _cases(
    title: Words, lead: Words, known: Lexicon, count: int
) -> tuple[list[Columns], list[Columns]]:
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
    return _by_row(capital, count), _by_row(small, count)


def _keys(text: Words, known: Lexicon, least: int, count: int) -> list[int]:
    """The keys of texts of so many words: polynomials of the words' hashes, modulo 2**64."""
    bounds = np.searchsorted(text.rows, np.arange(count + 1))
    seats = np.arange(len(text.rows)) - bounds[text.rows]
    powers = np.cumprod(np.full(seats.max(initial=0) + 1, _KEY_BASE))
    sums = np.concatenate(([0], np.cumsum(known.hashes[text.numbers] * powers[seats])))
    found: list[int] = np.where(
        np.diff(bounds) >= least, sums[bounds[1:]] - sums[bounds[:-1]], 0
    ).tolist()
    return found


def _by_row(several: Sequence[Numbered], count: int) -> list[Columns]:
    """The columns that several groups of texts hold, row by row."""
    rows = np.concatenate([terms.rows for terms in several])
    order = np.argsort(rows, kind="stable")
    bounds = np.searchsorted(rows[order], np.arange(count + 1)).tolist()
    columns = np.concatenate([terms.numbers for terms in several])[order].astype(np.int32)
    return [columns[first:last] for first, last in pairwise(bounds)]


def _lead_weights(counts: Ints) -> Weights:
    """The weights of words that leads hold so often."""
    kept = np.array([1.0 + log(count) for count in range(1, counts.max(initial=1) + 1)])
    found: Weights = kept[counts - 1]
    return found
