"""The front page, and what stands there before there is news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from aggregator.compose.head import Head, absolute
from aggregator.compose.lines import SIDE_LANES, Group, StoryLine, by_score, by_time, days, varied, without
from aggregator.compose.week import WeekLine
from aggregator.compose.words import LANE_NAMES, counted
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Lane, SourceStanding

_MORE = 5
_LATEST = 24
_SIDE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureGroup:
    """The sources that failed for the same reason."""

    reason: str
    count: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The front page. `failures` are shown where there is no story yet: they say why."""

    head: Head
    lead: StoryLine | None
    more: tuple[StoryLine, ...]
    latest: tuple[Group, ...]
    side: tuple[Group, ...]
    recap: WeekLine | None
    recap_top: tuple[StoryLine, ...]
    sources: str
    failures: tuple[FailureGroup, ...]

    @property
    def has_news(self) -> bool:
        """Whether there is any story."""
        return self.recap is not None


def front_page(
    lines: Sequence[StoryLine],
    recap: WeekLine | None,
    recap_lines: Sequence[StoryLine],
    standings: Sequence[SourceStanding],
    site: SiteSettings,
    zone: tzinfo,
) -> FrontPage:
    """The front page: scores age by themselves, so the best story of all is the lead of today."""
    ranked = by_score(lines)
    leads = varied((line for line in ranked if line.leads), 1 + _MORE)
    latest = without(by_time(line for line in lines if line.lane not in SIDE_LANES), leads)[:_LATEST]
    return FrontPage(
        head=Head(title=site.title, description=site.description, url=absolute(site, ""), place="front"),
        lead=leads[0] if leads else None,
        more=leads[1:],
        latest=days(latest, zone),
        side=_side(ranked),
        recap=recap,
        recap_top=varied((line for line in by_score(recap_lines) if line.leads), 3, per_source=1),
        sources=counted(len(standings), "source"),
        failures=failure_groups(standings),
    )


def failure_groups(standings: Sequence[SourceStanding]) -> tuple[FailureGroup, ...]:
    """The failing sources by reason, the most frequent first."""
    reasons: dict[str, list[str]] = {}
    for standing in standings:
        if standing.failing_since is not None:
            reasons.setdefault(standing.reason or "no reason recorded", []).append(standing.source.name)
    ordered = sorted(reasons.items(), key=lambda each: (-len(each[1]), each[0]))
    return tuple(
        FailureGroup(reason=reason, count=counted(len(names), "source"), names=tuple(sorted(names, key=str.casefold)))
        for reason, names in ordered
    )


def _side(ranked: Sequence[StoryLine]) -> tuple[Group, ...]:
    """The best of the lanes that are listed apart, of the newest week that has any."""
    groups = []
    for lane in (lane for lane in Lane if lane in SIDE_LANES):
        best = varied((line for line in ranked if line.lane is lane and line.hook), _SIDE, per_source=3)
        groups.append(Group(name=LANE_NAMES[lane], lines=best))
    return tuple(group for group in groups if group.lines)
