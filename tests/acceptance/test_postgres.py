"""PostgreSQL by changing one address: the same sites, editions and answers, byte for byte; and the
way there and back.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.acceptance.house import Begun, House
from tests.servers import MiniWeb


def test_refresh_build_and_edition_give_the_same_files_on_a_server(
    seed_web: MiniWeb, begun: Begun, tmp_path: Path, postgres_server: postgres.Server
) -> None:
    houses = [
        begun.copied(tmp_path / "file"),
        House.reading(tmp_path / "server", seed_web, postgres_server.database()),
    ]
    report = houses[1].refreshed("--all")
    refreshed = [house.files() for house in houses]
    weeks = [
        told(house, "edition", "build", "--week", "2026-W27", "--now", "2026-07-13T06:00Z")
        for house in houses
    ]
    with_edition = [house.files() for house in houses]
    built = [told(house, "build", "--full") for house in houses]

    assert report["stories"] == begun.report["stories"]
    assert report["stories"]["new"] > 0
    assert refreshed[0] == refreshed[1]
    assert weeks[0] == weeks[1]
    assert with_edition[0] == with_edition[1] == houses[0].files() == houses[1].files()
    assert len(built) == 2


def test_a_house_moves_to_a_server_and_goes_on_there_without_a_change(
    begun: Begun, tmp_path: Path, postgres_server: postgres.Server
) -> None:
    url = postgres_server.database()
    house = begun.copied(tmp_path / "house")
    before = house.files()
    moved = told(house, "db", "copy", url)
    config = house.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace("sqlite:///aggregator.db", url), "utf-8")
    (house.folder / "aggregator.db").unlink()
    report = house.refreshed("--all")

    assert moved["rows"] == sum(table["rows"] for table in moved["tables"].values()) > 0
    assert (report["entries"]["new"], report["stories"]["new"], house.files()) == (0, 0, before)


def test_a_server_is_backed_up_and_restored_by_one_command_each(
    seed_web: MiniWeb, tmp_path: Path, postgres_server: postgres.Server
) -> None:
    house = House.reading(tmp_path / "house", seed_web, postgres_server.database())
    house.refreshed("--all")
    other = House(tmp_path / "other", "", postgres_server.database())
    told(house, "db", "backup", "kept.db")
    restored = told(other, "db", "restore", str(house.folder / "kept.db"))
    again = other.run("db", "restore", str(house.folder / "kept.db"))

    assert restored["tables"]["stories"]["rows"] > 0
    assert told(other, "db", "check")["problems"] == []
    assert (again.returncode, "--force" in again.stderr) == (1, True)
    assert (
        told(other, "db", "restore", "--force", str(house.folder / "kept.db"))["tables"]
        == restored["tables"]
    )


@pytest.mark.parametrize("command", [("db", "check"), ("refresh",), ("doctor",)], ids=" ".join)
def test_a_server_that_is_away_is_told_with_its_address_and_no_password(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    house = House(tmp_path, "", "postgresql+psycopg://news@127.0.0.1:1/news?connect_timeout=2")
    done = house.run(*command)

    assert done.returncode == 1
    assert "127.0.0.1" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def told(house: House, *arguments: str) -> dict[str, Any]:
    """The object that a command prints which went well."""
    done = house.run("--json", *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
