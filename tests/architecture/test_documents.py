"""The documents hold together: links lead somewhere, every page is on the documentation site, and
the reference has every command, setting and key.
"""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from aggregator.cli.app import aggregator
from aggregator.config.config_file import config_schema
from aggregator.config.configuration import load, settings_table
from aggregator.config.keys import values
from aggregator.config.overrides_file import load_overrides
from aggregator.domain.operation.override import Overrides
from tests.documented import documented, read
from tools.reference import commands_page, linked, pages, settings_page, story_page

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md"))
DOCUMENTS += ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
MOST_WORDS = 700  # of the README, all but the addresses of pictures
FOR_OPERATORS = (
    "start look subject sources models mail operating pages maintenance versions monitoring"
    " notifications scaling"
).split()
MOST_FOR_OPERATORS = 6_000  # words, as `wc` counts them
MOST_SETTINGS = 30  # that operators have to know
_TOML = re.compile(r"^ *```toml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
BLOCKS = [b for name in DOCUMENTS for b in _TOML.findall((ROOT / name).read_text("utf-8"))]
_TARGET = re.compile(r"\]\(([^)#\s:]+)(?:#[^)\s]*)?\)")


def commands(group: click.Group, name: str) -> Iterator[str]:
    """The full name of each command below a group."""
    context = click.Context(group)
    for key in group.list_commands(context):
        command = group.get_command(context, key)
        yield f"{name} {key}"
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {key}")


def page_paths(nav: list[dict[str, Any]]) -> Iterator[str]:
    """The pages of a table of contents, at any depth."""
    for entry in nav:
        for value in entry.values():
            yield from page_paths(value) if isinstance(value, list) else (value,)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_a_document_links_to_is_there(name: str) -> None:
    document = ROOT / name
    targets = set(_TARGET.findall(document.read_text("utf-8")))

    assert sorted(path for path in targets if not (document.parent / path).exists()) == []


def test_every_page_is_in_the_contents_of_the_documentation_site() -> None:
    contents = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]

    assert sorted(page_paths(contents)) == sorted(pages(()))


def test_the_readme_is_read_in_minutes() -> None:
    text = re.sub(r"(!\[[^\]]*\])\([^)]*\)", r"\1", (ROOT / "README.md").read_text("utf-8"))

    assert len(text.split()) <= MOST_WORDS


def test_the_pages_for_operators_are_read_in_half_an_hour() -> None:
    texts = [(ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in FOR_OPERATORS]

    assert sum(len(text.split()) for text in texts) <= MOST_FOR_OPERATORS


def test_the_pages_for_operators_name_few_settings_and_none_that_is_rarely_changed() -> None:
    is_rare = {row.key: row.is_rare for row in settings_table()}
    named: set[str] = set()
    for name in FOR_OPERATORS:
        text = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
        named |= set(re.findall(r"`([a-z_.]+)[`\s]", text))
        for block in _TOML.findall(text):
            named |= {known for _, known, _ in values(tomllib.loads(textwrap.dedent(block)))}
    named = {key for key in named & is_rare.keys() if not key.startswith("sources.")}

    assert sorted(key for key in named if is_rare[key]) == []
    assert len(named) <= MOST_SETTINGS, sorted(named)


def test_links_between_files_lead_to_pages_of_the_site() -> None:
    text = (
        "[a](../README.md) [b](mail.md#dns) [c](../config.toml) [d](../Makefile) [e](https://e.e)"
    )

    assert linked("docs/start.md", text) == (
        "[a](index.md) [b](mail.md#dns) [c](reference/settings.md) d (`Makefile`) [e](https://e.e)"
    )
    assert linked("README.md", "![x](docs/x.png)\n```\n[a](b.md)\n```") == (
        "![x](x.png)\n```\n[a](b.md)\n```"
    )


@pytest.mark.parametrize("block", BLOCKS)
def test_settings_and_overrides_in_documents_are_valid(block: str, tmp_path: Path) -> None:
    text = textwrap.dedent(block)
    if "[[pin]]" in text:
        (tmp_path / "overrides.toml").write_text(text, "utf-8")
        assert load_overrides(tmp_path / "overrides.toml") != Overrides()
    else:
        assert load(ROOT / "config.toml", {}, local=text) != load(ROOT / "config.toml", {})


def test_every_documented_command_exists_with_its_options() -> None:
    found = documented()
    partial = [command for command in found if not read(command.arguments)[1]]

    assert len(found) > 100
    assert [command for command in partial if command.in_block] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_target_of_make_that_a_document_names_is_there(name: str) -> None:
    named = re.findall(r"(?:`|^|sudo )make ([a-z]+)", (ROOT / name).read_text("utf-8"), re.M)
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.M)] == []


@pytest.mark.parametrize("words", ["refresh --daily", "sources explain", "sources add a b"])
def test_a_command_that_the_program_does_not_know_is_noticed(words: str) -> None:
    with pytest.raises(click.UsageError):
        read(tuple(words.split()))


def test_the_reference_has_every_command() -> None:
    text = commands_page()

    assert [name for name in commands(aggregator, "aggregator") if f"## {name}\n" not in text] == []


def test_the_reference_has_every_setting_with_its_help() -> None:
    text = settings_page()

    assert len(settings_table()) > 90
    for row in settings_table():
        assert f"| `{row.key.rpartition('.')[2]}` |" in text
        assert row.help.replace("|", r"\|") in text


def test_the_reference_has_settings_that_are_rarely_changed_below_the_others() -> None:
    site = settings_page().partition("## site\n")[2].partition("\n## ")[0]
    common, rare = site.split("\nRarely changed:\n")

    assert "| `title` |" in common
    assert "| `hub` |" in rare
    assert config_schema()["$defs"]["SiteSettings"]["properties"]["hub"]["description"].endswith(
        " (rarely changed)"
    )


def test_the_reference_shows_the_keys_of_stories_with_types_and_examples() -> None:
    claim = {"text": "It opened.", "kind": "written", "verdict": "supported", "citations": []}
    text = story_page([{"hook": claim, "updates": [{"at": "2026-06-10", "claim": claim}]}])

    assert "| `hook` | claim | The story in one sentence. |  |" in text
    assert '| `updates[].at` | text | `"2026-06-10"` |' in text
    with pytest.raises(KeyError, match="secret"):
        story_page([{"secret": 1}])


def test_the_newest_dated_section_of_the_changelog_is_that_of_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    sections = re.findall(r"^## (.*)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert sections[0] == "[Unreleased]"
    assert re.fullmatch(rf"\[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d", sections[1])
