"""What is known of publishers' pages, from page to table and back to the next pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from sqlalchemy import Connection

from aggregator.bootstrap import open_services
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.domain.page_template import LEAST_PAGES, Layout, Sighting
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Source
from aggregator.extract.stage.read import read_stage
from aggregator.ports import Response
from aggregator.services import RefreshOptions, Tally
from aggregator.store.news import articles
from aggregator.store.news.sources import add_sighting, layout_of
from tests.fakes import FakeWeb
from tests.integration.newsroom import Silent

DAY, NEXT = date(2026, 1, 5), date(2026, 1, 6)
NOW = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
PAGE = Sighting(pages=1, paths={"main/p": (9, 0), "nav/li": (0, 4)})
FEED, SITE = "https://lab.example/feed", "https://lab.example/"


def test_sightings_of_a_day_are_kept_apart_from_what_was_known(connection: Connection) -> None:
    add_sighting(connection, "a.example", PAGE, DAY)
    add_sighting(connection, "a.example", Sighting(odd=1), NEXT)
    add_sighting(connection, "b.example", PAGE, NEXT)

    assert layout_of(connection, "a.example", NEXT) == Layout(
        day=NEXT, known=PAGE, fresh=Sighting(odd=1)
    )


def test_a_host_that_was_never_read_is_not_known(connection: Connection) -> None:
    assert layout_of(connection, "a.example", DAY) == Layout(day=DAY)


def _page(number: int) -> Response:
    title = f"Model {number} is out"
    prose = "".join(
        f"<p>Laboratory {number} released model {n} of a series, with weights, code and data.</p>"
        for n in range(20)
    )
    body = (
        f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1>{prose}</main>"
        f"</body></html>"
    )
    return Response(
        url=f"{SITE}{number}", status=200, body=body.encode(), headers={"content-type": "text/html"}
    )


def _feed(numbers: Iterable[int]) -> Response:
    day = format_datetime(NOW)
    listed = (
        f"<title>Model {n} is"
        f" out</title><link>{SITE}{n}</link><guid>{n}</guid><pubDate>{day}</pubDate>"
        for n in numbers
    )
    items = "".join(f"<item>{item}</item>" for item in listed)
    body = (
        '<?xml version="1.0"?><rss'
        f' version="2.0"><channel><title>Lab</title>{items}</channel></rss>'
    )
    return Response(
        url=FEED, status=200, body=body.encode(), headers={"content-type": "application/rss+xml"}
    )


def _read(folder: Path, numbers: Iterable[int], at: datetime) -> tuple[dict[str, str], Layout]:
    """The texts that a house in this folder holds after a refresh in which its feed lists these,
    and what it knows then.
    """
    settings = Settings(
        site=SiteSettings(output=str(folder / "site")),
        database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
        analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
        sources=(Source(key="lab", name="Lab", url=FEED),),
    )
    answers = [_feed(numbers), *map(_page, numbers)]

    async def run() -> tuple[dict[str, str], Layout]:
        async with open_services(settings, at) as opened:
            services = replace(opened, web=FakeWeb({answer.url: answer for answer in answers}))
            services.database.upgrade(at)
            await fetch_stage(services, RefreshOptions(everything=True), Silent(), Tally())
            await read_stage(services, Silent(), Tally())
            with services.database.reading() as connection:
                texts = {
                    article.url: article.text for article in articles.unplaced_articles(connection)
                }
                return texts, layout_of(connection, "lab.example", at.date())

    return asyncio.run(run())


def test_a_publisher_is_known_the_day_after_twenty_pages_and_read_as_at_first_sight(
    tmp_path: Path,
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    _, first = _read(tmp_path / "one", range(LEAST_PAGES), NOW)
    texts, second = _read(
        tmp_path / "one", range(LEAST_PAGES, LEAST_PAGES + 3), NOW + timedelta(days=1)
    )
    at_first_sight, _ = _read(
        tmp_path / "other", range(LEAST_PAGES, LEAST_PAGES + 3), NOW + timedelta(days=1)
    )

    assert (first.fresh.pages, second.known.pages, second.fresh) == (
        LEAST_PAGES,
        LEAST_PAGES,
        Sighting(),
    )
    assert {url: texts[url] for url in at_first_sight} == at_first_sight
