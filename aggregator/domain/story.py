"""The articles that report one event, how they were judged to belong together, and why the story ranks where it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.domain.article import Article
from aggregator.domain.claim import Analysis
from aggregator.domain.source import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article within a story. `copy_of` is the id of the article whose text it repeats, None for an original.

    `family` is who stands behind it: two articles of one family are one voice.
    `primary` marks a vendor's own announcement.
    """

    article: Article
    family: str
    source_name: str
    lane: Lane
    weight: float
    copy_of: str | None = None
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RankReason:
    """One addend of a story's score, in words and points."""

    what: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`id`, `slug` and `week` are fixed at first publication; `score` needs no clock, so it ages by itself.

    `id` is made from the founding article's, so it is the same after any crash.
    `updated` is the newest publication date among the members.
    """

    id: str
    slug: str
    week: str
    published: datetime
    updated: datetime
    first_seen: datetime
    members: tuple[Member, ...]
    score: float = 0.0
    reasons: tuple[RankReason, ...] = ()

    @property
    def independent_origins(self) -> int:
        """How many publishers reported it of their own accord: copies and siblings of a family count once."""
        return len({member.family for member in self.members if member.copy_of is None})

    @property
    def lane(self) -> Lane:
        """The lane of the founding member's source: papers and releases are listed apart."""
        return self.members[0].lane


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStory:
    """A story with the analysis that survived the gates: what pages, feeds and mail are made from."""

    story: Story
    analysis: Analysis
