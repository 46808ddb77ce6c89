"""Features of an article's title and lead, as numbers: terms with their weight, words by case.

A term is known by a number made from its letters ("feature hashing", Weinberger et al. 2009), so
that articles can be compared without a dictionary that grows; of 50,000 terms one in 20 shares its
number with another.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, pairwise
from math import log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aggregator.cluster.cluster_item import ClusterItem
from aggregator.cluster.similarity.background import RATES, UNKNOWN_RATE
from aggregator.cluster.similarity.casing import sentence_tokens, title_case, word_case
from aggregator.cluster.similarity.terms import token_terms

Columns = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

LEAD_WORDS = 100  # fewer lose names, more add noise (80 to 160 tried)
COLUMNS = 2**20
_TITLE_WEIGHT = 2.0  # a lead's word has 1 + log of how often it stands there
_AT_ONCE = 4_096  # articles read together, which bounds the memory
_REMEMBERED = 16_384  # articles: more than a window of ten days at 1,600 a day; 3 kB each


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemFeatures:
    """`columns` ascend, each with its weight and whether the title holds it. `capital` and `small`
    are words by their case where case is significant, once for each occurrence.
    """

    columns: Columns
    weights: Weights
    in_title: Flags
    capital: Columns
    small: Columns


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


def _opening(lead: str) -> str:
    """The part of a lead that counts."""
    return " ".join(lead.split(None, LEAD_WORDS)[:LEAD_WORDS])


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
    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__
    titles = [sentence_tokens(title) for title, _ in texts]
    title, lead = (
        _numbered(parts, number)
        for parts in (titles, (sentence_tokens(_opening(lead)) for _, lead in texts))
    )
    words = [_word(word) for word in number]
    # twice the cell, and one more in a lead: so a title's stand before the same in its lead
    held = np.concatenate((2 * _cells(title, words), 2 * _cells(lead, words) + 1))
    held, counts = np.unique(held, return_counts=True)
    is_first = np.diff(held // 2, prepend=-1) > 0
    cells, in_title = held[is_first] // 2, held[is_first] % 2 == 0
    weights = np.where(in_title, _TITLE_WEIGHT, _lead_weights(counts[is_first]))
    bounds = np.searchsorted(cells, np.arange(len(texts) + 1) * COLUMNS).tolist()
    columns = (cells % COLUMNS).astype(np.int32)
    inside = lead.inside()
    cases = [title_case(sentences) for sentences in titles]
    capital = _by_row([case[0] for case in cases], inside, [word.capital for word in words])
    small = _by_row([case[1] for case in cases], inside, [word.small for word in words])
    return [
        ItemFeatures(
            columns=columns[first:last],
            weights=weights[first:last],
            in_title=in_title[first:last],
            capital=capital[row],
            small=small[row],
        )
        for row, (first, last) in enumerate(pairwise(bounds))
    ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Text:
    """The words of texts by number, each with the row of its text and whether it begins a
    sentence.
    """

    words: Rows
    rows: Rows
    begins: Flags

    def inside(self) -> _Text:
        """The words that begin no sentence."""
        kept = ~self.begins
        return _Text(words=self.words[kept], rows=self.rows[kept], begins=self.begins[kept])


def _numbered(texts: Iterable[Sequence[Sequence[str]]], number: Mapping[str, int]) -> _Text:
    """Texts of sentences of words."""
    words: list[int] = []
    lengths: list[int] = []
    sizes: list[int] = []
    for sentences in texts:
        before = len(words)
        for sentence in sentences:
            words.extend(map(number.__getitem__, sentence))
            lengths.append(len(sentence))
        sizes.append(len(words) - before)
    begins = np.zeros(len(words) + 1, dtype=bool)
    begins[np.cumsum([0, *lengths])] = True
    return _Text(
        words=np.array(words, dtype=np.int64),
        rows=np.repeat(np.arange(len(sizes)), sizes),
        begins=begins[:-1],
    )


class _Word(NamedTuple):
    """A word's terms and how they are written inside a sentence, as numbers; else as
    `terms.reading` has it.
    """

    columns: tuple[int, ...]
    name: str
    number: str
    capital: tuple[int, ...]
    small: tuple[int, ...]


@lru_cache(maxsize=65_536)
def _word(word: str) -> _Word:
    terms, name, number = token_terms(word)
    capital, small = word_case(word)
    return _Word(_columns(terms), name, number, _columns(capital), _columns(small))


def _columns(terms: Iterable[str]) -> tuple[int, ...]:
    return tuple(map(column, terms))


def _cells(text: _Text, words: Sequence[_Word]) -> Rows:
    """The terms of texts, each as one number with its row, with those of the numbers that join the
    name before them.
    """
    rows, columns = _spread(text, [word.columns for word in words])
    has_name = np.array([bool(word.name) for word in words], dtype=bool)
    is_number = np.array([bool(word.number) for word in words], dtype=bool)
    joins = has_name[text.words[:-1]] & is_number[text.words[1:]]
    at = np.flatnonzero(joins & (text.rows[1:] == text.rows[:-1]))
    joined = [
        column(f"{words[one].name}-{words[two].number}")
        for one, two in zip(text.words[at].tolist(), text.words[at + 1].tolist(), strict=True)
    ]
    found: Rows = np.concatenate(
        (rows * COLUMNS + columns, text.rows[at] * COLUMNS + np.array(joined, dtype=np.int64))
    )
    return found


def _spread(text: _Text, parts: Sequence[tuple[int, ...]]) -> tuple[Rows, Rows]:
    """The columns that the words of texts stand for, in order, with their rows."""
    sizes = np.array([len(columns) for columns in parts], dtype=np.int64)
    columns = np.fromiter(chain.from_iterable(parts), dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    repeats = sizes[text.words]
    seats = np.cumsum(repeats) - repeats
    at = np.arange(repeats.sum()) + np.repeat(starts[text.words] - seats, repeats)
    return np.repeat(text.rows, repeats), columns[at]


def _by_row(
    titles: Sequence[Sequence[str]], leads: _Text, parts: Sequence[tuple[int, ...]]
) -> list[Columns]:
    """The columns of the terms of titles and of the words of leads, row by row."""
    rows, columns = _spread(leads, parts)
    title_rows = np.repeat(np.arange(len(titles)), [len(terms) for terms in titles])
    title_columns = np.fromiter(map(column, chain.from_iterable(titles)), dtype=np.int64)
    rows = np.concatenate((title_rows, rows))
    order = np.argsort(rows, kind="stable")
    bounds = np.searchsorted(rows[order], np.arange(len(titles) + 1)).tolist()
    by_row = np.concatenate((title_columns, columns))[order].astype(np.int32)
    return [by_row[first:last] for first, last in pairwise(bounds)]


def _lead_weights(counts: Rows) -> Weights:
    """The weights of words that leads hold so often."""
    kept = np.array([1.0 + log(count) for count in range(1, counts.max(initial=1) + 1)])
    found: Weights = kept[counts - 1]
    return found


@lru_cache(maxsize=65_536)
def column(term: str) -> int:
    """The number by which a term is known."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass")) % COLUMNS
