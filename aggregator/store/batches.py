"""Batches of values, as a statement may bind only so many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

_MOST_BOUND = 500  # SQLite takes 32,766 bound values; a few hundred keep statements small


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in batches of at most 500, in the order given."""
    return (values[start : start + _MOST_BOUND] for start in range(0, len(values), _MOST_BOUND))
