"""What people read is plain English: no wording of `odd_english.toml` stands in the messages of
pages and mails, in help, errors and log lines, in settings or documents.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.tree import ROOT, modules
from tools.catalogue import messages

_DATA = Path(__file__).with_name("odd_english.toml")
_DOCUMENTS = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "config.toml")),
    *sorted((ROOT / "docs").glob("**/*.md")),
)
_FEWEST_WORDS = 3  # shorter strings of the code are names, keys and parts of patterns
_OF_PATTERNS = re.compile(r"\(\?|\\[a-zA-Z]|\|")


@cache
def wordings() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The odd wordings, each with what to write instead."""
    return tuple(
        (re.compile(rf"(?<![\w-])(?:{odd})(?![\w-])".replace(" ", r"\s+"), re.IGNORECASE), better)
        for odd, better in tomllib.loads(_DATA.read_text("utf-8"))["wordings"].items()
    )


def oddities(text: str) -> list[str]:
    """The odd wordings of a text, each with what to write instead."""
    found = ((pattern.search(text), better) for pattern, better in wordings())
    return [f"“{odd[0]}” → {better}" for odd, better in found if odd]


def sources() -> Iterator[tuple[str, str]]:
    """All that people read, each text with its place."""
    for message, places in messages().items():
        yield places[0], f"{message.text} {message.plural}"
    for module in modules("aggregator"):
        yield from ((module.place(node), text) for node, text in spoken(module.tree))
    for document in _DOCUMENTS:
        for number, line in enumerate(document.read_text("utf-8").splitlines(), start=1):
            yield f"{document.relative_to(ROOT)}:{number}", line


def spoken(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """The strings of some words in a syntax tree, values left out: no docstrings but those that are
    the help of a command, no lists of words, no patterns.
    """
    match node:
        case ast.Call(func=ast.Attribute(attr="split")):
            return
        case ast.JoinedStr() | ast.Constant(value=str()):
            text = string(node)
            if len(text.split()) >= _FEWEST_WORDS and not _OF_PATTERNS.search(text):
                yield node, text
            return
        case ast.Module(body=[ast.Expr(value=ast.Constant()), *rest]):
            children: list[ast.AST] = list(rest)
        case (
            ast.FunctionDef(body=[ast.Expr(value=ast.Constant()), *_])
            | ast.AsyncFunctionDef(body=[ast.Expr(value=ast.Constant()), *_])
            | ast.ClassDef(body=[ast.Expr(value=ast.Constant()), *_])
        ):
            is_help = any(is_command(decorator) for decorator in node.decorator_list)
            children = [*node.body[0 if is_help else 1 :], *node.decorator_list]
        case _:
            children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from spoken(child)


def string(node: ast.JoinedStr | ast.Constant) -> str:
    """A string as it is written, with `…` for each value that it is given."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(p.value) if isinstance(p, ast.Constant) else "…" for p in node.values)


def is_command(decorator: ast.expr) -> bool:
    """Whether a decorator makes a command, whose docstring is its help."""
    return bool(re.search(r"\.(command|group)\b", ast.unparse(decorator)))


def test_what_people_read_has_no_odd_wording() -> None:
    assert [f"{place}: {oddity}" for place, text in sources() for oddity in oddities(text)] == []


def test_help_errors_and_log_lines_are_read_and_nothing_else_of_the_code() -> None:
    code = '''
"""The module told anew."""
@group.command()
def look(at):
    """Look at this anew."""
    raise Error(f"{at} is told anew")
def other():
    """Nobody reads this anew."""
    return "told anew twice".split(), re.compile(r"told anew\\b now")
'''

    read = [text for _, text in spoken(ast.parse(code))]

    assert read == ["Look at this anew.", "… is told anew"]


def test_an_odd_wording_is_found_over_a_line_break_and_not_within_a_word() -> None:
    assert (len(oddities("What came\nof it.")), oddities("Commended.")) == (1, [])
