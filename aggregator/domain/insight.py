"""The sections of a story that rest on attribute facts: a comparison of products, and what one of
them is made of.

Both are chosen by code from what sources state; no model is asked. A section that a story does not
get keeps its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum

from aggregator.domain.claim import Claim, ClaimKind
from aggregator.domain.fact import Attribute, AttributeFact
from aggregator.domain.frozen import frozen
from aggregator.domain.wording import N_

NOT_STATED = N_("not stated")
FEWEST_ROWS = 2  # attributes that make a table
FEWEST_SPECIFIED = 1  # attributes that are stated


class CellState(StrEnum):
    """What the sources say of an attribute: one thing, nothing, or different things."""

    STATED = "stated"
    NOT_STATED = "not_stated"
    DISPUTED = "disputed"


@frozen
class Cell:
    """The value of one attribute of one product. `is_old`: it was stated long before the story.

    `later` is another value, stated after the story and the newest of all; None where there is
    none.
    """

    state: CellState
    facts: tuple[AttributeFact, ...] = ()
    is_old: bool = False
    later: AttributeFact | None = None

    @property
    def as_of(self) -> date | None:
        """The day on which its value was stated, the latest of several; None where nothing is."""
        return max((fact.as_of for fact in self.facts), default=None)

    @property
    def shown(self) -> tuple[AttributeFact, ...]:
        """What it states, then what was stated later."""
        return (*self.facts, self.later) if self.later else self.facts


@frozen
class ComparisonRow:
    """One attribute of all compared products, in their order."""

    attribute: Attribute
    qualifier: str
    cells: tuple[Cell, ...]


@frozen
class Comparison:
    """A table of at least two products and two attributes."""

    products: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]

    def with_rows(self, rows: tuple[ComparisonRow, ...]) -> Comparison | None:
        """The table of these rows alone and of whom they state anything; None where too little is
        left to compare.
        """
        columns = [
            at for at in range(len(self.products)) if any(row.cells[at].facts for row in rows)
        ]
        is_shared = any(sum(bool(cell.facts) for cell in row.cells) > 1 for row in rows)
        if len(rows) < FEWEST_ROWS or not is_shared:
            return None
        return Comparison(
            products=tuple(self.products[at] for at in columns),
            rows=tuple(replace(row, cells=tuple(row.cells[at] for at in columns)) for row in rows),
        )


@frozen
class SpecificationRow:
    """One attribute of the product that a story is about, stated or not."""

    attribute: Attribute
    qualifier: str
    cell: Cell


@frozen
class Specification:
    """What is stated of the product that a story is about, the gaps among it."""

    product: str
    rows: tuple[SpecificationRow, ...]

    def with_rows(self, rows: tuple[SpecificationRow, ...]) -> Specification | None:
        """The specification of these rows alone; None where they state too little to be one."""
        is_enough = sum(bool(row.cell.facts) for row in rows) >= FEWEST_SPECIFIED
        return replace(self, rows=rows) if is_enough else None


@frozen
class SectionReason:
    """Why a story has a section, or has not."""

    section: str
    given: bool
    because: str


NO_ATTRIBUTES = "its articles state no attribute of a product or company"
WITHOUT = tuple(
    SectionReason(section=key, given=False, because=NO_ATTRIBUTES)
    for key in ("comparison", "technical")
)


@frozen
class Insight:
    """What attribute facts make of a story; one whose articles state nothing has no insight of its
    own.
    """

    comparison: Comparison | None = None
    specification: Specification | None = None
    reasons: tuple[SectionReason, ...] = WITHOUT

    def unrepeated(self) -> Insight:
        """The insight with a specification that leaves out what the comparison shows of the same
        product.
        """
        table, listed = self.comparison, self.specification
        if table is None or listed is None or listed.product not in table.products:
            return self
        at = table.products.index(listed.product)
        compared = {(row.attribute, row.qualifier): row.cells[at] for row in table.rows}
        rows = (
            row for row in listed.rows if compared.get((row.attribute, row.qualifier)) != row.cell
        )
        return replace(self, specification=listed.with_rows(tuple(rows)))

    def cells(self) -> Iterator[Cell]:
        """Every cell that is shown, in the order of the page."""
        if self.comparison:
            yield from (cell for row in self.comparison.rows for cell in row.cells)
        if self.specification:
            yield from (row.cell for row in self.specification.rows)

    def claims(self) -> Iterator[Claim]:
        """A claim for each fact that is shown, and one for each cell of which nothing is stated."""
        for cell in self.cells():
            yield from (fact.claim for fact in cell.shown)
            if not cell.facts:
                yield Claim(text=NOT_STATED, kind=ClaimKind.ABSENT, citations=())

    def facts(self) -> Iterator[AttributeFact]:
        """Every fact that is shown, in the order of the page."""
        return (fact for cell in self.cells() for fact in cell.shown)
