"""Texts as numbers: what thousands of texts hold, so that all of them are worked on together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbered:
    """The things that texts hold, in order, by number, each with the row of its text. Rows
    ascend.
    """

    numbers: Ints
    rows: Ints

    def where(self, kept: Flags) -> Numbered:
        """Some of the things."""
        return Numbered(numbers=self.numbers[kept], rows=self.rows[kept])


class Parts:
    """The parts that each thing stands for, by the thing's number."""

    def __init__(self) -> None:
        self._sizes = self._flat = np.array([], dtype=np.int64)

    def add(self, several: Sequence[Sequence[int]]) -> None:
        """Takes the parts of the things with the next numbers."""
        sizes = np.array([len(parts) for parts in several], dtype=np.int64)
        flat = np.fromiter(chain.from_iterable(several), dtype=np.int64)
        self._sizes = np.concatenate((self._sizes, sizes))
        self._flat = np.concatenate((self._flat, flat))

    def of(self, held: Numbered) -> Numbered:
        """The parts of things that texts hold."""
        sizes = self._sizes[held.numbers]
        starts = np.cumsum(self._sizes) - self._sizes
        at = spans(starts[held.numbers], sizes)
        return Numbered(numbers=self._flat[at], rows=np.repeat(held.rows, sizes))


def spans(starts: Ints, sizes: Ints) -> Ints:
    """The places of many spans, one span after the other."""
    before = np.cumsum(sizes) - sizes
    found: Ints = np.arange(sizes.sum()) + np.repeat(starts - before, sizes)
    return found
