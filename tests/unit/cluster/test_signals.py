from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.cluster.rank import story_signals
from aggregator.domain.article import Passage
from aggregator.domain.story import Entity, EntityKind, Signals
from tests import builders

OPENAI = Entity(key="openai", name="OpenAI", kind=EntityKind.COMPANY)


def amount(title: str, *texts: str) -> tuple[float, str]:
    bare = builders.article(title)
    passages = tuple(
        Passage(article_id=bare.id, version=1, n=n, text=text) for n, text in enumerate(texts, 1)
    )
    found = story_signals([replace(bare, passages=passages)], [()], [{}])
    return found.amount, found.stated


@pytest.mark.parametrize(
    ("title", "dollars", "stated"),
    [
        pytest.param("Northwind raises $4bn", 4e9, "$4bn", id="billions"),
        pytest.param("Northwind raises $4.5 million", 4.5e6, "$4.5 million", id="a fraction"),
        pytest.param("A €1,200,000 grant", 1.2e6, "€1,200,000", id="all digits"),
        pytest.param("A ₹85 crore round", 1e7, "₹85 crore", id="crores of rupees"),
        pytest.param(
            "The app has 2 million users", 2e7, "2 million users", id="people, at ten dollars"
        ),
        pytest.param("$3m of a $2 billion fund", 2e9, "$2 billion", id="the largest"),
        pytest.param("Version 4.5 is here", 0.0, "", id="no amount"),
    ],
)
def test_the_largest_amount_is_read_as_it_is_written(
    title: str, dollars: float, stated: str
) -> None:
    found = amount(title)

    assert found[0] == pytest.approx(dollars)
    assert found[1] == stated


@pytest.mark.parametrize(
    ("title", "lede", "stated"),
    [
        pytest.param(
            "Northwind raises a Series B",
            "Northwind raised $40m at a $2bn valuation on Monday.",
            "$40m",
            id="the first sentence on a round says its sum",
        ),
        pytest.param(
            "Northwind raises a Series B",
            "Northwind raised money on Monday. Its rival spent $9bn.",
            "",
            id="a later one may be on anything",
        ),
        pytest.param(
            "Readers on how they use chatbots",
            "Chatbots have 800 million weekly users and $20bn of revenue.",
            "",
            id="what counts the world is no amount of the event",
        ),
        pytest.param("Northwind, worth $4bn, opens a lab", "", "", id="nor is a worth"),
    ],
)
def test_only_an_amount_of_the_event_counts(title: str, lede: str, stated: str) -> None:
    assert amount(title, lede)[1] == stated


def test_the_subjects_are_those_of_all_headlines_in_a_fixed_order() -> None:
    meta = Entity(key="meta", name="Meta", kind=EntityKind.COMPANY)
    articles = [builders.article("One", key="a"), builders.article("Two", key="b")]

    assert story_signals(articles, [(OPENAI, meta), (OPENAI,)], [{}, {}]).subjects == (
        "meta",
        "openai",
    )


def test_a_story_that_lost_its_articles_has_no_signals() -> None:
    assert story_signals([], [], []) == Signals()


def test_the_order_of_articles_does_not_matter() -> None:
    articles = [
        builders.article("Northwind raises $4bn", key="a"),
        builders.article("How to bake bread", key="b"),
    ]

    assert story_signals(articles, [(), ()], [{"models": 3.0}, {}]) == story_signals(
        articles[::-1], [(), ()], [{}, {"models": 3.0}]
    )
