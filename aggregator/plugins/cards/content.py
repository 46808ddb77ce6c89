"""The content of the cards of stories, lists, editions and the site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.domain.dates import local_day
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.artwork import Artwork, story_artwork, subject_name
from aggregator.domain.publishing.news_section import (
    SECTION_LABELS,
    SECTION_NAMES,
    NewsSection,
    news_section,
)
from aggregator.domain.publishing.palette import LIGHT, Palette
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Story
from aggregator.site.cards import card_path, section_card_path
from aggregator.site.edition.records import EditionPage
from aggregator.site.lists.front import FrontPage
from aggregator.site.lists.subject_page import ListingPage
from aggregator.site.story.origins import Origin
from aggregator.site.story.records import StoryPage
from aggregator.templating.translation import Translations, translations

_LEADS = 3  # headlines of an edition that the description of its card names


@frozen
class Card:
    """The content of a card; `path` is where it is published.

    `headline` may be of any script: where the card's font has no letters for it, `instead` stands
    there, in our own words. `artwork` has the figure beside it, if any, and its colour; an edition
    has none. `leads` are headlines below it, best first; those that cannot be set are left out, and
    without any `instead` stands in their place. `origins` and `copies` are drawn as dots, `bars` as
    a small chart. `palette` is filled in by what draws it.
    """

    path: str
    site: str
    kicker: str
    date: str
    headline: str
    instead: str
    facts: str
    artwork: Artwork | None = None
    leads: tuple[str, ...] = ()
    origins: int = 0
    copies: int = 0
    bars: tuple[int, ...] = ()
    palette: Palette = LIGHT


def card_of(
    page: StoryPage | ListingPage | FrontPage | EditionPage | NewsSection,
    about: Story | Artwork | None,
    site: SiteSettings,
) -> tuple[Card, str]:
    """The card of a page, and its description."""
    match page, about:
        case StoryPage(), Story():
            card = story_card(page, about, site)
            return card, translations(site.language)(
                "“%(headline)s”. %(date)s, %(facts)s",
                headline=page.headline.text,
                date=card.date,
                facts=card.facts,
            )
        case ListingPage(), Artwork():
            kind = page.kind or page.index.name
            return list_card(page, kind, about, site), f"{page.title}, {kind}"
        case EditionPage(), _:
            card = edition_card(page, site)
            leads = "; ".join(card.leads[:_LEADS])
            return card, f"{card.kicker}, {card.headline}: {card.facts}. {leads}"
        case NewsSection(), _:
            name = translations(site.language)(SECTION_NAMES[page])
            return section_card(page, site), f"{name}, {site.title}"
    return _site_card(site), f"{site.title}. {site.description}"


def list_card(page: ListingPage, kind: str, art: Artwork, site: SiteSettings) -> Card:
    """The card of a list, which has nothing that changes with every story."""
    card = replace(_site_card(site), path=card_path(page.path), kicker=kind, headline=page.title)
    return replace(card, instead=kind, artwork=art)


def section_card(section: NewsSection, site: SiteSettings) -> Card:
    """The card of a section, for its pages without one of their own."""
    card, name = _site_card(site), translations(site.language)(SECTION_NAMES[section])
    return replace(
        card,
        path=section_card_path(section),
        headline=name if section in SECTION_LABELS else site.title,
        instead=site.title,
        artwork=Artwork(section=section),
    )


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
        artwork=Artwork(section=NewsSection.OTHER),
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
