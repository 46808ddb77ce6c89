"""The section of a story, by its lane and where its reports belong, and the roles it concerns."""

from __future__ import annotations

import pytest

from aggregator.domain.publishing.news_section import NewsSection, news_section, topic_section
from aggregator.domain.publishing.newsroom import concerned_roles
from aggregator.domain.source import Lane


@pytest.mark.parametrize(
    ("likeliest", "lane", "section"),
    [
        pytest.param(NewsSection.LAW, Lane.NEWS, NewsSection.LAW, id="news"),
        pytest.param(NewsSection.OTHER, Lane.NEWS, NewsSection.OTHER, id="of none"),
        pytest.param(NewsSection.LAW, Lane.PAPER, NewsSection.RESEARCH, id="a paper"),
        pytest.param(NewsSection.OTHER, Lane.RELEASE, NewsSection.TOOLS, id="a release"),
        pytest.param(NewsSection.MODELS, Lane.RELEASE, NewsSection.MODELS, id="released weights"),
    ],
)
def test_a_story_stands_where_its_reports_belong_unless_its_lane_says_more(
    likeliest: NewsSection, lane: Lane, section: NewsSection
) -> None:
    assert news_section(likeliest, lane) is section


def test_a_topic_has_a_section_unless_it_is_an_operators_own() -> None:
    assert topic_section("courts") is NewsSection.LAW
    assert topic_section("bees") is NewsSection.OTHER


@pytest.mark.parametrize(
    ("named", "section", "roles"),
    [
        (["security", "policy", "security"], "tools", ("security", "policy")),
        ([], "law", ("policy",)),
        ([], "security", ("security",)),
        ([], "models", ("developers", "research")),
        ([], "further", ()),
    ],
)
def test_a_story_concerns_the_roles_it_names_or_those_of_its_section(
    named: list[str], section: str, roles: tuple[str, ...]
) -> None:
    assert concerned_roles(named, NewsSection(section)) == roles
