"""The records of an edition's page and of the list of editions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.edition import (
    Correction,
    Edition,
    EditionStory,
    RoleTop,
    TopicCount,
)
from aggregator.domain.publishing.page import PagePart
from aggregator.domain.publishing.period import PeriodKind, period_kind
from aggregator.site.head import Head, Link
from aggregator.site.story.cited import Footnote

_MOST_OF_ROLE = 3  # links: with more, a week of seven roles opens with a screen of headlines


@frozen
class EditionSection:
    """Stories under one heading; `key` is the name of the section in the record."""

    key: str
    name: str
    stories: tuple[EditionStory, ...]


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
class EditionFigure:
    """One of the numbers of the period."""

    key: str
    name: str
    number: int


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
    """An edition and what its page adds to it. `changed` is when it was published or last
    corrected, `full_list` the path of the list of all stories of its week, empty where there are
    none, or it is about a day.

    `home` is the address of the site, `linked` are the paths of stories that have a page on it.
    `minute` are the roles with their names, `topics` those of the period with the paths of their
    pages, empty where no topic has that name any more, `forms` the files of plugins beside it.
    """

    head: Head
    edition: Edition
    line: EditionLine
    url: str
    home: str
    linked: tuple[str, ...]
    digest: str
    changed: datetime
    reading: str
    quiet: str
    coverage: str
    taken_out: str
    minute: tuple[tuple[str, RoleTop], ...]
    sections: tuple[EditionSection, ...]
    facts: tuple[str, ...]
    figures: tuple[EditionFigure, ...]
    bars: tuple[DayBar, ...]
    chart: str
    topics: tuple[tuple[TopicCount, str], ...]
    models: str
    corrections: tuple[Correction, ...]
    footnotes: tuple[Footnote, ...]
    report: str
    full_list: str
    forms: tuple[Link, ...]
    earlier: EditionLine | None
    later: EditionLine | None
    parts: tuple[PagePart, ...] = ()

    def address(self, story: EditionStory) -> str:
        """The address of a story: of its page, or at its source where it never had one."""
        return story.url or self.home + story.path

    def stories_of(self, ids: Sequence[str]) -> tuple[EditionStory, ...]:
        """The stories with these ids that are in it, in their order."""
        stories = {story.id: story for story in self.edition.stories()}
        return tuple(stories[story_id] for story_id in ids if story_id in stories)

    def first_of(self, top: RoleTop) -> tuple[EditionStory, ...]:
        """The stories of a role that stand at the top."""
        return self.stories_of(top.stories)[:_MOST_OF_ROLE]

    @property
    def generated(self) -> bool:
        """Whether a model wrote any of its sentences."""
        return any(not claim.quoted and not claim.ours for claim in self.edition.claims())


@frozen
class EditionsPage:
    """The list of all editions, the newest first. `due` says when the first is built, while there
    is none; `forms` are the files of plugins beside each, `parts` what they add to the list.
    """

    head: Head
    lines: tuple[EditionLine, ...]
    due: str
    forms: tuple[Link, ...]
    parts: tuple[PagePart, ...]
