"""The records of an edition's page and of the list of editions."""

from __future__ import annotations

from datetime import datetime

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.edition import Correction, Omission
from aggregator.domain.publishing.period import PeriodKind, period_kind
from aggregator.site.head import Head, Link
from aggregator.site.story.cited import PageCitation, PageClaim


@frozen
class EditionPageStory:
    """A story of an edition. `path` is empty where it has no page on the site (any more); `url`
    names where that was or, where it is elsewhere, its source.
    """

    id: str
    path: str
    url: str
    is_elsewhere: bool
    headline: str
    lang: str
    lane: str
    source: str
    reach: str
    is_update: bool
    why: str
    hook: PageClaim | None
    changes: tuple[PageClaim, ...]
    matters: PageClaim | None

    @property
    def claims(self) -> tuple[PageClaim, ...]:
        """Its sentences in the order of reading."""
        return tuple(claim for claim in (self.hook, *self.changes, self.matters) if claim)


@frozen
class EditionSection:
    """Stories under one heading; `key` is the name of the section in the record."""

    key: str
    name: str
    stories: tuple[EditionPageStory, ...]


@frozen
class EditionTheme:
    """What several leads share, and which."""

    name: str
    stories: tuple[Link, ...]
    ids: tuple[str, ...]


@frozen
class DayBar:
    """A day of the chart: its name, also in short, its number of stories, and the place of its bar
    in the drawing.
    """

    day: str
    short: str
    stories: int
    x: int
    y: int
    height: int
    middle: int


@frozen
class EditionRole:
    """The stories that matter most to a role, as links within the page; `ids` name them."""

    key: str
    name: str
    stories: tuple[Link, ...]
    ids: tuple[str, ...]


@frozen
class EditionDate:
    """Something to watch: its day, also in words, what is planned, and the page of the story that
    says so, empty where that is no longer on the site.
    """

    day: str
    day_name: str
    claim: PageClaim
    headline: str
    path: str
    url: str


@frozen
class EditionFigure:
    """One of the numbers of the period."""

    key: str
    name: str
    number: int


@frozen
class EditionTopic:
    """A topic of the period; `path` is empty where no topic has that name any more."""

    name: str
    path: str
    stories: int


@frozen
class EditionLine:
    """An edition in a list."""

    number: int
    week: str
    period: str
    name: str
    path: str
    title: str
    lang: str
    facts: str
    published: datetime

    @property
    def kind(self) -> PeriodKind:
        """Whether it is about a week or a day."""
        return period_kind(self.period)

    @property
    def week_number(self) -> str:
        """The number of its week in the year."""
        return self.week[-2:].lstrip("0")


@frozen
class EditionPage:
    """The content of an edition's page. `changed` is when it was published or last corrected,
    `full_list` the path of the list of all stories of its week, empty where
    there are none, or it is about a day.
    """

    head: Head
    line: EditionLine
    url: str
    digest: str
    changed: datetime
    reading: str
    quiet: str
    coverage: str
    taken_out: str
    opening: tuple[PageClaim, ...]
    themes: tuple[EditionTheme, ...]
    minute: tuple[EditionRole, ...]
    sections: tuple[EditionSection, ...]
    watch: tuple[EditionDate, ...]
    facts: tuple[str, ...]
    figures: tuple[EditionFigure, ...]
    bars: tuple[DayBar, ...]
    chart: str
    left_out: tuple[Omission, ...]
    topics: tuple[EditionTopic, ...]
    minutes: int
    engine: str
    models: str
    corrections: tuple[Correction, ...]
    citations: tuple[PageCitation, ...]
    report: str
    full_list: str
    earlier: EditionLine | None
    later: EditionLine | None

    @property
    def stories(self) -> tuple[EditionPageStory, ...]:
        """Every story in the order of reading."""
        return tuple(story for section in self.sections for story in section.stories)

    @property
    def generated(self) -> bool:
        """Whether a model wrote any of its sentences."""
        claims = [claim for story in self.stories for claim in story.claims]
        return any(
            not claim.quoted and not claim.ours
            for claim in (*self.opening, *claims, *(planned.claim for planned in self.watch))
        )


@frozen
class EditionsPage:
    """The list of all editions, the newest first. `due` says when the first is built, while there
    is none.
    """

    head: Head
    lines: tuple[EditionLine, ...]
    due: str
