"""What is stored of the calendar, and which stories state a day that is to come."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date

from pydantic import TypeAdapter
from sqlalchemy import Connection, String, and_, cast, or_, select

from aggregator.domain.dates import Precision
from aggregator.domain.ids import digest_of
from aggregator.plugins.calendar.dated_event import DatedEvent
from aggregator.store.plugin_values import keep, values
from aggregator.store.publishing.pages import owner_of
from aggregator.store.rows import among
from aggregator.store.schema import articles, claims, stories

_PLUGIN = "calendar"
_EVENT = TypeAdapter(DatedEvent)


def stored_events(connection: Connection) -> dict[str, DatedEvent]:
    """The events by the keys of their facts."""
    return {key: _EVENT.validate_python(kept) for key, kept in values(connection, _PLUGIN).items()}


def save_events(connection: Connection, events: Iterable[DatedEvent]) -> None:
    """Stores events in place of those of their keys."""
    for event in events:
        keep(connection, _PLUGIN, event.fact.key, _EVENT.dump_python(event, mode="json"))


def events_digest(connection: Connection) -> str:
    """Changes with the events; empty where there are none."""
    kept = values(connection, _PLUGIN)
    return digest_of(repr(kept)) if kept else ""


def entity_keys(connection: Connection) -> frozenset[str]:
    """The keys of the names that stories speak of."""
    # as text: PostgreSQL does not compare JSON
    found = connection.scalars(select(cast(stories.entities, String)).distinct())
    return frozenset(key for several in found for key, *_ in json.loads(several))


def standing_articles(connection: Connection, article_ids: Collection[str]) -> frozenset[str]:
    """Those of these articles that are there, in a story that was not removed."""
    of_stories = select(articles.id).join(stories, stories.id == articles.story_id)
    rows = among(connection, of_stories.where(~stories.removed), articles.id, article_ids)
    return frozenset(row.id for row in rows)


def published_paths(connection: Connection, paths: Iterable[str]) -> frozenset[str]:
    """Those of these paths at which the site has a file."""
    return frozenset(owner_of(connection, paths))


def dated_stories(connection: Connection, today: date) -> list[str]:
    """The ids of the stories that state a day from today on."""
    detail = claims.detail
    is_planned = and_(
        claims.section == "timeline",
        detail["planned"].as_boolean(),
        detail["precision"].as_string() == Precision.DAY,
        detail["day"].as_string() >= today.isoformat(),
    )
    is_due = and_(
        claims.section == "what_to_do_next", detail["by"].as_string() >= today.isoformat()
    )
    chosen = select(claims.story_id).where(or_(is_planned, is_due)).distinct()
    return list(connection.scalars(chosen.order_by(claims.story_id)))
