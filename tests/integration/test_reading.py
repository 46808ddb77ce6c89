"""Articles whose pages change, move or cannot be told, from the web to the store."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from aggregator.bootstrap import open_services
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.domain.article import Article, Read
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Source
from aggregator.extract.feed.wrapped_links import HIDDEN_ADDRESS
from aggregator.extract.stage.read import read_stage
from aggregator.ports import Hop, Response
from aggregator.services import RefreshOptions, Services, Tally
from aggregator.store.news import articles, sources
from aggregator.store.schema import passages
from tests.fakes import FakeWeb, FixedClock
from tests.integration.newsroom import Silent

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
FEED, ARTICLE = "https://lab.example/feed", "https://lab.example/a"
TITLE = "Northwind opens its second model"
OLD = " ".join(
    [
        "Northwind released its second model, which has 12 billion parameters, under a free licence"
        " on Saturday."
    ]
    * 5
)
NEW = OLD.replace("12 billion", "13 billion")


def feed(
    text: str = "An excerpt.",
    *,
    link: str = ARTICLE,
    updated: datetime | None = None,
    dated: bool = True,
) -> Response:
    """A feed of one entry."""
    dates = f"<pubDate>{format_datetime(NOW)}</pubDate>" if dated else ""
    dates += f"<atom:updated>{updated.isoformat()}</atom:updated>" if updated else ""
    item = (
        f"<item><title>{TITLE}</title><link>{link}</link>"
        f"<guid>1</guid>{dates}<description>{text}</description></item>"
    )
    body = (
        '<rss version="2.0"'
        f' xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Lab</title>{item}</channel>'
        f"</rss>"
    )
    return Response(
        url=FEED, status=200, body=body.encode(), headers={"content-type": "application/rss+xml"}
    )


def page(
    text: str = OLD, head: str = "", *, url: str = ARTICLE, hops: tuple[Hop, ...] = ()
) -> Response:
    """An article's page."""
    html = (
        f"<html><head><title>{TITLE}</title>{head}</head><body><article><h1>{TITLE}</h1>"
        f"<p>{text}</p></article></body></html>"
    )
    return Response(
        url=url, status=200, body=html.encode(), headers={"content-type": "text/html"}, hops=hops
    )


@frozen
class Held:
    """What a house holds of its one article after a run, and how often its page was asked for in
    that run.
    """

    article: Article
    asked: int


@frozen
class Visit:
    """What feed and page say to a run this long after the first; no page: it is not there."""

    feed: Response
    page: Response | None = None
    hours: float = 0


class Dying(Silent):
    """The run dies as soon as it has dealt with an article."""

    def step(self, what: str) -> None:
        """Raises."""
        if what == TITLE:
            raise DiedError


class DiedError(Exception):
    """Stands for a kill."""


class House:
    """A house that follows one source."""

    def __init__(self, folder: Path) -> None:
        self._settings = Settings(
            site=SiteSettings(output=str(folder / "site")),
            database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
            analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
            sources=(Source(key="lab", name="Lab", url=FEED),),
        )

    def after(self, *visits: Visit) -> list[Held]:
        """What is held after each of these visits."""

        async def run() -> list[Held]:
            async with open_services(self._settings, NOW) as opened:
                opened.database.upgrade(NOW)
                return [await self._held(opened, visit) for visit in visits]

        return asyncio.run(run())

    async def _held(self, opened: Services, visit: Visit) -> Held:
        web = FakeWeb(
            {FEED: visit.feed}
            | ({ARTICLE: visit.page, visit.page.url: visit.page} if visit.page else {})
        )
        services = replace(opened, web=web, clock=FixedClock(NOW + timedelta(hours=visit.hours)))
        await fetch_stage(services, RefreshOptions(everything=True), Silent(), Tally())
        await read_stage(services, Silent(), Tally())
        with services.database.reading() as connection:
            (found,) = articles.unplaced_articles(connection)
        return Held(article=found, asked=sum(request.url == ARTICLE for request in web.asked))

    def pages_asked_by_a_run_that_dies(self, visit: Visit) -> int:
        """How many pages its source is noted to have been asked for, by a run that died once one
        was dealt with.
        """

        async def run() -> int:
            async with open_services(self._settings, NOW) as opened:
                opened.database.upgrade(NOW)
                services = replace(
                    opened,
                    web=FakeWeb({FEED: visit.feed, ARTICLE: visit.page or page()}),
                    clock=FixedClock(NOW),
                )
                await fetch_stage(services, RefreshOptions(everything=True), Silent(), Tally())
                with pytest.raises(DiedError):
                    await read_stage(services, Dying(), Tally())
                with services.database.reading() as connection:
                    return sources.source_days(connection, NOW.date())["lab"][0].pages

        return asyncio.run(run())

    def texts(self) -> list[tuple[int, str]]:
        """The passages of all versions but their headlines."""

        async def run() -> list[tuple[int, str]]:
            async with open_services(self._settings, NOW) as services:
                with services.database.reading() as connection:
                    rows = connection.execute(
                        select(passages).where(passages.n > 0).order_by(passages.version)
                    )
                    return [(row.version, row.text) for row in rows]

        return asyncio.run(run())


def visits(*answers: tuple[float, str, Response | None]) -> list[Visit]:
    """Visits with the hour, the text in the feed, and the page."""
    return [Visit(feed=feed(text), page=answer, hours=hours) for hours, text, answer in answers]


def test_a_page_of_which_its_feed_tells_a_change_gives_a_new_version(tmp_path: Path) -> None:
    house = House(tmp_path)
    held = house.after(*visits((0, "An excerpt.", page()), (25, "A correction.", page(NEW))))

    assert [(kept.article.version, kept.article.text, kept.asked) for kept in held] == [
        (1, OLD, 1),
        (2, NEW, 1),
    ]
    assert house.texts() == [(1, OLD), (2, NEW)]


def test_a_page_that_is_as_it_was_gives_no_version(tmp_path: Path) -> None:
    house = House(tmp_path)
    _, later = house.after(*visits((0, "An excerpt.", page()), (25, "A correction.", page())))

    assert (later.article.version, later.asked, house.texts()) == (1, 1, [(1, OLD)])


def test_a_date_of_change_that_moved_is_a_change(tmp_path: Path) -> None:
    before, after = feed(updated=NOW), feed(updated=NOW + timedelta(hours=20))
    _, later = House(tmp_path).after(
        Visit(feed=before, page=page()), Visit(feed=after, page=page(NEW), hours=25)
    )

    assert (later.article.version, later.asked) == (2, 1)


def test_a_feed_that_is_rewritten_every_hour_has_a_page_read_once_a_day_for_two_weeks(
    tmp_path: Path,
) -> None:
    hours = [*range(50), *range(50, 24 * 16, 6)]
    held = House(tmp_path).after(
        *visits(*((hour, f"Rewritten at {hour}.", page()) for hour in hours))
    )
    asked = [hour for hour, kept in zip(hours, held, strict=True) if kept.asked]

    assert (asked[:4], asked[-1] <= 24 * 14, len(asked)) == ([0, 24, 48, 74], True, 14)
    assert all(later - earlier >= 24 for earlier, later in pairwise(asked))


def test_a_change_told_too_soon_is_read_when_a_day_is_over(tmp_path: Path) -> None:
    answers = (
        (0, "An excerpt.", page()),
        (2, "A correction.", page(NEW)),
        (24, "A correction.", page(NEW)),
    )
    held = House(tmp_path).after(*visits(*answers))

    assert [(kept.article.version, kept.asked) for kept in held] == [(1, 1), (1, 0), (2, 1)]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(None, id="the page is gone"),
        pytest.param(page("Too short."), id="the page has almost no text"),
        pytest.param(
            page(NEW, '<meta property="article:content_tier" content="locked">'),
            id="the page is walled now",
        ),
    ],
)
def test_a_text_read_in_full_is_not_given_up_for_less(
    answer: Response | None, tmp_path: Path
) -> None:
    answers = (
        (0, "An excerpt.", page()),
        (25, "A correction.", answer),
        (60, "A correction.", answer),
    )
    _, later, again = House(tmp_path).after(*visits(*answers))

    assert (again.article.read, again.article.text, later.asked, again.asked) == (
        Read.FULL,
        OLD,
        1,
        0,
    )


def test_of_a_walled_page_the_feeds_text_is_kept_and_said_so(tmp_path: Path) -> None:
    wall = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree":'
        " false}</script>"
    )
    (held,) = House(tmp_path).after(Visit(feed=feed(), page=page(head=wall)))

    assert (
        held.article.read,
        held.article.text,
        held.article.shortfall,
        held.article.is_walled,
    ) == (
        Read.EXCERPT,
        "An excerpt.",
        "paywalled",
        True,
    )


def test_what_a_page_says_later_of_its_date_language_and_picture_is_kept(tmp_path: Path) -> None:
    head = (
        '<meta property="article:published_time" content="2026-07-04T12:00:00Z"><link'
        ' rel="canonical" href="/b"><meta property="og:image" content="/a.jpg"><meta'
        ' http-equiv="content-language" content="en">'
    )
    first, later = House(tmp_path).after(
        Visit(feed=feed(dated=False), page=page()),
        Visit(feed=feed("A correction.", dated=False), page=page(head=head), hours=25),
    )

    assert first.article.published.origin is DateOrigin.FIRST_SEEN
    assert later.article == replace(
        first.article,
        published=EntryDate(at=datetime(2026, 7, 4, 12, tzinfo=UTC), origin=DateOrigin.PAGE),
        language="en",
        canonical_url="https://lab.example/b",
        image_url="https://lab.example/a.jpg",
    )


def test_an_article_is_known_by_the_address_where_it_was_found(tmp_path: Path) -> None:
    found = page(url="https://other.example/story", hops=(Hop(url=ARTICLE, status=302),))
    (held,) = House(tmp_path).after(Visit(feed=feed(), page=found))

    assert held.article.canonical_url == "https://other.example/story"


def test_what_only_google_can_find_is_not_asked_for_and_said_so(tmp_path: Path) -> None:
    wrapped = f"https://news.google.com/rss/articles/CBMi{'QVVfeXFM' * 8}"
    (held,) = House(tmp_path).after(Visit(feed=feed(link=wrapped)))

    assert (held.article.read, held.article.shortfall, held.article.url) == (
        Read.EXCERPT,
        HIDDEN_ADDRESS,
        wrapped,
    )


def test_a_page_is_counted_in_the_transaction_that_keeps_it(tmp_path: Path) -> None:
    assert House(tmp_path).pages_asked_by_a_run_that_dies(Visit(feed=feed(), page=page())) == 1
