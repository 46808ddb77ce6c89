"""The sites that the bench makes of real layouts."""

from __future__ import annotations

import re

from aggregator.domain.article import PageText
from aggregator.extract.page.article import read_page
from bench.sites import site
from tests.quality.gold_pages import GoldPage

_MENU = "<nav><a href='/x'>Skullduggery</a></nav>"
TEXTS = [
    f"Zyxquv {n} brobdingnag flimflam gallimaufry quixotic sesquipedalian widdershins."
    for n in range(8)
]
LAYOUT = GoldPage(
    name="layout",
    url="https://daily.example/story",
    text="\n".join(TEXTS),
    body=(
        f"<html><head><title>Zyxquv</title></head><body>{_MENU}<main class='story'><h1>Zyxquv"
        f" flimflam</h1>{''.join(f'<p>{text}</p>' for text in TEXTS)}</main><!-- Zyxquv"
        " --><footer>Lackadaisical</footer></body>"
    ).encode(),
)


def test_nothing_of_the_publishers_text_is_left_but_the_layout_is() -> None:
    pages = [page.body.decode() for page in site(LAYOUT, 3)]
    words = set(re.findall(r"\w{8,}", " ".join(TEXTS))) | {
        "Zyxquv",
        "Skullduggery",
        "Lackadaisical",
    }

    assert [word for word in words for page in pages if word.lower() in page.lower()] == []
    assert ['<main class="story">' in page for page in pages] == [True] * 3


def test_each_page_has_its_own_text_and_a_site_is_always_the_same() -> None:
    pages = list(site(LAYOUT, 3))

    assert (len({page.text for page in pages}), pages) == (3, list(site(LAYOUT, 3)))


def test_the_text_that_is_right_is_the_one_on_the_page() -> None:
    (page,) = site(LAYOUT, 1)
    found = read_page(page.body, url=page.url, content_type="text/html")

    assert isinstance(found, PageText)
    assert (found.title, found.text) == (page.title, page.text)
