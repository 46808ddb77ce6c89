"""Which day of a sentence is that of the event that a question asks for, and who did it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.domain.dates import DateMention, day_text
from aggregator.plugins.questions.matching import given, is_named, values
from tests.unit.test_questions import evidence_of, is_answer, question


def _days(asked: str, text: str) -> list[str]:
    found = given(question(asked), evidence_of(text))
    return [day_text(each.day, each.precision) for each in found if isinstance(each, DateMention)]


@pytest.mark.parametrize(
    ("asked", "text", "day"),
    [
        ("was Auk 4 released", "Quillmere shipped the model Auk 4 on Thursday.", "2 July 2026"),
        ("was Auk 4 released", "On Thursday evening, Quillmere released Auk 4.", "2 July 2026"),
        ("was Lark released", "Quillmere released Lark Thursday.", "2 July 2026"),
        ("was Auk 4 released", "Auk 4 was quietly released on Thursday.", "2 July 2026"),
        ("was Auk 4 released", "Auk 4, released on Thursday, is cheap.", "2 July 2026"),
        ("was Auk 4 released", "Auk 4, its cheapest yet, was released in May 2026.", "May 2026"),
        ("was Auk 3 released", "Auk 4 replaces Auk 3, which we released in May 2025.", "May 2025"),
        ("did Quillmere release Auk 4", "Auk 4 was released Thursday.", "2 July 2026"),
        (
            "does the Model Act take effect",
            "The Model Act, adopted on Thursday, takes effect on 1 May 2027.",
            "1 May 2027",
        ),
        (
            "was Auk 4's safety report published",
            "Quillmere published the safety report for Auk 4 on Thursday.",
            "2 July 2026",
        ),
        (
            "was the report for Auk 4 published",
            "Quillmere published the report for Auk 4 on Thursday.",
            "2 July 2026",
        ),
    ],
)
def test_the_day_of_an_event_is_that_of_its_verb(asked: str, text: str, day: str) -> None:
    assert _days(f"When {asked}?", text) == [day]


@pytest.mark.parametrize(
    "text",
    [
        "Quillmere published the safety report for Auk 4 on Thursday.",
        "Quillmere published the safety report of Auk 4 on Thursday.",
        "Quillmere published Auk 4's safety report on Thursday.",
        "Quillmere published the Auk 4 report on Thursday.",
        "The Auk 4 report was published on Thursday.",
        "Halden has Auk 4, while others were released on Thursday.",
        "The report on Auk 4 was published on Thursday.",
        "A rival to Auk 4, released on Thursday, is cheap.",
        "Quillmere released Auk 4 Mini on Thursday.",
        "Auk 4 replaces Auk 3, which we released on Thursday.",
        "Auk 4, which released a swarm of bugs on Thursday, is cheap.",
        "Auk 4 replaced Auk 3 when it was released on Thursday, as Auk 4 Mini did.",
        "Quillmere released Auk 4 and cut its price on Thursday.",
        "Quillmere released Auk 4, as it promised on Thursday.",
        "On Thursday Quillmere released Lark, and Auk 4 is late.",
        "Quillmere released Auk 4 to the first half of 2026.",
        "Auk 4 is released from 9 July.",
        "Quillmere will release Auk 4 on Thursday.",
    ],
)
def test_the_day_of_another_event_is_none(text: str) -> None:
    assert not _days("When was Auk 4 released?", text)


def test_the_day_of_what_was_done_to_somebody_is_not_that_of_what_they_did() -> None:
    asked = "When did Pennant expand?"

    found = [
        _days(asked, f"{text} on Thursday.")
        for text in ("Pennant expanded", "Cairn Cloud expanded Pennant")
    ]

    assert found == [["2 July 2026"], []]


def test_a_longer_name_is_another() -> None:
    asked = question("When was Lark released?")
    known = replace(asked, longer=("Project Lark",))

    assert not given(asked, evidence_of("Lark Sky was released on Thursday."))
    assert given(asked, evidence_of("Project Lark was released on Thursday."))
    assert not given(known, evidence_of("Project Lark was released on Thursday."))


def test_a_name_beside_its_sibling_has_its_own_day() -> None:
    found = evidence_of("Auk 4 replaces Auk 3, which we released in September 2025.")

    asked = (f"When was Auk {number} released?" for number in (3, 4))
    assert [is_answer(each, found) for each in asked] == [True, False]


def test_sources_differ_only_on_the_day_of_the_same_event() -> None:
    stated = [
        evidence_of("Quillmere released Auk 4 on Tuesday."),
        evidence_of("Quillmere released the safety report for Auk 4 on Thursday."),
        evidence_of("Auk 4 was released on Friday."),
    ]

    found = [text for text, _ in values(question("When was Auk 4 released?"), stated)]

    assert found == ["30 June 2026", "3 July 2026"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Eleven authors sued the institute in 2025.", True),
        ("Eleven authors never sued the institute in 2025.", False),
        ("Eleven authors sued the institute's printer in 2025.", False),
        ("Eleven authors sued for the institute in 2025.", False),
    ],
)
def test_who_did_it_may_have_no_name(text: str, *, is_one: bool) -> None:
    found = evidence_of(text, "The Saltmarsh Institute may train on books.")

    assert is_answer("Who sued the Saltmarsh Institute?", found) is is_one


def test_a_short_form_means_nobody_where_an_article_names_two_such() -> None:
    asked = question("Who sued the Saltmarsh Institute?")
    one = evidence_of("Eleven authors sued the institute in 2025.")
    articles = ("The Saltmarsh Institute won.", "The Saltmarsh Institute and the Norvik Institute.")

    found = [is_named(asked.names[0], asked, replace(one, article=each)) for each in articles]

    assert found == [True, False]
