"""Reports the health of the system after a run: metrics for Prometheus' node exporter, and what
plugins report elsewhere.

A report that fails does not undo the run: the failure is logged, and the next run reports again.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from aggregator.bootstrap import open_database
from aggregator.domain.operation.health import metrics
from aggregator.domain.settings import Settings
from aggregator.errors import AggregatorError
from aggregator.hooks.plugins import plugins
from aggregator.log import log
from aggregator.site.publish.folder import write_file


def report_health(settings: Settings, now: datetime) -> None:
    """Writes the metrics, if the settings ask for them, and has the plugins report."""
    if settings.metrics.textfile:
        # most installations write no metrics
        from aggregator.adapters.metrics_text import exposition  # noqa: PLC0415
        from aggregator.ops.health import system_health  # noqa: PLC0415

        try:
            with open_database(settings.database) as database:
                health = system_health(database, settings, now)
            write_file(Path(settings.metrics.textfile), exposition(metrics(health)))
        except AggregatorError as error:
            log().warning("not told", what="metrics", reason=str(error))
    plugins().all("after_run", settings=settings, now=now)
