"""Which commands `.ci/run` and the Makefile start, and with which Python."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, project

DEBIAN = pytest.mark.skipif(
    not os.access("/usr/bin/python3", os.X_OK), reason="no Python of Debian"
)
STUB = '#!/bin/sh\necho "$(basename "$0") $*" >> "$LOG"\n'


@pytest.fixture
def ci(tmp_path: Path) -> Callable[[int], subprocess.CompletedProcess[str]]:
    """`.ci/run` in a folder where make, apt-get and Python 3.11 only write into `log` what they are
    asked; its argument is how many MB are free on the disk.
    """
    for name in (".ci/run", "tests/__init__.py", "tests/requirements.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    stubs = tmp_path / "stubs"
    stubs.mkdir()

    def run(free_mb: int) -> subprocess.CompletedProcess[str]:
        made = STUB + '[ "$1" != lint ] || { mkdir -p .venv; touch .venv/.dev; }\n'
        for name, text in (
            *((each, STUB) for each in ("apt-get", "sudo", "env", "python3.11")),
            ("make", made),
            ("df", f"#!/bin/sh\nprintf 'Avail\\n {free_mb}\\n'\n"),
        ):
            (stubs / name).write_text(text, "utf-8")
            (stubs / name).chmod(0o755)
        environ = {
            "PATH": f"{stubs}:/usr/bin:/bin",
            "LOG": str(tmp_path / "log"),
            "HOME": str(tmp_path),
        }
        return subprocess.run(
            ["/bin/bash", ".ci/run"],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def _made(folder: Path) -> list[str]:
    lines = (folder / "log").read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("make ")]


@DEBIAN
def test_ci_runs_all_on_debians_python_and_the_lower_tests_on_the_oldest(
    ci: Callable[[int], subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    oldest = "python" + project()["requires-python"].removeprefix(">=")

    ended = ci(1100)

    assert ended.returncode == 0, ended.stderr
    *above, below = _made(tmp_path)
    assert above == [
        "make lint PYTHON=/usr/bin/python3",
        "make test PYTHON=/usr/bin/python3",
        "make docs PYTHON=/usr/bin/python3",
    ]
    assert below.startswith(
        f"make test PYTHON={tmp_path}/stubs/{oldest} VENV=build/{oldest} LEVEL=test"
        ' ARGS=tests/unit tests/integration/test_cli*.py -k "not postgresql"'
    )


@DEBIAN
@pytest.mark.parametrize("before", [False, True], ids=["none before", "one before"])
def test_ci_removes_the_environment_that_it_made_and_no_other(
    ci: Callable[[int], subprocess.CompletedProcess[str]], tmp_path: Path, before: bool
) -> None:
    if before:
        (tmp_path / ".venv").mkdir()
        (tmp_path / ".venv" / ".dev").touch()

    assert ci(1100).returncode == 0

    assert (tmp_path / ".venv" / ".dev").exists() == before


@DEBIAN
def test_ci_ends_at_once_on_a_disk_that_is_too_small(
    ci: Callable[[int], subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    ended = ci(287)

    assert ended.returncode == 1
    assert "287 MB" in ended.stdout
    assert "free 713 MB" in ended.stderr
    assert not (tmp_path / ".venv").exists()


def test_make_takes_another_environment_for_another_python() -> None:
    command = [
        "make",
        "--no-print-directory",
        "--dry-run",
        "test",
        "PYTHON=/usr/bin/python9",
        "VENV=build/other",
        "LEVEL=test",
        "ARGS=tests/unit",
    ]
    environ = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")
    }
    told = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
    ).stdout

    assert "/usr/bin/python9 -m venv build/other\n" in told
    assert told.rstrip().endswith("tests/unit")
    assert "for level in base mail test; do build/other/bin/python -m pip install" in told
    assert ".venv" not in told
