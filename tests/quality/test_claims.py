"""Floors under the gates and their anchors, on labelled claims, where they are there, and on swaps
of our own.

A floor is raised when the anchors get better; whoever lowers one says so in the commit that does.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from aggregator.plugins.evaluation.cases import load_cases
from aggregator.verify.anchors.check import objections
from tests.quality.claims import labelled, report, stories
from tests.quality.swapped import evaluation_stories, swapped, swaps_of

DATA = Path(__file__).parents[3] / "shared" / "corpus" / "claims"
AT_LEAST, AT_MOST = operator.ge, operator.le
FLOORS: tuple[tuple[str, str, tuple[str, ...], Callable[[Any, Any], bool], float], ...] = (
    ("news", "yes", ("true_kept",), AT_LEAST, 0.97),
    ("news", "yes", ("false_passed",), AT_MOST, 0.85),
    (
        "news",
        "yes",
        ("by_error", "wrong_number_of_right_kind", "false_passed"),
        AT_MOST,
        0.45,
    ),
    ("news", "yes", ("by_error", "wrong_attribution", "false_passed"), AT_MOST, 0.5),
    ("news", "yes", ("by_error", "wrong_date_of_right_kind", "false_passed"), AT_MOST, 0.65),
    ("news", "oracle", ("true_kept",), AT_LEAST, 0.97),
    ("news", "noisy", ("true_kept",), AT_LEAST, 0.76),
    ("news", "noisy", ("false_passed",), AT_MOST, 0.19),
    ("news", "none", ("true_kept",), AT_MOST, 0.0),
    ("news", "none", ("false_passed",), AT_MOST, 0.0),
    ("invented", "yes", ("true_kept",), AT_LEAST, 0.94),
    ("invented", "oracle", ("true_kept",), AT_LEAST, 0.94),
    ("invented", "noisy", ("true_kept",), AT_LEAST, 0.74),
    ("invented", "noisy", ("false_passed",), AT_MOST, 0.19),
)
FEWEST_SWAPS, REFUSED_FLOOR = 200, 0.99


@pytest.mark.parametrize("data", ["news", "invented"])
def test_the_gates_keep_true_claims_and_refuse_false_ones_as_well_as_their_floors_ask(
    data: str,
) -> None:
    if not (DATA / data).is_dir():
        pytest.skip(f"the labelled claims {data} are not on this machine")

    found = {judge: report(DATA / data, judge) for judge in ("none", "yes", "oracle", "noisy")}

    assert [
        (judge, path, value)
        for name, judge, path, holds, floor in FLOORS
        if name == data and not holds(value := reduce(operator.getitem, path, found[judge]), floor)
    ] == []


def test_a_value_that_stands_nowhere_in_the_story_is_refused() -> None:
    found = tuple(swapped(evaluation_stories(load_cases())))
    refused = [bool(objections(false.text, false.story)) for false in found]

    assert len(found) >= FEWEST_SWAPS
    assert set(Counter(false.kind for false in found)) == {"figure", "date", "name", "version"}
    assert sum(refused) / len(refused) >= REFUSED_FLOOR


@pytest.mark.parametrize("data", ["news", "invented"])
def test_a_value_that_stands_nowhere_is_refused_in_claims_of_other_words_too(data: str) -> None:
    if not (DATA / data).is_dir():
        pytest.skip(f"the labelled claims {data} are not on this machine")

    index = {name: gates.grounds.story() for name, gates in stories(DATA / data).items()}
    strangers = dict(zip(index, (list(index.values())[-1], *index.values()), strict=False))
    refused = [
        bool(objections(swap.text, swap.story))
        for claim in labelled(DATA / data)
        if claim.is_true and not objections(claim.text, index[claim.story])
        for swap in swaps_of(claim.text, index[claim.story], strangers[claim.story])
    ]

    assert len(refused) >= FEWEST_SWAPS
    assert sum(refused) / len(refused) >= REFUSED_FLOOR


def test_what_the_reports_themselves_say_passes() -> None:
    assert [
        line.text
        for story in evaluation_stories(load_cases())
        for line in story.lines
        if objections(line.text, story)
    ] == []
