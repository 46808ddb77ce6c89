"""The front page, also before there is any news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import islice

from aggregator.domain.dates import local_day
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.operation.source_status import SourceStatus
from aggregator.domain.publishing.artwork import Artwork, story_artwork
from aggregator.domain.publishing.news_section import SECTION_LABELS, SECTION_NAMES, NewsSection
from aggregator.domain.publishing.newsroom import role_name
from aggregator.domain.publishing.page import PagePart
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import SIDE_LANES
from aggregator.site.edition.records import EditionLine
from aggregator.site.head import Head, Link, absolute
from aggregator.site.lists.actions import RoleAction, chosen_of_roles, role_actions
from aggregator.site.lists.leads import last_published
from aggregator.site.lists.line_groups import LineGroup, days
from aggregator.site.lists.lines import (
    StoryLine,
    by_score,
    by_time,
    summarised_first,
    varied,
    without,
)
from aggregator.site.lists.side_lists import topics_shown
from aggregator.site.lists.week import WeekLine
from aggregator.site.paths import role_path
from aggregator.templating.translation import IN_ENGLISH, Translations, translations

_SECONDS = 3
_LEADS_PER_TOPIC = 2  # of the four: a week of one great topic still shows that there are others
_ACTIONS = 6  # things to do next
_ROLES = 3  # that the lead concerns
_LATEST = 12
_LATEST_PER_SOURCE = 4  # a source that publishes by the dozen leaves room for the others
_LEAD_REACH = (
    0.5  # points below the best that a fuller story may lie and still lead: a second origin
)
_REACH = timedelta(days=28)  # older news stands on no front page, if there is newer
_NEW = timedelta(days=1)  # before the newest day: what is new is of these days
_WEEK = timedelta(days=7)  # likewise: older news is not among the latest
_QUIET = 4  # stories in these days: with fewer the page is short, and says so
_SECTION_LINES = 5
_SHOWN = 1  # of a section with its summary
_FEWEST_LINES = 3  # of a section: until there are so many, headlines that say little count too


@frozen
class FailureGroup:
    """The sources that failed for the same reason."""

    reason: str
    count: str
    names: tuple[str, ...]


@frozen
class FrontPage:
    """The front page. `art` is the picture of the lead, `roles` are those that it concerns,
    `seconds` are the next best stories, `actions` what roles could do next,
    `week`, `edition` and `day` (an edition too) the newest; `failures` are shown while there is no
    story.

    `as_of` is the last change of any story that the page may show, `quiet` says that there is
    little news, if so. `names` are those of the sections, `topics` those of the topics shown,
    `subscribe` is the address of the form, `rhythm` says how often mail comes, `followed` is the
    number of sources that are switched on. The first line of a section is to be shown larger.
    """

    head: Head
    lead: StoryLine | None
    art: Artwork | None
    seconds: tuple[StoryLine, ...]
    actions: tuple[RoleAction, ...]
    sections: tuple[LineGroup, ...]
    latest: tuple[LineGroup, ...]
    week: WeekLine | None
    edition: EditionLine | None
    as_of: datetime | None
    quiet: str
    sources: str
    failures: tuple[FailureGroup, ...]
    names: Mapping[NewsSection, str]
    topics: Mapping[str, str]
    roles: tuple[Link, ...] = ()
    subscribe: str = ""
    rhythm: str = ""
    followed: int = 0
    day: EditionLine | None = None
    parts: tuple[PagePart, ...] = ()

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
        return self.week is not None


def front_page(
    weeks: Sequence[WeekLine],
    lines: Mapping[str, Sequence[StoryLine]],
    statuses: Sequence[SourceStatus],
    edition: EditionLine | None,
    site: SiteSettings,
    topics: Mapping[str, str],
) -> FrontPage:
    """The front page from the weeks, newest first, and the lines of each by its name. It shows no
    story twice.

    `topics` are the names of all topics by key.
    """
    words, zone = translations(site.language), site.zone
    followed = [status for status in statuses if status.source.enabled]
    known = by_score(line for some in lines.values() for line in some)
    ranked = _recent(known, zone)
    leads = varied(
        _lead_first([line for line in ranked if line.leads]),
        1 + _SECONDS,
        per_topic=_LEADS_PER_TOPIC,
    )
    new = _news_since(ranked, _NEW, zone)
    is_quiet = len(new) < _QUIET
    most = _FEWEST_LINES if is_quiet else _SECTION_LINES
    sections = _sections(without(ranked, leads), words, most)
    shown = [line for section in sections for line in section.lines]
    rest = without(_news_since(ranked, _WEEK, zone), leads, shown)
    latest = varied(by_time(rest), _LATEST, per_source=_LATEST_PER_SOURCE)
    return FrontPage(
        head=Head(
            title=site.title, description=site.description, url=absolute(site, ""), place="front"
        ),
        lead=leads[0] if leads else None,
        art=_artwork(leads[0]) if leads else None,
        seconds=leads[1:],
        actions=chosen_of_roles(
            role_actions(
                ranked, _newest_day(ranked, zone), zone, words, leads[0].id if leads else ""
            ),
            _ACTIONS,
        ),
        sections=sections,
        latest=days(latest, zone, words),
        week=weeks[0] if weeks else None,
        edition=edition,
        as_of=max((line.changed for line in ranked), default=None),
        quiet=_quiet(new, zone, words) if is_quiet and new else "",
        sources=words.counted(len(followed), "%s source", "%s sources"),
        failures=failure_groups(followed, words),
        names={section: words(name) for section, name in SECTION_LABELS.items()},
        topics=topics_shown(latest, topics),
        roles=tuple(
            Link(name=words(role_name(role)), url=role_path(role))
            for line in leads[:1]
            for role in line.roles[:_ROLES]
        ),
        followed=len(followed),
    )


def failure_groups(
    statuses: Sequence[SourceStatus], words: Translations = IN_ENGLISH
) -> tuple[FailureGroup, ...]:
    """The failing sources by reason, the most frequent first."""
    reasons = grouped(
        (status.reason or words("no reason recorded"), status.source.name)
        for status in statuses
        if status.failing_since is not None
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
    with the most content; behind it those with a summary before the others near them. Where all
    of these are headlines alone, the best of the week with a summary leads them.
    """
    near = [line for line in ranked if line.pinned or line.score >= ranked[0].score - _LEAD_REACH]
    if not any(line.pinned or line.hook for line in near):
        newest = last_published(ranked)
        told = (line for line in ranked if line.hook and newest - line.published <= _WEEK)
        near = list(islice(told, 1)) or near
    lead = max(
        near,
        key=lambda line: (
            line.pinned,
            line.hook is not None,
            (len(line.families) > 1) + bool(line.changes),
        ),
        default=None,
    )
    return [lead, *summarised_first(without(ranked, [lead]), _SECONDS)] if lead else []


def _artwork(lead: StoryLine) -> Artwork | None:
    hook = lead.hook.text if lead.hook else ""
    art = story_artwork(lead.section, lead.subject, lead.headline, hook)
    return art if art.large else None


def _recent(ranked: Sequence[StoryLine], zone: tzinfo) -> list[StoryLine]:
    """The lines of the last weeks, and what the operator pinned; all where no recent one may
    lead.
    """
    newest = _newest_day(ranked, zone)
    recent = [
        line for line in ranked if line.pinned or newest - local_day(line.published, zone) <= _REACH
    ]
    return recent if any(line.leads for line in recent) else list(ranked)


def _news_since(lines: Sequence[StoryLine], reach: timedelta, zone: tzinfo) -> list[StoryLine]:
    """The news of the newest day and of so long before."""
    newest = _newest_day(lines, zone)
    return [
        line for line in lines if line.is_news and newest - local_day(line.published, zone) <= reach
    ]


def _newest_day(lines: Sequence[StoryLine], zone: tzinfo) -> date:
    return max((local_day(line.published, zone) for line in lines), default=date.min)


def _quiet(new: Sequence[StoryLine], zone: tzinfo, words: Translations) -> str:
    """Since when there was little news, or none, in words."""
    since, newest = min(line.published for line in new), _newest_day(new, zone)
    day = words.day_of_year(local_day(since, zone))
    if local_day(since, zone) == newest:
        return words("No new stories since %(day)s.", day=day)
    return words("Few new stories since %(day)s.", day=day)


def _sections(lines: Sequence[StoryLine], words: Translations, most: int) -> tuple[LineGroup, ...]:
    """The sections that have any story, each with at most so many of its best."""
    told: dict[NewsSection, list[StoryLine]] = {}
    bare: dict[NewsSection, list[StoryLine]] = {}
    for line in lines:
        if line.leads or (line.hook and line.lane in SIDE_LANES):
            told.setdefault(line.section, []).append(line)
        elif line.is_news:
            bare.setdefault(line.section, []).append(line)
    found = []
    for section, name in SECTION_NAMES.items():
        best = varied(summarised_first(told.get(section, ()), _SHOWN), most)
        fill = varied(bare.get(section, ()), max(_FEWEST_LINES - len(best), 0))
        if best or fill:
            found.append(LineGroup(name=words(name), lines=(*best, *fill)))
    return tuple(found)
