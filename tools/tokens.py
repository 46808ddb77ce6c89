"""How large the program is, and whether it grew: `python -m tools.tokens` prints its size,
`--check` fails where it is above what `tools/budget.toml` allows.

Tokens are names, operators, numbers and strings, without comments, as `tokenize` of Python 3.11
counts them: an f-string is one there. Later Pythons take it apart, so it is put together here.
A record class is one made by `frozen`, `config_table`, `dataclass`, or that is a `NamedTuple`.
"""

from __future__ import annotations

import ast
import sys
import tokenize
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "aggregator"
BUDGET = Path(__file__).with_name("budget.toml")
MOST_COLUMNS, MOST_LINES = 100, 400
_COUNTED = frozenset({tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING})
_STARTS = frozenset(
    {getattr(tokenize, "FSTRING_START", -1), getattr(tokenize, "TSTRING_START", -1)}
)
_ENDS = frozenset({getattr(tokenize, "FSTRING_END", -1), getattr(tokenize, "TSTRING_END", -1)})
_RECORDS = frozenset({"frozen", "config_table", "dataclass"})


def tokens(path: Path) -> int:
    """The tokens of a module."""
    count = depth = 0
    with path.open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            is_start = token.type in _STARTS
            count += depth == 0 and (is_start or token.type in _COUNTED)
            depth += is_start - (token.type in _ENDS)
    return count


def record_classes(path: Path) -> int:
    """The classes of a module that are records."""
    found = (
        {
            name
            for part in (*node.decorator_list, *node.bases)
            for name in (ast.unparse(part.func if isinstance(part, ast.Call) else part),)
        }
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    return sum(bool(names & (_RECORDS | {"NamedTuple"})) for names in found)


def sizes() -> dict[str, int]:
    """All sizes by name; `plugin NAME` is one plugin."""
    counts: Counter[str] = Counter()
    for path in sorted(PROGRAM.rglob("*.py")):
        parts = path.relative_to(PROGRAM).parts
        plugin = parts[1] if parts[0] == "plugins" and len(parts) > 2 else ""
        count, lines = tokens(path), path.read_text("utf-8").splitlines()
        counts["all"] += count
        counts[f"plugin {plugin}" if plugin else "core"] += count
        counts["files"] += 1
        counts["files over 400 lines"] += len(lines) > MOST_LINES
        counts["lines over 100 columns"] += sum(len(line) > MOST_COLUMNS for line in lines)
        counts["record classes"] += record_classes(path)
    return dict(counts)


def over_budget(found: dict[str, int], budget: dict[str, int]) -> list[str]:
    """What is larger than it may be, a line each."""
    limits = {
        name: budget["plugin"] if name.startswith("plugin ") else budget.get(name) for name in found
    }
    return [
        f"{name}: {found[name]:,}, {found[name] - limit:,} above the budget of {limit:,}"
        for name, limit in limits.items()
        if limit is not None and found[name] > limit
    ]


def main(arguments: list[str]) -> int:
    """Prints the sizes, or with `--check` what is too large; 1 if anything is."""
    found = sizes()
    if "--check" not in arguments:
        print("\n".join(f"{found[name]:>9,}  {name}" for name in sorted(found)))  # noqa: T201
        return 0
    too_large = over_budget(found, tomllib.loads(BUDGET.read_text("utf-8")))
    for line in too_large:
        print(f"tokens: {line}; delete something, or raise tools/budget.toml and say why")  # noqa: T201
    return int(bool(too_large))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
