"""The history of runs: what is kept of one, what its log lines carry, and what telling its stories
again does.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import update
from structlog.testing import LogCapture

from aggregator.bootstrap import open_services
from aggregator.domain.operation.report import RunKind, RunState
from aggregator.domain.settings import EngineChoice, Settings
from aggregator.errors import PublishError
from aggregator.log import with_carried
from aggregator.ops.runs import recorded_run
from aggregator.plugins.evaluation.replay import Replayed, replay_run
from aggregator.store import runs
from aggregator.store.database import Database
from aggregator.store.schema import claims
from tests.fakes import FixedClock
from tests.integration.newsroom import Newsroom, Silent, agreeing
from tests.integration.stored import NOW, latest_run
from tests.ollama_server import OllamaServer

pytestmark = pytest.mark.clock


def replayed(room: Newsroom, settings: Settings) -> Replayed:
    """The newest refresh of a newsroom, replayed three days later."""
    with room.database.reading() as connection:
        (past,) = runs.recent_runs(connection, 1, RunKind.REFRESH)

    async def run() -> Replayed:
        async with open_services(settings, NOW + timedelta(days=3)) as services:
            judged = replace(services, find_judge=agreeing)
            return await replay_run(judged, past, Silent())

    return asyncio.run(run())


def files(room: Newsroom) -> dict[str, bytes]:
    site = room.folder / "site"
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def test_a_replay_of_an_unchanged_store_tells_the_same_and_changes_no_page(room: Newsroom) -> None:
    room.refreshed("", engine=EngineChoice.EXTRACTIVE)
    before = files(room)
    done = replayed(room, room.settings("", engine=EngineChoice.EXTRACTIVE))

    assert (done.same, done.changed, done.left, files(room)) == (3, (), 0, before)


def test_a_replay_mends_what_is_stored_otherwise_than_it_is_told(room: Newsroom) -> None:
    room.refreshed("", engine=EngineChoice.EXTRACTIVE)
    before = room.counts()
    with room.database.writing() as connection:
        connection.execute(
            update(claims)
            .where(claims.story_id == room.ids[0])
            .values(text="Nobody ever said this.")
        )
    done = replayed(room, room.settings("", engine=EngineChoice.EXTRACTIVE))

    assert (done.same, done.changed, room.counts()) == (2, (room.ids[0],), before)


def test_a_replay_asks_a_model_nothing_that_it_answered_before(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url)
    asked = len(server.calls)
    done = replayed(room, room.settings(server.url))

    assert (asked > 0, len(server.calls), done.same, done.changed) == (True, asked, 3, ())


def test_a_replay_leaves_what_a_model_told_while_the_model_is_away(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url)
    done = replayed(room, room.settings("http://127.0.0.1:9", engine=EngineChoice.AUTO))

    assert (done.same, done.left, room.tellers()) == (0, 3, ["ollama", "ollama", "ollama"])


def test_a_refresh_keeps_how_long_each_stage_took(room: Newsroom) -> None:
    report = room.refreshed("", engine=EngineChoice.EXTRACTIVE)
    with room.database.reading() as connection:
        (kept,) = runs.recent_runs(connection, 5)

    assert (kept.state, list((kept.report or {})["stages"])) == (
        RunState.DONE, ["fetch", "read", "cluster", "analyse", "publish"],
    )  # fmt: skip
    assert dict(report.stages).keys() == (kept.report or {})["stages"].keys()


def test_a_run_that_fails_is_kept_with_its_reason(database: Database) -> None:
    with pytest.raises(PublishError), recorded_run(database, FixedClock(NOW), RunKind.BACKUP):
        raise PublishError("the disk is full")

    with database.reading() as connection:
        (kept,) = runs.recent_runs(connection, 1)
        assert (kept.kind, kept.state, kept.error, latest_run(connection)) == (
            RunKind.BACKUP, RunState.FAILED, "the disk is full", None,
        )  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "stop", [KeyboardInterrupt, asyncio.CancelledError], ids=["while it computes", "while it waits"]
)
def test_a_run_that_somebody_stopped_is_kept_as_interrupted(
    database: Database, stop: type[BaseException]
) -> None:
    with pytest.raises(stop), recorded_run(database, FixedClock(NOW), RunKind.REFRESH):
        raise stop

    with database.reading() as connection:
        assert [run.state for run in runs.recent_runs(connection, 2)] == [RunState.INTERRUPTED]


def test_runs_of_one_frozen_moment_are_told_apart_and_the_last_is_the_newest(
    database: Database,
) -> None:
    for number in range(1, 12):
        with recorded_run(database, FixedClock(NOW), RunKind.REFRESH) as run:
            run.report = {"number": number}
    with recorded_run(database, FixedClock(NOW + timedelta(seconds=1)), RunKind.REFRESH) as later:
        pass

    with database.reading() as connection:
        kept = runs.recent_runs(connection, 20)
        (first,) = (run.id for run in kept if (run.report or {}).get("number") == 1)
        assert [run.id for run in kept] == [
            later.id,
            *(f"{first}-{number}" for number in range(11, 1, -1)),
            first,
        ]
        assert [(runs.run_of(connection, run.id) or run).report for run in kept] == [
            run.report for run in kept
        ]
    assert re.fullmatch(r"\d{8}T\d{6}-[a-z2-7]{4}", first)


def test_what_is_logged_within_a_run_carries_its_id_and_stage(database: Database) -> None:
    capture = LogCapture()
    structlog.reset_defaults()  # an earlier test may have left a level below which nothing is kept
    structlog.configure(processors=[with_carried, capture])
    with recorded_run(database, FixedClock(NOW), RunKind.REFRESH) as run, run.stage("fetch"):
        structlog.get_logger().info("source failed", source="daily")
    structlog.get_logger().info("after")
    structlog.reset_defaults()

    assert capture.entries == [
        {
            "event": "source failed",
            "source": "daily",
            "run": run.id,
            "stage": "fetch",
            "log_level": "info",
        },
        {"event": "after", "log_level": "info"},
    ]
