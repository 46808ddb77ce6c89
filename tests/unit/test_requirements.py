"""The closing lines of a run: how many tests a missing program skips, and the command that installs
it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.requirements import PROGRAMS, Program, closing_lines

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest
from tests.requirements import CHROMIUM, POSTGRESQL

@pytest.mark.parametrize("n", range(3))
def test_browser(n):
    pytest.skip(CHROMIUM.reason)

@pytest.fixture(scope="module")
def server():
    pytest.skip(POSTGRESQL.reason)

def test_one(server): ...
def test_other(server): ...

@pytest.mark.skipif(True, reason="the shared corpus is not there")
def test_corpus(): ...

def test_plain(): ...
"""


def ended(folder: Path, tests: str, *options: str) -> list[str]:
    """The last lines of a pytest run with the tests' hook, without times."""
    (folder / "test_tiny.py").write_text(tests, "utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-qra",
        "-p",
        "tests.conftest",
        "--rootdir",
        str(folder),
    ]
    environ = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    command += ["-p", "no:cacheprovider", *options, str(folder)]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line.partition(" in ")[0] for line in done.stdout.splitlines()]


def test_a_run_ends_with_the_tests_left_out_and_the_command_that_brings_them(
    tmp_path: Path,
) -> None:
    told, packages, closed = ended(tmp_path, TESTS, "--numprocesses", "1")[-3:]

    assert told == "Tests skipped because a program is missing: 5 (Chromium 3, PostgreSQL 2)"
    assert packages.endswith("apt-get install chromium postgresql")
    assert closed == "1 passed, 6 skipped"


def test_nothing_is_said_where_nothing_is_missing() -> None:
    assert list(closing_lines(["the shared corpus is not there"])) == []


def test_a_program_is_found_by_name_or_by_pattern_the_newest_version_first(tmp_path: Path) -> None:
    for version in ("9", "15", "16"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    several = Program(name="x", package="x", command=f"{tmp_path}/*/bin/initdb")

    assert several.path() == tmp_path / "16" / "bin" / "initdb"
    assert Program(name="x", package="x", command="sh").path() is not None
    assert Program(name="x", package="x", command="no-such-program").path() is None


def test_the_guide_for_developers_names_every_package() -> None:
    text = (ROOT / "docs" / "developing.md").read_text("utf-8")
    (command,) = re.findall(r"^sudo apt-get install (.+)$", text, re.M)

    assert [*command.split(), "systemd"] == [
        each.package for each in PROGRAMS
    ]  # Debian comes with systemd


def test_no_reason_is_part_of_another() -> None:
    reasons = [each.reason for each in PROGRAMS]

    assert [
        (one, other) for one in reasons for other in reasons if one != other and one in other
    ] == []
