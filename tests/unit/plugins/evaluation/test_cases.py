"""The stories that engines are scored on: every fact stands in them, and no falsehood does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aggregator.config.calibration_file import load_labelled
from aggregator.english.text import sentences, words
from aggregator.extract.admission import is_admissible
from aggregator.plugins.evaluation.cases import load_cases
from aggregator.plugins.evaluation.gold import Case, holds

CASES = load_cases()


def stated(case: Case) -> Iterator[str]:
    """Every sentence of a case that an engine may rest on."""
    for member in case.story.members:
        for passage in member.article.passages:
            yield from sentences(passage.text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_fact_stands_in_one_sentence_and_no_sentence_is_a_falsehood(case: Case) -> None:
    sentences = list(stated(case))

    assert [
        fact
        for fact in case.facts
        if not any(holds(sentence, fact.needs) for sentence in sentences)
    ] == []
    assert [
        falsehood
        for falsehood in case.falsehoods
        if any(holds(sentence, falsehood.says) for sentence in sentences)
    ] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_true_and_false_sentences_of_the_set_are_counted_as_what_they_are(case: Case) -> None:
    truths = [fact.text for fact in case.facts]

    assert [fact.text for fact in case.facts if not holds(fact.text, fact.needs)] == []
    assert [each.text for each in case.falsehoods if not holds(each.text, each.says)] == []
    assert [
        (truth, each.says)
        for each in case.falsehoods
        for truth in truths
        if holds(truth, each.says)
    ] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_true_sentence_of_the_set_is_no_copy(case: Case) -> None:
    copies = {words(sentence) for sentence in stated(case)}

    assert [fact.text for fact in case.facts if words(fact.text) in copies] == []


def test_there_are_stories_enough_with_facts_and_with_falsehoods_of_every_kind() -> None:
    labelled = {claim.error for claim in load_labelled().claims if not claim.is_true}

    assert len(CASES) >= 12
    assert all(len(case.story.members) >= 2 and len(case.facts) >= 5 for case in CASES)
    assert {each.kind for case in CASES for each in case.falsehoods} == {*labelled, "obeyed"}


def test_what_speaks_to_a_model_is_out_of_the_reach_of_every_engine_as_in_a_refresh() -> None:
    texts = [
        passage.text
        for case in CASES
        for member in case.story.members
        for passage in member.article.passages
    ]

    assert all(is_admissible(text) and "triumph" not in text for text in texts)
