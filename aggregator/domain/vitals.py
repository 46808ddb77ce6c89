"""How the house is at a moment: what health checks, metrics, the operator's page and alerts tell. Pure.

Nothing of readers is in it but counts of copies by state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.domain.report import Run, RunState
from aggregator.domain.settings import AlertSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """The house at a moment. `refreshes` are newest first; `done` is the newest that came to its end.

    `failing` are sources whose last visit failed, with why; `dead` those of which nothing is to be expected any more.
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
    database_bytes: int = 0

    @property
    def failed_in_a_row(self) -> int:
        """How many refreshes failed since one came to its end; one that is under way counts for nothing."""
        ended = [run for run in self.refreshes if run.state is not RunState.OPEN]
        return next((place for place, run in enumerate(ended) if run.state is RunState.DONE), len(ended))

    @property
    def silence(self) -> timedelta | None:
        """How long ago the newest refresh that came to its end began."""
        return self.now - self.done.started if self.done else None


def is_silent(seen: Vitals, alerts: AlertSettings) -> bool:
    """Whether no refresh came to its end for `alerts.silence_hours`; before the first one nothing is late."""
    return seen.silence is not None and seen.silence > timedelta(hours=alerts.silence_hours)
