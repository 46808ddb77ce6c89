"""The sources as one list, and where a site may have its feed."""

from __future__ import annotations

import pytest

from aggregator.crawl.discovery import (
    MOST_GUESSES,
    known_address,
    new_source_key,
    source_name,
    sources_by_address,
    usual_addresses,
)
from aggregator.domain.source import Source


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        pytest.param(
            "AI (robots) | The Heron", "https://www.theheron.example/ai", "The Heron", id="section"
        ),
        pytest.param("Wren - All posts", "https://feeds.wren.example/a", "Wren", id="all of it"),
        pytest.param("Feed: AI Latest", "https://www.tern.example/ai", "tern.example", id="a feed"),
        pytest.param("", "https://www.tern.example/ai", "tern.example", id="no title"),
        pytest.param(
            "Notes: on Models", "https://blog.tern.example/", "Notes: on Models", id="another name"
        ),
        pytest.param("The Auk", "https://tern.example/auk", "The Auk", id="one part"),
    ],
)
def test_a_source_is_called_what_its_domain_spells(title: str, url: str, expected: str) -> None:
    assert source_name(title, url) == expected


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        pytest.param("The Lab: News & Views", (), "the-lab-news-views", id="words of the name"),
        pytest.param("The Lab", ("the-lab", "the-lab-2"), "the-lab-3", id="names taken"),
        pytest.param("机器之心", (), "lab", id="name without Latin letters"),
        pytest.param("", (), "lab", id="no name"),
        pytest.param(
            "A very long name of a feed that goes on and on",
            (),
            "a-very-long-name-of-a-feed-that-goes-on",
            id="long",
        ),
    ],
)
def test_a_key_is_made_of_the_name_or_of_the_site_and_is_free(
    name: str, taken: tuple[str, ...], expected: str
) -> None:
    assert new_source_key(name, "https://news.lab.example/feed", taken) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://lab.example/feed",
        "https://LAB.example/feed?utm_source=x",
        "https://lab.example/feed#a",
    ],
)
def test_a_source_is_known_under_each_spelling_of_its_address(url: str) -> None:
    source = Source(key="lab", name="L", url="https://lab.example/feed")

    assert sources_by_address([source]).get(known_address(url)) is source


def test_a_blog_in_a_folder_is_looked_for_there_first_and_nothing_is_asked_twice() -> None:
    found = usual_addresses("https://lab.example/blog/", {"https://lab.example/feed"})

    assert found[:5] == (
        "https://lab.example/blog/feed",
        "https://lab.example/blog/rss.xml",
        "https://lab.example/blog/feed.xml",
        "https://lab.example/blog/index.xml",
        "https://lab.example/rss.xml",
    )
    assert len(found) == MOST_GUESSES


def test_a_home_page_is_asked_at_its_own_addresses_only() -> None:
    assert usual_addresses("https://lab.example/")[0] == "https://lab.example/feed"
    assert len(usual_addresses("https://lab.example/")) == 6
