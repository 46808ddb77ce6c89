"""What is due by the schedule and by what was done: the digest, and all other work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from aggregator.domain.operation.report import Run, RunKind, RunState
from aggregator.domain.publishing.period import period_end
from aggregator.domain.publishing.subscriber import DeliveryState
from aggregator.domain.settings import (
    DatabaseSettings,
    EditionSettings,
    ScheduleSettings,
    Settings,
    SiteSettings,
)
from aggregator.ops.due import due, due_digests
from aggregator.store import runs
from aggregator.store.database import Connection, Database
from aggregator.store.publishing import deliveries, editions
from tests.integration.stored import NOW
from tests.postroom import EDITION, WEEK, reader

pytestmark = pytest.mark.clock

OVER = period_end(WEEK, ZoneInfo("UTC"))
BUILT = OVER + timedelta(hours=6)
HOUR = OVER + timedelta(hours=7)  # of the digest: Mondays at 7


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def settings(database: Database) -> Settings:
    """A digest on Mondays at 7 UTC."""
    return Settings(
        site=SiteSettings(timezone="UTC"),
        database=DatabaseSettings(url=database.url),
        schedule=ScheduleSettings(digest="0 7 * * mon"),
    )


def published(database: Database, at: datetime = BUILT) -> None:
    with database.writing() as connection:
        editions.save_edition(connection, replace(EDITION, published=at))


def _queued(connection: Connection) -> None:
    deliveries.enqueue(connection, WEEK, [(reader(0).id, "<0@x>")], NOW)


def _ended(state: DeliveryState, next_try: datetime | None = None) -> Callable[[Connection], None]:
    def done(connection: Connection) -> None:
        _queued(connection)
        (copy,) = deliveries.claim(connection, WEEK, "a", NOW, 1)
        deliveries.end(connection, copy, "a", state, "", NOW, next_try)

    return done


@pytest.mark.parametrize(
    ("built", "copies", "now", "week"),
    [
        pytest.param(BUILT, None, HOUR - timedelta(seconds=1), None, id="before its hour"),
        pytest.param(BUILT, None, HOUR, WEEK, id="at its hour"),
        pytest.param(BUILT, None, HOUR + timedelta(hours=20), WEEK, id="the scheduler was away"),
        pytest.param(
            HOUR + timedelta(hours=2),
            None,
            HOUR + timedelta(hours=2),
            WEEK,
            id="built after its hour",
        ),
        pytest.param(BUILT, None, BUILT + timedelta(hours=97), None, id="old"),
        pytest.param(
            OVER + timedelta(days=30),
            None,
            OVER + timedelta(days=30),
            None,
            id="of a week long over",
        ),
        pytest.param(BUILT, _queued, HOUR, WEEK, id="begun"),
        pytest.param(BUILT, _ended(DeliveryState.SENT), HOUR, None, id="sent"),
        pytest.param(
            BUILT, _ended(DeliveryState.DOUBT), HOUR, None, id="in doubt: never by itself"
        ),
        pytest.param(
            BUILT,
            _ended(DeliveryState.DEFERRED, HOUR + timedelta(hours=1)),
            HOUR,
            None,
            id="deferred",
        ),
        pytest.param(
            BUILT, _ended(DeliveryState.DEFERRED, HOUR), HOUR, WEEK, id="deferred until now"
        ),
    ],
)
def test_when_the_digest_is_due(
    database: Database,
    built: datetime,
    copies: Callable[[Connection], None] | None,
    now: datetime,
    week: str | None,
) -> None:
    published(database, built)
    if copies:
        with database.writing() as connection:
            copies(connection)

    with database.reading() as connection:
        assert due_digests(connection, settings(database), [], now) == ((week,) if week else ())


def run(minutes_ago: int, state: RunState) -> Run:
    report = {
        RunState.DONE: {"week": WEEK},
        RunState.FAILED: {"error": "not approved"},
        RunState.OPEN: None,
    }[state]
    return Run(
        id="r", kind=RunKind.DIGEST, started=HOUR - timedelta(minutes=minutes_ago), report=report
    )


@pytest.mark.parametrize(
    ("newest", "is_due"),
    [
        pytest.param([], True, id="never tried"),
        pytest.param([run(29, RunState.FAILED)], False, id="it could not be sent just now"),
        pytest.param([run(30, RunState.FAILED)], True, id="it could not be sent a while ago"),
        pytest.param(
            [run(5, RunState.DONE)], False, id="the mail server refused the rest just now"
        ),
        pytest.param(
            [run(5, RunState.OPEN), run(9, RunState.FAILED)], True, id="the sender crashed"
        ),
    ],
)
def test_an_edition_that_could_not_be_sent_is_looked_at_again_after_a_while(
    database: Database, newest: list[Run], is_due: bool
) -> None:
    published(database)
    with database.reading() as connection:
        found = due_digests(connection, settings(database), newest, HOUR)

    assert found == ((WEEK,) if is_due else ())


BEGUN = at("2026-07-06T06:00")  # a Monday
NIGHTLY = Settings(
    schedule=ScheduleSettings(refresh="7 * * * *", backup="30 3 * * *", retention="45 3 * * *"),
    edition=EditionSettings(weekday="mon", hour=6),
)
R, E, B, F = RunKind.REFRESH, RunKind.EDITION, RunKind.BACKUP, RunKind.RETENTION


@pytest.mark.parametrize(
    ("history", "now", "expected"),
    [
        pytest.param(
            [], "2026-07-06T06:00", [R], id="a new house refreshes at once, and waits with the rest"
        ),
        pytest.param([(R, 0, "done")], "2026-07-06T06:06", [], id="nothing between the hours"),
        pytest.param(
            [(R, 0, "failed")],
            "2026-07-06T06:06",
            [],
            id="a refresh that failed waits for its hour",
        ),
        pytest.param([(R, 0, "done")], "2026-07-06T06:07", [R], id="the next hour"),
        pytest.param([(R, 0, "done")], "2026-07-07T03:30", [R, B], id="the first night"),
        pytest.param(
            [(R, 0, "done"), (B, 22, "done")],
            "2026-07-07T06:00",
            [R, F],
            id="a copy made by hand counts",
        ),
        pytest.param(
            [(R, 0, "done"), (B, 21.5, "failed")],
            "2026-07-07T04:29",
            [R, F],
            id="a copy failed just now",
        ),
        pytest.param(
            [(R, 0, "done"), (B, 21.5, "failed")],
            "2026-07-07T04:30",
            [R, B, F],
            id="a copy failed an hour ago",
        ),
        pytest.param(
            [(R, 0, "done"), (B, 21.5, "open")], "2026-07-07T03:31", [R, B], id="who copied died"
        ),
        pytest.param(
            [(R, 0, "done"), (B, 21.5, "open"), (B, 21.51, "open")],
            "2026-07-07T03:32",
            [R],
            id="who copied died twice",
        ),
        pytest.param(
            [(R, 0, "done")],
            "2026-07-13T06:00",
            [R, E, B, F],
            id="the first edition comes on its first day",
        ),
        pytest.param(
            [(R, 0, "done"), (E, 168, "done")],
            "2026-07-13T07:00",
            [R, B, F],
            id="an edition that was there is no news",
        ),
        pytest.param(
            [(R, 0, "done"), (R, 9000, "done")],
            "2026-07-06T06:07",
            [R],
            id="a run of the future, by a wrong clock",
        ),
    ],
)
def test_what_is_due_by_what_was_done(
    database: Database, history: list[tuple[RunKind, float, str]], now: str, expected: list[RunKind]
) -> None:
    with database.writing() as connection:
        for number, (kind, hours, state) in enumerate(history):
            runs.start_run(connection, str(number), BEGUN + timedelta(hours=hours), kind)
            if state != "open":
                runs.finish_run(
                    connection, str(number), {"error": "no room"} if state == "failed" else {}
                )
    found = due(replace(NIGHTLY, database=DatabaseSettings(url=database.url)), at(now))

    assert list(found) == expected


def test_a_database_that_is_not_there_yet_is_due_for_a_refresh_alone(tmp_path: Path) -> None:
    absent = replace(NIGHTLY, database=DatabaseSettings(url=f"sqlite:///{tmp_path / 'none.db'}"))

    assert due(absent, at("2026-07-13T06:00")) == (R,)
