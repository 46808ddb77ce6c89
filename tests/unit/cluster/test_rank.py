from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.cluster.rank import (
    DAYS_PER_POINT,
    Ranking,
    Standing,
    Weights,
    ranking,
    shipped_weights,
)
from aggregator.domain.article import Read
from aggregator.domain.source import Lane
from aggregator.domain.story import Member, RankReason, Reason, Signals
from aggregator.english.event_kind import EventKind
from tests import builders

NOON = builders.NOON
RELEASE = Signals(kinds=((EventKind.MODEL_RELEASE, 1.0),))
HOW_TO = Signals(kinds=((EventKind.HOW_TO, 1.0),))
NOBODY = Standing()


def member(
    key: str = "daily", *, days: float = 0.0, read: Read = Read.FULL, **changes: object
) -> Member:
    made = builders.member(
        builders.article(key=key, at=NOON + timedelta(days=days), read=read),
        name=key.title(),
        family=key,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def ranked(*members: Member, signals: Signals = RELEASE, standing: Standing = NOBODY) -> Ranking:
    return ranking(members, signals, standing, shipped_weights())


def test_each_addend_of_importance_has_its_evidence() -> None:
    weights: Weights = {
        **shipped_weights(),
        "event": {"funding": 3.0, "opinion": 1.0},
        "actor": {"doubling": 0.5},
        "magnitude": {"tenfold": 0.5},
        "subject": {"doubling": 0.25},
        "origins": {"doubling": 1.0},
        "newsletters": {"doubling": 0.5},
        "announcement": {"covered": 0.25, "alone": -1.0},
    }
    found = ranking(
        [
            member("lab", lane=Lane.LAB, primary=True),
            member("daily"),
            member("letter", lane=Lane.LETTER),
            member("post"),
            member("wire", copy_of="x"),
        ],
        Signals(
            kinds=((EventKind.FUNDING, 0.75), (EventKind.OPINION, 0.25)),
            amount=1e9,
            stated="$1 billion",
            about=2.0,
        ),
        Standing(level=4, actor="openai", newsletters=2, led=1),
        weights,
    )

    assert found.reasons == (
        RankReason(name=Reason.EVENT, points=2.5, value="funding", count=75),
        RankReason(name=Reason.ACTOR, points=2.0, value="openai", count=4),
        RankReason(name=Reason.MAGNITUDE, points=1.5, value="$1 billion"),
        RankReason(name=Reason.SUBJECT, points=0.5),
        RankReason(name=Reason.ORIGINS, points=2.0, count=4),
        RankReason(name=Reason.NEWSLETTERS, points=1.0, value="1", count=2),
        RankReason(name=Reason.ANNOUNCEMENT, points=0.25, value="covered"),
    )
    assert found.importance == pytest.approx(sum(reason.points for reason in found.reasons))


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
    ],
)
def test_of_two_stories_the_better_stands_first(better: list[Member], worse: list[Member]) -> None:
    assert ranked(*better).importance > ranked(*worse).importance


@pytest.mark.parametrize(
    ("signals", "standing"),
    [
        pytest.param(HOW_TO, NOBODY, id="a release before a how-to"),
        pytest.param(replace(RELEASE, amount=1e7), NOBODY, id="the larger amount"),
        pytest.param(RELEASE, Standing(level=2), id="the more prominent actor"),
        pytest.param(replace(RELEASE, votes=10), NOBODY, id="the more votes"),
        pytest.param(RELEASE, Standing(level=3, newsletters=3), id="the more newsletters"),
        pytest.param(RELEASE, Standing(level=3, newsletters=2, led=2), id="the newsletters led"),
    ],
)
def test_what_the_headline_says_decides_between_equals(
    signals: Signals, standing: Standing
) -> None:
    strong = ranked(
        member(),
        signals=replace(RELEASE, amount=1e9, votes=100),
        standing=Standing(level=3, newsletters=3, led=3),
    )

    assert strong.importance > ranked(member(), signals=signals, standing=standing).importance


def test_importance_does_not_age_and_the_score_does() -> None:
    old, new = ranked(member()), ranked(member(days=DAYS_PER_POINT))

    assert new.importance == old.importance
    assert new.score == pytest.approx(old.score + 1.0)


def test_a_copy_does_not_make_a_story_fresh_again() -> None:
    assert ranked(member("a"), member("b", days=3, copy_of="x")) == ranked(member("a"))


def test_the_order_of_members_does_not_matter() -> None:
    members = [member("a"), member("b", weight=3.0), member("c", lane=Lane.PAPER)]

    assert ranked(*members) == ranked(*members[::-1])


def test_a_story_whose_origin_is_out_of_sight_is_ranked_by_its_copies() -> None:
    assert ranked(member("a", copy_of="gone")) == ranked(member("a"))
