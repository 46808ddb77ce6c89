"""Prepares the pages of the documentation site: those of docs/ and of the project's root, and the
reference, which is made from the code.

    python -m tools.reference DEMO [FOLDER]

DEMO is a folder made by `aggregator demo --once --into DEMO`; its stories show the keys of a
story's JSON. `make docs` runs both and builds the site.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from aggregator.cli.app import aggregator
from aggregator.config.configuration import settings_table
from tools.floors import Floor, floors

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
STORY_KEYS = Path(__file__).with_name("story_keys.toml")
# What a link between files of the repository leads to on the site, where the names differ.
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "config.toml": "reference/settings.md",
    "aggregator/cli": "reference/commands.md",
    "aggregator/site/story/json_export.py": "reference/story.md",
    "tests/quality": "reference/quality.md",
}
_LINK = re.compile(r"(!?)\[([^\]\n]*)\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_CLAIM = {"text", "kind", "verdict", "citations"}
_EXAMPLE_CHARACTERS = 60


def main(demo: Path, folder: Path) -> None:
    """Writes all pages and pictures into a folder, whose old contents are removed."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DOCS, folder)
    for path, text in pages(stories(demo)).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def pages(shown: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The text of each page by its path on the site; `shown` are stories as JSON."""
    files = [*(ROOT / name for name in PAGES if name.endswith(".md")), *DOCS.rglob("*.md")]
    named = ((path.relative_to(ROOT).as_posix(), path) for path in files)
    written = {site_path(name): linked(name, path.read_text("utf-8")) for name, path in named}
    return written | {
        "reference/commands.md": commands_page(),
        "reference/settings.md": settings_page(),
        "reference/story.md": story_page(shown),
        "reference/quality.md": quality_page(floors()),
    }


def stories(demo: Path) -> list[dict[str, Any]]:
    """The stories of a demo's site as JSON."""
    paths = sorted((demo / "site" / "story").glob("*/index.json"))
    return [json.loads(path.read_text("utf-8")) for path in paths]


# Links


def site_path(name: str) -> str:
    """Where a file of the repository is on the site; empty if it is not on it."""
    if name in PAGES:
        return PAGES[name]
    return name.removeprefix("docs/") if name.startswith("docs/") else ""


def linked(name: str, text: str) -> str:
    """A page whose links between files of the repository lead to pages of the site; a link to a
    file that is not on the site becomes its name.
    """
    kept: list[str] = []

    def outside(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    text = _LINK.sub(lambda match: _site_link(name, match), _FENCE.sub(outside, text))
    return re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], text)


def _site_link(name: str, match: re.Match[str]) -> str:
    mark, words, target = match.groups()
    path, _, anchor = target.partition("#")
    if not path or ":" in path:
        return match[0]
    found = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
    page = site_path(found)
    if not page:
        return words if words.strip("`") == found else f"{words} (`{found}`)"
    relative = posixpath.relpath(page, posixpath.dirname(site_path(name)) or ".")
    return f"{mark}[{words}]({relative}{'#' if anchor else ''}{anchor})"


# The reference


def commands_page() -> str:
    """Every command with its usage, arguments and options."""
    context = click.Context(aggregator, info_name="aggregator")
    parts = [
        "# Commands",
        "Results go to standard output, logs and progress to standard error. The options of"
        " `aggregator` itself come before the command: `aggregator --json doctor`.",
        *_command(aggregator, context),
    ]
    return "\n\n".join(parts) + "\n"


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    deep = context.command_path.count(" ")
    yield f"{'#' * min(deep + 1, 3) if deep else '##'} {context.command_path}"
    yield (command.help or "").partition("\f")[0].replace("\b\n", "")
    yield f"```text\n{context.command_path} {' '.join(command.collect_usage_pieces(context))}\n```"
    params = [param for param in command.get_params(context) if "--help" not in param.opts]
    records = [param.get_help_record(context) for param in params]
    rows = [(f"`{name}`", text) for name, text in filter(None, records)]
    if rows:
        yield table(("option", ""), rows)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child and not child.hidden:
                yield from _command(child, click.Context(child, info_name=name, parent=context))


def settings_page() -> str:
    """Every setting with its default, a section for each table of config.toml."""
    parts = [
        "# Settings",
        "`aggregator init` writes a `config.toml`; `config.local.toml` beside it overrides it, and"
        " environment variables override both: `AGGREGATOR_SITE__BASE_URL=https://news.example.org`"
        " sets `site.base_url`. `aggregator config check` reports all mistakes at once,"
        " `aggregator config show` where each value comes from, with `--changed` only of those that"
        " differ from the default. `[[sources]]` stands once for each source.",
    ]
    for name, rows in groupby(settings_table(), lambda row: row.key.rpartition(".")[0]):
        parts.append(f"## {name or 'Top of the file'}")
        for is_rare, several in groupby(rows, lambda row: row.is_rare):
            cells = [
                (f"`{row.key.rpartition('.')[2]}`", f"`{row.value}`", row.help) for row in several
            ]
            parts += ["Rarely changed:"] * is_rare + [table(("key", "default", ""), cells)]
    return "\n\n".join(parts) + "\n"


def story_page(shown: Iterable[Mapping[str, Any]]) -> str:
    """The keys of a story's JSON, each with its type and an example from these stories. Raises
    KeyError for a top-level key that story_keys.toml does not explain.
    """
    found: dict[str, tuple[str, str]] = {}
    for story in shown:
        for path, kind, example in _leaves(story, ""):
            found.setdefault(path, (kind, example))
    explained = tomllib.loads(STORY_KEYS.read_text("utf-8"))
    rows: dict[str, list[tuple[str, ...]]] = {name: [] for name in explained}
    for path, (kind, example) in found.items():
        rows[re.split(r"[.\[]", path)[0]].append((f"`{path}`", kind, example))
    given = [(name, of_key) for name, of_key in rows.items() if of_key]
    parts = [
        "# JSON of a story",
        "Each story's folder has `index.json`, the same story as its page. Keys without content are"
        " absent; times are UTC, days ISO 8601. Unknown keys may be added, so ignore them. The"
        " examples are from the [demo](../demo.md).",
        "## claim",
        "A statement and what it rests on; many keys below hold one or a list of them.",
        table(("key", ""), [(f"`{key}`", text) for key, text in explained["claim"].items()]),
        "## Simple keys",
        table(
            ("key", "type", "", "example"),
            [(*row[:2], explained[name], row[2]) for name, (row, *more) in given if not more],
        ),
    ]
    for name, several in given:
        if len(several) > 1:
            parts += [f"## {name}", explained[name], table(("key", "type", "example"), several)]
    absent = [(f"`{name}`", explained[name]) for name in rows if name != "claim" and not rows[name]]
    if absent:
        parts += ["## Not in the demo", table(("key", ""), absent)]
    return "\n\n".join(parts) + "\n"


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """The path, type and example of each value that is no container; a claim counts as one."""
    match value:
        case dict() if value.keys() == _CLAIM:
            yield path, "claim", ""
        case dict():
            for key, inner in value.items():
                yield from _leaves(inner, f"{path}.{key}" if path else key)
        case list():
            for inner in value:
                yield from _leaves(inner, f"{path}[]")
        case _:
            kind = {bool: "boolean", str: "text"}.get(type(value), "number")
            text = json.dumps(value, ensure_ascii=False)
            yield path, kind, f"`{text}`" if len(text) <= _EXAMPLE_CHARACTERS else ""


def quality_page(rows: Iterable[Floor]) -> str:
    """What the tests hold the program to."""
    parts = [
        "# Quality floors",
        "A test fails if the program scores worse than this on labelled data, so quality does not"
        " decline unnoticed. The scores that were measured are on the page"
        " [Measured](../developing/measured.md).",
        table(
            ("what", "data", "at least", "command"),
            [(row.what, row.data, row.bound, f"`python -m {row.command}`") for row in rows],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown; bars and line breaks in cells are escaped."""
    lines = [heads, ("---",) * len(heads), *rows]
    cells = ((" ".join(cell.replace("|", r"\|").split()) for cell in line) for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


if __name__ == "__main__":
    _, built, *into = sys.argv
    main(Path(built), Path(into[0]) if into else ROOT / "build" / "docs")
