"""The page about the site itself: how it is made, and the numbers of all that stands on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryNumbers:
    """Counts of the stories on the site; `told_twice` are those of two origins or more, `newest` is when news last came."""

    stories: int
    told_twice: int
    lanes: Mapping[Lane, int]
    read: Mapping[Read, int]
    copies: int
    claims: Mapping[ClaimKind, int]
    rejected: Mapping[Rejection, int]
    newest: datetime | None


def story_numbers(stories: Iterable[ToldStory]) -> StoryNumbers:
    """The counts of these stories."""
    told = tuple(stories)
    members = [member for each in told for member in each.story.members]
    return StoryNumbers(
        stories=len(told),
        told_twice=sum(each.story.independent_origins > 1 for each in told),
        lanes=Counter(each.story.lane for each in told),
        read=Counter(member.article.read for member in members),
        copies=sum(member.copy_of is not None for member in members),
        claims=Counter(claim.kind for each in told for claim in each.analysis.kept.claims()),
        rejected=sum((Counter(dict(each.analysis.rejected)) for each in told), Counter()),
        newest=max((member.article.first_seen for member in members), default=None),
    )


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
    met = [reason for reason in REJECTION_NAMES if told.rejected.get(reason)]
    return AboutPage(
        head=Head(title="About", description="How this site is made.", url=absolute(site, "about/"), place="about"),
        engine=engine,
        extractive=engine == _EXTRACTIVE,
        stories=f"{counted(told.stories, 'story', 'stories')} from {counted(len(standings), 'source')}",
        kept=counted(sum(told.claims.values()), "claim"),
        rejected=f"{sum(told.rejected.values()):,}",
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
        _group("Stories", told.stories, {LANE_NAMES[lane]: told.lanes.get(lane, 0) for lane in Lane}),
        _group(
            "Articles",
            sum(told.read.values()),
            {**{READ_NAMES[read]: told.read.get(read, 0) for read in Read}, "copies of another": told.copies},
        ),
        _group(
            "Claims printed",
            sum(told.claims.values()),
            {
                "in a source’s own words": told.claims.get(ClaimKind.EXTRACTED, 0),
                "written by a model": told.claims.get(ClaimKind.WRITTEN, 0),
                "inferred": told.claims.get(ClaimKind.INFERRED, 0),
                "on what no source states": told.claims.get(ClaimKind.ABSENT, 0),
            },
        ),
        _group("Stories of two origins or more", told.told_twice, {}),
        _group("Sources followed", len(standings), {"failing": failing}),
        _group("Editions published", editions, {}),
    )


def _group(name: str, total: int, parts: dict[str, int]) -> NumberGroup:
    named = tuple(Check(name=each, number=f"{number:,}") for each, number in parts.items() if number)
    return NumberGroup(name=name, total=f"{total:,}", parts=named)
