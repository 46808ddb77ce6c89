"""What one story left open, a later one answers: whichever of them the house learnt of first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.bootstrap import open_services
from aggregator.domain.article import Article
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Source
from aggregator.pipeline import prepare
from aggregator.site.story.page import story_page
from aggregator.store.database import Database
from aggregator.story.stage.stored import shown_stories
from tests.integration.newsroom import Silent
from tests.integration.stored import NOW, article, placed

SOURCES = tuple(
    Source(key=key, name=key.title(), url=f"https://{key}.example/feed")
    for key in ("daily", "ledger")
)
PRICE = "Halden did not disclose the price of the deal on Saturday."
PAID = "Halden paid $2.4 billion for the chip maker Ferrow, a filing showed."
ASKS = article("Halden buys the chip maker Ferrow", PRICE, key="daily")
TELLS = article("Chip maker Ferrow cost Halden $2.4 billion", PAID, key="ledger", hours=24 * 20)


class Newsroom:
    """A database, and stories told by rules in the order in which they come."""

    def __init__(self, folder: Path) -> None:
        self._settings = Settings(
            site=SiteSettings(output=str(folder / "site"), base_url="https://news.example"),
            database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
            analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
            sources=SOURCES,
        )
        self.database = Database(self._settings.database.url)
        self.database.upgrade(NOW)

    def learn(self, *several: Article) -> None:
        """Stores articles as stories of their own, and tells them."""

        async def run() -> None:
            async with open_services(self._settings, NOW) as services:
                await prepare(services, Silent())

        with self.database.writing() as connection:
            for report in several:
                placed(connection, report)
        asyncio.run(run())

    def answers(self) -> list[tuple[str, str, str]]:
        """Each answered question with its answer and whose it is, as the page shows them."""
        with self.database.reading() as connection:
            published = shown_stories(connection, self._settings)
        pages = [story_page(story, self._settings.site) for story in published]
        return [
            (one.claims[0].text, one.answer.text, one.answer.attribution)
            for page in pages
            for one in page.answered
        ]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    made = Newsroom(tmp_path)
    yield made
    made.database.close()


@pytest.mark.parametrize(
    "batches",
    [
        pytest.param([[ASKS], [TELLS]], id="the question first"),
        pytest.param([[TELLS], [ASKS]], id="the answer first"),
        pytest.param([[ASKS, TELLS]], id="both at once"),
    ],
)
def test_a_later_story_answers_in_whatever_order_they_come(
    batches: Sequence[Sequence[Article]], room: Newsroom
) -> None:
    for batch in batches:
        room.learn(*batch)

    assert room.answers() == [(PRICE, PAID, "Ledger")]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(TELLS, title="Northwind opens a hospital"), id="about something else"),
        pytest.param(
            replace(
                TELLS, published=replace(ASKS.published, at=ASKS.published.at - timedelta(days=20))
            ),
            id="from before",
        ),
        pytest.param(
            replace(
                TELLS, published=replace(ASKS.published, at=ASKS.published.at + timedelta(days=200))
            ),
            id="half a year later",
        ),
    ],
)
def test_other_stories_do_not(other: Article, room: Newsroom) -> None:
    room.learn(ASKS, other)

    assert room.answers() == []
