"""Differences between readings of a catalogue beside the stories that report them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.house import House
from tests.integration.test_catalogue_pages import DAYS, LIST, NEWS, SOURCES, listed
from tests.servers import MiniWeb, Page

AGREES = "OpenAI cuts the price of GPT-5.2 for developers"
DIFFERS = "Norwegian schools count what GPT-5.2 lessons in Oslo cost them"
SILENT = "A hospital in Bergen writes letters to patients with GPT-5.2"
TEXTS = {
    AGREES: "OpenAI has cut the price of GPT-5.2. GPT-5.2 now costs $6 per million output tokens,"
    " instead of $10, the company said.",
    DIFFERS: "Schools in Oslo have taught 4,000 pupils with a tutor that runs on GPT-5.2 since May."
    " GPT-5.2 costs the schools $7 per million output tokens, the city said on Tuesday.",
    SILENT: "The hospital in Bergen has written 12,000 letters to patients with GPT-5.2 since May."
    " Doctors check each of the letters before it is sent, the hospital said on Tuesday.",
}


def feed() -> Page:
    """Three stories that name one of the models; the first and the second state its price."""
    items = "".join(
        f"<item><title>{title}</title><link>https://lab.example/{n}</link>"
        f"<description>&lt;p&gt;{text}&lt;/p&gt;</description>"
        f"<pubDate>Tue, 09 Jun 2026 1{n}:00:00 GMT</pubDate></item>"
        for n, (title, text) in enumerate(TEXTS.items())
    )
    channel = f"<title>The Lab</title><link>https://lab.example/</link>{items}"
    body = f'<rss version="2.0"><channel>{channel}</channel></rss>'
    return Page(body=body.encode(), content_type="application/rss+xml")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A price falls between the first reading and the second."""
    with MiniWeb({LIST: listed(), NEWS: feed()}) as web:
        sources = SOURCES.format(news=web.url_of(NEWS), list=web.url_of(LIST))
        made = House(tmp_path_factory.mktemp("joined"), sources)
        made.refreshed("--all", now="2026-06-09T15:00Z")
        web.put(LIST, listed(out=6))
        for now in DAYS[1:]:
            made.refreshed("--all", now=now)
        yield made


def story(house: House, title: str) -> str:
    """What the page of a story has of catalogues."""
    pages = (path.read_text("utf-8") for path in Path(house.site).glob("story/*/index.html"))
    (page,) = (page for page in pages if title in page.partition("</h1>")[0])
    return page.partition('aria-labelledby="catalogues">')[2].partition("</section>")[0]


def test_a_difference_joins_the_story_that_states_its_value(house: House) -> None:
    shown = story(house, AGREES)

    assert "gpt-5.2</a></b>: Output from $10 to $6" in shown
    assert 'href="https://list.example/"' in shown
    assert "differs" not in shown


def test_a_difference_that_an_article_contradicts_is_marked(house: House) -> None:
    shown = story(house, DIFFERS)

    assert re.search(r'differs</span> <a href="[^"]+/1" [^>]*>The Lab</a>: \$7', shown)


def test_a_story_that_states_nothing_of_it_is_left_alone(house: House) -> None:
    assert story(house, SILENT) == ""
