"""Times a first and a second refresh of a captured web, as processes, with the memory of the whole
process tree.

    python -m bench [--capture FOLDER] [--rounds N]

FOLDER holds a map.json as tests/corpus/seed-story does (the default, small). Prints one JSON
object: medians over the rounds, the ratio of the second run to the first, and the counts that make
the two comparable. Linux only (/proc).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.spent import has_ended, process_tree, resident_kb
from tests.acceptance.house import SEED, House
from tests.quality.citations import counted
from tests.servers import MiniWeb


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One process: wall seconds, peak memory of it and its children in MB, and what it printed."""

    wall_s: float
    peak_mb: int
    report: dict[str, Any]


def main() -> None:
    """Runs the rounds and prints the medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--capture", type=Path, default=SEED)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rounds = [measured(options.capture) for _ in range(options.rounds)]
    first, second = [each[0] for each in rounds], [each[1] for each in rounds]
    print(
        json.dumps(
            {
                **rounds[-1][2],
                "first": _medians(first),
                "second": _medians(second),
                "ratio": _ratio(first, second),
            },
            indent=2,
        )
    )


def measured(capture: Path) -> tuple[Timed, Timed, dict[str, Any]]:
    """A first and a second refresh of an empty house, and what the site then holds."""
    with tempfile.TemporaryDirectory() as scratch, MiniWeb(capture) as web:
        house = House.reading(Path(scratch), web)
        first, second = timed(house, "refresh", "--all"), timed(house, "refresh", "--all")
        citations = counted(house.site, house.folder / "aggregator.db", 25)
        counts = {
            name: first.report[name]
            for name in ("sources", "entries", "articles", "stories", "claims", "pages")
        }
        return (
            first,
            second,
            {
                "first_run": counts,
                "second_run_pages": second.report["pages"],
                "citations": citations,
            },
        )


def timed(house: House, *arguments: str) -> Timed:
    """Runs a command to its end while its process tree is watched."""
    began_s, peak = time.monotonic(), 0
    command = house.command("--json", *arguments)
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(
            command, cwd=house.folder, stdout=printed, stderr=subprocess.DEVNULL
        )
        while not has_ended(process):
            peak = max(peak, sum(resident_kb(pid) for pid in process_tree(process.pid)))
        printed.seek(0)
        return Timed(
            wall_s=time.monotonic() - began_s,
            peak_mb=peak // 1024,
            report=json.loads(printed.read()),
        )


def _medians(runs: list[Timed]) -> dict[str, float]:
    return {
        "wall_s": round(statistics.median(run.wall_s for run in runs), 2),
        "peak_mb": max(run.peak_mb for run in runs),
    }


def _ratio(first: list[Timed], second: list[Timed]) -> float:
    return round(
        statistics.median(b.wall_s for b in second) / statistics.median(a.wall_s for a in first), 3
    )


if __name__ == "__main__":
    main()
