"""Times the telling of stories by one worker and by two, where a model takes the same time for
every answer.

    python -m bench.workers [--stories N] [--latency S] [--rounds N]

Each round has a new database on a PostgreSQL server of its own, with stories of the same length
that wait for a model. The workers are processes with one job at a time, started beforehand; the
time is that from the moment the stories are in the queue until the last of them is told. Waiting
for the model is most of it, so it is wall time. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from sqlalchemy import text

from aggregator.domain.operation.report import Step
from aggregator.plugins.workers import store as work_units
from aggregator.plugins.workers.queue import enqueue_units, install
from aggregator.plugins.workers.store import WorkUnit
from aggregator.store import runs
from aggregator.store.database import Database
from tests import postgres
from tests.acceptance.house import House
from tests.integration.stored import NOW, article, placed
from tests.ollama_models import extractive_writer
from tests.ollama_server import OllamaServer

_LOOK_S = 0.01
_RUN = "bench"
_SETTINGS = """\
[schedule]
refresh = "0 0 29 2 *"
edition = "0 0 29 2 *"
backup = ""
retention = ""
[analysis]
engine = "ollama"
[analysis.ollama]
host = "{host}"
concurrency = 1
"""
_TOLD = (
    (
        "The laboratory said on Saturday that model {n} answers {n} of 100 questions of its own"
        " test correctly."
    ),
    (
        "It costs {n} dollars for a million tokens, which is half of what the model before it cost"
        " in March."
    ),
    "Developers can use model {n} from Monday on, the company said in a note on its site.",
    (
        "A spokesperson said that the weights of model {n} will be published in autumn under an"
        " open licence."
    ),
    "Model {n} was trained on {n} thousand processors for six weeks, according to the paper.",
)


def main() -> None:
    """Runs the rounds and prints what they show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stories", type=int, default=24)
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with postgres.running() as server:
        rounds = [
            {size: measured(server, size, options.stories, options.latency) for size in (1, 2)}
            for _ in range(options.rounds)
        ]
    times = {size: statistics.median(each[size] for each in rounds) for size in (1, 2)}
    shown = {f"seconds_{size}": round(seconds, 2) for size, seconds in times.items()}
    print(json.dumps({**vars(options), **shown, "ratio": round(times[1] / times[2], 2)}, indent=2))


def measured(server: postgres.Server, workers: int, stories: int, latency_s: float) -> float:
    """The seconds that so many workers take."""
    with (
        tempfile.TemporaryDirectory() as folder,
        OllamaServer(extractive_writer, latency_s=latency_s) as model,
    ):
        house = House(Path(folder), _SETTINGS.format(host=model.url), server.database())
        database = Database(house.database)
        database.upgrade(NOW)
        install(database)
        waiting = _stored(database, stories)
        crew = [_started(house) for _ in range(workers)]
        try:
            _await(database, "SELECT count(*) FROM procrastinate_workers", workers)
            began_s = time.monotonic()
            with database.writing() as connection:
                work_units.save(connection, waiting)
                enqueue_units(connection, waiting)
            _await(
                database,
                f"SELECT count(*) FROM portions WHERE done AND step = '{Step.TELL.value}'",
                stories,
            )
            seconds = time.monotonic() - began_s
        finally:
            for worker in crew:
                worker.kill()
                worker.wait()
        database.close()
        server.drop(house.database)
        assert len(model.calls) >= stories, "the model was not asked about each story"
    return seconds


def _stored(database: Database, number: int) -> list[WorkUnit]:
    """Stories that wait for a model; and a work unit of the same step that stays open, so that no
    other step begins.
    """
    with database.writing() as connection:
        runs.start_run(connection, _RUN, NOW)
        told = [
            placed(
                connection,
                article(f"Northwind opens model {n}", *(each.format(n=n) for each in _TOLD)),
            ).id
            for n in range(1, number + 1)
        ]
        work_units.save(connection, [WorkUnit(run=_RUN, step=Step.TELL, key="open")])
    return [WorkUnit(run=_RUN, step=Step.TELL, key=each, items=(each,)) for each in told]


def _started(house: House) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "aggregator", "worker", "--concurrency", "1"]
    return subprocess.Popen(
        command, cwd=house.folder, env={**os.environ}, stderr=subprocess.DEVNULL
    )


def _await(database: Database, counted: str, number: int) -> None:
    while True:
        with database.reading() as connection:
            if (connection.scalar(text(counted)) or 0) >= number:
                return
        threading.Event().wait(_LOOK_S)


if __name__ == "__main__":
    main()
