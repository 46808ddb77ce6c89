"""The line cache that lists are built from: the lines of stories by list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from aggregator.domain.publishing.page import ListId
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.site.lists.about import StoryNumbers, story_numbers
from aggregator.site.lists.errata import Erratum, newest_errata, story_errata
from aggregator.site.lists.lines import SIDE_LANES, StoryLine, by_time, story_line
from aggregator.site.search.index_volume import SearchDocument
from aggregator.site.search.pages import search_document
from aggregator.templating.translation import translations

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
        """The number of stories by week and topic."""
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


class MemoryLineCache:
    """A line cache of stories in memory: a small site, or a test."""

    def __init__(
        self, stories: Iterable[PublishedStory], topic_names: Mapping[str, str], site: SiteSettings
    ) -> None:
        self._topic_names, self._site = topic_names, site
        self._stories = {
            story.story.id: story for story in sorted(stories, key=lambda story: story.story.id)
        }
        self._line = {key: story_line(story, site.language) for key, story in self._stories.items()}
        self._lists: dict[ListId, list[StoryLine]] = defaultdict(list)
        for key, story in self._stories.items():
            for which in lists_of(self._line[key], story.story.week):
                self._lists[which].append(self._line[key])

    def counts(self, kind: str) -> Mapping[str, int]:
        """The number of stories in each list of a kind."""
        return {
            which.key: len(lines)
            for which, lines in sorted(self._lists.items())
            if which.kind == kind
        }

    def coverage(self) -> Mapping[tuple[str, str], int]:
        """The number of stories by week and topic."""
        return Counter(
            (story.story.week, topic)
            for story in self._stories.values()
            for topic in story.story.topics
        )

    def lines(self, which: ListId, most: int | None = None) -> Sequence[StoryLine]:
        """The newest lines of a list."""
        return by_time(self._lists.get(which, ()))[:most]

    def best(self, which: ListId, most: int) -> Sequence[PublishedStory]:
        """The stories of a list with the highest scores."""
        ranked = sorted(self._lists.get(which, ()), key=lambda line: (-line.score, line.id))
        return [self._stories[line.id] for line in ranked[:most]]

    def pinned(self) -> Sequence[StoryLine]:
        """The lines of the stories that the operator pinned."""
        return [line for line in self._line.values() if line.pinned]

    def lines_of(self, story_ids: Sequence[str]) -> Mapping[str, StoryLine]:
        """The lines of these stories."""
        return {key: self._line[key] for key in story_ids if key in self._line}

    def newest(self, most: int) -> Sequence[PublishedStory]:
        """The newest stories with a text that was read."""
        readable = (
            line for line in self._line.values() if line.hook and line.lane not in SIDE_LANES
        )
        return [self._stories[line.id] for line in by_time(readable)[:most]]

    def errata(self) -> Sequence[Erratum]:
        """The newest corrections of stories."""
        return newest_errata(
            erratum
            for story in self._stories.values()
            for erratum in story_errata(story, self._site)
        )

    def addresses(self) -> Iterable[tuple[str, datetime]]:
        """Path and last change of the stories that have a page."""
        with_page = (line for line in self._line.values() if not line.url)
        oldest_first = sorted(with_page, key=lambda line: (line.published, line.id))
        return [(line.path, line.changed) for line in oldest_first]

    def documents(self) -> Iterable[SearchDocument]:
        """The search documents of the stories."""
        by_week = sorted(
            self._stories.values(), key=lambda story: (story.story.week, story.story.id)
        )
        zone, words = ZoneInfo(self._site.timezone), translations(self._site.language)
        return [
            search_document(story, self._line[story.story.id], self._topic_names, zone, words)
            for story in by_week
        ]

    def numbers(self) -> StoryNumbers:
        """The counts of all stories."""
        return story_numbers(self._stories.values())

    def stories(self, story_ids: Sequence[str]) -> Sequence[PublishedStory]:
        """These stories."""
        return [self._stories[key] for key in story_ids if key in self._stories]
