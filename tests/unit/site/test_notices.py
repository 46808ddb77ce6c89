"""The pages that serve readers: numbers of the site, ways to follow it, headlines as they were
published.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.domain.claim import Draft, Rejection
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.resources import TEMPLATES
from aggregator.site.lists.about import about_page
from aggregator.site.lists.notices import subscribe_page
from aggregator.site.story.origins import PublishedHeadline
from aggregator.site.story.page import story_page
from aggregator.templating.environment import renderer
from tests.builders import (
    article,
    claim,
    headline,
    leverage_story,
    member,
    published_story,
    sample_standings,
    sample_stories,
    source,
    standing,
    story,
)
from tests.memory_site import MemoryContent, site_pages, story_numbers

SITE = SiteSettings(base_url="https://news.example")


def test_the_page_about_the_site_counts_what_stands_on_it() -> None:
    numbers = story_numbers((leverage_story(), published_story(rejected=((Rejection.NAME, 1),))))
    page = about_page(
        numbers, "extractive", [standing(), standing(source("x"), reason="http 503")], 2, SITE
    )

    assert [(group.total, [part.number for part in group.counts]) for group in page.numbers] == [
        ("2", ["1", "1"]),  # stories: of news, of labs
        ("5", ["4", "1", "1"]),  # articles: read in full, as an excerpt, copies
        ("33", ["30", "3"]),  # sentences: quoted, of what is not stated
        ("1", []),  # stories of two publishers
        ("2", ["1"]),  # sources: failing
        ("2", []),  # editions
    ]
    names = [group.name for group in page.numbers]
    assert (len(set(names)), names[0], names[-1]) == (6, "Stories", "Editions published")
    assert [
        (word in check.name, check.number)
        for word, check in zip(("quotes", "number", "name"), page.checks, strict=True)
    ] == [(True, "2"), (True, "1"), (True, "1")]


def test_the_numbers_tell_when_news_came_last_and_not_when_they_were_counted() -> None:
    first, last = sample_stories(2)[0], sample_stories(2)[-2]
    pages = [
        {
            page.files[0].path: page.record
            for page in site_pages(MemoryContent(stories=some, statuses=(), engine="x"), SITE)
        }
        for some in ((first, last), (last, first))
    ]

    assert pages[0] == pages[1]


@pytest.mark.parametrize("form", ["", "https://mail.example/subscribe"])
def test_the_way_by_mail_is_shown_where_there_is_a_form(form: str) -> None:
    assert subscribe_page(form, "One email a week.", None, "on Monday", SITE).form == form


@pytest.mark.parametrize("form", ["", "https://mail.example/subscribe"])
def test_a_site_speaks_of_email_only_where_it_sends_some(form: str) -> None:
    content = MemoryContent(
        stories=sample_stories(2), statuses=(), engine="x", subscribe=form, preferences=form
    )
    records = {page.files[0].path: page.record for page in site_pages(content, SITE)}
    render = renderer(
        TEMPLATES / "site",
        "UTC",
        site=SITE,
        static=dict.fromkeys(("style.css", "icon.svg", "reader.js", "following.js"), ""),
    )
    told = [
        "unless you add it" in render(template, page=records[f"{path}index.html"], root="")
        for path, template in (("about/", "about.html"), ("following/", "following.html"))
    ]

    assert told == [bool(form)] * 2


def titled(page_title: str, first_title: str, language: str = "en") -> PublishedStory:
    """A story of two sources with the headline of the second."""
    first, second = (
        article(first_title, key="first", language=language),
        article(page_title, key="second"),
    )
    of = story((member(first, name="The First"), member(second, name="The Second")))
    return published_story(of, Draft(headline=headline(second), hook=claim("It did.", second)))


def test_the_headline_of_who_reported_first_stands_beside_ours() -> None:
    page = story_page(titled("Lab opens model", "The lab’s “free” model is here"), SITE)

    assert page.headline_at_first == PublishedHeadline(
        source="The First", text="The lab’s “free” model is here", lang=""
    )
    assert page.headline_at_first.shown == "The lab’s ‘free’ model is here"


@pytest.mark.parametrize(
    "first", ["Lab opens model", "LAB OPENS MODEL!", ""], ids=["the same", "but for marks", "none"]
)
def test_a_headline_that_says_the_same_is_not_repeated(first: str) -> None:
    assert story_page(titled("Lab opens model", first), SITE).headline_at_first is None


def test_headlines_in_scripts_without_an_ascii_letter_are_told_apart() -> None:
    page = story_page(titled("中文标题一", "מודל שפה", "he"), SITE)

    assert page.headline_at_first == PublishedHeadline(
        source="The First", text="מודל שפה", lang="he"
    )


def test_the_primary_source_counts_before_the_first_to_report() -> None:
    post, wire = (
        article("We are proud to announce", key="lab"),
        article("Lab opens model", key="wire"),
    )
    of = story(
        (member(wire, name="Wire"), member(replace(post, id="later"), name="Lab", primary=True))
    )

    page = story_page(published_story(of, Draft(headline=headline(wire))), SITE)

    assert page.headline_at_first is not None
    assert page.headline_at_first.source == "Lab"
    assert [row.name for origin in page.origins for row in origin.rows] == ["Lab", "Wire"]


def test_every_page_that_serves_is_there_without_a_story() -> None:
    content = MemoryContent(stories=(), statuses=sample_standings(), engine="extractive")
    paths = {page.files[0].path for page in site_pages(content, SITE)}

    assert {
        f"{name}/index.html"
        for name in ("topic", "role", "entity", "about", "subscribe", "scorecard")
    } <= paths
    assert "404.html" in paths
