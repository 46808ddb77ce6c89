"""What stands in the site folder: the manifest of its files, and the fingerprint of what they were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from aggregator.domain.page import PublishedFile
from aggregator.store.schema import analyses, articles, corrections, editions, facts, pages, publications, stories


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


def told_digest(connection: Connection) -> str:
    """SHA-256 of everything stored that a page can show: equal digests mean equal pages under the same rendition."""
    digest = hashlib.sha256()
    shown = (
        select(analyses.c.story_id, analyses.c.inputs, analyses.c.analysed).order_by(analyses.c.story_id),
        select(
            stories.c.id,
            stories.c.score,
            stories.c.storyline,
            stories.c.tagged,
            stories.c.merged_into,
            stories.c.operator,
            stories.c.removed,
        ).order_by(stories.c.id),
        select(facts).order_by(facts.c.story_id, facts.c.n),
        select(articles.c.id, articles.c.version, articles.c.story_id, articles.c.copy_of, articles.c.shortfall).order_by(
            articles.c.id
        ),
        select(editions.c.week, editions.c.digest).order_by(editions.c.week),
        select(corrections.c.week, corrections.c.n, corrections.c.at, corrections.c.text).order_by(
            corrections.c.week, corrections.c.n
        ),
    )
    for statement in shown:
        for row in connection.execute(statement):
            digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def fingerprint(connection: Connection, output: str) -> str | None:
    """The fingerprint of the site that was last wholly published to a folder."""
    found: str | None = connection.scalar(select(publications.c.fingerprint).where(publications.c.output == output))
    return found


def save_fingerprint(connection: Connection, output: str, value: str) -> None:
    """Records that the site in a folder is wholly up to date."""
    values = {"output": output, "fingerprint": value}
    connection.execute(insert(publications).values(values).on_conflict_do_update(index_elements=["output"], set_=values))
