"""What a judge is shown, and what it judges at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregator.domain.article import Article
from aggregator.domain.operation.calibration import JudgedArticle
from aggregator.extract.page.assemble import passages
from aggregator.verify.judge.premise import MOST_WORDS, premise, premise_of, statements
from tests.builders import article, claim, member, story

ONE = JudgedArticle(
    source="Lab One",
    day=date(2026, 3, 2),
    passages={0: "Model A is here", **{n: f"Passage {n} of one." for n in range(1, 8)}},
)
OTHER = JudgedArticle(
    source="The Ledger", day=date(2026, 3, 3), passages={0: "A new model", 1: "It said."}
)
ARTICLES = {"one": ONE, "other": OTHER}


def test_a_cited_passage_stands_between_its_neighbours_under_source_day_and_headline() -> None:
    assert premise(ARTICLES, [("one", 3)]) == (
        "Lab One, 2 March 2026: Model A is here\n…\n"
        "Passage 2 of one.\nPassage 3 of one.\nPassage 4 of one."
    )


def test_articles_come_in_the_order_of_the_story() -> None:
    shown = premise(ARTICLES, [("other", 1), ("one", 1)])

    assert shown.index("Lab One") < shown.index("The Ledger")


def test_a_gap_between_passages_is_marked() -> None:
    assert premise(ARTICLES, [("one", 1), ("one", 6)]).splitlines() == [
        "Lab One, 2 March 2026: Model A is here",
        "Passage 1 of one.",
        "Passage 2 of one.",
        "…",
        "Passage 5 of one.",
        "Passage 6 of one.",
        "Passage 7 of one.",
    ]


def test_what_is_not_there_is_left_out() -> None:
    assert premise(ARTICLES, [("one", 99), ("nobody", 1)]) == ""


def with_text(title: str, key: str, *paragraphs: str) -> Article:
    bare = article(title, key=key)
    return replace(bare, passages=passages(bare.id, 1, title, paragraphs))


def test_the_premise_of_a_claim_is_what_it_cites_in_its_story_and_its_background() -> None:
    own = with_text("Model A is here", "daily", "It costs $3.", "It is small.", "It is fast.")
    older = with_text("Model B was here", "wire", "It cost $5.")
    told = replace(
        story([member(own, name="The Daily")]), background=(member(older, name="The Wire"),)
    )

    assert premise_of(told, claim("Model A costs less.", own, older)).splitlines() == [
        "The Daily, 4 July 2026: Model A is here",
        "It costs $3.",
        "It is small.",
        "",
        "The Wire, 4 July 2026: Model B was here",
        "It cost $5.",
    ]


def test_a_claim_that_cites_another_version_has_no_premise() -> None:
    own = with_text("Model A is here", "daily", "It costs $3.")

    assert premise_of(story([member(own)]), claim("It costs $3.", replace(own, version=2))) == ""


def test_neighbours_give_way_where_the_premise_would_be_long_and_cited_passages_never_do() -> None:
    long = JudgedArticle(
        source="Lab One",
        day=date(2026, 3, 2),
        passages={0: "Model A", **{n: f"{n} " + "word " * MOST_WORDS for n in range(1, 4)}},
    )

    shown = premise({"one": long}, [("one", 2)])
    assert [line[:2] for line in shown.splitlines()] == ["La", "…", "2 "]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("It costs $3.", ["It costs $3."], id="one"),
        pytest.param(
            "Lab One bought Lab Two. It paid $3.",
            ["Lab One bought Lab Two.", "It paid $3."],
            id="two sentences",
        ),
        pytest.param(
            "The price of Small is unchanged, but Grand costs a quarter more.",
            ["The price of Small is unchanged.", "Grand costs a quarter more."],
            id="two clauses with subjects",
        ),
        pytest.param(
            "Lab One released Model A, and cut the price of Model B.",
            ["Lab One released Model A, and cut the price of Model B."],
            id="one subject",
        ),
        pytest.param(
            "The tool is sold in France, Spain, and the UK.",
            ["The tool is sold in France, Spain, and the UK."],
            id="a list",
        ),
        pytest.param(
            '"We are hired, and the machine is not," said Ada Holt of the union.',
            ['"We are hired, and the machine is not," said Ada Holt of the union.'],
            id="a quotation",
        ),
        pytest.param(
            '"We had the maps. We had no wind," said Ada Holt.',
            ['"We had the maps. We had no wind," said Ada Holt.'],
            id="a quotation of two sentences",
        ),
        pytest.param(
            "About 70 hours carry bad readings; they are marked and will be replaced.",
            ["About 70 hours carry bad readings.", "They are marked and will be replaced."],
            id="a semicolon",
        ),
        pytest.param(
            "Sales fell because the price rose, which the firm denies.",
            ["Sales fell because the price rose, which the firm denies."],
            id="a cause is one statement",
        ),
    ],
)
def test_a_sentence_with_two_statements_is_judged_in_two(text: str, parts: list[str]) -> None:
    assert list(statements(text)) == parts
