"""Topics of the closed list: what names one outright, what only hints, and how many a story has."""

from __future__ import annotations

import pytest

from aggregator.cluster.entities import entities_in, gazetteer, tokens_of
from aggregator.cluster.topics import MOST_TOPICS, story_topics, topic_cues, topic_points
from aggregator.config.registry_file import load_registry
from aggregator.resources import DEFAULT_REGISTRY

REGISTRY = load_registry(DEFAULT_REGISTRY)
CUES, NAMES = topic_cues(REGISTRY), gazetteer(REGISTRY)


def topics(title: str, lead: str = "") -> tuple[str, ...]:
    """The topics of a story of one article."""
    words = tokens_of(title)
    return story_topics(
        [topic_points(words, tokens_of(lead), entities_in(words, NAMES), (), CUES)], CUES
    )


@pytest.mark.parametrize(
    ("title", "lead", "expected"),
    [
        pytest.param("Chipmaker builds a new GPU", "", ("chips",), id="terms in the headline"),
        pytest.param(
            "Publishers’ lawsuit over fine-tuning on training data",
            "",
            ("training", "courts"),
            id="two, the better first",
        ),
        pytest.param("Lab adds a button", "It looks nice.", (), id="none"),
        pytest.param("A billion for a startup from investors", "", (), id="hints alone"),
        pytest.param("A cabinet of chips", "", (), id="one hint"),
    ],
)
def test_a_topic_is_named_outright(title: str, lead: str, expected: tuple[str, ...]) -> None:
    assert topics(title, lead) == expected


def test_an_entity_speaks_for_a_topic() -> None:
    assert (
        topics("Faster memory chips in sight"),
        topics("Faster memory chips from Nvidia in sight"),
    ) == ((), ("chips",))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Introducing Claude Sonnet 4.5", ("models",)),
        ("Claude is now available in Brazil", ()),
        ("A GPU that was made for GPT-5.1", ("models", "chips")),
        ("Sixty days of Codex", ()),
    ],
)
def test_a_headline_that_names_a_version_of_a_model_is_about_models(
    title: str, expected: tuple[str, ...]
) -> None:
    assert topics(title) == expected


def test_a_story_has_at_most_three_topics_the_best_first() -> None:
    expected = topics("A court, a GPU, a school, a humanoid robot and other robots")

    assert (len(expected), expected[0]) == (MOST_TOPICS, "robotics")


def test_the_topics_of_a_story_are_those_of_its_articles_on_average() -> None:
    chips = topic_points(tokens_of("A GPU"), tokens_of(""), (), (), CUES)
    school = topic_points(tokens_of("School and students"), tokens_of(""), (), (), CUES)

    assert story_topics([chips, school, school], CUES) == ("education",)
    assert story_topics([chips, {}], CUES) == ()
