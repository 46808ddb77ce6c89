"""The headline of a story by rules: of the best source, or a sentence where none tells anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.domain.source import Lane
from aggregator.extract.quotable_sentences import quotable_sentences
from aggregator.story.rules.story_headline import headline_of
from tests.unit.story.makers import reported

TEXT = "Northwind released the weights of its second model under a free licence on Saturday."
POST = replace(reported("Northwind 2 for everybody", TEXT, key="post"), lane=Lane.COMMUNITY)
DAILY = reported("Northwind opens its second model", TEXT, key="daily")
OWN = replace(reported("The weights of Northwind 2", TEXT, key="own"), primary=True)


def test_the_vendors_headline_stands_before_a_newsrooms_and_that_before_a_communitys() -> None:
    found = [headline_of(members).text for members in ((POST, DAILY, OWN), (POST, DAILY), (POST,))]

    assert found == [each.article.title for each in (OWN, DAILY, POST)]


def test_a_headline_that_tells_something_stands_before_a_better_sources_question() -> None:
    asked = replace(reported("Is Northwind 2 open?", TEXT, key="asked"), primary=True)

    assert headline_of((asked, DAILY)).text == DAILY.article.title


@pytest.mark.parametrize("title", ["northwind/model-2", "Northwind 2", "Is Northwind 2 open?"])
def test_a_sentence_of_the_article_stands_where_the_headline_is_a_bare_name_or_asks(
    title: str,
) -> None:
    member = reported(title, TEXT)

    claim = headline_of((member,), quotable_sentences((member,)), 45)

    assert claim.text == TEXT.rstrip(".")
    assert claim.citations[0].passage == member.article.passages[1].key


def test_a_long_headline_without_an_end_of_a_clause_stands_whole() -> None:
    title = (
        "Northwind development of a ligand absolute binding free energy toolkit benchmark suite"
        " release for laboratories in the north"
    )
    member = reported(title, TEXT)
    shown = headline_of((member,), quotable_sentences((member,)), 45).text

    assert shown == title


def test_without_a_sentence_on_its_matter_a_bare_name_stays() -> None:
    member = reported("Halden Bergen", "Northwind ran its ferry from Oslo on Saturday.")

    assert headline_of((member,), quotable_sentences((member,)), 45).text == member.article.title
