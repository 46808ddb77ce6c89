"""Which stories a model wrote on a day, or was about to, and how deep: how much of the day's places
is taken.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, delete, insert, select

from aggregator.domain.operation.depth import Depth
from aggregator.store.schema import daily_places


def places_held(connection: Connection, day: date) -> dict[str, Depth]:
    """The place of each story that has one on a day."""
    chosen = select(daily_places.c.story_id, daily_places.c.depth)
    rows = connection.execute(chosen.where(daily_places.c.day == day))
    return {story_id: Depth(depth) for story_id, depth in rows}


def take_place(connection: Connection, day: date, story_id: str, depth: Depth) -> None:
    """Gives a story this place on a day instead of the one it has; earlier days are forgotten."""
    connection.execute(delete(daily_places).where(daily_places.c.day < day))
    give_back(connection, day, story_id)
    connection.execute(insert(daily_places).values(day=day, story_id=story_id, depth=depth))


def give_back(connection: Connection, day: date, story_id: str) -> None:
    """Frees the place that a story has on a day."""
    connection.execute(
        delete(daily_places).where(daily_places.c.day == day, daily_places.c.story_id == story_id)
    )
