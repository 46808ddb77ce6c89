from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from aggregator.cluster.assign import assignments, undecided_pairs
from aggregator.cluster.members import ClusterItem
from aggregator.domain.article import Judgement
from aggregator.domain.settings import ClusterSettings
from tests.unit.cluster.makers import item

PLANT = item(
    "a",
    "Acme opens a robot plant in Turin",
    "Nine hundred people will work there, the carmaker said on Friday.",
)
JOBS = item(
    "b",
    "Acme's factory brings Piedmont nine hundred jobs",
    "Mayors were glad that machines will weld there.",
    hours=30,
)
OFCOM = item(
    "c",
    "Ofcom opens an investigation of Grok",
    "The British regulator asks X how pictures of women came about.",
    hours=3,
)
VERSIONS = (
    item(
        "v",
        "Claude Opus 4.1 writes code for hours",
        "Anthropic's model works alone through the night on a codebase, it says.",
    ),
    item(
        "w",
        "Claude Opus 4.5 writes code for days",
        "Anthropic's model works alone on a big codebase, it says.",
        hours=5,
    ),
)


def answer_on(one: ClusterItem, other: ClusterItem, same: bool) -> Judgement:
    return Judgement(one=one.article_id, other=other.article_id, same=same, by="qwen3:4b")


def stories(items: Sequence[ClusterItem], *judgements: Judgement) -> list[str]:
    """The articles of each story, their ids in a row."""
    found: dict[str, str] = {}
    for assignment in assignments(items, (), ClusterSettings(), None, judgements):
        found[assignment.story_id] = found.get(assignment.story_id, "") + assignment.article_id
    return sorted("".join(sorted(members)) for members in found.values())


def test_two_stories_just_below_the_bar_are_in_doubt_and_those_far_below_are_not() -> None:
    (found,) = undecided_pairs([PLANT, JOBS, OFCOM], (), ClusterSettings())

    assert (found.one, found.other) == ("a", "b")
    assert 0.075 <= found.similarity < 0.155


def test_a_yes_makes_them_one_story_and_a_no_leaves_all_as_it_was() -> None:
    items = [PLANT, JOBS, OFCOM]

    assert stories(items, answer_on(PLANT, JOBS, same=True)) == ["ab", "c"]
    assert assignments(
        items, (), ClusterSettings(), None, [answer_on(PLANT, JOBS, same=False)]
    ) == assignments(items, (), ClusterSettings())


def test_the_reason_of_a_join_names_who_was_asked() -> None:
    joined = {
        assignment.article_id: assignment
        for assignment in assignments(
            [PLANT, JOBS], (), ClusterSettings(), None, [answer_on(PLANT, JOBS, True)]
        )
    }

    reason = joined["b"].reason
    assert (f"“{PLANT.title}”" in reason, "qwen3:4b" in reason) == (True, True)


@pytest.mark.parametrize("same", [True, False])
def test_nobody_is_asked_twice(same: bool) -> None:
    assert (
        undecided_pairs([PLANT, JOBS, OFCOM], (), ClusterSettings(), [answer_on(PLANT, JOBS, same)])
        == ()
    )


def test_nobody_is_asked_where_nothing_new_came() -> None:
    assert (
        undecided_pairs(
            (), [replace(PLANT, story_id="one"), replace(JOBS, story_id="two")], ClusterSettings()
        )
        == ()
    )


def test_two_versions_are_in_no_doubt_and_no_yes_makes_them_one() -> None:
    assert undecided_pairs(VERSIONS, (), ClusterSettings()) == ()
    assert stories(VERSIONS, answer_on(*VERSIONS, same=True)) == ["v", "w"]


def test_a_judgement_of_articles_that_are_not_here_changes_nothing() -> None:
    elsewhere = Judgement(one="a", other="z", same=True, by="qwen3:4b")

    assert stories([PLANT, JOBS, OFCOM], elsewhere) == ["a", "b", "c"]


def test_a_judged_pair_is_one_story_whichever_came_first() -> None:
    yes = [answer_on(PLANT, JOBS, same=True)]
    found = set()
    for first, second in ((PLANT, JOBS), (JOBS, PLANT)):
        (own,) = assignments([first], (), ClusterSettings())
        here = replace(first, story_id=own.story_id, storyline=own.storyline)
        moved = {
            assignment.article_id: assignment.story_id
            for assignment in assignments([second], [here], ClusterSettings(), None, yes)
        }
        found.add(len({moved.get(first.article_id, own.story_id), moved[second.article_id]}))

    assert found == {1}
