"""The stories that engines are scored on: everything to be told stands in them, and nothing that
must not be said.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aggregator.config.evaluation_file import load_cases
from aggregator.domain.operation.evaluation import Case, holds
from aggregator.english.speech_acts import speaks_to_machine
from aggregator.english.text import sentences

CASES = load_cases()


def stated(case: Case) -> Iterator[str]:
    """Every sentence of a case that an engine may rest on."""
    for member in case.story.members:
        for passage in member.article.passages:
            yield from sentences(passage.text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_fact_stands_in_one_sentence_and_no_sentence_springs_a_trap(case: Case) -> None:
    sentences = list(stated(case))

    assert [
        fact
        for fact in case.facts
        if not any(holds(sentence, fact.needs) for sentence in sentences)
    ] == []
    assert [
        trap for trap in case.traps if any(holds(sentence, trap.says) for sentence in sentences)
    ] == []


def test_there_are_stories_enough_of_several_articles_with_facts_and_traps_of_each_kind() -> None:
    assert len(CASES) >= 8
    assert all(len(case.story.members) >= 2 and len(case.facts) >= 5 for case in CASES)
    assert {trap.kind for case in CASES for trap in case.traps} == {"obeyed", "mixed", "unknown"}


def test_what_speaks_to_a_model_is_out_of_the_reach_of_every_engine_as_in_a_refresh() -> None:
    texts = [
        passage.text
        for case in CASES
        for member in case.story.members
        for passage in member.article.passages
    ]

    assert not any(speaks_to_machine(text) or "triumph" in text for text in texts)
