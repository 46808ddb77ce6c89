"""What was ever published answers for ever: databases that earlier releases filled are upgraded,
and every address that they had published is visited.

`tests/corpus/releases/` has such databases, of invented news; `make soak` makes them afresh.
"""

from __future__ import annotations

import asyncio
import lzma
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import structlog

from tests.acceptance.growing import GrowingWeb

_ROOT = Path(__file__).parents[2]
_FROZEN = _ROOT / "tests" / "corpus" / "releases"
_RELEASES = {"0.1.0": "3313012a", "0.2.0": "295eeada"}  # and their commits
_WEEKS = """
import asyncio, sys
from pathlib import Path
from tests.acceptance.growing import GrowingWeb
class Unwatched(GrowingWeb):
    def _seen(self, services):
        return None
asyncio.run(Unwatched(Path(sys.argv[1]), seed=int(sys.argv[2]), events=4).lived(3))
"""


@pytest.fixture(autouse=True)
def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))


def published(database: Path) -> set[str]:
    """The pages that a release had published, by its own record."""
    with closing(sqlite3.connect(database)) as opened:
        found = opened.execute("SELECT path FROM pages WHERE path LIKE '%.html'")
        return {path for (path,) in found}


def lived(checkout: Path, folder: Path, seed: int) -> None:
    """Three weeks of an installation with the program of a checkout."""
    command = [sys.executable, "-c", _WEEKS, str(folder), str(seed)]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    subprocess.run(command, cwd=checkout, env=environment, check=True, capture_output=True)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("release", _RELEASES)
def test_after_an_upgrade_every_address_that_a_release_had_published_answers(
    tmp_path: Path, release: str
) -> None:
    database = tmp_path / "news.db"
    database.write_bytes(lzma.decompress((_FROZEN / f"{release}.db.xz").read_bytes()))
    before = published(database)

    seen = asyncio.run(GrowingWeb(tmp_path, seed=9, events=2).lived(2))

    assert len(before) > 50
    assert {path for path in before if not (tmp_path / "site" / path).is_file()} == set()
    assert [(week.differing, week.dead) for week in seen] == [({}, []), ({}, [])]


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_an_upgrade_through_every_release_loses_no_address(tmp_path: Path) -> None:
    house, before = tmp_path / "house", set[str]()
    for seed, commit in enumerate(_RELEASES.values(), 1):
        checkout = tmp_path / commit
        checkout.mkdir()
        archive = subprocess.run(
            ["git", "archive", commit], cwd=_ROOT, check=True, capture_output=True
        )
        subprocess.run(["tar", "x"], cwd=checkout, input=archive.stdout, check=True)
        lived(checkout, house, seed)
        before |= published(house / "news.db")
    lived(_ROOT, house, len(_RELEASES) + 1)

    assert {path for path in before if not (house / "site" / path).is_file()} == set()
