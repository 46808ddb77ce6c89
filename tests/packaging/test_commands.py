"""Which commands `.ci/run` and the Makefile start, and with which Python."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, project

STUB = '#!/bin/sh\necho "$(basename "$0") $*" >> "$LOG"\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def ci(tmp_path: Path, log: Path) -> subprocess.CompletedProcess[str]:
    """`.ci/run` in a folder where make, apt-get and Python 3.11 only write down what they are
    asked.
    """
    for name in (".ci/run", "tests/__init__.py", "tests/requirements.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    for name in ("make", "apt-get", "sudo", "env", "python3.11"):
        (stubs / name).write_text(STUB, "utf-8")
        (stubs / name).chmod(0o755)
    environ = {"PATH": f"{stubs}:/usr/bin:/bin", "LOG": str(log), "HOME": str(tmp_path)}
    return subprocess.run(
        ["/bin/bash", ".ci/run"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.skipif(not os.access("/usr/bin/python3", os.X_OK), reason="no Python of Debian")
def test_ci_runs_all_on_debians_python_and_the_lower_tests_on_the_oldest(
    ci: subprocess.CompletedProcess[str], log: Path, tmp_path: Path
) -> None:
    oldest = "python" + project()["requires-python"].removeprefix(">=")
    made = [line for line in log.read_text("utf-8").splitlines() if line.startswith("make ")]

    assert ci.returncode == 0, ci.stderr
    assert made == [
        "make lint PYTHON=/usr/bin/python3",
        "make test PYTHON=/usr/bin/python3",
        "make docs PYTHON=/usr/bin/python3",
        (
            f"make test PYTHON={tmp_path}/stubs/{oldest} VENV=build/{oldest} ARGS=tests/unit"
            " tests/integration"
        ),
    ]


def test_make_takes_another_environment_for_another_python() -> None:
    command = [
        "make",
        "--no-print-directory",
        "--dry-run",
        "test",
        "PYTHON=/usr/bin/python9",
        "VENV=build/other",
        "ARGS=tests/unit",
    ]
    environ = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")
    }
    told = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
    ).stdout

    assert "/usr/bin/python9 -m venv build/other\n" in told
    assert "build/other/bin/python -m pip install" in told
    assert told.rstrip().endswith("tests/unit")
    assert ".venv" not in told
