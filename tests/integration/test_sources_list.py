"""`sources list`: how often each source is asked and why, and what keeps one from being asked."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.domain.fetch_state import FetchState, RouteFailure
from aggregator.store.news import sources as stored_sources
from tests.acceptance.house import House
from tests.integration.test_cli import as_json, database, result_of
from tests.messages import named

AT = datetime(2026, 7, 6, 6, tzinfo=UTC)
KEYS = ("daily", "busy", "gone", "moved", "away", "half", "held", "shut")


def _state(key: str) -> FetchState:
    url = f"https://{key}.example/feed"
    return FetchState(
        source_key=key,
        url=url,
        etag='"1"',
        last_tried=AT,
        last_ok=AT,
        due=AT + timedelta(hours=6),
        rhythm_s=25_000,
    )


STATES = {
    "daily": _state("daily"),
    "busy": replace(
        _state("busy"),
        failures=1,
        reason="http 429 too many requests",
        due=AT + timedelta(days=3),
        barred_until=AT + timedelta(days=3),
    ),
    "gone": replace(_state("gone"), retired=AT, due=None, failures=2, reason="http 410 gone"),
    "moved": replace(_state("moved"), ask_url="https://moved.example/new"),
    "away": replace(_state("away"), moved_to="https://else.example/new"),
    "shut": replace(_state("shut"), reserved="X-Robots-Tag: noai"),
    "half": replace(_state("half"), left_out=3),
    "held": replace(_state("held"), quarantined=AT, quarantine_reason="it lists other things"),
}


@pytest.fixture
def listed_house(tmp_path: Path) -> House:
    """A house with eight sources, whose states are as they would be after some weeks."""
    tables = (
        f'[[sources]]\nkey = "{key}"\nname = "{key}"\nurl = "https://{key}.example/feed"\n'
        for key in KEYS
    )
    house = House(tmp_path, "".join(tables))
    with closing(database(house)) as opened, opened.writing() as connection:
        stored_sources.save_states(connection, list(STATES.values()))
    return house


def test_each_source_tells_its_state_its_interval_and_the_reason(listed_house: House) -> None:
    listed = {
        source["key"]: source for source in as_json(listed_house, "sources", "list")["sources"]
    }

    states = {key: source["state"] for key, source in listed.items()}
    assert {key: source["interval_s"] for key, source in listed.items()} == {
        key: {"busy": 3 * 86_400, "gone": None}.get(key, 21_600) for key in KEYS
    }
    assert len({source["interval_why"] for source in listed.values()}) == 3  # rhythm, pause, none
    assert {key: named(state) for key, state in states.items()} == {
        "daily": [],
        "busy": ["429"],
        "gone": ["2026-07-06"],
        "moved": ["https://moved.example/new"],
        "away": ["https://else.example/new"],
        "shut": [],
        "half": ["3"],
        "held": ["2026-07-06"],
    }
    assert {key for key, state in states.items() if not state.startswith("ok")} == {
        "busy",
        "gone",
        "held",
    }
    assert states["shut"].endswith(": X-Robots-Tag: noai")
    assert states["held"].endswith(": it lists other things")


def test_people_see_the_same_in_a_table(listed_house: House) -> None:
    _, out, _ = result_of(listed_house, "sources", "list")

    rows = {row.split()[0]: " ".join(row.split()) for row in out.splitlines() if row.split()}
    assert rows["daily"].startswith("daily 0 ok 6 h ")
    assert out.count("busy: http 429 ") == 1
    assert max(map(len, out.splitlines())) <= 80


def test_on_eighty_columns_a_source_has_lines_of_its_own_and_its_key_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    key, note = (
        "a-key-as-long-as-one-that-is-made-of-an-address-of-a-feed",
        "has closed its doors to readers and machines alike",
    )
    table = (
        f'[[sources]]\nkey = "{key}"\nname = "x"\nurl = "https://x.example/feed"\nenabled ='
        f' false\nnote = "{note}"\n'
    )
    _, out, _ = result_of(House(tmp_path, table), "sources", "list")

    assert out == (
        f"{key}\n  articles: 0 · state: off\n\n{key}: has closed its doors\n"
        "  to readers and machines alike\n"
    )


def test_what_is_kept_of_another_address_tells_nothing_of_this_one(listed_house: House) -> None:
    path = listed_house.folder / "config.toml"
    path.write_text(
        path.read_text("utf-8").replace("https://gone.example/feed", "https://gone.example/new"),
        "utf-8",
    )

    listed = {
        source["key"]: source for source in as_json(listed_house, "sources", "list")["sources"]
    }
    assert (listed["gone"]["state"], listed["gone"]["retired"]) == ("not fetched yet", None)


def test_a_source_says_at_which_of_its_addresses_it_is_read(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        '[[sources]]\nkey = "lab"\nname = "Lab"\nurl = "https://lab.example/feed"\n'
        'public_url = "https://lab.example/"\nroutes = [\n'
        '  { kind = "mirror", url = "https://mirror.example/lab.xml", by = "a reader" },\n]\n',
    )
    state = replace(_state("lab"), url="https://mirror.example/lab.xml")
    failure = RouteFailure(
        source_key="lab",
        url="https://lab.example/feed",
        reason="http 404 not found",
        last_tried=AT,
        failures=1,
        failing_since=AT,
        next_try=AT + timedelta(hours=1),
    )
    with closing(database(house)) as opened, opened.writing() as connection:
        stored_sources.save_states(connection, [state])
        stored_sources.save_route_failures(connection, {"lab": [failure]})
    _, out, _ = result_of(house, "sources", "list")

    assert "lab      0          ok, route 2 of 2   6 h " in out
    reading, failing = out.splitlines()[-2:]
    assert [part for part in ("lab: ", " 2 of 2, ", "mirror a reader") if part not in reading] == []
    assert named(failing) == ["lab", "https://lab.example/feed", "404"]
    (listed,) = as_json(house, "sources", "list")["sources"]
    assert (listed["route"], [route["fails"] for route in listed["routes"]]) == (
        2,
        ["http 404 not found", None],
    )
