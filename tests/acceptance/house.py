"""An operator's folder for a test: config.toml against a captured web, and `aggregator` run as a
process in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests import loaded
from tests.servers import MiniWeb

SEED = Path(__file__).parents[1] / "corpus" / "seed-story"
NOW = "2026-07-06T06:00Z"
_SETTINGS = """\
[site]
base_url = "https://news.example"
[fetch]
max_age_days = 3650
per_host_delay_s = 0
timeout_s = 45
allow_private_networks = ["127.77.0.0/16"]
"""


class House:
    """A folder with a config.toml; commands run in it with a clean environment."""

    def __init__(
        self, folder: Path, sources: str, database: str = "sqlite:///aggregator.db"
    ) -> None:
        self.folder = folder
        self.database = database.replace("sqlite:///", f"sqlite:///{folder}/")
        folder.mkdir(parents=True, exist_ok=True)
        by_rules = (
            "" if "[analysis]" in sources else '[analysis]\nengine = "extractive"\n'
        )  # whatever model runs on this machine
        (folder / "config.toml").write_text(
            f'{_SETTINGS}[database]\nurl = "{database}"\n{by_rules}\n{sources}', "utf-8"
        )

    @classmethod
    def in_folder(cls, folder: Path) -> House:
        """The house whose config.toml lies in a folder already, with its database beside it."""
        house = cls.__new__(cls)
        house.folder, house.database = folder, f"sqlite:///{folder}/aggregator.db"
        return house

    @classmethod
    def reading(
        cls, folder: Path, web: MiniWeb, database: str = "sqlite:///aggregator.db"
    ) -> House:
        """A house that follows every feed of a captured web."""
        return cls(folder, web.sources_toml(), database)

    @property
    def site(self) -> Path:
        """The site folder."""
        return self.folder / "site"

    def command(self, *arguments: str) -> list[str]:
        """The command line of a process."""
        return [sys.executable, "-m", "aggregator", *arguments]

    def run(self, *arguments: str, timeout_s: float = 150) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        return loaded.run(arguments, self.folder, environment(), timeout_s)

    def refreshed(self, *arguments: str, now: str = NOW) -> dict[str, Any]:
        """The report of a refresh that went well."""
        done = self.run("--json", "refresh", "--now", now, *arguments)
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    def started(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a command, its standard output to be read; what it says on standard error is told
        with the test.
        """
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=None,
            text=True,
        )

    def killed_after(self, seconds: float, *arguments: str) -> bool:
        """Starts a command and kills it with SIGKILL; returns whether it was still running by
        then.
        """
        process = loaded.started(arguments, self.folder, environment())
        return loaded.is_killed_after(process, seconds)

    def files(self) -> dict[str, str]:
        """Every file of the site with the SHA-256 of its bytes."""
        found = sorted(path for path in self.site.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.site)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in found
        }

    def stories(self) -> list[dict[str, Any]]:
        """The JSON twins, by address."""
        return [
            json.loads(path.read_text("utf-8"))
            for path in sorted(self.site.glob("story/*/index.json"))
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A house after its first refresh, which nothing disturbed: the report of that, and how long it
    took.
    """

    house: House
    report: dict[str, Any]
    seconds: float

    @classmethod
    def reading(cls, folder: Path, web: MiniWeb) -> Self:
        """A house that has read every feed of a captured web."""
        house = House.reading(folder, web)
        house.run("--version")  # the first command waits until the program is loaded
        began_s = time.monotonic()
        report = house.refreshed("--all")
        return cls(house=house, report=report, seconds=time.monotonic() - began_s)

    def copied(self, folder: Path) -> House:
        """The same house in another folder, to be changed."""
        shutil.copytree(self.house.folder, folder)
        return House.in_folder(folder)


def environment() -> dict[str, str]:
    """That of this process without settings, and with this checkout."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AGGREGATOR_")}
    return kept | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONHASHSEED": "random",
        "NO_COLOR": "1",
    }
