"""Tells the receivers what there is to tell, after a run and between runs.

A message that fails does not undo the run: the failure is logged, and the next run tries again.
"""

from __future__ import annotations

import os
from datetime import datetime

from aggregator.adapters.locks import run_lock
from aggregator.bootstrap import open_database
from aggregator.domain.settings import Settings
from aggregator.errors import AggregatorError, RunningError
from aggregator.hooks.plugins import plugins
from aggregator.log import log


def notify(settings: Settings, now: datetime) -> None:
    """Sends what there is to send, if anybody wants it."""
    others = plugins().all("notifiers", settings=settings)
    if not (settings.alerts.to or settings.notify.to or others):
        return
    from aggregator.ops.health import system_health
    from aggregator.plugins.notifications.receivers import receivers
    from aggregator.plugins.notifications.rounds import notify_receivers

    try:
        with open_database(settings.database) as database:
            health = system_health(database, settings, now)
            found = receivers(settings, os.environ, health.now, others)
            with run_lock(settings.database, name="notify"):
                notify_receivers(database, settings, health, found, health.now)
    except RunningError:
        log().info("another process is notifying")
    except AggregatorError as error:
        log().warning("not told", what="receivers", reason=str(error))
