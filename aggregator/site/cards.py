"""The share cards of stories, lists and editions: the record of the picture, and the head that
links to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from aggregator.domain.dates import local_day
from aggregator.domain.publishing.artwork import Artwork, story_artwork, subject_name
from aggregator.domain.publishing.news_section import SECTION_LABELS, NewsSection, news_section
from aggregator.domain.publishing.page import (
    CARD_HEIGHT,
    CARD_WIDTH,
    Card,
    CardRenderer,
    Page,
    PageFile,
)
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Story
from aggregator.site.edition.records import EditionPage
from aggregator.site.head import HeadCard, absolute
from aggregator.site.lists.front import FrontPage
from aggregator.site.lists.subject_page import ListingPage
from aggregator.site.story.origins import Origin
from aggregator.site.story.records import StoryPage
from aggregator.templating.translation import Translations, translations

Carded = TypeVar("Carded", StoryPage, ListingPage, FrontPage, EditionPage)

_LEADS = 3  # headlines of an edition that the description of its card names
_LONGEST_ALT = 400  # characters; readers of OpenGraph cut the description of a picture at 420


def card_path(folder: str) -> str:
    """The path of a card: beside the page of its story or edition."""
    return f"{folder}card.png"


def carded_story(
    page: StoryPage, story: Story, site: SiteSettings, card_renderer: CardRenderer | None
) -> tuple[StoryPage, tuple[Page, ...]]:
    """The story's page with its card."""
    if card_renderer is None:
        return page, ()
    card = story_card(page, story, site)
    alt = translations(site.language)(
        "“%(headline)s”. %(date)s, %(facts)s",
        headline=page.headline.text,
        date=card.date,
        facts=card.facts,
    )
    return _carded(page, card, alt, site, card_renderer)


def carded_list(
    page: ListingPage, art: Artwork, site: SiteSettings, card_renderer: CardRenderer | None
) -> tuple[ListingPage, tuple[Page, ...]]:
    """The first page of a list with its card, which has nothing that changes with every story."""
    kind = page.kind or page.index.name
    card = replace(_site_card(site), path=card_path(page.path), kicker=kind, headline=page.title)
    card = replace(card, instead=kind, artwork=art)
    return _carded(page, card, f"{page.title}, {kind}", site, card_renderer)


def carded_front(
    page: FrontPage, site: SiteSettings, card_renderer: CardRenderer | None
) -> tuple[FrontPage, tuple[Page, ...]]:
    """The front page with the card of the site."""
    alt = f"{site.title}. {site.description}"
    return _carded(page, _site_card(site), alt, site, card_renderer)


def carded_edition(
    page: EditionPage, site: SiteSettings, card_renderer: CardRenderer | None
) -> tuple[EditionPage, tuple[Page, ...]]:
    """The edition's page with its card."""
    card = edition_card(page, site)
    alt = f"{card.kicker}, {card.headline}: {card.facts}. {'; '.join(card.leads[:_LEADS])}"
    return _carded(page, card, alt, site, card_renderer)


def _carded(
    page: Carded, card: Card, alt_text: str, site: SiteSettings, card_renderer: CardRenderer | None
) -> tuple[Carded, tuple[Page, ...]]:
    """A page with its card in the head, and the page of the card; unchanged and no card without a
    renderer.
    """
    if card_renderer is None:
        return page, ()
    alt = (
        alt_text
        if len(alt_text) <= _LONGEST_ALT
        else alt_text[:_LONGEST_ALT].rpartition(" ")[0] + " …"
    )
    head = replace(
        page.head,
        card=HeadCard(url=absolute(site, card.path), width=CARD_WIDTH, height=CARD_HEIGHT, alt=alt),
    )
    file = PageFile(path=card.path, image=partial(card_renderer.draw, card), kit=card_renderer.kit)
    return replace(page, head=head), (Page(record=card, files=(file,)),)


def story_card(page: StoryPage, story: Story, site: SiteSettings) -> Card:
    """The card of a story."""
    topics, words = [link.name for link in page.tags.topic_links], translations(site.language)
    section = news_section(story.section, story.lane)
    subject = subject_name(page.headline.text, story.entities)
    hook = page.hook.text if page.hook else ""
    labels = [words(SECTION_LABELS[section])] if section in SECTION_LABELS else []
    return Card(
        path=card_path(page.path),
        site=site.title,
        kicker=" · ".join(dict.fromkeys((*labels, *topics[:1]))),
        date=_day(page.published, site)
        if page.is_dated
        else f"{words('First seen')} {_day(page.first_seen, site)}",
        headline=page.headline.text,
        instead=_reported(page.origins, words),
        facts=page.facts,
        artwork=story_artwork(section, subject, page.headline.text, hook),
        origins=page.independent_origins,
        copies=sum(bool(row.copy_of) for origin in page.origins for row in origin.rows),
    )


def edition_card(page: EditionPage, site: SiteSettings) -> Card:
    """The card of an edition: its week, its first headlines and its stories a day."""
    headlines = [
        story.headline
        for section in page.sections
        if section.key in {"leads", "further"}
        for story in section.stories
    ]
    return Card(
        path=card_path(page.line.path),
        site=site.title,
        kicker=translations(site.language)("Edition %(number)s", number=page.line.number),
        date=_day(page.line.published, site),
        headline=page.line.name,
        instead=page.quiet,
        facts=page.line.facts,
        leads=tuple(headlines),
        bars=tuple(bar.stories for bar in page.bars),
    )


def _site_card(site: SiteSettings) -> Card:
    """The card of the site, which changes with its settings alone."""
    return Card(
        path=card_path(""),
        site=site.title,
        kicker="",
        date="",
        headline=site.title,
        instead=site.description,
        facts=site.description,
        artwork=Artwork(section=NewsSection.RESEARCH),
    )


def _reported(origins: Sequence[Origin], words: Translations) -> str:
    """Who reports a story, for a card that cannot show its headline."""
    names = [origin.rows[0].name for origin in origins]
    match names:
        case [one]:
            return words("Reported by %(name)s", name=one)
        case [one, other]:
            return words("Reported by %(name)s and %(other)s", name=one, other=other)
    return words("Reported by %(name)s and %(number)s others", name=names[0], number=len(names) - 1)


def _day(moment: datetime, site: SiteSettings) -> str:
    return translations(site.language).day(local_day(moment, site.zone))
