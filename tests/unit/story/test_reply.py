"""From a model's opening of an edition to claims, and the quote that shows a statement."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from aggregator.domain.claim import Claim
from aggregator.ports import FinishReason, Reply
from aggregator.story.answers import Unusable, opening_claims, quote_for
from tests.unit.story.makers import reported

DAILY = reported(
    "Northwind opens a model",
    "The weights are free.",
    "It has 12 billion parameters. Ada Holt said that hospitals asked for it.",
)
PASSAGES = dict(enumerate(DAILY.article.passages, start=1))


def reply(text: str) -> Reply:
    """An answer as it comes."""
    return Reply(
        text=text, finish=FinishReason.STOP, prompt_tokens=1, completion_tokens=1, seconds=0.0
    )


def opening(*statements: dict[str, Any]) -> tuple[Claim, ...]:
    """The claims of an answer with these statements."""
    found = opening_claims(reply(json.dumps({"opening": statements})), PASSAGES, 25)
    assert not isinstance(found, Unusable)
    return found


def said(text: str, *passages: int) -> dict[str, Any]:
    """A statement as a model writes it."""
    return {"text": text, "passages": list(passages)}


def cited(*statements: dict[str, Any]) -> list[list[int]]:
    """The numbers of the passages that each claim cites."""
    numbers = {passage.key: number for number, passage in PASSAGES.items()}
    return [[numbers[each.passage] for each in claim.citations] for claim in opening(*statements)]


def test_a_statement_rests_on_the_passages_it_names_and_on_the_one_that_says_it() -> None:
    assert cited(said("The weights are free.", 1), said("The weights are free.", 2)) == [
        [1, 2],
        [2],
    ]


@pytest.mark.parametrize("number", [0, -1, 99])
def test_a_passage_that_was_never_given_is_not_cited(number: int) -> None:
    assert cited(said("The weights are free.", number)) == [[2]]


def test_a_statement_that_no_passage_shares_a_word_with_cites_nothing() -> None:
    assert cited(said("Osprey bought Kestrel.")) == [[]]


def test_what_is_out_of_shape_or_empty_is_left_out() -> None:
    wrong: Any = ["text", {"text": 3}, {"passages": "two"}, said("  ", 1)]

    assert [each.text for each in opening(*wrong, said("it is free [2]", 2))] == ["It is free."]


@pytest.mark.parametrize("text", ["", "I cannot.", "[]"])
def test_what_holds_no_object_is_unusable(text: str) -> None:
    assert isinstance(opening_claims(reply(text), PASSAGES, 25), Unusable)


def test_the_quote_of_a_citation_is_the_sentence_of_the_passage_that_says_it() -> None:
    (claim,) = opening(said("Hospitals had asked for it, said Holt.", 3))

    assert [each.quote for each in claim.citations] == [
        "Ada Holt said that hospitals asked for it."
    ]


_WORDS = (
    "Halden Northwind cut price model 3.5 12% U.S. Dr. “said it” (again) – and, but; that… why? no!"
    " é 東京 [3] \" ' $1,000".split(" ")
)


@pytest.mark.parametrize("seed", range(60))
def test_a_quote_stands_in_its_passage_and_is_not_too_long_whatever_both_are(seed: int) -> None:
    dice = random.Random(seed)
    gaps = (" ", " ", " ", "  ", "\u00a0", ". ")
    passage = "".join(
        dice.choice(_WORDS) + dice.choice(gaps) for _ in range(dice.randint(1, 120))
    ).strip()
    text = " ".join(dice.choice(_WORDS) for _ in range(dice.randint(1, 30)))
    quotes = [(most, quote_for(text, passage, most)) for most in (1, 2, 9, 25)]

    assert [
        (most, quote)
        for most, quote in quotes
        if quote not in passage or not 0 < len(quote.split()) <= most
    ] == []
