"""The generated parts of the README are what the program says of itself, and the changelog has its
version.

`python -m tests.architecture.test_documents` writes them again.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from click.testing import CliRunner

from aggregator.cli.app import aggregator
from aggregator.config.configuration import settings_table

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


def with_blocks(text: str) -> str:
    """The README with its generated blocks as they should be."""
    for name, body in (("help", _help()), ("settings", _settings())):
        start = text.index("-->\n", text.index(f"<!-- {name}: ")) + len("-->\n")
        text = text[:start] + body + text[text.index(f"<!-- /{name} -->") :]
    return text


def _help() -> str:
    printed = (
        CliRunner()
        .invoke(aggregator, ["--help"], prog_name="aggregator", terminal_width=100)
        .output
    )
    commands = printed[printed.index("Commands:") :].partition("\n\n")[0]
    return f"```text\n{commands}\n```\n"


def _settings() -> str:
    rows = (f"| `{row.key}` | `{row.value}` | {row.help} |\n" for row in settings_table())
    return "| key | default | |\n|---|---|---|\n" + "".join(rows)


def test_the_generated_parts_of_the_readme_are_up_to_date() -> None:
    text = README.read_text("utf-8")

    assert text == with_blocks(text)


def test_the_newest_dated_section_of_the_changelog_is_that_of_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    sections = re.findall(r"^## (.*)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert sections[0] == "[Unreleased]"
    assert re.fullmatch(rf"\[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d", sections[1])


if __name__ == "__main__":
    README.write_text(with_blocks(README.read_text("utf-8")), "utf-8")
