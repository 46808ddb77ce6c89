"""Features of an article's title and lead, as numbers: terms with their weight, words by case.

A term is known by a number made from its letters ("feature hashing", Weinberger et al. 2009), so
that articles can be compared without a dictionary that grows; of 50,000 terms one in 20 shares its
number with another.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
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

LEAD_WORDS = 100  # fewer lose names, more add noise (80 to 160 tried)
COLUMNS = 2**20
_TITLE_WEIGHT = 2.0  # a lead's word has 1 + log of how often it stands there
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


def _opening(lead: str) -> str:
    """The part of a lead that counts."""
    return " ".join(lead.split(None, LEAD_WORDS)[:LEAD_WORDS])


def features(item: ClusterItem) -> ItemFeatures:
    """The features of an article, from a cache if it was read before."""
    return _features(item.title, item.lead)


@lru_cache(maxsize=1)
def background() -> Weights:
    """The share of articles that hold a term, by its number."""
    rates = np.full(COLUMNS, UNKNOWN_RATE)
    for term, rate in RATES.items():
        rates[column(term)] = rate
    return rates


@lru_cache(maxsize=_REMEMBERED)
def _features(title: str, lead: str) -> ItemFeatures:
    titled = sentence_tokens(title)
    in_title = set(_joined([_word(word) for sentence in titled for word in sentence]))
    lead_sentences = [
        [_word(word) for word in sentence] for sentence in sentence_tokens(_opening(lead))
    ]
    counts = Counter(_joined([word for sentence in lead_sentences for word in sentence]))
    columns = sorted(counts.keys() | in_title)
    capital, small = title_case(titled)
    inside = [word for sentence in lead_sentences for word in sentence[1:]]
    return ItemFeatures(
        columns=np.array(columns, dtype=np.int32),
        weights=np.array(
            [_TITLE_WEIGHT if number in in_title else _weight(counts[number]) for number in columns]
        ),
        in_title=np.array([number in in_title for number in columns], dtype=bool),
        capital=np.array(
            [*map(column, capital), *(number for word in inside for number in word.capital)],
            dtype=np.int32,
        ),
        small=np.array(
            [*map(column, small), *(number for word in inside for number in word.small)],
            dtype=np.int32,
        ),
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


def _joined(words: Sequence[_Word]) -> list[int]:
    """The columns of words, with those of the numbers that join the name before them."""
    found = [number for word in words for number in word.columns]
    found += [
        column(f"{one.name}-{two.number}")
        for one, two in pairwise(words)
        if two.number and one.name
    ]
    return found


@lru_cache(maxsize=1_024)
def _weight(count: int) -> float:
    """The weight of a word that a lead holds so often."""
    return 1.0 + log(count)


@lru_cache(maxsize=65_536)
def column(term: str) -> int:
    """The number by which a term is known."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass")) % COLUMNS
