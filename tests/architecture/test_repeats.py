"""No six lines of the program stand in two places: they get a name, and both places call it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.architecture.tree import ROOT, Module, modules, nodes

RUN = 6


def telling_lines(module: Module, text: str) -> list[tuple[int, str]]:
    """The lines of a module with their numbers: no imports, none without a word."""
    imports = {
        line
        for node in nodes(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return [
        (number, line.strip())
        for number, line in enumerate(text.splitlines(), start=1)
        if number not in imports and re.search(r"\w", line)
    ]


def repeats(files: Sequence[tuple[str, Sequence[tuple[int, str]]]]) -> Iterator[str]:
    """The places where a run of lines begins that stands in two places; of a longer run the
    first.
    """
    places = defaultdict[tuple[str, ...], list[tuple[int, int]]](list)
    for file, (_, lines) in enumerate(files):
        for start in range(len(lines) - RUN + 1):
            run = tuple(text for _, text in lines[start : start + RUN])
            places[run].append((file, start))
    pairs = {
        (one, other)
        for starts in places.values()
        for one in starts
        for other in starts
        if one < other and (one[0] != other[0] or other[1] - one[1] >= RUN)
    }
    for one, other in sorted(pairs):
        if ((one[0], one[1] - 1), (other[0], other[1] - 1)) not in pairs:
            yield " = ".join(
                f"{files[file][0]}:{files[file][1][start][0]}" for file, start in (one, other)
            )


def test_no_six_lines_of_the_program_stand_in_two_places() -> None:
    files = [
        (str(module.path.relative_to(ROOT)), telling_lines(module, module.path.read_text("utf-8")))
        for module in modules("aggregator")
    ]

    assert list(repeats(files)) == [], "write them once, in a function that both call"


def test_a_run_is_found_once_between_files_and_within_one() -> None:
    run = [(number, f"line_{number}") for number in range(1, 8)]

    assert list(repeats([("a", run), ("b", [(1, "other"), *run])])) == ["a:1 = b:1"]
    assert list(repeats([("a", [*run, *run])])) == ["a:1 = a:1"]
    assert list(repeats([("a", run[:5]), ("b", run[:5])])) == []


def test_imports_and_lines_without_a_word_are_left_aside() -> None:
    text = "from a import (\n    b,\n)\n\nx = [\n    1,\n]\n"
    module = Module(name="example", path=ROOT / "example.py", tree=ast.parse(text))

    assert telling_lines(module, text) == [(5, "x = ["), (6, "1,")]
