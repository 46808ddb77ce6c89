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


@pytest.mark.parametrize("title", ["Is Northwind 2 open?", "northwind/model-2", "Northwind 2"])
def test_a_sentence_of_the_article_stands_where_no_headline_tells_anything(title: str) -> None:
    member = reported(title, TEXT)

    claim = headline_of((member,), quotable_sentences((member,)), 45)

    assert claim.text == TEXT.rstrip(".")
    assert claim.citations[0].passage == member.article.passages[1].key


def test_without_a_sentence_on_its_matter_a_question_stays() -> None:
    member = reported("Is Halden in Bergen?", "Northwind ran its ferry from Oslo on Saturday.")

    assert headline_of((member,), quotable_sentences((member,)), 45).text == member.article.title


def test_a_headline_that_no_clause_ends_in_time_is_marked_where_it_breaks_off() -> None:
    title = (
        "Northwind development of a ligand absolute binding free energy toolkit benchmark suite"
        " release"
    )
    member = reported(title, "", key="long")

    assert headline_of((member,)).text.endswith(" …")
    assert len(headline_of((member,)).text) <= 90
