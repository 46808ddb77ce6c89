"""From a model's answer to facts: what is whole, new and borne out by passages is kept."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from aggregator.domain.dates import Precision
from aggregator.domain.fact import FactKind
from aggregator.story.answers import Unusable
from aggregator.story.facts import noted
from tests.unit.story import notes


def one(entry: dict[str, Any] | str, where: str = "facts") -> Any:
    """The fact of an answer with one entry."""
    (fact,) = notes.read({where: [entry]})
    return fact


def test_a_fact_has_its_kind_its_day_and_the_passages_it_rests_on() -> None:
    plan = notes.facts()[2]
    keys = {each.key: each.text for each in notes.DAILY.article.passages}

    assert (plan.kind, plan.text, plan.day, plan.precision) == (
        FactKind.PLAN,
        notes.PLAN,
        date(2026, 9, 1),
        Precision.DAY,
    )
    (citation,) = plan.citations
    assert citation.quote in keys[citation.passage]


def test_every_fact_of_a_good_answer_is_noted_once_and_in_its_order() -> None:
    made = notes.read(notes.NOTES)

    assert [each.text for each in made] == [
        *(notes.EVENT, notes.CUT, notes.PLAN),
        *(notes.SIZE, notes.FREED, notes.ASKED, notes.EARNED),
    ]


def test_an_answer_that_was_cut_keeps_the_facts_that_are_whole() -> None:
    text = json.dumps(notes.NOTES)
    made = notes.read(text[: text.index(notes.EARNED) + 20])

    assert [each.text for each in made] == [
        *(notes.EVENT, notes.CUT, notes.PLAN, notes.SIZE, notes.FREED, notes.ASKED)
    ]


def test_an_answer_that_goes_round_gives_each_fact_once() -> None:
    again = [notes.other(notes.SIZE, 3, kind="figure")] * 8
    made = notes.read({"facts": again})

    assert [each.text for each in made] == [notes.SIZE]


def test_facts_that_differ_in_a_figure_alone_are_two() -> None:
    texts = (
        "Halden earned 40 million dollars from its API in 2025.",
        "Halden earned 30 million dollars from its API in 2025.",
    )
    made = notes.read({"facts": [notes.other(each, 9) for each in texts]})

    assert [each.text for each in made] == list(texts)


@pytest.mark.parametrize(
    "given",
    [[3], [99, 3], [], [9], [9, 3]],
    ids=["right", "one that was never given", "none", "the wrong one", "one too many"],
)
def test_the_passages_of_a_fact_are_looked_up(given: list[int]) -> None:
    fact = one({"kind": "figure", "text": notes.SIZE, "passages": given})

    assert [each.passage for each in fact.citations] == [
        notes.material().evidence.numbered()[3].key
    ]


def test_passages_that_a_model_names_with_every_fact_are_left_out_where_they_carry_none() -> None:
    fact = one({"kind": "figure", "text": notes.SIZE, "passages": [1, 2, 3, 4]})
    keys = {number: each.key for number, each in notes.material().evidence.numbered().items()}

    assert [each.passage for each in fact.citations] == [keys[3]]


def test_the_line_above_a_report_is_no_fact() -> None:
    made = notes.read(
        {"facts": [notes.other("Northwind, 4 July 2026", 2), notes.other(notes.SIZE, 3)]}
    )

    assert [each.text for each in made] == [notes.SIZE]


def test_a_text_of_several_sentences_is_as_many_facts() -> None:
    made = notes.read({"facts": [notes.other(f"{notes.SIZE} {notes.FREED}", 3, 5)]})
    keys = {number: each.key for number, each in notes.material().evidence.numbered().items()}

    assert [(each.text, each.citations[0].passage) for each in made] == [
        (notes.SIZE, keys[3]),
        (notes.FREED, keys[5]),
    ]


def test_a_fact_that_no_passage_has_a_word_of_is_none() -> None:
    invented = notes.other("Osprey bought Kestrel for 9 billion euros.", 3)
    made = notes.read({"facts": [invented, notes.other(notes.SIZE, 3)]})

    assert [each.text for each in made] == [notes.SIZE]


@pytest.mark.parametrize(
    ("text", "given", "kind"),
    [
        (notes.PLAN, "event", FactKind.PLAN),
        (notes.EVENT, "plan", FactKind.EVENT),
        ("Hospitals in Norway asked for the second model.", "figure", FactKind.CONTEXT),
        (notes.SIZE, "figure", FactKind.FIGURE),
        (notes.SIZE, "no such kind", None),
    ],
    ids=["still to come", "done", "a figure without one", "a figure", "unknown"],
)
def test_a_kind_that_the_words_of_a_fact_belie_is_mended(
    text: str, given: str, kind: FactKind | None
) -> None:
    found = noted(
        notes.reply({"facts": [{"kind": given, "text": text, "passages": []}]}),
        (of := notes.material()).evidence,
        of.days,
        of.names,
        25,
    )

    assert (None if isinstance(found, Unusable) else found[0].kind) == kind


def test_an_attribute_has_a_product_and_a_value_else_it_is_context() -> None:
    entry = {"product": "second model", "attribute": "size", "value": "12 billion parameters"}
    whole = one({**entry, "passages": [3]}, "attributes")
    bare = one({**entry, "value": "", "text": notes.SIZE, "passages": [3]}, "attributes")

    assert [(each.kind, each.product, each.value) for each in (whole, bare)] == [
        (FactKind.ATTRIBUTE, "second model", "12 billion parameters"),
        (FactKind.CONTEXT, "second model", ""),
    ]


def test_an_attribute_rests_on_the_passages_it_names_that_name_its_product() -> None:
    entry = {"product": "Halden", "attribute": "size", "value": "70B", "passages": [3, 7]}
    keys = {number: each.key for number, each in notes.material().evidence.numbered().items()}

    assert [each.passage for each in one(entry, "attributes").citations] == [keys[7]]


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2026-07-04", date(2026, 7, 4)),
        ("2026-07", None),
        ("2026-07-03", None),
        ("soon", None),
    ],
)
def test_a_day_is_taken_from_a_model_only_where_a_passage_states_it(
    given: str, day: date | None
) -> None:
    entry = notes.event("Northwind released the weights of its second model.", 2, day=given)

    assert one(entry, "events").day == day


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        (f"figure: {notes.SIZE} [3]", FactKind.FIGURE, notes.SIZE),
        (f"Limit (2026-07-04): {notes.SIZE} [3][9].", FactKind.LIMIT, notes.SIZE),
        (f"{notes.SIZE[:-1]} [3, 9]", FactKind.CONTEXT, notes.SIZE),
        ("Northwind: the second model has 12 billion parameters.", FactKind.CONTEXT, None),
    ],
    ids=["as asked", "with other signs", "without a kind", "a colon of its own"],
)
def test_a_line_has_a_kind_before_its_colon_and_its_passages_at_its_end(
    line: str, kind: FactKind, text: str | None
) -> None:
    fact = one(line)

    assert (fact.kind, fact.text) == (kind, text or line)
    assert [each.passage for each in fact.citations] == [
        notes.material().evidence.numbered()[3].key
    ]


@pytest.mark.parametrize(
    "order",
    [
        "Write that Northwind released the weights of its second model.",
        "Did Northwind release the weights of its second model?",
    ],
)
def test_what_orders_or_asks_is_no_fact(order: str) -> None:
    made = notes.read({"facts": [notes.other(order, 2), notes.other(notes.SIZE, 3)]})

    assert [each.text for each in made] == [notes.SIZE]


def test_a_sentence_that_says_nothing_checkable_and_one_cut_by_the_schema_are_none() -> None:
    long = "Northwind released the weights of its second model " + "and the weights " * 17
    made = notes.read(
        {"facts": [notes.other(f"{notes.SIZE} It is large.", 3), notes.other(long[:300], 2)]}
    )

    assert [each.text for each in made] == [notes.SIZE]


def test_a_fact_may_begin_with_the_name_of_its_outlet() -> None:
    text = "Compute Ledger estimates that the second model has 12 billion parameters."
    entry = {"facts": [{"kind": "figure", "text": text, "passages": [3]}]}
    of = notes.material()

    found = [
        noted(notes.reply(entry), of.evidence, of.days, names, 25)
        for names in (of.names, {"a1": "Compute Ledger"})
    ]

    assert [isinstance(each, Unusable) for each in found] == [True, False]
