"""The state of the system at a moment, for health checks, metrics and alerts, and as gauges, whose
names and units are Prometheus's. Pure.

It knows nothing of readers but counts of copies by state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from itertools import takewhile

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Reach, Run, RunState
from aggregator.domain.settings import AlertSettings


@frozen
class SystemHealth:
    """The state of the system at a moment. `refreshes` are newest first; `done` is the newest that
    came to its end.

    `reach` is how many of the sources that were due could be read last.
    `failing` are sources whose last visit failed, with the reason; `dead` those of which nothing is
    to be expected any more. `wishes` counts sign-ups that have not been processed yet.
    """

    now: datetime
    refreshes: tuple[Run, ...] = ()
    others: tuple[Run, ...] = ()
    done: Run | None = None
    reach: Reach = Reach.OK
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
class Gauge:
    """A gauge by the name and unit that Prometheus has for it: its values by the `label` that sets
    them apart, or the one value of a gauge without a label.
    """

    name: str
    help: str
    label: str
    values: Mapping[str, float]


def metrics(seen: SystemHealth) -> tuple[Gauge, ...]:
    """The gauges that have a value."""
    report = (seen.done.report if seen.done else None) or {}
    began = seen.done.started.timestamp() if seen.done else 0
    rejected = report.get("claims", {}).get("rejected", {})
    gathered = "entries new, articles new, stories new, stories updated, claims kept".split(", ")
    found = (
        ("last_refresh_timestamp_seconds", "Start time of the last finished refresh.", began),
        ("refresh_seconds", "Duration of the last finished refresh.", report.get("seconds", 0)),
        ("refreshes_failed", "Failed refreshes since the last finished one.", seen.failed_in_a_row),
        (
            "refresh_reach reach",
            "1 for whether the sources that were due could be read: ok, degraded (more than half"
            " failed) or failed (none could be read).",
            {each.value: int(each is seen.reach) for each in Reach},
        ),
        ("refresh_sources outcome", "Sources in that refresh, by outcome.", report.get("sources")),
        ("stage_seconds stage", "Duration of each stage of that refresh.", report.get("stages")),
        *(
            (
                f"{name}_{what}",
                f"{name.capitalize()} {what} in that refresh.",
                report.get(name, {}).get(what, 0),
            )
            for name, what in map(str.split, gathered)
        ),
        ("claims_rejected reason", "Claims rejected in that refresh, by reason.", rejected),
        (
            "tokens kind",
            "Tokens read and written by a model in that refresh.",
            report.get("tokens"),
        ),
        ("pages what", "Site files in that refresh.", report.get("pages")),
        ("sources condition", "Sources by status.", seen.sources),
        ("stored what", "Rows stored, by table.", seen.held),
        ("mails state", "Copies of the newest edition by state.", seen.mail),
        ("database_bytes", "Size of the database.", seen.database_bytes),
    )
    return tuple(_gauge(*each) for each in found if each[-1] or each[-1] == 0)


def _gauge(name: str, text: str, found: float | Mapping[str, float]) -> Gauge:
    """A gauge; behind its name stands the label of its values, if it has several."""
    named, _, label = name.partition(" ")
    values = found if isinstance(found, Mapping) else {"": found}
    return Gauge(name=f"aggregator_{named}", help=text, label=label, values=values)
