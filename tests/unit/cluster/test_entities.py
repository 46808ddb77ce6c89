"""Entities by the shipped registry: versions of models, names that several things have, and what a
story is tagged with.
"""

from __future__ import annotations

import pytest

from aggregator.cluster.entities import (
    MOST_ENTITIES,
    entities_in,
    entities_mentioned,
    gazetteer,
    makers_in,
    story_entities,
    tokens_of,
)
from aggregator.cluster.similarity.terms import RATES
from aggregator.config.registry_file import load_registry
from aggregator.domain.story import Entity, EntityKind
from aggregator.english.lexical import uninflected
from aggregator.resources import DEFAULT_REGISTRY

REGISTRY = load_registry(DEFAULT_REGISTRY)
INDEX = gazetteer(REGISTRY)


def names(text: str) -> list[str]:
    """The names of the entities of a text, in order."""
    return [entity.name for entity in entities_in(tokens_of(text), INDEX)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "GPT-5.1-Codex-Max and GPT-4o mini",
            ["GPT-5.1 Codex Max", "GPT-4o mini"],
            id="variants after the number",
        ),
        pytest.param(
            "GPT‑5 and GPT 5.2", ["GPT-5", "GPT-5.2"], id="a hyphen that does not break, and none"
        ),
        pytest.param(
            "Claude 3.5 Sonnet, Claude Sonnet 3.5",
            ["Claude Sonnet 3.5"],
            id="the variant on either side",
        ),
        pytest.param("Opus 4.6 is out", ["Claude Opus 4.6"], id="a variant without its family"),
        pytest.param("Opus magnum of a poet", [], id="the same word without a number"),
        pytest.param("Gemini 2.5 Flash Lite", ["Gemini 2.5 Flash Lite"], id="two variants"),
        pytest.param(
            "Qwen2.5-VL-72B, Llama-3.1-405B", ["Qwen2.5-VL", "Llama 3.1"], id="a size is no version"
        ),
        pytest.param(
            "DeepSeek-V3.2-Exp beats DeepSeek R1",
            ["DeepSeek-V3.2-Exp", "DeepSeek-R1"],
            id="a letter before the number",
        ),
        pytest.param("DeepSeek hires", ["DeepSeek"], id="the company of the same name"),
        pytest.param(
            "o3-mini and o1", ["OpenAI o3 mini", "OpenAI o1"], id="a number within the name"
        ),
        pytest.param("Claude 3 times in a row", ["Claude"], id="an amount is no version"),
        pytest.param(
            "Llama 4 is not like the Llama of old",
            ["Llama 4"],
            id="the line is named by its version",
        ),
        pytest.param("FLUX.2 and Gemma 3n", ["FLUX.2", "Gemma 3n"], id="a point and a letter"),
    ],
)
def test_a_model_is_named_with_its_version(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Meta buys a chip start-up", ["Meta"], id="the company"),
        pytest.param(
            "A meta study; Meta-Analysis of trials", [], id="a small letter, and a phrase"
        ),
        pytest.param("Gemini is a sign of the zodiac", [], id="a name out of its company"),
        pytest.param(
            "Google adds Gemini to maps", ["Google", "Gemini"], id="the same name in its company"
        ),
        pytest.param(
            "Move the cursor; Cursor ships its editor", ["Cursor"], id="capitals and company"
        ),
        pytest.param("Jean-Claude asked Claude", ["Claude"], id="a decoy, and the model"),
        pytest.param("an apple a day, says Apple", ["Apple"], id="a fruit"),
        pytest.param("MIT License or MIT", ["MIT"], id="a licence and a university"),
        pytest.param("OPENAI and Openai", ["OpenAI"], id="a made-up name in any capitals"),
        pytest.param("OpenAIs, unOpenAI, OpenAI4All, 4OpenAI", [], id="within a word"),
        pytest.param("Altman’s talk with Sam Altman", ["Sam Altman"], id="one person once"),
        pytest.param("the EU’s AI Act and SB 53", ["EU AI Act", "California SB 53"], id="laws"),
        pytest.param("the launch of SB 1053", [], id="another number"),
    ],
)
def test_a_name_of_several_things_is_told_from_the_others(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_every_common_word_of_the_registry_asks_for_its_capitals() -> None:
    careless = [
        (key, written)
        for entries in REGISTRY.entities.values()
        for key, entry in entries.items()
        for written in (entry.name, *entry.aliases)
        if written.isalpha()
        and uninflected(written) in RATES
        and not entry.cased
        and written.lower() not in LITTLE_ELSE
    ]

    assert careless == []


LITTLE_ELSE = frozenset(
    "openai anthropic google microsoft nvidia github chatgpt arxiv".split()
)  # common in AI news, and nothing else


def test_a_story_is_tagged_with_what_its_headlines_name_and_what_a_quarter_of_its_articles_do() -> (
    None
):
    lab, model, aside = (
        Entity(key=key, name=key, kind=kind)
        for key, kind in (
            ("lab", EntityKind.COMPANY),
            ("model-2", EntityKind.MODEL),
            ("aside", EntityKind.COMPANY),
        )
    )
    articles = [([model], [lab]), ([], [lab]), ([], [lab, lab]), ([], [aside]), ([], [])]

    expected = story_entities(articles)

    assert [(entity.key, entity.mentions) for entity in expected] == [("lab", 3), ("model-2", 1)]


def test_what_no_headline_names_is_a_tag_where_it_is_named_twice_or_is_a_law() -> None:
    model, lab, aside = (
        Entity(key=key, name=key, kind=EntityKind.COMPANY) for key in ("model", "lab", "aside")
    )

    law = Entity(key="law", name="law", kind=EntityKind.REGULATION)

    found = story_entities([([model], [lab, lab, aside, law])])

    assert {entity.key for entity in found} == {"model", "lab", "law"}


def test_mentions_count_outside_of_addresses_and_lines_only_without_a_version() -> None:
    text = (
        "Claude Opus 4.6 by Anthropic: https://github.com/a/b, github.com/a. Claude is Anthropic’s."
    )

    found = [entity.name for entity in entities_mentioned(text, INDEX)]

    assert found == ["Claude Opus 4.6", "Anthropic", "Anthropic"]


def test_a_story_has_so_many_entities_at_most() -> None:
    several = [
        Entity(key=f"e{n:02}", name="E", kind=EntityKind.PERSON) for n in range(MOST_ENTITIES + 5)
    ]

    assert len(story_entities([(several, [])])) == MOST_ENTITIES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Introducing Claude Opus 5", ["Anthropic"], id="a version of a model"),
        pytest.param("Codex and GPT-5.1 compared", ["OpenAI"], id="one maker of two"),
        pytest.param("Anthropic opens an office", [], id="a company by its own name"),
    ],
)
def test_a_text_on_models_and_products_names_their_makers(text: str, expected: list[str]) -> None:
    assert [maker.name for maker in makers_in(tokens_of(text), INDEX)] == expected
