"""No test leaves a connection, a file or a process open for the garbage collector to find."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_LEAVING = """
import socket

def test_that_leaves_a_socket_to_the_collector():
    class Loop: pass
    loop = Loop()
    loop.itself, loop.socket = loop, socket.socket()

def test_that_leaves_nothing(): pass
"""


def run(number: int, *options: str) -> subprocess.CompletedProcess[str]:
    """Tests in the order of a number, with a look for garbage after each."""
    shuffled = ("-p", "tests.left_open", "--shuffled", f"{number}")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=short", *shuffled, *options],
        capture_output=True,
        text=True,
    )


def test_the_test_that_left_something_open_is_the_one_that_fails(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(_LEAVING, "utf-8")

    done = run(1, "-W", "error", "-c", "/dev/null", f"--rootdir={tmp_path}", str(tmp_path))

    lines = [line for line in done.stdout.splitlines() if line.startswith("ERROR ")]
    # Where CI is set, pytest adds the message, at any width.
    failed = [line.partition(" - ")[0].rpartition("::")[2] for line in lines]
    assert failed == ["test_that_leaves_a_socket_to_the_collector"]


@pytest.mark.soak
@pytest.mark.parametrize("number", range(1, 11))
def test_integration_tests_leave_nothing_open_in_order(number: int) -> None:
    done = run(number, "--numprocesses", "2", "--dist", "worksteal", "tests/integration")

    assert done.returncode == 0, done.stdout
