"""Articles with texts of our own, as the engines get them: title first, then paragraphs, each a
passage.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.domain.article import Passage, Read
from aggregator.domain.source import Lane
from aggregator.domain.story import Member, Story
from aggregator.extract.quotable_sentences import QuotableSentence, quotable_sentences
from tests import builders


def reported(
    title: str,
    *paragraphs: str,
    key: str = "daily",
    hours: float = 0.0,
    read: Read = Read.FULL,
    language: str | None = "en",
    lane: Lane = Lane.NEWS,
    weight: float = 1.0,
    primary: bool = False,
    copy_of: str | None = None,
) -> Member:
    """A member whose article was published `hours` after noon of 4 July 2026, a Saturday."""
    bare = builders.article(
        title, key=key, at=builders.NOON + timedelta(hours=hours), read=read, language=language
    )
    texts = enumerate((title, *paragraphs))
    numbered = tuple(Passage(article_id=bare.id, version=1, n=n, text=text) for n, text in texts)
    member = builders.member(
        replace(bare, passages=numbered),
        name=key.title(),
        lane=lane,
        copy_of=copy_of,
        primary=primary,
    )
    return replace(member, weight=weight)


def story(*members: Member) -> Story:
    """The story of these members."""
    return builders.story(members)


def found_in(
    *paragraphs: str, title: str = "Northwind opens a second model", lane: Lane = Lane.NEWS
) -> tuple[QuotableSentence, ...]:
    """The candidates of one article."""
    return quotable_sentences((reported(title, *paragraphs, lane=lane),))
