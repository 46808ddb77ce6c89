"""A release: the same bytes each time, with all that the tests and the demo need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tools.release import checksums, notes, refusal, version

CHANGELOG = (
    "# C\n\n## [Unreleased]\n\n## [2.0] - 2026-01-02\n\n- New.\n\n## [1.0] - 2026-01-01\n\n- Old.\n"
)
UNFINISHED = CHANGELOG.replace("[Unreleased]\n", "[Unreleased]\n\n- More.\n")


def released(folder: Path, **environment: str) -> Path:
    """The files of a release of the checkout as it is, in a new folder."""
    command = [sys.executable, "-m", "tools.release", str(folder), "--as-is"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=150
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_a_release_is_the_same_bytes_each_time_and_has_what_tests_and_demo_need(
    tmp_path: Path,
) -> None:
    one, other = (
        released(tmp_path / name, SOURCE_DATE_EPOCH="1700000000") for name in ("one", "other")
    )
    stem = f"ai_news_aggregator-{version()}"
    names = {path.name for path in one.iterdir()}
    components = json.loads((one / f"{stem}.cdx.json").read_text("utf-8"))
    with tarfile.open(one / f"{stem}.tar.gz") as archive:
        inside = {name.partition("/")[2].partition("/")[0] for name in archive.getnames()}

    assert names == {
        "SHA256SUMS",
        f"{stem}-notes.md",
        f"{stem}-py3-none-any.whl",
        f"{stem}.cdx.json",
        f"{stem}.tar.gz",
    }
    assert (one / "SHA256SUMS").read_text("utf-8") == (other / "SHA256SUMS").read_text("utf-8")
    assert checksums(one) == (one / "SHA256SUMS").read_text("utf-8")
    assert {"tests", "demo", "tools", "requirements", "Makefile", "config.schema.json"} <= inside
    assert inside.isdisjoint({".git", ".venv", "dist", "build", "site", ".mypy_cache"})
    assert components["metadata"]["component"]["version"] == version()
    assert {"aiohttp", "starlette"} <= {part["name"] for part in components["components"]}
    assert {part["purl"].partition(":")[0] for part in components["components"]} == {"pkg"}


def test_the_notes_are_the_section_of_the_version() -> None:
    assert notes(CHANGELOG, "2.0") == "- New.\n"


def test_notes_of_another_version_are_refused() -> None:
    with pytest.raises(ValueError, match=r"is 2\.0, not 3\.0"):
        notes(CHANGELOG, "3.0")


@pytest.mark.parametrize(
    ("changelog", "tag", "changed", "reason"),
    [
        pytest.param(CHANGELOG, "v2.0", "", "", id="nothing"),
        pytest.param(CHANGELOG, "v2.1", "", "the tag v2.1 is not v2.0", id="another tag"),
        pytest.param(UNFINISHED, "v2.0", "", "move what is under", id="changes of no release"),
        pytest.param(CHANGELOG, None, " M a.py", "commit or remove", id="a changed checkout"),
    ],
)
def test_what_is_no_release_is_refused(
    changelog: str, tag: str | None, changed: str, reason: str
) -> None:
    refused = refusal(changelog, "2.0", tag, changed)

    assert refused.startswith(reason)
    assert bool(refused) == bool(reason)
