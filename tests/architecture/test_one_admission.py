"""Whether a text may be used is decided in one module; all others ask the verdict that it gave."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.tree import Module, modules, nodes

ADMISSION = "aggregator.extract.admission"
# What tells text that is addressed to a reader or a machine, or is written in code: all of the
# first two modules, and these of the third, which has more to say of a sentence.
DECISIVE: dict[str, set[str] | None] = {
    "aggregator.english.addressed": None,
    "aggregator.english.orders": None,
    "aggregator.english.speech_acts": {"is_order", "is_ciphered"},
}


def decisive(module: Module) -> Iterator[str]:
    """What a module takes from those that tell such text."""
    for node in nodes(module):
        if isinstance(node, ast.ImportFrom):
            taken = [(node.module or "", alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            taken = [(alias.name, "") for alias in node.names]
        else:
            continue
        for name, part in taken:
            whole = f"{name}.{part}"  # of "from aggregator.english import addressed"
            parts = DECISIVE.get(name, set())
            if whole in DECISIVE or parts is None or part in parts:
                yield whole


def test_one_module_decides_whether_text_may_be_used() -> None:
    deciding = {
        module.name
        for module in modules("aggregator")
        if not module.name.startswith("aggregator.english.") and any(decisive(module))
    }

    assert deciding == {ADMISSION}


def test_a_module_that_decides_for_itself_is_found_however_it_imports() -> None:
    (any_module,) = [each for each in modules("aggregator") if each.name == ADMISSION]
    taken = [
        "from aggregator.english.addressed import is_addressed",
        "from aggregator.english import addressed",
        "import aggregator.english.orders",
        "from aggregator.english.speech_acts import is_order",
    ]
    spared = "from aggregator.english.speech_acts import is_question"

    def found(source: str) -> list[str]:
        other = Module(name="other", path=any_module.path, tree=ast.parse(source))
        return [*decisive(other)]

    assert all(map(found, taken))
    assert not found(spared)
