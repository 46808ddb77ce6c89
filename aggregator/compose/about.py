"""The page about the site itself: how it is made, and the numbers of all that stands on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.compose.head import Head, absolute, contact_link
from aggregator.compose.words import LANE_NAMES, READ_NAMES, REJECTION_NAMES
from aggregator.domain.article import Read
from aggregator.domain.claim import ClaimKind, Rejection
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Lane, SourceStanding
from aggregator.domain.story import ToldStory
from aggregator.domain.wording import counted

_EXTRACTIVE = "extractive"


class StoryNumbers:
    """Counts of the stories on the site, added one after the other, so that none is held for it."""

    def __init__(self) -> None:
        self.stories = self.told_twice = self.copies = 0
        self.read, self.claims, self.rejected = Counter[Read](), Counter[ClaimKind](), Counter[Rejection]()
        self.lanes = Counter[Lane]()
        self.newest: datetime | None = None

    def add(self, told: ToldStory) -> None:
        """Counts a story."""
        story = told.story
        self.stories += 1
        self.told_twice += story.independent_origins > 1
        self.lanes[story.lane] += 1
        self.copies += sum(member.copy_of is not None for member in story.members)
        self.read.update(member.article.read for member in story.members)
        self.claims.update(claim.kind for claim in told.analysis.kept.claims())
        self.rejected.update(dict(told.analysis.rejected))
        seen = max(member.article.first_seen for member in story.members)
        self.newest = max(seen, self.newest or seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Why a claim is turned away, and how many were in the stories that are published."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberGroup:
    """How many there are of something, and of which kinds."""

    name: str
    total: str
    parts: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPage:
    """How the site is made, with the counts that show it. `extractive`: no model writes; `newest` is when news last came.

    `checks` are the reasons for which any claim was turned away, `unseen` the others.
    """

    head: Head
    engine: str
    extractive: bool
    stories: str
    kept: str
    rejected: str
    checks: tuple[Check, ...]
    unseen: tuple[str, ...]
    numbers: tuple[NumberGroup, ...]
    newest: datetime | None
    report: str
    contact: str


def about_page(
    told: StoryNumbers, engine: str, standings: Sequence[SourceStanding], editions: int, site: SiteSettings
) -> AboutPage:
    """The page that says how this is made. `engine` is the one in use now; each story names its own."""
    met = [reason for reason in REJECTION_NAMES if told.rejected[reason]]
    return AboutPage(
        head=Head(title="About", description="How this site is made.", url=absolute(site, "about/"), place="about"),
        engine=engine,
        extractive=engine == _EXTRACTIVE,
        stories=f"{counted(told.stories, 'story', 'stories')} from {counted(len(standings), 'source')}",
        kept=counted(told.claims.total(), "claim"),
        rejected=f"{told.rejected.total():,}",
        checks=tuple(Check(name=REJECTION_NAMES[reason], number=f"{told.rejected[reason]:,}") for reason in met),
        unseen=tuple(name for reason, name in REJECTION_NAMES.items() if reason not in met),
        numbers=_numbers(told, standings, editions),
        newest=told.newest,
        report=contact_link(site.contact, subject=f"Correction: {site.title}", body=f"{site.base_url}\n\n"),
        contact=site.contact,
    )


def _numbers(told: StoryNumbers, standings: Sequence[SourceStanding], editions: int) -> tuple[NumberGroup, ...]:
    failing = sum(standing.failing_since is not None for standing in standings)
    return (
        _group("Stories", told.stories, {LANE_NAMES[lane]: told.lanes[lane] for lane in Lane}),
        _group(
            "Articles",
            told.read.total(),
            {**{READ_NAMES[read]: told.read[read] for read in Read}, "copies of another": told.copies},
        ),
        _group(
            "Claims printed",
            told.claims.total(),
            {
                "in a source’s own words": told.claims[ClaimKind.EXTRACTED],
                "written by a model": told.claims[ClaimKind.WRITTEN],
                "inferred": told.claims[ClaimKind.INFERRED],
            },
        ),
        _group("Stories of two origins or more", told.told_twice, {}),
        _group("Sources followed", len(standings), {"failing": failing}),
        _group("Editions published", editions, {}),
    )


def _group(name: str, total: int, parts: dict[str, int]) -> NumberGroup:
    named = tuple(Check(name=each, number=f"{number:,}") for each, number in parts.items() if number)
    return NumberGroup(name=name, total=f"{total:,}", parts=named)
