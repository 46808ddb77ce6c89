"""Pages with the cards that a plugin gives them: the picture, and the head that links to it.

A story of some importance and an edition have a card of their own; other stories, and lists, share
that of their section. A card that was published stays, so that its address answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from aggregator.domain.publishing.artwork import Artwork
from aggregator.domain.publishing.news_section import NewsSection, news_section
from aggregator.domain.publishing.page import (
    CARD_HEIGHT,
    CARD_WIDTH,
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
from aggregator.site.story.records import StoryPage

Carded = TypeVar("Carded", StoryPage, ListingPage, FrontPage, EditionPage)

_LONGEST_ALT = 400  # characters; readers of OpenGraph cut the description of a picture at 420


_LEAST_IMPORTANCE = 4.0  # of a story with a card of its own: a front page or edition may show it


def card_path(folder: str) -> str:
    """The path of a card: beside the page of its story or edition."""
    return f"{folder}card.png"


def section_card_path(section: NewsSection) -> str:
    """The path of the card that a section shares."""
    return f"card/{section}.png"


def has_own_card(path: str, importance: float, kept: Collection[str]) -> bool:
    """Whether the page of a folder has a card of its own; `kept` are the published ones."""
    return importance >= _LEAST_IMPORTANCE or card_path(path) in kept


def section_cards(site: SiteSettings, card_renderer: CardRenderer | None) -> Iterator[Page]:
    """The cards that sections share."""
    if card_renderer:
        for section in NewsSection:
            yield _drawn(card_renderer.card(section, None, site)[0], card_renderer)


def with_card(
    page: Carded,
    about: Story | Artwork | None,
    site: SiteSettings,
    card_renderer: CardRenderer | None,
    kept: Collection[str] = (),
) -> tuple[Carded, tuple[Page, ...]]:
    """A page with its card in the head, and the page of the card if it has one of its own;
    unchanged without a renderer.
    """
    if card_renderer is None:
        return page, ()
    shared = _shared(page, about, kept)
    card, alt_text = card_renderer.card(shared or page, None if shared else about, site)
    alt = (
        alt_text
        if len(alt_text) <= _LONGEST_ALT
        else alt_text[:_LONGEST_ALT].rpartition(" ")[0] + " …"
    )
    head = replace(
        page.head,
        card=HeadCard(url=absolute(site, card.path), width=CARD_WIDTH, height=CARD_HEIGHT, alt=alt),
    )
    page = replace(page, head=head)
    return page, () if shared else (_drawn(card, card_renderer),)


def _drawn(card: Any, by: CardRenderer) -> Page:
    """The picture of a card."""
    file = PageFile(path=card.path, image=partial(by.draw, card), kit=by.kit)
    return Page(record=card, files=(file,))


def _shared(page: object, about: object, kept: Collection[str]) -> NewsSection | None:
    """The section whose card a page shares; None where it has its own."""
    match page, about:
        case StoryPage(path=path), Story() if not has_own_card(path, about.importance, kept):
            return news_section(about.section, about.lane)
        case ListingPage(path=path), Artwork() if not has_own_card(path, 0, kept):
            return about.section
    return None
