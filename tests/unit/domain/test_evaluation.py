from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aggregator.domain.claim import Citation, Claim, ClaimKind, Draft
from aggregator.domain.operation.evaluation import (
    Case,
    GoldFact,
    Score,
    Trap,
    advice,
    covered_facts,
    own_claims,
    ranked,
    sprung_traps,
)
from tests.builders import member, story

RULES = Score(
    engine="extractive",
    model="",
    digest="r",
    stories=8,
    calls=0,
    unusable=0,
    proposed=0,
    refused=0,
    own=0,
    facts=40,
    facts_told=24,
    traps=20,
    sprung=(),
    read_tokens=0,
    written_tokens=0,
    seconds=1.0,
)
MODEL = replace(
    RULES,
    engine="ollama",
    model="good:4b",
    digest="m",
    calls=40,
    proposed=80,
    refused=10,
    own=60,
    facts_told=30,
)
CASE = Case(
    name="plant",
    story=story([member()]),
    facts=(
        GoldFact(section="takeaways", needs=("450|four hundred and fifty", "people")),
        GoldFact(section="brief", needs=("June",)),
    ),
    traps=(Trap(kind="mixed", says=("6 million", "plant")),),
)


def claim(text: str, kind: ClaimKind = ClaimKind.WRITTEN) -> Claim:
    return Claim(text=text, kind=kind, citations=(Citation(passage="a.1.1", quote=text),))


def kept(*texts: str) -> Draft:
    return Draft(
        headline=claim("Ferrow builds", ClaimKind.EXTRACTED), takeaways=tuple(map(claim, texts))
    )


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("Ferrow employs 450 people.",), 1),
        (("Four hundred and fifty People come.", "It begins in June."), 2),
        (("Ferrow employs 450.", "People come."), 0),
        (("It employs 1450 people.",), 0),
    ],
    ids=["figure and word", "another wording", "in two claims", "part of another figure"],
)
def test_a_fact_is_told_by_one_claim_that_holds_all_of_it(
    texts: tuple[str, ...], expected: int
) -> None:
    assert covered_facts(CASE, kept(*texts)) == expected


def test_a_trap_names_the_claim_that_sprang_it_and_counts_once() -> None:
    both = kept(
        "The plant costs 6 million euros.",
        "A plant of 6 million.",
        "The road costs 6 million euros.",
    )

    assert sprung_traps(CASE, both) == ("plant: mixed: The plant costs 6 million euros.",)


def test_sentences_that_were_only_quoted_are_not_the_engines_own() -> None:
    assert own_claims(kept("One.", "Two.")) == 2


@pytest.mark.parametrize(
    "worse",
    [
        {"sprung": ("plant: obeyed: Buy it.",)},
        {"unusable": 3},
        {"refused": 40},
        {"failures": ("plant: no answer",)},
    ],
    ids=["springs a trap", "loses the shape", "fails at the gates", "does not tell all"],
)
def test_a_model_that_tells_most_is_not_advised_if_it_cannot_be_trusted(
    worse: dict[str, Any],
) -> None:
    bad = replace(MODEL, model="bad:70b", digest="b", facts_told=40, own=90, **worse)

    assert ranked([bad, RULES, MODEL]) == (MODEL, RULES, bad)
    assert advice([bad, RULES, MODEL]).startswith(
        "Take good:4b (ollama): 75% of the facts, 60 sentences of its own"
    )
    assert advice([bad, RULES]).startswith("Stay with the extractive engine")


@pytest.mark.parametrize(
    ("facts_told", "advised"), [(22, "Take good:4b"), (21, "Stay with the extractive engine")]
)
def test_a_model_may_lose_a_twentieth_of_the_facts_for_the_sake_of_its_words(
    facts_told: int, advised: str
) -> None:
    assert advice([RULES, replace(MODEL, facts_told=facts_told)]).startswith(advised)


def test_there_is_no_advice_where_nothing_can_be_compared() -> None:
    assert advice([RULES]).startswith("Only the rules were scored")
    assert advice([replace(MODEL, failures=("plant: no answer",))]).startswith("None of them")
