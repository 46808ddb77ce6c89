"""Workers on one queue: the site of one process, byte for byte, also where workers are killed again
and again.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from aggregator.domain.story import HistoryEntry
from aggregator.plugins.workers import store as work_units
from aggregator.store.database import Database
from aggregator.store.news.stories import story_ids
from aggregator.store.runs import open_runs, recent_runs
from aggregator.store.writing.history import history_of
from tests import loaded, postgres, worker_process
from tests.acceptance.house import NOW, SEED, House, environment
from tests.ollama_models import agreeing, shortening_writer
from tests.ollama_server import OllamaServer
from tests.servers import MiniWeb, captured_pages, copied

CAPTURE = Path(__file__).parents[3] / "shared" / "corpus" / "ainews"
NEVER = '[schedule]\nrefresh = "0 0 29 2 *"\nedition = "0 0 29 2 *"\nbackup = ""\nretention = ""\n'
HEARTBEAT_S = 0.5
# for what takes half a minute: who waits for a dead worker's part waits longer on a busy machine
LIMIT_S = 400
COUNTED = (
    "sources",
    "entries",
    "articles",
    "stories",
    "claims",
    "analysed",
)  # what a killed worker's part must not lose
_LOOK_S = 0.05  # between two looks at what is done
_ENDS_S = 30.0  # for the last job to end, on a busy machine
# Every analysis that was committed, also one that another replaced later.
_LOG_ANALYSES = """
CREATE TABLE told (story_id text, inputs text);
CREATE FUNCTION log_told() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO told VALUES (NEW.story_id, NEW.inputs); RETURN NULL; END $$;
CREATE TRIGGER log_told AFTER INSERT ON analyses FOR EACH ROW EXECUTE FUNCTION log_told();
"""


class Crew:
    """Worker processes of a house."""

    def __init__(self, house: House, size: int, heartbeat_s: float) -> None:
        self._house = house
        self._arguments = ["config.toml", str(heartbeat_s)]
        self._workers = [self._started() for _ in range(size)]
        self.kills = 0

    def kill_one(self, chance: random.Random) -> None:
        """Kills a worker with SIGKILL; another takes its place."""
        place = chance.randrange(len(self._workers))
        loaded.is_killed_after(self._workers[place], 0)
        self._workers[place] = self._started()
        self.kills += 1

    def dismiss(self) -> list[int | None]:
        """Stops all workers as service managers do; their exit codes."""
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.join(60)
        return [worker.exitcode for worker in self._workers]

    def stop(self) -> None:
        """Kills all workers."""
        for worker in self._workers:
            loaded.is_killed_after(worker, 0)

    def _started(self) -> BaseProcess:
        said = Path(os.devnull), self._house.folder / "stderr.log"
        folder = self._house.folder
        return loaded.started(self._arguments, folder, environment(), said, worker_process.main)


@contextmanager
def crew(house: House, size: int, heartbeat_s: float = HEARTBEAT_S) -> Iterator[Crew]:
    """Workers, gone at the end in any case."""
    workers = Crew(house, size, heartbeat_s)
    try:
        yield workers
    finally:
        workers.stop()


def prepared(folder: Path, settings: str, server: postgres.Server) -> House:
    """A house on a server, whose workers are told to refresh, and which remembers every
    analysis.
    """
    house = House(folder, settings, server.migrated())
    assert house.run("db", "upgrade").returncode == 0
    database = Database(house.database)
    with database.writing() as connection:
        for statement in _LOG_ANALYSES.strip().split(";\nCREATE"):
            connection.execute(
                text(statement if statement.startswith("CREATE") else f"CREATE{statement}")
            )
    database.close()
    enqueued = house.run("--json", "refresh", "--all", "--enqueue", "--now", NOW)
    assert enqueued.returncode == 0, enqueued.stderr
    return house


@pytest.fixture(scope="module")
def sources(seed_web: MiniWeb) -> str:
    """The settings of a house that follows the seed story and does nothing on schedule."""
    return NEVER + seed_web.sources_toml()


@pytest.fixture(scope="module")
def begun_alone(
    sources: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[House, dict[str, Any]]:
    """A house that was refreshed by one process, and the report of that; nobody changes it."""
    calm = House(tmp_path_factory.mktemp("calm"), sources)
    return calm, calm.refreshed("--all")


def progress(database: Database) -> int | None:
    """How many work units of the run are done, None once it has its report."""
    with database.reading() as connection:
        (run,) = recent_runs(connection, 1)
        return None if run.report else len(work_units.results(connection, run.id))


def worked_out(
    house: House,
    workers: Crew,
    *,
    limit_s: float,
    kill: Callable[[int, float], bool] = lambda *_: False,
) -> None:
    """Waits for the end of the run; a worker is killed whenever `kill` says so of the work units
    and seconds since the last one.
    """
    chance, database, began_s = random.Random(2026), Database(house.database), time.monotonic()
    last, last_s = 1, began_s  # one portion is done at once: the sources that are not due
    try:
        while (done := progress(database)) is not None:
            threading.Event().wait(_LOOK_S)
            now_s = time.monotonic()
            assert now_s - began_s < limit_s, (
                f"the workers do not come to an end: {done} portions are done"
            )
            if kill(done - last, now_s - last_s):
                workers.kill_one(chance)
                last, last_s = done, now_s
        until_s = time.monotonic() + _ENDS_S
        while _jobs(database) and time.monotonic() < until_s:
            threading.Event().wait(_LOOK_S)  # the last job ends after its run, or is done again
    finally:
        database.close()


def counted(house: House) -> dict[str, object]:
    """What the newest run counted."""
    database = Database(house.database)
    with database.reading() as connection:
        (run,) = recent_runs(connection, 1)
    database.close()
    return {name: (run.report or {}).get(name) for name in COUNTED}


def ledgers(house: House) -> dict[str, tuple[HistoryEntry, ...]]:
    """What each story remembers."""
    database = Database(house.database)
    with database.reading() as connection:
        found = history_of(connection, story_ids(connection))
    database.close()
    return found


def _jobs(database: Database) -> Sequence[Any]:
    with database.reading() as connection:
        return connection.execute(
            text("SELECT status, args FROM procrastinate_jobs WHERE task_name = 'portion'")
        ).fetchall()


def check(house: House, calm: House) -> None:
    """Everything was done, nothing twice; ledgers and site are those of one process."""
    database = Database(house.database)
    with database.reading() as connection:
        (run,) = recent_runs(connection, 9)
        told = connection.execute(text("SELECT story_id, inputs FROM told")).fetchall()
        left = open_runs(connection)
    jobs, problems = _jobs(database), database.problems()
    database.close()

    assert (jobs, left, problems, run.error) == ([], (), (), "")
    assert len(told) == len(set(told)) > 0
    assert ledgers(house) == ledgers(calm) != {}
    assert house.files() == calm.files()


@pytest.mark.timeout(600)
def test_workers_killed_again_and_again_make_the_site_of_one_process_and_stop_when_asked(
    begun_alone: tuple[House, dict[str, Any]],
    sources: str,
    tmp_path: Path,
    postgres_server: postgres.Server,
) -> None:
    calm, alone = begun_alone
    house = prepared(tmp_path / "house", sources, postgres_server)
    with crew(house, 3) as workers:
        worked_out(house, workers, limit_s=LIMIT_S, kill=lambda portions, _: portions >= 5)
        kills, codes = workers.kills, workers.dismiss()
    shown = house.run("--json", "runs", "show", alone["run"])

    assert (kills > 1, 0 in codes, set(codes) <= {0, -signal.SIGTERM}) == (
        True,
        True,
        True,
    )  # one may just be starting
    assert shown.returncode == 0
    for name in ("sources", "entries", "articles", "stories", "claims", "analysed", "failures"):
        assert f'"{name}"' in shown.stdout
    check(house, calm)
    assert counted(house) == {name: alone[name] for name in COUNTED}


TAKEN_FOR_DEAD = "DELETE FROM procrastinate_workers"
SERVER_AWAY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND"
    " pid <> pg_backend_pid()"
)


@pytest.mark.timeout(600)
@pytest.mark.soak
def test_a_worker_that_loses_its_place_in_the_queue_takes_another(
    begun_alone: tuple[House, dict[str, Any]],
    sources: str,
    tmp_path: Path,
    postgres_server: postgres.Server,
) -> None:
    calm, alone = begun_alone
    house = prepared(tmp_path / "house", sources, postgres_server)
    losses: list[int] = []

    def lose(portions: int, _: float) -> bool:
        if portions >= 4 * len(losses):
            loss = (TAKEN_FOR_DEAD, SERVER_AWAY)[len(losses) % 2]  # each in turn
            losses.append(portions)
            postgres_server.run(loss, postgres.name_of(house.database))
        return False

    with crew(house, 1) as workers:
        worked_out(house, workers, limit_s=LIMIT_S, kill=lose)
        codes = workers.dismiss()

    assert (codes, len(losses) > 3) == ([0], True)
    assert "Traceback" not in (house.folder / "stderr.log").read_text("utf-8")
    check(house, calm)
    assert counted(house) == {name: alone[name] for name in COUNTED}


@pytest.mark.soak
@pytest.mark.skipif(not CAPTURE.is_dir(), reason="the captured web is not beside the checkout")
def test_four_workers_on_a_large_web_one_killed_every_five_seconds_make_the_site_of_one_process(
    tmp_path: Path, postgres_server: postgres.Server
) -> None:
    copies = int(os.environ.get("SOAK_COPIES", "20"))
    with MiniWeb(copied(captured_pages(CAPTURE), copies)) as web:
        calm = House(tmp_path / "calm", NEVER + web.sources_toml())
        alone = calm.run("--json", "refresh", "--all", "--now", NOW, timeout_s=1800 * copies)
        assert alone.returncode == 0, alone.stderr
        house = prepared(tmp_path / "house", NEVER + web.sources_toml(), postgres_server)
        with crew(
            house, 4, heartbeat_s=2.0
        ) as workers:  # they share the processors with the server and each other
            worked_out(house, workers, limit_s=3600 * copies, kill=lambda _, seconds: seconds > 5)
            sys.stdout.write(f"{copies} copies, {workers.kills} kills\n")

    check(house, calm)
    assert counted(house) == {name: json.loads(alone.stdout)[name] for name in COUNTED}


@pytest.mark.timeout(600)
def test_workers_with_a_model_make_the_site_of_one_process_and_ask_each_question_once(
    tmp_path: Path, postgres_server: postgres.Server
) -> None:
    def served(by: OllamaServer) -> str:
        return (
            f'{NEVER}[analysis]\nengine = "ollama"\n[analysis.judge]\nthreshold = 0.5\n'
            f'[analysis.ollama]\nhost = "{by.url}"\n{web.sources_toml()}'
        )

    with (
        MiniWeb(SEED) as web,
        OllamaServer(agreeing(shortening_writer)) as alone,
        OllamaServer(agreeing(shortening_writer)) as shared,
    ):
        calm = House(tmp_path / "calm", served(alone))
        calm.refreshed("--all")
        house = prepared(tmp_path / "house", served(shared), postgres_server)
        with crew(house, 2, heartbeat_s=5.0) as workers:  # none is taken for dead on a busy machine
            worked_out(house, workers, limit_s=LIMIT_S)

    assert (
        sorted(call.prompt for call in shared.calls)
        == sorted(call.prompt for call in alone.calls)
        != []
    )
    check(house, calm)


def test_a_refresh_is_not_left_to_workers_twice(
    sources: str, tmp_path: Path, postgres_server: postgres.Server
) -> None:
    house = prepared(tmp_path, sources, postgres_server)
    again = house.run("--json", "refresh", "--all", "--enqueue", "--now", NOW)

    assert (again.returncode, again.stdout.split()) == (0, ["{", '"enqueued":', "false", "}"])


@pytest.mark.parametrize(
    "arguments", [("worker", "--until-idle"), ("refresh", "--enqueue")], ids=" ".join
)
def test_workers_on_a_file_are_told_what_they_need(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = House(tmp_path, "").run(*arguments)

    assert (done.returncode, "postgresql+psycopg://" in done.stderr) == (1, True)


def test_an_unknown_queue_is_refused_with_those_there_are(tmp_path: Path) -> None:
    done = House(tmp_path, "").run("worker", "--queues", "fetch,mail")

    assert (done.returncode, "refresh, fetch, extract" in done.stderr) == (2, True)
