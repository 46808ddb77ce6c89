"""A site whose stories are in memory: its pages in the order of a build, written to a folder.

The program builds from the store, part by part (`site.stage.build`); tests of pages need no store.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import NullPool, create_engine

from aggregator.domain.frozen import frozen
from aggregator.domain.outline import Relation
from aggregator.domain.publishing.page import ListId, Page, PublishedFile, PublishResult, list_page
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import SIDE_LANES
from aggregator.domain.story import PublishedStory
from aggregator.memory.timeline import outline
from aggregator.memory.timeline_sources import timeline_sources
from aggregator.plugins.predictions.scorecard import PredictionLedger, scorecard_page
from aggregator.site.content import SiteContent
from aggregator.site.fixed_pages import fixed_pages
from aggregator.site.line_cache import lists_of
from aggregator.site.list_kinds import list_kinds, list_names
from aggregator.site.lists.about import StoryNumbers, is_inferring
from aggregator.site.lists.errata import Erratum, newest_errata, story_errata
from aggregator.site.lists.lines import StoryLine, by_time, story_line
from aggregator.site.pages import (
    composed_editions,
    edition_groups,
    moved_pages,
    search_group,
    story_files,
)
from aggregator.site.publish import folder
from aggregator.site.publish.added import added_files, added_links
from aggregator.site.publish.publisher import Publisher, damaged_files
from aggregator.site.search.index_volume import SearchDocument
from aggregator.site.search.pages import search_document
from aggregator.site.story.page import neighbours_of
from aggregator.store.schema import plugin_values
from aggregator.templating.translation import translations


@frozen
class MemoryContent(SiteContent):
    """What a site shows, with all its stories, the related ones by story, and predictions."""

    stories: Sequence[PublishedStory] = ()
    related: Mapping[str, Sequence[Relation]] = field(default_factory=dict)
    ledger: PredictionLedger = field(default_factory=PredictionLedger)


@frozen
class Publication(PublishResult):
    """What was written, with the manifest to keep for the next time."""

    manifest: Mapping[str, PublishedFile]


def site_pages(content: MemoryContent, site: SiteSettings) -> Iterator[Page]:
    """Every page of a site whose stories are in memory."""
    cache = MemoryLineCache(content.stories, content.topic_names, site)
    stories = {
        story.story.id: story for story in sorted(content.stories, key=lambda story: story.story.id)
    }
    outlines = [outline(story) for story in stories.values()]
    drawn = timeline_sources(outlines)
    beside = neighbours_of(outlines, [key for key, story in stories.items() if not story.has_page])
    lines = cache.lines_of(tuple(stories))
    names = list_names(
        (entity for story in stories.values() for entity in story.story.entities),
        content.topic_names,
        cache.counts,
        kept=content.kept,
        stated=content.stated,
    )
    content = replace(content, names=names)
    for key, story in stories.items():
        if not story.has_page:
            continue
        others = [stories[other] for other in drawn[key]]
        yield from story_files(
            story, others, content.related.get(key, ()), lines, content, site, beside[key]
        )
    editions = composed_editions(content, cache, site)
    yield from moved_pages(content, cache, editions, (), site)
    yield from chain.from_iterable(
        pages for _, pages in edition_groups(editions, content, cache, site)
    )
    summaries: dict[str, dict[str, str]] = {}
    for kind in list_kinds(content, cache, site):
        lists = dict(zip(kind.shown, kind.pages([*kind.shown]), strict=True))
        yield from chain.from_iterable(pages for pages, _ in lists.values())
        summaries[kind.kind] = {key: summary for key, (_, summary) in lists.items()}
    yield from search_group(content, cache, site)
    yield from fixed_pages(content, cache, editions, summaries, site)
    predicted_in = sorted({prediction.story_id for prediction in content.ledger.predictions})
    infers = is_inferring(content.engine, cache.numbers())
    scorecard = scorecard_page(content.ledger, cache.lines_of(predicted_in), site, infers=infers)
    yield list_page("scorecard/", "scorecard.html", scorecard)
    with create_engine("sqlite://", poolclass=NullPool).connect() as connection:
        plugin_values.table.create(connection)
        of_plugins = {"site": site, "editions": editions, "connection": connection, "lists": {}}
        yield from added_files((), **of_plugins)


def publish(
    pages: Iterable[Page],
    output: Path,
    site: SiteSettings,
    manifest: Mapping[str, PublishedFile],
    *,
    full: bool = False,
    on_page: Callable[[str], None] | None = None,
) -> Publication:
    """Updates the folder with all its pages. `manifest` is the result of the last publishing.

    Only files of the manifest are ever removed. Raises `PublishError`.
    """
    folder.open_folder(output)
    damaged = damaged_files(output, sorted((path, file.bytes) for path, file in manifest.items()))
    publisher = Publisher(
        output, site, links=added_links(), full=full, damaged=damaged, on_page=on_page
    )
    files = publisher.pages(chain(publisher.assets(), pages), manifest)
    sizes = publisher.settle()
    done = {path: replace(file, bytes=sizes.get(path, file.bytes)) for path, file in files.items()}
    written = publisher.written
    removed = folder.remove_pages(output, manifest.keys() - done.keys())
    return Publication(
        written=written, unchanged=len(done) - written, removed=removed, manifest=done
    )


def story_numbers(stories: Iterable[PublishedStory]) -> StoryNumbers:
    """The counts of these stories."""
    published = tuple(stories)
    members = [member for story in published for member in story.story.members]
    return StoryNumbers(
        stories=len(published),
        corroborated=sum(story.story.independent_reports > 1 for story in published),
        lanes=Counter(story.story.lane for story in published),
        read=Counter(member.article.read for member in members),
        copies=sum(member.copy_of is not None for member in members),
        claims=Counter(claim.kind for story in published for claim in story.claims()),
        rejected=sum((Counter(dict(story.analysis.rejected)) for story in published), Counter()),
        newest=max((member.article.first_seen for member in members), default=None),
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
        """The number of stories that a source dates, by week and topic."""
        return Counter(
            (story.story.week, topic)
            for key, story in self._stories.items()
            if self._line[key].is_dated
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
