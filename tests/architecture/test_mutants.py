"""The table of `python -m tools.mutants` is up to date, and tests that fail notice a break."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tools.mutants import Mutant, all_tried, failing, mistakes, mutants

NETWORKS = Mutant(
    what="addresses of clouds",
    file="aggregator/adapters/network.py",
    old="for blocks in (SPECIAL_IPV4, CLOUD_IPV4)",
    new="for blocks in (SPECIAL_IPV4,)",
    tests=("tests/unit/domain/test_networks.py",),
)
SAME = "for blocks in (CLOUD_IPV4, SPECIAL_IPV4)"
HARMLESS = replace(NETWORKS, what="the same in another order", new=SAME)
UNREADABLE = replace(NETWORKS, what="no Python any more", new="for for")


def test_every_place_of_the_table_is_there_once_and_its_tests_exist() -> None:
    assert mistakes(mutants()) == []


def test_the_table_has_sixty_places() -> None:
    assert len(mutants()) == 60


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param({"old": "no such text"}, "its text is found 0 times in", id="moved"),
        pytest.param({"old": "SPECIAL_IPV4"}, "not once", id="more than once"),
        pytest.param({"file": "aggregator/gone.py"}, "0 times in aggregator/gone.py", id="no file"),
        pytest.param({"tests": ("tests/gone.py",)}, "no test tests/gone.py", id="no tests"),
        pytest.param({"tests": (f"{NETWORKS.tests[0]}::test_x",)}, "::test_x", id="no such test"),
    ],
)
def test_an_entry_that_is_out_of_date_is_named(wrong: dict[str, Any], said: str) -> None:
    (mistake,) = mistakes([replace(NETWORKS, **wrong)])

    assert mistake.startswith("addresses of clouds: ")
    assert said in mistake


def test_a_break_is_caught_by_a_test_that_fails_and_by_nothing_else() -> None:
    trials = list(all_tried([NETWORKS, HARMLESS, UNREADABLE]))

    assert [(trial.mutant.what, trial.is_caught) for trial in trials] == [
        ("addresses of clouds", True),
        ("the same in another order", False),
        ("no Python any more", False),
    ]


def test_a_test_that_fails_without_a_break_is_named() -> None:
    assert failing(["tests/unit/gone.py"]) != ""
    assert failing(NETWORKS.tests) == ""
