"""Who stands behind an article: publisher, family, and whether it is the vendor's own word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.cluster.members import members
from aggregator.domain.source import Lane, Source
from aggregator.domain.story import Member
from tests import builders


def source(
    key: str, url: str, *, lane: Lane = Lane.NEWS, family: str = "", weight: float = 1.0
) -> Source:
    """A source named after its key."""
    return Source(
        key=key, name=f"The {key.title()}", url=url, lane=lane, family=family, weight=weight
    )


DAILY = source("daily", "https://www.daily.example/feed", weight=2.0)
LAB = source("lab", "https://lab.example/blog/feed", lane=Lane.LAB)
FORUM = source("forum", "https://forum.example/rss", lane=Lane.COMMUNITY)
LETTER = source("letter", "https://letter.example/feed", lane=Lane.LETTER)
SOURCES = {source.key: source for source in (DAILY, LAB, FORUM, LETTER)}


def one(key: str, url: str, *more: Source) -> Member:
    """The member that an article becomes."""
    (found,) = members(
        [(builders.article(key=key, url=url), None)],
        SOURCES | {source.key: source for source in more},
    )
    return found


def standing(found: Member) -> tuple[str, str, bool]:
    """Name, family, and whether it is the vendor's own word."""
    return found.source_name, found.family, found.primary


@pytest.mark.parametrize(
    ("key", "url", "expected"),
    [
        pytest.param(
            "daily",
            "https://daily.example/1",
            ("The Daily", "daily.example", False),
            id="on the source's own host",
        ),
        pytest.param(
            "daily",
            "https://tech.daily.example/1",
            ("The Daily", "daily.example", False),
            id="on a host below it",
        ),
        pytest.param(
            "daily",
            "https://notdaily.example/1",
            ("The Daily", "notdaily.example", False),
            id="on a namesake",
        ),
        pytest.param(
            "lab",
            "https://lab.example/model",
            ("The Lab", "lab.example", True),
            id="a lab's own word",
        ),
        pytest.param(
            "lab",
            "https://daily.example/1",
            ("The Daily", "daily.example", False),
            id="a lab links to a newspaper",
        ),
        pytest.param(
            "daily",
            "https://lab.example/model",
            ("The Lab", "lab.example", False),
            id="a newspaper links to a lab",
        ),
        pytest.param(
            "forum",
            "https://daily.example/1",
            ("The Daily", "daily.example", False),
            id="a forum links to a source",
        ),
        pytest.param(
            "forum",
            "https://blog.example/1",
            ("blog.example", "blog.example", False),
            id="a forum links to a stranger",
        ),
        pytest.param(
            "forum",
            "https://forum.example/t/1",
            ("The Forum", "forum.example", False),
            id="a forum's own thread",
        ),
        pytest.param(
            "letter",
            "https://blog.example/1",
            ("The Letter", "blog.example", False),
            id="a letter links to a stranger",
        ),
        pytest.param(
            "gone",
            "https://gone.example/1",
            ("gone.example", "gone.example", False),
            id="its source left",
        ),
        pytest.param(
            "gone",
            "https://daily.example/1",
            ("The Daily", "daily.example", False),
            id="its source left, its host is known",
        ),
    ],
)
def test_an_article_stands_for_whoever_published_it(
    key: str, url: str, expected: tuple[str, str, bool]
) -> None:
    assert standing(one(key, url)) == expected


def test_sources_of_one_family_are_one_voice() -> None:
    morning = source("morning", "https://morning.example/feed", family="daily-group")
    evening = source("evening", "https://evening.example/feed", family="daily-group")
    placed = [
        (builders.article("A", key="morning", url="https://morning.example/1"), None),
        (builders.article("B", key="evening", url="https://evening.example/1"), None),
    ]

    story = builders.story(members(placed, {"morning": morning, "evening": evening}))
    assert story.independent_origins == 1


def test_several_feeds_of_one_host_are_one_voice() -> None:
    business = source("business", "https://daily.example/business/feed")

    assert [
        one(key, "https://daily.example/1", business).family for key in ("daily", "business")
    ] == ["daily.example"] * 2


@pytest.mark.parametrize(
    ("home", "url", "family"),
    [
        pytest.param("https://maker.example", "https://docs.maker.example/1", "maker", id="below"),
        pytest.param(
            "https://a.blogs.example",
            "https://b.blogs.example/1",
            "b.blogs.example",
            id="beside it on a platform",
        ),
    ],
)
def test_what_lies_on_another_host_of_a_familys_domain_is_the_familys(
    home: str, url: str, family: str
) -> None:
    maker = source("maker", f"{home}/feed", family="maker")
    docs = source("docs", f"{url}/feed")

    assert one("docs", url, maker, docs).family == family
    assert one("forum", url, maker).family == family


def test_a_host_that_several_sources_share_names_no_publisher() -> None:
    forge = [
        source(f"forge-{n}", f"https://github.com/owner{n}/releases.atom", lane=Lane.RELEASE)
        for n in (1, 2)
    ]

    assert standing(one("forum", "https://github.com/owner3/thing", *forge)) == (
        "github.com",
        "github.com",
        False,
    )


def test_a_release_on_a_shared_host_is_its_projects_own_word() -> None:
    forge = [
        source(
            f"forge-{n}",
            f"https://github.com/owner{n}/releases.atom",
            lane=Lane.RELEASE,
            family=f"owner{n}",
        )
        for n in (1, 2)
    ]

    assert standing(one("forge-2", "https://github.com/owner2/releases/1", *forge)) == (
        "The Forge-2",
        "owner2",
        True,
    )


def test_lane_and_weight_are_those_of_the_source_that_led_there() -> None:
    found = one("forum", "https://daily.example/1")

    assert (found.lane, found.weight) == (Lane.COMMUNITY, 1.0)


def test_an_article_whose_source_left_counts_as_ordinary_news() -> None:
    found = one("gone", "https://gone.example/1")

    assert (found.lane, found.weight) == (Lane.NEWS, 1.0)


def test_members_come_oldest_first_and_by_id_where_dates_are_equal() -> None:
    late = builders.article("Late", at=builders.NOON + timedelta(hours=1))
    twins = sorted((builders.article("A"), builders.article("B")), key=lambda article: article.id)

    found = members([(late, twins[0].id), (twins[1], None), (twins[0], None)], SOURCES)
    assert [(member.article, member.copy_of) for member in found] == [
        (twins[0], None),
        (twins[1], None),
        (late, twins[0].id),
    ]


@pytest.mark.parametrize(
    ("key", "url", "lane"),
    [
        pytest.param(
            "daily", "https://arxiv.org/abs/2604.02176", Lane.PAPER, id="of a news source"
        ),
        pytest.param("gone", "https://openreview.net/forum?id=1", Lane.PAPER, id="of no source"),
        pytest.param("forum", "https://arxiv.org/abs/2604.02176", Lane.COMMUNITY, id="of a board"),
        pytest.param("daily", "https://daily.example/arxiv.org", Lane.NEWS, id="a report of one"),
    ],
)
def test_a_preprint_is_a_paper_where_its_source_is_of_no_other_kind(
    key: str, url: str, lane: Lane
) -> None:
    assert one(key, url).lane is lane
