"""The question for facts: whole articles of independent origins, as far as the context goes."""

from __future__ import annotations

from dataclasses import replace

from aggregator.domain.story import Member
from aggregator.english.text import estimated_tokens
from aggregator.story.fact_question import facts_prompt, whole_articles
from tests.unit.story import notes
from tests.unit.story.makers import reported

_LONG = tuple(f"Paragraph {n} of the report has some words about it." for n in range(40))


def report(name: str, family: str = "") -> Member:
    """A long report of a family of its own, or of this one."""
    return replace(reported(name, *_LONG, key=name.lower()), family=family or name)


def shown(*members: Member, tokens: int) -> list[tuple[str, int]]:
    """How many passages of each source are shown."""
    evidence = whole_articles(members, tokens)
    return [(each.name, len(each.passages)) for each in evidence.sources]


def test_articles_are_read_whole_where_there_is_room() -> None:
    assert shown(report("One"), report("Two"), tokens=5000) == [("One", 41), ("Two", 41)]


def test_every_origin_has_its_opening_before_the_first_has_the_rest() -> None:
    assert shown(report("One"), report("Two"), tokens=200) == [("One", 7), ("Two", 4)]


def test_a_second_report_of_one_family_comes_after_the_independent_ones() -> None:
    members = report("One"), report("Sibling", "One"), report("Two")

    assert [name for name, _ in shown(*members, tokens=5000)] == ["One", "Two", "Sibling"]


def test_a_question_has_no_more_evidence_than_there_is_room_for() -> None:
    of = notes.material(reported("One", *_LONG, key="one"), tokens=300)

    assert estimated_tokens(facts_prompt(of.evidence).prefix) < 300 + 30


def test_passages_are_numbered_as_the_answer_names_them() -> None:
    of = notes.material()
    prefix = facts_prompt(of.evidence).prefix

    assert all(
        f"[{number}] {passage.text}" in prefix for number, passage in of.evidence.numbered().items()
    )
