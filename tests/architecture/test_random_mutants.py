"""The breaks that `python -m tools.mutants --random SEED` draws, and the tests it runs for them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools.mutants import ROOT, Mutant, Trial, noticing, random_mutants, tried
from tools.random_mutants import DRAWN, Nearness, breaks, drawn


def broken(source: str) -> list[str]:
    return [one.applied(source) for one in breaks(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        *(
            pytest.param(f"a {one} b", [f"(a {other} b)"], id=f"{one} becomes {other}")
            for pair in (
                ("==", "!="),
                ("<", "<="),
                (">", ">="),
                ("in", "not in"),
                ("is", "is not"),
            )
            for one, other in (pair, pair[::-1])
        ),
        pytest.param("a < b > c", ["(a <= b > c)", "(a < b >= c)"], id="a chain, one at a time"),
        pytest.param(
            "a or b and c",
            ["(a and (b and c))", "a or (b or c)"],
            id="and, or: what belongs together stays together",
        ),
        pytest.param("x = not a", ["x = (a)"], id="not is removed"),
        pytest.param("x = 99", ["x = 100"], id="an integer grows by one"),
        pytest.param("x = [True, False]", ["x = [False, False]", "x = [True, True]"], id="truth"),
        pytest.param("é = f(1)", ["é = f(2)"], id="not only ASCII"),
        pytest.param(
            "if a:\n    log('é')\nb()",
            ["if a:\n    pass\nb()", "if a:\n    log('é')\npass"],
            id="a call becomes pass",
        ),
        pytest.param(
            "async def f():\n    await g()", ["async def f():\n    pass"], id="awaited, too"
        ),
    ],
)
def test_a_break_changes_one_thing(source: str, expected: list[str]) -> None:
    assert broken(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('"""Not 1."""\nx = "a == b"', id="a text"),
        pytest.param("x: Literal[1] = y", id="the annotation of a name"),
        pytest.param("def f(x: Literal[True]) -> Literal[2]: ...", id="those of a function"),
        pytest.param("x = f'{a == 1}'", id="an f-string"),
        pytest.param("x = f(1.5, None)", id="another constant, and a call that is used"),
    ],
)
def test_what_does_nothing_or_has_no_exact_place_is_not_broken(source: str) -> None:
    assert broken(source) == []


def test_every_drawn_break_is_another_program_that_python_reads() -> None:
    several = drawn(1, ROOT)
    sources = [(ROOT / one.file).read_text("utf-8") for one in several]
    trees = [
        (ast.dump(ast.parse(source)), ast.dump(ast.parse(one.applied(source))))
        for one, source in zip(several, sources, strict=True)
    ]

    assert len(set(several)) == DRAWN
    assert [whole for whole, changed in trees if whole == changed] == []
    assert [one.file for one in several if one.file.startswith("aggregator/plugins/")] == []


def test_the_same_seed_draws_the_same_breaks(tmp_path: Path) -> None:
    for name in ("one", "two", "plugins/three"):
        file = tmp_path / "aggregator" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(f"x{n} = {n}" for n in range(50)))
    several = random_mutants(1, tmp_path)

    assert several == random_mutants(1, tmp_path)
    assert several != random_mutants(2, tmp_path)
    assert {one.file for one in several} == {"aggregator/one.py", "aggregator/two.py"}


def test_tests_are_near_by_name_then_by_the_number_of_imports(tmp_path: Path) -> None:
    files = {
        "aggregator/cli/sources.py": "from aggregator.domain import source",
        "aggregator/domain/source.py": "",
        "tests/builders.py": "from aggregator.domain.source import Source",
        "tests/integration/test_cli_sources.py": "",
        "tests/integration/test_all.py": "import aggregator.domain.source",
        "tests/unit/test_lists.py": "from tests import builders",
        "tests/unit/test_commands.py": "def test():\n    from aggregator.cli import sources",
        "tests/unit/test_other.py": "import json",
        "tests/quality/test_gold.py": "from aggregator.domain import source",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    nearness = Nearness(tmp_path)

    assert nearness.tests("aggregator/cli/sources.py") == (
        "tests/integration/test_cli_sources.py",
        "tests/unit/test_commands.py",
    )
    assert nearness.tests("aggregator/domain/source.py") == (
        "tests/integration/test_all.py",
        "tests/unit/test_commands.py",
        "tests/unit/test_lists.py",
    )


def test_a_break_without_tests_near_it_survives(tmp_path: Path) -> None:
    (tmp_path / "alone.py").write_text("x = 1")
    alone = Mutant(what="alone", file="alone.py", old="1", new="2", tests=())

    assert tried(alone, tmp_path) == Trial(mutant=alone, is_caught=False, because="no test is near")


@pytest.mark.parametrize(
    ("because", "expected"),
    [
        ("FAILED tests/a.py::test_b[c - d] - assert 1", ("tests/a.py::test_b",)),
        ("ERROR tests/a.py::test_b - OSError", ("tests/a.py::test_b",)),
        ("no end within 120 s", ()),
    ],
)
def test_the_test_that_noticed_a_break_is_known_so_that_it_can_run_without_it(
    because: str, expected: tuple[str, ...]
) -> None:
    none = Mutant(what="", file="", old="", new="", tests=())

    assert noticing(Trial(mutant=none, is_caught=True, because=because)) == expected
