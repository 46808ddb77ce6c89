"""How something works: told of technical stories, and of no others."""

from __future__ import annotations

import pytest

from aggregator.hooks.sections import all_sections
from aggregator.plugins.attributes.mechanism import mechanism_terms
from aggregator.story.rules.extractive import page_by_rules
from tests.unit.story.makers import reported, story

LEAD = "Northwind released the weights of its second model in Oslo on Saturday."
FIRST = "Northwind's second model uses sliding-window attention in most of its layers."
SECOND = (
    "The routing of Northwind's model sends each token to two of eight experts by a learned gate."
)
PLAIN = (
    "Readers in Bergen had waited for the second model of Northwind since the spring of last year."
)


def mechanism(title: str, *sentences: str) -> list[str]:
    """The mechanism of a story of one article."""
    made = page_by_rules(story(reported(title, LEAD, *sentences)), language="en", quote_words=25)
    (section,) = (each for each in all_sections() if each.key == "mechanism")
    return [claim.text for claim in made.statements(section)] if made else []


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        (FIRST, 3),
        (SECOND, 1),
        (PLAIN, 0),
        ("The model combines an encoder with a KV cache in FP8.", 3),
    ],
)
def test_a_sentence_has_so_many_kinds_of_terms(sentence: str, number: int) -> None:
    assert mechanism_terms(sentence) == number


CACHE = (
    "Northwind's engine stores a quantized KV cache and computes attention for each of the layers."
)
KERNEL = (
    "A kernel of Northwind's own splits each convolution and maps its pipeline onto two graphics"
    " cards."
)
MANY = tuple(
    f"Northwind's office number {n} in {town} opened with {n}0 people, said director {name} Berg."
    for n, town, name in (
        (1, "Oslo", "Ann"),
        (2, "Bergen", "Bo"),
        (3, "Tromsø", "Cleo"),
        (4, "Bodø", "Dag"),
        (5, "Molde", "Eli"),
    )
)


def test_a_technical_story_tells_how_it_works_in_two_sentences_or_more() -> None:
    found = mechanism("Northwind opens a second model", *MANY, FIRST, CACHE, KERNEL)

    assert (len(found) >= 2, set(found) <= {FIRST, CACHE, KERNEL}) == (True, True)


def test_one_sentence_is_no_section() -> None:
    assert mechanism("Northwind opens a second model", *MANY, CACHE) == []


def test_a_story_on_policy_has_none_whatever_it_mentions() -> None:
    assert mechanism("Minister visits Northwind", *MANY, FIRST, CACHE, KERNEL) == []
