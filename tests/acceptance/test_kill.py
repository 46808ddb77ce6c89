"""kill -9 at random moments of a refresh or an edition with a frozen clock, then run to the end:
the same site, to the byte.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from aggregator.store.database import Database
from tests.acceptance.house import NOW, Begun, House
from tests.servers import MiniWeb

CAPTURE = Path(__file__).parents[3] / "shared" / "corpus" / "ainews"
REFRESH = ("--json", "refresh", "--all", "--now", NOW)
EDITION = ("--json", "edition", "build", "--week", "2026-W27", "--now", "2026-07-13T07:00Z")


def sites(
    tmp_path: Path, web: MiniWeb, calm: Begun, kills: int, address: Callable[[], str]
) -> list[dict[str, str]]:
    """The sites of houses killed `kills` times in all, at seeded moments of what `calm` took, and
    then run to the end.

    A refresh that outlives its moment has brought its house to the end; the next kill hits an empty
    one.
    """
    assert calm.report["stories"]["new"] > 0
    chance, left, ended = (
        random.Random(2026),
        kills,
        [House.reading(tmp_path / "killed-0", web, address())],
    )
    while left:
        if ended[-1].killed_after(chance.uniform(0.2, calm.seconds), *REFRESH):
            left -= 1
        else:
            ended.append(House.reading(tmp_path / f"killed-{len(ended)}", web, address()))
    ended[-1].refreshed("--all")
    assert [_problems(house) for house in ended] == [()] * len(ended)
    return [house.files() for house in ended]


def editions(
    tmp_path: Path, web: MiniWeb, base: House, kills: int, address: Callable[[], str]
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The site of `base` with an undisturbed edition, and those of houses whose edition was killed
    in the same way.
    """
    calm = _moved(base, tmp_path / "calm", web, "sqlite:///aggregator.db")
    began_s = time.monotonic()
    built = calm.run(*EDITION)
    assert built.returncode == 0, built.stderr
    whole_s = time.monotonic() - began_s
    chance, left, ended = (
        random.Random(2026),
        kills,
        [_moved(base, tmp_path / "killed-0", web, address())],
    )
    while left:
        if ended[-1].killed_after(chance.uniform(0.2, whole_s), *EDITION):
            left -= 1
        else:
            ended.append(_moved(base, tmp_path / f"killed-{len(ended)}", web, address()))
    assert ended[-1].run(*EDITION).returncode == 0
    assert [_problems(house) for house in ended] == [()] * len(ended)
    return calm.files(), [house.files() for house in ended]


def _moved(base: House, folder: Path, web: MiniWeb, address: str) -> House:
    """A house with the site of another, and with all that its database holds."""
    house = House.reading(folder, web, address)
    shutil.copytree(base.site, house.site)
    source, target = Database(base.database), Database(house.database)
    target.upgrade(datetime.fromisoformat(NOW))
    target.take_over(source)
    source.close()
    target.close()
    return house


def _problems(of: House) -> tuple[str, ...]:
    database = Database(of.database)
    found = database.problems()
    database.close()
    return found


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_refresh_killed_four_times_ends_with_the_undisturbed_site(
    seed_web: MiniWeb, begun: Begun, tmp_path: Path, address: Callable[[], str]
) -> None:
    killed = sites(tmp_path, seed_web, begun, 4, address)

    assert killed == [begun.house.files()] * len(killed)


@pytest.mark.soak
def test_a_refresh_killed_two_hundred_times_ends_with_the_undisturbed_site(
    seed_web: MiniWeb, begun: Begun, tmp_path: Path, address: Callable[[], str]
) -> None:
    killed = sites(tmp_path, seed_web, begun, 200, address)

    assert killed == [begun.house.files()] * len(killed)


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_an_edition_killed_three_times_ends_with_the_undisturbed_site(
    seed_web: MiniWeb, begun: Begun, tmp_path: Path, address: Callable[[], str]
) -> None:
    undisturbed, killed = editions(tmp_path, seed_web, begun.house, 3, address)

    assert killed == [undisturbed] * len(killed)


@pytest.mark.soak
def test_an_edition_killed_two_hundred_times_ends_with_the_undisturbed_site(
    seed_web: MiniWeb, begun: Begun, tmp_path: Path, address: Callable[[], str]
) -> None:
    undisturbed, killed = editions(tmp_path, seed_web, begun.house, 200, address)

    assert killed == [undisturbed] * len(killed)


@pytest.mark.soak
@pytest.mark.skipif(not CAPTURE.is_dir(), reason="the captured web is not beside the checkout")
def test_a_large_refresh_killed_twenty_times_ends_with_the_undisturbed_site(
    tmp_path: Path, address: Callable[[], str]
) -> None:
    with MiniWeb(CAPTURE) as web:
        calm = Begun.reading(tmp_path / "calm", web)
        killed = sites(tmp_path, web, calm, 20, address)

    assert killed == [calm.house.files()] * len(killed)
