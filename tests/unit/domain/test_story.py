"""Which stories have a page of their own, and what kind of event they report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.domain.claim import Claim, Draft
from aggregator.domain.source import Lane
from aggregator.english.event_kind import EventKind
from tests.builders import article, claim, headline, member, published_story, story

FIRST, SECOND = article("Northwind opens its model"), article("A model is open", key="other")
ONE, TWO, THREE = (claim(f"It reads {n} languages.", FIRST) for n in ("two", "six", "nine"))


@pytest.mark.parametrize(
    ("hook", "sentences", "reports", "has_page"),
    [
        pytest.param(ONE, (), 1, True, id="one sums up the news"),
        pytest.param(None, (ONE, TWO, THREE), 1, True, id="three others"),
        pytest.param(None, (ONE, TWO), 1, False, id="a teaser"),
        pytest.param(None, (ONE,), 2, True, id="two report it"),
        pytest.param(None, (headline(FIRST),) * 3, 2, False, id="its headline again"),
    ],
)
def test_a_story_has_a_page_where_there_is_enough_to_say(
    hook: Claim | None, sentences: tuple[Claim, ...], reports: int, has_page: bool
) -> None:
    members = tuple(member(report, name=report.title) for report in (FIRST, SECOND)[:reports])
    draft = Draft(headline=headline(FIRST), hook=hook, takeaways=sentences)

    assert published_story(story(members), draft).has_page is has_page


@pytest.mark.parametrize(
    ("title", "lane", "kind"),
    [
        pytest.param("nvidia/Nemotron-Personas", Lane.NEWS, EventKind.SHOWCASE, id="in the news"),
        pytest.param("Nvidia opens a data set", Lane.NEWS, EventKind.RESEARCH, id="a sentence"),
        pytest.param(
            "Qwen/Qwen3-8B", Lane.RELEASE, EventKind.RESEARCH, id="a release by its maker"
        ),
    ],
)
def test_the_name_of_a_repository_in_the_news_reports_nothing(
    title: str, lane: Lane, kind: EventKind
) -> None:
    of = story((member(article(title), lane=lane),))

    assert replace(of, kinds=((EventKind.RESEARCH, 0.9),)).kind is kind
