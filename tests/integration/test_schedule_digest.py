"""When the scheduler mails the edition, and when it looks again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from aggregator.domain.settings import DatabaseSettings, EmailSettings, ScheduleSettings, Settings, SiteSettings
from aggregator.domain.subscriber import DeliveryState
from aggregator.errors import MailError
from aggregator.schedule import due_digest, mailed
from aggregator.stages.release import week_end
from aggregator.stages.sending import SendingReport
from aggregator.store import deliveries, editions
from aggregator.store.database import Connection, Database
from tests.integration.stored import NOW
from tests.postroom import EDITION, WEEK, reader

OVER = week_end(WEEK, ZoneInfo("UTC"))
BUILT = OVER + timedelta(hours=6)
HOUR = OVER + timedelta(hours=7)  # of the digest: Mondays at 7


def settings(database: Database) -> Settings:
    """A digest on Mondays at 7 UTC."""
    return Settings(
        site=SiteSettings(timezone="UTC"),
        database=DatabaseSettings(url=database.url),
        email=EmailSettings(most_age_hours=96),
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
    ("built", "copies", "now", "due"),
    [
        pytest.param(BUILT, None, HOUR - timedelta(seconds=1), (None, None), id="before its hour"),
        pytest.param(BUILT, None, HOUR, (WEEK, None), id="at its hour"),
        pytest.param(BUILT, None, HOUR + timedelta(hours=20), (WEEK, None), id="the scheduler was away"),
        pytest.param(HOUR + timedelta(hours=2), None, HOUR + timedelta(hours=2), (WEEK, None), id="built after its hour"),
        pytest.param(BUILT, None, BUILT + timedelta(hours=97), (None, None), id="old"),
        pytest.param(OVER + timedelta(days=30), None, OVER + timedelta(days=30), (None, None), id="of a week long over"),
        pytest.param(BUILT, _queued, HOUR, (WEEK, None), id="begun"),
        pytest.param(BUILT, _ended(DeliveryState.SENT), HOUR, (None, None), id="sent"),
        pytest.param(BUILT, _ended(DeliveryState.DOUBT), HOUR, (None, None), id="in doubt: never by itself"),
        pytest.param(
            BUILT,
            _ended(DeliveryState.DEFERRED, HOUR + timedelta(hours=1)),
            HOUR,
            (None, HOUR + timedelta(hours=1)),
            id="deferred",
        ),
        pytest.param(BUILT, _ended(DeliveryState.DEFERRED, HOUR), HOUR, (WEEK, None), id="deferred until now"),
    ],
)
def test_when_the_digest_is_due(
    database: Database, built: datetime, copies: Callable[[Connection], None] | None, now: datetime, due: object
) -> None:
    published(database, built)
    if copies:
        with database.writing() as connection:
            copies(connection)

    assert due_digest(settings(database), now) == due


def test_nothing_is_due_without_an_edition_or_a_database(database: Database, tmp_path: Path) -> None:
    absent = replace(settings(database), database=DatabaseSettings(url=f"sqlite:///{tmp_path / 'none.db'}"))

    assert (due_digest(settings(database), HOUR), due_digest(absent, HOUR)) == ((None, None), (None, None))


def test_what_is_not_due_is_not_sent(database: Database) -> None:
    def send(week: str, stopping: Callable[[], bool]) -> SendingReport:
        raise AssertionError(week)

    assert mailed(settings(database), send, lambda: False, HOUR) is None


@pytest.mark.parametrize(
    ("outcome", "again"),
    [
        pytest.param(SendingReport(week=WEEK, sent=3), None, id="all sent"),
        pytest.param(SendingReport(week=WEEK, left=2, next_try=HOUR + timedelta(minutes=5)), timedelta(minutes=5), id="deferred"),
        pytest.param(SendingReport(week=WEEK, left=2, stopped="the server refuses"), timedelta(minutes=30), id="stopped"),
        pytest.param(MailError("not approved"), timedelta(minutes=30), id="may not be sent yet"),
    ],
)
def test_the_scheduler_looks_again_where_copies_wait(
    database: Database, outcome: SendingReport | MailError, again: timedelta | None
) -> None:
    published(database)

    def send(week: str, stopping: Callable[[], bool]) -> SendingReport:
        if isinstance(outcome, MailError):
            raise outcome
        return outcome

    assert mailed(settings(database), send, lambda: False, HOUR) == (HOUR + again if again else None)
