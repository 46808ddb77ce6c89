"""kill -9 at random moments of a refresh with a frozen clock, then run to the end: the same site, byte for byte."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from aggregator.store.database import Database
from tests.acceptance.house import NOW, SEED, House
from tests.servers import MiniWeb

CAPTURE = Path(__file__).parents[3] / "shared" / "corpus" / "ainews"
REFRESH = ("--json", "refresh", "--all", "--now", NOW)


def converges(
    tmp_path: Path, capture: Path, kills: int, *, longest_s: float | None = None
) -> tuple[int, dict[str, str], dict[str, str]]:
    """Kills refreshes of an empty house at `kills` seeded moments; returns how many hit, and the sites of both houses."""
    with MiniWeb(capture) as web:
        calm = House.reading(tmp_path / "calm", web)
        began_s = time.monotonic()
        report = calm.refreshed("--all")
        assert report["stories"]["new"] > 0
        whole_s = longest_s or time.monotonic() - began_s
        chance, hits = random.Random(2026), 0
        house = House.reading(tmp_path / "killed", web)
        for _ in range(kills):
            hits += house.killed_after(chance.uniform(0.2, whole_s), *REFRESH)
        house.refreshed("--all")
        assert Database(f"sqlite:///{house.folder / 'aggregator.db'}").problems() == ()
        return hits, calm.files(), house.files()


def test_a_refresh_killed_six_times_ends_with_the_undisturbed_site(tmp_path: Path) -> None:
    hits, undisturbed, killed = converges(tmp_path, SEED, 6)

    assert killed == undisturbed
    assert hits > 0


@pytest.mark.soak
@pytest.mark.skipif(not CAPTURE.is_dir(), reason="the captured web is not beside the checkout")
def test_a_large_refresh_killed_twenty_times_ends_with_the_undisturbed_site(tmp_path: Path) -> None:
    hits, undisturbed, killed = converges(tmp_path, CAPTURE, 20)

    assert (killed == undisturbed, hits >= 10) == (True, True)
