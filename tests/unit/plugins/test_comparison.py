"""Sections from attribute facts: who is compared, what a cell says, and what a story does not
get.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from aggregator.domain.fact import Attribute, AttributeFact, SubjectKind
from aggregator.domain.insight import Cell, Comparison
from aggregator.plugins.attributes.comparison import ComparisonInput, insight

DAY = date(2026, 7, 4)


def fact(
    subject: str,
    attribute: Attribute,
    value: str,
    *,
    article: str = "own",
    days: int = 0,
    qualifier: str = "",
    kind: SubjectKind = SubjectKind.MODEL,
) -> AttributeFact:
    """A fact that an article states `days` after the day of the story; its words are its value."""
    return AttributeFact(
        subject=subject,
        name=subject.upper(),
        kind=kind,
        attribute=attribute,
        qualifier=qualifier,
        value=value,
        text=value,
        as_of=DAY + timedelta(days=days),
        passage=f"{article}.1.{len(value)}",
        quote=f"{subject} {value}",
    )


def known(
    *own: AttributeFact,
    archive: tuple[AttributeFact, ...] = (),
    named: str = "",
    headlined: str = "",
    title: str = "",
    spoken_of: frozenset[Attribute] = frozenset(),
) -> ComparisonInput:
    """What is known for a story of 4 July 2026; each article is a publisher of its own."""
    families = {stated.article_id: stated.article_id for stated in (*own, *archive)}
    return ComparisonInput(
        own=own,
        archive=archive,
        families=families,
        named=named.split(),
        headlined=headlined.split(),
        updated=DAY,
        titles=[title],
        spoken_of=spoken_of,
    )


def table(insights: Comparison | None) -> dict[str, list[str]]:
    """The rows of a table, each cell as its state or its words."""
    rows = insights.rows if insights else ()
    return {
        f"{row.attribute} {row.qualifier}".strip(): [_cell(cell) for cell in row.cells]
        for row in rows
    }


def _cell(cell: Cell) -> str:
    words = " / ".join(stated.text for stated in cell.facts) or cell.state
    return (
        words
        + (" (old)" if cell.is_old else "")
        + (f" (later {cell.later.text})" if cell.later else "")
    )


PRICE, CONTEXT, RELEASED = Attribute.PRICE, Attribute.CONTEXT, Attribute.RELEASED


def test_two_products_and_two_attributes_make_a_table_with_its_gaps() -> None:
    insights = insight(
        known(fact("a", PRICE, "$3"), fact("b", PRICE, "$4"), fact("a", CONTEXT, "128000"))
    ).comparison

    assert table(insights) == {"context": ["128000", "not_stated"], "price": ["$3", "$4"]}
    assert [insights.products if insights else None] == [("A", "B")]


@pytest.mark.parametrize(
    ("own", "why"),
    [
        pytest.param([], "its articles state no attribute of a product or company", id="nothing"),
        pytest.param(
            [fact("a", PRICE, "$3"), fact("a", CONTEXT, "1")],
            "no two comparable products have a stated attribute",
            id="one product",
        ),
        pytest.param(
            [fact("a", PRICE, "$3"), fact("b", PRICE, "$4")],
            "only one attribute is stated for 2 products",
            id="one attribute",
        ),
        pytest.param(
            [fact("a", PRICE, "$3"), fact("b", CONTEXT, "1")],
            "no attribute is stated for two of 2 products",
            id="nothing shared",
        ),
        pytest.param(
            [
                fact("a", PRICE, "$3"),
                fact("b", PRICE, "$4", kind=SubjectKind.COMPANY),
                fact("a", CONTEXT, "1"),
            ],
            "no two comparable products have a stated attribute",
            id="a model and a company",
        ),
    ],
)
def test_a_story_without_a_table_says_why(own: list[AttributeFact], why: str) -> None:
    insights = insight(known(*own))

    assert (insights.comparison, insights.reasons[0].given, insights.reasons[0].because) == (
        None,
        False,
        why,
    )


def test_the_archive_fills_the_cells_of_who_is_named() -> None:
    archive = (
        fact("b", PRICE, "$4", article="old", days=-30),
        fact("a", CONTEXT, "1", article="old", days=-30),
    )
    insights = insight(known(fact("a", PRICE, "$3"), archive=archive, named="b")).comparison

    assert table(insights) == {"context": ["1", "not_stated"], "price": ["$3", "$4"]}


def test_the_archive_compares_nobody_who_is_not_named() -> None:
    archive = (
        fact("b", PRICE, "$4", article="old", days=-30),
        fact("a", CONTEXT, "1", article="old", days=-30),
    )

    assert insight(known(fact("a", PRICE, "$3"), archive=archive)).comparison is None


@pytest.mark.parametrize(
    ("other", "cell"),
    [
        pytest.param(
            fact("a", PRICE, "$4", article="b"), "$3 / $4", id="another publisher at the same time"
        ),
        pytest.param(fact("a", PRICE, "$4", article="b", days=-90), "$3", id="an earlier price"),
        pytest.param(fact("a", PRICE, "$3.00", article="b"), "$3", id="the same"),
        pytest.param(
            fact("a", PRICE, "$4", article="b", days=9), "$3 (later $4)", id="a later price"
        ),
        pytest.param(fact("a", PRICE, "$3", article="b", days=9), "$3", id="said again later"),
        pytest.param(fact("a", PRICE, "€3", article="b"), "$3 / €3", id="another currency"),
    ],
)
def test_a_cell_tells_what_differs_and_what_was_said_later(other: AttributeFact, cell: str) -> None:
    archive = (fact("b", PRICE, "$9", article="c"), fact("b", CONTEXT, "1", article="c"), other)

    assert table(insight(known(fact("a", PRICE, "$3"), archive=archive, named="b")).comparison)[
        "price"
    ] == [cell, "$9"]


def test_what_a_newer_report_says_was_so_before_is_no_dispute() -> None:
    now = replace(fact("a", PRICE, "$3"), quote="A costs $3, down from $5")
    before = fact("a", PRICE, "$5", article="other", days=-6)
    told = (now, before, fact("b", PRICE, "$1"), fact("b", CONTEXT, "1"))

    assert table(insight(known(*told)).comparison)["price"] == ["$3", "$1"]
    plain = replace(now, quote="A costs $3")
    assert table(insight(known(plain, *told[1:])).comparison)["price"] == ["$3 / $5", "$1"]


def test_a_day_of_release_agrees_with_its_month_and_with_no_other() -> None:
    archive = (
        fact("a", RELEASED, "2025-02", article="x", days=-300),
        fact("a", RELEASED, "2024", article="y"),
        fact("b", RELEASED, "2025", article="x"),
        fact("b", PRICE, "$1", article="x", days=-200),
    )
    insights = insight(
        known(fact("a", RELEASED, "2025-02-24"), archive=archive, named="b")
    ).comparison

    assert table(insights) == {
        "released": ["2025-02-24 / 2024", "2025"],
        "price": ["not_stated", "$1 (old)"],
    }


def test_a_rounded_number_is_the_same_number() -> None:
    parameters = Attribute.PARAMETERS
    archive = (
        fact("a", parameters, "47000000000", article="x"),
        fact("b", parameters, "7000000000", article="x"),
        fact("b", CONTEXT, "1", article="x"),
    )
    insights = insight(
        known(fact("a", parameters, "46700000000"), archive=archive, named="b")
    ).comparison

    assert table(insights)["parameters"] == ["46700000000", "7000000000"]


def test_a_specification_names_its_gaps() -> None:
    insights = insight(
        known(fact("a", CONTEXT, "128000"), fact("a", RELEASED, "2026-07-04"), headlined="a")
    ).specification

    assert [
        (row.attribute.value, _cell(row.cell)) for row in (insights.rows if insights else ())
    ] == [
        ("released", "2026-07-04"),
        ("weights", "not_stated"),
        ("licence", "not_stated"),
        ("parameters", "not_stated"),
        ("context", "128000"),
        ("price", "not_stated"),
    ]


@pytest.mark.parametrize(
    ("own", "headlined"),
    [
        pytest.param(
            [fact("a", CONTEXT, "1"), fact("a", RELEASED, "2026")], "", id="no headline names it"
        ),
        pytest.param([fact("a", RELEASED, "2026")], "a", id="only a day"),
        pytest.param(
            [fact("a", PRICE, "$1", kind=SubjectKind.PRODUCT)], "a", id="one attribute of a service"
        ),
        pytest.param(
            [fact("a", Attribute.USERS, "1"), fact("a", Attribute.REVENUE, "2")],
            "a",
            id="business alone",
        ),
        pytest.param(
            [
                fact("a", PRICE, "$1", kind=SubjectKind.COMPANY),
                fact("a", CONTEXT, "1", kind=SubjectKind.COMPANY),
            ],
            "a",
            id="a company",
        ),
    ],
)
def test_no_specification_is_given_of_what_the_story_is_not_about(
    own: list[AttributeFact], headlined: str
) -> None:
    assert insight(known(*own, headlined=headlined)).specification is None


@pytest.mark.parametrize(
    ("other", "article"),
    [
        pytest.param("skua-2", "y", id="an older version of an archive"),
        pytest.param("skua3", "own", id="the same under another name"),
        pytest.param("skua-3-vision", "y", id="a variant of it"),
    ],
)
def test_a_product_is_not_compared_with_its_own_line(other: str, article: str) -> None:
    own = (fact("skua-3", PRICE, "$3"), fact("skua-3", CONTEXT, "9"))
    beside = (fact(other, PRICE, "$4", article=article), fact(other, CONTEXT, "7", article=article))

    assert insight(known(*own, archive=beside, named=other)).comparison is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("skua-3", "petrel-3", id="words of its own"),
        pytest.param("skua-3", "r1", id="no word in the name of the second"),
        pytest.param("r1", "skua-3", id="no word in the name of the first"),
        pytest.param("r1", "v3", id="no word in either"),
    ],
)
def test_products_of_different_lines_are_compared_though_no_passage_states_both(
    one: str, other: str
) -> None:
    own = (fact(one, PRICE, "$3"), fact(one, CONTEXT, "9"))
    beside = (
        fact(other, PRICE, "$4", article="y"),
        fact(other, CONTEXT, "7", article="y"),
    )
    compared = insight(known(*own, archive=beside, named=other)).comparison

    assert table(compared) == {"context": ["9", "7"], "price": ["$3", "$4"]}


def test_neither_the_size_in_a_name_nor_the_price_of_open_weights_is_a_gap() -> None:
    own = fact("skua-3-4b", Attribute.LICENCE, "Apache 2.0")
    specified = insight(known(own, title="Northwind opens Skua-3")).specification

    assert [(row.attribute, row.cell.state) for row in (specified.rows if specified else ())] == [
        (Attribute.WEIGHTS, "not_stated"),
        (Attribute.LICENCE, "stated"),
        (CONTEXT, "not_stated"),
    ]


def test_versions_that_a_passage_sets_side_by_side_are_compared() -> None:
    own = (
        *(fact("skua-3-4b", PRICE, "$3"), fact("skua-3-4b", CONTEXT, "9")),
        *(fact("skua-3-9b", PRICE, "$4"), fact("skua-3-9b", CONTEXT, "7")),
    )

    assert table(insight(known(*own)).comparison) == {"context": ["9", "7"], "price": ["$3", "$4"]}


def test_one_attribute_of_a_model_that_a_headline_names_by_its_size_specifies_it() -> None:
    own = fact("skua-3-4b", Attribute.PARAMETERS, "4000000000")
    told = known(own, title="Northwind opens Skua-3", spoken_of=frozenset({Attribute.LICENCE}))
    specified = insight(told).specification

    assert [(row.attribute, row.cell.state) for row in (specified.rows if specified else ())] == [
        (Attribute.WEIGHTS, "not_stated"),
        (Attribute.PARAMETERS, "stated"),
        (CONTEXT, "not_stated"),
        (PRICE, "not_stated"),
    ]
