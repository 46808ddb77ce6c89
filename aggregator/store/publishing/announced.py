"""Which feeds a WebSub hub was notified of, and as what they read then."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects.postgresql import insert

from aggregator.store.schema import announced, pages

_FEEDS = ("feed.xml", "feed.json")


def unannounced(connection: Connection) -> dict[str, str]:
    """The digests of the published feeds that changed since the hub was notified, by path."""
    as_published = (announced.c.path == pages.c.path) & (announced.c.digest == pages.c.digest)
    changed = (
        select(pages.c.path, pages.c.digest)
        .outerjoin(announced, as_published)
        .where(or_(*(pages.c.path.endswith(name) for name in _FEEDS)), announced.c.path.is_(None))
        .order_by(pages.c.path)
    )
    return {row.path: row.digest for row in connection.execute(changed)}


def save_announced(connection: Connection, digests: Mapping[str, str]) -> None:
    """Records that the hub was notified of these feeds."""
    statement = insert(announced)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["path"], set_={"digest": statement.excluded.digest}
        ),
        [{"path": path, "digest": digest} for path, digest in digests.items()],
    )
