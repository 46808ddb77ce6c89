"""The sections of a story that rest on attribute facts: a comparison of products, and what one of them is made of.

Both are chosen by code from what sources state; no model is asked. A section that a story does not get keeps its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from aggregator.domain.attribute import Attribute, AttributeFact


class CellState(StrEnum):
    """What the sources say of an attribute: one thing, nothing, or different things."""

    STATED = "stated"
    NOT_STATED = "not_stated"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is stated of one attribute of one product. `is_old`: it was stated long before the story was told.

    `superseded` is the day on which another value was stated, after the story was told; None where none was.
    """

    state: CellState
    facts: tuple[AttributeFact, ...] = ()
    is_old: bool = False
    superseded: date | None = None

    @property
    def as_of(self) -> date | None:
        """The day on which what it shows was stated, the latest of several; None where nothing is."""
        return max((fact.as_of for fact in self.facts), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """One attribute of all compared products, in their order."""

    attribute: Attribute
    qualifier: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A table of at least two products and two attributes."""

    products: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationRow:
    """One attribute of the product that a story is about, stated or not."""

    attribute: Attribute
    qualifier: str
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """What is stated of the product that a story is about, the gaps among it."""

    product: str
    rows: tuple[SpecificationRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionReason:
    """Why a story has a section, or has not."""

    section: str
    given: bool
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """What attribute facts make of a story."""

    comparison: Comparison | None = None
    specification: Specification | None = None
    reasons: tuple[SectionReason, ...] = ()

    def cells(self) -> Iterator[Cell]:
        """Every cell that is shown, in the order of the page."""
        if self.comparison:
            yield from (cell for row in self.comparison.rows for cell in row.cells)
        if self.specification:
            yield from (row.cell for row in self.specification.rows)

    def facts(self) -> Iterator[AttributeFact]:
        """Every fact that is shown, in the order of the page."""
        return (fact for cell in self.cells() for fact in cell.facts)
