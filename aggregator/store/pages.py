"""What stands in the site folder: the manifest that tells which files are up to date."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from aggregator.domain.page import PublishedFile
from aggregator.store.schema import pages


def manifest(connection: Connection) -> dict[str, PublishedFile]:
    """Every published file, by path."""
    return {row.path: PublishedFile(**row._mapping) for row in connection.execute(select(pages))}


def save_manifest(connection: Connection, before: Mapping[str, PublishedFile], after: Mapping[str, PublishedFile]) -> None:
    """Stores the difference between two manifests."""
    changed = [file for path, file in after.items() if before.get(path) != file]
    rows = [{column.name: getattr(file, column.name) for column in pages.columns} for file in changed]
    if rows:
        statement = insert(pages)
        updated = {column.name: statement.excluded[column.name] for column in pages.columns}
        connection.execute(statement.on_conflict_do_update(index_elements=["path"], set_=updated), rows)
    for path in before.keys() - after.keys():
        connection.execute(delete(pages).where(pages.c.path == path))
