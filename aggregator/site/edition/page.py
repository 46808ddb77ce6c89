"""The record of an edition's page, from which HTML, JSON, Markdown and feed entry are written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from aggregator.domain.dates import week_days
from aggregator.domain.publishing.edition import (
    Edition,
    EditionClaim,
    EditionStory,
    StoredEdition,
    Theme,
)
from aggregator.domain.settings import EditionSettings, ScheduleSettings, SiteSettings
from aggregator.domain.wording import N_
from aggregator.site.edition.records import (
    DayBar,
    EditionFigure,
    EditionLine,
    EditionPage,
    EditionPageStory,
    EditionSection,
    EditionsPage,
    EditionTheme,
    EditionTopic,
)
from aggregator.site.head import Head, Link, absolute, contact_link
from aggregator.site.story.cited import PageCitation, PageClaim
from aggregator.site.story.tags import topic_path
from aggregator.templating.translation import IN_ENGLISH, Translations, translations

_DAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
_NO_TOPICS: Mapping[str, str] = MappingProxyType({})
_CHART_HEIGHT = 64
_BAR_STEP, _BAR_WIDTH = 32, 24


def edition_feeds(words: Translations) -> Link:
    """The feeds of the editions."""
    return Link(name=words("Weekly editions"), url="week/")


def edition_path(week: str) -> str:
    """The folder of an edition's page."""
    return f"edition/{week}/"


def edition_line(stored: StoredEdition, words: Translations = IN_ENGLISH) -> EditionLine:
    """What a list shows of an edition."""
    edition = stored.edition
    return EditionLine(
        number=edition.number,
        week=edition.week,
        name=words.week(edition.week),
        path=edition_path(edition.week),
        title=edition.title,
        lang=next((story.lang for story in edition.stories()), ""),
        facts=(
            f"{words.counted(len(edition.stories()), '%s story', '%s stories')},"
            f" {_reading(edition, words)}"
        ),
        published=edition.published,
    )


def edition_pages(
    kept: Iterable[StoredEdition],
    paths_with_page: Collection[str],
    site: SiteSettings,
    topics: Mapping[str, str] = _NO_TOPICS,
) -> tuple[EditionPage, ...]:
    """The pages of the editions by week: one may be built after that of a later week.

    `there` are the paths of the stories that have a page, `topics` the names of the topics by key.
    """
    paths = {name: topic_path(key) for key, name in topics.items()}
    ordered = sorted(kept, key=lambda stored_edition: stored_edition.edition.week)
    words = translations(site.language)
    lines = [None, *(edition_line(edition, words) for edition in ordered), None]
    neighbours = zip(ordered, lines, lines[2:], strict=False)
    return tuple(
        _page(stored, paths_with_page, paths, site, earlier=earlier, later=later)
        for stored, earlier, later in neighbours
    )


def editions_page(pages: Sequence[EditionPage], due: str, site: SiteSettings) -> EditionsPage:
    """The list of editions."""
    words = translations(site.language)
    head = Head(
        title=words("Editions"),
        description=words(
            "The weekly editions: each numbered, dated and unchanged since it was published."
        ),
        url=absolute(site, "edition/"),
        feeds=edition_feeds(words),
    )
    return EditionsPage(head=head, lines=tuple(page.line for page in reversed(pages)), due=due)


def due_words(edition: EditionSettings, schedule: ScheduleSettings, site: SiteSettings) -> str:
    """When `aggregator run` builds an edition, to go after "is built"."""
    words = translations(site.language)
    if schedule.edition:
        return words(
            "by the schedule “%(schedule)s” (%(zone)s)",
            schedule=schedule.edition,
            zone=site.timezone,
        )
    day = next(
        (words(name) for name in _DAYS if name.lower().startswith(edition.weekday)), edition.weekday
    )
    return words(
        "on %(day)s at %(time)s %(zone)s", day=day, time=f"{edition.hour:02}:00", zone=site.timezone
    )


def _page(
    stored: StoredEdition,
    paths_with_page: Collection[str],
    topics: Mapping[str, str],
    site: SiteSettings,
    *,
    earlier: EditionLine | None,
    later: EditionLine | None,
) -> EditionPage:
    words = translations(site.language)
    edition, line = stored.edition, edition_line(stored, words)
    url = absolute(site, line.path)
    sections = _sections(edition, paths_with_page, site)
    looked_at = words.counted(edition.numbers.stories, "%s story", "%s stories")
    return EditionPage(
        head=Head(
            title=edition.title,
            description=words(
                "The AI news of %(week)s, edition %(number)s: %(told)s of %(stories)s.",
                week=line.name,
                number=edition.number,
                told=len(edition.stories()),
                stories=looked_at,
            ),
            url=url,
            place="week",
            kind="article",
            feeds=edition_feeds(words),
        ),
        line=line,
        url=url,
        digest=stored.digest,
        changed=max((edition.published, *(correction.at for correction in stored.corrections))),
        reading=_reading(edition, words),
        quiet=_quiet(edition, looked_at, words),
        coverage=words(
            "It tells %(told)s of the %(stories)s that were new in this week or went on in it.",
            told=len(edition.stories()),
            stories=looked_at,
        ),
        taken_out=_taken_out(stored, words),
        opening=tuple(_claim(claim) for claim in edition.opening),
        themes=tuple(_theme(theme, sections) for theme in edition.themes),
        sections=sections,
        figures=_figures(edition, words),
        bars=_bars(edition, words),
        chart=_chart_text(edition, words),
        left_out=edition.left_out,
        topics=tuple(
            EditionTopic(name=topic.name, path=topics.get(topic.name, ""), stories=topic.stories)
            for topic in edition.topics
        ),
        minutes=edition.minutes,
        engine=edition.engine,
        corrections=stored.corrections,
        citations=_citations(edition),
        report=contact_link(
            site.contact,
            subject=words("Correction to edition %(number)s", number=edition.number),
            body=f"{edition.title}\n{url}\n\n",
        ),
        earlier=earlier,
        later=later,
    )


def _reading(edition: Edition, words: Translations) -> str:
    return words.counted(edition.minutes, "%s minute to read", "%s minutes to read")


def _chart_text(edition: Edition, words: Translations) -> str:
    days = ", ".join(
        f"{words(day)} {number}" for day, number in zip(_DAYS, edition.numbers.days, strict=True)
    )
    return words("Stories a day: %(days)s", days=days)


def _quiet(edition: Edition, looked_at: str, words: Translations) -> str:
    if not edition.quiet:
        return ""
    news = len(edition.leads) + len(edition.further)
    if not news:
        return words(
            "A quiet week: of %(stories)s, none but papers and releases could be told.",
            stories=looked_at,
        )
    return words(
        "A quiet week: of %(stories)s, %(told)s could be told as news. The edition is short because"
        " of that.",
        stories=looked_at,
        told=news,
    )


def _taken_out(stored: StoredEdition, words: Translations) -> str:
    if not stored.taken_out:
        return ""
    number = words.counted(stored.taken_out, "%s story", "%s stories")
    return words(
        "Since it was published, the operator of this site took %(stories)s out of it.",
        stories=number,
    )


def _sections(
    edition: Edition, paths_with_page: Collection[str], site: SiteSettings
) -> tuple[EditionSection, ...]:
    words = translations(site.language)
    by_section = (
        ("leads", words("Lead stories"), edition.leads),
        ("further", words("Further stories"), edition.further),
        ("papers", words("Papers"), edition.papers),
        ("releases", words("Releases"), edition.releases),
    )
    return tuple(
        EditionSection(
            key=key,
            name=name,
            stories=tuple(_story(story, paths_with_page, site) for story in stories),
        )
        for key, name, stories in by_section
        if stories
    )


def _story(
    story: EditionStory, paths_with_page: Collection[str], site: SiteSettings
) -> EditionPageStory:
    return EditionPageStory(
        id=story.id,
        path=story.path if story.path in paths_with_page else "",
        url=absolute(site, story.path),
        headline=story.headline,
        lang=story.lang,
        lane=story.lane.value,
        source=story.source,
        reach=story.reach,
        is_update=story.is_update,
        why=story.why,
        hook=_claim(story.hook) if story.hook else None,
        changes=tuple(_claim(change) for change in story.changes),
    )


def _claim(claim: EditionClaim) -> PageClaim:
    cited = tuple(
        PageCitation(
            number=citation.number,
            passage=citation.passage,
            quote=citation.quote,
            source=citation.source,
            title="",
            url=citation.url,
            in_place=False,
            published=None,
            lang="",
        )
        for citation in claim.citations
    )
    return PageClaim(text=claim.text, kind=claim.kind, citations=cited)


def _citations(edition: Edition) -> tuple[PageCitation, ...]:
    """Every citation once, by number."""
    claims = [
        claim for story in edition.stories() for claim in (story.hook, *story.changes) if claim
    ]
    found = {
        citation.number: citation
        for claim in map(_claim, (*edition.opening, *claims))
        for citation in claim.citations
    }
    return tuple(found[number] for number in sorted(found))


def _theme(theme: Theme, sections: Sequence[EditionSection]) -> EditionTheme:
    stories = {story.id: story for section in sections for story in section.stories}
    links = tuple(
        Link(name=stories[story].headline, url=f"#{story}")
        for story in theme.stories
        if story in stories
    )
    return EditionTheme(name=theme.name, stories=links, ids=theme.stories)


def _figures(edition: Edition, words: Translations) -> tuple[EditionFigure, ...]:
    numbers = edition.numbers
    counts = (
        ("stories", words("stories"), numbers.stories),
        ("articles", words("articles"), numbers.articles),
        ("sources", words("sources"), numbers.sources),
        ("origins", words("independent origins"), numbers.origins),
        ("papers", words("papers"), numbers.papers),
        ("releases", words("releases"), numbers.releases),
    )
    return tuple(EditionFigure(key=key, name=name, number=number) for key, name, number in counts)


def _bars(edition: Edition, words: Translations) -> tuple[DayBar, ...]:
    """The bars of the chart of stories a day; a day with any has a bar that can be seen."""
    days, (monday, _) = edition.numbers.days, week_days(edition.week)
    most = max((*days, 1))
    heights = [max(round(_CHART_HEIGHT * number / most), 2 if number else 0) for number in days]
    return tuple(
        DayBar(
            day=words.day(monday + timedelta(days=place)),
            initial=words(_DAYS[place])[:2],
            stories=number,
            x=place * _BAR_STEP,
            y=16 + _CHART_HEIGHT - heights[place],
            height=heights[place],
            middle=place * _BAR_STEP + _BAR_WIDTH // 2,
        )
        for place, number in enumerate(days)
    )
