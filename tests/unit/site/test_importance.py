"""Why a story is important, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.domain.story import RankReason, Reason, Story
from aggregator.site.story.importance import reach, shown_reasons, why_it_leads
from aggregator.templating.translation import IN_ENGLISH
from tests.builders import article, member, story

_REASONS = (
    RankReason(name=Reason.EVENT, points=2.5, value="research", count=51),
    RankReason(name=Reason.ACTOR, points=0.8, value="Lab", count=4),
    RankReason(name=Reason.SUBJECT, points=1.7),
    RankReason(name=Reason.ORIGINS, points=0.4, count=2),
    RankReason(name=Reason.COMMUNITY, points=0.9, count=655),
)


def _ranked(*reasons: RankReason) -> Story:
    reports = (member(article("Lab opens", key=name), name=name) for name in ("A", "B"))
    return replace(story(tuple(reports)), reasons=reasons)


def test_what_gives_most_points_is_named_first_and_the_number_of_sources_by_the_label() -> None:
    led = RankReason(name=Reason.NEWSLETTERS, points=0.5, value="2", count=2)
    sure = RankReason(name=Reason.EVENT, points=0.4, value="research", count=99)

    assert why_it_leads(_ranked(sure, *_REASONS[1:], led), IN_ENGLISH) == (
        "2 newsletters led with it · research"
    )


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ((), "single source"),
        (("B",), "2 independent sources · also reported by B"),
        (("B", "C", "D", "E", "F"), "6 independent sources · also reported by B, C, D, 2 more"),
    ],
)
def test_reach_names_who_else_reports_a_story_and_how_communities_received_it(
    others: tuple[str, ...], said: str
) -> None:
    reports = (member(article("Lab opens", key=name), name=name) for name in ("A", *others))
    told = replace(story(tuple(reports)), reasons=_REASONS[-1:])

    assert reach(told, IN_ENGLISH) == f"{said} · 655 votes and comments on forums"


def test_that_several_sources_report_a_story_is_no_reason_beside_its_label() -> None:
    assert why_it_leads(_ranked(*_REASONS[:4]), IN_ENGLISH) == ""


def test_an_unsure_kind_of_event_is_named_with_its_probability() -> None:
    (shown,) = shown_reasons(_ranked(_REASONS[0]), IN_ENGLISH)

    assert ("research" in shown.text, "51" in shown.text) == (True, True)
