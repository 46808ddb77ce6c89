"""Measures the building of the site, as processes, on a generated newspaper in a real database.

    python -m bench.site [--stories 10000] [--rounds 1] [--alone] [--others 1000] [--large]
      [--folder /dev/shm/newspaper]

`aggregator build`: cold (`--full` into an empty folder), with nothing changed, and with 1 % of the
stories told anew through the store; after that a full build must give the same folder, byte for
byte. In between, unless `--alone`, Hugo (`apt-get install hugo`) makes the same pages of content
that is handed over ready (`bench.hugo`); a sample of its stories and all its lists are compared
with ours. `--others` measures Eleventy and Pelican, installed for it, on so many stories
(`bench.others`). `--large` adds 100,000 stories. A folder given is kept, and its newspaper used
again. Prints one JSON object: how many files each makes, medians of wall and CPU seconds, peak
memory, and how many times as much Hugo takes. No cards are drawn, as Hugo draws none. One build
goes before and is not counted, so that all runs find the bytecode that an installed program has.
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
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.config.registry_file import load_registry
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import SiteSettings
from aggregator.store.database import Database
from bench.hugo import Hugo
from bench.newspaper import fill, newspaper_sources, tell_again
from bench.others import others
from bench.spent import Spent, spent

CHANGED = 0.01  # of the stories
_LARGE = 100_000
_EVERY = 50  # of our story pages is compared with Hugo's
_ROOT = Path(__file__).resolve().parents[1]
_BASE_URL = "https://news.example"


@frozen
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
        return spent(
            [sys.executable, "-m", "aggregator", "--json", "build", *options],
            self.folder,
            self.environment(),
        )

    def environment(self) -> dict[str, str]:
        """The environment of its builds. An empty package hides Pillow, so that no cards are
        drawn.
        """
        hiding = self.folder / "no-cards"
        (hiding / "PIL").mkdir(parents=True, exist_ok=True)
        (hiding / "PIL" / "__init__.py").touch()
        kept = {key: text for key, text in os.environ.items() if not key.startswith("AGGREGATOR_")}
        return kept | {"PYTHONPATH": f"{hiding}{os.pathsep}{_ROOT}"}

    def built_cold(self) -> Spent:
        """What a full build into an empty folder costs."""
        shutil.rmtree(self.site, ignore_errors=True)
        return self.built("--full")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help="without Hugo")
    parser.add_argument(
        "--others", type=int, default=0, help="stories that Eleventy and Pelican build, too"
    )
    parser.add_argument(
        "--large", action="store_true", help=f"build {_LARGE:,} stories too, for their memory"
    )
    parser.add_argument("--folder", type=Path, help="keep the newspaper here")
    options = parser.parse_args()
    if not options.alone and shutil.which("hugo") is None:
        parser.error("hugo is missing: apt-get install hugo, or measure --alone")
    with _workplace(options.folder) as folder:
        found = {"stories": options.stories, "rounds": options.rounds}
        found |= rounds(
            newspaper(folder / str(options.stories), options.stories),
            options.rounds,
            alone=options.alone,
        )
        if options.others:
            found["others"] = compared(
                folder, newspaper(folder / str(options.stories), options.stories), options
            )
            found["others_take"] = {
                name: round(each["cpu_s_carried_on"] / found["aggregator"]["cold"]["cpu_s"], 2)
                for name, each in found["others"].items()
                if isinstance(each, dict)
            }
        if options.large:
            found["large"] = large(
                newspaper(folder / str(_LARGE), _LARGE), found["aggregator"]["cold"]["peak_mb"]
            )
    if "hugo_takes" in found:
        found["hugo_takes"] = found.pop("hugo_takes")  # the ratios come last
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
        keys = {
            "key": source.key,
            "name": source.name,
            "url": source.url,
            "lane": source.lane.value,
            "family": source.family,
        }
        tables.append(
            "[[sources]]\n"
            + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
        )
    return "\n".join(tables)


def rounds(paper: Newspaper, number: int, *, alone: bool) -> dict[str, Any]:
    """Medians over so many rounds of a cold build, one with nothing new and one with a little, of
    ours and of Hugo's.
    """
    paper.built()  # not counted: it leaves the bytecode that an installed program has
    hugo = None if alone else prepared(paper)
    ours, theirs = Runs(), Runs()
    checks = Checks()
    for _ in range(number):
        ours.cold.append(paper.built_cold())
        ours.nothing.append(paper.built())
        if hugo:
            theirs.cold.append(hugo.built_cold())
            theirs.nothing.append(hugo.built())
            checks.markup(hugo)
        checks.told_anew = tell_again(paper.database, CHANGED)
        ours.changed.append(paper.built())
        after = digest(paper.site)
        shutil.rmtree(paper.site)
        recorded(paper)
        checks.identical = checks.identical and digest(paper.site) == after
        if hugo:
            checks.content_changed = hugo.updated()
            theirs.changed.append(hugo.built())
            checks.markup(hugo)
    found: dict[str, Any] = {
        "files": {"aggregator": files(paper.site)},
        "aggregator": ours.told(),
        "checks": asdict(checks),
    }
    if hugo:
        found["files"] |= {"hugo": files(hugo.public), "pages_of_ours_alone": hugo.left_out()}
        found |= {"hugo": theirs.told(), "hugo_takes": ours.times(theirs)}
    return found


def files(site: Path) -> dict[str, int]:
    """How many files a site has: all of them, and by the ends of their names."""
    ends = Counter(path.suffix or path.name for path in site.rglob("*") if path.is_file())
    return {"all": ends.total(), **dict(sorted(ends.items()))}


@dataclass(slots=True)
class Runs:
    """What each kind of build cost, round after round."""

    cold: list[Spent] = field(default_factory=list)
    nothing: list[Spent] = field(default_factory=list)
    changed: list[Spent] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """The medians."""
        return {each.name: medians(getattr(self, each.name)) for each in fields(self)}

    def times(self, others: Runs) -> dict[str, dict[str, float]]:
        """How many times more the others took, round by round, in the middle."""
        return {
            each.name: {
                what: round(
                    statistics.median(
                        getattr(b, what) / getattr(a, what) for a, b in zip(*pair, strict=True)
                    ),
                    2,
                )
                for what in ("cpu_s", "wall_s", "peak_mb")
            }
            for each in fields(self)
            for pair in [(getattr(self, each.name), getattr(others, each.name))]
        }


@dataclass(slots=True)
class Checks:
    """What makes the figures comparable: that a full build gives the same folder, and Hugo the same
    markup.
    """

    told_anew: int = 0
    identical: bool = True
    content_changed: int = 0
    markup_compared: int = 0
    markup_differs: list[str] = field(default_factory=list)
    lists_compared: int = 0
    lists_differ: list[str] = field(default_factory=list)

    def markup(self, hugo: Hugo) -> None:
        """Compares what both have built just now."""
        compared, differing = hugo.differing(_EVERY)
        self.markup_compared += compared
        self.markup_differs += differing
        compared, differing = hugo.differing_lists()
        self.lists_compared += compared
        self.lists_differ += differing


def prepared(paper: Newspaper) -> Hugo:
    """A Hugo site of the same pages."""
    hugo = Hugo(
        folder=paper.folder / "hugo",
        ours=paper.site,
        records=recorded(paper),
        site=SiteSettings(base_url=_BASE_URL),
    )
    hugo.prepared()
    return hugo


def recorded(paper: Newspaper) -> Path:
    """Builds all and writes down what each page is made from."""
    records = paper.folder / "records.jsonl"
    spent([sys.executable, "-m", "bench.records", records], paper.folder, paper.environment())
    return records


def compared(folder: Path, paper: Newspaper, options: argparse.Namespace) -> dict[str, Any]:
    """What Eleventy and Pelican cost on some of the stories."""
    sizes = (options.others // 4, options.others)
    records = recorded(paper)
    return others(
        folder,
        folder / "tools",
        paper.site,
        records,
        SiteSettings(base_url=_BASE_URL),
        sizes,
        options.stories,
    )


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
    """Wall and CPU seconds in the middle of several runs, their greatest memory, and what the last
    one wrote.
    """
    told = json.loads(runs[-1].printed) if runs[-1].printed.startswith("{") else {}
    return {
        "wall_s": round(statistics.median(run.wall_s for run in runs), 2),
        "cpu_s": round(statistics.median(run.cpu_s for run in runs), 2),
        "peak_mb": max(run.peak_mb for run in runs),
        **told,
    }


def digest(site: Path) -> str:
    """SHA-256 over the paths and bytes of all files."""
    found = hashlib.sha256()
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        body = path.read_bytes()
        found.update(f"{path.relative_to(site)}\x00{len(body)}\x00".encode() + body)
    return found.hexdigest()


if __name__ == "__main__":
    main()
