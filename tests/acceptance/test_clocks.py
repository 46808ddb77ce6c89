"""Tests at other times: libfaketime shifts the time of day of pytest and of whatever it starts, but
not what measures durations.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.requirements import FAKETIME

LIMIT_S = 1_800  # of the marked tests at one clock: two to eight minutes, more on a busy machine
MARKED = (
    *("-m", "clock and not soak and not whole", "--numprocesses", "2", "--dist", "worksteal"),
    *("tests/unit", "tests/integration", "tests/acceptance"),
)
WHOLE = ("--numprocesses", str((os.cpu_count() or 1) * 3 // 2), "--dist", "worksteal")
FEW = (
    *("-m", "clock", "-k", "not postgresql and (caught_up or catches_up)"),
    *("tests/integration/test_due.py", "tests/integration/test_cli.py"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of day in UTC, and the time zone of the machine."""

    at: datetime
    zone: str = "UTC"


def clock(at: str, zone: str = "UTC") -> Clock:
    """The clock at a moment in UTC."""
    return Clock(at=datetime.fromisoformat(at).replace(tzinfo=UTC), zone=zone)


MONDAY = datetime(2026, 12, 7, tzinfo=UTC)
CLOCKS = {
    f"{day:%A} {day:%H:%M}": Clock(at=day)
    for minutes in (5 * 60 + 30, 6 * 60 + 30)  # before and after the hour of editions
    for day in (MONDAY + timedelta(days=n, minutes=minutes) for n in range(7))
} | {
    "the last day of a month": clock("2027-04-30T12:00"),
    "the first day of a month": clock("2027-05-01T00:01"),
    "29 February": clock("2028-02-29T05:30"),
    "as summer time begins": clock("2027-03-28T00:58", "Europe/Berlin"),
    "as summer time ends": clock("2027-10-31T00:58", "Europe/Berlin"),
    "as the year ends": clock("2026-12-31T23:59"),
    "Sunday in Honolulu, Monday in UTC": clock("2026-12-07T05:30", "Pacific/Honolulu"),
    "Monday in Kiritimati, Sunday in UTC": clock("2026-12-06T12:00", "Pacific/Kiritimati"),
}


def run_at(at: Clock, *options: str, limit_s: float) -> subprocess.CompletedProcess[str]:
    """The tests that these options of pytest choose, run at a clock; `timeout` ends those that take
    longer.
    """
    faketime = str(FAKETIME.needed())
    shift_s = (at.at - datetime.now(UTC)).total_seconds()
    of_pytest = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    with tempfile.TemporaryDirectory(dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")) as folder:
        return subprocess.run(
            [
                *("timeout", "--kill-after=10", f"{limit_s:g}"),
                *(faketime, "-m", "--exclude-monotonic", "-f", f"{shift_s:+.0f}s"),
                *(sys.executable, "-m", "pytest", "-q", "--tb=short", *options),
            ],
            env={
                **of_pytest,
                "TZ": at.zone,
                "PYTEST_DEBUG_TEMPROOT": folder,
                "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # else the threads of Chromium never wait
            },
            capture_output=True,
            text=True,
        )


def test_a_scheduler_catches_up_whatever_the_day() -> None:
    done = run_at(CLOCKS["Tuesday 05:30"], *FEW, limit_s=120)

    assert done.returncode == 0, done.stdout


@pytest.mark.soak
@pytest.mark.parametrize("name", CLOCKS)
def test_all_tests_that_depend_on_the_calendar_pass_at(name: str) -> None:
    done = run_at(CLOCKS[name], *MARKED, limit_s=LIMIT_S)

    assert done.returncode == 0, done.stdout


@pytest.mark.soak
@pytest.mark.parametrize("name", ["Tuesday 06:30", "as the year ends"])
def test_the_whole_suite_passes_at(name: str) -> None:
    done = run_at(CLOCKS[name], *WHOLE, limit_s=4 * 3600)

    assert done.returncode == 0, done.stdout
