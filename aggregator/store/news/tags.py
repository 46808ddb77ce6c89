"""The topics, entities and signals of stories, and by which registry they were found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, String, bindparam, cast, false, or_, select, update

from aggregator.domain.story import Entity, Signals
from aggregator.store.schema import stories


def untagged_stories(connection: Connection, digest: str) -> tuple[str, ...]:
    """The stories whose articles changed since they were tagged, or that another registry tagged;
    by id.
    """
    chosen = select(stories.c.id).where(or_(stories.c.tagged.is_(None), stories.c.tagged != digest))
    return tuple(connection.scalars(chosen.order_by(stories.c.id)))


def earlier_about(
    connection: Connection, keys: Collection[str], before: datetime, most: int
) -> tuple[str, ...]:
    """The newest stories published before a moment that speak of one of these entities."""
    names = (
        cast(stories.c.entities, String).contains(f'["{key}",', autoescape=True)
        for key in sorted(keys)
    )
    is_there = stories.c.merged_into.is_(None) & ~stories.c.removed
    chosen = select(stories.c.id).where(
        or_(false(), *names), is_there, stories.c.published < before
    )
    return tuple(
        connection.scalars(chosen.order_by(stories.c.published.desc(), stories.c.id).limit(most))
    )


def longer_names(connection: Connection, names: Collection[str]) -> tuple[str, ...]:
    """The names of known entities that have one of these known names as their part, in order."""
    shown = cast(stories.c.entities, String)
    parts = (shown.icontains(name, autoescape=True) for name in sorted(names))
    rows = connection.scalars(select(stories.c.entities).where(or_(false(), *parts)))
    known = {str(entity[1]) for row in rows for entity in row}
    shorter = {name.lower() for name in names} & {name.lower() for name in known}
    return tuple(
        sorted(
            name
            for name in known
            if any(short in name.lower() for short in shorter - {name.lower()})
        )
    )


def save_tags(
    connection: Connection,
    found: Mapping[str, tuple[tuple[str, ...], tuple[Entity, ...], Signals]],
    *,
    digest: str,
) -> None:
    """Stores what stories are about, by their id; their analyses stay as they are."""
    rows = [
        {
            "story": story_id,
            "topics": list(topics),
            "entities": [
                [entity.key, entity.name, entity.kind, entity.mentions] for entity in entities
            ],
            "signals": asdict(signals),
            "tagged": digest,
            "ranked": None,
        }
        for story_id, (topics, entities, signals) in found.items()
    ]
    connection.execute(update(stories).where(stories.c.id == bindparam("story")), rows)
