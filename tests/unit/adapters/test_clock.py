"""The clocks of a run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from aggregator.adapters.clock import FrozenClock, SystemClock
from aggregator.ports import Clock

pytestmark = pytest.mark.clock


def test_a_frozen_clock_tells_its_moment_in_utc() -> None:
    at = datetime(2026, 7, 6, 8, 0, tzinfo=timezone(timedelta(hours=2)))

    assert FrozenClock(at).now().isoformat() == "2026-07-06T06:00:00+00:00"


def test_a_frozen_clock_refuses_a_moment_without_zone() -> None:
    with pytest.raises(ValueError, match="without time zone"):
        FrozenClock(datetime(2026, 7, 6))  # noqa: DTZ001


@pytest.mark.parametrize(
    "clock",
    [SystemClock(), FrozenClock(datetime(2026, 7, 6, tzinfo=UTC))],
    ids=["system", "frozen"],
)
def test_durations_are_measured_by_a_clock_that_never_goes_back(clock: Clock) -> None:
    assert clock.monotonic_s() <= clock.monotonic_s()


def test_the_system_clock_is_aware_and_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
