"""The front page, also before there is any news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Lane, SourceStatus
from aggregator.site.edition.records import EditionLine
from aggregator.site.head import Head, absolute
from aggregator.site.labels import LANE_NAMES
from aggregator.site.lists.lines import (
    SIDE_LANES,
    LineGroup,
    StoryLine,
    by_importance,
    by_score,
    by_time,
    days,
    varied,
    without,
)
from aggregator.site.lists.subject_page import topics_shown
from aggregator.site.lists.week import WeekLine
from aggregator.templating.translation import IN_ENGLISH, Translations, translations

_MORE = 5
_LEADS_PER_TOPIC = 3  # of the six: a week of one great topic still shows that there are others
_LATEST = 24
_LATEST_PER_SOURCE = (
    6  # a source that publishes by the dozen does not push the others off the front
)
_LEAD_REACH = (
    0.5  # points below the best that a fuller story may lie and still lead: a second origin
)
_WEEK_LINES = 6
_RAIL_LINES = 10  # weeks are added beside the news until they have so many lines
_RAIL_WEEKS = 4
_SIDE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureGroup:
    """The sources that failed for the same reason."""

    reason: str
    count: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekTop:
    """A week beside the news: its line, and its best stories that the page shows nowhere else."""

    line: WeekLine
    top: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The front page. `weeks` and `edition` are the newest; `failures` are shown while there is no
    story.

    `topics` are the names of the topics shown beside its lines, `followed` is the number of sources
    that are switched on.
    """

    head: Head
    lead: StoryLine | None
    more: tuple[StoryLine, ...]
    latest: tuple[LineGroup, ...]
    weeks: tuple[WeekTop, ...]
    edition: EditionLine | None
    side: tuple[LineGroup, ...]
    sources: str
    failures: tuple[FailureGroup, ...]
    topics: Mapping[str, str]
    subscribe: str = ""
    followed: int = 0

    @property
    def beside(self) -> int:
        """How many of the further top stories are placed beside the lead; the rest is below it."""
        return 3 if self.lead and self.lead.changes else 2

    @property
    def none_answered(self) -> bool:
        """Whether every source failed at its last fetch, usually because our own network is
        down.
        """
        return (
            bool(self.failures)
            and sum(len(failure.names) for failure in self.failures) == self.followed
        )

    @property
    def has_news(self) -> bool:
        """Whether there is any story."""
        return bool(self.weeks)


def front_page(
    weeks: Sequence[WeekLine],
    lines: Mapping[str, Sequence[StoryLine]],
    statuses: Sequence[SourceStatus],
    edition: EditionLine | None,
    site: SiteSettings,
    zone: tzinfo,
    topics: Mapping[str, str],
    subscribe: str = "",
) -> FrontPage:
    """The front page from the weeks, newest first, and the lines of each by its name. It shows no
    story twice.

    `topics` are the names of all topics by key, `subscribe` the address of the form, if there is
    one.
    """
    words = translations(site.language)
    ranked = by_score(line for some in lines.values() for line in some)
    leads = varied(
        _lead_first([line for line in ranked if line.leads]), 1 + _MORE, per_topic=_LEADS_PER_TOPIC
    )
    latest = varied(by_time(without(_news(ranked), leads)), _LATEST, per_source=_LATEST_PER_SOURCE)
    return FrontPage(
        head=Head(
            title=site.title, description=site.description, url=absolute(site, ""), place="front"
        ),
        lead=leads[0] if leads else None,
        more=leads[1:],
        latest=days(latest, zone, words),
        weeks=_week_tops(weeks, lines, leads, latest),
        edition=edition,
        side=_side(ranked, words),
        sources=words.counted(len(statuses), "%s source", "%s sources"),
        failures=failure_groups(statuses, words),
        topics=topics_shown((*leads, *latest), topics),
        subscribe=subscribe,
        followed=sum(status.source.enabled for status in statuses),
    )


def failure_groups(
    statuses: Sequence[SourceStatus], words: Translations = IN_ENGLISH
) -> tuple[FailureGroup, ...]:
    """The failing sources by reason, the most frequent first."""
    reasons: dict[str, list[str]] = {}
    for status in statuses:
        if status.failing_since is not None:
            reasons.setdefault(status.reason or words("no reason recorded"), []).append(
                status.source.shown_name
            )
    ordered = sorted(reasons.items(), key=lambda group: (-len(group[1]), group[0]))
    return tuple(
        FailureGroup(
            reason=reason,
            count=words.counted(len(names), "%s source", "%s sources"),
            names=tuple(sorted(names, key=str.casefold)),
        )
        for reason, names in ordered
    )


def _lead_first(ranked: Sequence[StoryLine]) -> list[StoryLine]:
    """The same lines with the lead first: a pinned one, else of those near the best score the one
    with the most content.
    """
    near = [line for line in ranked if line.pinned or line.score >= ranked[0].score - _LEAD_REACH]
    lead = max(
        near,
        key=lambda line: (line.pinned, (len(line.families) > 1) + bool(line.changes)),
        default=None,
    )
    return [lead, *without(ranked, [lead])] if lead else []


def _week_tops(
    weeks: Sequence[WeekLine], lines: Mapping[str, Sequence[StoryLine]], *shown: Sequence[StoryLine]
) -> tuple[WeekTop, ...]:
    """The newest weeks, as many as it takes to fill the column beside the news."""
    tops: list[WeekTop] = []
    for week in weeks[:_RAIL_WEEKS]:
        most = min(_WEEK_LINES, _RAIL_LINES - sum(len(top.top) for top in tops))
        if most > 0:
            tops.append(
                WeekTop(line=week, top=varied(without(_news(lines[week.week]), *shown), most))
            )
    return tuple(week_top for place, week_top in enumerate(tops) if week_top.top or place == 0)


def _news(lines: Sequence[StoryLine]) -> list[StoryLine]:
    """The most important first, without the lanes that are listed apart and what is no news."""
    return [line for line in by_importance(lines) if line.is_news]


def _side(ranked: Sequence[StoryLine], words: Translations) -> tuple[LineGroup, ...]:
    """The best of the lanes that are listed apart, by score."""
    groups = []
    for lane in (lane for lane in Lane if lane in SIDE_LANES):
        best = varied(
            (line for line in ranked if line.lane is lane and line.hook), _SIDE, per_source=3
        )
        groups.append(LineGroup(name=words(LANE_NAMES[lane]), lines=best))
    return tuple(group for group in groups if group.lines)
