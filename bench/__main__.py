"""Prints one table: the work, what its floor, the best peer and we take for it, the ratio to the
peer (to the floor where there is none), and the goal; then where the time of a first refresh goes.

    python -m bench [--capture FOLDER] [--rounds N] [--without-reader]

FOLDER holds a map.json as tests/corpus/seed-story does (the default, small). All is CPU seconds,
medians of interleaved rounds; the floor of a command is the import of its libraries, that of a
visit the cheaper of curl and a bare aiohttp loop. Linux only.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import parse, refresh
from bench.budget import print_budget
from bench.cluster import alone, counted_words, stream
from bench.feeds import feed_document
from bench.news import TEXT
from bench.spent import spent
from tests.acceptance.house import SEED, House
from tests.servers import MiniWeb

_COMMANDS = {  # each with what it cannot do without, and the goal
    "--help": ("click", "0.12 s"),
    "refresh --all": ("click, pydantic, sqlalchemy, aiohttp, structlog, feedparser, lxml.html", ""),
    "refresh": ("click, pydantic, sqlalchemy, aiohttp, structlog", "0.8 s"),
    "sources list": ("click, pydantic, sqlalchemy", "0.3 s"),
}
_FEEDS, _TEXTS, _BATCH = 1000, 12_000, 2_000
_HEADS = ("work", "floor", "peer", "ours", "ratio", "goal")
_Row = tuple[str, float | None, float | None, float, str]


def main() -> None:
    """Prints a row as soon as it is measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--capture", type=Path, default=SEED)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-reader", action="store_true")
    options = parser.parse_args()
    _print(_HEADS)
    for work, floor, peer, ours, goal in _rows(
        options.capture, options.rounds, has_reader=not options.without_reader
    ):
        against = peer or floor
        _print((work, floor, peer, ours, against and ours / against, goal))
    print_budget(options.capture)


def _print(cells: tuple[str | float | None, ...]) -> None:
    shown = [f"{each:.3f}" if isinstance(each, float) else each or "" for each in cells]
    print(f"{shown[0]:32}" + "".join(f"{each:>12}" for each in shown[1:]), flush=True)


def _rows(capture: Path, rounds: int, *, has_reader: bool) -> Iterator[_Row]:
    yield from _commands(capture, rounds)
    bodies = [feed_document(number).encode() for number in range(_FEEDS)]
    taken = parse.seconds(bodies, rounds)
    work = "1,000 feeds parsed (feedparser)"
    yield work, taken["lxml"], taken["feedparser"], taken["ours"], "1/40"
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        commands = refresh.contenders(scratch / "venv" if has_reader else None)
        found = refresh.measured(commands, _FEEDS, rounds, scratch)
    for visit, peer, goal in (("cold", "reader", "1/15"), ("warm", "bare", "1.3")):
        taken = {name: costs["cpu_s"] for name, costs in found[visit].items()}
        work = f"1,000 feeds, {visit} ({'aiohttp' if peer == 'bare' else peer})"
        floor = min(taken.get("curl", taken["bare"]), taken["bare"])
        yield work, floor, taken.get(peer), taken["ours"], goal
    # last: its pool leaves a process behind, for whose end `spent` would wait
    ours = _TEXTS / alone(stream, _TEXTS, TEXT, _BATCH)["articles_per_cpu_s"]
    counted = alone(counted_words, _TEXTS, TEXT, _BATCH)
    yield "12,000 texts clustered (TF-IDF)", None, counted, ours, "1 s"


def _commands(capture: Path, rounds: int) -> Iterator[_Row]:
    taken: dict[str, list[tuple[float, float]]] = {command: [] for command in _COMMANDS}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder, MiniWeb(capture) as web:
            house = House.reading(Path(folder), web)
            for command, (libraries, _goal) in _COMMANDS.items():
                floor = spent([sys.executable, "-c", f"import {libraries}"], house.folder)
                ours = spent(house.command(*command.split()), house.folder)
                taken[command].append((floor.cpu_s, ours.cpu_s))
    for command, several in taken.items():
        floor_s, ours_s = map(statistics.median, zip(*several, strict=True))
        yield command, floor_s, None, ours_s, _COMMANDS[command][1]


if __name__ == "__main__":
    main()
