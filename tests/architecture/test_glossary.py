"""Names are made of the words of docs/developing/glossary.md, and of none that it rules out.

`python -m tests.architecture.test_glossary` writes the list of everyday words again; read the
difference before you commit it: a word that needs a meaning belongs into the table.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import ROOT, modules

GLOSSARY = ROOT / "docs" / "developing" / "glossary.md"
_START, _END = "test_glossary -->\n", "<!-- /words -->"


def words(name: str) -> list[str]:
    """The words of a name in snake_case or CamelCase, in small letters."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def names() -> Iterator[str]:
    """The names of folders, modules and public classes."""
    for module in modules("aggregator"):
        yield from (part for part in module.name.split(".") if not part.startswith("__"))
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name


def base(word: str) -> str:
    """The word without its plural."""
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and word[-2:] not in ("ss", "us", "is", "ns") else word


def table() -> tuple[set[str], set[str]]:
    """The words that have a meaning in the table, and those that it rules out."""
    rows = re.findall(r"^\| ([^|]+) \|[^|]+\| ?([^|]*?) ?\|$", GLOSSARY.read_text(), re.MULTILINE)
    known = {base(word) for first, _ in rows[1:] for word in words(first)}
    ruled_out = {last for _, cell in rows[1:] for last in cell.split(", ") if last.isalpha()}
    return known, ruled_out


def listed() -> set[str]:
    """The everyday words of the list."""
    text = GLOSSARY.read_text("utf-8")
    return set(text[text.index(_START) + len(_START) : text.index(_END)].split())


def everyday() -> set[str]:
    """What names are made of besides the words of the table."""
    return {base(word) for name in names() for word in words(name)} - table()[0]


def test_every_name_is_made_of_words_of_the_glossary() -> None:
    new, unused = everyday() - listed(), listed() - everyday()

    assert (new, unused) == (set(), set()), (
        "run: python -m tests.architecture.test_glossary; first put into the table of"
        " docs/developing/glossary.md what needs a meaning"
    )


def test_no_name_has_a_word_that_the_glossary_rules_out() -> None:
    used = {word for name in names() for word in words(name)}

    assert used & table()[1] == set(), (
        "take the word of its row in docs/developing/glossary.md instead"
    )


if __name__ == "__main__":
    text = GLOSSARY.read_text("utf-8")
    start, end = text.index(_START) + len(_START), text.index(_END)
    GLOSSARY.write_text(f"{text[:start]}{' '.join(sorted(everyday()))}\n{text[end:]}", "utf-8")
