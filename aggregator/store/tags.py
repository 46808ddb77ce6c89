"""The topics and entities of stories, and by which registry they were found."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select, update

from aggregator.domain.story import Entity
from aggregator.store.schema import stories


def untagged_stories(connection: Connection, digest: str) -> tuple[str, ...]:
    """The stories whose articles changed since they were tagged, or that another registry tagged; by id."""
    chosen = select(stories.c.id).where(or_(stories.c.tagged.is_(None), stories.c.tagged != digest))
    return tuple(connection.scalars(chosen.order_by(stories.c.id)))


def save_tags(
    connection: Connection, story_id: str, topics: tuple[str, ...], entities: tuple[Entity, ...], *, digest: str
) -> None:
    """Stores what a story is about; its analysis stays as it is."""
    told = {
        "topics": list(topics),
        "entities": [[entity.key, entity.name, entity.kind, entity.mentions] for entity in entities],
        "tagged": digest,
    }
    connection.execute(update(stories).where(stories.c.id == story_id).values(told))
