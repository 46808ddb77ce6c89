"""The polling interval of a source: by the rhythm of its posts, within our bounds, and never
shorter than it requests. Pure.

Without a validator every answer is the whole document, so such a source is asked daily, and oftener
only where its document reaches back less than two days, as posts would be missed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from statistics import median

from aggregator.domain.dates import aware_utc
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import FetchSettings

DAY = timedelta(days=1)
MAX_REQUESTED_INTERVAL = (
    DAY  # of max-age, ttl and the like: a typing error must not silence a source for good
)
MOST_PAUSE = timedelta(days=30)  # of Retry-After, which nobody sends by mistake

POSTS = 20  # the newest, whose gaps make the rhythm: a month of a daily source, a day of a busy one
GAP_SHARE = 4  # a source is asked four times in the median gap between its posts
# and later by a sixteenth of the time that it has been quiet: a source that died costs little
QUIET_SHARE = 16
SOONEST_WHOLE = timedelta(
    hours=4
)  # between two answers that are the whole document, however short it reaches back

# Sources that were added together shall not fall due together for ever; up to a tenth sooner, each
# by its own share.
SPREAD = 0.1
# A schedule of every hour never begins at the same instant: without this, each second run would
# find nothing due.
LEEWAY = timedelta(seconds=60)

FIRST_BACK_OFF = timedelta(
    hours=1
)  # after a first failure, doubled by each further one: no sooner than one that answers
MOST_BACK_OFF = DAY

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_LONGEST_S = 30 * 86_400
_ROUNDING = timedelta(seconds=2)  # an interval is stored in whole seconds


def posting_rhythm(moments: Iterable[datetime], now: datetime, *, has_validators: bool) -> int:
    """Seconds between two visits that the dates of a document suggest; 0 where they suggest
    nothing.
    """
    posts = sorted({moment for moment in moments if moment <= now}, reverse=True)
    quiet_s = (now - posts[0]).total_seconds() if posts else 0.0
    if has_validators:
        gaps_s = [(later - earlier).total_seconds() for later, earlier in pairwise(posts[:POSTS])]
        own_s = median(gaps_s) / GAP_SHARE if gaps_s else 0.0
    else:
        reach_s = (
            (posts[0] - posts[-1]).total_seconds() / 2 if len(posts) > 1 else DAY.total_seconds()
        )
        own_s = min(max(reach_s, SOONEST_WHOLE.total_seconds()), DAY.total_seconds())
    return _bounded(own_s + quiet_s / QUIET_SHARE)


def slower_rhythm(state: FetchState, now: datetime) -> int | None:
    """The rhythm after an answer without news: slower by a share of the time since the last
    answer.
    """
    if state.rhythm_s is None or state.last_ok is None:
        return state.rhythm_s
    return _bounded(state.rhythm_s + (now - state.last_ok).total_seconds() / QUIET_SHARE)


def next_visit(
    state: FetchState, headers: Mapping[str, str], settings: FetchSettings, now: datetime
) -> datetime:
    """When a source that answered is due: by its rhythm, not before its max-age, ttl and skipped
    hours let us.
    """
    shortest = timedelta(seconds=settings.shortest_interval_s)
    if not (state.etag or state.last_modified):
        shortest = max(shortest, SOONEST_WHOLE)
    own = timedelta(seconds=state.rhythm_s or 0) * (1 - SPREAD * _share(state.source_key))
    own = max(min(own, timedelta(seconds=settings.longest_interval_s)), shortest)
    requested = timedelta(seconds=state.told_s or 0)
    return first_allowed(
        now
        + max(own - LEEWAY, min(max(requested, _freshness(headers, now)), MAX_REQUESTED_INTERVAL)),
        state,
    )


def next_attempt(source_key: str, failures: int, now: datetime) -> datetime:
    """When a source is asked again that failed, `failures` times in a row before."""
    wait = min(FIRST_BACK_OFF * (1 << min(failures, 20)), MOST_BACK_OFF)
    spread = SPREAD * _share(f"{source_key} {failures}") if failures else 0.0
    return now + max(wait * (1 - spread), FIRST_BACK_OFF) - LEEWAY


def is_skipped_time(at: datetime, state: FetchState) -> bool:
    """Whether the source asked not to be fetched in that hour or on that day (RSS skipHours and
    skipDays, in UTC).

    One that names every hour, or every day, has made a mistake, and is ignored.
    """
    at = at.astimezone(UTC)
    hours, days = set(state.skip_hours), set(state.skip_days)
    return (at.hour in hours and len(hours) < 24) or (at.weekday() in days and len(days) < 7)


def first_allowed(at: datetime, state: FetchState) -> datetime:
    """The moment itself, or the beginning of the next hour in which the source may be fetched."""
    while is_skipped_time(at, state):
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the server allows the next request: seconds or a date (RFC 9110 §10.2.3), between now
    and a month ahead.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return now + min(timedelta(seconds=min(int(value[:12]), 10**9)), MOST_PAUSE)
    at = _date(value)
    return min(max(at, now), now + MOST_PAUSE) if at else None


@frozen
class PollingInterval:
    """The time from the last visit to the next, and why it is that long."""

    interval: timedelta
    why: str


def polling_interval(state: FetchState, settings: FetchSettings) -> PollingInterval | None:
    """The polling interval of a source and its reason; None without a last or a next visit."""
    if state.due is None or state.last_tried is None:
        return None
    return PollingInterval(
        interval=state.due - state.last_tried, why=_interval_words(state, settings)
    )


def _interval_words(state: FetchState, settings: FetchSettings) -> str:
    if state.barred_until and state.due == state.barred_until:
        return "its server asked for a pause"
    if state.failures or state.reason or state.due is None or state.last_ok is None:
        return _failure_words(state)
    without_wishes = next_visit(replace(state, told_s=None), {}, settings, state.last_ok)
    if state.due > next_visit(state, {}, settings, state.last_ok) + _ROUNDING:
        return "its server's cache lifetime"
    if state.due > without_wishes + _ROUNDING:
        return "its feed asks for it"
    if (
        not (state.etag or state.last_modified)
        and state.due - state.last_ok >= SOONEST_WHOLE - LEEWAY
    ):
        return "its server does not support conditional requests"
    return "its posting rhythm"


def _failure_words(state: FetchState) -> str:
    if not state.failures:
        return "no source could be reached"
    return "it failed" if state.failures == 1 else f"it failed {state.failures} times in a row"


def _freshness(headers: Mapping[str, str], now: datetime) -> timedelta:
    """How long the answer may be kept: max-age, else Expires (RFC 9111 §4.2.1, for a cache of one
    reader).
    """
    if max_age := _MAX_AGE.search(headers.get("cache-control", "")):
        return timedelta(seconds=min(int(max_age[1]), 10**9))
    expires = _date(headers.get("expires", ""))
    return expires - (_date(headers.get("date", "")) or now) if expires else timedelta(0)


def _date(written: str) -> datetime | None:
    if not written:
        return None
    try:
        return aware_utc(parsedate_to_datetime(written))
    except (
        ValueError,
        IndexError,
        TypeError,
        OverflowError,
    ):  # what email.utils raises on hostile dates
        return None


def _share(of: str) -> float:
    """A number from 0 to 1 that is always the same for the same text."""
    return int.from_bytes(hashlib.blake2b(of.encode(), digest_size=4).digest()) / 2**32


def _bounded(seconds: float) -> int:
    return min(int(seconds), _LONGEST_S)
