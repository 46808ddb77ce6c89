"""The project's own files, read and parsed once for the tests of this folder."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file; `name` is how it is imported."""

    name: str
    path: Path
    tree: ast.Module

    def place(self, node: ast.AST) -> str:
        """`aggregator/errors.py:12`, for the message of a failing test."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """The Python files below these folders of the checkout, in order of their names."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(_module(path) for path in paths)


@cache
def _module(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return Module(
        name=".".join(parts), path=path, tree=ast.parse(path.read_text("utf-8"), str(path))
    )


@cache
def project() -> dict[str, Any]:
    """The `[project]` table of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


@cache
def nodes(module: Module) -> tuple[ast.AST, ...]:
    """All nodes of a module's tree, walked once for all rules."""
    return tuple(ast.walk(module.tree))


def imported(module: Module) -> Iterator[tuple[str, ast.AST]]:
    """The dotted names that a module imports, wherever in it that happens."""
    for node in nodes(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node


@cache
def calls(module: Module) -> tuple[tuple[str, ast.Call], ...]:
    """The calls in a module, with what is called as it is written: `datetime.now`."""
    found = (node for node in nodes(module) if isinstance(node, ast.Call))
    return tuple((ast.unparse(node.func), node) for node in found)
