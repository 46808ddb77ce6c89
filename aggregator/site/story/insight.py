"""The sections of a story's page that rest on attributes: a comparison as a table, a specification
as a list.
"""

from __future__ import annotations

import re
from dataclasses import replace

from aggregator.domain.claim import Claim, ClaimKind
from aggregator.domain.fact import Attribute, AttributeFact
from aggregator.domain.frozen import frozen
from aggregator.domain.insight import NOT_STATED, Cell, CellState, Comparison, Specification
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.domain.wording import N_
from aggregator.site.story.cited import Citations
from aggregator.templating.translation import Translations

ATTRIBUTE_NAMES: dict[Attribute, str] = {
    Attribute.RELEASED: N_("Released"),
    Attribute.WEIGHTS: N_("Weights"),
    Attribute.LICENCE: N_("Licence"),
    Attribute.PARAMETERS: N_("Parameters"),
    Attribute.ACTIVE_PARAMETERS: N_("Active parameters"),
    Attribute.CONTEXT: N_("Context window"),
    Attribute.TRAINING_TOKENS: N_("Training data"),
    Attribute.BASE_MODEL: N_("Base model"),
    Attribute.LANGUAGES: N_("Languages"),
    Attribute.BENCHMARK: N_("Score"),
    Attribute.SPEED: N_("Speed"),
    Attribute.MEMORY: N_("Memory"),
    Attribute.PRICE: N_("Price"),
    Attribute.DEPLOYMENT: N_("Deployment"),
    Attribute.CUSTOMER_DATA: N_("Training on customers’ data"),
    Attribute.USERS: N_("Users"),
    Attribute.REVENUE: N_("Revenue"),
    Attribute.VALUATION: N_("Valuation"),
}


# What a price or a number of users is for; benchmarks are called as they are.
_QUALIFIER_NAMES: dict[str, str] = {
    "million tokens": N_("per million tokens"),
    "million tokens input": N_("per million input tokens"),
    "million tokens output": N_("per million output tokens"),
    "million tokens cached input": N_("per million cached input tokens"),
    "million tokens input/output": N_("per million tokens, input/output"),
    "month": N_("per month"),
    "user month": N_("per user and month"),
    "seat month": N_("per seat and month"),
    "person month": N_("per person and month"),
    "developer month": N_("per developer and month"),
    "year": N_("per year"),
    "hour": N_("per hour"),
    "minute": N_("per minute"),
    "second": N_("per second"),
    "image": N_("per image"),
    "daily": N_("daily"),
    "weekly": N_("weekly"),
    "monthly": N_("monthly"),
}


@frozen
class PageCell:
    """A cell of a table. `as_of` is an ISO date and `day` the same in words, empty where nothing
    is stated; `marks` are cautions. `later` is another value that was stated after the story.
    """

    state: CellState
    claims: tuple[PrintedClaim, ...]
    as_of: str
    day: str
    marks: tuple[str, ...]
    later: PageCell | None = None


@frozen
class PageAttribute:
    """A row: the attribute with its displayed name, and a cell for each product."""

    attribute: Attribute
    qualifier: str
    name: str
    cells: tuple[PageCell, ...]

    def value(self, claim: PrintedClaim) -> str:
        """The claim as a value of this row."""
        return value_beside(self.name, claim.shown)

    @property
    def is_stated(self) -> bool:
        """Whether a source states it of any product."""
        return any(cell.state is not CellState.NOT_STATED for cell in self.cells)

    @property
    def cell(self) -> PageCell:
        """The only cell of a specification's row."""
        return self.cells[0]


@frozen
class PageChange:
    """A value of a table that a report after the story changed: of which product and what, what it
    is since, and on which day that was stated. `place` is the id of the heading of its table.
    """

    product: str
    name: str
    value: str
    as_of: str
    day: str
    place: str


@frozen
class PageTable:
    """A table of products side by side; a specification has one."""

    products: tuple[str, ...]
    rows: tuple[PageAttribute, ...]

    def changes(self, place: str) -> tuple[PageChange, ...]:
        """The values that later reports changed, of the table below the heading with that id."""
        return tuple(
            PageChange(
                product=product,
                name=row.name,
                value=row.value(cell.later.claims[0]),
                as_of=cell.later.as_of,
                day=cell.later.day,
                place=place,
            )
            for row in self.rows
            for product, cell in zip(self.products, row.cells, strict=True)
            if cell.later
        )

    @property
    def not_stated(self) -> tuple[str, ...]:
        """The names of the attributes that no source states."""
        return tuple(row.name for row in self.rows if not row.is_stated)


def page_comparison(comparison: Comparison, cited: Citations, words: Translations) -> PageTable:
    """The comparison with its citations numbered."""
    rows = (_row(row.attribute, row.qualifier, row.cells, cited, words) for row in comparison.rows)
    return PageTable(products=comparison.products, rows=tuple(rows))


def page_specification(
    specification: Specification, cited: Citations, words: Translations
) -> PageTable:
    """The specification with its citations numbered."""
    rows = (
        _row(row.attribute, row.qualifier, (row.cell,), cited, words) for row in specification.rows
    )
    return PageTable(products=(specification.product,), rows=tuple(rows))


def attribute_name(
    attribute: Attribute, qualifier: str, words: Translations, value: str = ""
) -> str:
    """What an attribute is called: "Price, per million tokens", without what its value says."""
    english = _QUALIFIER_NAMES.get(qualifier, qualifier)
    of = words(english) if qualifier in _QUALIFIER_NAMES else qualifier
    name = words(ATTRIBUTE_NAMES[attribute])
    return name if not of or english in value else f"{name}, {of}"


def value_beside(name: str, value: str) -> str:
    """A value as it stands beside the name of its attribute, without a unit that the name has
    already, in whichever number: "96 billion" and "7B" of the parameters. What more than one hyphen
    joins stays whole ("22-billion-parameter").
    """
    for unit in (name, name.rpartition(", ")[2]):
        named = rf"{re.escape(unit.removesuffix('s'))}s?"
        found = re.fullmatch(rf"(?i)(?:(.*\d.*?)(?<!-)\s*|([^-]*\d[^-]*)-){named}", value)
        if found:
            return found[1] or found[2]
    return value


def _row(
    attribute: Attribute,
    qualifier: str,
    cells: tuple[Cell, ...],
    cited: Citations,
    words: Translations,
) -> PageAttribute:
    return PageAttribute(
        attribute=attribute,
        qualifier=qualifier,
        name=attribute_name(attribute, qualifier, words),
        cells=tuple(_cell(cell, cited, words) for cell in cells),
    )


def _cell(cell: Cell, cited: Citations, words: Translations) -> PageCell:
    absent = Claim(text=NOT_STATED, kind=ClaimKind.ABSENT, citations=())
    return PageCell(
        state=cell.state,
        claims=cited.claims(tuple(fact.claim for fact in cell.facts)) or cited.claims((absent,)),
        as_of=cell.as_of.isoformat() if cell.as_of else "",
        day=words.day(cell.as_of) if cell.as_of else "",
        marks=tuple(_marks(cell, words)),
        later=_later(cell.later, cited, words) if cell.later else None,
    )


def _later(fact: AttributeFact, cited: Citations, words: Translations) -> PageCell:
    plain = _cell(Cell(state=CellState.STATED, facts=(fact,)), cited, words)
    return replace(plain, marks=(words("later report"),))


def _marks(cell: Cell, words: Translations) -> list[str]:
    """The cautions of a cell."""
    marks = [words("sources differ")] if cell.state is CellState.DISPUTED else []
    if cell.is_old and cell.as_of and not cell.later:
        marks.append(words("as of %(day)s", day=words.day(cell.as_of)))
    return marks
