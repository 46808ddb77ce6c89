from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.cluster.rank import DAYS_PER_POINT, ranking
from aggregator.domain.article import Read
from aggregator.domain.source import Lane
from aggregator.domain.story import Member
from tests import builders

NOON = builders.NOON


def member(
    key: str = "daily", *, days: float = 0.0, read: Read = Read.FULL, **changes: object
) -> Member:
    made = builders.member(
        builders.article(key=key, at=NOON + timedelta(days=days), read=read),
        name=key.title(),
        family=key,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def score(*members: Member) -> float:
    return ranking(members)[0]


def test_each_addend_of_the_score_has_its_reason_in_words() -> None:
    found, reasons = ranking(
        [
            member("lab", lane=Lane.LAB, primary=True, weight=2.0),
            member("daily"),
            member("wire", copy_of="x"),
        ]
    )

    assert [(reason.what, reason.points) for reason in reasons] == [
        ("2 independent origins", 1.0),
        ("weight of Lab", 1.0),
        ("announced by the vendor and covered by others", 0.5),
        ("published 4 July 2026", 1188.25),
    ]
    assert found == sum(reason.points for reason in reasons)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param([member("a"), member("b")], [member("a")], id="two origins before one"),
        pytest.param(
            [member("a"), member("b")],
            [member("a"), member("b", copy_of="x")],
            id="an origin before a copy",
        ),
        pytest.param(
            [member("a"), member("b")],
            [member("a"), member("b", family="a")],
            id="two families before one",
        ),
        pytest.param(
            [member("a", weight=2.0)], [member("a")], id="a heavier source before a lighter one"
        ),
        pytest.param([member("a")], [member("a", lane=Lane.PAPER)], id="news before papers"),
        pytest.param([member("a")], [member("a", lane=Lane.RELEASE)], id="news before releases"),
        pytest.param(
            [member("a")], [member("a", lane=Lane.COMMUNITY)], id="news before communities"
        ),
        pytest.param(
            [member("a")], [member("a", read=Read.EXCERPT)], id="a text before an excerpt"
        ),
        pytest.param(
            [member("a", read=Read.EXCERPT)],
            [member("a", read=Read.HEADLINE)],
            id="an excerpt before a headline",
        ),
        pytest.param(
            [member("a")], [member("a", primary=True)], id="coverage before an announcement alone"
        ),
        pytest.param([member("a", days=1)], [member("a")], id="the newer before the older"),
    ],
)
def test_of_two_stories_the_better_stands_first(better: list[Member], worse: list[Member]) -> None:
    assert score(*better) > score(*worse)


def test_a_second_origin_outweighs_less_than_two_days_of_age() -> None:
    two = (member("a"), member("b"))

    assert (
        score(member("a", days=DAYS_PER_POINT - 0.1))
        < score(*two)
        < score(member("a", days=DAYS_PER_POINT + 0.1))
    )


def test_a_copy_does_not_make_a_story_fresh_again() -> None:
    assert score(member("a"), member("b", days=3, copy_of="x")) == score(member("a"))


def test_the_order_of_members_does_not_matter() -> None:
    members = [member("a"), member("b", weight=3.0), member("c", lane=Lane.PAPER)]

    assert ranking(members) == ranking(members[::-1])


def test_a_story_whose_origin_is_out_of_sight_is_ranked_by_its_copies() -> None:
    assert score(member("a", copy_of="gone")) == score(member("a"))
