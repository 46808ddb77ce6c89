"""The operator's status page: runs, sources and sizes, nothing about readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aggregator.domain.operation.alert import Condition
from aggregator.domain.operation.health import SystemHealth
from aggregator.domain.operation.report import Run, RunState
from aggregator.domain.settings import SiteSettings
from aggregator.site.head import Head, absolute

_MOST_RUNS = 20
_STATE_NAMES = {state: state.value for state in RunState} | {RunState.OPEN: "running, or killed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRun:
    """A run as the page lists it; `outcome` is what it did, or why it failed."""

    id: str
    kind: str
    began: datetime
    state: str
    seconds: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number and what it counts."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """Current problems, newest runs, seconds a stage of the last refresh, sources and sizes."""

    head: Head
    at: datetime
    troubles: tuple[Condition, ...]
    runs: tuple[StatusRun, ...]
    stages: tuple[Count, ...]
    sources: tuple[Count, ...]
    stored: tuple[Count, ...]


def status_page(
    seen: SystemHealth, troubles: Sequence[Condition], site: SiteSettings
) -> StatusPage:
    """The status page at a moment."""
    newest = sorted(
        (*seen.refreshes, *seen.others), key=lambda run: (run.started, run.id), reverse=True
    )
    stages = ((seen.done.report if seen.done else None) or {}).get("stages", {})
    return StatusPage(
        head=Head(
            title="How this site runs",
            description="Runs, sources and sizes.",
            url=absolute(site, "status/"),
        ),
        at=seen.now,
        troubles=tuple(troubles),
        runs=tuple(_run(run) for run in newest[:_MOST_RUNS]),
        stages=tuple(
            Count(name=name, number=f"{seconds:.1f} s") for name, seconds in stages.items()
        ),
        sources=tuple(
            Count(name=name, number=f"{count:,}") for name, count in seen.sources.items()
        ),
        stored=(
            *(Count(name=name, number=f"{count:,}") for name, count in seen.held.items()),
            Count(name="database", number=f"{seen.database_bytes / 1_000_000:,.1f} MB"),
        ),
    )


def _run(run: Run) -> StatusRun:
    report = run.report or {}
    return StatusRun(
        id=run.id,
        kind=run.kind.value,
        began=run.started,
        state=_STATE_NAMES[run.state],
        seconds=f"{report['seconds']:.1f}" if "seconds" in report else "",
        outcome=run.error.partition("\n")[0] or ", ".join(_counts(report)),
    )


def _counts(report: Mapping[str, Any]) -> list[str]:
    """The counts of a refresh in words; nothing for other runs."""
    asked = (("articles", "new"), ("stories", "new"), ("pages", "written"))
    counts = [f"{report[name][what]:,} {name} {what}" for name, what in asked if name in report]
    failed = report.get("sources", {}).get("failed")
    return [*counts, f"{failed} sources failed"] if failed else counts
