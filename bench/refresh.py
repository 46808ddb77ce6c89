"""Times visits to 1,000 feeds on loopback beside curl, a bare aiohttp loop and lemon24's `reader`,
interleaved in one run.

    python -m bench.refresh [--feeds N] [--rounds N] [--without-reader]

`cold` finds an empty database, `warm` answers of 304 only, `some` one new entry in one of a hundred
feeds, `all` twenty new entries in every one. Start-up is excluded: ours tells it as `start_s`.
`reader` is installed from the registry into a folder that is removed afterwards. Prints one JSON
object, medians over the rounds, the ratios last. Linux only.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from bench.feeds import ENTRIES, feed_document, write_feeds
from bench.served import Served, serving

READER = (
    "reader==3.26",
    "sgmllib3k==1.0.0",
)  # the second: its copy of feedparser needs it and does not say so
_ROOT = Path(__file__).parent.parent
_Visit = dict[str, Any]
_Commands = dict[str, list[str]]


def main() -> None:
    """Runs the rounds and prints what they show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--without-reader", action="store_true", help="leave out `reader`, which needs the registry"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        commands = contenders(None if options.without_reader else Path(scratch) / "venv")
        print(
            json.dumps(measured(commands, options.feeds, options.rounds, Path(scratch)), indent=2)
        )


def measured(commands: _Commands, feeds: int, rounds: int, scratch: Path) -> dict[str, Any]:
    """The report: the world, the medians of each contender and visit, the ratios."""
    (scratch / "feeds").mkdir()
    write_feeds(scratch / "feeds", feeds)
    bytes_in_all = sum(path.stat().st_size for path in (scratch / "feeds").iterdir())
    with serving(scratch / "feeds") as served:
        visits = [_round(commands, served, feeds, scratch) for _ in range(rounds)]
    shown = {
        visit: {name: _median([each[visit][name] for each in visits]) for name in commands}
        for visit in visits[0]
    }
    world = {
        "feeds": feeds,
        "entries": ENTRIES * feeds,
        "mean_bytes": bytes_in_all // feeds,
        "server": served.kind,
    }
    return {
        **world,
        "rounds": rounds,
        **shown,
        "ratios": _ratios(shown, has_reader="reader" in commands),
    }


def contenders(environment: Path | None) -> _Commands:
    """The command of each, of curl where it is installed; `reader` is installed into the
    environment, if there is one.
    """
    names = ["curl", "bare", "ours"] if shutil.which("curl") else ["bare", "ours"]
    commands = {name: [sys.executable, "-m", "bench.refreshers", name] for name in names}
    if environment:
        venv.create(environment, with_pip=True)
        python = str(environment / "bin" / "python")
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *READER],
            check=True,
        )
        commands["reader"] = [python, "-m", "bench.reader_peer"]
    return commands


def _round(
    commands: _Commands, served: Served, feeds: int, scratch: Path
) -> dict[str, dict[str, _Visit]]:
    """The four visits of every contender, one contender after the other in each."""
    found: dict[str, dict[str, _Visit]] = {}
    with tempfile.TemporaryDirectory(dir=scratch) as memory:
        for visit in ("cold", "warm", "some", "all"):
            if visit == "some":
                for number in range(0, feeds, 100):
                    (scratch / "feeds" / f"{number}.xml").write_text(
                        feed_document(number, shift=1), encoding="utf-8"
                    )
            elif visit == "all":
                write_feeds(scratch / "feeds", feeds, shift=ENTRIES + 1)
            found[visit] = {
                name: _visited(command, Path(memory), served, feeds)
                for name, command in commands.items()
            }
    write_feeds(scratch / "feeds", feeds)
    _check(found, feeds)
    return found


def _visited(command: list[str], memory: Path, served: Served, feeds: int) -> _Visit:
    arguments = [*command, str(memory), str(served.port), str(feeds)]
    done = subprocess.run(arguments, cwd=_ROOT, stdout=subprocess.PIPE, check=True, text=True)
    visit: _Visit = json.loads(done.stdout)
    return visit


def _check(found: dict[str, dict[str, _Visit]], feeds: int) -> None:
    """All contenders must have done the same work."""
    some = len(range(0, feeds, 100))
    changed = {"cold": feeds, "warm": 0, "some": some, "all": feeds}
    new = {"cold": feeds * ENTRIES, "warm": 0, "some": some, "all": feeds * ENTRIES}
    for visit, by_name in found.items():
        for name, costs in by_name.items():
            if (
                costs.get("changed", changed[visit]) != changed[visit]
                or costs.get("entries", new[visit]) != new[visit]
            ):
                raise RuntimeError(f"{name} did other work than it should, {visit}: {costs}")


def _median(visits: list[_Visit]) -> _Visit:
    """The median of what is a number, and the largest of each worker's memory."""
    shown: _Visit = {}
    for key in visits[0]:
        several = [visit[key] for visit in visits]
        if isinstance(several[0], list):
            shown[key] = [max(each) for each in zip(*several, strict=True)]
        else:
            shown[key] = (
                max(several) if key.endswith("_mb") else round(statistics.median(several), 3)
            )
    return shown


def _ratios(shown: dict[str, dict[str, _Visit]], *, has_reader: bool) -> dict[str, float]:
    def ratio(first: _Visit, second: _Visit, key: str) -> float:
        return round(float(first[key]) / float(second[key]), 2)

    ratios = {
        f"{visit}_wall_to_bare": ratio(by["ours"], by["bare"], "wall_s")
        for visit, by in shown.items()
    }
    ratios["some_wall_to_warm"] = ratio(shown["some"]["ours"], shown["warm"]["ours"], "wall_s")
    if has_reader:
        for visit, by in shown.items():
            ratios[f"{visit}_cpu_of_reader_to_ours"] = ratio(by["reader"], by["ours"], "cpu_s")
            ratios[f"{visit}_wall_of_reader_to_ours"] = ratio(by["reader"], by["ours"], "wall_s")
    return ratios


if __name__ == "__main__":
    main()
