"""Every small break that could be made in the core, and the tests near a module.

`python -m tools.mutants --random SEED` draws from these breaks, all with the same probability:

- a comparison is replaced: `==` and `!=`, `<` and `<=`, `>` and `>=`, `in` and `not in`, `is` and
  `is not`, in both directions
- `and` becomes `or`, and `or` becomes `and`
- `not` is removed
- a constant changes: an integer by 1, `True` to `False`, `False` to `True`; texts stay
- a statement that only calls something, awaited or not, becomes `pass`

Annotations are left alone, because they do nothing when the program runs, and so are f-strings,
whose parts have no exact place before Python 3.12.

The tests near a module are `MOST_TESTS` files of `tests/unit` and `tests/integration`: first those
named after a part of the module's path, or two successive parts (`test_cli_sources.py` for
`cli/sources/check.py`), then those that import it, then those that import a module that does, and
so on. At the same distance unit tests come first, then the files that import fewest modules.
"""

from __future__ import annotations

import ast
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random

MOST_TESTS = 8  # files that run for one break; more would take minutes where none fails
DRAWN = 60
_TESTED = ("tests/unit", "tests/integration")
_OPPOSITES: tuple[tuple[type[ast.cmpop], type[ast.cmpop]], ...] = (
    (ast.Eq, ast.NotEq),
    (ast.Lt, ast.LtE),
    (ast.Gt, ast.GtE),
    (ast.In, ast.NotIn),
    (ast.Is, ast.IsNot),
)
_OPPOSITE = dict(_OPPOSITES) | {second: first for first, second in _OPPOSITES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One piece of a module and what replaces it; places are bytes of the module."""

    file: str
    line: int
    start: int
    end: int
    new: str

    def applied(self, source: str) -> str:
        """The module with this break."""
        encoded = source.encode()
        return (encoded[: self.start] + self.new.encode() + encoded[self.end :]).decode()

    def what(self, source: str) -> str:
        """Its line, and both texts."""
        old = source.encode()[self.start : self.end].decode()
        texts = (textwrap.shorten(text, 70, placeholder=" …") for text in (self.new, old))
        return f"line {self.line}: {' instead of '.join(texts)}"


def breaks(source: str, file: str = "") -> tuple[Break, ...]:
    """All breaks of a module."""
    lines = source.encode().split(b"\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    return tuple(
        Break(
            file=file,
            line=node.lineno,
            start=starts[node.lineno - 1] + node.col_offset,
            end=starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0),
            new=new,
        )
        for node in _running(ast.parse(source))
        if isinstance(node, ast.expr | ast.stmt)
        for new in _replacements(node)
    )


def drawn(seed: int, root: Path) -> tuple[Break, ...]:
    """`DRAWN` breaks of the core, the same for the same seed and the same core."""
    core, plugins = root / "aggregator", root / "aggregator" / "plugins"
    files = sorted(path for path in core.rglob("*.py") if not path.is_relative_to(plugins))
    every = [
        one
        for path in files
        for one in breaks(path.read_text("utf-8"), path.relative_to(root).as_posix())
    ]
    return tuple(Random(seed).sample(every, DRAWN))


class Nearness:
    """Which tests are near a module, by the names and the imports in a checkout."""

    def __init__(self, root: Path) -> None:
        files = [path for top in ("aggregator", "tests") for path in (root / top).rglob("*.py")]
        names = {path.relative_to(root).as_posix(): path for path in files}
        self._imports = {name: _imported(path) & names.keys() for name, path in names.items()}
        self._importers = defaultdict[str, set[str]](set)
        for name, imported in self._imports.items():
            for module in imported:
                self._importers[module].add(name)

    def tests(self, file: str) -> tuple[str, ...]:
        """The test files near a module, nearest first."""
        distances = self._distances(file)
        parts = Path(file).with_suffix("").parts[1:]
        named = {*parts, *("_".join(pair) for pair in pairwise(parts))}
        for name in self._imports:
            if Path(name).stem.removeprefix("test_") in named:
                distances[name] = 0
        tests = [
            name
            for name in distances
            if name.startswith(_TESTED) and Path(name).name.startswith("test_")
        ]
        return tuple(sorted(tests, key=lambda name: self._order(name, distances))[:MOST_TESTS])

    def _distances(self, file: str) -> dict[str, int]:
        """How many imports away each file is that depends on this one."""
        distances, reached = {file: 0}, [file]
        while reached:
            distance = distances[reached[0]] + 1
            reached = [
                name
                for name in set[str]().union(*(self._importers[name] for name in reached))
                if name not in distances
            ]
            distances.update(dict.fromkeys(reached, distance))
        return distances

    def _order(self, name: str, distances: Mapping[str, int]) -> tuple[int, bool, int, str]:
        is_slow = not name.startswith(_TESTED[0])
        return distances[name], is_slow, len(self._imports[name]), name


def _replacements(node: ast.expr | ast.stmt) -> Iterator[str]:
    """What a node can be replaced by; in parentheses, so that nothing around it regroups."""
    match node:
        case ast.Compare(ops=operators):
            for place, operator in enumerate(operators):
                ops = [*operators]
                ops[place] = _OPPOSITE[type(operator)]()
                changed = ast.Compare(left=node.left, ops=ops, comparators=node.comparators)
                yield f"({ast.unparse(changed)})"
        case ast.BoolOp(op=operator, values=values):
            other = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield f"({ast.unparse(ast.BoolOp(op=other, values=values))})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"({ast.unparse(operand)})"
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(value)):
            yield str(value + 1)
        case ast.Expr(value=ast.Call() | ast.Await(value=ast.Call())):
            yield "pass"


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that can be broken, in the order of the module."""
    yield node
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                yield from _running(child)


def _imported(path: Path) -> set[str]:
    """The files that a module could import, wherever in it that happens."""
    dotted = set[str]()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            dotted |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            dotted |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {f"{name.replace('.', '/')}.py" for name in dotted}
