"""The line cache in the database: one line for each published story, from which lists and links
between stories are built.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from aggregator.domain.publishing.page import ListId
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import SIDE_LANES
from aggregator.domain.story import PublishedStory
from aggregator.memory.timeline import outline
from aggregator.site.line_cache import TOPIC, lists_of
from aggregator.site.lists.about import StoryNumbers
from aggregator.site.lists.errata import (
    MOST_ERRATA,
    Erratum,
    newest_errata,
    story_errata,
)
from aggregator.site.lists.lines import StoryLine, line_from_json, line_json, story_line
from aggregator.site.record_json import record_from_json, record_json
from aggregator.site.search.index_volume import SearchDocument
from aggregator.site.search.pages import search_document
from aggregator.store.database import Connection, Database
from aggregator.store.publishing import lines as stored
from aggregator.store.publishing.lines import StoredLine
from aggregator.store.rows import batches
from aggregator.templating.translation import translations

MOST_READ = 200  # stories with their articles in memory at once


ReadStories = Callable[[Connection, Sequence[str]], Sequence[PublishedStory]]


def update_lines(
    database: Database,
    own: Mapping[str, str],
    site: SiteSettings,
    topic_names: Mapping[str, str],
    read_stories: ReadStories,
) -> None:
    """Rebuilds the lines of stories whose own digest changed, and removes those of unpublished
    stories.

    `own` is the digest of each published story, `read_stories` reads stories with their articles.
    Killed anywhere, the next run does the rest.
    """
    with database.reading() as connection:
        known = stored.digests(connection)
    gone = sorted(known.keys() - own.keys())
    changed = [story_id for story_id, digest in own.items() if known.get(story_id) != digest]
    if gone:
        with database.writing() as connection:
            stored.remove_lines(connection, gone)
    for batch in batches(changed, MOST_READ):
        with database.reading() as connection:
            changed_stories = read_stories(connection, batch)
        new_lines = [
            _stored_line(story, own[story.story.id], site, topic_names) for story in changed_stories
        ]
        with database.writing() as connection:
            stored.save_lines(connection, new_lines)


def _stored_line(
    published: PublishedStory, own: str, site: SiteSettings, topic_names: Mapping[str, str]
) -> StoredLine:
    line, story = story_line(published, site.language), published.story
    words = translations(site.language)
    document = search_document(published, line, topic_names, site.zone, words)
    corrected = newest_errata(story_errata(published, site))
    return StoredLine(
        story_id=story.id,
        own=own,
        line=line_json(line),
        outline=outline(published),
        document=record_json(document),
        path="" if line.url else line.path,
        week=story.week,
        lane=line.lane,
        published=line.published,
        changed=line.changed,
        score=line.score,
        pinned=line.pinned,
        read=line.hook is not None,
        origins=story.independent_origins,
        counts=json.dumps(
            [Counter(claim.kind for claim in published.claims()), dict(published.analysis.rejected)]
        ),
        errata=record_json(corrected),
        corrected=corrected[0].at if corrected else None,
        listed=lists_of(line, story.week),
    )


class StoredLineCache:
    """The line cache of the stories whose lines are stored; `read_stories` reads stories with their
    articles.
    """

    def __init__(self, connection: Connection, read_stories: ReadStories) -> None:
        self._connection, self._read_stories = connection, partial(read_stories, connection)

    def counts(self, kind: str) -> Mapping[str, int]:
        """The number of stories in each list of a kind."""
        return stored.counts(self._connection, kind)

    def coverage(self) -> Mapping[tuple[str, str], int]:
        """The number of stories that a source dates, by week and topic."""
        return stored.by_week(self._connection, TOPIC)

    def lines(self, which: ListId, most: int | None = None) -> Sequence[StoryLine]:
        """The newest lines of a list."""
        return [line_from_json(text) for text in stored.listed(self._connection, which, most)]

    def best(self, which: ListId, most: int) -> Sequence[PublishedStory]:
        """The stories of a list with the highest scores."""
        return self._in_order(stored.listed_ids(self._connection, which, most))

    def pinned(self) -> Sequence[StoryLine]:
        """The lines of the stories that the operator pinned."""
        return [line_from_json(text) for text in stored.pinned(self._connection)]

    def lines_of(self, story_ids: Sequence[str]) -> Mapping[str, StoryLine]:
        """The lines of these stories."""
        return {
            key: line_from_json(text)
            for key, text in stored.lines_of(self._connection, story_ids).items()
        }

    def newest(self, most: int) -> Sequence[PublishedStory]:
        """The newest stories with a text that was read."""
        return self._in_order(stored.newest_read(self._connection, most, sorted(SIDE_LANES)))

    def errata(self) -> Sequence[Erratum]:
        """The newest corrections of stories."""
        return newest_errata(
            erratum
            for text in stored.errata(self._connection, MOST_ERRATA)
            for erratum in record_from_json(tuple[Erratum, ...], text)
        )

    def addresses(self) -> Iterable[tuple[str, datetime]]:
        """Path and last change of the stories."""
        return stored.addresses(self._connection)

    def documents(self) -> Iterable[SearchDocument]:
        """The search documents of the stories."""
        texts = stored.documents(self._connection)
        return (record_from_json(SearchDocument, text) for text in texts)

    def numbers(self) -> StoryNumbers:
        """The counts of all stories."""
        return StoryNumbers(**stored.numbers(self._connection))

    def stories(self, story_ids: Sequence[str]) -> Sequence[PublishedStory]:
        """These stories."""
        return self._in_order(story_ids)

    def _in_order(self, story_ids: Sequence[str]) -> list[PublishedStory]:
        found = {story.story.id: story for story in self._read_stories(story_ids)}
        return [found[key] for key in story_ids if key in found]
