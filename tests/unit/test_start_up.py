"""The command answers at once: what is heavy is imported by the command that needs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from aggregator.cli.app import aggregator

HEAVY = (
    "sqlalchemy aiohttp rich pydantic lxml jinja2 numpy scipy feedparser trafilatura apscheduler"
    " alembic bs4 structlog protego PIL"
).split()
_ASK = (
    "import sys, aggregator.cli.app; print(*sorted({name.partition('.')[0] for name in"
    " sys.modules}))"
)


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The top-level modules in a new process that has imported the command line and nothing
    else.
    """
    done = subprocess.run(
        [sys.executable, "-c", _ASK], capture_output=True, text=True, timeout=30, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("library", HEAVY)
def test_the_command_line_does_not_import_what_only_a_command_needs(
    library: str, loaded: set[str]
) -> None:
    assert library not in loaded


def test_help_names_every_command_group() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aggregator", "--help"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    named = "init refresh build run edition sources extract story model doctor db config".split()

    assert (
        done.returncode,
        done.stderr,
        [name for name in named if f"\n  {name} " not in done.stdout],
    ) == (0, "", [])


@pytest.mark.parametrize(
    "command",
    [
        "refresh",
        "build",
        "run",
        "edition",
        "doctor",
        "init",
        "extract",
        "sources",
        "story",
        "model",
        "db",
        "config",
    ],
)
def test_the_help_of_a_command_needs_no_configuration(command: str) -> None:
    result = CliRunner().invoke(aggregator, ["--config", "none.toml", command, "--help"])

    assert (
        result.exit_code,
        result.output.startswith(f"Usage: aggregator {command} [OPTIONS]"),
    ) == (0, True)


def _imported(folder: Path, *command: str) -> set[str]:
    """The modules of a new process after a command, and the words that it printed."""
    code = (
        "import sys, atexit; atexit.register(lambda: print(*sys.modules)); from aggregator.cli.app"
        f" import main; main({[*command]!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stdout.split())


def test_a_build_without_news_imports_nothing_that_asks_tells_or_composes(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[site]\nbase_url = "https://news.example"\n', "utf-8")
    builds = [_imported(tmp_path, "build") for _ in range(2)]

    wanted = {
        "aiohttp",
        "jinja2",
        "numpy",
        "structlog",
        "aggregator.story.rules.extractive",
        "aggregator.site.stage.build",
    }
    assert [sorted(wanted & build) for build in builds] == [
        sorted(wanted - {"aiohttp", "structlog", "aggregator.story.rules.extractive"}),
        [],
    ]


def test_a_refresh_without_news_compares_and_draws_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[site]\nbase_url = "https://news.example"\n[analysis]\nengine = "extractive"\n', "utf-8"
    )
    asked = [_imported(tmp_path, "refresh") for _ in range(2)]

    wanted = {
        "numpy",
        "scipy",
        "structlog",
        "pebble",
        "lxml",
        "multiprocessing",
        "sqlalchemy.dialects.postgresql",
        "aggregator.english.trimming",
        "aggregator.extract.stage.read",
        "aggregator.memory.history",
        "aggregator.verify.verdict",
        "aggregator.story.rules.extractive",
        "aggregator.story.stage.analyse",
        "aggregator.plugins.attributes.stage",
        "aggregator.ops.health",
        "aggregator.site.stage.build",
    }
    assert wanted & asked[1] == set()


def test_a_list_of_runs_imports_no_records_of_news(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[site]\nbase_url = "https://news.example"\n', "utf-8")

    wanted = {
        "aggregator.config.overrides_file",
        "aggregator.config.registry_file",
        "aggregator.domain.story",
        "aggregator.english.trimming",
        "rich",
    }
    assert wanted & _imported(tmp_path, "runs", "list") == set()
