"""How alike two articles are: cosine of TF-IDF over titles and leads, decayed by the time between them.

The frequency of a term is counted over its own time window and mixed with a background of AI news, so that a word that
is hot this month weighs little, and a run with three articles is not misled by the few words it sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from scipy import sparse

from aggregator.cluster.background import RATES, UNKNOWN_RATE
from aggregator.cluster.item import ClusterItem
from aggregator.cluster.terms import content_terms, tokens

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAD_WORDS = 50  # more of the lead adds noise, less loses names (0, 30, 50, 120 tried on half of ai-events)
LEAD_WEIGHT = 0.3  # of a title's word
BACKGROUND_ARTICLES = 200  # how many articles' worth of evidence the background is
FLOOR = 0.05  # weaker pairs count as unlike: keeps the pairs of 4,000 headlines under 20 MB
_GRACE_DAYS = 1.0  # within a day, time tells nothing
_DECAY_DAYS = 3.0
_BLOCK = 512  # rows multiplied at once
_PART = 20_000  # pairs looked at row by row at once
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs of rows that are alike at all, and how much; `earlier` is the smaller row."""

    later: Ints
    earlier: Ints
    values: Floats

    def parts(self) -> Iterator[slice]:
        """Slices that together are all pairs, each small enough for work on the rows of a pair."""
        return (slice(start, start + _PART) for start in range(0, len(self.values), _PART))


def opening(item: ClusterItem) -> str:
    """The part of the lead that counts."""
    return " ".join(item.lead.split(None, LEAD_WORDS)[:LEAD_WORDS])


def days(items: Sequence[ClusterItem]) -> Floats:
    """Publication times in days since 1970."""
    return np.array([(item.published - _EPOCH).total_seconds() / _DAY_S for item in items], dtype=np.float64)


def term_vectors(items: Sequence[ClusterItem], window_days: float) -> sparse.csr_array:
    """One unit vector an item, in the order of `items`, which must be by time."""
    matrix, terms = _term_counts(items)
    background = np.array([RATES.get(term, UNKNOWN_RATE) for term in terms])
    return _unit_rows(_weighted(matrix, background, days(items), window_days))


def alike_pairs(vectors: sparse.csr_array, times: Floats, window_days: float) -> Pairs:
    """All pairs not more than `window_days` apart that are alike at all, with their similarity decayed by time.

    Times ascend. Only the window before a block of rows is multiplied, so the cost grows with the density of news.
    """
    blocks = [_block_pairs(vectors, times, window_days, start) for start in range(0, len(times), _BLOCK)]
    later = np.concatenate([np.array([], dtype=np.int64), *(block.later for block in blocks)])
    earlier = np.concatenate([np.array([], dtype=np.int64), *(block.earlier for block in blocks)])
    values = np.concatenate([np.array([], dtype=np.float64), *(block.values for block in blocks)])
    gap = np.maximum(times[later] - times[earlier] - _GRACE_DAYS, 0.0)
    return Pairs(later=later, earlier=earlier, values=values * np.exp(-gap / _DECAY_DAYS))


def shared_words(one: ClusterItem, other: ClusterItem, most: int = 5) -> tuple[str, ...]:
    """Words of the first title whose terms the other title or lead holds too, as they stand there."""
    theirs = {*content_terms(other.title), *content_terms(opening(other))}
    shared = (word for word in tokens(one.title) if theirs.intersection(content_terms(word)))
    return tuple(dict.fromkeys(shared))[:most]


def _block_pairs(vectors: sparse.csr_array, times: Floats, window_days: float, start: int) -> Pairs:
    stop = min(start + _BLOCK, len(times))
    first = int(np.searchsorted(times, times[start] - window_days))
    product = (vectors[start:stop] @ vectors[first:stop].T).tocoo()
    later, earlier = product.row.astype(np.int64) + start, product.col.astype(np.int64) + first
    kept = (earlier < later) & (product.data >= FLOOR) & (times[later] - times[earlier] <= window_days)
    return Pairs(later=later[kept], earlier=earlier[kept], values=product.data[kept])


def _term_counts(items: Sequence[ClusterItem]) -> tuple[sparse.csr_array, list[str]]:
    columns: dict[str, int] = {}
    rows, cols, values = [], [], []
    for row, item in enumerate(items):
        lead = content_terms(opening(item))
        weights = dict.fromkeys(lead, LEAD_WEIGHT) | dict.fromkeys(content_terms(item.title), 1.0)
        for term, weight in weights.items():
            rows.append(row)
            cols.append(columns.setdefault(term, len(columns)))
            values.append(weight)
    shape = (len(items), len(columns))
    return sparse.csr_array((values, (rows, cols)), shape=shape, dtype=np.float64), list(columns)


def _weighted(matrix: sparse.csr_array, background: Floats, times: Floats, window_days: float) -> sparse.csr_array:
    weighted = matrix.copy()
    periods = np.floor(times / window_days)
    for period in np.unique(periods):
        rows = np.flatnonzero(periods == period)
        first = int(np.searchsorted(times, times[rows[0]] - window_days))
        last = int(np.searchsorted(times, times[rows[-1]] + window_days, side="right"))
        seen = np.bincount(matrix.indices[matrix.indptr[first] : matrix.indptr[last]], minlength=matrix.shape[1])
        rates = (seen + BACKGROUND_ARTICLES * background) / (last - first + BACKGROUND_ARTICLES)
        part = slice(matrix.indptr[rows[0]], matrix.indptr[rows[-1] + 1])
        weighted.data[part] *= -np.log(rates[matrix.indices[part]])
    return weighted


def _unit_rows(matrix: sparse.csr_array) -> sparse.csr_array:
    lengths = np.sqrt(matrix.multiply(matrix).sum(axis=1))
    return sparse.csr_array(sparse.diags_array(1.0 / np.where(lengths > 0, lengths, 1.0)) @ matrix)
