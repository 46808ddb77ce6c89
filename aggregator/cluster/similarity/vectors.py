"""The similarity of two articles: cosine of TF-IDF over titles and leads, and the kind of
their shared words.

The frequency of a term is counted over its own time window and mixed with a background of AI news,
so that a word that is hot this month weighs little, and a run with three articles is not misled by
the few words it sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.features import Columns, Features, background, features
from aggregator.cluster.similarity.lexicon import COLUMNS, Flags, Ints, Numbered, lexicon, spans
from aggregator.domain.frozen import frozen

Floats = npt.NDArray[np.float64]

BACKGROUND_ARTICLES = 100  # how many articles' worth of evidence the background is
FLOOR = 0.02  # weaker pairs count as unlike
# of a unit vector: what an article is mainly about; enough to find neighbours, at half the cost
HEAD_SHARE = 0.1
LEAST_SHARE = 0.05  # of a unit vector: a term that weighs less is what all speak of
# an article's, on average over a block: the strongest; bounds the work where all speak of one thing
MOST_PAIRS = 512
_LEAST_LEAD = 8  # terms of a lead that the title does not hold
_BLOCK = 512  # rows multiplied at once
_LEAST_WEIGHT = (
    1e-6  # of a word that all articles hold: not zero, or its cells would fall out of a product
)
_COMMON_RARITY = 4.0  # of a name that every fiftieth article holds
MIN_CAPITAL_SHARE = 4  # a name is written capital this many times as often as small
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400


@frozen
class Pairs:
    """Pairs of rows with any similarity, and its value; `earlier` is the smaller row."""

    later: Ints
    earlier: Ints
    values: Floats


@frozen
class SimilarPairs(Pairs):
    """Pairs, and whether a name in one title stands in the other text.

    `named` are the rows whose titles name somebody.
    """

    is_met: Flags
    named: Flags

    @property
    def is_stranger(self) -> Flags:
        """Those whose titles both name somebody, whom the other article does not name."""
        found: Flags = ~self.is_met & self.named[self.later] & self.named[self.earlier]
        return found

    def of(self, kept: Flags | Ints) -> SimilarPairs:
        """Some of the pairs."""
        return SimilarPairs(
            later=self.later[kept],
            earlier=self.earlier[kept],
            values=self.values[kept],
            is_met=self.is_met[kept],
            named=self.named,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Vectors:
    """The articles as rows, by time. Each row has a cell for each of its terms; those of row n
    begin at `starts[n]`. `units` are the cells' values in a unit vector.

    A matrix is made when it is first asked for: most rows are only looked at by their main terms.
    """

    times: Floats
    starts: Ints
    width: int
    columns: Columns
    units: Floats
    rarity: Floats
    in_title: Flags
    is_name: Flags

    def of(self, rows: Ints) -> Vectors:
        """Some of the rows, which must ascend."""
        sizes = np.diff(self.starts)[rows]
        cells = spans(self.starts[rows], sizes)
        return Vectors(
            times=self.times[rows],
            starts=np.cumsum([0, *sizes]),
            width=self.width,
            columns=self.columns[cells],
            units=self.units[cells],
            rarity=self.rarity[cells],
            in_title=self.in_title[cells],
            is_name=self.is_name[cells],
        )

    @cached_property
    def terms(self) -> sparse.csr_array:
        """Unit vectors."""
        return self._heavy(LEAST_SHARE)

    @cached_property
    def heads(self) -> sparse.csr_array:
        """Their main terms alone."""
        return self._heavy(HEAD_SHARE)

    @cached_property
    def title_names(self) -> sparse.csr_array:
        """The names in titles."""
        return self._marks(self.is_name & self.in_title)

    @cached_property
    def text_names(self) -> sparse.csr_array:
        """The names in titles and leads."""
        return self._marks(self.is_name)

    @cached_property
    def rare_names(self) -> sparse.csr_array:
        """The names in titles with their rarity in the window, which is zero for one that every
        fiftieth article holds.
        """
        kept = self.is_name & self.in_title
        return self._matrix(np.maximum(self.rarity[kept] - _COMMON_RARITY, 0.0), kept)

    @cached_property
    def titles(self) -> sparse.csr_array:
        """The terms of titles, each with its share of the title's rarity."""
        rows, rarity = self._rows[self.in_title], self.rarity[self.in_title]
        whole = np.bincount(rows, rarity, minlength=len(self.times))
        return self._matrix(rarity / whole[rows], self.in_title)

    @cached_property
    def texts(self) -> sparse.csr_array:
        """All terms."""
        return self._marks(np.ones(len(self.columns), dtype=bool))

    @cached_property
    def named(self) -> Flags:
        """The rows whose titles name somebody."""
        found: Flags = np.diff(self.title_names.indptr) > 0
        return found

    @cached_property
    def bare(self) -> Flags:
        """The rows that are little more than a headline."""
        leads = np.bincount(self._rows[~self.in_title], minlength=len(self.times))
        found: Flags = leads < _LEAST_LEAD
        return found

    @cached_property
    def _rows(self) -> Ints:
        return np.repeat(np.arange(len(self.times)), np.diff(self.starts))

    def _heavy(self, least: float) -> sparse.csr_array:
        kept = self.units >= least
        return self._matrix(self.units[kept], kept)

    def _marks(self, kept: Flags) -> sparse.csr_array:
        return self._matrix(np.ones(np.count_nonzero(kept)), kept)

    def _matrix(self, values: Floats, kept: Flags) -> sparse.csr_array:
        """The values of some of the cells."""
        starts = np.searchsorted(np.flatnonzero(kept), self.starts).astype(np.int32)
        return sparse.csr_array(
            (values, self.columns[kept], starts), shape=(len(self.times), self.width)
        )


def days(items: Sequence[ClusterItem]) -> Floats:
    """Publication times in days since 1970."""
    return np.array(
        [(item.published - _EPOCH).total_seconds() / _DAY_S for item in items], dtype=np.float64
    )


def is_bare(item: ClusterItem) -> bool:
    """Whether an article is little more than a headline."""
    return bool(np.count_nonzero(~features([item]).in_title) < _LEAST_LEAD)


def vectors(items: Sequence[ClusterItem], window_days: float) -> Vectors:
    """The items as vectors, in their order, which must be by time."""
    read = features(items)
    times, starts = days(items), read.starts
    used, number = _numbered(read.columns)
    columns = number[read.columns]
    rarity = _rarity(columns, background()[used], starts, times, window_days)
    weights = read.weights * rarity
    rows = np.repeat(np.arange(len(times)), np.diff(starts))
    unit = weights / np.sqrt(np.bincount(rows, weights * weights, minlength=len(times)))[rows]
    return Vectors(
        times=times,
        starts=starts,
        width=len(used),
        columns=columns,
        units=unit,
        rarity=rarity,
        in_title=read.in_title,
        is_name=_names(read, number, len(used))[columns],
    )


def touched(
    found: Vectors, asked: Ints, window_days: float, decay_days: float, least: float
) -> Flags:
    """The rows that are at least so much like one of the asked rows, by their main terms and faded
    by time.
    """
    flags = np.zeros(len(found.times), dtype=bool)
    for start in range(0, len(asked), _BLOCK):
        some = asked[start : start + _BLOCK]
        near = _near(found, some, window_days)
        place, seat, values = _cells(found.heads, some, near, least)
        row, other = some[place], seat + near.start
        flags[
            other[
                values * np.exp(-np.abs(found.times[row] - found.times[other]) / decay_days)
                >= least
            ]
        ] = True
    return flags


def similar_pairs(found: Vectors, asked: Ints, window_days: float) -> SimilarPairs:
    """The pairs of the asked rows with all rows not more than `window_days` apart, each pair once.

    Only the window around a block of rows is multiplied, so the cost grows with the density of
    news.
    """
    is_asked = np.zeros(len(found.times), dtype=bool)
    is_asked[asked] = True
    blocks = [
        _block(found, asked[start : start + _BLOCK], is_asked, window_days)
        for start in range(0, len(asked), _BLOCK)
    ]
    none = np.array([], dtype=np.int64)
    row, other = (np.concatenate([none, *(block[side] for block in blocks)]) for side in (0, 1))
    return SimilarPairs(
        later=np.maximum(row, other),
        earlier=np.minimum(row, other),
        values=np.concatenate([np.array([]), *(block[2] for block in blocks)]),
        is_met=np.concatenate([none.astype(bool), *(block[3] for block in blocks)]),
        named=found.named,
    )


def shared_words(pairs: Sequence[tuple[ClusterItem, ClusterItem]]) -> list[tuple[str, ...]]:
    """Of each pair at most five words of the first title whose terms the other title or lead holds
    too, as they stand there.
    """
    known = lexicon()
    titles = known.words([one.title.split() for one, _ in pairs])
    terms = known.columns.of(Numbered(numbers=titles.numbers, rows=np.arange(len(titles.rows))))
    theirs = features([other for _, other in pairs])
    held = np.repeat(np.arange(len(pairs)) * COLUMNS, np.diff(theirs.starts)) + theirs.columns
    asked = titles.rows[terms.rows] * COLUMNS + terms.numbers
    seats = np.searchsorted(held, asked)
    is_shared = np.append(held, -1)[seats] == asked
    words = np.unique(terms.rows[is_shared])
    found: list[dict[str, None]] = [{} for _ in pairs]
    for row, word in zip(titles.rows[words].tolist(), titles.numbers[words].tolist(), strict=True):
        found[row].setdefault(known.texts[word])
    return [tuple(each)[:5] for each in found]


def _names(read: Features, number: Columns, used: int) -> Flags:
    """Which of the used terms these articles use as names."""
    columns = (number[each] for each in (read.capital, read.small))
    capital, small = (np.bincount(each[each >= 0], minlength=used) for each in columns)
    names: Flags = (capital > 0) & (capital >= MIN_CAPITAL_SHARE * small)
    return names


def _numbered(columns: Columns) -> tuple[Ints, Columns]:
    """The different columns, and by column its place among them, -1 where it is none of them."""
    is_used = np.zeros(COLUMNS, dtype=bool)
    is_used[columns] = True
    used = np.flatnonzero(is_used)
    number = np.full(COLUMNS, -1, dtype=np.int32)
    number[used] = np.arange(len(used))
    return used, number


def _rarity(
    columns: Columns, background_rates: Floats, starts: Ints, times: Floats, window_days: float
) -> Floats:
    """The weight of each cell's term: the rarer within its period and a window around it, the
    more.
    """
    weights = np.zeros(len(columns))
    periods = np.floor(times / window_days)
    for period in np.unique(periods):
        rows = np.flatnonzero(periods == period)
        first = int(np.searchsorted(times, times[rows[0]] - window_days))
        last = int(np.searchsorted(times, times[rows[-1]] + window_days, side="right"))
        seen = np.bincount(columns[starts[first] : starts[last]], minlength=len(background_rates))
        rates = (seen + BACKGROUND_ARTICLES * background_rates) / (
            last - first + BACKGROUND_ARTICLES
        )
        part = slice(starts[rows[0]], starts[rows[-1] + 1])
        weights[part] = -np.log(rates)[columns[part]]
    return np.maximum(weights, _LEAST_WEIGHT)


def _near(found: Vectors, asked: Ints, window_days: float) -> slice:
    """The rows in the window around a block of rows."""
    return slice(
        int(np.searchsorted(found.times, found.times[asked[0]] - window_days)),
        int(np.searchsorted(found.times, found.times[asked[-1]] + window_days, side="right")),
    )


def _cells(
    matrix: sparse.csr_array, asked: Ints, near: slice, least: float
) -> tuple[Ints, Ints, Floats]:
    """The cells of a block's product that are not below `least`: places in the block, places in the
    window, values.
    """
    product = matrix[asked] @ matrix[near].T
    at = np.flatnonzero(product.data >= least)
    place = np.repeat(np.arange(len(asked)), np.diff(product.indptr))[at]
    return place, product.indices[at].astype(np.int64), product.data[at].astype(np.float64)


def _block(
    found: Vectors, asked: Ints, is_asked: Flags, window_days: float
) -> tuple[Ints, Ints, Floats, Flags]:
    """Rows, others, cosines, whether a name is met. Asked rows behind the block are left to their
    own blocks.
    """
    near = _near(found, asked, window_days)
    behind = np.flatnonzero(~is_asked[: near.stop])[-1:]
    near = slice(near.start, max([int(asked[-1]), *behind.tolist()]) + 1)
    place, seat, values = _cells(found.terms, asked, near, FLOOR)
    row, other = asked[place], seat + near.start
    kept = (row != other) & (np.abs(found.times[row] - found.times[other]) <= window_days)
    kept &= ~is_asked[other] | (other < row)
    most = MOST_PAIRS * len(asked)
    if np.count_nonzero(kept) > most:
        kept &= values >= np.partition(values[kept], -most)[-most]
    place, seat, values = place[kept], seat[kept], values[kept]
    is_met = np.zeros((len(asked), near.stop - near.start), dtype=bool)
    for one, two in ((found.title_names, found.text_names), (found.text_names, found.title_names)):
        is_met[(one[asked] @ two[near].T).nonzero()] = True
    return row[kept], other[kept], values, is_met[place, seat]
