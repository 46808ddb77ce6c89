"""Editions of stories of our own, short stories for them, and a ledger of predictions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from aggregator.digest.edition.record import edition_of
from aggregator.domain.article import Read
from aggregator.domain.claim import Audience, Draft, Implication, Likelihood
from aggregator.domain.prediction import Decision, Outcome, Prediction
from aggregator.domain.publishing.edition import Correction, Edition, StoredEdition
from aggregator.domain.settings import EditionSettings, SiteSettings
from aggregator.domain.source import Lane
from aggregator.domain.story import PublishedStory
from aggregator.plugins.predictions.scorecard import PredictionLedger
from tests.builders import NOON, article, claim, headline, member, published_story, story

WEEK = "2026-W27"
BUILT = NOON + timedelta(days=3)


def edition(
    stories: Iterable[PublishedStory],
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
        published_before=before or {},
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
    roles: Sequence[str] = (),
    language: str = "en",
    read: Read = Read.FULL,
) -> PublishedStory:
    """A story of one article; the lower its number, the higher its score."""
    first = article(
        title or f"Report {number}", key=f"s{number}", at=at, language=language, read=read
    )
    of = story((member(first, name=source or f"Source {number}", lane=lane),), score=100.0 - number)
    draft = Draft(
        headline=headline(first),
        hook=None if hook is None else claim(hook or f"Sentence {number}.", first),
        what_changed=tuple(claim(change, first, n=2) for change in changes),
        who_should_care=tuple(
            Audience(role=role, claim=claim("They should.", first)) for role in roles
        ),
    )
    return published_story(of, draft)


def published(stories: Sequence[PublishedStory], week: str = WEEK) -> StoredEdition:
    """The edition of these stories as it is kept, with a correction."""
    return StoredEdition(
        edition=edition(stories, week=week),
        digest="d" * 64,
        corrections=(Correction(at=BUILT, text="It was not <b>two</b>."),),
    )


def ledger(stories: Sequence[PublishedStory]) -> PredictionLedger:
    """Predictions of the first stories: two that are due, one judged in each way, and one whose day
    is to come.
    """
    judged = (
        None,
        None,
        Decision(
            outcome=Outcome.CAME_TRUE, at=NOON, url="https://registry.example/minutes/2026-07-03"
        ),
        Decision(
            outcome=Outcome.DID_NOT,
            at=NOON,
            note="The date passed; the registry says nothing of it.",
        ),
        Decision(outcome=Outcome.UNDECIDABLE, at=NOON, note=f"{'long' * 40} word"),
        None,
    )
    foretelling = stories[: len(judged)]
    return PredictionLedger(
        predictions=tuple(
            _prediction(n, of, decided)
            for n, (of, decided) in enumerate(zip(foretelling, judged, strict=True))
        ),
        members={each.article.id: each for of in foretelling for each in of.story.members},
    )


def _prediction(n: int, of: PublishedStory, decided: Decision | None) -> Prediction:
    first = of.story.members[0].article
    if decided and decided.outcome is Outcome.CAME_TRUE:
        decided = replace(decided, citation=headline(first).citations[0])
    what = claim(f"{first.title} will be in force by {n + 1} July 2026.", first)
    implication = Implication(
        claim=what,
        horizon=date(2026, 7, n + 1),
        likelihood=list(Likelihood)[n % len(Likelihood)],
        sign="A report that it is.",
    )
    return Prediction(
        id=f"prediction{n:02}",
        story_id=of.story.id,
        noted=NOON,
        implication=implication,
        is_due=n < 2,
        decision=decided,
    )
