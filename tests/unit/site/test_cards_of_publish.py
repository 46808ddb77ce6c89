"""The pictures of cards, looked at as pixels."""

from __future__ import annotations

import io
import re
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aggregator.domain.publishing.artwork import Artwork
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.publishing.palette import DARK, LIGHT
from aggregator.plugins.cards.cards import card_png
from aggregator.plugins.cards.content import Card
from aggregator.resources import TEMPLATES

STORY = Card(
    path="story/x/card.png",
    site="AI news, checked",
    kicker="Open weights",
    date="4 July 2026",
    headline="Mensch says vendors hold leverage over firms",
    instead="Reported by The Commons Forum",
    facts="4 articles, 3 independent sources",
    artwork=Artwork(section=NewsSection.MONEY, large="$350", small="million"),
    origins=3,
    copies=1,
)
EDITION = replace(
    STORY,
    kicker="Edition 27",
    artwork=None,
    headline="29 June – 5 July 2026",
    instead="",
    leads=(
        "Northwind opens a second model",
        "Court orders Halden to disclose its data",
        "Ferrow cuts prices",
        "A fourth one",
    ),
    origins=0,
    copies=0,
    bars=(4, 12, 9, 15, 11, 2, 0),
)
PAPER_GREY = 248  # of the paper in a grey picture
LARGEST = 40_000  # bytes


def picture(card: Card) -> Image.Image:
    return Image.open(io.BytesIO(card_png(card)))


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    found = image.convert("RGB").getcolors(1 << 20) or []
    return {colour for _, colour in found if isinstance(colour, tuple)}


@pytest.mark.parametrize("card", [STORY, EDITION], ids=["story", "edition"])
def test_a_card_is_a_small_png_of_the_size_that_is_announced(card: Card) -> None:
    image = picture(card)

    assert (image.format, image.size, len(card_png(card)) < LARGEST) == ("PNG", (1200, 630), True)


def test_a_card_has_the_colours_of_the_site() -> None:
    style = (TEMPLATES / "static" / "style.css").read_text("utf-8")
    variables = {
        name.replace("-", "_"): pair
        for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", style)
    }
    paper, ink, accent, money = (
        tuple(bytes.fromhex(getattr(LIGHT, name)[1:]))
        for name in ("paper", "ink", "accent", "money")
    )

    assert variables == {
        field.name: [getattr(LIGHT, field.name), getattr(DARK, field.name)]
        for field in fields(LIGHT)
    }
    assert {paper, ink, money} <= colours(picture(STORY))
    assert {paper, ink, accent} <= colours(picture(EDITION))


def test_the_same_card_gives_the_same_bytes() -> None:
    assert card_png(STORY) == card_png(replace(STORY))


@pytest.mark.parametrize(
    "changed",
    [
        {"site": "Other news"},
        {"kicker": "Policy"},
        {"date": "5 July 2026"},
        {"headline": "Another headline"},
        {"facts": "5 articles, 3 independent sources"},
        {"origins": 2},
        {"copies": 0},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_each_thing_that_a_card_tells_is_seen(changed: dict[str, str]) -> None:
    assert card_png(STORY) != card_png(replace(STORY, **changed))  # type: ignore[arg-type]


def test_an_edition_shows_its_first_headlines_and_its_days() -> None:
    changed = [
        replace(EDITION, leads=EDITION.leads[:2]),
        replace(EDITION, bars=(1, 1, 1, 1, 1, 1, 1)),
    ]

    assert card_png(EDITION) not in map(card_png, changed)
    assert card_png(EDITION) == card_png(replace(EDITION, leads=EDITION.leads[:3]))


@pytest.mark.parametrize(
    "headline",
    ["מודל שפה פתוח", "开放模型", "एक खुला मॉडल", "\ue000\ue001"],
    ids=["Hebrew", "Chinese", "Hindi", "private"],
)
def test_where_the_font_lacks_a_letter_other_words_stand_instead_and_no_box(headline: str) -> None:
    shown = card_png(replace(STORY, headline=headline))

    assert shown == card_png(replace(STORY, headline=""))
    assert shown != card_png(replace(STORY, headline="", instead="Reported by Open Register"))


def test_a_headline_that_cannot_be_set_is_left_out_of_an_edition_and_the_next_follows() -> None:
    with_hebrew = replace(EDITION, leads=("מודל שפה", *EDITION.leads))

    assert card_png(with_hebrew) == card_png(EDITION)


def test_an_edition_without_headlines_says_why() -> None:
    bare = replace(EDITION, leads=())

    assert card_png(replace(bare, instead="A quiet week.")) != card_png(bare)
    assert card_png(replace(EDITION, instead="A quiet week.")) == card_png(EDITION)


@pytest.mark.parametrize("words", [1, 8, 30, 90, 400])
def test_no_headline_runs_over_the_edge(words: int) -> None:
    image = picture(replace(STORY, headline="Wide MMM headline" + " weights" * words)).convert("L")

    edges = [(770, 16, 838, 630), (0, 521, 838, 546)]
    assert [image.crop(edge).getextrema() == (PAPER_GREY, PAPER_GREY) for edge in edges] == [
        True,
        True,
    ]


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=60), st.text(max_size=500), st.text(max_size=30), st.integers(0, 40))
def test_whatever_the_texts_are_a_card_is_drawn(
    site: str, headline: str, source: str, origins: int
) -> None:
    story = replace(
        STORY,
        site=site,
        headline=headline,
        instead=source,
        kicker=source,
        facts=source,
        origins=origins,
    )
    edition = replace(EDITION, site=site, leads=(headline, source), kicker=source)

    assert [picture(each).size for each in (story, edition)] == [(1200, 630), (1200, 630)]
