"""Brings the catalogues of `templates/words/` up to date with the messages in code, templates and
the topics and roles of the registry.

    python -m tools.catalogue            every language there is: new messages empty, what is said
      no more gone
    python -m tools.catalogue fr         begins a language
    python -m tools.catalogue --check    writes nothing; ends with 1 where a catalogue is not up to
      date

A message that changed is a new one: pages say it in English until somebody has written what it is
in the language.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

_ROOT = Path(__file__).resolve().parents[1]
FOLDER = _ROOT / "templates" / "words"
_CODE = (  # of aggregator/
    "cluster",
    "config/configuration.py",
    "crawl",
    "digest/edition",
    "digest/mail",
    "digest/stage/subscribe.py",
    "domain",
    "extract",
    "plugins",
    "serve",
    "site",
    "templating",
    "verify/gates.py",
)
_PAGES = ("site", "markdown", "serve", "email")  # of templates/
_SAYING = {
    "words",
    "_words",
    "N_",
    "self",
}  # what is called with a message; of `counted` and `pgettext` two arguments are
_COMMENT = (
    "The words of pages and mails. Written by tools/catalogue.py; translators fill in what msgstr"
    " leaves empty."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An English text that is said somewhere: alone, with its plural, or with the context that
    tells it from others.
    """

    text: str
    plural: str = ""
    context: str = ""


@cache
def messages() -> dict[Message, list[str]]:
    """Every message with the files that say it, from the root of the project, in their order."""
    found: dict[Message, list[str]] = {}
    for file, several in _files():
        for message in several:
            places = found.setdefault(message, [])
            if (place := file.relative_to(_ROOT).as_posix()) not in places:
                places.append(place)
    return found


def _files() -> Iterator[tuple[Path, Iterator[Message]]]:
    for name in _CODE:
        path = _ROOT / "aggregator" / name
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            yield file, _of_code(ast.parse(file.read_text("utf-8")))
    of_plugins = (_ROOT / "aggregator" / "plugins").glob("*/templates")
    for folder in (*(_ROOT / "templates" / name for name in _PAGES), *sorted(of_plugins)):
        for file in sorted(path for path in folder.iterdir() if path.is_file()):
            yield file, _of_template(file)
    registry = _ROOT / "registry.toml"
    tables = tomllib.loads(registry.read_text("utf-8"))
    subject = tables["subject"]
    named = [entry["name"] for table in ("topic", "role") for entry in tables[table].values()]
    yield (
        registry,
        (Message(text=text) for text in (*named, subject["name"], subject["within"])),
    )


def _of_code(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            texts = [
                arg.value
                for arg in node.args
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
            match node.func, texts:
                case ast.Name(id=name) | ast.Attribute(attr=name), [text] if name in _SAYING:
                    yield Message(text=text)
                case ast.Call(func=ast.Name(id="translations")), [text]:
                    yield Message(text=text)
                case ast.Attribute(attr="counted"), [one, many]:
                    yield Message(text=one, plural=many)
                case ast.Attribute(attr="pgettext"), [context, text]:
                    yield Message(text=text, context=context)


def _of_template(file: Path) -> Iterator[Message]:
    for _, _, text, _ in babel_extract(
        BytesIO(file.read_bytes()), ("_", "gettext", "pgettext"), [], {"silent": "false"}
    ):
        match text:
            case str(said) | (str(said), None):  # alone, or with values for its places
                yield Message(text=said)
            case (str(context), str(said)):
                yield Message(text=said, context=context)


def catalogue(language: str) -> bytes:
    """The catalogue of a language as it should be: what is said now, in the words that it has."""
    template = Catalog(charset="utf-8", fuzzy=False)
    for message, places in messages().items():
        id = (message.text, message.plural) if message.plural else message.text
        template.add(
            id, locations=[(place, 0) for place in places], context=message.context or None
        )
    path = FOLDER / f"{language}.po"
    known = (
        read_po(BytesIO(path.read_bytes()), locale=language)
        if path.exists()
        else Catalog(locale=language, charset="utf-8")
    )
    known.update(template, no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    body = BytesIO()
    write_po(body, known, omit_header=True, no_location=True, sort_output=True, width=130)
    header = (
        "Content-Type: text/plain; charset=utf-8",
        f"Language: {language}",
        f"Plural-Forms: {known.plural_forms}",
    )
    lines = (f"# {_COMMENT}", 'msgid ""', 'msgstr ""', *(f'"{line}\\n"' for line in header))
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + body.getvalue().lstrip()


def main() -> int:
    """Writes, or checks; returns 1 where a check found something."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("language", nargs="?", help="a language that there is not yet (BCP 47)")
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args()
    old = False
    for language in (
        [options.language]
        if options.language
        else sorted(path.stem for path in FOLDER.glob("*.po"))
    ):
        made, path = catalogue(language), FOLDER / f"{language}.po"
        if not path.exists() or path.read_bytes() != made:
            old = True
            sys.stdout.write(
                f"{path}: not up to date; run python -m tools.catalogue\n"
                if options.check
                else f"{path}: written\n"
            )
            if not options.check:
                FOLDER.mkdir(exist_ok=True)
                path.write_bytes(made)
    return 1 if old and options.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
