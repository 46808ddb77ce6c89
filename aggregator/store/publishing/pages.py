"""What stands in the site folder: the manifest of its files, the digests of what their owners were
made from, the fingerprint of the whole, and the feeds that a WebSub hub was notified of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, Connection, bindparam, not_, or_, select, union, update

from aggregator.domain.publishing.page import OwnerState, PublishedFile
from aggregator.store.rows import among, change, drop, put, record_of, row_of
from aggregator.store.rows import count as count_rows
from aggregator.store.schema import (
    addresses,
    announced,
    corrections,
    editions,
    owners,
    pages,
    publications,
)

_STREAMED = {
    "yield_per": 1000
}  # rows of a cursor at once: the manifest of an archive does not fit into memory

_FEEDS = ("feed.xml", "feed.json")
ADDED = "added"  # the owner of what plugins add, which leaves nothing behind
NOBODY = ""  # owns what is published no more, until the file is removed
_FOLDER_PAGE, _CARD = "/index.html", "/card.png"


def published(connection: Connection) -> Iterator[tuple[str, int]]:
    """Path and size of every published file, in the order of paths."""
    chosen = select(pages.path, pages.bytes).order_by(pages.path)
    yield from (tuple(row) for row in connection.execute(chosen, execution_options=_STREAMED))


def digests(connection: Connection) -> Iterator[tuple[str, str]]:
    """Path and SHA-256 of every published file, in the order of paths."""
    chosen = select(pages.path, pages.digest).order_by(pages.path)
    yield from (tuple(row) for row in connection.execute(chosen, execution_options=_STREAMED))


def owned(connection: Connection, of: Collection[str]) -> dict[str, PublishedFile]:
    """The published files of these owners, by path."""
    return {
        row.path: record_of(PublishedFile, row)
        for row in among(connection, select(pages), pages.owner, of)
    }


def kept(connection: Connection) -> frozenset[str]:
    """The paths of cards, and of pages but those of stories, that were published: they stay.
    Earlier releases noted no addresses of cards.
    """
    chosen = (
        select(pages.path).where(pages.path.endswith(_CARD)),
        select(addresses.path).where(
            or_(addresses.path.endswith(_CARD), not_(addresses.path.startswith("story/")))
        ),
    )
    return frozenset(connection.scalars(union(*chosen)))


def owners_with_files(connection: Connection, kind: str) -> Iterator[str]:
    """The owners of a kind that have files: the part before the first slash is the kind."""
    chosen = select(pages.owner).where(_is_of_kind(pages.owner, kind)).distinct()
    yield from connection.scalars(chosen.order_by(pages.owner), execution_options=_STREAMED)


def states(connection: Connection, kind: str) -> dict[str, OwnerState]:
    """The owners of a kind as last written."""
    chosen = select(owners).where(_is_of_kind(owners.owner, kind))
    rows = connection.execute(chosen, execution_options=_STREAMED)
    return {row.owner: record_of(OwnerState, row) for row in rows}


def save_states(connection: Connection, written: Mapping[str, OwnerState]) -> None:
    """Records owners as they are written now."""
    put(connection, owners, *(row_of(state, owners, owner=key) for key, state in written.items()))


def release_others(connection: Connection, standing: Collection[str]) -> None:
    """Leaves the files of all but these owners to nobody, and forgets what they were made from."""
    known = {
        *connection.scalars(select(pages.owner).distinct()),
        *connection.scalars(select(owners.owner)),
    }
    gone = known.difference(standing)
    change(connection, pages.owner, gone, owner=NOBODY)
    drop(connection, owners.owner, gone)


def _is_of_kind(owner: ColumnElement[str], kind: str) -> ColumnElement[bool]:
    return owner.between(f"{kind}/", f"{kind}0")


def owner_of(connection: Connection, paths: Iterable[str]) -> dict[str, str]:
    """Whose files these are; unknown paths are left out."""
    chosen = select(pages.path, pages.owner)
    return {row.path: row.owner for row in among(connection, chosen, pages.path, [*paths])}


def save_files(
    connection: Connection, before: Mapping[str, PublishedFile], after: Mapping[str, PublishedFile]
) -> None:
    """Stores the files that are not stored so yet, and the addresses of pages and cards among them,
    but for those of plugins; files that went are nobody's.
    """
    change(connection, pages.path, before.keys() - after.keys(), owner=NOBODY)
    changed = [file for path, file in after.items() if before.get(path) != file]
    put(connection, pages, *(row_of(file, pages) for file in changed))
    put(
        connection,
        addresses,
        *(
            {"path": file.path}
            for file in changed
            if file.path.endswith((_FOLDER_PAGE, _CARD)) and file.owner != ADDED
        ),
    )


def former(connection: Connection, owner: str) -> tuple[str, ...]:
    """The folders whose page was published and is not any more: it is nobody's, or `owner` says
    there where it went.
    """
    standing = (pages.path == addresses.path) & pages.owner.not_in((owner, NOBODY))
    ended = pages.path.is_(None) & addresses.path.endswith(_FOLDER_PAGE)
    chosen = select(addresses.path).outerjoin(pages, standing).where(ended)
    return tuple(sorted(path.removesuffix("index.html") for path in connection.scalars(chosen)))


def save_sizes(connection: Connection, sizes: Mapping[str, int]) -> None:
    """Records the sizes of files that took their place."""
    rows = [{"place": path, "size": size} for path, size in sizes.items()]
    if rows:
        connection.execute(
            update(pages).where(pages.path == bindparam("place")).values(bytes=bindparam("size")),
            rows,
        )


def forget_files(connection: Connection, paths: Iterable[str]) -> None:
    """Takes files out of the manifest."""
    drop(connection, pages.path, paths)


def count(connection: Connection) -> int:
    """How many files are published."""
    return count_rows(connection, pages)


def editions_digest(connection: Connection) -> str:
    """SHA-256 of the editions and their corrections."""
    digest = hashlib.sha256()
    shown = (
        select(editions.period, editions.digest).order_by(editions.period),
        select(corrections.period, corrections.n, corrections.at, corrections.text).order_by(
            corrections.period, corrections.n
        ),
    )
    for statement in shown:
        for row in connection.execute(statement):
            digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def fingerprint(connection: Connection, output: str) -> str | None:
    """The fingerprint of the site that was last wholly published to a folder."""
    found: str | None = connection.scalar(
        select(publications.fingerprint).where(publications.output == output)
    )
    return found


def save_fingerprint(connection: Connection, output: str, value: str) -> None:
    """Records that the site in a folder is wholly up to date."""
    values = {"output": output, "fingerprint": value}
    put(connection, publications, values)


def unannounced(connection: Connection) -> dict[str, str]:
    """The digests of the published feeds that changed since the hub was notified, by path."""
    as_published = (announced.path == pages.path) & (announced.digest == pages.digest)
    changed = (
        select(pages.path, pages.digest)
        .outerjoin(announced, as_published)
        .where(or_(*(pages.path.endswith(name) for name in _FEEDS)), announced.path.is_(None))
        .order_by(pages.path)
    )
    return {row.path: row.digest for row in connection.execute(changed)}


def save_announced(connection: Connection, digests: Mapping[str, str]) -> None:
    """Records that the hub was notified of these feeds."""
    put(connection, announced, *({"path": path, "digest": made} for path, made in digests.items()))
