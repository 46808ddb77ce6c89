from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aggregator.cluster.assign import assignments
from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.event_similarity import (
    FEATURES,
    event_and_affair_pairs,
    pair_features,
)
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
    found, _ = event_and_affair_pairs(pairs, rows, items)
    seat = items.index(one), items.index(other)
    at = (found.later == max(seat)) & (found.earlier == min(seat))
    return float(found.values[at][0])


def is_one_story(*items: ClusterItem) -> bool:
    decided = assignments(items, (), ClusterSettings())
    return len({assignment.story_id for assignment in decided}) == 1


def test_a_pair_is_likelier_one_event_the_sooner_it_comes_and_the_more_its_titles_meet() -> None:
    first = item("a", NAMED)
    at_once, late = (similarity(first, item("b", RETOLD, hours=hours)) for hours in (0, 72))
    hardly_met = similarity(PLANT, MARCH)

    assert at_once > late > hardly_met


def test_a_name_of_one_headline_in_the_other_text_is_met() -> None:
    strange, met = (
        features(item("a", NAMED), item("b", "An archive is open to all", lead))
        for lead in ("Letters of an archive.", "Halden says so of an archive.")
    )

    assert (strange["name met"], met["name met"]) == (0.0, 1.0)


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


def test_two_articles_of_one_outlet_are_less_likely_one_event() -> None:
    one = item("a", NAMED, source="desk")
    other = item("b", RETOLD, hours=1)

    assert similarity(one, replace(other, source_key="desk")) < 0.8 * similarity(one, other)


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Has anybody tried the Quillmark archive of Halden?", id="question"),
        pytest.param("I built a free tool for the Quillmark archive of Halden", id="showcase"),
    ],
)
def test_what_a_member_of_a_community_shows_or_asks_is_less_likely_the_event(title: str) -> None:
    release = item("a", NAMED)

    told, asked = (
        similarity(release, item("b", each, lane=Lane.COMMUNITY)) for each in (REWORDED, title)
    )

    assert asked < 0.7 * told


def test_sums_that_cannot_be_one_keep_two_headlines_apart() -> None:
    raised = item("a", "Halden raises $450 million for its archive")

    assert is_one_story(raised, item("b", "Halden archive raises $300 million"))
    assert not is_one_story(raised, item("b", "Halden archive raises $33 million"))


def test_headlines_of_one_affair_are_told_from_strangers() -> None:
    opened = item("a", "Ofcom opens an inquiry into Quillmark letters")
    answer = item("b", "Quillmark hides its letters after the inquiry of Ofcom", hours=90)
    stranger = item("b", "Zenith sues a maker of letters", hours=90)

    near, far = (
        assignments([opened, other], (), ClusterSettings()) for other in (answer, stranger)
    )

    assert len({each.storyline for each in near}) == 1
    assert len({each.storyline for each in far}) == 2


def test_what_two_companies_do_in_the_same_words_are_two_stories() -> None:
    one, other = (
        item(
            name,
            f"{name} adds memory to its chatbot",
            f"{name} has added memory to its chatbot, which recalls what its users said earlier.",
        )
        for name in ("Halden", "Quillmark")
    )
    beside = replace(other, lead=f"{other.lead} Halden has too.")

    assert not is_one_story(one, other)
    assert is_one_story(one, beside)


def test_a_paper_is_alone_wherever_it_was_found() -> None:
    paper = "https://arxiv.org/abs/2607.01234"

    assert is_one_story(item("a", NAMED), item("b", REWORDED))
    assert not is_one_story(item("a", NAMED), item("b", REWORDED, url=paper))
