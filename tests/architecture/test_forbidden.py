"""What the style forbids because something came of it once, looked for in the whole tree."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

import pytest

from tests.architecture.tree import ROOT, Module, calls, imported, modules, nodes

CLOCK, CLOCKS = "aggregator.adapters.clock", "tests.acceptance.test_clocks"
OF_READERS = "(subscribers|wishes|deliveries)"  # modules of the store
VAGUE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "base",
    "misc",
    "manager",
    "service",
}


def feed_parsed_from_a_name(module: Module) -> Iterator[ast.AST]:
    """feedparser takes a text for an address and fetches it: only a stream of bytes is safe."""
    for called, node in calls(module):
        argument = ast.unparse(node.args[0]) if node.args else ""
        if called == "feedparser.parse" and not re.match(r"(io\.)?BytesIO\(", argument):
            yield node


def clock_read_by_a_decision(module: Module) -> Iterator[ast.AST]:
    """The time of a run is an argument; only the clock's adapter reads it."""
    if module.name != CLOCK:
        for called, node in calls(module):
            if re.search(
                r"(^|\.)(datetime|date)\.(now|utcnow|today)$|^time\.(time|time_ns)$", called
            ):
                yield node


def silent_handler(module: Module) -> Iterator[ast.AST]:
    """A handler that catches everything and says nothing makes a dead source look quiet."""
    for node in nodes(module):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            if broad and all(isinstance(each, ast.Pass) for each in node.body):
                yield node


def tables_made_without_a_migration(module: Module) -> Iterator[ast.AST]:
    """Only migrations make the tables of an operator's database."""
    yield from (node for called, node in calls(module) if called.endswith(".create_all"))


def printed_outside_the_command_line(module: Module) -> Iterator[ast.AST]:
    """Standard output belongs to the results of commands."""
    if not module.name.startswith("aggregator.cli."):
        yield from (
            node for called, node in calls(module) if called in {"print", "sys.stdout.write"}
        )


def text_marked_safe(module: Module) -> Iterator[ast.AST]:
    """Text that is marked safe is not escaped: one room may, and looks at what it marks."""
    if module.name not in ("aggregator.templating.environment", "aggregator.templating.filters"):
        yield from (
            node for called, node in calls(module) if called in {"Markup", "markupsafe.Markup"}
        )


def code_in_a_package_file(module: Module) -> Iterator[ast.AST]:
    """Importing a package does nothing."""
    if module.path.name == "__init__.py":
        yield from (each for each in module.tree.body if not is_docstring(each))


def undocumented(module: Module) -> Iterator[ast.AST]:
    """Every module, and every public class and function says what it is."""
    if ast.get_docstring(module.tree) is None:
        yield module.tree
    for node in public(module.tree):
        if ast.get_docstring(node) is None:
            yield node


def vague_name(module: Module) -> Iterator[ast.AST]:
    """A room's name says what lives there."""
    if module.path.stem in VAGUE:
        yield module.tree


def relative_to_nothing(module: Module) -> Iterator[ast.AST]:
    """Imports are absolute."""
    yield from (node for node in nodes(module) if isinstance(node, ast.ImportFrom) and node.level)


def commit_left_to_a_power_cut(module: Module) -> Iterator[ast.AST]:
    """Only the services of a run may lose commits in a power cut, and what readers do never goes
    through them.
    """
    imports = [node for node in nodes(module) if isinstance(node, ast.ImportFrom)]
    names = {f"{node.module}.{name.name}" for node in imports for name in node.names}
    is_of_readers = any(re.match(rf"aggregator\.store\.{OF_READERS}\b", name) for name in names)
    for called, node in calls(module):
        is_hasty = any(ast.unparse(keyword) == "durable=False" for keyword in node.keywords)
        is_run = is_of_readers and called.endswith("services.database.writing")
        if is_run or (is_hasty and module.name != "aggregator.bootstrap"):
            yield node


def frozen_spelled_out(module: Module) -> Iterator[ast.AST]:
    """A record is `@frozen`; only the room below `domain/` cannot import it."""
    long = "dataclass(frozen=True, slots=True, kw_only=True)"
    if not module.name.startswith("aggregator.english."):
        yield from (
            node
            for node in nodes(module)
            if isinstance(node, ast.ClassDef) and long in map(ast.unparse, node.decorator_list)
        )


def mock(module: Module) -> Iterator[ast.AST]:
    """A fake is written by hand behind a port, and held to the port's contract."""
    yield from (
        node
        for name, node in imported(module)
        if name.partition(".")[0] in {"mock", "pytest_mock"} or name == "unittest.mock"
    )
    yield from (
        node
        for called, node in calls(module)
        if called in {"monkeypatch.setattr", "monkeypatch.setitem"}
    )
    for node in nodes(module):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "unittest"
            and any(name.name == "mock" for name in node.names)
        ):
            yield node


def raising_unannounced(module: Module) -> Iterator[ast.AST]:
    """Callers learn from a docstring what a function raises, by itself or by the private functions
    of its module. A command's docstring is its help, and its errors are exit codes.
    """
    private = {
        node.name: node
        for node in nodes(module)
        if isinstance(node, Function) and is_private(node.name)
    }
    for node in public(module.tree):
        if isinstance(node, Function) and "raise" not in (ast.get_docstring(node) or "").lower():
            is_command = any("command" in ast.unparse(each) for each in node.decorator_list)
            if not is_command and any(raises(each, private) for each in node.body):
                yield node


def raises(node: ast.AST, private: Mapping[str, Function]) -> bool:
    """Whether a statement raises, or calls a private function that does. What may be caught around
    it does not count, nor what runs later or cannot happen.
    """
    if isinstance(node, Function):
        return False
    if isinstance(node, ast.Raise) and node.exc:
        return "AssertionError" not in ast.unparse(node.exc)
    called = ast.unparse(node.func).removeprefix("self.") if isinstance(node, ast.Call) else ""
    if called in private:
        others = {name: each for name, each in private.items() if name != called}
        if any(raises(each, others) for each in private[called].body):
            return True
    parts = ast.iter_child_nodes(node)
    if isinstance(node, ast.Try) and node.handlers:
        parts = iter((*node.handlers, *node.orelse))
    return any(raises(each, private) for each in parts)


def slept(module: Module) -> Iterator[ast.AST]:
    """A test that sleeps is slow on a fast machine and fails on a slow one."""
    yield from (node for called, node in calls(module) if called == "time.sleep")


def day_left_to_chance(module: Module) -> Iterator[ast.AST]:
    """A test that counts from the time of day may fail on some days; `make soak` tries those that
    are marked `clock` on many, by the clocks of `tests.acceptance.test_clocks`.
    """
    read = [
        node for called, node in calls(module) if called in {"datetime.now", "SystemClock().now"}
    ]
    tests = [
        node
        for node in nodes(module)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    if read and tests and module.name != CLOCKS:
        marks = {ast.unparse(node) for node in nodes(module) if isinstance(node, ast.Attribute)}
        yield from read if "pytest.mark.clock" not in marks else ()


def private_part_of_a_library(module: Module) -> Iterator[ast.AST]:
    """What a library keeps to itself changes without notice. `Row._mapping` is public: SQLAlchemy
    names it so to keep it apart from columns.
    """
    known = {*sys.stdlib_module_names, "aggregator"}
    bound = set[str]()
    for node in nodes(module):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        inside = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            parts = (inside + alias.name).split(".")
            if parts[0] not in known:
                bound.add(alias.asname or alias.name.partition(".")[0])
                if any(map(is_private, parts)):
                    yield node
    for each in nodes(module):
        if (
            isinstance(each, ast.Attribute)
            and (is_private(each.attr) and each.attr != "_mapping")
            and ast.unparse(each.value).partition(".")[0] in bound
        ):
            yield each


def private_method_replaced(module: Module) -> Iterator[ast.AST]:
    """A method that a library's class keeps to itself is not ours to replace in a subclass."""
    bases = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in nodes(module)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.partition(".")[0] not in {*sys.stdlib_module_names, "aggregator"}
        for alias in node.names
    }
    for each in (node for node in nodes(module) if isinstance(node, ast.ClassDef)):
        for base in each.bases:
            if origin := bases.get(ast.unparse(base)):
                inherited = getattr(import_module(origin[0]), origin[1])
                yield from (
                    method
                    for method in each.body
                    if isinstance(method, Function)
                    and is_private(method.name)
                    and hasattr(inherited, method.name)
                )


def is_private(name: str) -> bool:
    """Whether a name begins with one underscore."""
    return name.startswith("_") and not name.startswith("__")


def is_docstring(node: ast.stmt) -> bool:
    """Whether a statement is a text and nothing else."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


Function = ast.FunctionDef | ast.AsyncFunctionDef
Named = Function | ast.ClassDef


def public(parent: ast.Module | ast.ClassDef) -> Iterator[Named]:
    """The public classes and functions of a module, and the public methods of these classes."""
    for node in parent.body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


Finder = Callable[[Module], Iterator[ast.AST]]


def found(finder: Finder, *folders: str) -> list[str]:
    """Each place below the folders that a finder finds."""
    return [module.place(node) for module in modules(*folders) for node in finder(module)]


@pytest.mark.parametrize(
    "finder",
    [
        feed_parsed_from_a_name,
        clock_read_by_a_decision,
        silent_handler,
        tables_made_without_a_migration,
        printed_outside_the_command_line,
        text_marked_safe,
        code_in_a_package_file,
        undocumented,
        raising_unannounced,
        vague_name,
        relative_to_nothing,
        commit_left_to_a_power_cut,
        private_part_of_a_library,
        private_method_replaced,
        frozen_spelled_out,
    ],
)
def test_the_product_keeps_the_rule(finder: Finder) -> None:
    assert found(finder, "aggregator", "migrations") == [], finder.__doc__


@pytest.mark.parametrize(
    "finder",
    [
        silent_handler,
        code_in_a_package_file,
        vague_name,
        relative_to_nothing,
        private_part_of_a_library,
        private_method_replaced,
        mock,
        slept,
        day_left_to_chance,
    ],
)
def test_the_tests_keep_the_rule(finder: Finder) -> None:
    assert found(finder, "tests", "bench", "tools") == [], finder.__doc__


def test_no_template_marks_text_as_safe() -> None:
    templates = [
        path
        for folder in ("templates", "aggregator/plugins")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".html", ".xml", ".j2", ".jinja", ".txt", ".md"}
    ]

    unsafe = [
        str(path.relative_to(ROOT))
        for path in templates
        if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text("utf-8"))
    ]

    assert unsafe == []


@pytest.mark.parametrize(
    ("finder", "code", "times"),
    [
        pytest.param(feed_parsed_from_a_name, "feedparser.parse(url)", 1, id="feed by name"),
        pytest.param(
            feed_parsed_from_a_name, "feedparser.parse(io.BytesIO(body))", 0, id="feed from bytes"
        ),
        pytest.param(clock_read_by_a_decision, "datetime.datetime.now(UTC)", 1, id="time of day"),
        pytest.param(clock_read_by_a_decision, "clock.now()", 0, id="the port"),
        pytest.param(silent_handler, "try: f()\nexcept Exception: pass", 1, id="silence"),
        pytest.param(silent_handler, "try: f()\nexcept KeyError: pass", 0, id="one named error"),
        pytest.param(
            frozen_spelled_out,
            "@dataclass(frozen=True, slots=True, kw_only=True)\nclass Record: pass",
            1,
            id="a record at length",
        ),
        pytest.param(frozen_spelled_out, "@frozen\nclass Record: pass", 0, id="a record"),
        pytest.param(
            tables_made_without_a_migration, "metadata.create_all(engine)", 1, id="create_all"
        ),
        pytest.param(printed_outside_the_command_line, "print(1)", 1, id="print"),
        pytest.param(text_marked_safe, "Markup(text)", 1, id="marked safe"),
        pytest.param(
            undocumented,
            '"""A."""\ndef f(): ...\ndef _g(): ...',
            1,
            id="function without a docstring",
        ),
        pytest.param(
            raising_unannounced,
            "def f():\n    _g()\ndef _g():\n    raise KeyError(1)",
            1,
            id="error by way of a private function",
        ),
        pytest.param(
            raising_unannounced,
            'def f():\n    """Raises KeyError."""\n    raise KeyError(1)\n'
            "def g():\n    try:\n        raise KeyError(1)\n    except KeyError: pass",
            0,
            id="announced or caught",
        ),
        pytest.param(relative_to_nothing, "from . import x", 1, id="relative import"),
        pytest.param(commit_left_to_a_power_cut, "Database(url, durable=False)", 1, id="no disk"),
        pytest.param(
            commit_left_to_a_power_cut,
            "from aggregator.store import wishes\nservices.database.writing()",
            1,
            id="a reader's wish in a run",
        ),
        pytest.param(commit_left_to_a_power_cut, "services.database.writing()", 0, id="a run"),
        pytest.param(
            mock, "from unittest.mock import Mock\nfrom unittest import mock", 2, id="mocks"
        ),
        pytest.param(mock, "monkeypatch.setattr(a, 'b', 1)", 1, id="patch"),
        pytest.param(slept, "time.sleep(1)", 1, id="sleep"),
        pytest.param(
            day_left_to_chance, "def test_a(): datetime.now(UTC)", 1, id="whatever day it is"
        ),
        pytest.param(
            day_left_to_chance,
            "pytestmark = pytest.mark.clock\ndef test_a(): datetime.now(UTC)",
            0,
            id="tried on many days",
        ),
        pytest.param(
            private_part_of_a_library,
            "import lib\nfrom lib._part import f\nfrom lib import _g, C\nlib._types.X\nC._h()",
            4,
            id="private parts",
        ),
        pytest.param(
            private_part_of_a_library,
            "import os, lib\nfrom aggregator.a import _b\nos._exit(1)\nself._lib\nlib.__version__",
            0,
            id="own and standard library",
        ),
        pytest.param(
            private_method_replaced,
            "from jinja2 import Environment\nclass E(Environment):\n    def _generate(self): ...",
            1,
            id="a private method of a library",
        ),
        pytest.param(
            private_method_replaced,
            "from jinja2 import Environment\nclass E(Environment):\n    def compile(self): ...\n"
            "    def _own(self): ...",
            0,
            id="a public one, and one of our own",
        ),
    ],
)
def test_a_breach_is_found(finder: Finder, code: str, times: int) -> None:
    module = Module(
        name="aggregator.example", path=ROOT / "aggregator" / "example.py", tree=ast.parse(code)
    )

    assert len(list(finder(module))) == times
