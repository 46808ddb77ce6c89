"""Topics of the closed list: what names one outright, what only hints, what the words beside them
say, and how many a story has.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.cluster.entities import entities_in, gazetteer, tokens_of
from aggregator.cluster.topics import (
    MOST_TOPICS,
    TopicCues,
    story_topics,
    topic_cues,
    topic_points,
    topic_strengths,
)
from aggregator.config.registry_file import load_registry
from aggregator.domain.registry import Topic
from aggregator.resources import DEFAULT_REGISTRY

REGISTRY = load_registry(DEFAULT_REGISTRY)
CUES, NAMES = topic_cues(REGISTRY), gazetteer(REGISTRY)


def topics(title: str, lead: str = "") -> tuple[str, ...]:
    """The topics of a story of one article."""
    return story_topics([strengths(title, lead)], CUES)


def strengths(title: str, lead: str = "", cues: TopicCues = CUES) -> dict[str, float]:
    """How strongly an article is about each topic."""
    words = tokens_of(title)
    named = entities_in(words, NAMES)
    points = topic_points(words, tokens_of(lead), named, (), cues)
    return topic_strengths(title, lead, points, cues)


@pytest.mark.parametrize(
    ("title", "lead", "expected"),
    [
        pytest.param("Chipmaker builds a new GPU", "", ("chips",), id="terms in the headline"),
        pytest.param(
            "Publishers’ lawsuit over fine-tuning on training data",
            "",
            ("courts", "training"),
            id="two, the better first",
        ),
        pytest.param("Lab adds a button", "It looks nice.", (), id="none"),
        pytest.param("A cabinet of chips", "", (), id="one hint"),
    ],
)
def test_a_topic_is_named_outright(title: str, lead: str, expected: tuple[str, ...]) -> None:
    assert topics(title, lead) == expected


@pytest.mark.parametrize(
    ("title", "lead", "expected"),
    [
        pytest.param(
            "Soft actor-critic with fewer samples",
            "The critic is shared, which makes policy gradients less noisy.",
            {"training"},
            id="an actor of no film",
        ),
        pytest.param(
            "A small student learns from a large teacher by distillation",
            "",
            {"training"},
            id="a student of no school",
        ),
        pytest.param(
            "Safety report of Aurora 4: what the tests showed",
            "The model was tested for deception and dangerous capabilities before release.",
            {"safety"},
            id="no term in the headline",
        ),
        pytest.param(
            "Staffing firm lets agents screen applicants",
            "The hiring agents read letters and interview candidates.",
            {"work", "agents"},
            id="hints alone",
        ),
    ],
)
def test_the_words_beside_them_decide_what_terms_and_hints_mean(
    title: str, lead: str, expected: set[str]
) -> None:
    assert set(topics(title, lead)) == expected


def test_an_operators_own_topic_is_found_by_its_terms_and_hints_alone() -> None:
    farming = Topic(name="Farming", terms=("tractor",), hints=("field",))
    own = topic_cues(replace(REGISTRY, topic={"farming": farming}))

    assert [
        story_topics([strengths(title, "", own)], own)
        for title in ("A tractor that drives itself", "A field in May")
    ] == [("farming",), ()]


def test_an_entity_speaks_for_a_topic() -> None:
    bare, named = (
        strengths(title)["chips"] for title in ("Faster memory", "Faster memory from Nvidia")
    )

    assert named > bare


@pytest.mark.parametrize(
    ("title", "is_about_models"),
    [
        ("Introducing Claude Sonnet 4.5", True),
        ("Claude is now available in Brazil", False),
        ("Sixty days of Codex", False),
    ],
)
def test_a_headline_that_names_a_version_of_a_model_is_about_models(
    title: str, is_about_models: bool
) -> None:
    assert ("models" in topics(title)) is is_about_models


def test_a_story_has_at_most_three_topics_the_best_first() -> None:
    strong = dict.fromkeys(CUES.order, 1.5) | {"robotics": 2.0}
    expected = story_topics([strong], CUES)

    assert (len(expected), expected[0]) == (MOST_TOPICS, "robotics")


def test_the_topics_of_a_story_are_those_of_its_articles_on_average() -> None:
    chips, school, other = map(
        strengths, ("A GPU", "School gives students a tutor", "Lab adds a button")
    )

    assert story_topics([chips, school, school], CUES) == ("education",)
    assert story_topics([chips, other], CUES) == ()
