"""Editions of stories of our own, and short stories for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from aggregator.compose.edition import edition_of
from aggregator.domain.article import Read
from aggregator.domain.claim import Audience, Draft, Role
from aggregator.domain.edition import Correction, Edition, StoredEdition
from aggregator.domain.settings import EditionSettings, SiteSettings
from aggregator.domain.source import Lane
from aggregator.domain.story import ToldStory
from tests.builders import NOON, article, claim, headline, member, story, told

WEEK = "2026-W27"
BUILT = NOON + timedelta(days=3)


def edition(
    stories: Iterable[ToldStory],
    *,
    week: str = WEEK,
    number: int = 1,
    before: Mapping[str, datetime] | None = None,
    most: int = 12,
    minimum: float = 0.0,
    site: SiteSettings | None = None,
) -> Edition:
    """The edition of these stories."""
    settings = EditionSettings(stories=most, minimum_score=minimum)
    return edition_of(
        stories,
        week,
        number=number,
        published=BUILT,
        told_before=before or {},
        edition=settings,
        site=site or SiteSettings(),
    )


def news(
    number: int,
    *,
    title: str = "",
    source: str = "",
    lane: Lane = Lane.NEWS,
    at: datetime = NOON,
    hook: str | None = "",
    changes: Sequence[str] = (),
    roles: Sequence[Role] = (),
    language: str = "en",
    read: Read = Read.FULL,
) -> ToldStory:
    """A story of one article; the lower its number, the higher its score."""
    first = article(title or f"Report {number}", key=f"s{number}", at=at, language=language, read=read)
    of = story((member(first, name=source or f"Source {number}", lane=lane),), score=100.0 - number)
    draft = Draft(
        headline=headline(first),
        hook=None if hook is None else claim(hook or f"Sentence {number}.", first),
        what_changed=tuple(claim(each, first, n=2) for each in changes),
        who_should_care=tuple(Audience(role=role, claim=claim("They should.", first)) for role in roles),
    )
    return told(of, draft)


def published(stories: Sequence[ToldStory], week: str = WEEK) -> StoredEdition:
    """The edition of these stories as it is kept, with a correction."""
    return StoredEdition(
        edition=edition(stories, week=week), digest="d" * 64, corrections=(Correction(at=BUILT, text="It was not <b>two</b>."),)
    )
