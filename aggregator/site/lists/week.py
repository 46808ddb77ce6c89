"""The draft of a week, and the archive of all weeks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from aggregator.domain.dates import week_days
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.publishing.news_section import SECTION_NAMES
from aggregator.domain.publishing.newsroom import subject
from aggregator.domain.publishing.page import PagePart
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import SIDE_LANES, Lane
from aggregator.site.edition.page import edition_feeds
from aggregator.site.edition.records import EditionLine
from aggregator.site.head import Head, Link, absolute
from aggregator.site.labels import LANE_NAMES
from aggregator.site.lists.leads import edition_leads
from aggregator.site.lists.line_groups import (
    LineGroup,
    ListHeading,
    Pager,
    paged,
    pages_of,
    places_of,
)
from aggregator.site.lists.lines import (
    StoryLine,
    by_importance,
    without,
)
from aggregator.site.lists.side_lists import NamedCount
from aggregator.site.paths import list_path
from aggregator.templating.translation import IN_ENGLISH, Translations, translations

_FURTHER = 20
_UNFOLDED = 8  # lines of a section in view where none of them stands above the list
_MANY_WEEKS = 13  # of the newest year: the year before it folds
_YEARS_TOGETHER = 2  # a year of weeks is some 15 KB of HTML


@frozen
class WeekLine:
    """A week in a list: its dates, counts and top story, if possible one that was read."""

    week: str
    name: str
    path: str
    number: int
    year: int
    stories: str
    origins: str
    top: StoryLine


@frozen
class WeekPage:
    """The draft of a week's edition, a further page of its list, or the list of all its stories
    beside its `edition`. `places` are the headings of the list, over all its pages.

    `sections` hold what follows its lead stories. The newest week is a draft until its edition is
    published.
    """

    head: Head
    path: str
    line: WeekLine
    lanes: tuple[NamedCount, ...]
    leads: tuple[StoryLine, ...]
    sections: tuple[LineGroup, ...]
    groups: tuple[LineGroup, ...]
    places: tuple[ListHeading, ...]
    pager: Pager
    edition: EditionLine | None
    earlier: Link | None
    later: Link | None
    parts: tuple[PagePart, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Whether its edition is still to come."""
        return self.edition is None and self.later is None

    @property
    def first_page(self) -> bool:
        """Whether it is the one that opens the week."""
        return self.pager.number == 1

    @property
    def folds_all(self) -> bool:
        """Whether it is the only page and has lead stories: all others are folded by section, a
        list that leads to them itself.
        """
        return bool(self.leads) and self.pager.last == 1


@frozen
class Year:
    """The weeks of an ISO year, newest first; folded where a later year on the page has many."""

    year: int
    weeks: tuple[WeekLine, ...]
    is_folded: bool = False


@frozen
class ArchivePage:
    """The weeks of the newest years that have stories, or of one earlier year, which the title
    names. `places` are all years, `days` the editions of its days by week.
    """

    head: Head
    path: str
    title: str
    years: tuple[Year, ...]
    places: tuple[Link, ...]
    days: Mapping[str, tuple[EditionLine, ...]]
    is_one_year: bool = False


def week_line(week: str, lines: Sequence[StoryLine], words: Translations = IN_ENGLISH) -> WeekLine:
    """The line of a week."""
    families = {family for line in lines for family in line.families}
    ranked = by_importance(lines)
    return WeekLine(
        week=week,
        name=words.week(week),
        path=f"week/{week}/",
        number=int(week[-2:]),
        year=week_days(week)[0].isocalendar().year,
        stories=words.counted(len(lines), "%s story", "%s stories"),
        origins=words.counted(len(families), "%s source", "%s sources"),
        top=max(ranked, key=lambda line: (line.leads, line.hook is not None)),
    )


def week_link(week: str, words: Translations) -> Link:
    """The link to a week."""
    return Link(name=words.week(week), url=f"week/{week}/")


def week_pages(
    lines: Sequence[StoryLine],
    line: WeekLine,
    *,
    edition: EditionLine | None,
    earlier: Link | None,
    later: Link | None,
    parts: tuple[PagePart, ...],
    site: SiteSettings,
) -> tuple[tuple[str, WeekPage], ...]:
    """The pages of a week with their paths, more than one where the list is long: its draft, or
    the list of all its stories beside its edition. A past week is under the archive in the menu.
    """
    words = translations(site.language)
    ranked = by_importance(lines)
    may_lead = () if edition else tuple(story for story in ranked if story.leads)
    leads = edition_leads(may_lead)
    further = without(may_lead, leads)[:_FURTHER]
    rest = without(ranked, leads, further)
    groups = (
        *_sections([story for story in rest if story.lane not in SIDE_LANES], words),
        *_side_groups(rest, words),
    )
    pages = pages_of(groups, list_path(line.week) if edition else line.path)
    return tuple(
        (
            path,
            WeekPage(
                head=Head(
                    title=paged(
                        words("Week %(number)s, %(name)s", number=line.number, name=line.name),
                        pager,
                        words,
                    ),
                    description=words(
                        "The %(subject)s news of %(week)s: %(stories)s from %(origins)s.",
                        **subject().worded(words),
                        week=line.name,
                        stories=line.stories,
                        origins=line.origins,
                    ),
                    url=absolute(site, path),
                    place="archive" if later else "week",
                    feeds=edition_feeds(words),
                ),
                path=path,
                line=line,
                lanes=_lanes(lines, words),
                leads=leads if pager.number == 1 else (),
                sections=tuple(_sections(further, words)) if pager.number == 1 else (),
                groups=tuple(
                    replace(group, unfolded=0 if leads and pager.number == 1 else _UNFOLDED)
                    for group in page_groups
                ),
                places=places_of(pages, words),
                pager=pager,
                edition=edition,
                earlier=earlier,
                later=later,
                parts=parts if pager.number == 1 else (),
            ),
        )
        for path, page_groups, pager in pages
    )


def archive_pages(
    weeks: Sequence[WeekLine], editions: Iterable[EditionLine], site: SiteSettings
) -> tuple[ArchivePage, ...]:
    """The archive of weeks given newest first: the newest years on one page, each earlier one on
    its own.
    """
    by_year = [(year, tuple(some)) for year, some in groupby(weeks, key=lambda line: line.year)]
    is_full = bool(by_year) and len(by_year[0][1]) >= _MANY_WEEKS
    years = [
        Year(year=year, weeks=some, is_folded=is_full and 0 < place < _YEARS_TOGETHER)
        for place, (year, some) in enumerate(by_year)
    ]
    words = translations(site.language)
    of_days = [line for line in editions if line.kind is PeriodKind.DAY]
    pages = [("archive/", words("Archive"), years[:_YEARS_TOGETHER])]
    pages += [
        (f"archive/{year.year}/", words("Archive of %(year)s", year=year.year), [year])
        for year in years[_YEARS_TOGETHER:]
    ]
    places = tuple(
        Link(name=f"{year.year}", url=path) for path, _, page_years in pages for year in page_years
    )
    return tuple(
        ArchivePage(
            head=Head(
                title=title,
                description=words("%(title)s: each week and its top story.", title=title),
                url=absolute(site, path),
                place="archive",
            ),
            path=path,
            title=title,
            years=tuple(page_years),
            places=places,
            days={
                week.week: found
                for year in page_years
                for week in year.weeks
                if (found := tuple(line for line in of_days if line.week == week.week))
            },
            is_one_year=path != "archive/",
        )
        for path, title, page_years in pages
    )


def _sections(lines: Sequence[StoryLine], words: Translations) -> Iterator[LineGroup]:
    """The lines under their sections, in the order of the closed list, each by importance."""
    of_section = grouped((line.section, line) for line in lines)
    for section, name in SECTION_NAMES.items():
        if section in of_section:
            yield LineGroup(name=words(name), lines=of_section[section])


def _side_groups(lines: Sequence[StoryLine], words: Translations) -> Iterator[LineGroup]:
    of_lane = grouped((line.lane, line) for line in lines)
    for lane in Lane:
        if lane in SIDE_LANES and lane in of_lane:
            yield LineGroup(name=words(LANE_NAMES[lane]), lines=of_lane[lane])


def _lanes(lines: Sequence[StoryLine], words: Translations) -> tuple[NamedCount, ...]:
    counts = ((lane, sum(line.lane is lane for line in lines)) for lane in Lane)
    return tuple(
        NamedCount(name=words(LANE_NAMES[lane]), number=words.number(number))
        for lane, number in counts
        if number
    )
