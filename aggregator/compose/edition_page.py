"""An edition as a page record: the one place that feeds its page, its JSON and Markdown twins and its feed entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.compose.cited import PageCitation, PageClaim
from aggregator.compose.head import Head, Link, absolute, contact_link
from aggregator.domain.dates import week_days
from aggregator.domain.edition import Correction, Edition, EditionClaim, EditionStory, LeftOut, StoredEdition, Theme, TopicCount
from aggregator.domain.settings import EditionSettings, ScheduleSettings, SiteSettings
from aggregator.domain.wording import counted, day_name, week_name

EDITION_FEEDS = Link(name="Weekly editions", url="week/")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CHART_HEIGHT = 64
_BAR_STEP, _BAR_WIDTH = 32, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPageStory:
    """A story of an edition. `path` is empty where its page is no longer on the site; `url` always names where it was."""

    id: str
    path: str
    url: str
    headline: str
    lang: str
    lane: str
    source: str
    reach: str
    is_update: bool
    hook: PageClaim | None
    changes: tuple[PageClaim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSection:
    """Stories under one heading; `key` is the name of the section in the record."""

    key: str
    name: str
    stories: tuple[EditionPageStory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionTheme:
    """What several leads share, and which."""

    name: str
    stories: tuple[Link, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A day of the chart: its name, its number, and where its bar stands in the drawing."""

    day: str
    initial: str
    stories: int
    x: int
    y: int
    height: int
    middle: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the numbers of the week."""

    key: str
    name: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionLine:
    """An edition in a list."""

    number: int
    week: str
    name: str
    path: str
    title: str
    told: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPage:
    """Everything that is told of an edition. `changed` is when it was published, or corrected last."""

    head: Head
    line: EditionLine
    url: str
    digest: str
    changed: datetime
    reading: str
    quiet: str
    coverage: str
    taken_out: str
    opening: tuple[PageClaim, ...]
    themes: tuple[EditionTheme, ...]
    sections: tuple[EditionSection, ...]
    figures: tuple[Figure, ...]
    bars: tuple[Bar, ...]
    chart: str
    left_out: tuple[LeftOut, ...]
    topics: tuple[TopicCount, ...]
    minutes: int
    engine: str
    corrections: tuple[Correction, ...]
    citations: tuple[PageCitation, ...]
    report: str
    earlier: EditionLine | None
    later: EditionLine | None

    @property
    def stories(self) -> tuple[EditionPageStory, ...]:
        """Every story in the order of reading."""
        return tuple(story for section in self.sections for story in section.stories)

    @property
    def generated(self) -> bool:
        """Whether a model wrote any of its sentences."""
        claims = [each for story in self.stories for each in (story.hook, *story.changes)]
        return any(each is not None and not each.quoted for each in (*self.opening, *claims))


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionsPage:
    """The list of all editions, newest first. `due` says when the first is built, for as long as there is none."""

    head: Head
    lines: tuple[EditionLine, ...]
    due: str


def edition_path(week: str) -> str:
    """The folder of an edition's page."""
    return f"edition/{week}/"


def edition_line(stored: StoredEdition) -> EditionLine:
    """What a list shows of an edition."""
    edition = stored.edition
    minutes = counted(edition.minutes, "minute")
    return EditionLine(
        number=edition.number,
        week=edition.week,
        name=week_name(edition.week),
        path=edition_path(edition.week),
        title=edition.title,
        told=f"{counted(len(edition.stories()), 'story', 'stories')}, {minutes} to read",
        published=edition.published,
    )


def edition_pages(kept: Iterable[StoredEdition], there: Collection[str], site: SiteSettings) -> tuple[EditionPage, ...]:
    """The pages of the editions by number; `there` are the paths of the stories that have a page."""
    ordered = sorted(kept, key=lambda each: each.edition.number)
    lines = [None, *map(edition_line, ordered), None]
    return tuple(_page(stored, there, site, earlier=lines[place], later=lines[place + 2]) for place, stored in enumerate(ordered))


def editions_page(pages: Sequence[EditionPage], due: str, site: SiteSettings) -> EditionsPage:
    """The list of editions."""
    head = Head(
        title="Editions",
        description="The weekly editions: each numbered, dated and unchanged since it was published.",
        url=absolute(site, "edition/"),
        feeds=EDITION_FEEDS,
    )
    return EditionsPage(head=head, lines=tuple(page.line for page in reversed(pages)), due=due)


def due_words(edition: EditionSettings, schedule: ScheduleSettings, timezone: str) -> str:
    """When `aggregator run` builds an edition, to go after "is built"."""
    if schedule.edition:
        return f"by the schedule “{schedule.edition}” ({timezone})"
    day = next((name for name in _DAYS if name.lower().startswith(edition.weekday)), edition.weekday)
    return f"on {day} at {edition.hour:02}:00 {timezone}"


def _page(
    stored: StoredEdition, there: Collection[str], site: SiteSettings, *, earlier: EditionLine | None, later: EditionLine | None
) -> EditionPage:
    edition, line = stored.edition, edition_line(stored)
    url = absolute(site, line.path)
    sections = _sections(edition, there, site)
    looked_at = counted(edition.numbers.stories, "story", "stories")
    return EditionPage(
        head=Head(
            title=edition.title,
            description=f"The AI news of {line.name}, edition {edition.number}: {len(edition.stories())} of {looked_at}.",
            url=url,
            place="week",
            kind="article",
            feeds=EDITION_FEEDS,
        ),
        line=line,
        url=url,
        digest=stored.digest,
        changed=max((edition.published, *(each.at for each in stored.corrections))),
        reading=f"{counted(edition.minutes, 'minute')} to read",
        quiet=_quiet(edition, looked_at),
        coverage=f"It tells {len(edition.stories())} of the {looked_at} that were new in this week or went on in it.",
        taken_out=_taken_out(stored),
        opening=tuple(_claim(each) for each in edition.opening),
        themes=tuple(_theme(each, sections) for each in edition.themes),
        sections=sections,
        figures=_figures(edition),
        bars=_bars(edition),
        chart="Stories a day: " + ", ".join(f"{day} {number}" for day, number in zip(_DAYS, edition.numbers.days, strict=True)),
        left_out=edition.left_out,
        topics=edition.topics,
        minutes=edition.minutes,
        engine=edition.engine,
        corrections=stored.corrections,
        citations=_citations(edition),
        report=contact_link(site.contact, subject=f"Correction to edition {edition.number}", body=f"{edition.title}\n{url}\n\n"),
        earlier=earlier,
        later=later,
    )


def _quiet(edition: Edition, looked_at: str) -> str:
    if not edition.quiet:
        return ""
    told = len(edition.leads) + len(edition.further)
    if not told:
        return f"A quiet week: of {looked_at}, none but papers and releases could be told."
    return f"A quiet week: of {looked_at}, {told} could be told as news. The edition is short because of that."


def _taken_out(stored: StoredEdition) -> str:
    if not stored.taken_out:
        return ""
    number = counted(stored.taken_out, "story", "stories")
    return f"Since it was published, the operator of this site took {number} out of it."


def _sections(edition: Edition, there: Collection[str], site: SiteSettings) -> tuple[EditionSection, ...]:
    several = (
        ("leads", "Lead stories", edition.leads),
        ("further", "Further stories", edition.further),
        ("papers", "Papers", edition.papers),
        ("releases", "Releases", edition.releases),
    )
    return tuple(
        EditionSection(key=key, name=name, stories=tuple(_story(each, there, site) for each in stories))
        for key, name, stories in several
        if stories
    )


def _story(story: EditionStory, there: Collection[str], site: SiteSettings) -> EditionPageStory:
    return EditionPageStory(
        id=story.id,
        path=story.path if story.path in there else "",
        url=absolute(site, story.path),
        headline=story.headline,
        lang=story.lang,
        lane=story.lane.value,
        source=story.source,
        reach=story.reach,
        is_update=story.is_update,
        hook=_claim(story.hook) if story.hook else None,
        changes=tuple(_claim(each) for each in story.changes),
    )


def _claim(claim: EditionClaim) -> PageClaim:
    cited = tuple(
        PageCitation(
            number=each.number,
            passage=each.passage,
            quote=each.quote,
            source=each.source,
            title="",
            url=each.url,
            in_place=False,
            published=None,
            lang="",
        )
        for each in claim.citations
    )
    return PageClaim(text=claim.text, kind=claim.kind, citations=cited)


def _citations(edition: Edition) -> tuple[PageCitation, ...]:
    """Every citation once, by number."""
    claims = [claim for story in edition.stories() for claim in (story.hook, *story.changes) if claim]
    found = {each.number: each for claim in map(_claim, (*edition.opening, *claims)) for each in claim.citations}
    return tuple(found[number] for number in sorted(found))


def _theme(theme: Theme, sections: Sequence[EditionSection]) -> EditionTheme:
    stories = {story.id: story for section in sections for story in section.stories}
    links = tuple(Link(name=stories[each].headline, url=f"#{each}") for each in theme.stories if each in stories)
    return EditionTheme(name=theme.name, stories=links, ids=theme.stories)


def _figures(edition: Edition) -> tuple[Figure, ...]:
    numbers = edition.numbers
    several = (
        ("stories", "stories", numbers.stories),
        ("articles", "articles", numbers.articles),
        ("sources", "sources", numbers.sources),
        ("origins", "independent origins", numbers.origins),
        ("papers", "papers", numbers.papers),
        ("releases", "releases", numbers.releases),
    )
    return tuple(Figure(key=key, name=name, number=number) for key, name, number in several)


def _bars(edition: Edition) -> tuple[Bar, ...]:
    """The bars of the chart of stories a day; a day with any has a bar that can be seen."""
    days, (monday, _) = edition.numbers.days, week_days(edition.week)
    most = max((*days, 1))
    heights = [max(round(_CHART_HEIGHT * number / most), 2 if number else 0) for number in days]
    return tuple(
        Bar(
            day=day_name(monday + timedelta(days=place)),
            initial=_DAYS[place][:2],
            stories=number,
            x=place * _BAR_STEP,
            y=16 + _CHART_HEIGHT - heights[place],
            height=heights[place],
            middle=place * _BAR_STEP + _BAR_WIDTH // 2,
        )
        for place, number in enumerate(days)
    )
