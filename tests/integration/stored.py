"""Articles, stories and analyses as tests store them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from aggregator.domain.article import Article, Passage, Read
from aggregator.domain.claim import Analysis, Draft
from aggregator.domain.operation.report import RunKind
from aggregator.domain.story import Story
from aggregator.store.news import articles, stories
from aggregator.store.runs import recent_runs
from tests import builders

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)


def article(
    title: str = "Northwind opens a model",
    *paragraphs: str,
    key: str = "daily",
    hours: float = 0,
    read: Read = Read.FULL,
) -> Article:
    """An article with its passages."""
    bare = builders.article(title, key=key, at=builders.NOON + timedelta(hours=hours), read=read)
    texts = (title, *(paragraphs or (f"{title}, the lab said on Saturday.",)))
    return with_texts(bare, *texts)


def with_texts(bare: Article, *texts: str, version: int = 1) -> Article:
    """The article with these passages, the headline first."""
    numbered = (
        Passage(article_id=bare.id, version=version, n=n, text=text) for n, text in enumerate(texts)
    )
    return replace(bare, version=version, passages=tuple(numbered))


def keep(
    connection: Connection,
    *several: Article,
    digest: str = "",
    page_due: datetime | None = None,
    page_failures: int = 0,
) -> list[bool]:
    """Stores articles, their digest made from their text unless given; returns whether each is new
    text.
    """
    return [
        articles.save_article(
            connection,
            each,
            digest=digest or hashlib.sha256((each.title + each.text).encode()).hexdigest(),
            now=NOW,
            page_due=page_due,
            page_failures=page_failures,
        )
        for each in several
    ]


def placed(
    connection: Connection,
    *several: Article,
    copies: dict[str, str] | None = None,
    digest: str = "",
) -> Story:
    """The story of these articles, stored with them; `copies` says what is a copy of what."""
    keep(connection, *several, digest=digest)
    of = builders.story([builders.member(each) for each in several])
    stories.save_story(connection, of)
    for each in several:
        articles.place_article(connection, each.id, of.id, (copies or {}).get(each.id))
    return of


def analysis(of: Story, draft: Draft | None = None, **changes: object) -> Analysis:
    """An analysis of a story."""
    return replace(builders.published_story(of, draft).analysis, **changes)  # type: ignore[arg-type]


def latest_run(connection: Connection) -> tuple[str, datetime, dict[str, Any] | None] | None:
    """Id, start and report of the newest refresh; None where there was none yet."""
    found = recent_runs(connection, 1, RunKind.REFRESH)
    return (found[0].id, found[0].started, found[0].report) if found else None
