"""The state of the system at a moment, for health checks, metrics and alerts. Pure.

It knows nothing of readers but counts of copies by state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from itertools import takewhile

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
