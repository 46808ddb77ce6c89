"""The time of a run: the system's, or the moment that `--now` names. Durations are measured by a
clock never set.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """The time of day as the system has it."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Seconds since an arbitrary start, for durations."""
        return time.monotonic()


class FrozenClock:
    """The same moment for a whole run, so that every recorded time of it is known beforehand."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError(f"a moment without time zone: {at}")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The moment the clock was made with, in UTC."""
        return self._at

    def monotonic_s(self) -> float:
        """Seconds since an arbitrary start, for durations; not frozen."""
        return time.monotonic()
