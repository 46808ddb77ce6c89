"""What two told stories must show before they become one."""

from __future__ import annotations

import numpy as np
import pytest

from aggregator.cluster.similarity.linkage import LEAST_MEAN, MARGIN, mergeable_stories
from tests.unit.cluster.test_linkage import pairs

BAR = 0.2


def merged(story: list[int], *found: tuple[int, int, float]) -> set[tuple[int, int]]:
    one, other = mergeable_stories(pairs(*found), np.array(story, dtype=np.int64), BAR)
    return set(zip(one.tolist(), other.tolist(), strict=True))


BOTH_WAYS = {(0, 1), (1, 0)}


@pytest.mark.parametrize(
    ("likeness", "expected"),
    [
        pytest.param(BAR * MARGIN + 0.001, BOTH_WAYS, id="clear of the bar"),
        pytest.param(BAR + 0.01, set(), id="just over the bar: words drift"),
    ],
)
def test_told_stories_merge_by_themselves_only_when_clear_of_the_bar(
    likeness: float, expected: set[tuple[int, int]]
) -> None:
    assert merged([0, 1], (1, 0, likeness)) == expected


@pytest.mark.parametrize(
    ("between", "witness", "expected"),
    [
        pytest.param(
            BAR * LEAST_MEAN + 0.001, 0.17, BOTH_WAYS, id="alike, and a newcomer reports both"
        ),
        pytest.param(BAR * LEAST_MEAN - 0.001, 0.9, set(), id="a single bridge between strangers"),
        pytest.param(
            BAR * LEAST_MEAN + 0.001, 0.15, set(), id="a newcomer that is hardly like one of them"
        ),
    ],
)
def test_a_newcomer_speaks_for_a_merge_of_stories_that_are_alike(
    between: float, witness: float, expected: set[tuple[int, int]]
) -> None:
    assert merged([0, 1, -1], (1, 0, between), (2, 0, 0.5), (2, 1, witness)) == expected


def test_a_large_story_takes_no_other_in_by_the_weight_of_its_centroid() -> None:
    within = [(row, other, 0.1) for row in range(20) for other in range(row)]
    faint = [(20, row, 0.07) for row in range(20)]

    assert merged([0] * 20 + [1], *within, *faint) == set()


def test_newcomers_are_no_stories_and_need_no_leave() -> None:
    assert merged([-1, -1], (1, 0, 0.9)) == set()
