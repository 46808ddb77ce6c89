"""Where a sentence that is too long is not cut: amid a name, a pair or an aside."""

from __future__ import annotations

import pytest

from aggregator.english.trimming import shortened, trimmed


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "The Daily reported on Friday that Northwind is facing scrutiny from the U.S."
            " Securities and Exchange Commission over whether it violated financial rules as it"
            " sought its listing.",
            id="a name",
        ),
        pytest.param(
            "The deluge of images of partly clothed women – stripped by a tool of Northwind – on"
            " its site has raised questions.",
            id="between two dashes",
        ),
        pytest.param(
            "The release shows how quickly open models advance and how fiercely companies large and"
            " small are in competition.",
            id="two adjectives of a subject",
        ),
        pytest.param(
            "The mayor said on Monday that the search would go on and that police and firemen would"
            " continue to look for it.",
            id="a joint subject",
        ),
        pytest.param(
            "Northwind removed its overview after Halden found people were put at risk by false and"
            " misleading information.",
            id="two adjectives",
        ),
        pytest.param(
            "We find that, just as an oven trained on bread can bake bread, the same oven trained"
            " on cakes can bake cakes.",
            id="what it is compared with",
        ),
    ],
)
def test_a_sentence_is_not_cut_amid_a_name_a_pair_or_an_aside(sentence: str) -> None:
    assert trimmed(sentence, 15) is None


@pytest.mark.parametrize(
    ("sentence", "head"),
    [
        pytest.param(
            "Northwind raised the price of its ovens in Oslo on Wednesday and signaled that more"
            " such steps will follow soon.",
            "Northwind raised the price of its ovens in Oslo on Wednesday",
            id="a second verb",
        ),
        pytest.param(
            "Northwind raised the price of all of its ovens – the first such step in Oslo – on the"
            " advice of Halden.",
            "Northwind raised the price of all of its ovens",
            id="before an aside",
        ),
    ],
)
def test_a_sentence_is_cut_where_its_clause_is_whole(sentence: str, head: str) -> None:
    assert trimmed(sentence, 14) == head


def test_a_part_of_what_a_colon_announces_is_not_shown_for_all_of_it() -> None:
    announced = (
        "Northwind has released four ovens for the bakeries of Bergen: ovens for bread are baked"
        " in Oslo by hand, and the ovens for cheese are baked in Halden by a robot of its own."
    )

    assert trimmed(announced, 22) is None


HEAD = "Northwind sold a hundred of its ovens to bakers"


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(", accusing Halden of copies that it had not baked", id="an accusation"),
        pytest.param(" despite the bakery's renewed push for gas", id="a concession"),
        pytest.param(" because of a rule that the city passed in spring", id="a cause"),
    ],
)
def test_a_phrase_that_leaves_its_clause_true_is_cut_off(tail: str) -> None:
    assert shortened(f"{HEAD} in Oslo{tail}.", 12) == f"{HEAD} in Oslo"


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(" in Oslo, accusing Halden of a fraud, but took all back", id="but"),
        pytest.param(" in Oslo, using the bricks of old ones, unless they broke", id="unless"),
        pytest.param(" in Oslo for not a penny of the full price of all the bricks", id="not"),
        pytest.param(" in Oslo, using what a rival alleges were stolen plans", id="an allegation"),
        pytest.param(" in Oslo, The Daily reported with a photograph of it", id="the speaker"),
    ],
)
def test_a_phrase_that_a_clause_is_not_true_without_is_kept(tail: str) -> None:
    assert shortened(f"{HEAD}{tail}.", 12) is None


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "The bakers found as many stones in the bread as they had found in flour before.",
            id="as many as",
        ),
        pytest.param(
            "The mayor of Oslo has claimed that 10 hours of talks from within the hall, which three"
            " clerks took down, were lost.",
            id="a subject whose verb is to come",
        ),
        pytest.param(
            "The bakers in the harbour found that their guests were being put at risk of harm.",
            id="a participle",
        ),
        pytest.param(
            "Northwind will stop its oven from allowing guests to show them in bikinis of bread.",
            id="an infinitive with its object",
        ),
        pytest.param(
            "The bakers who wrote the rules of the harbour have a plan with three stones for"
            " ovens of Bergen.",
            id="an object that only the phrase describes",
        ),
    ],
)
def test_what_a_phrase_completes_is_not_cut_from_it(sentence: str) -> None:
    assert shortened(sentence, 12) is None


def test_what_a_new_thing_is_based_on_may_be_cut_off() -> None:
    sentence = (
        "In this work, we propose NorthOven, a small oven built on the bricks of three older ovens"
        " of the harbour."
    )

    assert shortened(sentence, 14) == "In this work, we propose NorthOven, a small oven"


def test_a_subject_is_not_parted_from_a_verb_behind_its_relative_clause() -> None:
    sentence = (
        "The man who the police said sowed terror across two states and touching off a manhunt, was"
        " taken into custody."
    )

    assert trimmed(sentence, 14) is None
