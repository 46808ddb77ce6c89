"""Whom a sentence may concern: by the words of a role, the story and the kind of event."""

from __future__ import annotations

import pytest

from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.source import Lane
from aggregator.english.event_kind import EventKind
from aggregator.story.rules.audience import audience_features, is_near
from aggregator.story.rules.choosing import Choice, says_why
from tests.unit.story.makers import found_in


def placed(
    role: str, kind: EventKind, chance: float = 1.0, words: int = 1, is_of_story: bool = False
) -> dict[str, float]:
    """The features of a role in a story of one kind."""
    kinds = dict.fromkeys(EventKind, 0.0) | {kind: chance}
    return audience_features(
        role, words=words, is_own_work=False, roles=[role] if is_of_story else [], kinds=kinds
    )


@pytest.mark.parametrize(
    ("role", "kind", "chance", "words", "is_of_story", "is_concerned"),
    [
        pytest.param("investors", EventKind.FUNDING, 0.9, 0, False, True, id="surely its kind"),
        pytest.param("investors", EventKind.FUNDING, 0.5, 0, False, False, id="only likely"),
        pytest.param("investors", EventKind.FUNDING, 0.5, 1, False, True, id="in its words"),
        pytest.param("investors", EventKind.LAW, 0.9, 2, False, False, id="another kind"),
        pytest.param("investors", EventKind.LAW, 0.9, 1, True, True, id="a role of the story"),
        pytest.param("investors", EventKind.LAW, 0.9, 0, True, False, id="not in its words"),
    ],
)
def test_a_role_is_concerned_by_its_words_and_the_kind_of_the_event(
    role: str, kind: EventKind, chance: float, words: int, is_of_story: bool, is_concerned: bool
) -> None:
    assert is_near(placed(role, kind, chance, words, is_of_story)) is is_concerned


def test_every_role_has_kinds_of_event_that_concern_it() -> None:
    assert all(role.kinds for role in all_roles().values())


@pytest.mark.parametrize(
    ("text", "is_reason"),
    [
        ("The flaw could lead to the loss of data and expose hospitals to greater risks.", True),
        ("Delays lead to higher costs and threaten the safety of patients.", True),
        ("Northwind opened its first model in 2024 in Oslo.", False),
        ("Ada Holt leads research at Northwind.", False),
    ],
)
def test_a_sentence_tells_by_its_words_whether_it_says_why(text: str, is_reason: bool) -> None:
    assert says_why(text) is is_reason


def test_beside_the_work_that_a_paper_presents_what_others_did_concerns_nobody() -> None:
    title = "NorthBench: A Benchmark for Hospitals"
    found = found_in(
        "In this work, we introduce NorthBench, a benchmark of 900 questions from hospitals.",
        "Halden has released a benchmark that Norwegian researchers trained on datasets of Oslo.",
        title=title,
        lane=Lane.PAPER,
    )
    choice = Choice(found, title, 25)
    own, other = (choice.concerns("research", ["research"], each) for each in found)

    assert (own > 0.5, other) == (True, 0.0)
