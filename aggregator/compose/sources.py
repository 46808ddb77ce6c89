"""The pages of the sources: the list of all, and one for each with its stories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from aggregator.compose.head import Head, absolute
from aggregator.compose.lines import Group, Pager, StoryLine, months, pages_of
from aggregator.compose.words import LANE_NAMES
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Lane, SourceStanding
from aggregator.domain.urls import fetchable_url
from aggregator.domain.wording import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A source in the list. `reason` is empty where it answers; `followed` is false once it left the configuration."""

    key: str
    name: str
    path: str
    lane: str
    url: str
    licence: str
    articles: str
    stories: str
    newest: datetime | None
    failing_since: datetime | None
    reason: str
    followed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceGroup:
    """The sources of one lane."""

    name: str
    lines: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesPage:
    """All sources: those that fail first, then by lane."""

    head: Head
    count: str
    failing: tuple[SourceLine, ...]
    groups: tuple[SourceGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """One source and the stories that an article of it is part of."""

    head: Head
    line: SourceLine
    groups: tuple[Group, ...]
    pager: Pager


def source_line(standing: SourceStanding, stories: int, *, followed: bool = True) -> SourceLine:
    """What is told of a source: nothing that changes by merely asking it."""
    source = standing.source
    return SourceLine(
        key=source.key,
        name=source.name,
        path=f"source/{source.key}/",
        lane=LANE_NAMES[source.lane],
        url=fetchable_url(source.url) or "",
        licence=source.licence,
        articles=f"{standing.articles:,}",
        stories=counted(stories, "story", "stories"),
        newest=standing.newest,
        failing_since=standing.failing_since,
        reason=(standing.reason or "no reason recorded") if standing.failing_since else "",
        followed=followed,
    )


def sources_page(lines: Sequence[SourceLine], site: SiteSettings) -> SourcesPage:
    """The list of all sources."""
    named = sorted(lines, key=lambda line: (line.name.casefold(), line.key))
    groups = [SourceGroup(name=LANE_NAMES[lane], lines=_of_lane(named, LANE_NAMES[lane])) for lane in Lane]
    gone = tuple(line for line in named if not line.followed)
    groups.append(SourceGroup(name="No longer followed", lines=gone))
    head = Head(
        title="Sources", description="Who is read here, and who cannot be reached.", url=absolute(site, "source/"), place="source"
    )
    return SourcesPage(
        head=head,
        count=counted(sum(line.followed for line in lines), "source"),
        failing=tuple(line for line in named if line.reason and line.followed),
        groups=tuple(group for group in groups if group.lines),
    )


def source_pages(
    line: SourceLine, stories: Sequence[StoryLine], site: SiteSettings, zone: tzinfo
) -> tuple[tuple[str, SourcePage], ...]:
    """The pages of one source with their paths, its newest stories first."""
    return tuple(
        (path, SourcePage(head=_head(line, path, pager, site), line=line, groups=groups, pager=pager))
        for path, groups, pager in pages_of(months(stories, zone), line.path)
    )


def _of_lane(lines: Sequence[SourceLine], lane: str) -> tuple[SourceLine, ...]:
    return tuple(line for line in lines if line.followed and line.lane == lane)


def _head(line: SourceLine, path: str, pager: Pager, site: SiteSettings) -> Head:
    page = f", page {pager.number}" if pager.number > 1 else ""
    return Head(
        title=line.name + page,
        description=f"What {line.name} reported, in {line.stories}.",
        url=absolute(site, path),
        place="source",
    )
