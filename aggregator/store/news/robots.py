"""The robots.txt of each origin, as last read."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from aggregator.domain.web.rights import RobotsFile
from aggregator.store.schema import robots


def robots_files(connection: Connection) -> dict[str, RobotsFile]:
    """Every stored robots.txt, by origin."""
    return {row.origin: RobotsFile(**row._mapping) for row in connection.execute(select(robots))}


def save_robots(connection: Connection, files: Iterable[RobotsFile]) -> None:
    """Keeps what was read in this run."""
    for file in files:
        values = {column.name: getattr(file, column.name) for column in robots.columns}
        connection.execute(
            insert(robots)
            .values(values)
            .on_conflict_do_update(index_elements=["origin"], set_=values)
        )
