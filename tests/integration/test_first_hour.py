"""What an operator reads in the first hour: hints that can be copied, failures in few lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.cli.app import aggregator
from aggregator.cli.context import as_started
from tests.acceptance.house import House
from tests.integration.test_cli import result_of

pytestmark = pytest.mark.clock

SCRIPT = Path(sys.executable).with_name("aggregator")
SOURCE = '[[sources]]\nkey = "s{0}"\nname = "Source {0}"\nurl = "http://127.77.9.1:8099/{0}"\n'


@pytest.fixture
def offline(tmp_path: Path) -> House:
    """A house with seven sources that refuse the connection."""
    return House(tmp_path, "".join(map(SOURCE.format, range(7))))


@pytest.mark.parametrize(
    ("path", "hint"),
    [("/usr/bin", f"run `{SCRIPT} init`"), (str(SCRIPT.parent), "run `aggregator init`")],
    ids=["not on the PATH", "on the PATH"],
)
def test_a_hint_names_the_program_as_the_shell_finds_it(
    tmp_path: Path, path: str, hint: str
) -> None:
    done = subprocess.run(
        [str(SCRIPT), "refresh"],
        cwd=tmp_path,
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (done.returncode, hint in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("hint", "copied"),
    [
        ("run `aggregator refresh`", "run `aggregator --config 'my news.toml' refresh`"),
        ("on it: aggregator --config a.toml …", "on it: aggregator --config a.toml …"),
        ("the aggregator reads", "the aggregator reads"),
    ],
)
def test_a_hint_repeats_the_configuration_that_the_command_was_given(
    hint: str, copied: str
) -> None:
    with aggregator.make_context("aggregator", ["--config", "my news.toml", "refresh"]):
        assert as_started(hint) == copied
    assert as_started(hint) == hint


@pytest.mark.parametrize("is_built", [False, True], ids=["before the first build", "after it"])
def test_a_web_app_that_has_no_site_to_serve_says_how_to_build_one(
    offline: House, is_built: bool
) -> None:
    if is_built:
        result_of(offline, "refresh")
    process = subprocess.Popen(
        offline.command("serve", "--port", "0"),
        cwd=offline.folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr
        first = process.stderr.readline()
        process.terminate()

    assert first.startswith("No email is sent" if is_built else "There is no site yet")
    assert ("`aggregator refresh`" in first) is not is_built


def test_sources_that_fail_for_one_reason_take_one_line(offline: House) -> None:
    _, out, _ = result_of(offline, "refresh")
    _, full, _ = result_of(offline, "-v", "refresh")

    assert [line.split() for line in out.splitlines() if "refused" in line] == [
        ["connection", "refused", "7", "s0,", "s1,", "s2,", "s3,", "s4,", "…"]
    ]
    assert [f"s{number} " in full for number in range(7)] == [True] * 7


def test_a_source_that_no_run_reached_is_due_at_the_next_run(offline: House) -> None:
    result_of(offline, "refresh", "--now", "2026-07-06T06:00Z")
    _, out, _ = result_of(offline, "sources", "list")

    assert [line.split() for line in out.splitlines() if line.startswith(" s0 ")] == [
        ["s0", "0", "fails", "next", "run"]
    ]


def test_a_page_of_a_source_that_is_off_is_missed_for_that(tmp_path: Path) -> None:
    off = House(tmp_path, f"{SOURCE.format(1)}enabled = false\n")
    result_of(off, "db", "upgrade")
    _, out, _ = result_of(off, "why-not", "http://127.77.9.1/news")

    assert ("Source 1 (off)" in out, "sources enable s1" in out) == (True, True)


@pytest.mark.parametrize("command", ["search", "ask"])
def test_words_need_no_quotes(offline: House, command: str) -> None:
    result_of(offline, "db", "upgrade")
    bare = result_of(offline, command, "who", "bought", "it")

    assert bare == result_of(offline, command, "who bought it")
    assert bare[0] == 0
