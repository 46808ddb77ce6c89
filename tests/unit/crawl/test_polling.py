"""When a source is asked again: its posting, our bounds, and the wishes that nobody may go
below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.crawl.polling import (
    FIRST_BACK_OFF,
    LEEWAY,
    SPREAD,
    first_allowed,
    is_skipped_time,
    next_attempt,
    next_visit,
    posting_rhythm,
    slower_rhythm,
)
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.settings import FetchSettings

NOW = datetime(2026, 7, 6, 6, 30, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SETTINGS = FetchSettings()
STATE = FetchState(source_key="lab", url="https://lab.example/feed", etag='"1"', last_ok=NOW - DAY)


def _posts(gap: timedelta, count: int = 10, *, quiet: timedelta = timedelta(0)) -> list[datetime]:
    return [NOW - quiet - n * gap for n in range(count)]


@pytest.mark.parametrize(
    ("moments", "seconds"),
    [
        pytest.param(_posts(4 * HOUR), 3_600, id="a quarter of the gap"),
        pytest.param(
            [*_posts(4 * HOUR), NOW - 400 * DAY], 3_600, id="one old post changes nothing"
        ),
        pytest.param(
            _posts(4 * HOUR, quiet=16 * HOUR), 7_200, id="later by a sixteenth of the silence"
        ),
        pytest.param(
            [*_posts(4 * HOUR), NOW + 9 * DAY], 3_600, id="a post of the future counts for nothing"
        ),
        pytest.param(
            [NOW - 16 * HOUR] * 12, 3_600, id="all at one moment: only the silence counts"
        ),
        pytest.param([], 0, id="no dates"),
        pytest.param([NOW - 4_000 * DAY], 30 * 86_400, id="dead for years: bounded"),
    ],
)
def test_the_rhythm_follows_the_posts(moments: Sequence[datetime], seconds: int) -> None:
    assert posting_rhythm(moments, NOW, has_validators=True) == seconds


@pytest.mark.parametrize(
    ("moments", "hours"),
    [
        pytest.param(_posts(DAY), 24, id="a document that reaches back for days"),
        pytest.param(_posts(2 * HOUR), 9, id="one that reaches back 18 hours: half of that"),
        pytest.param(_posts(MINUTE), 4, id="one that reaches back minutes: not below four hours"),
        pytest.param([], 24, id="no dates"),
    ],
)
def test_a_source_without_validators_is_asked_daily_and_oftener_only_where_posts_would_be_missed(
    moments: Sequence[datetime], hours: int
) -> None:
    assert posting_rhythm(moments, NOW, has_validators=False) == hours * 3_600


def test_silence_slows_a_source_down_visit_by_visit() -> None:
    assert slower_rhythm(replace(STATE, rhythm_s=3_600), NOW) == 3_600 + 86_400 // 16


@pytest.mark.parametrize(
    ("state", "headers", "soonest", "latest"),
    [
        pytest.param({"rhythm_s": 60}, {}, HOUR, HOUR, id="busy: our shortest interval"),
        pytest.param(
            {"rhythm_s": 36_000}, {}, 9 * HOUR, 10 * HOUR, id="its rhythm, a little spread"
        ),
        pytest.param({"rhythm_s": 9_000_000}, {}, DAY, DAY, id="quiet: our longest interval"),
        pytest.param(
            {"rhythm_s": 60, "etag": None}, {}, 4 * HOUR, 4 * HOUR, id="no validators any more"
        ),
    ],
)
def test_the_interval_keeps_within_the_bounds(
    state: dict[str, object], headers: dict[str, str], soonest: timedelta, latest: timedelta
) -> None:
    at = next_visit(replace(STATE, **state), headers, SETTINGS, NOW)  # type: ignore[arg-type]

    assert soonest - LEEWAY <= at - NOW <= latest - LEEWAY


@pytest.mark.parametrize(
    ("headers", "told_s", "wait"),
    [
        pytest.param({"cache-control": "public, Max-Age = 7200"}, None, 2 * HOUR, id="max-age"),
        pytest.param({"cache-control": "max-age=31536000"}, None, DAY, id="a year: a day"),
        pytest.param({"expires": "Mon, 06 Jul 2026 09:30:00 GMT"}, None, 3 * HOUR, id="Expires"),
        pytest.param(
            {"expires": "Mon, 06 Jul 2026 09:30:00 GMT", "date": "Mon, 06 Jul 2026 04:30:00 GMT"},
            None,
            5 * HOUR,
            id="Expires by the clock of the server",
        ),
        pytest.param(
            {"cache-control": "max-age=7200", "expires": "Mon, 06 Jul 2026 23:30:00 GMT"},
            None,
            2 * HOUR,
            id="both",
        ),
        pytest.param({}, 4 * 3_600, 4 * HOUR, id="ttl"),
        pytest.param(
            {"cache-control": "max-age=7200"}, 4 * 3_600, 4 * HOUR, id="the longest of them"
        ),
        pytest.param({}, 10**9, DAY, id="an absurd ttl"),
    ],
)
def test_a_wish_is_kept_to_the_second_within_a_day(
    headers: dict[str, str], told_s: int | None, wait: timedelta
) -> None:
    state = replace(STATE, rhythm_s=60, told_s=told_s)

    assert next_visit(state, headers, SETTINGS, NOW) == NOW + wait


@pytest.mark.parametrize(
    "headers",
    [
        {"cache-control": "s-maxage=7200"},
        {"cache-control": "max-age=soon"},
        {"cache-control": "no-cache"},
        {"expires": "0"},
        {"expires": "Sun, 05 Jul 2026 09:30:00 GMT"},
        {"expires": "Mon, 99 Foo 99999999 99:99:99"},
    ],
    ids=lambda headers: next(iter(headers.values())),
)
def test_what_is_no_wish_changes_nothing(headers: dict[str, str]) -> None:
    assert next_visit(replace(STATE, rhythm_s=60), headers, SETTINGS, NOW) == NOW + HOUR - LEEWAY


def test_sources_with_one_rhythm_do_not_fall_due_together() -> None:
    due = {
        next_visit(replace(STATE, source_key=f"s{n}", rhythm_s=36_000), {}, SETTINGS, NOW)
        for n in range(50)
    }

    assert (len(due), max(due) - min(due) > SPREAD / 2 * 10 * HOUR) == (50, True)


SKIPPING = replace(STATE, skip_hours=(6, 7), skip_days=(5, 6))


@pytest.mark.parametrize(
    ("at", "welcome"),
    [
        pytest.param(
            datetime(2026, 7, 6, 6, 30, tzinfo=UTC),
            datetime(2026, 7, 6, 8, 0, tzinfo=UTC),
            id="a skipped hour",
        ),
        pytest.param(
            datetime(2026, 7, 6, 8, 30, tzinfo=UTC),
            datetime(2026, 7, 6, 8, 30, tzinfo=UTC),
            id="an open hour",
        ),
        pytest.param(
            datetime(2026, 7, 4, 12, 0, tzinfo=UTC),
            datetime(2026, 7, 6, 0, 0, tzinfo=UTC),
            id="a skipped week-end",
        ),
    ],
)
def test_skipped_hours_and_days_are_waited_out(at: datetime, welcome: datetime) -> None:
    assert first_allowed(at, SKIPPING) == welcome


@pytest.mark.parametrize(
    "state",
    [replace(STATE, skip_hours=tuple(range(24))), replace(STATE, skip_days=tuple(range(7)))],
)
def test_a_source_that_skips_everything_is_asked_all_the_same(state: FetchState) -> None:
    assert not is_skipped_time(NOW, state)


@pytest.mark.parametrize(
    ("failures", "longest"), [(0, HOUR), (1, 2 * HOUR), (3, 8 * HOUR), (5, DAY), (10_000, DAY)]
)
def test_failures_back_off_by_doubling_up_to_a_day_and_a_little_apart(
    failures: int, longest: timedelta
) -> None:
    waits = [next_attempt(f"s{n}", failures, NOW) - NOW + LEEWAY for n in range(20)]

    assert all(max(longest * (1 - SPREAD), FIRST_BACK_OFF) <= wait <= longest for wait in waits)
    assert len(set(waits)) == (20 if failures else 1)
