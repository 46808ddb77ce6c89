"""What reports of one event state differently, and what only looks so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.domain.article import Passage
from aggregator.domain.story import Member
from aggregator.memory.differences import differences
from tests import builders

SIXTY = (
    "Halden says that more than 60 percent of its enterprise revenue comes from clinics in Norway."
)
FIFTY_FIVE = (
    "The company said that about 55 percent of its enterprise revenue comes from clinics in Norway."
)


def report(
    *sentences: str,
    key: str = "daily",
    family: str = "",
    hours: float = 0.0,
    copy_of: str | None = None,
    name: str = "",
) -> Member:
    """A member whose article has these sentences as its passages."""
    bare = builders.article("Halden grows", key=key, at=builders.NOON + timedelta(hours=hours))
    texts = enumerate(("Halden grows", *sentences))
    passages = tuple(Passage(article_id=bare.id, version=1, n=n, text=text) for n, text in texts)
    told = replace(bare, passages=passages)
    return builders.member(told, name=name or key, family=family, copy_of=copy_of)


def questions(*members: Member) -> list[str]:
    """What the reports of these members differ on."""
    return [difference.question for difference in differences(members, 25)]


def of(one: str, other: str) -> list[str]:
    """What two reports of one sentence each differ on."""
    return questions(report(one), report(other, key="wire"))


def test_two_figures_for_one_thing_are_kept_with_both_sentences_and_where_they_stand() -> None:
    daily, wire = report(SIXTY), report(FIFTY_FIVE, key="wire")
    (found,) = differences((daily, wire), 25)

    assert found.question.startswith("More than 60 percent of its ")
    assert found.question.endswith("(daily), about 55 percent (wire)")
    assert [
        (claim.text, claim.citations[0].quote, claim.citations[0].passage) for claim in found.claims
    ] == [
        (SIXTY, SIXTY, f"{daily.article.id}.1.1"),
        (FIFTY_FIVE, FIFTY_FIVE, f"{wire.article.id}.1.1"),
    ]


def test_a_difference_has_one_capital_where_its_sentences_begin_with_their_figures() -> None:
    eighty = "Eighty visitors of the fair were hurt in the hall of Halden on Friday."
    more = "At least 89 visitors of the fair were hurt in the hall of Halden on Friday."

    assert of(eighty, more) == ["Eighty visitors of the fair (daily), at least 89 (wire)"]


def test_three_figures_are_one_sentence() -> None:
    third = (
        "Halden reported that 40 percent of its enterprise revenue comes from clinics in Norway."
    )

    (question,) = questions(
        report(SIXTY), report(FIFTY_FIVE, key="wire"), report(third, key="post")
    )
    assert question.endswith("(daily), about 55 percent (wire), 40 percent (post)")


def test_two_outlets_with_long_names_are_one_report_and_another() -> None:
    long = report(FIFTY_FIVE, key="wire", name="The Wire of the Norse Journalists")

    (question,) = questions(report(SIXTY), long)
    assert question.endswith(" in one report, about 55 percent in another")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("$2 billion", "$3.5 billion", id="money"),
        pytest.param("4,200 shares", "3,100 shares", id="counts"),
        pytest.param("90 GB", "40 GB", id="measures"),
    ],
)
def test_figures_of_any_unit_may_differ(one: str, other: str) -> None:
    sentence = "The Norse funds bought {} of Halden last spring."

    assert len(of(sentence.format(one), sentence.format(other))) == 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            "Halden says that 62.5 percent of its enterprise revenue comes from clinics in Norway.",
            id="more than 60",
        ),
        pytest.param(
            "Halden says that over 50 percent of its enterprise revenue comes from clinics in"
            " Norway.",
            id="both open",
        ),
        pytest.param(
            "Halden says that about 58 percent of its enterprise revenue comes from clinics in"
            " Norway.",
            id="about",
        ),
        pytest.param(
            "Halden says that 55 dollars of its enterprise revenue comes from clinics in Norway.",
            id="another unit",
        ),
        pytest.param(
            "Halden says that 55 percent of its consumer revenue comes from clinics in Norway.",
            id="of something else",
        ),
        pytest.param(
            "In 2024 some 55 percent of its enterprise revenue came from clinics in Norway.",
            id="another time",
        ),
        pytest.param(
            "Halden saw 55 percent of enterprise buyers leave its clinics after prices doubled.",
            id="other words",
        ),
    ],
)
def test_what_can_both_be_right_is_no_difference(other: str) -> None:
    assert of(SIXTY, other) == []


@pytest.mark.parametrize(
    ("sentence", "one", "other"),
    [
        pytest.param(
            "Today {} raised from funds in Oslo.",
            "Halden $20 billion",
            "Northwind $30 billion",
            id="names",
        ),
        pytest.param(
            "{} points on the hard exam in Oslo.",
            "The model Chat-4 scored 71",
            "The model Chat-5 scored 83",
            id="versions",
        ),
        pytest.param(
            "Halden sold {} to clinics in Oslo.",
            "900 robots in May 2026",
            "700 robots in June 2026",
            id="times",
        ),
        pytest.param(
            "Halden raised {} from funds in Oslo.", "$4.5 billion", "$4.52 billion", id="rounding"
        ),
        pytest.param(
            "Halden raised {} from funds in Oslo.", "$57 million", "nearly $60 million", id="nearly"
        ),
        pytest.param(
            "Halden raised {} from funds in Oslo.", "$57 million", "up to $80 million", id="up to"
        ),
        pytest.param(
            "Sales grew {} in all.", "60 percent", "40 percent", id="too few words to tell what of"
        ),
        pytest.param(
            "Halden fired {} at its clinics in Oslo.",
            "6,000 people",
            "5,960 people",
            id="round thousands",
        ),
        pytest.param(
            "Halden told {} about the leaking model.",
            "two clinics in Oslo",
            "three clinics in Oslo",
            id="small counts",
        ),
    ],
)
def test_another_thing_or_a_rounding_is_no_difference(sentence: str, one: str, other: str) -> None:
    assert of(sentence.format(one), sentence.format(other)) == []


def test_one_family_does_not_contradict_itself() -> None:
    assert questions(report(SIXTY, family="x"), report(FIFTY_FIVE, key="wire", family="x")) == []


def test_a_copy_is_no_report_of_its_own() -> None:
    assert questions(report(SIXTY), report(FIFTY_FIVE, key="wire", copy_of="x")) == []


def test_what_comes_days_later_is_news_and_no_contradiction() -> None:
    assert questions(report(SIXTY), report(FIFTY_FIVE, key="wire", hours=49)) == []
    assert len(questions(report(SIXTY), report(FIFTY_FIVE, key="wire", hours=48))) == 1


def test_who_states_the_other_figure_too_does_not_contradict_it() -> None:
    both = report(FIFTY_FIVE, "Another count puts it at 60 percent.", key="wire")

    assert questions(report(SIXTY), both) == []


def test_a_sentence_too_long_to_quote_is_left_out() -> None:
    assert differences((report(SIXTY), report(FIFTY_FIVE, key="wire")), 15) == ()
