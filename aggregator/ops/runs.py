"""Records a run: when it began, how long each stage took, and how it ended, with its report."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, count
from typing import Any

from aggregator.domain.ids import stable_id
from aggregator.domain.operation.report import RunKind, RunReport
from aggregator.errors import AggregatorError, DatabaseError, NothingToPublishError
from aggregator.log import carried
from aggregator.ports import Clock
from aggregator.services import Tally
from aggregator.store import runs
from aggregator.store.database import Connection, Database


@dataclass(slots=True)
class RunRecorder:
    """A run under way. `report` is stored when it ends; `stages` are seconds by name, in their
    order.
    """

    id: str
    clock: Clock
    began_s: float
    stages: dict[str, float] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return round(self.clock.monotonic_s() - self.began_s, 2)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times what is done within, under this name; what is logged meanwhile carries it."""
        began_s = self.clock.monotonic_s()
        with carried(stage=name):
            yield
        self.stages[name] = round(
            self.stages.get(name, 0.0) + self.clock.monotonic_s() - began_s, 2
        )


@contextmanager
def recorded_run(database: Database, clock: Clock, kind: RunKind) -> Iterator[RunRecorder]:
    """Records what is done within as a run; what is logged meanwhile carries its id. An error of
    ours is kept, and raised.

    A run without stories has not failed: it reached its end. Nor has a run that somebody stopped.
    """
    now = clock.now()
    began_s = clock.monotonic_s()
    with database.writing() as connection:
        run = RunRecorder(id=new_run(connection, now, kind), clock=clock, began_s=began_s)
    with carried(run=run.id):
        try:
            yield run
        except NothingToPublishError as error:
            _finish(database, run, {"nothing": str(error)})
            raise
        except (KeyboardInterrupt, asyncio.CancelledError):
            with contextlib.suppress(DatabaseError):
                _finish(database, run, {"interrupted": True})
            raise
        except (AggregatorError, OSError) as error:
            with contextlib.suppress(DatabaseError):  # the database itself may be what failed
                _finish(database, run, {"error": str(error)})
            raise
        _finish(database, run, {})


def new_run(connection: Connection, now: datetime, kind: RunKind) -> str:
    """Records that a run begins now, and returns its id: its time, four letters that separate two
    runs of one second, and a number where several got the same moment (`--now`).
    """
    seed = now.isoformat() if kind is RunKind.REFRESH else f"{now.isoformat()} {kind.value}"
    first = f"{now:%Y%m%dT%H%M%S}-{stable_id(seed)[:4]}"
    ids = chain((first,), (f"{first}-{number}" for number in count(2)))
    return next(id_ for id_ in ids if runs.start_run(connection, id_, now, kind))


def run_report(
    tally: Tally, *, run: str, seconds: float, stages: Mapping[str, float], engine: str
) -> RunReport:
    """The report of a refresh from the counts of its stages; `engine` is the one used where no
    model was, `stages` are seconds by name.
    """
    return RunReport(
        run=run,
        seconds=seconds,
        engine=tally.engine or engine,
        stages=tuple(stages.items()),
        claims_rejected=tuple(sorted(tally.rejected.items())),
        failures=tuple(
            sorted(
                tally.failures, key=lambda failure: (failure.stage, failure.source, failure.reason)
            )
        ),
        notes=tuple(sorted(tally.notes, key=lambda note: (note.source, note.text))),
        is_cut_off=tally.is_cut_off,
        **tally.counts,
    )


def _finish(database: Database, run: RunRecorder, more: dict[str, Any]) -> None:
    report = {"run": run.id, "seconds": run.seconds, "stages": run.stages} | run.report | more
    with database.writing(durable=True) as connection:  # and everything that the run did before
        runs.finish_run(connection, run.id, report)
