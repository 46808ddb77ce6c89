"""Which articles are opinion, and what is not taken from them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.domain.story import Member
from aggregator.story.rules.choosing import is_opinion
from aggregator.story.rules.extractive import page_by_rules
from tests.unit.story.makers import reported, story

VIEW = "Northwind has opened a reckless bakery in Oslo on Thursday, built for 12 rich men."
REPORT = (
    "Northwind opened a bakery with 40 ovens in Oslo on Thursday.",
    "Halden counts 300 bakers among the customers of its rival Northwind.",
    "Inspectors from Bergen found 14 faults in the first of the ovens.",
)


def column(*, url: str = "https://a.example/commentisfree/2026/ovens") -> Member:
    """An article of opinion by its address."""
    member = reported(
        "Northwind opens a bakery in Oslo, and should not",
        VIEW,
        "Oslo could become a city of 3 bakers.",
        key="view",
    )
    return replace(member, weight=2.0, article=replace(member.article, canonical_url=url))


@pytest.mark.parametrize(
    ("title", "path", "byline", "expected"),
    [
        pytest.param(
            "A title", "commentisfree/2026/jan/1/a-title", "", True, id="a section of columns"
        ),
        pytest.param("A title", "opinion/a-title", "", True, id="opinion"),
        pytest.param("Our view of ovens | Editorial", "a-title", "", True, id="an editorial"),
        pytest.param(
            "Opinion | Is an oven a crime?", "a-title", "", True, id="opinion before the title"
        ),
        pytest.param(
            "Ovens are no toys | Ada Byron", "a-title", "Ada Byron", True, id="signed in the title"
        ),
        pytest.param(
            "A phone is announced | Android Central",
            "a-title",
            "Ada Byron",
            False,
            id="the name of a site",
        ),
        pytest.param("Who bakes for whom? – podcast", "a-title", "", True, id="a podcast"),
        pytest.param("Podcast: the ovens of Oslo", "a-title", "", True, id="a podcast first"),
        pytest.param("A podcast is banned in Oslo", "a-title", "", False, id="about a podcast"),
        pytest.param(
            "Public opinion shifts on ovens", "opinion-polls", "", False, id="about opinion"
        ),
    ],
)
def test_an_article_of_opinion_is_known_by_its_address_or_its_headline(
    title: str, path: str, byline: str, expected: bool
) -> None:
    article = replace(
        reported(title).article, canonical_url=f"https://a.example/{path}", byline=byline
    )

    assert is_opinion(article) is expected


def key_texts(*members: Member) -> set[str]:
    """Hook, changes, reasons and takeaways of the story of these members."""
    found = page_by_rules(story(*members), language="en", quote_words=25)
    assert found is not None
    assert found.hook is not None
    return {
        claim.text
        for claim in (found.hook, *found.what_changed, *found.why_it_matters, *found.takeaways)
    }


def test_what_only_a_column_says_is_not_told_where_others_report() -> None:
    report = reported("Northwind opens a bakery in Oslo", *REPORT)

    assert key_texts(column(), report) <= set(REPORT)
    assert VIEW in key_texts(column(url="https://a.example/news/2026/ovens"), report)


def test_a_story_of_columns_alone_is_told_from_them() -> None:
    assert VIEW in key_texts(column())


def test_what_only_a_column_dates_is_no_row_of_a_timeline_where_others_report() -> None:
    report = reported("Northwind opens a bakery in Oslo", *REPORT)
    dated = "Northwind opened its first oven in March 2025 with much noise."

    def rows(url: str) -> list[str]:
        view = reported("Northwind opens a bakery in Oslo, and should not", dated, key="view")
        view = replace(view, article=replace(view.article, canonical_url=url))
        found = page_by_rules(story(view, report), language="en", quote_words=25)
        assert found is not None
        return [row.claim.text for row in found.timeline]

    assert dated in rows("https://a.example/news/2026/ovens")
    assert dated not in rows("https://a.example/opinion/2026/ovens")
