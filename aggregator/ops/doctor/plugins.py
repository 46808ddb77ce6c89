"""Whether plugins can be used, what failed of them in the last refresh, and what they find
themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from aggregator.bootstrap import open_stored
from aggregator.domain.operation.report import RunKind
from aggregator.domain.settings import Settings
from aggregator.errors import DatabaseError
from aggregator.hooks.plugins import BUNDLED, PLUGIN_FAILURE, plugins
from aggregator.ops.doctor.finding import Finding, error, ok
from aggregator.store.runs import recent_runs


def plugin_findings(settings: Settings, now: datetime, *, quick: bool = False) -> Iterator[Finding]:
    """What is so with the plugins; `quick` leaves out what they look at themselves."""
    listed = plugins().listed()
    others = [one for one in listed if one.enabled and one.origin != BUNDLED]
    for one in listed:
        if one.problem:
            yield error(
                f"the plugin {one.name} cannot be used: {one.problem}",
                f"repair or uninstall {one.origin}, or set enabled = false under"
                f" [plugins.{one.name}]",
            )
    if others and not any(one.problem for one in others):
        yield ok(f"plugins: {', '.join(one.name for one in others)}")
    for failure in _failures(settings):
        name = failure["source"].removeprefix(PLUGIN_FAILURE)
        yield error(
            f"in the last refresh the plugin {name} failed ({failure['stage']}):"
            f" {failure['reason']}",
            f"tell who made it, or set enabled = false under [plugins.{name}]",
        )
    if not quick:
        yield from plugins().all("doctor_checks", settings=settings, now=now)


def _failures(settings: Settings) -> list[dict[str, str]]:
    """The failures of plugins in the last refresh."""
    try:
        with open_stored(settings.database) as connection:
            newest = recent_runs(connection, 1, RunKind.REFRESH) if connection else ()
    except DatabaseError:
        return []  # the findings about the database say so
    report = (newest[0].report if newest else None) or {}
    failures = report.get("failures", [])
    return [each for each in failures if str(each.get("source", "")).startswith(PLUGIN_FAILURE)]
