"""The state of the system at a moment, for health checks, metrics and alerts, and the same as
gauges. Names and units of these are Prometheus's. Pure.

It knows nothing of readers but counts of copies by state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Run, RunState
from aggregator.domain.settings import AlertSettings


@frozen
class SystemHealth:
    """The state of the system at a moment. `refreshes` are newest first; `done` is the newest that
    came to its end.

    `failing` are sources whose last visit failed, with the reason; `dead` those of which nothing is
    to be expected any more. `wishes` counts sign-ups that have not been processed yet.
    """

    now: datetime
    refreshes: tuple[Run, ...] = ()
    others: tuple[Run, ...] = ()
    done: Run | None = None
    sources: Mapping[str, int] = field(default_factory=dict)
    failing: Mapping[str, str] = field(default_factory=dict)
    dead: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    mail: Mapping[str, int] = field(default_factory=dict)
    edition: str | None = None
    wishes: int = 0
    database_bytes: int = 0

    @property
    def failed_in_a_row(self) -> int:
        """How many refreshes failed since one came to its end."""
        return len(newest_failures(self.refreshes))

    @property
    def silence(self) -> timedelta | None:
        """How long ago the newest refresh that came to its end began."""
        return self.now - self.done.started if self.done else None


def newest_failures(newest: Sequence[Run]) -> tuple[Run, ...]:
    """The runs of one kind, newest first, up to the one that came to its end. One that is open may
    be under way if it is the newest; an older one died, and counts as one that failed. One that
    somebody stopped does not.
    """
    ended = newest[1:] if newest and newest[0].state is RunState.OPEN else newest
    failed = takewhile(lambda run: run.state is not RunState.DONE, ended)
    return tuple(run for run in failed if run.state is not RunState.INTERRUPTED)


def is_silent(seen: SystemHealth, alerts: AlertSettings) -> bool:
    """Whether no refresh came to its end for `alerts.silence_hours`; before the first one nothing
    is late.
    """
    return seen.silence is not None and seen.silence > timedelta(hours=alerts.silence_hours)


@frozen
class Metric:
    """One value of a gauge: its name, its help, and the labels that set it apart from others of
    that name.
    """

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


def metrics(seen: SystemHealth) -> tuple[Metric, ...]:
    """All metrics, those of one gauge together."""
    report = (seen.done.report if seen.done else None) or {}
    return (*_running(seen, report), *_gathered(report), *_held(seen))


def _running(seen: SystemHealth, report: Mapping[str, Any]) -> Iterator[Metric]:
    yield Metric(
        name="aggregator_last_refresh_timestamp_seconds",
        help="Start time of the last finished refresh.",
        value=seen.done.started.timestamp() if seen.done else 0,
    )
    yield Metric(
        name="aggregator_refresh_seconds",
        help="Duration of the last finished refresh.",
        value=report.get("seconds", 0),
    )
    yield Metric(
        name="aggregator_refreshes_failed",
        help="Failed refreshes since the last finished one.",
        value=seen.failed_in_a_row,
    )
    yield from _labelled(
        "aggregator_stage_seconds",
        "Duration of each stage of that refresh.",
        "stage",
        report.get("stages", {}),
    )


def _gathered(report: Mapping[str, Any]) -> Iterator[Metric]:
    for name, what in (
        ("entries", "new"),
        ("articles", "new"),
        ("stories", "new"),
        ("stories", "updated"),
        ("claims", "kept"),
    ):
        text = f"{name[:1].upper()}{name[1:]} {what} in that refresh."
        yield Metric(
            name=f"aggregator_{name}_{what}", help=text, value=report.get(name, {}).get(what, 0)
        )
    yield from _labelled(
        "aggregator_claims_rejected",
        "Claims rejected in that refresh, by reason.",
        "reason",
        report.get("claims", {}).get("rejected", {}),
    )
    yield from _labelled(
        "aggregator_tokens",
        "Tokens read and written by a model in that refresh.",
        "kind",
        report.get("tokens", {}),
    )
    yield from _labelled(
        "aggregator_pages", "Site files in that refresh.", "what", report.get("pages", {})
    )


def _held(seen: SystemHealth) -> Iterator[Metric]:
    yield from _labelled("aggregator_sources", "Sources by status.", "condition", seen.sources)
    yield from _labelled("aggregator_stored", "Rows stored, by table.", "what", seen.held)
    yield from _labelled(
        "aggregator_mails", "Copies of the newest edition by state.", "state", seen.mail
    )
    yield Metric(
        name="aggregator_database_bytes", help="Size of the database.", value=seen.database_bytes
    )


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Iterator[Metric]:
    for key, value in values.items():
        yield Metric(name=name, help=text, value=value, labels=((label, key),))
