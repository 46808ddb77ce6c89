"""What reports leave open, what only sounds so, and which sentence of a later report answers it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.domain.article import Passage, Read
from aggregator.domain.claim import Claim, ClaimKind
from aggregator.domain.source import Lane
from aggregator.domain.story import Member
from aggregator.extract.quotable_sentences import extracted_claim, quotable_sentence
from aggregator.memory.unknowns import unknowns
from tests import builders

TITLE = "Halden buys the chip maker Ferrow"
PRICE = "Halden did not disclose the price of the deal on Saturday."


def report(
    *sentences: str,
    key: str = "daily",
    days: float = 0.0,
    title: str = TITLE,
    read: Read = Read.FULL,
    lane: Lane = Lane.NEWS,
) -> Member:
    """A member whose article has these sentences as its passages."""
    bare = builders.article(title, key=key, at=builders.NOON + timedelta(days=days), read=read)
    texts = enumerate((title, *sentences))
    passages = tuple(Passage(article_id=bare.id, version=1, n=n, text=text) for n, text in texts)
    return builders.member(replace(bare, passages=passages), lane=lane)


def quotable(member: Member, passage: Passage, sentence: str) -> Claim | None:
    found = quotable_sentence(member, passage, sentence)
    return extracted_claim(found, 25) if found else None


def open_questions(*members: Member) -> list[tuple[str, str | None]]:
    """The open questions of these reports, each with its answer."""
    return [
        (unknown.claim.text, unknown.answer.text if unknown.answer else None)
        for unknown in unknowns(members, quotable)
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(PRICE, id="did not disclose"),
        pytest.param(
            "Halden declined to say when the chip maker would move to Oslo.",
            id="declined to say when",
        ),
        pytest.param(
            "Halden and Ferrow have not shared detailed results of their trials.",
            id="have not shared results",
        ),
        pytest.param(
            "It is unclear whether Halden will keep the Ferrow name.", id="unclear whether"
        ),
        pytest.param("It is not yet known which plants of Ferrow will close.", id="not yet known"),
        pytest.param(
            "The financial terms of the deal with Ferrow were not disclosed.",
            id="terms were not disclosed",
        ),
        pytest.param(
            "Halden bought Ferrow for an undisclosed sum, both said on Saturday.",
            id="undisclosed sum",
        ),
        pytest.param(
            "Halden has yet to announce a date for the move to Oslo.", id="yet to announce"
        ),
        pytest.param(
            "The foundation of Halden gave no details of the chip deal.", id="gave no details"
        ),
        pytest.param(
            "The price of the chips that Ferrow will make for Halden is not known.",
            id="the price is not known",
        ),
        pytest.param(
            "The cause of the fire at the plant of Ferrow was still unknown on Sunday.",
            id="the cause was unknown",
        ),
        pytest.param(
            "The date on which Halden takes over Ferrow has yet to be announced.",
            id="the date is yet to be announced",
        ),
        pytest.param(
            "Halden has given no indication of how long the talks with Ferrow will take.",
            id="no indication of how",
        ),
        pytest.param(
            "A minister would not confirm whether Halden had asked for the chips.",
            id="would not confirm whether",
        ),
        pytest.param(
            "Halden confirmed the deal with Ferrow on Sunday without giving any details.",
            id="without details",
        ),
    ],
)
def test_what_a_source_says_is_not_known_is_open(sentence: str) -> None:
    assert open_questions(report(sentence)) == [(sentence, None)]


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "The film about Halden beat its rivals despite an unknown cast of amateurs.",
            id="unknown cast",
        ),
        pytest.param(
            "Halden’s interface does not confirm success when a chip is renamed.",
            id="does not confirm",
        ),
        pytest.param(
            "Ministers did not say the name of Halden in their speech on Saturday.",
            id="did not say a name",
        ),
        pytest.param(
            "In March 2024 Halden sold its chip plant for an undisclosed sum.", id="old news"
        ),
        pytest.param(
            "The company declined to comment on the chip deal of Halden on Saturday.",
            id="declined to comment",
        ),
        pytest.param("Halden is clear that the chip maker will stay in Oslo.", id="is clear"),
        pytest.param(
            "It is unclear whether the minister will keep his office in June.", id="another subject"
        ),
        pytest.param(
            "Halden did not disclose further details of the deal on Saturday.", id="further details"
        ),
        pytest.param(
            "The price of a chip is a value that every buyer of Halden knows well.",
            id="a price that is known",
        ),
        pytest.param(
            "Halden shipped the chips without giving Ferrow a reason to complain.",
            id="without giving somebody",
        ),
    ],
)
def test_what_only_sounds_so_is_not(sentence: str) -> None:
    assert open_questions(report(sentence, "Halden paid $2 billion for Ferrow, both said.")) == []


def test_papers_ask_by_trade() -> None:
    assert (
        open_questions(
            report("It is unclear whether Halden will keep the Ferrow name.", lane=Lane.PAPER)
        )
        == []
    )


def test_two_sentences_that_ask_the_same_are_one_question() -> None:
    again = "Halden did not disclose the price of the deal, both firms said."

    assert open_questions(report(PRICE), report(again, key="wire")) == [(PRICE, None)]


def test_what_is_set_against_a_question_is_cut_off_where_the_sentence_is_too_long() -> None:
    long = (
        "It is unclear whether Halden will keep the Ferrow name, but the founder said at an event"
        " in Oslo, where both firms have their plants, that he would like it to stay as it is for"
        " many years."
    )

    assert open_questions(report(long)) == [
        ("It is unclear whether Halden will keep the Ferrow name …", None)
    ]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        pytest.param(
            PRICE,
            "Halden paid $2.4 billion for Ferrow, a filing showed on Monday.",
            id="a price by a sum of money",
        ),
        pytest.param(
            "Halden declined to say when Ferrow would move to Oslo.",
            "Ferrow will move to Oslo on 3 September 2026, its new owner Halden said.",
            id="a time by a date",
        ),
        pytest.param(
            "Halden did not say how many workers of Ferrow would be let go.",
            "Halden is letting go 340 workers of Ferrow, the union said.",
            id="a number by a count",
        ),
        pytest.param(
            "It is unclear whether Halden will keep the Ferrow name.",
            "Halden will keep the Ferrow name, it told its customers.",
            id="anything else by its own words",
        ),
    ],
)
def test_a_later_report_answers(asked: str, answered: str) -> None:
    late = report(answered, key="wire", days=9)

    assert open_questions(report(asked), late) == [(asked, answered)]
    (found,) = unknowns((report(asked), late), quotable)
    assert found.answer is not None
    assert [citation.passage for citation in found.answer.citations] == [f"{late.article.id}.1.1"]


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "Halden may pay $2.4 billion for Ferrow, analysts said on Monday.", id="a guess"
        ),
        pytest.param(
            "Northwind raised $2.4 billion for plants in Bergen on Monday.", id="another firm"
        ),
        pytest.param("Halden now has 2,400 workers at Ferrow and in Oslo.", id="another thing"),
        pytest.param(
            "Halden has not paid $2.4 billion for Ferrow, it told the court.", id="a denial"
        ),
    ],
)
def test_what_states_something_else_is_no_answer(sentence: str) -> None:
    assert open_questions(report(PRICE), report(sentence, key="wire", days=9)) == [(PRICE, None)]


def test_what_another_report_of_the_same_days_says_was_known() -> None:
    assert (
        open_questions(
            report(PRICE),
            report("Halden paid $2.4 billion for Ferrow, a filing showed.", key="wire", days=0.5),
        )
        == []
    )
    assert (
        open_questions(
            report(PRICE, days=3),
            report("Halden paid $2.4 billion for Ferrow, a filing showed.", key="wire"),
        )
        == []
    )


def test_a_later_story_answers_if_it_clearly_speaks_of_the_same() -> None:
    clear = report(
        "Halden paid $2.4 billion for the chip maker Ferrow, a filing showed.", key="wire", days=20
    )
    loose = report("Halden paid $2.4 billion for Ferrow, a filing showed.", key="wire", days=20)

    assert [
        unknown.answer is not None for unknown in unknowns((report(PRICE),), quotable, (clear,))
    ] == [True]
    assert [
        unknown.answer is not None for unknown in unknowns((report(PRICE),), quotable, (loose,))
    ] == [False]
    assert (
        len(
            unknowns(
                (report(PRICE),),
                quotable,
                (report("It is unclear whether Halden will keep the Ferrow name."),),
            )
        )
        == 1
    )


def test_a_price_that_no_report_of_a_purchase_states_is_missed_until_one_does() -> None:
    silent = report("Halden said on Saturday that it had bought Ferrow.")
    filing = report(
        "Halden paid $2.4 billion for Ferrow, a filing showed on Monday.", key="wire", days=9
    )
    (found,) = unknowns((silent,), quotable)

    assert (found.claim.text, found.claim.kind, found.claim.citations) == (
        "No source states the price.",
        ClaimKind.ABSENT,
        (),
    )
    assert open_questions(silent, filing) == [
        (
            "No source states the price.",
            "Halden paid $2.4 billion for Ferrow, a filing showed on Monday.",
        )
    ]


@pytest.mark.parametrize(
    "member",
    [
        pytest.param(
            report("Halden said on Saturday that it had bought Ferrow.", read=Read.EXCERPT),
            id="only an excerpt was read",
        ),
        pytest.param(report("Halden bought Ferrow for $3 billion on Saturday."), id="it is stated"),
        pytest.param(
            report("Halden has a new chip on the market.", title="Halden opens a chip plant"),
            id="nothing was bought",
        ),
    ],
)
def test_no_price_is_missed_where_none_can_be(member: Member) -> None:
    assert open_questions(member) == []
