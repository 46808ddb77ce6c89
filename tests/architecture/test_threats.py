"""The threat model of SECURITY.md names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache

from tests.architecture.tree import ROOT


@cache
def names_of_tests(path: str) -> frozenset[str]:
    """The names of the tests in a file; none if there is no such file."""
    file = ROOT / path
    tree = ast.parse(file.read_text("utf-8") if file.is_file() else "")
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, kinds))


def rows() -> list[list[str]]:
    """The cells of each row of the threat model."""
    text = (ROOT / "SECURITY.md").read_text("utf-8").partition("## Threat model\n")[2]
    lines = [line for line in text.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def test_every_threat_has_somebody_a_defence_and_a_test() -> None:
    named = [row for row in rows() if len(row) == 4 and all(row[1:]) and "::" in row[3]]

    assert len(named) > 10
    assert named == rows()
    assert rows()[0][0], "an empty first cell repeats the one above"


def test_every_test_that_proves_a_defence_exists() -> None:
    named = [re.findall(r"`([^`:]+)::(\w+)`", row[3]) for row in rows()]

    assert [len(found) for found in named] == [row[3].count("::") for row in rows()]
    missing = [
        f"{path}::{name}"
        for found in named
        for path, name in found
        if name not in names_of_tests(path)
    ]
    assert missing == []
