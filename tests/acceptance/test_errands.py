"""What is done once a period, whoever of several workers looks: the copy of the database,
forgetting, page and letters.
"""

from __future__ import annotations

import asyncio
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from aggregator.adapters.clock import SystemClock
from aggregator.bootstrap import open_services
from aggregator.config.configuration import load
from aggregator.domain.operation.report import RunKind, Step
from aggregator.plugins.workers import store as work_units
from aggregator.plugins.workers.queue import enqueue_kind, install
from aggregator.plugins.workers.run import enqueue_due
from aggregator.plugins.workers.store import WorkUnit
from aggregator.store import runs
from aggregator.store.database import Database
from tests import postgres
from tests.acceptance.house import House
from tests.smtp_sink import Sink

pytestmark = pytest.mark.clock

SETTINGS = """\
[schedule]
refresh = "{next_month:%M %H %d %m} *"
edition = "{next_month:%M %H %d %m} *"
backup = "{last_hour:%M %H} * * *"
retention = "{last_hour:%M %H} * * *"
[alerts]
to = "operator@news.example"
[email]
from = "AI news <digest@news.example>"
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
"""


def ticks(house: House, now: datetime, several: int) -> None:
    """So many workers look at once what is due."""

    async def looked() -> None:
        async with open_services(load(house.folder / "config.toml", {}), None) as services:
            install(services.database)
            with ThreadPoolExecutor(several) as pool:
                list(pool.map(lambda _: enqueue_due(services, now), range(several)))

    asyncio.run(looked())


def worked(house: House, several: int) -> None:
    """So many workers work until nothing waits."""
    working: list[subprocess.Popen[str]] = [
        house.started("worker", "--until-idle") for _ in range(several)
    ]
    for worker in working:
        worker.communicate(timeout=60)
    assert [worker.returncode for worker in working] == [0] * several


def done(database: Database) -> list[tuple[str, str]]:
    """The kinds of runs with how they ended."""
    with database.reading() as connection:
        return sorted((run.kind.value, run.state.value) for run in runs.recent_runs(connection, 99))


@pytest.fixture
def house(tmp_path: Path, postgres_server: postgres.Server) -> House:
    """A house whose newest refresh is two days old, on a server."""
    made = House(tmp_path, "", postgres_server.migrated())
    database = Database(made.database)
    begun = SystemClock().now() - timedelta(days=2)
    database.upgrade(begun)
    with database.writing() as connection:
        runs.start_run(connection, "old", begun)
        runs.finish_run(connection, "old", {"run": "old", "seconds": 1.0})
    database.close()
    return made


def test_of_two_workers_one_copies_forgets_and_tells_the_operator(house: House) -> None:
    with Sink() as sink:
        config = house.folder / "config.toml"
        now = SystemClock().now()
        settings = SETTINGS.format(
            port=sink.port,
            last_hour=now - timedelta(hours=1),
            next_month=now + timedelta(days=30),
        )
        config.write_text(config.read_text("utf-8") + settings, "utf-8")
        quarter = now.replace(minute=0)
        ticks(house, quarter, 2)
        worked(house, 2)
        letters = [one.content.decode() for one in sink.taken]
    database = Database(house.database)
    before = done(database)
    with database.writing() as connection:
        enqueue_kind(connection, RunKind.RETENTION)  # as by a look that came while the work began
    worked(house, 1)
    after = done(database)
    database.close()

    assert before == [("backup", "done"), ("refresh", "done"), ("retention", "done")]
    assert len(list((house.folder / "backups").glob("*.db"))) == 1
    assert len(letters) == 1
    assert "no refresh has finished since" in letters[0]
    assert after == before


def test_a_run_whose_job_broke_is_ended_and_one_that_is_worked_on_is_not(house: House) -> None:
    database, now = Database(house.database), SystemClock().now()
    with database.writing() as connection:
        runs.start_run(connection, "new", now)
        work_units.save(connection, [WorkUnit(run="new", step=Step.FETCH, key="lab.example")])
    ticks(house, now, 1)
    assert house.run("refresh", "--enqueue").returncode == 0
    ticks(house, now, 1)
    with database.reading() as connection:
        found, left = runs.run_of(connection, "new"), runs.open_runs(connection)
    database.close()

    assert (found and "crashed" in (found.error or ""), len(left)) == (True, 1)


def test_the_tables_of_the_queue_follow_an_upgrade_of_procrastinate_once(
    house: House, tmp_path: Path
) -> None:
    database, migrations = Database(house.database), tmp_path / "migrations"
    install(database)
    migrations.mkdir()
    (migrations / "01.00.00_01_old.sql").write_text("CREATE TABLE old (a int)")
    (migrations / "99.00.00_01_new.sql").write_text("CREATE TABLE new (share text DEFAULT '100 %')")
    install(database, migrations)
    install(database, migrations)
    with database.reading() as connection:
        made = connection.execute(text("SELECT to_regclass('old'), to_regclass('new')")).one()
    database.close()

    assert tuple(made) == (None, "new")
