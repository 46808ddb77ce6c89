"""The table of `python -m tools.mutants` is up to date, and tests that fail notice a break."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tools.mutants import COPIED, Mutant, all_tried, failing, mistakes, mutants

NETWORKS = Mutant(
    what="addresses of clouds",
    file="aggregator/adapters/network.py",
    old="for blocks in (SPECIAL_IPV4, CLOUD_IPV4)",
    new="for blocks in (SPECIAL_IPV4,)",
    tests=("tests/unit/domain/test_networks.py",),
)


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


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A checkout with one module and one test: nothing of ours is imported before the test runs."""
    root = tmp_path / "small"
    for name in COPIED:
        (root / name).mkdir(parents=True)
    (root / "aggregator" / "__init__.py").touch()
    (root / "aggregator" / "adding.py").write_text("def total(a, b):\n    return a + b\n", "utf-8")
    (root / "tests" / "test_adding.py").write_text(
        "from aggregator.adding import total\n\ndef test_total():\n    assert total(1, 2) == 3\n",
        "utf-8",
    )
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", "utf-8")
    return root


def test_a_break_is_caught_by_a_test_that_fails_and_by_nothing_else(small: Path) -> None:
    broken, harmless, unreadable = (
        Mutant(
            what=new,
            file="aggregator/adding.py",
            old="a + b",
            new=new,
            tests=("tests/test_adding.py",),
        )
        for new in ("a - b", "b + a", "a +")
    )
    trials = list(all_tried([broken, harmless, unreadable], small))

    assert [(trial.mutant.what, trial.is_caught) for trial in trials] == [
        ("a - b", True),
        ("b + a", False),
        ("a +", False),
    ]


def test_a_test_that_fails_without_a_break_is_named(small: Path) -> None:
    assert failing(["tests/gone.py"], small) != ""
    assert failing(["tests/test_adding.py"], small) == ""


def test_a_test_runs_in_a_copy_of_the_checkout_as_in_the_checkout() -> None:
    assert failing(NETWORKS.tests) == ""
