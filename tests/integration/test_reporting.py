"""A mistake in a story is reported with its address and version, by a link that needs no script."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from aggregator.domain.publishing.edition import TopicCount
from aggregator.domain.settings import SiteSettings
from aggregator.site.paths import story_path
from tests.builders import SAMPLE_TOPICS, leverage_story, sample_standings
from tests.memory_site import MemoryContent, publish, site_pages
from tests.unit.site.makers import published as published_edition

STORY = leverage_story()
NAME = next(iter(SAMPLE_TOPICS.values()))


class Links(HTMLParser):
    """The links of a page by what they say."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._href = ""
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._href = dict(attrs).get("href") or "" if tag == "a" else ""

    def handle_data(self, data: str) -> None:
        if self._href:
            self.found.append((data, self._href))


def built(folder: Path, contact: str) -> Path:
    edition = published_edition((STORY,))
    topics = (TopicCount(name=NAME, stories=1), TopicCount(name="Gone", stories=1))
    edition = replace(edition, edition=replace(edition.edition, topics=topics))
    content = MemoryContent(
        stories=(STORY,),
        statuses=sample_standings(),
        engine="extractive",
        editions=(edition,),
        topic_names=SAMPLE_TOPICS,
    )
    site = SiteSettings(base_url="https://news.example", contact=contact)
    publish(site_pages(content, site), folder, site, {})
    return folder


def reported(folder: Path) -> list[str]:
    """What the links of the story's page fill in."""
    links = Links(folder / story_path(STORY.story) / "index.html").found
    return [
        parse_qs(urlsplit(href).query)["body"][0]
        for text, href in links
        if text == "Report an error in this story"
    ]


@pytest.mark.parametrize("contact", ["editor@news.example", "https://news.example/contact"])
def test_a_story_has_a_link_that_fills_in_its_address_and_version_and_asks_for_the_passage(
    tmp_path: Path, contact: str
) -> None:
    (body,) = reported(built(tmp_path, contact))

    assert f"https://news.example/{story_path(STORY.story)}" in body
    assert "version of 20" in body
    assert body.rstrip().endswith("number of its passage:")


def test_nobody_to_report_to_is_no_link(tmp_path: Path) -> None:
    assert reported(built(tmp_path, "")) == []


def test_an_edition_links_its_topics_as_far_as_they_are_still_called_so(tmp_path: Path) -> None:
    links = Links(next(built(tmp_path, "").glob("week/20*/index.html"))).found

    assert [
        (text, href.removeprefix("../../")) for text, href in links if text in {NAME, "Gone"}
    ] == [(NAME, f"topic/{next(iter(SAMPLE_TOPICS))}/")]
