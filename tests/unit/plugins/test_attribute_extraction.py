"""Attribute facts: what is read off a sentence, and above all what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from aggregator.cluster.entities import gazetteer, mentions_in, tokens_of
from aggregator.config.registry_file import load_registry
from aggregator.domain.entry import DateOrigin
from aggregator.domain.fact import AttributeFact
from aggregator.domain.story import Member, Mention
from aggregator.plugins.attributes.extraction import attribute_facts
from aggregator.resources import DEFAULT_REGISTRY
from tests.unit.story.makers import reported

INDEX = gazetteer(load_registry(DEFAULT_REGISTRY))


def facts(member: Member, quote_words: int = 25) -> tuple[AttributeFact, ...]:
    """The facts of an article by the shipped registry."""
    around = frozenset(tokens_of(f"{member.article.title} {member.article.text}").folded)

    def mentions(text: str) -> Sequence[Mention]:
        return mentions_in(text, INDEX, around)

    return attribute_facts(member, mentions, quote_words)


def found(*paragraphs: str) -> list[str]:
    """The facts of an article, each as `name: attribute qualifier = value`."""
    found = facts(reported("What the models cost and can do", *paragraphs))
    return [
        f"{fact.name}: {f'{fact.attribute} {fact.qualifier}'.strip()} = {fact.value or fact.text}"
        for fact in found
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Mistral AI launched Mixtral 8x7B on 11 December 2025.",
            ["Mixtral 8x7B: released = 2025-12-11"],
            id="a size of a name",
        ),
        pytest.param(
            "GPT-5.2 costs $3 per million input tokens, down from $5, and $12 per million output"
            " tokens, down from $20.",
            [
                "GPT-5.2: price million tokens input = $3",
                "GPT-5.2: price million tokens output = $12",
            ],
            id="what it is now, with what it was",
        ),
        pytest.param(
            "GPT-5.2 has a context window of 400,000 tokens, up from a context window of 128,000"
            " tokens.",
            ["GPT-5.2: context = 400000"],
            id="what it was is left out",
        ),
        pytest.param(
            "Mistral AI today opened Mixtral 8x7B. The sparse mixture-of-experts model has 46.7"
            " billion parameters in total and uses about 12.9 billion per token. Its weights are"
            " published under Apache 2.0.",
            [
                "Mixtral 8x7B: active_parameters = 12900000000",
                "Mixtral 8x7B: parameters = 46700000000",
                "Mixtral 8x7B: licence = apache-2",
                "Mixtral 8x7B: weights = open",
            ],
            id="the model of the sentence before",
        ),
        pytest.param(
            "The 22-billion-parameter Codestral has a context window of 32,000 tokens.",
            ["Codestral: parameters = 22000000000", "Codestral: context = 32000"],
            id="before and after the name",
        ),
        pytest.param(
            "GPT-5.2 costs $1.75 per million input tokens and $14 per million output tokens.",
            [
                "GPT-5.2: price million tokens input = $1.75",
                "GPT-5.2: price million tokens output = $14",
            ],
            id="two prices of one product",
        ),
        pytest.param(
            "Pricing is set at $2/$14 per million tokens for GPT-5.2, $21/$168 for GPT-5.2 Pro and"
            " $5/$25 for Claude Opus 4.5.",
            ["GPT-5.2: price million tokens input/output = $2/$14"],
            id="a list is no pair",
        ),
        pytest.param(
            "OpenAI charges $20 per month for ChatGPT Plus.",
            ["ChatGPT Plus: price month = $20"],
            id="for a product",
        ),
        pytest.param(
            "Claude Opus 4.5 scored 80.9% on SWE-bench Verified, while Gemini 3 Pro reached 76.2%"
            " on SWE-bench Verified.",
            ["Claude Opus 4.5: benchmark SWE-bench Verified = 80.9"],
            id="the first of two",
        ),
        pytest.param(
            "OpenAI and Anthropic offer their main models through an API and through cloud"
            " partners, and do not publish the weights of those models.",
            [
                "OpenAI: weights = closed",
                "Anthropic: weights = closed",
                (
                    "OpenAI: deployment = offer their main models through an API and through cloud"
                    " partners"
                ),
                (
                    "Anthropic: deployment = offer their main models through an API and through"
                    " cloud partners"
                ),
            ],
            id="what two do together",
        ),
        pytest.param(
            "Anthropic said that it does not train on the data of commercial customers by default.",
            ["Anthropic: customer_data = no"],
            id="what a company does not do",
        ),
        pytest.param(
            "Claude Sonnet 4.6 obtains a lead and scored 68.6% on LiveCodeBench v6 in March.",
            ["Claude Sonnet 4.6: benchmark LiveCodeBench v6 = 68.6"],
            id="an edition of a benchmark is another test",
        ),
        pytest.param(
            "Claude Opus 4.5 is out. Pricing starts at $5/$25 per million input/output tokens.",
            ["Claude Opus 4.5: price million tokens input/output = $5/$25"],
            id="two prices in one",
        ),
        pytest.param(
            "Codex 5.3 is $20 per month.",
            ["Codex 5.3: price month = $20"],
            id="a version that is no model's",
        ),
        pytest.param(
            "Copilot costs $10 per month.",
            ["Copilot: price month = $10"],
            id="half a name is not taken for the whole",
        ),
        pytest.param(
            "OpenAI has the ChatGPT Go subscription, which costs $8 per month.",
            ["ChatGPT Go: price month = $8"],
            id="which costs",
        ),
        pytest.param(
            "Mistral Medium 3.5 is available under a modified MIT license.",
            ["Mistral Medium 3.5: licence = modified-mit"],
            id="a licence that was modified",
        ),
        pytest.param(
            "Intern-S1-Pro is a 1T-parameter model.",
            ["Intern-S1-Pro: parameters = 1000000000000"],
            id="an alias with a name of its own",
        ),
    ],
)
def test_a_value_goes_to_the_one_it_can_only_be_of(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "The start-up says its model beats GPT-5.2 and costs $3 per month.",
            id="a name to compare with",
        ),
        pytest.param(
            "Kestrel-H is a hybrid along with Mamba2 and GPT-5.2 and has a 256k token context.",
            id="two names before it",
        ),
        pytest.param("GPT-5.2 may cost $3 per month.", id="a guess"),
        pytest.param(
            "It is between $20 a month and $200 for ChatGPT Pro.", id="the end of a range"
        ),
        pytest.param("Copilot costs $10 per month per user.", id="a unit that goes on"),
        pytest.param("GPT-5.2 cost $3 per month in 2024.", id="another year"),
        pytest.param("GPT-5.2 was $3 per month.", id="a price gone by"),
        pytest.param("GPT-5.2 costs between $3 and $9 per month.", id="a range"),
        pytest.param(
            "GPT-5.2 runs beside models with up to 400 billion parameters.",
            id="what a machine could hold",
        ),
        pytest.param("GPT-5.2 Harbor Edition costs $3 per month.", id="a name that goes on"),
        pytest.param("A GPT-4-class model costs $3 per month.", id="a class"),
        pytest.param(
            "Engram with its 3.8B activated parameters outperforms a MoE-27B baseline.",
            id="the object of a verb",
        ),
        pytest.param(
            "GPT-5.2 and Gemini 3 Pro cost $20 and $30 per month respectively.", id="one price each"
        ),
        pytest.param(
            "GPT-5.2 costs $20 per month. GPT-5.2 costs $200 per month.",
            id="an article that says both",
        ),
        pytest.param("It has a context window of 32,000 tokens.", id="nobody"),
        pytest.param(
            "OpenAI opened GPT-5.2 beside Gemini 3 Pro. The model has 7 billion parameters.",
            id="one of two",
        ),
        pytest.param("GPT-5.2 has a new price instead of $3 per month.", id="what it was"),
        pytest.param("| **GPT-5.2** | $3 per month |", id="a table's markup"),
        pytest.param("OpenAI released GPT-5.2 on 1 August 2026.", id="a day to come"),
        pytest.param("Running GPT-5.2 cost him $17 per hour.", id="what somebody paid"),
        pytest.param(
            "OpenAI dropped the price of o3 from $10/million input tokens to $2/million input"
            " tokens.",
            id="a price that fell",
        ),
        pytest.param(
            "GPT-5.2 is 6 times as fast at 1 million tokens of context.",
            id="a measurement at some length",
        ),
        pytest.param(
            "In April 2025, Hughes et al. released Codestral 22B as an example.",
            id="what researchers made of it",
        ),
        pytest.param("Grok 5 will be a 7-trillion-parameter model.", id="what is to come"),
        pytest.param(
            "ACE-GPT-5.2 is released under the MIT license.", id="the end of another name"
        ),
        pytest.param("OpenAI took back the free $5/month credits.", id="a credit"),
        pytest.param("Kimi has 1 trillion parameters.", id="a line of models"),
        pytest.param(
            "LFM2 and GPT-5.2 perform on par with 30B parameters models.", id="on par with others"
        ),
        pytest.param("Of Qwen3.5-397B-A17B 17 billion parameters are active.", id="active ones"),
        pytest.param("Qwen3.5's 27B parameter size was named.", id="one size of a family"),
        pytest.param(
            "Aggregation + Gemini 3 Flash reached 59.31% on ARC-AGI-2.", id="one of two together"
        ),
        pytest.param("Once the Codestral weights are released, tools follow.", id="once they are"),
        pytest.param(
            "Anthropic does not use customer data for advertising.", id="another use of data"
        ),
    ],
)
def test_a_value_that_may_be_of_another_is_of_nobody(text: str) -> None:
    assert found(text) == []


def test_a_fact_keeps_the_words_the_day_of_the_report_and_a_quotation_within_bounds() -> None:
    long = (
        "The company that everybody in the valley waits for says on the stage of its own hall that"
        " GPT-5.2 costs $3 per month"
    )
    (fact,) = facts(reported("Prices", f"{long} for those who sign up before the summer ends."))

    assert (fact.text, fact.as_of.isoformat(), len(fact.quote.split())) == (
        "$3 per month",
        "2026-07-04",
        25,
    )
    assert fact.text in fact.quote


def test_what_nobody_dated_is_no_fact() -> None:
    member = reported("Prices", "GPT-5.2 costs $3 per month.")
    published = replace(member.article.published, origin=DateOrigin.FIRST_SEEN)

    assert facts(replace(member, article=replace(member.article, published=published))) == ()


def test_the_same_value_in_other_words_is_told_once() -> None:
    assert found("GPT-5.2 has 46.7 billion parameters.", "GPT-5.2 is a 46.7B-parameter model.") == [
        "GPT-5.2: parameters = 46700000000"
    ]
