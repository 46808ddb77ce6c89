"""Stories, timelines, changes and editions of the archive, read for those who ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.domain.publishing.edition import StoredEdition, without
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.settings import Settings
from aggregator.domain.story import HistoryEntry, PublishedStory
from aggregator.english.text import slug
from aggregator.memory.timeline import StoryRow, archive_timeline
from aggregator.store.database import Connection
from aggregator.store.news.stories import dropped, first_seen_since
from aggregator.store.news.tags import earlier_about
from aggregator.store.publishing.editions import newest_period, stored_edition
from aggregator.store.writing.history import learnt_since
from aggregator.story.stage.stored import told_stories

_MOST_STORIES = 40  # whose rows a timeline is made of
_END = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a story gained, as its history has it."""

    story: PublishedStory
    entry: HistoryEntry


def shown_story(connection: Connection, settings: Settings, story_id: str) -> PublishedStory | None:
    """A story as its page shows it, None where there is none of this id."""
    return next(iter(told_stories(connection, settings, [story_id])), None)


def timeline_of(
    connection: Connection, settings: Settings, entity: str, most: int
) -> tuple[StoryRow, ...]:
    """The dated facts of the newest stories about an entity, oldest first."""
    ids = earlier_about(connection, [slug(entity)], _END, _MOST_STORIES)
    return archive_timeline(told_stories(connection, settings, ids), most)


def changes_since(
    connection: Connection, settings: Settings, since: datetime, most: int
) -> tuple[Change, ...]:
    """What stories gained from a moment on, in the order in which it was learnt."""
    entries = learnt_since(connection, since, most)
    ids = list(dict.fromkeys(story_id for story_id, _ in entries))
    known = {told.story.id: told for told in told_stories(connection, settings, ids)}
    return tuple(
        Change(story=known[story_id], entry=entry)
        for story_id, entry in entries
        if story_id in known
    )


def new_stories(
    connection: Connection, settings: Settings, since: datetime, most: int
) -> tuple[PublishedStory, ...]:
    """The stories first seen from a moment on, the most important first."""
    ids = first_seen_since(connection, since, most)
    known = {told.story.id: told for told in told_stories(connection, settings, ids)}
    return tuple(known[story_id] for story_id in ids if story_id in known)


def edition_of(connection: Connection, period: str) -> StoredEdition | None:
    """The edition of a week or day, that of the newest week where none is named, without stories
    that were dropped since; None where there is none.
    """
    wanted = period or newest_period(connection, PeriodKind.WEEK)
    found = stored_edition(connection, wanted) if wanted else None
    return without(found, dropped(connection)) if found else None
