"""Sources of all subjects, as refreshes find them out."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from aggregator.bootstrap import open_services
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.domain.operation.override import Overrides
from aggregator.domain.settings import DatabaseSettings, Settings
from aggregator.domain.source import Source
from aggregator.plugins.evaluation.why_not import address_explanation
from aggregator.ports import Response
from aggregator.services import RefreshOptions, Tally
from aggregator.store.schema import entries
from tests.fakes import FakeWeb, FixedClock
from tests.integration.newsroom import Silent

URL, NOW = "https://paper.example/feed", datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
OTHER = [f"Handball match {n} ends in a draw" for n in range(20)]
ABOUT_AI = "Northwind opens an AI agent and a chatbot"


def feed(titles: Sequence[str]) -> Response:
    """A feed of entries with these titles."""
    listed = "".join(
        f"<item><title>{title}</title><link>https://paper.example/{title.replace(' ', '-')}</link>"
        "</item>"
        for title in titles
    )
    body = f'<rss version="2.0"><channel><title>Paper</title>{listed}</channel></rss>'
    return Response(
        url=URL, status=200, body=body.encode(), headers={"content-type": "application/rss+xml"}
    )


def settings(folder: Path) -> Settings:
    """A house that follows one paper."""
    return Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
        sources=(Source(key="paper", name="Paper", url=URL),),
    )


def visited(folder: Path, *documents: Sequence[str], first: int = 0) -> tuple[Counter[str], int]:
    """The states of the entries after a visit a day, each to such a document, and how many were
    counted as off topic by the last.
    """

    async def run(day: int, titles: Sequence[str]) -> tuple[Counter[str], int]:
        at = NOW + timedelta(days=day)
        async with open_services(settings(folder), at) as opened:
            services = replace(opened, web=FakeWeb({URL: feed(titles)}), clock=FixedClock(at))
            services.database.upgrade(at)
            tally = Tally()
            await fetch_stage(services, RefreshOptions(everything=True), Silent(), tally)
            with services.database.reading() as connection:
                states = Counter(connection.scalars(select(entries.state)))
        return states, tally.counts["entries_off_topic"]

    *_, last = (asyncio.run(run(first + day, titles)) for day, titles in enumerate(documents))
    return last


def test_what_is_not_about_ai_is_left_out_of_a_feed_that_has_little_of_it(tmp_path: Path) -> None:
    assert visited(tmp_path, [*OTHER, ABOUT_AI]) == ({"off_topic": 20, "pending": 1}, 20)


def test_a_short_feed_is_judged_by_all_that_it_has_shown(tmp_path: Path) -> None:
    first = visited(tmp_path, OTHER[:6])
    again = visited(tmp_path, OTHER[1:6], first=1)
    later = visited(tmp_path, OTHER[6:12], first=2)

    assert (first, again) == (({"pending": 6}, 0), ({"pending": 6}, 0))
    assert later == ({"pending": 6, "off_topic": 6}, 6)


def test_the_reason_for_leaving_out_an_entry_is_explained(tmp_path: Path) -> None:
    visited(tmp_path, OTHER)

    async def run() -> str:
        async with open_services(settings(tmp_path), NOW) as services:
            with services.database.reading() as connection:
                url = "https://paper.example/Handball-match-3-ends-in-a-draw"
                found = address_explanation(connection, services.settings, Overrides(), url, NOW)
        return found.steps[0]

    assert "off topic: " in asyncio.run(run())
