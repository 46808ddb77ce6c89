"""Stories, timelines, changes and editions of the archive, read for those who ask for them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import RunKind
from aggregator.domain.publishing.edition import StoredEdition, without
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.settings import Settings
from aggregator.domain.story import HistoryEntry, PublishedStory
from aggregator.english.text import slug
from aggregator.errors import ArgumentError
from aggregator.memory.timeline import StoryRow, archive_timeline
from aggregator.plugins.questions.stage.passages import first_seen_since, learnt_since
from aggregator.store.database import Connection
from aggregator.store.news.stories import dropped, earlier_about
from aggregator.store.publishing.editions import newest_period, stored_edition
from aggregator.store.runs import recent_runs
from aggregator.story.stage.stored import shown_stories

_MOST_STORIES = 40  # whose rows a timeline is made of
_END = datetime(9999, 1, 1, tzinfo=UTC)


@frozen
class Change:
    """What a story gained, as its history has it."""

    story: PublishedStory
    entry: HistoryEntry


def shown_story(connection: Connection, settings: Settings, story_id: str) -> PublishedStory | None:
    """A story as its page shows it, None where there is none of this id."""
    return next(iter(shown_stories(connection, settings, [story_id])), None)


def timeline_of(
    connection: Connection, settings: Settings, entity: str, most: int
) -> tuple[StoryRow, ...]:
    """The dated facts of the newest stories about an entity, oldest first."""
    ids = earlier_about(connection, [slug(entity)], _END, _MOST_STORIES)
    return archive_timeline(shown_stories(connection, settings, ids), most)


@frozen
class Cursor:
    """How far somebody has read: the last story by when it was first seen and its id, and the last
    entry of a history by when it was learnt, its story and its number.
    """

    seen: tuple[datetime, str]
    learnt: tuple[datetime, str, int]

    @classmethod
    def at(cls, moment: datetime) -> Cursor:
        """The place before all that is of a moment."""
        return cls(seen=(moment, ""), learnt=(moment, "", -1))

    @classmethod
    def of(cls, text: str) -> Cursor:
        """The cursor that a text stands for. Raises ArgumentError."""
        try:
            seen, story, learnt, of, n = json.loads(urlsafe_b64decode(text.encode("ascii")))
            moments = (datetime.fromisoformat(each).astimezone(UTC) for each in (seen, learnt))
            return cls(seen=(next(moments), str(story)), learnt=(next(moments), str(of), int(n)))
        except (ValueError, TypeError, OverflowError) as error:
            raise ArgumentError("no such cursor: give one from an earlier answer") from error

    def text(self) -> str:
        """The cursor as text of letters, figures, `-`, `_` and `=`."""
        parts = (
            self.seen[0].isoformat(),
            self.seen[1],
            self.learnt[0].isoformat(),
            *self.learnt[1:],
        )
        return urlsafe_b64encode(json.dumps(parts).encode()).decode("ascii")


@frozen
class Changed:
    """A page of what is new: stories as they were first seen and what others gained as it was
    learnt, how far it reaches, and whether there is more.
    """

    stories: tuple[PublishedStory, ...]
    changes: tuple[Change, ...]
    cursor: Cursor
    is_more: bool


def changed_since(connection: Connection, settings: Settings, after: Cursor, most: int) -> Changed:
    """What is new behind a cursor: so many stories and so many changes at most. What a refresh
    under way has read is not there before it ends, as it may yet store what sorts earlier.
    """
    newest = recent_runs(connection, 1, RunKind.REFRESH)
    until = newest[0].started if newest and newest[0].report is None else _END
    seen = first_seen_since(connection, after.seen, until, most + 1)
    learnt = learnt_since(connection, after.learnt, until, most + 1)
    shown, entries = seen[:most], learnt[:most]
    ids = dict.fromkeys([story_id for _, story_id in shown] + [story_id for story_id, _ in entries])
    known = {story.story.id: story for story in shown_stories(connection, settings, list(ids))}
    return Changed(
        stories=tuple(known[story_id] for _, story_id in shown if story_id in known),
        changes=tuple(
            Change(story=known[story_id], entry=entry)
            for story_id, entry in entries
            if story_id in known
        ),
        cursor=Cursor(
            seen=shown[-1] if shown else after.seen,
            learnt=(entries[-1][1].at, entries[-1][0], entries[-1][1].n)
            if entries
            else after.learnt,
        ),
        is_more=len(seen) > most or len(learnt) > most,
    )


def edition_of(connection: Connection, period: str) -> StoredEdition | None:
    """The edition of a week or day, that of the newest week where none is named, without stories
    that were dropped since; None where there is none.
    """
    wanted = period or newest_period(connection, PeriodKind.WEEK)
    found = stored_edition(connection, wanted) if wanted else None
    return without(found, dropped(connection)) if found else None
