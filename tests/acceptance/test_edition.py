"""`aggregator edition` as a process, on the web of the seed story."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.house import Begun, House
from tests.acceptance.test_edition_parity import forms, without_numbers

pytestmark = pytest.mark.clock

WEEK = "2026-W27"  # of the publication of the seed story
AFTER = "2026-07-06T06:00Z"


@pytest.fixture(scope="module")
def house(begun: Begun, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house that has read everything, and published its site."""
    return begun.copied(tmp_path_factory.mktemp("edition") / "house")


def asked(house: House, *arguments: str) -> dict[str, Any]:
    """What a command that went well prints as JSON."""
    done = house.run("--json", "edition", *arguments)
    assert done.returncode == 0, done.stderr
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown


def test_an_edition_is_built_listed_and_corrected_from_the_command_line(house: House) -> None:
    empty, no_edition = asked(house, "list"), (house.site / "edition/index.html").read_text("utf-8")
    too_early = house.run("edition", "build", "--week", WEEK, "--now", "2026-07-05T23:59Z")
    built = asked(house, "build", "--now", AFTER)
    before = house.files()
    again = asked(house, "build", "--week", WEEK, "--now", "2026-07-13T06:00Z")

    assert (empty, '<section class="empty">' in no_edition) == ({"editions": []}, True)
    assert (too_early.returncode, too_early.stdout, WEEK in too_early.stderr) == (1, "", True)
    assert "(29 June – 5 July 2026)" in too_early.stderr
    assert (built["week"], built["number"], built["new"]) == (WEEK, 1, True)
    assert again == built | {"new": False}
    assert house.files() == before
    assert asked(house, "list") == {
        "editions": [{key: value for key, value in built.items() if key != "new"}]
    }

    page = house.site / "week" / WEEK / "index.html"
    twin = json.loads(page.with_name("index.json").read_text("utf-8"))
    readings = forms(house.site, WEEK)
    told = {story["id"] for story in house.stories() if story["week"] == WEEK}
    left_out = sum(each["stories"] for each in twin["left_out"])

    assert len({reading for form, reading in readings.items() if form != "feed"}) == 1
    assert readings["feed"] == without_numbers(readings["page"])
    assert {story for story, _ in readings["page"].stories} <= told
    assert len(readings["page"].stories) + left_out == twin["numbers"]["stories"] == len(told)
    assert f'<a href="../../../week/{WEEK}/">Edition 1</a>' in (
        house.site / "week" / WEEK / "all/index.html"
    ).read_text("utf-8")
    assert f'<a href="./week/{WEEK}/">' in (house.site / "index.html").read_text("utf-8")
    assert (
        f"<loc>https://news.example/week/{WEEK}/</loc><lastmod>2026-07-06T06:00:00Z</lastmod>"
        in (house.site / "sitemap.xml").read_text("utf-8")
    )

    moved = (house.site / "edition" / WEEK / "index.html").read_text("utf-8")
    assert f'content="0; url=../../week/{WEEK}/"' in moved
    assert f"/edition/{WEEK}/ /week/{WEEK}/ 301\n" in (house.site / "_redirects").read_text("utf-8")
    assert f'href="../../week/{WEEK}/all/"' in page.read_text("utf-8")

    corrected = asked(house, "correct", WEEK, "It was four links.", "--now", "2026-07-13T09:00Z")

    assert corrected["digest"] == built["digest"]
    assert corrected["corrections"] == [
        {"at": "2026-07-13T09:00:00+00:00", "text": "It was four links."}
    ]
    assert page.read_text("utf-8").count(">It was four links.<") == 1
    assert forms(house.site, WEEK) == readings


def test_a_week_without_stories_is_an_error_with_a_remedy(house: House) -> None:
    done = house.run("edition", "build", "--week", "2020-W01")

    assert (done.returncode, done.stdout) == (1, "")
    assert "2020-W01" in done.stderr
    assert "`aggregator edition build --preview`" in done.stderr


def test_the_edition_of_one_database_is_the_same_on_any_machine(
    house: House, tmp_path: Path
) -> None:
    """Hash seeds differ from process to process: the same database and moment give the same bytes
    all the same.
    """
    week = min(story["week"] for story in house.stories() if "hook" in story)
    digests = set()
    for name in ("one", "two"):
        twin = House(tmp_path / name, "")
        (twin.folder / "config.toml").write_text(
            (house.folder / "config.toml").read_text("utf-8"), "utf-8"
        )
        for path in house.folder.glob("aggregator.db*"):
            (twin.folder / path.name).write_bytes(path.read_bytes())
        digests.add(asked(twin, "build", "--week", week, "--now", AFTER)["digest"])

    assert len(digests) == 1
