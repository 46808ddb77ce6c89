"""The second extractor: sentences of the articles as facts, each with what its words show."""

from __future__ import annotations

import pytest

from aggregator.domain.fact import FactKind
from aggregator.story.facts import facts_by_rules
from tests.unit.story import notes
from tests.unit.story.makers import reported


def test_every_sentence_that_can_stand_alone_is_a_fact_in_its_own_words() -> None:
    facts = facts_by_rules(notes.STORY.members, 25)
    texts = {
        each.key: each.text for member in notes.STORY.members for each in member.article.passages
    }

    assert len(facts) == 8
    assert all(each.text == texts[each.citations[0].passage] for each in facts)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Northwind plans to publish the training code on 1 September 2026.", FactKind.PLAN),
        (
            "The licence means that developers in small companies need no contract, which lowers"
            " their costs.",
            FactKind.EFFECT,
        ),
        (
            "“Hospitals in Norway asked for the second model”, Ada Holt of Northwind said.",
            FactKind.QUOTE,
        ),
        ("Northwind released the weights of its second model.", FactKind.EVENT),
    ],
)
def test_the_words_of_a_sentence_show_its_kind(sentence: str, kind: FactKind) -> None:
    (fact,) = facts_by_rules([reported("Northwind opens a second model", sentence)], 25)

    assert fact.kind is kind


def test_further_down_a_sentence_with_a_figure_is_a_figure_and_one_without_is_context() -> None:
    lead = tuple(f"Northwind told reporter {name} about its model." for name in ("A", "B", "C"))
    figure = "The second model of Northwind has 12 billion parameters."
    context = "Halden of Bergen sells access to a larger model."
    facts = facts_by_rules([reported("Northwind opens a model", *lead, figure, context)], 25)

    assert [(each.text, each.kind) for each in facts[-2:]] == [
        (figure, FactKind.FIGURE),
        (context, FactKind.CONTEXT),
    ]
