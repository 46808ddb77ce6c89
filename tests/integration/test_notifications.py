"""What is told outside after a run: metrics, letters; on a real database, to a
real mail server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aggregator.domain.fetch_state import FetchState
from aggregator.domain.settings import AlertSettings, MetricsSettings
from aggregator.ops.reporting import report_health
from aggregator.store import runs
from aggregator.store.news import sources
from tests.architecture.tree import ROOT
from tests.integration.installation import DAILY, NOW, Installation, healthy, rsa_key
from tests.smtp_sink import Sink

REPORT = {
    "run": "two",
    "seconds": 42.5,
    "stages": {"fetch": 30.0, "publish": 2.5},
    "sources": {"ok": 2, "failed": 1},
    "entries": {"new": 7},
    "articles": {"new": 6, "failed": 1},
    "stories": {"new": 3, "updated": 1},
    "claims": {"kept": 20, "rejected": {"number": 2}},
    "tokens": {"prompt": 0, "completion": 0},
    "pages": {"written": 9, "unchanged": 1, "removed": 0},
    "failures": [],
}


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rsa_key(tmp_path_factory.mktemp("key"))


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, empty_database: Path, key: Path, sink: Sink) -> Installation:
    made = healthy(tmp_path, empty_database, key, sink.port)
    made.settings = replace(
        made.settings,
        metrics=MetricsSettings(textfile=str(tmp_path / "out" / "aggregator.prom")),
        alerts=AlertSettings(to="operator@house.example"),
    )
    return made


def refreshed(house: Installation, at: datetime, error: str = "") -> None:
    """A refresh that ended so, and what is told of it."""
    with house.opened() as database, database.writing() as connection:
        runs.start_run(connection, f"{at:%H%M}", at)
        runs.finish_run(connection, f"{at:%H%M}", REPORT | ({"error": error} if error else {}))
    report_health(house.settings, at + timedelta(minutes=1))


def letters(sink: Sink) -> list[str]:
    """Subject and text of each letter."""
    parsed = [message_from_bytes(taken.content, policy=policy.default) for taken in sink.taken]
    return [f"{item['Subject']}\n{item.get_payload(decode=True).decode()}" for item in parsed]  # type: ignore[union-attr]


def gauges(house: Installation) -> dict[str, float]:
    """The values of the text file, by name and labels."""
    text = Path(house.settings.metrics.textfile).read_text("utf-8")
    return {
        ",".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_metrics_tell_of_the_last_refresh_the_sources_and_what_is_stored(
    house: Installation,
) -> None:
    refreshed(house, NOW)
    found = gauges(house)

    assert {
        name: found[name]
        for name in (
            "aggregator_last_refresh_timestamp_seconds",
            "aggregator_refresh_seconds",
            "aggregator_refreshes_failed",
            "aggregator_stage_seconds,fetch",
            "aggregator_claims_rejected,number",
            "aggregator_sources,well",
            "aggregator_stored,files",
            "aggregator_articles_new",
        )
    } == {
        "aggregator_last_refresh_timestamp_seconds": NOW.timestamp(),
        "aggregator_refresh_seconds": 42.5,
        "aggregator_refreshes_failed": 0,
        "aggregator_stage_seconds,fetch": 30,
        "aggregator_claims_rejected,number": 2,
        "aggregator_sources,well": 2,
        "aggregator_stored,files": 3,
        "aggregator_articles_new": 6,
    }
    assert found["aggregator_database_bytes"] > 10_000


def test_every_metric_is_in_the_table_of_the_documents(house: Installation) -> None:
    refreshed(house, NOW)
    table = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
    names = {name.partition(",")[0].removeprefix("aggregator") for name in gauges(house)}

    assert len(names) > 10
    assert [
        name for name in sorted(names) if not re.search(rf"`(aggregator)?{name}[{{`]", table)
    ] == []


def test_a_refresh_that_failed_is_counted_and_the_one_before_it_still_told(
    house: Installation,
) -> None:
    refreshed(house, NOW)
    refreshed(house, NOW + timedelta(hours=1), "the disk is full")
    found = gauges(house)

    assert (
        found["aggregator_refreshes_failed"],
        found["aggregator_last_refresh_timestamp_seconds"],
    ) == (1, NOW.timestamp())


def test_two_failures_are_told_once_and_their_end_once(house: Installation, sink: Sink) -> None:
    for hour, error in enumerate(("", "disk full", "disk full", "disk full", "", "")):
        refreshed(house, NOW + timedelta(hours=2 * hour), error)
    reported = letters(sink)

    first, resolved = (
        item.partition("\n")[0].removeprefix("AI news, checked: ") for item in reported
    )
    assert (" 2 times" in first, first.endswith(": disk full")) == (True, True)
    assert resolved == f"resolved: {first}"
    assert "aggregator runs show 1000" in reported[0]
    assert [taken.envelope_to for taken in sink.taken] == [("operator@house.example",)] * 2


def test_what_comes_within_the_pause_is_told_after_it(house: Installation, sink: Sink) -> None:
    refreshed(house, NOW, "disk full")
    refreshed(house, NOW + timedelta(minutes=10), "disk full")
    with house.opened() as database, database.writing() as connection:
        sources.save_states(
            connection,
            [FetchState(source_key=DAILY.key, url=DAILY.url, last_tried=NOW, retired=NOW)],
        )
    refreshed(house, NOW + timedelta(minutes=20), "disk full")
    before = len(sink.taken)
    refreshed(house, NOW + timedelta(minutes=80), "disk full")

    assert (before, len(sink.taken)) == (1, 2)
    assert "source daily: permanently gone" in letters(sink)[1]


def test_a_letter_that_could_not_go_is_written_after_the_next_run(
    house: Installation, sink: Sink
) -> None:
    port = house.settings.email.smtp_port
    house.change("email", smtp_port=1)
    for minute in (0, 5):
        refreshed(house, NOW + timedelta(minutes=minute), "disk full")
    house.change("email", smtp_port=port)
    refreshed(house, NOW + timedelta(minutes=10), "disk full")

    assert len(sink.taken) == 1
    assert gauges(house)["aggregator_refreshes_failed"] == 3


def test_what_cannot_be_written_keeps_nothing_else_from_being_told(
    house: Installation, sink: Sink
) -> None:
    house.change("metrics", textfile="/proc/nowhere/aggregator.prom")
    for hour in (0, 1):
        refreshed(house, NOW + timedelta(hours=hour), "disk full")

    assert len(sink.taken) == 1


def test_who_asked_for_nothing_is_told_nothing(house: Installation, sink: Sink) -> None:
    house.settings = replace(house.settings, metrics=MetricsSettings(), alerts=AlertSettings())
    for hour in (0, 1):
        refreshed(house, NOW + timedelta(hours=hour), "disk full")

    assert (sink.taken, (house.folder / "out").exists()) == ([], False)
