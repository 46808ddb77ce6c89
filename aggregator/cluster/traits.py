"""What clustering reads of an article's title and lead, as numbers: terms with their weight, and words by their case.

A term is known by a number made from its letters ("feature hashing", Weinberger et al. 2009), so that articles can be
compared without a dictionary that grows; of 50,000 terms one in 20 shares its number with another.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import log

import numpy as np
import numpy.typing as npt

from aggregator.cluster.background import RATES, UNKNOWN_RATE
from aggregator.cluster.casing import cased, sentences
from aggregator.cluster.item import ClusterItem
from aggregator.cluster.terms import terms_of

Columns = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LEAD_WORDS = 100  # fewer lose names, more add noise (80 to 160 tried)
COLUMNS = 2**20
_TITLE_WEIGHT = 2.0  # a lead's word has 1 + log of how often it stands there
_REMEMBERED = 16_384  # articles: more than a window of ten days at 1,600 a day; 3 kB each


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traits:
    """`columns` ascend, each with its weight and whether the title holds it. `capital` and `small` tell how words are
    written where case tells something, once for each time."""

    columns: Columns
    weights: Weights
    in_title: Flags
    capital: Columns
    small: Columns


def _opening(lead: str) -> str:
    """The part of a lead that counts."""
    return " ".join(lead.split(None, LEAD_WORDS)[:LEAD_WORDS])


def traits(item: ClusterItem) -> Traits:
    """The traits of an article; read once while it is remembered."""
    return _traits(item.title, item.lead)


@lru_cache(maxsize=1)
def background() -> Weights:
    """The share of articles that hold a term, by its number."""
    rates = np.full(COLUMNS, UNKNOWN_RATE)
    for term, rate in RATES.items():
        rates[column(term)] = rate
    return rates


@lru_cache(maxsize=_REMEMBERED)
def _traits(title: str, lead: str) -> Traits:
    titled, told = sentences(title), sentences(_opening(lead))
    counts = Counter(terms_of(chain.from_iterable(told)))
    weights = dict.fromkeys(map(column, counts), 1.0)
    weights |= {column(term): 1.0 + log(count) for term, count in counts.items() if count > 1}
    titles = dict.fromkeys(map(column, terms_of(chain.from_iterable(titled))), _TITLE_WEIGHT)
    weights |= titles
    columns = sorted(weights)
    capital, small = cased(titled, told)
    return Traits(
        columns=np.array(columns, dtype=np.int32),
        weights=np.fromiter(map(weights.__getitem__, columns), dtype=np.float64, count=len(columns)),
        in_title=np.fromiter(map(titles.__contains__, columns), dtype=bool, count=len(columns)),
        capital=_columns(capital),
        small=_columns(small),
    )


def _columns(terms: Sequence[str]) -> Columns:
    return np.fromiter(map(column, terms), dtype=np.int32, count=len(terms))


@lru_cache(maxsize=65_536)
def column(term: str) -> int:
    """The number by which a term is known."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass")) % COLUMNS
