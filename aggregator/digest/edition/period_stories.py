"""Which period a story belongs to: the one in which it began, and those in which it went on."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from aggregator.domain.dates import local_day
from aggregator.domain.publishing.period import PeriodKind, period_days, period_kind, period_of
from aggregator.domain.story import Story

# A story that was read later than this belongs to the day of its publication: else the first day of
# a new installation had the news of a week. A date without a time is the day's beginning.
_LATE = timedelta(hours=36)


def began_in(story: Story, kind: PeriodKind, zone: ZoneInfo) -> str:
    """The week or day in which a story began for the readers of this site."""
    if kind is PeriodKind.WEEK:
        return story.week
    is_late = story.first_seen - story.published > _LATE
    return period_of(kind, local_day(story.published if is_late else story.first_seen, zone))


def goes_on(story: Story, period: str, zone: ZoneInfo) -> bool:
    """Whether a publisher that had not reported an earlier story did so of its own accord in this
    period.
    """
    if began_in(story, period_kind(period), zone) >= period:
        return False
    first, last = period_days(period)
    originals = [
        (local_day(member.article.published.at, zone), member.family)
        for member in story.members
        if member.copy_of is None
    ]
    known = {family for day, family in originals if day < first}
    return any(first <= day <= last and family not in known for day, family in originals)
