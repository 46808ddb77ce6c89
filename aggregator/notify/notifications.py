"""Reports the health of the system after a run: metrics for Prometheus' node exporter, messages
to the receivers.

A report that fails does not undo the run: the failure is logged, and the next run reports again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from aggregator.adapters.locks import run_lock
from aggregator.bootstrap import open_database
from aggregator.domain.operation.health import SystemHealth, metrics
from aggregator.domain.settings import Settings
from aggregator.errors import AggregatorError, RunningError
from aggregator.log import log
from aggregator.site.publish.folder import write_file
from aggregator.store.database import Database


def notify(settings: Settings, now: datetime) -> None:
    """Sends every report that the settings ask for."""
    if not (settings.metrics.textfile or settings.alerts.to or settings.notify.to):
        return
    from aggregator.ops.health import system_health  # noqa: PLC0415 - most houses ask for nothing

    with open_database(settings.database) as database, _logged("vitals"):
        health = system_health(database, settings, now)
        with _logged("metrics"):
            _textfile(settings, health)
        with _logged("receivers"):
            _receivers(database, settings, health)


@contextmanager
def _logged(name: str) -> Iterator[None]:
    try:
        yield
    except AggregatorError as error:
        log().warning("not told", what=name, reason=str(error))


def _textfile(settings: Settings, health: SystemHealth) -> None:
    if settings.metrics.textfile:
        from aggregator.adapters.metrics_text import (  # noqa: PLC0415 - most houses write no metrics
            exposition,
        )

        write_file(Path(settings.metrics.textfile), exposition(metrics(health)))


def _receivers(database: Database, settings: Settings, health: SystemHealth) -> None:
    if not (settings.alerts.to or settings.notify.to):
        return
    from aggregator.notify.receivers import receivers  # noqa: PLC0415 - most houses have none
    from aggregator.notify.stage import notify_receivers  # noqa: PLC0415

    found = receivers(settings, os.environ, health.now)
    try:
        with run_lock(settings.database, name="notify"):
            notify_receivers(database, settings, health, found, health.now)
    except RunningError:
        log().info("another process is notifying")
