"""Attributes that a model noted: kept where the cited sentence states the value beside its owner,
mapped to the closed list, and refused everywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from aggregator.cluster.entities import gazetteer, mentions_in, tokens_of
from aggregator.config.registry_file import load_registry
from aggregator.domain.claim import Citation
from aggregator.domain.fact import Fact, FactKind
from aggregator.domain.story import Mention
from aggregator.plugins.attributes.noted import noted_attributes
from aggregator.resources import DEFAULT_REGISTRY
from tests.unit.story.makers import reported

INDEX = gazetteer(load_registry(DEFAULT_REGISTRY))
TITLE = "Northwind opens Skua 2"


def found(sentence: str, product: str, attribute: str, value: str) -> list[str]:
    """What is made of one noted attribute of an article, as `name: attribute qualifier = text`."""
    member = reported(TITLE, sentence)
    around = frozenset(tokens_of(f"{TITLE} {sentence}").folded)

    def mentions(text: str) -> Sequence[Mention]:
        return mentions_in(text, INDEX, around)

    passage = member.article.passages[1]
    fact = Fact(
        kind=FactKind.ATTRIBUTE,
        text=sentence,
        citations=(Citation(passage=passage.key, quote=sentence),),
        product=product,
        attribute=attribute,
        value=value,
    )
    return [
        f"{each.name}: {each.attribute} {each.qualifier} = {each.text} ({each.value})"
        for each in noted_attributes(member, [fact], mentions, 25)
    ]


@pytest.mark.parametrize(
    ("sentence", "named", "expected"),
    [
        pytest.param(
            "Skua 2 has 12 billion parameters and a context window of 128,000 tokens.",
            ("Skua 2", "number of parameters", "12B"),
            "Skua 2: parameters  = 12 billion parameters (12000000000)",
            id="an amount in other words",
        ),
        pytest.param(
            "The company released it under the Northwind Community Licence.",
            ("the Skua 2 model", "license", "Northwind Community Licence"),
            "Skua 2: licence  = Northwind Community Licence (northwind-community)",
            id="of whom the headline is, where nobody is named",
        ),
        pytest.param(
            "Skua 2 costs $1.50 per million input tokens.",
            ("Skua 2", "input price", "$1.50 per million input tokens"),
            "Skua 2: price million tokens input = $1.50 per million input tokens ($1.5)",
            id="a price with its unit",
        ),
        pytest.param(
            "On SWE-bench Verified, Skua 2 solves 61.5 percent of the tasks.",
            ("Skua 2", "SWE-bench Verified score", "61.5"),
            "Skua 2: benchmark SWE-bench Verified = 61.5 (61.5)",
            id="a score on a benchmark of that name",
        ),
    ],
)
def test_a_noted_value_is_shown_as_its_sentence_words_it(
    sentence: str, named: tuple[str, str, str], expected: str
) -> None:
    assert found(sentence, *named) == [expected]


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        pytest.param(
            "Skua 2 has 12 billion parameters.",
            ("Skua 2", "parameters", "14B"),
            id="another value",
        ),
        pytest.param(
            "Skua 2 has a context window of 128,000 tokens.",
            ("Skua 2", "parameters", "128,000"),
            id="a value of another attribute",
        ),
        pytest.param(
            "Skua 2 is larger than Tern 1, which has 7 billion parameters.",
            ("Skua 2", "parameters", "7 billion"),
            id="a value of somebody it is compared with",
        ),
        pytest.param(
            "Skua 2 has 12 billion parameters, compared with 7 billion parameters of Claude Opus"
            " 4.5.",
            ("Claude Opus 4.5", "parameters", "12 billion"),
            id="the value of the one that is nearer",
        ),
        pytest.param(
            "GPT-5.2 has a context window of 400,000 tokens.",
            ("Skua 2", "context window", "400,000 tokens"),
            id="a sentence on somebody else",
        ),
        pytest.param(
            "Skua 2 could have 12 billion parameters.",
            ("Skua 2", "parameters", "12 billion"),
            id="a guess",
        ),
        pytest.param(
            "Skua 2 costs $30.", ("Skua 2", "price", "$30"), id="a price of nobody knows what"
        ),
        pytest.param(
            "Skua 2 has a T for Teen rating.",
            ("Skua 2", "age group", "T for Teen"),
            id="no attribute of the closed list",
        ),
        pytest.param(
            "Skua 20 has 12 billion parameters.",
            ("Skua 2", "parameters", "12 billion"),
            id="the head of a longer name",
        ),
    ],
)
def test_a_noted_value_that_is_not_plain_makes_no_cell(
    sentence: str, named: tuple[str, str, str]
) -> None:
    assert found(sentence, *named) == []


def test_of_sentences_with_the_same_figure_the_one_is_cited_that_the_fact_is_of() -> None:
    other = "Skua 2 costs $5 per million input tokens in Europe."
    meant = "In hospitals of Norway Skua 2 costs $5 per million input tokens."
    fact = "Skua 2 costs hospitals of Norway $5 per million input tokens."
    member = reported(TITLE, f"{other} {meant}")
    passage = member.article.passages[1]
    noted = Fact(
        kind=FactKind.ATTRIBUTE,
        text=fact,
        citations=(Citation(passage=passage.key, quote=other),),
        product="Skua 2",
        attribute="price",
        value="$5 per million input tokens",
    )
    around = frozenset(tokens_of(f"{TITLE} {passage.text}").folded)

    (made,) = noted_attributes(member, [noted], lambda text: mentions_in(text, INDEX, around), 25)

    assert made.claim.citations[0].quote == meant
