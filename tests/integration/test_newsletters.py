"""Newsletters in a refresh: their issues vote for stories and are none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

from sqlalchemy import delete, update

from aggregator.bootstrap import open_services
from aggregator.cluster.members import members, story_of_members
from aggregator.domain.ids import stable_id
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Lane, Source
from aggregator.extract.stage.saving import MOST_LINKED
from aggregator.hooks.plugins import Plugins, activate
from aggregator.pipeline import refresh
from aggregator.ports import Response
from aggregator.services import RefreshOptions, Services
from aggregator.store.news import articles as stored_articles
from aggregator.store.news import stories
from aggregator.store.schema import articles, newsletter_items
from tests.fakes import FakeWeb, FixedClock
from tests.integration.newsroom import Silent

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
PAPER, LETTER = "https://paper.example/feed", "https://letter.example/feed"
ISSUE, LINKED = "https://letter.example/p/12", "https://gazette.example/tallis"
NEWS = (
    (
        "Northwind opens its second model under a free licence",
        "Northwind released the weights of its second model under a free licence on Saturday. The"
        " model has 12 billion parameters and runs on one graphics card, Northwind says.",
    ),
    (
        "Court in Oslo orders Halden to disclose its training data",
        "A judge in Oslo gave Halden 30 days on Friday to list the books that it used. Halden said"
        " that it will appeal against the order of the court in Oslo.",
    ),
)
LISTED = (
    ("Northwind frees a model", "https://paper.example/0"),
    ("Oslo court orders Halden to disclose training data", "https://blog.example/halden"),
    ("Tallis recalls its arms", LINKED),
    ("Ferrow cuts prices", "https://ferrow.example/news"),
    ("Orkla buys a robot maker", "https://orkla.example/news"),
    ("Norway funds a computer", "https://norway.example/news"),
)
TALLIS = (
    "Robot maker Tallis recalls 1,800 arms in Norway. The arms may drop what they hold, Tallis said"
    " on Friday in Bergen. Owners should switch them off until a part was changed. "
)


def feed(url: str, *entries: tuple[str, str, str]) -> Response:
    """A feed of these entries: title, link and content."""
    listed = "".join(
        f"<item><title>{escape(title)}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{format_datetime(NOW)}</pubDate><description>{escape(text)}</description></item>"
        for title, link, text in entries
    )
    body = f'<rss version="2.0"><channel><title>Feed</title>{listed}</channel></rss>'
    return Response(
        url=url, status=200, body=body.encode(), headers={"content-type": "application/rss+xml"}
    )


def letter(listed: Sequence[tuple[str, str]] = LISTED) -> Response:
    """The feed of the newsletter, with one issue."""
    entries = "".join(
        f'<li><b>{title}</b>: it is so, says <a href="{link}">a report</a>.</li>'
        for title, link in listed
    )
    return feed(LETTER, ("Not much today", ISSUE, f"<h2>News</h2><ul>{entries}</ul>"))


def page(url: str, title: str, text: str, day: str = "2026-07-05") -> Response:
    """The page of an article."""
    dated = f'<meta property="article:published_time" content="{day}T08:00:00Z">' if day else ""
    html = (
        f"<html><head><title>{title}</title>{dated}</head><body><article><h1>{title}</h1>"
        f"<p>{text}</p></article></body></html>"
    )
    return Response(url=url, status=200, body=html.encode(), headers={"content-type": "text/html"})


def paper() -> Response:
    """The feed of a paper."""
    entries = [
        (title, f"https://paper.example/{n}", f"{text} {'It was in all papers. ' * 30}")
        for n, (title, text) in enumerate(NEWS)
    ]
    return feed(PAPER, *entries)


WEB = {PAPER: paper(), LETTER: letter(), LINKED: page(LINKED, "Tallis recalls arms", TALLIS * 6)}


class House:
    """A house that follows a paper and a newsletter."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.site = folder / "site"
        self._settings = Settings(
            site=SiteSettings(output=str(self.site), base_url="https://news.example"),
            database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
            analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
            sources=(
                Source(key="paper", name="Paper", url=PAPER),
                Source(key="letter", name="Letter", url=LETTER, lane=Lane.LETTER),
            ),
        )

    def refreshed(self, web: Mapping[str, Response], *sources: str) -> FakeWeb:
        """The web as it was asked by a refresh of these sources, or of all."""
        asked = FakeWeb(web)

        async def run() -> None:
            async with open_services(self._settings, NOW) as opened:
                services = replace(opened, web=asked, clock=FixedClock(NOW))
                options = RefreshOptions(everything=True, only=frozenset(sources))
                await refresh(services, options, Silent())

        asyncio.run(run())
        return asked

    def services(self, change: Any) -> None:
        """Lets a function change what is stored."""

        async def run() -> None:
            async with open_services(self._settings, NOW) as services:
                change(services)

        asyncio.run(run())

    def stories(self) -> dict[str, Any]:
        """The JSON of the stories on the site, by headline."""
        found = [json.loads(path.read_text()) for path in self.site.glob("story/*/index.json")]
        return {story["headline"]["text"]: story for story in found if "headline" in story}

    def files(self) -> dict[str, bytes]:
        """All files of the site."""
        return {
            str(path.relative_to(self.site)): path.read_bytes()
            for path in self.site.rglob("*")
            if path.is_file() and not path.is_symlink()
        }


def test_an_issue_is_no_story_and_the_stories_that_it_carries_name_it(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.refreshed(WEB)
    carried = [{"source": "Letter", "url": ISSUE}]

    assert {title: story.get("newsletters") for title, story in house.stories().items()} == {
        NEWS[0][0]: carried,  # by its link
        NEWS[1][0]: carried,  # by its words
        "Tallis recalls arms": carried,  # which nobody else lists
    }


def test_with_the_plugin_off_an_issue_is_an_article_like_others(tmp_path: Path) -> None:
    activate(Plugins(["newsletters"]))
    try:
        house = House(tmp_path)
        house.refreshed(WEB)
    finally:
        activate(Plugins())

    found = house.stories()
    assert {NEWS[0][0], NEWS[1][0]} <= found.keys()  # what it links to is not read
    assert "Tallis recalls arms" not in found
    assert not any(story.get("newsletters") for story in found.values())


def test_the_page_of_a_newsletter_lists_its_issues(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.refreshed(WEB)
    source = (house.site / "source" / "letter" / "index.html").read_text()

    assert f'<a href="{ISSUE}" rel="noopener external">Not much today</a>' in source
    assert not any("Not much today" in path.read_text() for path in house.site.glob("*.xml"))


def test_the_order_in_which_issue_and_reports_arrive_changes_no_byte(tmp_path: Path) -> None:
    filler = {
        url: feed(url, (title, f"{url}/0", f"{title}. {'It was said before. ' * 40}"))
        for url, title in ((PAPER, "Ferry to Bergen is late"), (LETTER, "A letter on gardens"))
    }
    found = []
    for n, known in enumerate(({}, {PAPER: WEB[PAPER]}, {LETTER: WEB[LETTER]})):
        house = House(tmp_path / str(n))
        house.refreshed(filler)
        house.refreshed(WEB | filler | known)
        house.refreshed(WEB)
        found.append(house.files())

    assert found[0] == found[1] == found[2]


def test_a_linked_page_founds_no_story_if_it_is_undated_or_not_there(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.refreshed(WEB | {LINKED: page(LINKED, "About Tallis", TALLIS * 6, day="")})

    assert sorted(house.stories()) == sorted(title for title, _ in NEWS)


def test_an_issue_has_only_so_many_pages_read(tmp_path: Path) -> None:
    listed = [(f"News of town {n}", f"https://town-{n}.example/") for n in range(40)]
    asked = House(tmp_path).refreshed(
        {LETTER: letter(listed)} | {"https://town-1.example/x": paper()}
    )
    pages = {request.url for request in asked.asked if "town" in request.url}

    assert (
        0 < len([url for url in pages if "robots" not in url and "tdm" not in url]) <= MOST_LINKED
    )


def test_an_issue_that_was_a_story_leads_to_its_source(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.refreshed(WEB)
    issue_id = stable_id("article", ISSUE)
    story_id = stable_id("story", issue_id)

    def as_before(services: Services) -> None:
        with services.database.writing() as connection:
            connection.execute(delete(newsletter_items))
            connection.execute(
                update(articles).where(articles.id == issue_id).values(is_issue=None)
            )
            found = stored_articles.articles_by_id(connection, [issue_id])
            made = story_of_members(story_id, members([found[issue_id]], {}), "UTC")
            stories.save_story(connection, made)
            stored_articles.place_article(connection, issue_id, story_id, None)

    house.services(as_before)
    house.refreshed(WEB)
    (moved,) = house.site.glob(f"story/*-{story_id}/index.json")

    assert json.loads(moved.read_text())["url"] == "https://news.example/source/letter/"
    shown = moved.with_name("index.html").read_text()
    assert "newsletter is listed" in shown
    assert "Only the headline" not in shown
    assert "newsletter issue is listed" in moved.with_name("index.md").read_text()
    assert house.stories()[NEWS[0][0]]["newsletters"] == [{"source": "Letter", "url": ISSUE}]
