from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aggregator.domain.claim import Citation, Claim, ClaimKind, Draft
from aggregator.domain.operation.evaluation import Outcome, Score
from aggregator.plugins.evaluation.gold import (
    Case,
    Falsehood,
    GoldFact,
    advice,
    covered_facts,
    own_claims,
    ranked,
    stated_falsehoods,
)
from tests.builders import member, story
from tests.messages import named

RULES = Score(
    engine="extractive",
    model="",
    digest="r",
    prompts="",
    judge="",
    cases="c",
    stories=8,
    form="",
    calls=0,
    unusable=0,
    proposed=0,
    refused=0,
    judged_false=0,
    facts=40,
    falsehoods=20,
    sections=64,
    anchors=Outcome(facts_reported=24),
    printed=Outcome(facts_reported=24),
    read_tokens=0,
    written_tokens=0,
    judged_tokens=0,
    seconds=1.0,
)
GOOD = Outcome(written=60, facts_written=20, facts_reported=30)
MODEL = replace(
    RULES,
    engine="ollama",
    model="good:4b",
    digest="m",
    judge="judge:8b",
    calls=40,
    proposed=80,
    refused=10,
    printed=GOOD,
)
CASE = Case(
    name="plant",
    story=story([member()]),
    facts=(
        GoldFact(section="takeaways", needs=("450|four hundred and fifty", "people"), text=""),
        GoldFact(section="brief", needs=("June",), text=""),
    ),
    falsehoods=(
        Falsehood(kind="merged_events", says=("6 million", "plant"), text="The plant is dear."),
    ),
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


def test_a_false_sentence_reports_no_fact() -> None:
    assert covered_facts(CASE, kept("The plant costs 6 million and opens in June.")) == 0


def test_a_quotation_reports_no_fact_in_the_engines_own_words() -> None:
    quoted = Draft(
        headline=claim("Ferrow builds", ClaimKind.EXTRACTED),
        takeaways=(claim("It begins in June.", ClaimKind.EXTRACTED),),
    )

    assert (covered_facts(CASE, quoted), covered_facts(CASE, quoted, own_words=True)) == (1, 0)
    assert covered_facts(CASE, kept("It begins in June."), own_words=True) == 1


def test_a_falsehood_names_the_claim_that_states_it_and_counts_once() -> None:
    both = kept(
        "The plant costs 6 million euros.",
        "A plant of 6 million.",
        "The road costs 6 million euros.",
    )

    assert stated_falsehoods(CASE, both) == (
        "plant: merged_events: The plant costs 6 million euros.",
    )
    assert len(stated_falsehoods(CASE, kept("The plant is dear."))) == 1


def test_sentences_that_were_only_quoted_are_not_the_engines_own() -> None:
    assert own_claims(kept("One.", "Two.")) == 2


@pytest.mark.parametrize(
    "worse",
    [
        {"printed": replace(GOOD, facts_reported=40, false=("plant: obeyed: Buy it.",))},
        {"unusable": 3},
        {"refused": 40},
        {"failures": ("plant: no answer",)},
    ],
    ids=["prints a falsehood", "loses the shape", "fails at the anchors", "misses a story"],
)
def test_a_model_that_reports_most_is_not_advised_if_it_cannot_be_trusted(
    worse: dict[str, Any],
) -> None:
    full = {"printed": replace(GOOD, facts_reported=40), "model": "bad:70b", "digest": "b"}
    bad = replace(MODEL, **{**full, **worse})

    assert ranked([bad, RULES, MODEL]) == (MODEL, RULES, bad)
    assert named(advice([bad, RULES, MODEL])) == ["good:4b", "75%", "50%"]
    assert advice([bad, RULES]).startswith("Keep the extractive engine")


@pytest.mark.parametrize(
    ("facts", "advised"), [(22, "Use good:4b"), (21, "Keep the extractive engine")]
)
def test_a_model_may_lose_a_twentieth_of_the_facts_for_the_sake_of_its_words(
    facts: int, advised: str
) -> None:
    model = replace(MODEL, printed=replace(GOOD, facts_reported=facts))

    assert advice([RULES, model]).startswith(advised)


def test_without_a_judge_a_model_is_compared_by_what_the_anchors_let_through() -> None:
    silent = Outcome(facts_reported=24)
    model = replace(MODEL, judge="", anchors=GOOD, printed=silent)

    assert model.outcome is GOOD
    assert "model calibrate" in advice([RULES, model])


def test_there_is_no_advice_where_nothing_can_be_compared() -> None:
    assert advice([RULES]).startswith("Only the rules were scored")
    assert advice([replace(MODEL, failures=("plant: no answer",))]).startswith("Use none of them")
