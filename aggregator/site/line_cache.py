"""The line cache that lists are built from: the lines of stories by list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.domain.publishing.page import ListId
from aggregator.domain.story import PublishedStory
from aggregator.site.lists.about import StoryNumbers
from aggregator.site.lists.errata import Erratum
from aggregator.site.lists.lines import StoryLine
from aggregator.site.search.index_volume import SearchDocument

WEEK = "week"
TOPIC = "topic"
ROLE = "role"
ENTITY = "entity"
SOURCE = "source"


class LineCache(Protocol):
    """The stories of a site as lists need them, newest first, equals by id."""

    def counts(self, kind: str) -> Mapping[str, int]:
        """The number of stories in each list of a kind, by key."""
        ...

    def coverage(self) -> Mapping[tuple[str, str], int]:
        """The number of stories that a source dates, by week and topic."""
        ...

    def lines(self, which: ListId, most: int | None = None) -> Sequence[StoryLine]:
        """The newest lines of a list, all of them unless `most` is given."""
        ...

    def best(self, which: ListId, most: int) -> Sequence[PublishedStory]:
        """The stories of a list with the highest scores."""
        ...

    def pinned(self) -> Sequence[StoryLine]:
        """The lines of the stories that the operator pinned."""
        ...

    def lines_of(self, story_ids: Sequence[str]) -> Mapping[str, StoryLine]:
        """The lines of these stories by id; those without a page are left out."""
        ...

    def newest(self, most: int) -> Sequence[PublishedStory]:
        """The newest stories with a text that was read, without papers and releases."""
        ...

    def errata(self) -> Sequence[Erratum]:
        """The newest corrections of stories, as many as their page shows."""
        ...

    def addresses(self) -> Iterable[tuple[str, datetime]]:
        """Path and last change of the stories that have a page, the oldest first."""
        ...

    def documents(self) -> Iterable[SearchDocument]:
        """The search documents of the stories, by week."""
        ...

    def numbers(self) -> StoryNumbers:
        """The counts of all stories."""
        ...

    def stories(self, story_ids: Sequence[str]) -> Sequence[PublishedStory]:
        """These stories with their analyses, in this order; those without a page are left out."""
        ...


def lists_of(line: StoryLine, week: str) -> tuple[ListId, ...]:
    """The lists that show a story."""
    keyed = (
        (TOPIC, line.topics),
        (ROLE, line.roles),
        (ENTITY, line.entities),
        (SOURCE, line.sources),
    )
    return (
        ListId(kind=WEEK, key=week),
        *(ListId(kind=kind, key=str(key)) for kind, keys in keyed for key in keys),
    )
