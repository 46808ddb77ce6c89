"""The pages of the sources: the list of all, and one for each with its stories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.source_status import (
    HealthStatus,
    ListedIssue,
    SourceHealth,
    SourceStatus,
)
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Lane, Source, SourceKind
from aggregator.domain.web.urls import fetchable_url
from aggregator.site.head import Head, Link, absolute, contact_link
from aggregator.site.labels import LANE_NAMES, VERDICT_NAMES
from aggregator.site.lists.line_groups import (
    LineGroup,
    Pager,
    months,
    paged,
    pages_of,
    unfolded_first,
)
from aggregator.site.lists.lines import StoryLine
from aggregator.templating.translation import IN_ENGLISH, Translations, translations

_UNFOLDED = 24  # stories in view: the others open by their month
# Permanent verdicts are in the table only; those that can be fixed, or hide news, lead the page.
_LASTING = frozenset(
    {HealthStatus.OK, HealthStatus.NEW, HealthStatus.UNDATED, HealthStatus.PAYWALLED}
)


@frozen
class DayLine:
    """A day (UTC) on which a source brought something new or failed."""

    day: str
    new: str
    failed: bool


@frozen
class SourceLine:
    """A source in the list. `verdict` is empty if nothing is wrong; `followed` is false once it
    left the configuration; `path` is empty before it has a page.

    `url_name` says what stands at its `url`, `route` where it is read if not at its only feed.
    `licence` is that of its texts and `removal` its publisher's contact for removals, if stated.
    `why` is the reason of the verdict, `since` its begin, if known; `alarming` ones lead the list.
    """

    key: str
    name: str
    path: str
    lane: str
    url: str
    url_name: str
    licence: str
    removal: Link | None
    articles: str
    stories: str
    newest: datetime | None
    verdict: str
    why: str
    since: datetime | None
    alarming: bool
    rhythm: str
    route: str
    read: str
    days: tuple[DayLine, ...]
    issues: tuple[ListedIssue, ...]
    followed: bool


@frozen
class SourcesPage:
    """All sources: first those with a problem, then by the name of their lane."""

    head: Head
    count: str
    ailing: tuple[SourceLine, ...]
    groups: tuple[tuple[str, tuple[SourceLine, ...]], ...]


@frozen
class SourcePage:
    """One source and the stories with an article of it. `ask` is the publisher's link for
    removals.
    """

    head: Head
    line: SourceLine
    groups: tuple[LineGroup, ...]
    pager: Pager
    ask: str


def _url_name(source: Source, words: Translations) -> str:
    if source.public_url:
        return words("its page")
    return words("its feed") if source.kind is SourceKind.FEED else words("its list of posts")


def source_line(
    status: SourceStatus,
    stories: int,
    *,
    followed: bool = True,
    has_page: bool = True,
    words: Translations = IN_ENGLISH,
) -> SourceLine:
    """The line of a source; it does not change by a fetch without news. One that is not followed
    has no verdict: nobody asks it.
    """
    source = status.source
    health = status.health if followed else SourceHealth(verdict=HealthStatus.OK, why="")
    return SourceLine(
        key=source.key,
        name=source.name,
        path=f"source/{source.key}/" if has_page else "",
        lane=words(LANE_NAMES[source.lane]),
        url=fetchable_url(source.link) or "",
        url_name=_url_name(source, words),
        licence=source.licence,
        removal=_removal(source, words),
        articles=words.number(status.articles),
        stories=words.counted(stories, "%s story", "%s stories"),
        newest=status.newest,
        verdict=""
        if health.verdict in (HealthStatus.OK, HealthStatus.NEW)
        else words(VERDICT_NAMES[health.verdict]),
        why=_why(health, words),
        since=health.since,
        alarming=followed and health.verdict not in _LASTING,
        rhythm=status.rhythm,
        route=status.route,
        read=_read_words(status, words),
        days=tuple(
            DayLine(
                day=words.day(day.day),
                new=words.number(day.new) if day.new else words("none"),
                failed=day.failed > 0,
            )
            for day in status.days
        ),
        issues=tuple(replace(issue, url=fetchable_url(issue.url) or "") for issue in status.issues),
        followed=followed,
    )


def _why(health: SourceHealth, words: Translations) -> str:
    """The reason of a verdict, without what its page shows beside it: since when a source is
    silent, and its rhythm.
    """
    if health.verdict is HealthStatus.STALE:
        return words("It responds, but lists nothing newer.")
    return "" if health.verdict in (HealthStatus.OK, HealthStatus.NEW) else health.why


def _removal(source: Source, words: Translations) -> Link | None:
    contact = source.removal_contact.strip()
    url = fetchable_url(contact) or contact_link(
        contact, subject=words("Texts of %(name)s", name=source.name), body=""
    )
    return Link(name=contact.removeprefix("mailto:"), url=url) if url else None


def _read_words(status: SourceStatus, words: Translations) -> str:
    """How much of its articles could be read, and how many entries were left out, if any."""
    parts = []
    if status.articles:
        articles = words.counted(status.articles, "%s article", "%s articles")
        parts.append(
            words(
                "%(full)s of %(articles)s read in full",
                full=words.number(status.full),
                articles=articles,
            )
        )
    if status.articles and status.walled:
        pages = words.counted(status.pages, "%s page", "%s pages")
        parts.append(
            words(
                "%(closed)s of %(pages)s blocked",
                closed=words.number(status.walled),
                pages=pages,
            )
        )
    if status.left_out:
        entries = words.counted(status.left_out, "%s entry", "%s entries")
        parts.append(words("%(entries)s skipped: no link or no title", entries=entries))
    return "; ".join(parts)


def sources_page(lines: Sequence[SourceLine], site: SiteSettings) -> SourcesPage:
    """The list of all sources."""
    named = sorted(lines, key=lambda line: (line.name.casefold(), line.key))
    words = translations(site.language)
    lanes = [words(LANE_NAMES[lane]) for lane in Lane]
    groups = [
        (lane, tuple(line for line in named if line.followed and line.lane == lane))
        for lane in lanes
    ]
    gone = tuple(line for line in named if not line.followed)
    groups.append((words("No longer followed"), gone))
    head = Head(
        title=words("Sources"),
        description=words("All sources of this site, with their status."),
        url=absolute(site, "source/"),
        place="source",
    )
    return SourcesPage(
        head=head,
        count=words.counted(sum(line.followed for line in lines), "%s source", "%s sources"),
        ailing=tuple(line for line in named if line.alarming),
        groups=tuple((name, some) for name, some in groups if some),
    )


def source_pages(
    line: SourceLine, stories: Sequence[StoryLine], site: SiteSettings
) -> tuple[tuple[str, SourcePage], ...]:
    """The pages of one source with their paths, its newest stories first."""
    words = translations(site.language)
    ask = contact_link(
        site.contact,
        subject=words("Removal of the texts of %(name)s (%(key)s)", name=line.name, key=line.key),
        body=(
            f"{absolute(site, line.path)}\n{words('I am writing on behalf of the publisher.')}\n\n"
        ),
    )
    return tuple(
        (
            path,
            SourcePage(
                head=_head(line, path, pager, site),
                line=line,
                groups=unfolded_first(groups, _UNFOLDED),
                pager=pager,
                ask=ask,
            ),
        )
        for path, groups, pager in pages_of(months(stories, site.zone, words), line.path)
    )


def _head(line: SourceLine, path: str, pager: Pager, site: SiteSettings) -> Head:
    words = translations(site.language)
    return Head(
        title=paged(line.name, pager, words),
        description=words("%(stories)s from %(sources)s", stories=line.stories, sources=line.name),
        url=absolute(site, path),
        place="source",
    )
