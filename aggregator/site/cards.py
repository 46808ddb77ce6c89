"""Pages with the cards that a plugin gives them: the picture, and the head that links to it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TypeVar

from aggregator.domain.publishing.artwork import Artwork
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


def card_path(folder: str) -> str:
    """The path of a card: beside the page of its story or edition."""
    return f"{folder}card.png"


def with_card(
    page: Carded,
    about: Story | Artwork | None,
    site: SiteSettings,
    card_renderer: CardRenderer | None,
) -> tuple[Carded, tuple[Page, ...]]:
    """A page with its card in the head, and the page of the card; unchanged and no card without a
    renderer.
    """
    if card_renderer is None:
        return page, ()
    card, alt_text = card_renderer.card(page, about, site)
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
