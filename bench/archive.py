"""An archive in SQLite that holds placed articles, and what the clustering stage spends on 200
more, run after run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import insert

from aggregator.bootstrap import open_services
from aggregator.cluster.similarity.copies import shingles_of
from aggregator.cluster.similarity.features import with_terms
from aggregator.cluster.stage.cluster import cluster_stage
from aggregator.domain.article import Article, Passage, Read
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.domain.ids import stable_id
from aggregator.domain.settings import DatabaseSettings, Settings
from aggregator.services import Services, Tally
from aggregator.store.news.articles import save_article
from aggregator.store.schema import articles, sketches, stories
from bench.news import BEGIN, PER_DAY, TEXT, Report, reports
from tests.integration.newsroom import Silent

MORE = 200
_WINDOW = (
    12 * PER_DAY
)  # articles that are told anew for each archive; what is older is never read, so it repeats them
_AT_ONCE = 5_000
_Row = dict[str, object]


def spent_on_more(file: Path, size: int, rounds: int) -> list[float]:
    """CPU seconds of the stage in each round, with `size` articles there before the first and 200
    more in each.
    """
    settings = Settings(database=DatabaseSettings(url=f"sqlite:///{file}"))
    return asyncio.run(_spent(settings, size, rounds))


async def _spent(settings: Settings, size: int, rounds: int) -> list[float]:
    window = min(_WINDOW, size)
    arriving = reports(window + MORE * rounds, TEXT)
    found: list[float] = []
    async with open_services(settings, None) as services:
        services.database.upgrade(BEGIN)
        _fill(services, list(islice(arriving, window)), size)
        while more := list(islice(arriving, MORE)):
            with services.database.writing() as connection:
                for report in more:
                    save_article(
                        connection,
                        _article(report),
                        digest=report.text,
                        now=BEGIN,
                        page_due=None,
                        page_failures=0,
                    )
            began_s = time.process_time()
            await cluster_stage(services, Silent(), Tally())
            found.append(time.process_time() - began_s)
    return found


def _fill(services: Services, newest: list[Report], size: int) -> None:
    """Stores `size` articles, the newest as they are, the older ones as earlier copies of them."""
    rows = _placed(newest, size)
    while some := list(islice(rows, _AT_ONCE)):
        with services.database.writing() as connection:
            for table, at in ((stories, 0), (articles, 1), (sketches, 2)):
                connection.execute(insert(table), [each[at] for each in some])


def _placed(newest: list[Report], size: int) -> Iterator[tuple[_Row, _Row, _Row]]:
    """Rows of story, article and sketch, newest first; each article founds a story."""
    kept = shingles_of([report.text for report in newest])
    terms = [item.terms for item in with_terms([report.item for report in newest])]
    for number in range(size):
        again, at = divmod(number, len(newest))
        report = newest[-1 - at]
        item = report.item
        key = stable_id(item.article_id, str(again))
        published = item.published - timedelta(days=again * len(newest) / PER_DAY)
        story = stable_id("story", key)
        yield (
            {
                "id": story,
                "slug": key,
                "week": "2026-W01",
                "published": published,
                "updated": published,
                "first_seen": published,
                "score": 0.0,
                "reasons": [],
                "stale": False,
                "storyline": story,
            },
            {
                "id": key,
                "source_key": item.source_key,
                "url": item.canonical_url,
                "canonical_url": f"{item.canonical_url}/{again}",
                "version": 1,
                "title": item.title,
                "byline": "",
                "published": published,
                "published_origin": "feed",
                "first_seen": published,
                "read": "full",
                "page_failures": 0,
                "story_id": story,
                "placed_in": story,
            },
            {
                "article_id": key,
                "version": 1,
                "lead": item.lead,
                "shingles": kept[-1 - at],
                "terms": terms[-1 - at],
            },
        )


def _article(report: Report) -> Article:
    item = report.item
    texts = (item.title, report.text)
    return Article(
        id=stable_id(item.article_id),
        version=1,
        source_key=item.source_key,
        url=item.canonical_url,
        canonical_url=item.canonical_url,
        title=item.title,
        published=EntryDate(at=item.published, origin=DateOrigin.FEED),
        first_seen=item.published,
        read=Read.FULL,
        passages=tuple(
            Passage(article_id=stable_id(item.article_id), version=1, n=n, text=text)
            for n, text in enumerate(texts)
        ),
    )
