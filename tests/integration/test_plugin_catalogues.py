"""Planted differences between readings of a catalogue: what is stored of each, and what is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.bootstrap import open_services
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.settings import AnalysisSettings, DatabaseSettings, Settings, SiteSettings
from aggregator.domain.source import Source
from aggregator.plugins.catalogues import store
from aggregator.plugins.catalogues.doctor import catalogue_findings
from aggregator.plugins.catalogues.reading import read_catalogue
from aggregator.plugins.catalogues.stage import confirm_stage, take_reading
from aggregator.store.database import Database
from aggregator.store.news import sources as stored_sources

FIRST = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MAPPING = {
    "records": "*",
    "key": "id",
    "provider": "by",
    "values": {
        "input_price": {"path": "in"},
        "context": {"path": "window"},
        "retirement": {"path": "end"},
    },
}
Items = Sequence[Mapping[str, object]]
Read = Callable[..., list[str]]


def models(number: int = 20, first: Mapping[str, object] | None = None) -> list[dict[str, object]]:
    """So many models, the first with these values."""
    several: list[dict[str, object]] = [
        {"id": f"claude-opus-{n}", "by": "anthropic", "in": 10, "window": 200_000}
        for n in range(1, number + 1)
    ]
    several[0] |= first or {}
    return several


@pytest.fixture
def read(database: Database, tmp_path: Path) -> Read:
    """Takes a reading some days after the first, as a refresh does, and confirms."""
    settings = Settings(
        site=SiteSettings(output=str(tmp_path / "site")),
        database=DatabaseSettings(url=database.url),
        analysis=AnalysisSettings(),
    )

    def run(items: Items, days: float, key: str = "list") -> list[str]:
        now = FIRST + days * DAY
        source = Source(key=key, name=key.title(), url=f"https://{key}.example/")
        (reading,) = read_catalogue(json.dumps(items).encode(), source.url, MAPPING)

        async def stage() -> list[str]:
            async with open_services(settings, now) as services:
                with services.database.writing() as connection:
                    before = stored_sources.fetch_states(connection)
                    state = FetchState(source_key=key, url=source.url, last_ok=now)
                    stored_sources.save_states(connection, [state], before)
                    said = list(take_reading(connection, services, source, reading))
                confirm_stage(services)
                return said

        return asyncio.run(stage())

    return run


def changes(database: Database) -> list[tuple[str, str, str, bool]]:
    """What was stored that is no base: record, value, how it ended, whether it is confirmed."""
    with database.reading() as connection:
        return [
            (value.record, value.value, value.ending, value.confirmed is not None)
            for value in store.stated_values(connection)
            if not value.is_base
        ]


def current(database: Database, record: str) -> dict[str, str]:
    with database.reading() as connection:
        return {
            value.kind.value: value.value
            for value in store.stated_values(connection)
            if value.record == record and value.until is None
        }


def test_a_first_reading_is_a_base_and_no_news(read: Read, database: Database) -> None:
    read(models(), 0)

    assert changes(database) == []
    assert current(database, "anthropic/claude-opus-1") == {
        "input_price": "USD 10",
        "context": "200000",
    }


@pytest.mark.parametrize(
    ("first", "value"),
    [({"in": 6}, "USD 6"), ({"window": 400_000}, "400000"), ({"end": "2026-12-01"}, "2026-12-01")],
    ids=["price", "window", "retirement"],
)
def test_a_difference_waits_for_a_reading_a_day_later(
    first: dict[str, object], value: str, read: Read, database: Database
) -> None:
    read(models(), 0)
    read(models(first=first), 1)
    once = changes(database)
    read(models(first=first), 2)

    assert once == [("anthropic/claude-opus-1", value, "", False)]
    assert changes(database) == [("anthropic/claude-opus-1", value, "", True)]


def test_a_new_model_is_a_difference(read: Read, database: Database) -> None:
    read(models(), 0)
    read(models(21), 1)

    assert {(record, value) for record, value, *_ in changes(database)} == {
        ("anthropic/claude-opus-21", "USD 10"),
        ("anthropic/claude-opus-21", "200000"),
    }


def test_a_second_catalogue_that_agrees_confirms_at_once(read: Read, database: Database) -> None:
    read(models(), 0)
    read(models(first={"in": 6}), 0, "other")
    read(models(first={"in": 6}), 1)

    assert changes(database) == [("anthropic/claude-opus-1", "USD 6", "", True)]


def test_a_value_that_returns_within_two_days_is_withdrawn(read: Read, database: Database) -> None:
    for days, price in ((0, 10), (1, 6), (2, 10)):
        read(models(first={"in": price}), days)

    assert changes(database) == [("anthropic/claude-opus-1", "USD 6", "withdrawn", False)]
    assert current(database, "anthropic/claude-opus-1")["input_price"] == "USD 10"


def test_a_value_that_returns_later_is_a_change_of_its_own(read: Read, database: Database) -> None:
    for days, price in ((0, 10), (1, 6), (9, 10)):
        read(models(first={"in": price}), days)

    assert [change[1:3] for change in changes(database)] == [("USD 6", "replaced"), ("USD 10", "")]


@pytest.mark.parametrize(
    ("items", "doubt"),
    [
        ([{"price": each.pop("in"), **each} for each in models()], "0 records have input_price"),
        (models(10), "10 records instead of 20"),
        ([{**each, "in": 0.01} for each in models(20)], ""),
        ([{**each, "in": 9} for each in models(20)], "20 of 20 values of input_price changed"),
        ([{**each, "id": ""} for each in models(15)] + models(5), "5 records instead of 20"),
    ],
    ids=["renamed-key", "half-gone", "other-unit", "all-at-once", "no-names"],
)
def test_a_reading_of_another_shape_changes_nothing(
    items: Items, doubt: str, read: Read, database: Database
) -> None:
    read(models(), 0)
    said = read(items, 1)

    assert changes(database) == []
    assert current(database, "anthropic/claude-opus-1")["input_price"] == "USD 10"
    assert doubt in "".join(said)


def test_a_reading_in_quarantine_that_repeats_is_a_new_base(read: Read, database: Database) -> None:
    fewer = [each | {"in": 9} for each in models(10)]
    read(models(), 0)
    said = [read(fewer, days) for days in (1, 1.5, 2)]

    assert [bool(each) for each in said] == [True, True, False]
    assert changes(database) == []
    assert current(database, "anthropic/claude-opus-1")["input_price"] == "USD 9"


def test_a_catalogue_that_recovers_goes_on_as_before(read: Read, database: Database) -> None:
    read(models(), 0)
    said = [read(models(10), 1), read(models(), 2)]

    assert [bool(each) for each in said] == [True, False]
    assert changes(database) == []


def test_a_record_that_drops_out_is_not_listed_and_not_retired(
    read: Read, database: Database
) -> None:
    read(models(20), 0)
    read(models(19), 1)
    with database.reading() as connection:
        gone = [each for each in store.listed_records(connection) if each.unlisted]

    assert [each.record for each in gone] == ["anthropic/claude-opus-20"]
    assert current(database, "anthropic/claude-opus-20") == {}

    read(models(20), 2)
    assert changes(database) == []
    assert len(current(database, "anthropic/claude-opus-20")) == 2


def test_a_name_that_nobody_else_knows_is_not_known(read: Read, database: Database) -> None:
    odd = [{"id": word, "by": "xai", "in": 1} for word in ("parameter", "claude-4claude-5")]
    read([*models(1), *odd], 0)
    with database.reading() as connection:
        known = {each.record: each.is_known for each in store.listed_records(connection)}
    assert known == {
        "anthropic/claude-opus-1": True,
        "xai/parameter": False,
        "xai/claude-4claude-5": False,
    }

    read([{"id": "parameter", "by": "host", "in": 1}], 1, "other")
    with database.reading() as connection:
        named = [
            each.is_known for each in store.listed_records(connection) if "param" in each.record
        ]
    assert named == [True, True]


def test_the_doctor_names_catalogues_in_quarantine_and_old_ones(
    read: Read, database: Database
) -> None:
    source = Source(key="list", name="List", url="https://list.example/")
    settings = Settings(
        site=SiteSettings(),
        database=DatabaseSettings(url=database.url),
        analysis=AnalysisSettings(),
        sources=(source,),
    )

    def found(days: int) -> list[str]:
        return [each.what for each in catalogue_findings(settings, FIRST + days * DAY)]

    read(models(), 0)
    assert found(20) == []
    assert found(31) == ["the catalogue list has not changed since 2026-06-01"]

    read(models(10), 1)
    assert found(1) == [
        "the catalogue list is in quarantine since 2026-06-02: 10 records instead of 20"
    ]
