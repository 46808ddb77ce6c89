"""The section of a story, by its kind of event and its topics."""

from __future__ import annotations

import pytest

from aggregator.domain.publishing.news_section import NewsSection, news_section
from aggregator.domain.source import Lane
from aggregator.english.event_kind import EventKind


@pytest.mark.parametrize(
    ("kind", "lane", "topics", "section"),
    [
        pytest.param(
            EventKind.LAW, Lane.NEWS, ("models",), NewsSection.LAW, id="the kind before topics"
        ),
        pytest.param(
            EventKind.PRODUCT, Lane.LAB, ("coding",), NewsSection.TOOLS, id="for developers"
        ),
        pytest.param(EventKind.PRODUCT, Lane.LAB, (), NewsSection.PRODUCTS, id="for others"),
        pytest.param(
            EventKind.OTHER, Lane.NEWS, ("robotics", "courts"), NewsSection.LAW, id="by a topic"
        ),
        pytest.param(
            EventKind.RESEARCH, Lane.NEWS, ("courts",), NewsSection.LAW, id="a ruling on research"
        ),
        pytest.param(
            EventKind.OTHER, Lane.NEWS, ("chips", "funding"), NewsSection.MONEY, id="a round"
        ),
        pytest.param(EventKind.OPINION, Lane.NEWS, (), NewsSection.OTHER, id="of none"),
        pytest.param(EventKind.LAW, Lane.PAPER, (), NewsSection.RESEARCH, id="a paper"),
        pytest.param(EventKind.OTHER, Lane.RELEASE, (), NewsSection.TOOLS, id="a release"),
        pytest.param(
            EventKind.MODEL_RELEASE, Lane.RELEASE, (), NewsSection.MODELS, id="released weights"
        ),
    ],
)
def test_a_story_stands_in_one_section(
    kind: EventKind, lane: Lane, topics: tuple[str, ...], section: NewsSection
) -> None:
    assert news_section(kind, lane, topics) is section
