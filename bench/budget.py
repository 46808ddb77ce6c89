"""Where the time of a first refresh goes: its stages, and what their heart alone would take.

    python -m bench.budget [--capture FOLDER]

Prints a row a stage: seconds by the clock, as `aggregator runs show` has them, the share of all,
and the floor. Floors are CPU seconds of the same work without ours around it: lxml parses every
page and feed of the capture, the driver inserts every row of the database, and every file of the
site is hashed and written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import lxml.html
from lxml.etree import ParserError

from bench.spent import spent
from tests.acceptance.house import SEED, House
from tests.servers import MiniWeb, captured_pages

_PARSED, _STORED, _WRITTEN = "pages and feeds, by lxml", "rows, by the driver", "files"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--capture", type=Path, default=SEED)
    print_budget(parser.parse_args().capture)


def print_budget(capture: Path) -> None:
    """Prints the table of one first refresh of a captured web."""
    stages, floors = budget(capture)
    print(f"{'stage of a first refresh':32}{'seconds':>12}{'share':>12}")
    for name, seconds in stages.items():
        print(f"{name:32}{seconds:>12.3f}{seconds / sum(stages.values()):>12.1%}")
    for name, seconds in floors.items():
        print(f"{f'floor: {name}':32}{seconds:>12.3f}")


def budget(capture: Path) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Seconds by stage in their order, and CPU seconds by floor."""
    with tempfile.TemporaryDirectory() as folder, MiniWeb(capture) as web:
        house = House.reading(Path(folder) / "house", web)
        printed = spent(house.command("--json", "refresh", "--all"), house.folder).printed
        floors = {
            _PARSED: _took(_parsed(capture)),
            _STORED: _took(_stored(house.folder / "aggregator.db", Path(folder) / "copy.db")),
            _WRITTEN: _took(_written(house.site, Path(folder) / "copy")),
        }
    stages: Mapping[str, float] = json.loads(printed)["stages"]
    return stages, floors


def _took(work: Iterator[None]) -> float:
    """CPU seconds of what a generator does after its first step, which prepares."""
    next(work)
    began_s = time.process_time()
    next(work, None)
    return time.process_time() - began_s


def _parsed(capture: Path) -> Iterator[None]:
    bodies = [page.body for page in captured_pages(capture).values()]
    yield
    for body in bodies:
        try:
            lxml.html.document_fromstring(body)
        except ParserError:  # an empty page
            continue


def _stored(database: Path, copy: Path) -> Iterator[None]:
    with closing(sqlite3.connect(database)) as old, closing(sqlite3.connect(copy)) as new:
        made = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type = 'table'"
        rows = {}
        for name, statement in old.execute(made).fetchall():
            if name.startswith("sqlite_"):
                continue
            new.execute(statement)
            rows[name] = old.execute(f'SELECT * FROM "{name}"').fetchall()
        yield
        with new:
            for name, some in rows.items():
                if some:
                    marks = ", ".join("?" * len(some[0]))
                    new.executemany(f'INSERT INTO "{name}" VALUES ({marks})', some)


def _written(site: Path, copy: Path) -> Iterator[None]:
    files = {
        path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()
    }
    yield
    for name, body in files.items():
        hashlib.sha256(body).hexdigest()
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(body)


if __name__ == "__main__":
    main()
