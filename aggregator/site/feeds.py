"""Feeds: the newest stories in full, the newest of each listing in short, editions, corrections.

A feed is one record written in two forms, Atom (RFC 4287) and JSON Feed 1.1; both have the same
entries, ids, times and sentences. `updated` is the time of a real change: without news a feed keeps
every byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from heapq import nsmallest
from math import inf

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.page import Page, PageFile
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import SIDE_LANES
from aggregator.domain.story import PublishedStory
from aggregator.site.cards import card_path
from aggregator.site.edition.records import EditionPage
from aggregator.site.head import Link, absolute
from aggregator.site.lists.errata import Erratum
from aggregator.site.lists.lines import StoryLine
from aggregator.site.paths import old_edition_path
from aggregator.site.story.page import story_page
from aggregator.site.story.records import StoryPage
from aggregator.templating.translation import translations

ENTRIES = 50  # whole briefs, some 5 KB each
_LINES = 30  # of one listing
_EDITIONS = 10  # an edition is some 20 KB
_ERRATA = 50
_NEVER = datetime(
    1970, 1, 1, tzinfo=UTC
)  # RFC 4287 wants a date even where there is no entry, and we ask no clock

Carded = Callable[[str, float], bool]  # whether a page has a card, by folder and importance


def uncarded(_path: str, _importance: float) -> bool:
    """No page has a card."""
    return False


class FeedKind(StrEnum):
    """What the entries of a feed are; each kind has a way of its own to be written."""

    STORIES = "stories"
    LINES = "lines"
    EDITIONS = "editions"
    ERRATA = "errata"


@frozen
class FeedEntry:
    """A feed entry; its `id` is empty where it is its address. `content` is the record that its
    text is written from.

    `published` is None where no source gave a date. `generated`: a model wrote any of its
    sentences. `image` is the card, where there is one.
    """

    url: str
    title: str
    lang: str
    summary: str
    published: datetime | None
    updated: datetime
    sources: tuple[Link, ...]
    tags: tuple[str, ...]
    generated: bool
    content: StoryPage | StoryLine | EditionPage | Erratum
    image: str = ""
    id: str = ""


@frozen
class Feed:
    """A feed. `home` is the page that it follows, `url` and `json_url` are the addresses of its two
    forms.
    """

    kind: FeedKind
    title: str
    description: str
    path: str
    home: str
    url: str
    json_url: str
    updated: datetime
    entries: tuple[FeedEntry, ...]


def feed(stories: Iterable[PublishedStory], site: SiteSettings, carded: Carded = uncarded) -> Feed:
    """The feed of the newest stories that could be read, papers and releases left out, with the
    full brief of each; `carded` says which have a card.
    """
    readable = (
        story
        for story in stories
        if story.analysis.kept.hook and story.story.lane not in SIDE_LANES
    )
    newest = nsmallest(
        ENTRIES, readable, key=lambda story: (-story.story.published.timestamp(), story.story.id)
    )
    pages = (story_page(story, site) for story in newest)
    entries = [
        _story_entry(page, _image(page.path, page.importance, site, carded)) for page in pages
    ]
    return _feed(FeedKind.STORIES, "", site.title, site.description, entries, site)


def listing_feed(
    path: str,
    title: str,
    lines: Iterable[StoryLine],
    site: SiteSettings,
    carded: Carded = uncarded,
) -> Feed:
    """The feed of one listing: the newest of its lines in any order, without those of which only
    the headline could be read. `path` is the folder of the listing; `carded` says which have cards.
    """
    readable = (line for line in lines if line.hook)
    newest = nsmallest(_LINES, readable, key=lambda line: (-line.published.timestamp(), line.id))
    entries = [_line_entry(line, site, carded) for line in newest]
    return _feed(FeedKind.LINES, path, f"{site.title}: {title}", site.description, entries, site)


def edition_feed(
    pages: Sequence[EditionPage],
    site: SiteSettings,
    kind: PeriodKind = PeriodKind.WEEK,
    carded: Carded = uncarded,
) -> Feed:
    """The feed of the editions of a kind published last."""
    of_kind = (page for page in pages if page.line.kind is kind)
    newest = sorted(of_kind, key=lambda page: -page.line.number)[:_EDITIONS]
    words = translations(site.language)
    entries = [
        _edition_entry(page, _image(page.line.path, inf, site, carded), site) for page in newest
    ]
    return _feed(
        FeedKind.EDITIONS,
        f"{kind.value}/",
        words("%(site)s: weekly editions", site=site.title)
        if kind is PeriodKind.WEEK
        else words("%(site)s: daily editions", site=site.title),
        site.description,
        entries,
        site,
    )


def errata_feed(errata: Sequence[Erratum], site: SiteSettings) -> Feed:
    """The feed of the newest corrections, given newest first."""
    entries = [_erratum_entry(erratum) for erratum in errata[:_ERRATA]]
    words = translations(site.language)
    description = words("What this site has corrected, and what its sources have withdrawn.")
    return _feed(
        FeedKind.ERRATA,
        "errata/",
        words("%(site)s: corrections", site=site.title),
        description,
        entries,
        site,
    )


def feed_page(of: Feed) -> Page:
    """Both files of a feed."""
    atom = PageFile(path=f"{of.path}feed.xml", template="feed.xml")
    return Page(record=of, files=(atom, PageFile(path=f"{of.path}feed.json", template="feed.json")))


def _feed(
    kind: FeedKind,
    path: str,
    title: str,
    description: str,
    entries: Sequence[FeedEntry],
    site: SiteSettings,
) -> Feed:
    return Feed(
        kind=kind,
        title=title,
        description=description,
        path=path,
        home=absolute(site, path),
        url=absolute(site, f"{path}feed.xml"),
        json_url=absolute(site, f"{path}feed.json"),
        updated=max((entry.updated for entry in entries), default=_NEVER),
        entries=tuple(entries),
    )


def _image(path: str, importance: float, site: SiteSettings, carded: Carded) -> str:
    return absolute(site, card_path(path)) if carded(path, importance) else ""


def _story_entry(page: StoryPage, image: str) -> FeedEntry:
    return FeedEntry(
        url=page.url,
        title=page.headline.text,
        lang=page.lang,
        summary=page.hook.text if page.hook else "",
        published=page.published if page.is_dated else None,
        updated=page.changed,
        sources=tuple(Link(name=row.name, url=row.url) for row in page.links_out),
        tags=page.tags.topics,
        generated=page.generated,
        content=page,
        image=image,
    )


def _line_entry(line: StoryLine, site: SiteSettings, carded: Carded) -> FeedEntry:
    sentences = [sentence for sentence in (line.hook, *line.changes, line.update) if sentence]
    return FeedEntry(
        url=absolute(site, line.path),
        title=line.headline,
        lang=line.lang,
        summary=line.hook.text if line.hook else "",
        published=line.published if line.is_dated else None,
        updated=line.changed,
        sources=(),
        tags=(line.topic,) if line.topic else (),
        generated=any(not sentence.quoted for sentence in sentences),
        content=line,
        image=_image(line.path, line.importance, site, carded),
    )


def _edition_entry(page: EditionPage, image: str, site: SiteSettings) -> FeedEntry:
    """The entry of an edition; readers know a week's by the id that it had at its old address."""
    return FeedEntry(
        url=page.url,
        title=page.line.title,
        lang="",
        summary=page.head.description,
        published=page.line.published,
        updated=page.changed,
        sources=(),
        tags=(),
        generated=page.generated,
        content=page,
        image=image,
        id=absolute(site, old_edition_path(page.line.week))
        if page.line.kind is PeriodKind.WEEK
        else page.url,
    )


def _erratum_entry(erratum: Erratum) -> FeedEntry:
    return FeedEntry(
        url=erratum.url,
        title=f"{erratum.name[:1].upper()}{erratum.name[1:]}: {erratum.title}",
        lang="",
        summary=erratum.text,
        published=erratum.at,
        updated=erratum.at,
        sources=tuple(
            dict.fromkeys(
                Link(name=sentence.source, url=sentence.url)
                for sentence in (erratum.now, erratum.before)
                if sentence and sentence.url
            )
        ),
        tags=(),
        generated=False,
        content=erratum,
    )
