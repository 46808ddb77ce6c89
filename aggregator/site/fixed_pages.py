"""The pages that every site has once: lists of lists, the front page, feeds and the files that
programs read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from aggregator.domain.publishing.page import ListId, Page, PageFile, list_page
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.settings import SiteSettings
from aggregator.site.cards import section_cards, with_card
from aggregator.site.content import SiteContent
from aggregator.site.edition.records import EditionLine, EditionPage
from aggregator.site.feeds import ENTRIES
from aggregator.site.head import FOLLOWING, Head, absolute
from aggregator.site.line_cache import WEEK, LineCache
from aggregator.site.list_kinds import index_pages, source_lines
from aggregator.site.lists.about import about_page, calibrating_text
from aggregator.site.lists.front import front_page
from aggregator.site.lists.lines import StoryLine
from aggregator.site.lists.notices import (
    BarePage,
    following_page,
    not_found_page,
    subscribe_page,
)
from aggregator.site.lists.side_lists import ListNames
from aggregator.site.lists.sources import sources_page
from aggregator.site.lists.subject_page import ENTITIES, ROLES, TOPICS
from aggregator.site.lists.week import ArchivePage, WeekLine, archive_pages
from aggregator.site.paths import entity_path, list_path, role_path, topic_path
from aggregator.site.record_json import record_from_json
from aggregator.site.server_files import MachineFiles, SitemapAddress, machine_pages
from aggregator.templating.translation import translations

_FRONT_WEEKS = 4  # whose lines the front page looks at,
_FRONT_LINES = 500  # and earlier ones until there are so many


def fixed_pages(
    content: SiteContent,
    cache: LineCache,
    composed: Sequence[EditionPage],
    summaries: Mapping[str, Mapping[str, str]],
    site: SiteSettings,
) -> Iterator[Page]:
    """The pages in the order of publication. `composed` are the editions by period, `summaries`
    those of lists by kind and key.
    """
    week_lines = summaries[WEEK]
    newest_first = [
        record_from_json(WeekLine, week_lines[week]) for week in sorted(week_lines, reverse=True)
    ]
    if not newest_first:
        yield _empty_week(site)
    words = translations(site.language)
    of_sources = source_lines(content.statuses, cache, words, content.kept)
    yield list_page("source/", "sources.html", sources_page(tuple(of_sources.values()), site))
    yield from index_pages(cache, content, summaries, site)
    archive = archive_pages(newest_first, [page.line for page in composed], site)
    for year in archive:
        yield list_page(year.path, "archive.html", year)
    newest = {page.line.kind: page.line for page in composed}
    yield from _pages_on_the_site(content, cache, newest, site)
    yield from _front_pages(content, cache, newest_first, newest, site)
    yield Page(record=None, files=(PageFile(path="worker.js", template="worker.js"),))
    lost = PageFile(path="404.html", template="lost.html", rooted=True)
    yield Page(record=not_found_page(site), files=(lost,))
    yield from machine_pages(
        _machine_files(content, cache, composed, archive, newest_first, site), site
    )


def _empty_week(site: SiteSettings) -> Page:
    """The page of this week before there is any story."""
    head = Head(
        title=translations(site.language)("This week"),
        description=site.description,
        url=absolute(site, "week/"),
        place="week",
    )
    return list_page("week/", "week-empty.html", BarePage(head=head))


def _pages_on_the_site(
    content: SiteContent,
    cache: LineCache,
    newest: Mapping[PeriodKind, EditionLine],
    site: SiteSettings,
) -> Iterator[Page]:
    """How the site is made, and how to follow it; `newest` are the newest editions by kind."""
    about = about_page(
        cache.numbers(),
        content.engine,
        content.statuses,
        len(content.editions),
        site,
        content.judge,
        content.score,
        sends_mail=bool(content.subscribe),
    )
    calibrating = calibrating_text(content.calibration, translations(site.language))
    yield list_page("about/", "about.html", replace(about, calibrating=calibrating))
    edition = newest.get(PeriodKind.WEEK) or newest.get(PeriodKind.DAY)
    follow = subscribe_page(content.subscribe, content.rhythm, edition, content.edition_due, site)
    yield list_page("subscribe/", "follow.html", follow)


def _front_pages(
    content: SiteContent,
    cache: LineCache,
    newest_first: Sequence[WeekLine],
    newest: Mapping[PeriodKind, EditionLine],
    site: SiteSettings,
) -> Iterator[Page]:
    """The front page with its card, and the page of what a reader follows; both have the lines of
    the newest weeks.
    """
    seen = _front_lines(cache, newest_first)
    front = front_page(
        newest_first,
        seen,
        content.statuses,
        newest.get(PeriodKind.WEEK),
        site,
        content.names.topics,
    )
    front = replace(
        front,
        subscribe=content.subscribe,
        rhythm=content.rhythm,
        day=newest.get(PeriodKind.DAY),
        parts=content.parts.get(("front", ""), ()),
    )
    front, cards = with_card(front, None, site, content.card_renderer)
    yield from (*cards, *section_cards(site, content.card_renderer))
    yield list_page("", "front.html", front)
    following = following_page(chain.from_iterable(seen.values()), content.preferences, site)
    yield list_page(FOLLOWING, "following.html", following)


def _front_lines(cache: LineCache, newest_first: Sequence[WeekLine]) -> dict[str, list[StoryLine]]:
    """The lines that the front page may show, by week: those of the newest weeks, and
    pinned ones.
    """
    seen: dict[str, list[StoryLine]] = {}
    for week in newest_first:
        if len(seen) >= _FRONT_WEEKS and sum(map(len, seen.values())) >= _FRONT_LINES:
            break
        seen[week.week] = list(cache.lines(ListId(kind=WEEK, key=week.week)))
    known = {line.id for some in seen.values() for line in some}
    if older := [line for line in cache.pinned() if line.id not in known]:
        seen["pinned"] = older
    return seen


def _machine_files(
    content: SiteContent,
    cache: LineCache,
    composed: Sequence[EditionPage],
    archive: Sequence[ArchivePage],
    newest_first: Sequence[WeekLine],
    site: SiteSettings,
) -> MachineFiles:
    with_edition = {page.line.period for page in composed}
    return MachineFiles(
        newest=cache.newest(ENTRIES),
        errata=cache.errata(),
        recent=[
            line
            for week in newest_first[:2]
            for line in cache.lines(ListId(kind=WEEK, key=week.week))
        ],
        editions=composed,
        addresses=_addresses(cache, composed, site),
        lists=_list_paths(content.names, content.links, archive, newest_first, with_edition),
        carded=content.has_card,
    )


def _addresses(
    cache: LineCache, editions: Sequence[EditionPage], site: SiteSettings
) -> Iterator[SitemapAddress]:
    """Stories and editions, oldest first."""
    for path, changed in cache.addresses():
        yield SitemapAddress(url=absolute(site, path), changed=changed)
    for edition in editions:
        yield SitemapAddress(url=edition.url, changed=edition.changed)


def _list_paths(
    names: ListNames,
    links: Sequence[tuple[str, str]],
    archive: Sequence[ArchivePage],
    weeks: Sequence[WeekLine],
    with_edition: Collection[str],
) -> list[str]:
    """The paths of the lists, the most read first."""
    of_registry = [
        TOPICS,
        ROLES,
        ENTITIES,
        *map(topic_path, names.topics),
        *map(role_path, names.roles),
        *map(entity_path, names.entities),
    ]
    fixed = [
        "source/",
        "search/",
        "subscribe/",
        *(path for path, _ in links if path.endswith("/")),
        "about/",
        "edition/",
    ]
    return [
        "",
        *of_registry,
        *fixed,
        *(page.path for page in archive),
        *(list_path(line.week) if line.week in with_edition else line.path for line in weeks),
    ]
