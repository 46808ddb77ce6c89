"""A section of plain claims is added in a few places: its name stands nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from aggregator.domain.claim import SECTIONS
from aggregator.story.sections import RULES_OF
from tests.architecture.tree import ROOT, Module, modules, nodes

PLAIN = {section.key for section in SECTIONS if section.is_plain}
TABLES = {"aggregator.domain.claim", "aggregator.story.sections"}
# the questions to a model are no rows of a table yet
QUESTIONS = {
    "aggregator.digest.edition.written_opening",
    "aggregator.story.answers",
}


def names(module: Module) -> Iterator[tuple[str, ast.AST]]:
    """What a module calls by a name or writes as a text of its own."""
    for node in nodes(module):
        match node:
            case (
                ast.Attribute(attr=str(name))
                | ast.Name(id=str(name))
                | ast.keyword(arg=str(name))
                | ast.Constant(value=str(name))
            ):
                yield name, node


def test_a_section_of_plain_claims_is_named_in_the_tables_alone() -> None:
    elsewhere = [
        module.place(node)
        for module in modules("aggregator")
        if module.name not in TABLES | QUESTIONS
        for name, node in names(module)
        if name in PLAIN
    ]
    assert elsewhere == [], "state it in a row of SECTIONS, RULES_OF or writing_of(), and read that"


def test_no_template_names_a_section_of_plain_claims() -> None:
    named = re.compile(rf"\.(?:{'|'.join(sorted(PLAIN))})\b")
    pages = sorted((ROOT / "templates" / "site").glob("*.html"))
    assert pages
    assert [page.name for page in pages if named.search(page.read_text("utf-8"))] == []


def test_rules_fill_every_section_of_plain_claims_and_no_other() -> None:
    assert set(RULES_OF) == PLAIN, "each needs a row in RULES_OF of aggregator/story/sections.py"
