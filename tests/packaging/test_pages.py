"""The site on GitHub Pages: run after run on a new machine, with the database carried over."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.acceptance.house import NOW, SEED, House, environment
from tests.architecture.tree import ROOT
from tests.servers import MiniWeb

EXAMPLE = ROOT / "examples" / "pages"
LATER = "2026-07-06T07:00Z"

pytestmark = pytest.mark.skipif(shutil.which("gpg") is None, reason="apt-get install gpg")


@dataclass(kw_only=True)
class Machines:
    """A repository with releases; each run has a machine of its own, empty but for the
    repository.
    """

    folder: Path
    web: MiniWeb
    key: str = "a long passphrase"
    run: Path = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        (self.folder / "releases").mkdir()
        (self.folder / "bin").mkdir()
        shutil.copy(Path(__file__).with_name("gh.sh"), self.folder / "bin" / "gh")

    def begin(self) -> None:
        """A new machine with the repository."""
        self.count += 1
        self.run = House.reading(self.folder / f"run-{self.count}", self.web).folder
        for script in EXAMPLE.glob("*.sh"):
            shutil.copy(script, self.run)

    def begin_empty(self) -> None:
        """A new machine with a database that holds nothing yet."""
        self.begin()
        self.done("./state.sh", "load")
        House.in_folder(self.run).run("db", "upgrade")

    def tried(self, *command: str, fail_at: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a script on the machine."""
        path = f"{self.folder / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin"
        own = {"RELEASES": str(self.folder / "releases"), "STATE_KEY": self.key, "FAIL_AT": fail_at}
        return subprocess.run(
            command,
            cwd=self.run,
            env=environment() | own | {"PATH": path},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def done(self, *command: str) -> str:
        """What a script printed that went well."""
        done = self.tried(*command)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def refreshed(self, now: str) -> str:
        """The hash of the pages after a refresh on a new machine, with what was saved last."""
        self.begin()
        self.done("./state.sh", "load")
        return self.done("./refresh.sh", "--now", now)

    def assets(self, prefix: str) -> list[str]:
        """The names of what is kept."""
        return sorted(path.name for path in self.folder.glob(f"releases/state/{prefix}-*"))


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    with MiniWeb(SEED) as web:
        yield Machines(folder=tmp_path, web=web)


def test_a_second_run_reads_and_publishes_nothing_new_and_a_killed_one_loses_nothing(
    machines: Machines,
) -> None:
    first = machines.refreshed(NOW)
    unpublished = machines.tried("./state.sh", "is-published", first).returncode
    machines.done("./state.sh", "save")
    machines.done("./state.sh", "published", first)
    read = len(machines.web.asked)

    second = machines.refreshed(LATER)
    published = machines.tried("./state.sh", "is-published", second).returncode
    killed = [
        machines.tried("./state.sh", "save", fail_at=command).returncode
        for command in ("upload", "view")
    ]
    machines.begin()
    machines.done("./state.sh", "load")

    feeds = (machines.run / "config.toml").read_text("utf-8")
    again = {machines.web.url_of(asked.url) for asked in machines.web.asked[read:]}
    assert [url for url in again if url not in feeds and not url.endswith("/robots.txt")] == []
    assert (unpublished, published, killed) == (1, 0, [1, 1])
    assert first == second
    assert len(machines.assets("database")) == 2
    assert (machines.run / "aggregator.db").stat().st_size > 0


def test_only_the_newest_copies_are_kept_and_none_shows_what_it_holds(machines: Machines) -> None:
    machines.begin_empty()
    for _ in range(4):
        machines.done("./state.sh", "save")
    newest = machines.folder / "releases" / "state" / machines.assets("database")[-1]
    beginning = newest.read_bytes()[:15]
    newest.write_bytes(b"half an upload")
    machines.begin()
    continued = machines.tried("./state.sh", "load")

    assert len(machines.assets("database")) == 3
    assert beginning != b"SQLite format 3"
    assert (continued.returncode, f"{newest.name} cannot be read" in continued.stderr) == (0, True)
    assert (machines.run / "aggregator.db").read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize("fault", ["another key", "no answer"])
def test_a_database_that_cannot_be_had_ends_the_run_instead_of_beginning_anew(
    machines: Machines, fault: str
) -> None:
    machines.begin_empty()
    machines.done("./state.sh", "save")
    machines.begin()
    machines.key = "another" if fault == "another key" else machines.key
    loaded = machines.tried("./state.sh", "load", fail_at="list" if fault == "no answer" else "")

    assert loaded.returncode == 1
    assert not (machines.run / "aggregator.db").exists()
