"""The state of the system as gauges. Names and units are Prometheus's; counts of a run are those of
the last one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.health import SystemHealth


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
