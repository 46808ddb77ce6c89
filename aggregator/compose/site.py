"""All pages of the site from what is told, in the order they are published: stories, lists, feeds.

A pure function of the content: no clock and nothing of a single run, so a rebuild without news changes no byte.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from zoneinfo import ZoneInfo

from aggregator.compose.about import about_page, lost_page
from aggregator.compose.cards import carded_edition, carded_story
from aggregator.compose.edition_page import EditionLine, EditionPage, edition_feed, edition_pages, editions_page
from aggregator.compose.edition_twin import edition_json_text, edition_markdown
from aggregator.compose.feeds import Address, feed, server_file, sitemap
from aggregator.compose.front import front_page
from aggregator.compose.head import Head, absolute
from aggregator.compose.history import histories
from aggregator.compose.lines import StoryLine, story_line
from aggregator.compose.markdown import story_markdown
from aggregator.compose.redirect import Moves, RedirectPage, redirect_json_text, redirect_markdown, redirect_pages
from aggregator.compose.sources import SourceLine, source_line, source_pages, sources_page
from aggregator.compose.story import PageRelated, StoryPage, story_page
from aggregator.compose.twin import story_json_text
from aggregator.compose.week import WeekLine, WeekPage, archive_pages, week_line, week_pages
from aggregator.domain.edition import StoredEdition
from aggregator.domain.page import CardPress, Page, PageFile
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Source, SourceStanding
from aggregator.domain.story import Relation, ToldStory


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteContent:
    """What the site is made from. `engine` is the one in use; stories and editions come in any order.

    `edition_due` says in words when the first edition is built; `subscribe` is the address of the form, or empty.
    `related` are the stories related to each by its id, `topic_names` what the topics are called.
    `redirects` are the paths of stories that went into others, each with the id of the story that took them.
    `press` draws the cards of the editions and of the stories in them; without one there are no cards.
    """

    stories: Sequence[ToldStory]
    standings: Sequence[SourceStanding]
    engine: str
    editions: Sequence[StoredEdition] = ()
    edition_due: str = ""
    subscribe: str = ""
    redirects: Mapping[str, str] = field(default_factory=dict)
    related: Mapping[str, Sequence[Relation]] = field(default_factory=dict)
    topic_names: Mapping[str, str] = field(default_factory=dict)
    press: CardPress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyWeekPage:
    """The page of the newest week where there is none yet."""

    head: Head


def site_pages(content: SiteContent, site: SiteSettings) -> Iterator[Page]:
    """Every page of the site, one after the other: stories, editions, lists, feeds."""
    zone = ZoneInfo(site.timezone)
    told = sorted(content.stories, key=lambda each: each.story.id)
    lines = {each.story.id: story_line(each, site.language) for each in told}
    earlier = histories(told)
    in_editions = {story.id for each in content.editions for story in each.edition.stories()}
    addresses = []
    for each in told:
        related = _related(content.related.get(each.story.id, ()), lines, site)
        page = story_page(each, site, earlier[each.story.id], related=related, topic_names=content.topic_names)
        addresses.append(Address(url=page.url, changed=page.changed))
        page, cards = carded_story(page, site, content.press if each.story.id in in_editions else None)
        yield from cards
        yield _story_files(page)

    paths = {key: line.path for key, line in lines.items()}
    moved = redirect_pages(content.redirects, paths, {key: line.headline for key, line in lines.items()}, site)
    for gone in moved:
        yield _redirect_files(gone)
    editions = edition_pages(content.editions, {*paths.values(), *(gone.path for gone in moved)}, site)
    addresses += [Address(url=edition.url, changed=edition.changed) for edition in editions]
    for edition in editions:
        shown, cards = carded_edition(edition, site, content.press)
        yield from cards
        yield _edition_files(shown)
    yield _list("edition/", "editions.html", editions_page(editions, content.edition_due, site))
    edition_lines = {edition.line.week: edition.line for edition in editions}

    weeks = _by_week(told, lines)
    newest_first = sorted(weeks, reverse=True)
    week_lines = [week_line(week, weeks[week]) for week in newest_first]
    yield from _week_pages(weeks, week_lines, edition_lines, site, zone)
    yield from _source_pages(content.standings, told, lines, site, zone)
    archive = archive_pages(week_lines, site)
    for year in archive:
        yield _list(year.path, "archive.html", year)
    yield _list("about/", "about.html", about_page(told, content.engine, len(content.standings), site))
    newest = editions[-1].line if editions else None
    yield _list("", "front.html", front_page(week_lines, weeks, content.standings, newest, site, zone, content.subscribe))
    yield Page(record=lost_page(site), files=(PageFile(path="404.html", template="lost.html", rooted=True),))

    yield _file("feed.xml", feed(told, site))
    yield _file("editions.xml", edition_feed(editions, site))
    lists = ["", "source/", "about/", "edition/", *(page.path for page in archive), *(line.path for line in week_lines)]
    yield _file("sitemap.xml", sitemap(addresses, lists, site))
    yield _file("robots.txt", server_file(site))
    yield _file("_headers", server_file(site))
    if moved:
        yield _file("_redirects", Moves(base_path=server_file(site).base_path, pages=moved))


def _related(relations: Sequence[Relation], lines: Mapping[str, StoryLine], site: SiteSettings) -> tuple[PageRelated, ...]:
    found = ((lines[each.story_id], each.reason) for each in relations if each.story_id in lines)
    return tuple(
        PageRelated(headline=line.headline, lang=line.lang, path=line.path, url=absolute(site, line.path), reason=reason)
        for line, reason in found
    )


def _story_files(page: StoryPage) -> Page:
    return Page(
        record=page,
        files=(
            PageFile(path=f"{page.path}index.html", template="story.html"),
            PageFile(path=f"{page.path}index.json", text=partial(story_json_text, page)),
            PageFile(path=f"{page.path}index.md", text=partial(story_markdown, page)),
        ),
    )


def _redirect_files(page: RedirectPage) -> Page:
    return Page(
        record=page,
        files=(
            PageFile(path=f"{page.path}index.html", template="redirect.html"),
            PageFile(path=f"{page.path}index.json", text=partial(redirect_json_text, page)),
            PageFile(path=f"{page.path}index.md", text=partial(redirect_markdown, page)),
        ),
    )


def _edition_files(page: EditionPage) -> Page:
    path = page.line.path
    return Page(
        record=page,
        files=(
            PageFile(path=f"{path}index.html", template="edition.html"),
            PageFile(path=f"{path}index.json", text=partial(edition_json_text, page)),
            PageFile(path=f"{path}index.md", text=partial(edition_markdown, page)),
        ),
    )


def _list(path: str, template: str, record: object) -> Page:
    return Page(record=record, files=(PageFile(path=f"{path}index.html", template=template),))


def _file(path: str, record: object) -> Page:
    return Page(record=record, files=(PageFile(path=path, template=path),))


def _by_week(told: Sequence[ToldStory], lines: dict[str, StoryLine]) -> dict[str, list[StoryLine]]:
    weeks: dict[str, list[StoryLine]] = defaultdict(list)
    for each in told:
        weeks[each.story.week].append(lines[each.story.id])
    return weeks


def _week_pages(
    weeks: dict[str, list[StoryLine]],
    newest_first: Sequence[WeekLine],
    editions: Mapping[str, EditionLine],
    site: SiteSettings,
    zone: ZoneInfo,
) -> Iterator[Page]:
    """The recap of each week, and `week/` with the newest one: an address that the menu of every page can keep."""
    for place, line in enumerate(newest_first):
        earlier = newest_first[place + 1] if place + 1 < len(newest_first) else None
        later = newest_first[place - 1] if place else None
        pages = week_pages(
            weeks[line.week], line, edition=editions.get(line.week), earlier=earlier, later=later, site=site, zone=zone
        )
        if place == 0:
            yield _list("week/", "week.html", pages[0][1])
        for path, page in pages:
            yield _list(path, "week.html", _in_archive(page, is_newest=place == 0))
    if not newest_first:
        head = Head(title="This week", description=site.description, url=absolute(site, "week/"), place="week")
        yield _list("week/", "week-empty.html", EmptyWeekPage(head=head))


def _in_archive(page: WeekPage, *, is_newest: bool) -> WeekPage:
    """A past week stands under the archive in the menu."""
    return page if is_newest else replace(page, head=replace(page.head, place="archive"))


def _source_pages(
    standings: Sequence[SourceStanding],
    told: Sequence[ToldStory],
    lines: dict[str, StoryLine],
    site: SiteSettings,
    zone: ZoneInfo,
) -> Iterator[Page]:
    stories: dict[str, list[StoryLine]] = defaultdict(list)
    for each in told:
        for key in {member.article.source_key for member in each.story.members}:
            stories[key].append(lines[each.story.id])
    sources = [source_line(standing, len(stories[standing.source.key])) for standing in standings]
    sources += _departed(told, stories, {line.key for line in sources})
    yield _list("source/", "sources.html", sources_page(sources, site))
    for line in sorted(sources, key=lambda line: line.key):
        for path, page in source_pages(line, stories[line.key], site, zone):
            yield _list(path, "source.html", page)


def _departed(told: Sequence[ToldStory], stories: dict[str, list[StoryLine]], known: set[str]) -> list[SourceLine]:
    """The sources that left the configuration while their articles are still told."""
    members = (member for each in told for member in each.story.members)
    unknown = {member.article.source_key: member for member in members if member.article.source_key not in known}
    return [
        source_line(
            SourceStanding(source=Source(key=key, name=member.source_name, url="", lane=member.lane)),
            len(stories[key]),
            followed=False,
        )
        for key, member in sorted(unknown.items())
    ]
