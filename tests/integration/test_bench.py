"""The benches run, and all that take part in them do the same work."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def told(*arguments: str) -> dict[str, Any]:
    """What a bench prints."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and needs all of 127.0.0.0/8")
@pytest.mark.soak  # eight processes that load the whole program
def test_a_short_refresh_is_measured_against_a_bare_loop() -> None:
    found = told("bench.refresh", "--feeds", "6", "--rounds", "1", "--without-reader")

    assert (
        found["entries"],
        found["cold"]["ours"]["entries"],
        found["warm"]["ours"]["changed"],
    ) == (120, 120, 0)
    assert found["ratios"]["cold_wall_to_bare"] > 0


def test_the_generated_feeds_are_plain_and_nobody_fails_to_read_them() -> None:
    found = told("bench.parse", "--feeds", "4", "--rounds", "1")["generated"]

    assert (found["plain"], set(found["unread"].values())) == (4, {0})


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and needs all of 127.0.0.0/8")
def test_the_budget_names_every_stage_of_a_first_refresh_and_its_floors() -> None:
    # a process of its own: the bench waits for every child of its process, a test runner's too
    command = [sys.executable, "-m", "bench.budget"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=150, check=True
    )
    rows = [re.split(r"\s{2,}", line) for line in done.stdout.splitlines()[1:]]
    stages = {name: float(seconds) for name, seconds, *share in rows if share}
    floors = {name: float(seconds) for name, seconds, *share in rows if not share}

    assert list(stages) == ["fetch", "read", "cluster", "analyse", "publish"]
    assert len(floors) == 3
    assert all(seconds > 0 for seconds in (*stages.values(), *floors.values()))
    assert sum(floors.values()) < sum(stages.values())


def test_a_bench_whose_pages_are_missing_names_them(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.extract", "--pages", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert f"{tmp_path}/fundus" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.soak  # nine processes
def test_a_site_is_built_in_parts_as_it_is_at_once_and_by_another_generator_alike() -> None:
    found = told("bench.site", "--stories", "60", *(() if shutil.which("hugo") else ("--alone",)))

    assert found["checks"]["told_anew"] == 1
    assert found["checks"]["identical"]
    assert (found["checks"]["markup_compared"] > 0) is bool(shutil.which("hugo"))
    assert found["checks"]["markup_differs"] == found["checks"]["lists_differ"] == []
    assert found["files"].get("pages_of_ours_alone", ["404.html"]) == ["404.html"]
    assert (
        found["aggregator"]["nothing"]["pages"]["written"]
        == 0
        < found["aggregator"]["changed"]["pages"]["written"]
    )
