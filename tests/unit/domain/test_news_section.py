"""The section of a story, by its kind of event and its topics."""

from __future__ import annotations

import pytest

from aggregator.domain.claim import Role
from aggregator.domain.publishing.news_section import NewsSection, concerned_roles, news_section
from aggregator.domain.source import Lane
from aggregator.english.event_kind import EventKind


@pytest.mark.parametrize(
    ("kinds", "lane", "topics", "section"),
    [
        pytest.param(
            {EventKind.LAW: 0.9}, Lane.NEWS, ("models",), NewsSection.LAW, id="a sure kind"
        ),
        pytest.param(
            {EventKind.RESEARCH: 0.436, EventKind.MODEL_RELEASE: 0.115},
            Lane.LAB,
            ("models",),
            NewsSection.MODELS,
            id="an unsure kind gives way to the main topic",
        ),
        pytest.param(
            {EventKind.OTHER: 0.3, EventKind.FUNDING: 0.15, EventKind.ACQUISITION: 0.15},
            Lane.NEWS,
            (),
            NewsSection.MONEY,
            id="kinds of one section together",
        ),
        pytest.param(
            {EventKind.OTHER: 0.355, EventKind.FUNDING: 0.211},
            Lane.NEWS,
            ("chips", "funding"),
            NewsSection.MONEY,
            id="a round, whatever it is for",
        ),
        pytest.param(
            {EventKind.PRODUCT: 0.9}, Lane.LAB, ("coding",), NewsSection.TOOLS, id="for developers"
        ),
        pytest.param({EventKind.PRODUCT: 0.9}, Lane.LAB, (), NewsSection.PRODUCTS, id="for others"),
        pytest.param(
            {EventKind.OTHER: 0.9},
            Lane.NEWS,
            ("robotics", "courts"),
            NewsSection.LAW,
            id="the first topic that has a section",
        ),
        pytest.param({EventKind.OPINION: 0.9}, Lane.NEWS, (), NewsSection.OTHER, id="of none"),
        pytest.param({EventKind.LAW: 0.1}, Lane.NEWS, (), NewsSection.OTHER, id="too unsure"),
        pytest.param({EventKind.LAW: 0.9}, Lane.PAPER, (), NewsSection.RESEARCH, id="a paper"),
        pytest.param({}, Lane.RELEASE, (), NewsSection.TOOLS, id="a release"),
        pytest.param(
            {EventKind.MODEL_RELEASE: 0.9},
            Lane.RELEASE,
            (),
            NewsSection.MODELS,
            id="released weights",
        ),
    ],
)
def test_a_story_stands_in_one_section(
    kinds: dict[EventKind, float], lane: Lane, topics: tuple[str, ...], section: NewsSection
) -> None:
    assert news_section(tuple(kinds.items()), lane, topics) is section


@pytest.mark.parametrize(
    ("named", "section", "roles"),
    [
        ([Role.SECURITY, Role.POLICY, Role.SECURITY], "tools", (Role.SECURITY, Role.POLICY)),
        ([], "law", (Role.POLICY,)),
        ([], "security", (Role.SECURITY,)),
        ([], "models", (Role.DEVELOPERS, Role.RESEARCH)),
        ([], "further", ()),
    ],
)
def test_a_story_concerns_the_roles_it_names_or_those_of_its_section(
    named: list[Role], section: str, roles: tuple[Role, ...]
) -> None:
    assert concerned_roles(named, NewsSection(section)) == roles
