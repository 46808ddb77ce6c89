from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aggregator.cluster.assign import assignments
from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.counter_evidence import possible_pairs
from aggregator.cluster.similarity.event_similarity import FEATURES, event_pairs, pair_features
from aggregator.cluster.similarity.vectors import similar_pairs, vectors
from aggregator.domain.settings import ClusterSettings
from aggregator.domain.source import Lane
from tests.unit.cluster.makers import item

WINDOW = 10.0
NAMED = "Halden opens the Quillmark archive"
RETOLD = "The Quillmark archive of Halden is open to all"
REWORDED = "Halden opens its Quillmark archive to every reader"


def features(*items: ClusterItem) -> dict[str, float]:
    rows = vectors(items, WINDOW)
    found = pair_features(similar_pairs(rows, np.arange(len(items)), WINDOW), rows, items)
    return dict(zip(FEATURES, found[0].tolist(), strict=True))


def similarity(one: ClusterItem, other: ClusterItem) -> float:
    """That of two articles among sixty others of the day."""
    others = [item(f"x{n:02}", f"Matter{n} meets subject{n}") for n in range(60)]
    items = sorted([one, other, *others], key=lambda each: (each.published, each.article_id))
    rows = vectors(items, WINDOW)
    pairs = similar_pairs(rows, np.arange(len(items)), WINDOW)
    found = event_pairs(possible_pairs(pairs, items), rows, items)
    seat = items.index(one), items.index(other)
    at = (found.later == max(seat)) & (found.earlier == min(seat))
    return float(found.values[at][0])


def is_one_story(*items: ClusterItem) -> bool:
    decided = assignments(items, (), ClusterSettings())
    return len({assignment.story_id for assignment in decided}) == 1


def test_similarity_falls_slowly_where_two_headlines_share_a_rare_name() -> None:
    def after_two_days(title: str, retold: str) -> float:
        first, late = item("a", title), item("b", retold, hours=48)
        return similarity(first, late) / similarity(first, item("b", retold))

    rare = after_two_days(NAMED, RETOLD)
    nameless = after_two_days("how to store old letters well", "store your old letters well, how")

    assert rare > 1.03 * nameless


def test_a_name_in_both_headlines_speaks_for_one_event() -> None:
    assert features(item("a", NAMED), item("b", RETOLD))["name in both headlines"] == 1.0
    assert (
        features(item("a", "a new archive opens"), item("b", RETOLD))["name in both headlines"]
        == 0.0
    )


PLANT = item(
    "a",
    "Halden opens a plant for robots in Turin",
    "Robots, engineers and a plant are news of the day in Turin, says a union of engineers.",
)
MARCH = item(
    "b",
    "Nine hundred weavers march against automatic looms",
    "A union says engineers met in Turin, where the news of the day was a plant full of robots.",
    hours=3,
)


def test_two_articles_whose_titles_hardly_meet_make_no_story() -> None:
    assert similarity(PLANT, MARCH) == 0.15
    assert not is_one_story(PLANT, MARCH)


def test_articles_whose_titles_hardly_meet_join_where_others_report_the_event_too() -> None:
    plant = item("c", "A plant for robots: Halden opens it in Turin", PLANT.lead[:40], hours=1)
    march = item("d", "Weavers march against automatic looms", MARCH.lead[:60], hours=2)

    assert is_one_story(PLANT, MARCH, plant, march)


def test_two_titles_of_one_publisher_must_meet_more() -> None:
    one = item("a", "Halden opens a plant in Turin", PLANT.lead, source="desk")
    other = item("b", "Engineers greet a plant in Turin", MARCH.lead, hours=1)

    assert is_one_story(one, other)
    assert not is_one_story(one, replace(other, source_key="desk", family="desk"))


@pytest.mark.parametrize(
    "lane", [pytest.param(Lane.NEWS, id="outlet"), pytest.param(Lane.LAB, id="vendor")]
)
def test_two_documents_of_a_vendor_are_two_events_where_those_of_an_outlet_may_be_one(
    lane: Lane,
) -> None:
    lead = "Halden opened the Quillmark archive of letters for readers in nine countries today."
    one = item("a", "Halden opens the Quillmark archive", lead, source="halden", lane=lane)
    other = item(
        "b", "Quillmark archive: how Halden stores letters", lead, source="halden", lane=lane
    )

    assert is_one_story(one, other) is (lane is Lane.NEWS)


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Has anybody tried the Quillmark archive of Halden?", id="question"),
        pytest.param("I built a free tool for the Quillmark archive of Halden", id="showcase"),
    ],
)
def test_what_a_member_of_a_community_shows_or_asks_joins_no_release(title: str) -> None:
    release = item("a", NAMED)

    assert is_one_story(release, item("b", REWORDED, lane=Lane.COMMUNITY))
    assert not is_one_story(release, item("b", title, lane=Lane.COMMUNITY))


def test_a_paper_is_alone_wherever_it_was_found() -> None:
    paper = "https://arxiv.org/abs/2607.01234"

    assert is_one_story(item("a", NAMED), item("b", REWORDED))
    assert not is_one_story(item("a", NAMED), item("b", REWORDED, url=paper))
