"""How much is stored: rows a table, and bytes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from aggregator.store.rows import count
from aggregator.store.schema import articles, editions, entries, pages, stories


def counts(connection: Connection) -> dict[str, int]:
    """How many entries, articles, stories, editions and files of the site are stored."""
    return {
        "entries": count(connection, entries),
        "articles": count(connection, articles),
        "stories": count(connection, stories),
        "editions": count(connection, editions),
        "files": count(connection, pages),
    }


def page_fetches(connection: Connection, since: datetime) -> tuple[int, int]:
    """How many pages of articles first seen since a moment were requested, and how many of them
    still fail.
    """
    young, has_failed = (
        articles.first_seen >= since,
        (articles.page_failures > 0) & articles.page_read.is_(None),
    )
    asked = count(connection, articles, young, has_failed | articles.page_read.is_not(None))
    return asked, count(connection, articles, young, has_failed)


def free_share(connection: Connection) -> float:
    """The part of the file that holds nothing; nothing is known of a server, which tidies up by
    itself.
    """
    if connection.dialect.name != "sqlite":
        return 0.0
    free, all_ = (
        int(connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
        for name in ("freelist_count", "page_count")
    )
    return free / all_ if all_ else 0.0


def size_bytes(connection: Connection) -> int:
    """What the database takes, its free pages included."""
    if connection.dialect.name == "postgresql":
        return int(
            connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0
        )
    pages_, size = (
        int(connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
        for name in ("page_count", "page_size")
    )
    return pages_ * size
