"""What a publisher keeps from AI systems, from the answer of its server to what the store holds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from aggregator.bootstrap import open_services
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.domain.article import Article, Read
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Source
from aggregator.domain.web.rights import CLOSED
from aggregator.extract.stage.read import read_stage
from aggregator.ports import Response
from aggregator.services import RefreshOptions, Tally
from aggregator.store.news import articles
from aggregator.store.schema import entries
from tests.fakes import FakeWeb
from tests.integration.newsroom import Silent

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
FEED, ARTICLE, ROBOTS = (
    "https://lab.example/feed",
    "https://lab.example/a",
    "https://lab.example/robots.txt",
)
TDM = "https://lab.example/.well-known/tdmrep.json"
TITLE = "Northwind opens its second model"
WORDS = (
    "Northwind released the weights of its second model under a free licence, and says that anyone"
    " may run it. " * 12
)
EXCERPT = "Northwind released the weights of its second model."


def _feed(text: str, headers: Mapping[str, str] | None = None, *, title: str = TITLE) -> Response:
    fields = (
        f"<pubDate>{format_datetime(NOW)}</pubDate>"
        f"<description>&lt;p&gt;{text}&lt;/p&gt;</description>"
    )
    item = (
        f"<item><title>{title}</title><link>{ARTICLE}</link><guid>{ARTICLE}</guid>{fields}</item>"
    )
    body = (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Lab</title>{item}</channel></rss>'
    )
    return Response(
        url=FEED,
        status=200,
        body=body.encode(),
        headers={"content-type": "application/rss+xml", **(headers or {})},
    )


def _page(head: str = "", headers: Mapping[str, str] | None = None) -> Response:
    html = (
        f"<html><head><title>{TITLE}</title>{head}</head><body><article><h1>{TITLE}</h1>"
        f"<p>{WORDS}</p></article></body></html>"
    )
    return Response(
        url=ARTICLE,
        status=200,
        body=html.encode(),
        headers={"content-type": "text/html", **(headers or {})},
    )


def _file(url: str, text: str) -> Response:
    return Response(url=url, status=200, body=text.encode(), headers={"content-type": "text/plain"})


class House:
    """A house that follows one source; what it holds of the one article after a refresh."""

    def __init__(self, folder: Path) -> None:
        self._settings = Settings(
            site=SiteSettings(output=str(folder / "site")),
            database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
            analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
            sources=(Source(key="lab", name="Lab", url=FEED),),
        )

    def after(self, *answers: Response, days: int = 0) -> tuple[Article, str]:
        """The article, and the text of its entry, once a web of these answers was asked."""

        async def run() -> tuple[Article, str]:
            at = NOW + timedelta(days=days)
            async with open_services(self._settings, at) as opened:
                services = replace(opened, web=FakeWeb({answer.url: answer for answer in answers}))
                services.database.upgrade(at)
                await fetch_stage(services, RefreshOptions(everything=True), Silent(), Tally())
                await read_stage(services, Silent(), Tally())
                with services.database.reading() as connection:
                    (found,) = articles.unplaced_articles(connection)
                    (kept,) = connection.execute(
                        select(entries.summary + entries.content)
                    ).scalars()
                    return found, kept

        return asyncio.run(run())


SIGNAL = _file(ROBOTS, "User-agent: *\nContent-Signal: ai-input=no\nAllow: /")
RESERVING = _file(TDM, '[{"location": "/", "tdm-reservation": 1}]')


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        pytest.param(
            (_feed(WORDS), SIGNAL),
            "Content-Signal: ai-input=no",
            id="a full feed, the signal of the article's origin",
        ),
        pytest.param(
            (_feed(WORDS), RESERVING),
            "tdm-reservation: 1",
            id="a full feed, a reservation of the article's origin",
        ),
        pytest.param(
            (_feed(EXCERPT), _page(), SIGNAL),
            "Content-Signal: ai-input=no",
            id="a page, the signal of its origin",
        ),
        pytest.param(
            (_feed(EXCERPT), _page(headers={"x-robots-tag": "noai"})),
            "X-Robots-Tag: noai",
            id="a page, its header",
        ),
        pytest.param(
            (_feed(EXCERPT), _page('<meta name="robots" content="noai">')),
            "robots: noai",
            id="a page, its head",
        ),
        pytest.param(
            (_feed(EXCERPT), _page('<meta name="tdm-reservation" content="1">')),
            "tdm-reservation: 1",
            id="a page, TDMRep in its head",
        ),
    ],
)
def test_of_a_text_that_is_closed_to_ai_systems_headline_and_link_are_kept(
    answers: tuple[Response, ...], word: str, tmp_path: Path
) -> None:
    article, kept_of_entry = House(tmp_path).after(*answers)

    assert (article.reserved, article.read, article.shortfall, article.url) == (
        word,
        Read.HEADLINE,
        CLOSED,
        ARTICLE,
    )
    assert ([passage.text for passage in article.passages], kept_of_entry) == ([TITLE], "")


def test_a_feed_that_is_closed_gives_no_text_but_its_open_page_does(tmp_path: Path) -> None:
    article, kept_of_entry = House(tmp_path).after(_feed(WORDS, {"x-robots-tag": "noai"}), _page())

    assert (article.reserved, article.read, kept_of_entry) == ("", Read.FULL, "")


@pytest.mark.parametrize(
    "answers",
    [
        (_feed(WORDS), _file(ROBOTS, "User-agent: *\nDisallow: /")),
        (_feed(EXCERPT), _page(headers={"x-robots-tag": "noindex, noarchive"})),
        (_feed(EXCERPT), _page('<meta name="robots" content="noindex, noimageai">')),
    ],
    ids=["a barred page", "a header about lists", "a tag about pictures"],
)
def test_what_closes_no_text_leaves_it(answers: tuple[Response, ...], tmp_path: Path) -> None:
    article, _ = House(tmp_path).after(*answers)

    assert (article.reserved, article.read) == ("", Read.FULL)


def test_a_text_that_is_closed_later_is_gone_from_the_next_version(tmp_path: Path) -> None:
    house = House(tmp_path)
    first, _ = house.after(_feed(WORDS))
    second, kept_of_entry = house.after(_feed(f"{WORDS} And more."), SIGNAL, days=2)

    assert (first.version, first.read, second.version, second.read) == (
        1,
        Read.FULL,
        2,
        Read.HEADLINE,
    )
    assert ([passage.text for passage in second.passages], kept_of_entry) == ([TITLE], "")


def test_a_closed_text_that_the_feed_repeats_makes_no_further_version(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.after(_feed(WORDS), SIGNAL)
    again, kept_of_entry = house.after(_feed(WORDS, {"etag": '"2"'}), SIGNAL, days=2)

    assert (again.version, kept_of_entry) == (1, "")
