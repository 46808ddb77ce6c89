"""The rows and questions that facts are by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregator.domain.claim import Citation, Claim, ClaimKind, TimelineRow
from aggregator.domain.dates import Precision
from aggregator.domain.fact import Fact, FactKind
from aggregator.english.text import words
from aggregator.story.page.noted import (
    noted_rows,
    noted_sentences,
    noted_unknowns,
    told_by,
    with_rows,
)
from aggregator.story.page.reply import Sources
from tests.unit.story import notes

_CITED = (Citation(passage=notes.DAILY.article.passages[1].key, quote="its second model"),)
MAY = date(2026, 5, 2)


def fact(text: str, kind: FactKind = FactKind.EVENT, **more: object) -> Fact:
    """A fact of the daily's article, of 2 May unless said otherwise."""
    dated = {"day": MAY, "precision": Precision.DAY} | more
    return Fact(kind=kind, text=text, citations=_CITED, **dated)  # type: ignore[arg-type]


def noted(*facts: Fact) -> tuple[list[str], list[str]]:
    """The rows as `day text`, then what is not known, that these facts are."""
    sources = Sources(facts=facts, sentences={}, quote_words=25)
    made = noted_sentences(sources, notes.material())
    rows = noted_rows(made, date(2026, 7, 4))
    shown = [
        f"{row.day}{' (planned)' if row.planned else ''} {row.claim.text} {row.claim.kind}"
        for row in rows
    ]
    return shown, [each.text for each in noted_unknowns(made)]


def test_a_dated_event_or_plan_is_a_row_and_what_is_not_known_a_question() -> None:
    opened, planned = fact("Northwind opened."), fact("It closes.", FactKind.PLAN)
    later = replace(planned, day=date(2026, 9, 1))
    open_one = fact("The price is not known.", FactKind.UNKNOWN, day=None)

    assert noted(opened, later, open_one) == (
        ["2026-05-02 Northwind opened. written", "2026-09-01 (planned) It closes. written"],
        ["The price is not known."],
    )


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(fact("Northwind has 12 shops.", FactKind.FIGURE), id="a statistic"),
        pytest.param(fact("Of adults, 40% had a shop.", FactKind.CONTEXT), id="in the background"),
        pytest.param(fact("The shop has 3 doors.", FactKind.ATTRIBUTE), id="an attribute"),
        pytest.param(fact("Northwind opened.", day=None), id="no day"),
        pytest.param(fact("Northwind opened.", precision=Precision.YEAR), id="a bare year"),
    ],
)
def test_any_other_fact_is_no_row(other: Fact) -> None:
    assert noted(other) == ([], [])


@pytest.mark.parametrize("kind", [FactKind.FIGURE, FactKind.CONTEXT, FactKind.EFFECT])
def test_a_step_is_a_row_whatever_kind_of_fact_it_was_noted_as(kind: FactKind) -> None:
    assert noted(fact("Northwind raised $50 million.", kind)) == (
        ["2026-05-02 Northwind raised $50 million. written"],
        [],
    )


def test_the_row_of_the_event_has_the_headline_that_was_written() -> None:
    event, other = row("Northwind news: a shop", event=True), row("Halden opened a port")
    own = Citation(passage=notes.DAILY.article.passages[0].key, quote="Northwind opens")
    found = replace(event.claim, text="Northwind opens a shop", citations=(own,))

    assert told_by(found, [event, other]) == (event, other)  # a source's headline
    written = replace(found, kind=ClaimKind.WRITTEN)
    dated = replace(written, citations=(own, *_CITED))
    assert told_by(written, [event, other]) == (replace(event, claim=dated), other)


def test_what_an_archive_states_is_neither_row_nor_question() -> None:
    earlier = replace(notes.material(), earlier=frozenset({notes.DAILY.article.id}))
    sources = Sources(facts=(fact("Northwind opened."),), sentences={}, quote_words=25)

    assert noted_sentences(sources, earlier) == []


def test_a_copy_of_a_sentence_that_may_not_be_quoted_is_neither_row_nor_question() -> None:
    sources = Sources(
        facts=(fact("Northwind opened."),),
        sentences={words("Northwind opened."): None},
        quote_words=25,
    )

    assert noted_sentences(sources, notes.material()) == []


def row(text: str, day: date = MAY, *, event: bool = False) -> TimelineRow:
    """A row of a day."""
    claim = Claim(text=text, kind=ClaimKind.EXTRACTED, citations=_CITED)
    return TimelineRow(
        day=day, precision=Precision.DAY, planned=False, this_event=event, claim=claim
    )


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(True, ["Northwind opened a shop"], id="the event of the story stays"),
        pytest.param(False, ["A shop was opened by Northwind"], id="any other gives way"),
    ],
)
def test_a_fact_that_says_what_a_row_says_stands_once(event: bool, expected: list[str]) -> None:
    by_rules = row("Northwind opened a shop", event=event)
    rows = with_rows([by_rules], [row("A shop was opened by Northwind")])

    assert [each.claim.text for each in rows] == expected


@pytest.mark.parametrize(
    ("event", "number"),
    [
        pytest.param(True, 1, id="the event's own day"),
        pytest.param(False, 2, id="a day on which something else was"),
    ],
)
def test_a_fact_that_tells_the_event_in_other_words_is_no_second_row_of_its_day(
    event: bool, number: int
) -> None:
    by_rules = row("Northwind opens a shop for poets in Bergen", event=event)
    rows = with_rows([by_rules], [row("The Bergen branch of Northwind starts its sales today")])

    assert len(rows) == number


def test_rows_on_other_matters_stand_beside_each_other_oldest_first() -> None:
    later, earlier = row("Halden opened a port"), row("Northwind moved house", date(2025, 1, 1))

    assert with_rows([later], [earlier]) == (earlier, later)
