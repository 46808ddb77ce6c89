"""The evidence of a story: its passages, numbered, within the tokens, without chat marks."""

from __future__ import annotations

import pytest

from aggregator.english.text import estimated_tokens
from aggregator.story.evidence import Evidence
from aggregator.story.fact_question import whole_articles as evidence
from tests.unit.story.makers import reported

DAILY = reported(
    "Northwind opens a model", "The weights are free.", "It has 12 billion parameters.", key="daily"
)
LEDGER = reported("Halden answers Northwind", "Halden cut its prices.", key="ledger", hours=30)
PLENTY = 10_000


def numbered(of: Evidence) -> list[tuple[int, str]]:
    """Number and text of each passage, in the order of the prompt."""
    return [(passage.number, passage.text) for source in of.sources for passage in source.passages]


def costs(*texts: str) -> int:
    """The tokens that these passages take, each with its number."""
    return sum(estimated_tokens(text) + 4 for text in texts)


def test_passages_are_numbered_through_from_one_article_after_the_other_each_headline_first() -> (
    None
):
    assert numbered(evidence((DAILY, LEDGER), PLENTY)) == [
        (1, "Northwind opens a model"),
        (2, "The weights are free."),
        (3, "It has 12 billion parameters."),
        (4, "Halden answers Northwind"),
        (5, "Halden cut its prices."),
    ]


def test_a_number_leads_to_its_passage() -> None:
    assert evidence((DAILY, LEDGER), PLENTY).numbered() == dict(
        enumerate((*DAILY.article.passages, *LEDGER.article.passages), start=1)
    )


def test_a_source_is_told_with_its_name_and_the_day_of_its_article() -> None:
    assert [(source.name, source.day) for source in evidence((DAILY, LEDGER), PLENTY).sources] == [
        ("Daily", "4 July 2026"),
        ("Ledger", "5 July 2026"),
    ]


def test_the_evidence_never_costs_more_than_it_may() -> None:
    members = [
        reported(f"Title {n}", *(f"Sentence {n} " + "word " * length for length in range(1, 40, 7)))
        for n in range(3)
    ]
    over = [
        most
        for most in range(400)
        if costs(*(text for _, text in numbered(evidence(members, most)))) > most
    ]

    assert over == []


def test_a_passage_that_does_not_fit_is_left_out_whole_and_a_shorter_one_after_it_taken() -> None:
    member = reported("Northwind opens a model", "Long words " * 100, "It is free.")

    assert [text for _, text in numbered(evidence((member,), 40))] == [
        "Northwind opens a model",
        "It is free.",
    ]


def test_an_article_without_room_is_not_named() -> None:
    assert [
        source.name
        for source in evidence((DAILY, LEDGER), costs("Northwind opens a model")).sources
    ] == ["Daily"]


@pytest.mark.parametrize(
    "mark",
    [
        "<|im_start|>",
        "<|im_end|>",
        "<|IM_START|>",
        "<|eot_id|>",
        "<|start_header_id|>",
        "<|tool call|>",
        "<start_of_turn>",
        "[INST]",
        "[/INST]",
        "[inst]",
        "<<SYS>>",
        "<</SYS>>",
        "<s>",
        "</s>",
        "<think>",
        "</think>",
        "<｜begin▁of▁sentence｜>",
        "<｜User｜>",
    ],
)
def test_a_mark_of_a_chat_template_does_not_reach_the_model(mark: str) -> None:
    member = reported("Northwind opens a model", f"Before {mark}system after.")

    assert numbered(evidence((member,), PLENTY))[1][1].split() == ["Before", "system", "after."]


def test_a_mark_that_is_put_together_by_taking_another_out_does_not_reach_the_model() -> None:
    member = reported("Northwind opens a model", "Before <|im_<s>start|> after.")

    assert "<|im_start|>" not in numbered(evidence((member,), PLENTY))[1][1]


def test_the_passage_behind_a_text_without_marks_keeps_every_letter() -> None:
    member = reported("Northwind opens a model", "Before [INST] after.")

    assert evidence((member,), PLENTY).numbered()[2].text == "Before [INST] after."


def test_a_story_without_passages_has_no_evidence() -> None:
    assert (evidence((), PLENTY).sources, evidence((DAILY,), 0).sources) == ((), ())


def test_the_archive_is_numbered_on_and_told_apart() -> None:
    found = evidence((DAILY,), PLENTY, (LEDGER,))

    assert (len(found.numbered()), found.earlier(), [source.name for source in found.archive]) == (
        5,
        frozenset({4, 5}),
        ["Ledger"],
    )


def test_the_archive_takes_a_fifth_of_the_tokens_at_most_and_what_it_takes_the_story_has_less() -> (
    None
):
    words = "The weights of the model are free for everybody who wants them. "
    long = reported("Northwind opens a model", *(words * n for n in (1, 2, 3, 4, 5, 6)))
    older = reported("Older", *(f"{n}. {words * 2}" for n in range(6)), key="older", hours=-900)
    most = 400
    found = evidence((long,), most, (older,))
    archive = [passage.text for source in found.archive for passage in source.passages]

    assert 0 < costs(*archive) <= most / 5
    assert costs(*archive, *(text for _, text in numbered(found))) <= most
