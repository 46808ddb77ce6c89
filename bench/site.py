"""Measures the building of the site, as processes, on a generated newspaper in a real database.

    python -m bench.site [--stories 10000] [--rounds 1] [--large] [--folder /dev/shm/newspaper]

`aggregator build`: cold (`--full` into an empty folder), with nothing changed, and with 1 % of the stories told anew
through the store; after that a full build must give the same folder, byte for byte. `--large` adds 100,000 stories. A
folder given is kept, and its newspaper used again. Prints one JSON object: medians of wall and CPU seconds, peak memory.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.registry_file import load_registry
from aggregator.store.database import Database
from bench.newspaper import fill, newspaper_sources, tell_again
from bench.spent import Spent, spent

CHANGED = 0.01  # of the stories
_LARGE = 100_000
_ROOT = Path(__file__).resolve().parents[1]
_BASE_URL = "https://news.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newspaper:
    """A folder with a config.toml and a filled database, as an operator has it."""

    folder: Path

    @property
    def site(self) -> Path:
        """Where it is built."""
        return self.folder / "site"

    @property
    def database(self) -> Database:
        """Its database, opened."""
        return Database(f"sqlite:///{self.folder / 'aggregator.db'}")

    def built(self, *options: str) -> Spent:
        """What a build of it costs."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("AGGREGATOR_")}
        return spent(
            [sys.executable, "-m", "aggregator", "--json", "build", *options], self.folder, kept | {"PYTHONPATH": str(_ROOT)}
        )

    def built_cold(self) -> Spent:
        """What a full build into an empty folder costs."""
        shutil.rmtree(self.site, ignore_errors=True)
        return self.built("--full")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--large", action="store_true", help=f"build {_LARGE:,} stories too, for their memory")
    parser.add_argument("--folder", type=Path, help="keep the newspaper here")
    options = parser.parse_args()
    with _workplace(options.folder) as folder:
        ours = rounds(newspaper(folder / str(options.stories), options.stories), options.rounds)
        found: dict[str, Any] = {"stories": options.stories, "rounds": options.rounds, "aggregator": ours}
        if options.large:
            found["large"] = large(newspaper(folder / str(_LARGE), _LARGE), ours["cold"]["peak_mb"])
    print(json.dumps(found, indent=1))


@contextmanager
def _workplace(kept: Path | None) -> Iterator[Path]:
    """The folder given, or one in memory that is gone afterwards: a disk would measure itself."""
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as made:
        yield Path(made)


def newspaper(folder: Path, count: int) -> Newspaper:
    """A newspaper of so many stories: the one that lies there whole, else a new one."""
    made = Newspaper(folder=folder)
    whole = folder / "whole"
    if not whole.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "config.toml").write_text(_configuration(), "utf-8")
        database = made.database
        database.upgrade(datetime(2026, 1, 1, tzinfo=UTC))
        fill(database, count, load_registry(folder / "registry.toml"))
        database.close()
        whole.touch()
    return made


def _configuration() -> str:
    tables = [f'[site]\nbase_url = "{_BASE_URL}"\n[analysis]\nengine = "extractive"\n']
    for source in newspaper_sources():
        keys = {"key": source.key, "name": source.name, "url": source.url, "lane": source.lane.value, "family": source.family}
        tables.append("[[sources]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items()))
    return "\n".join(tables)


def rounds(paper: Newspaper, number: int) -> dict[str, Any]:
    """Medians over so many rounds of a cold build, one with nothing new and one with a little, and whether that is right."""
    runs: dict[str, list[Spent]] = {"cold": [], "nothing": [], "changed": []}
    same = []
    for _ in range(number):
        runs["cold"].append(paper.built_cold())
        runs["nothing"].append(paper.built())
        told = tell_again(paper.database, CHANGED)
        runs["changed"].append(paper.built())
        after = digest(paper.site)
        paper.built_cold()
        same.append(digest(paper.site) == after)
    counts = {"files": sum(path.is_file() for path in paper.site.rglob("*")), "told_anew": told, "identical": all(same)}
    return {**{name: medians(several) for name, several in runs.items()}, **counts}


def large(paper: Newspaper, small_mb: int) -> dict[str, Any]:
    """The costs of the large newspaper, and how many times the memory of the small one it takes."""
    cold, nothing = paper.built_cold(), paper.built()
    return {
        "stories": _LARGE,
        "cold": medians([cold]),
        "nothing": medians([nothing]),
        "memory_ratio": round(cold.peak_mb / small_mb, 2),
    }


def medians(runs: Sequence[Spent]) -> dict[str, Any]:
    """Wall and CPU seconds in the middle of several runs, their greatest memory, and what the last one wrote."""
    told = json.loads(runs[-1].printed) if runs[-1].printed.startswith("{") else {}
    return {
        "wall_s": round(statistics.median(each.wall_s for each in runs), 2),
        "cpu_s": round(statistics.median(each.cpu_s for each in runs), 2),
        "peak_mb": max(each.peak_mb for each in runs),
        **told,
    }


def digest(site: Path) -> str:
    """SHA-256 over the paths and bytes of all files."""
    found = hashlib.sha256()
    for path in sorted(each for each in site.rglob("*") if each.is_file()):
        body = path.read_bytes()
        found.update(f"{path.relative_to(site)}\x00{len(body)}\x00".encode() + body)
    return found.hexdigest()


if __name__ == "__main__":
    main()
