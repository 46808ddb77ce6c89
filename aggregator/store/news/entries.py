"""The entries of all feeds, as published, and which of them are still to be read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    case,
    cast,
    column,
    func,
    or_,
    select,
    update,
)

from aggregator.domain.entry import (
    DateOrigin,
    Entry,
    EntryDate,
    EntryState,
    SeenEntry,
    without_votes,
)
from aggregator.domain.ids import sha256_of
from aggregator.domain.web.address import Address
from aggregator.store.rows import among, batches, change, count, record_of, row_of
from aggregator.store.schema import articles, entries, stories

_LATEST = 48
_LEAST_MOVE = timedelta(hours=1)
_MORE_VOTES = 1.5  # times as many: fewer hardly move a story and would write its page every hour


def save_entries(connection: Connection, seen: Sequence[SeenEntry]) -> Counter[str]:
    """Stores new entries and changed ones (which become pending again); returns how many are new,
    by source.

    No entry is among `seen` twice. An unchanged entry is not written. Changed are its words, its
    address, or its date of change by an hour or more, as some feeds rewrite that at every request.
    Where a community gives an entry half as many votes again, they are kept, and its story is due
    to be ranked by them.
    """
    stored = _stored(connection, seen) if seen else {}
    fresh = [entry for entry in seen if (entry.entry.source_key, entry.entry.guid) not in stored]
    if fresh:
        connection.exec_driver_sql(
            _INSERT[connection.dialect.name], [_values(entry) for entry in fresh]
        )
    for entry in seen if stored else ():
        row_id, digest, updated, votes = stored.get(
            (entry.entry.source_key, entry.entry.guid), (None, None, None, 0)
        )
        if row_id is not None and entry.entry.votes > _MORE_VOTES * votes:
            _save_votes(connection, row_id, entry.entry.votes)
        if row_id is not None and (
            digest != _digest(entry.entry)
            or (
                entry.entry.updated is not None
                and updated is not None
                and entry.entry.updated - updated >= _LEAST_MOVE
            )
        ):
            published = entry.entry.published
            kept = row_of(
                entry.entry,
                entries,
                published=published.at if published else None,
                published_origin=published.origin if published else None,
                article_id=entry.article_id,
                digest=_digest(entry.entry),
                state=entry.state,
                issue_id=entry.issue_id,
            )
            del kept["votes"]
            if entry.state is EntryState.OFF_TOPIC:  # what was read once is read on
                was_read = entries.state == EntryState.READ
                kept["state"] = case((was_read, EntryState.PENDING), else_=EntryState.OFF_TOPIC)
            connection.execute(update(entries).where(entries.id == row_id).values(kept))
    return Counter(entry.entry.source_key for entry in fresh)


def _save_votes(connection: Connection, row_id: int, votes: int) -> None:
    connection.execute(update(entries).where(entries.id == row_id).values(votes=votes))
    listed = select(entries.article_id).where(entries.id == row_id).scalar_subquery()
    of_article = select(articles.story_id).where(articles.id == listed).scalar_subquery()
    connection.execute(update(stories).where(stories.id == of_article).values(tagged=None))


def off_topic(connection: Connection, source_keys: Sequence[str], first_seen: datetime) -> int:
    """How many entries of these sources that were first seen at a moment are off topic."""
    chosen = (entries.state == EntryState.OFF_TOPIC) & (entries.first_seen == first_seen)
    return sum(
        count(connection, entries, chosen, entries.source_key.in_(some))
        for some in batches(source_keys)
    )


def _stored(
    connection: Connection, seen: Sequence[SeenEntry]
) -> dict[tuple[str, str], tuple[int, str, datetime | None, int]]:
    """Row, digest, date of change and votes of those that are stored, by source and guid; what a
    source listed once is not read.
    """
    asked = json.dumps([[entry.entry.source_key, entry.entry.guid] for entry in seen])
    found = connection.execute(_STORED[connection.dialect.name], {"asked": asked})
    return {
        (source_key, guid): (row_id, digest, updated, votes)
        for source_key, guid, row_id, digest, updated, votes in found
    }


def _stored_in_file() -> Select[Any]:
    pairs = func.json_each(bindparam("asked")).table_valued("value")
    return _listed_entries(
        pairs, func.json_extract(pairs.c.value, "$[0]"), func.json_extract(pairs.c.value, "$[1]")
    )


def _stored_on_server() -> Select[Any]:
    pairs = func.json_array_elements(cast(bindparam("asked"), JSON)).table_valued(
        column("value", JSON)
    )
    return _listed_entries(pairs, pairs.c.value[0].as_string(), pairs.c.value[1].as_string())


def _listed_entries(
    pairs: Any, source_key: ColumnElement[Any], guid: ColumnElement[Any]
) -> Select[Any]:
    columns = (
        entries.source_key,
        entries.guid,
        entries.id,
        entries.digest,
        entries.updated,
        entries.votes,
    )
    return select(*columns).select_from(
        pairs.join(entries, (entries.source_key == source_key) & (entries.guid == guid))
    )


_STORED = {"sqlite": _stored_in_file(), "postgresql": _stored_on_server()}


def votes_of(connection: Connection, article_ids: Sequence[str]) -> dict[str, int]:
    """The most votes that a community gives each of these articles; those without are left out."""
    most = select(entries.article_id, func.max(entries.votes).label("votes"))
    chosen = most.where(entries.votes > 0).group_by(entries.article_id)
    rows = among(connection, chosen, entries.article_id, article_ids)
    return {row.article_id: row.votes for row in rows}


def pending_entries(
    connection: Connection, within: Collection[str] | None = None
) -> tuple[SeenEntry, ...]:
    """The entries still to be read, of all articles or of these; in a fixed order: by article, then
    source, then guid.
    """
    is_pending = entries.state == EntryState.PENDING
    if within is None:
        return _in_order(connection, is_pending)
    return tuple(
        entry for of in _of_articles(within) for entry in _in_order(connection, is_pending & of)
    )


def entries_of(connection: Connection, article_ids: Collection[str]) -> tuple[SeenEntry, ...]:
    """All entries that point to these articles, in the same order."""
    return tuple(entry for of in _of_articles(article_ids) for entry in _in_order(connection, of))


def _of_articles(article_ids: Collection[str]) -> Iterator[ColumnElement[bool]]:
    """What chooses the entries of these articles, so many at once as a query may bind."""
    ordered = sorted(article_ids)
    return (entries.article_id.in_(batch) for batch in batches(ordered))


def _in_order(connection: Connection, chosen: ColumnElement[bool]) -> tuple[SeenEntry, ...]:
    ordered = (
        select(entries).where(chosen).order_by(entries.article_id, entries.source_key, entries.guid)
    )
    return tuple(_seen(row) for row in connection.execute(ordered))


def entries_at(connection: Connection, url: str, article_id: str | None) -> tuple[SeenEntry, ...]:
    """All entries that point to an address, or to the article that is known under it."""
    meant = or_(entries.url == Address(url).unmasked(), entries.article_id == article_id)
    return _in_order(connection, meant)


def latest_of(connection: Connection, source_key: str, most: int = _LATEST) -> tuple[Entry, ...]:
    """The entries of a source that were first seen last, a few dozen unless said otherwise, oldest
    first."""
    chosen = (
        select(entries)
        .where(entries.source_key == source_key)
        .order_by(entries.first_seen.desc(), entries.guid)
        .limit(most)
    )
    return tuple(_seen(row).entry for row in connection.execute(chosen))[::-1]


def by_article(
    connection: Connection, source_key: str, article_ids: Sequence[str]
) -> dict[str, Entry]:
    """What a source listed first of each of these articles, by article."""
    found: dict[str, Entry] = {}
    listed = select(entries).where(entries.source_key == source_key)
    ordered = listed.order_by(entries.first_seen, entries.guid)
    for row in among(connection, ordered, entries.article_id, article_ids):
        found.setdefault(row.article_id, _seen(row).entry)
    return found


def known_sources(connection: Connection, source_keys: Sequence[str]) -> frozenset[str]:
    """Those of these sources that any entry is stored of."""
    chosen = select(entries.source_key).distinct()
    return frozenset(key for (key,) in among(connection, chosen, entries.source_key, source_keys))


_MARK_READ = (
    update(entries)
    .where(entries.article_id == bindparam("article"), entries.state == EntryState.PENDING)
    .values(state=EntryState.READ)
)


def mark_read(connection: Connection, article_id: str) -> None:
    """Records that the pending entries of an article were read into it."""
    connection.execute(_MARK_READ, {"article": article_id})


def give_up(connection: Connection, article_id: str) -> None:
    """Records that the pending entries of an article lead to nothing that can be a report."""
    pending = (entries.article_id == article_id) & (entries.state == EntryState.PENDING)
    connection.execute(update(entries).where(pending).values(state=EntryState.OLD))


def is_any_pending(connection: Connection) -> bool:
    """Whether an entry is still to be read."""
    return count(connection, entries, entries.state == EntryState.PENDING) > 0


def pending_links(connection: Connection) -> int:
    """How many pages are still to be read because an issue links to them."""
    return count(connection, entries, entries.state == EntryState.PENDING, entries.issue_id != "")


def forget_texts(connection: Connection, article_id: str) -> None:
    """Drops the text of the entries that point to an article. Their digests stay, so that the same
    text does not come again.
    """
    change(connection, entries.article_id, [article_id], summary="", content="")


def hold(connection: Connection, source_key: str, guids: Collection[str]) -> None:
    """Holds what is pending of a source; what is held and not among the guids `listed` any more
    counts as seen.
    """
    of_source = entries.source_key == source_key
    is_pending, is_held = entries.state == EntryState.PENDING, entries.state == EntryState.HELD
    connection.execute(update(entries).where(of_source & is_pending).values(state=EntryState.HELD))
    held = connection.execute(
        select(entries.id, entries.guid).where(of_source & is_held)
    ).fetchall()
    gone = [row.id for row in held if row.guid not in guids]
    change(connection, entries.id, gone, state=EntryState.OLD)


def release(connection: Connection, source_key: str, most: int) -> None:
    """Lets the held entries of a source be read, or counts them all as seen where they are more
    than `most`.
    """
    held = (entries.source_key == source_key) & (entries.state == EntryState.HELD)
    state = EntryState.PENDING if count(connection, entries, held) <= most else EntryState.OLD
    connection.execute(update(entries).where(held).values(state=state))


def _values(seen: SeenEntry) -> tuple[object, ...]:
    """A row as the database keeps it. SQLAlchemy turns 20,000 rows into the same in 0.45 s, this
    in 0.1 s (bench.refresh).
    """
    entry = seen.entry
    return (
        entry.source_key,
        entry.guid,
        entry.url,
        seen.article_id,
        entry.title,
        _json(entry.authors),
        _moment(entry.published.at) if entry.published else None,
        entry.published.origin.value if entry.published else None,
        _moment(entry.updated) if entry.updated else None,
        entry.summary,
        entry.content,
        _json(entry.tags),
        entry.language,
        entry.votes,
        _moment(seen.first_seen),
        _digest(entry),
        seen.state.value,
        seen.backlog,
        seen.issue_id,
    )


_COLUMNS = (
    "source_key, guid, url, article_id, title, authors, published, published_origin, updated,"
    " summary, content, tags, language, votes, first_seen, digest, state, backlog, issue_id"
)
_INSERT = {
    dialect: (
        f"INSERT INTO entries ({_COLUMNS}) VALUES ({', '.join(mark for _ in _COLUMNS.split(','))})"
    )
    for dialect, mark in (("sqlite", "?"), ("postgresql", "%s"))
}


def _json(strings: Sequence[str]) -> str:
    """`json.dumps`, without its making of an encoder."""
    return f"[{', '.join(map(encode_basestring_ascii, strings))}]"


@lru_cache(
    maxsize=1_024
)  # most entries are dated twice alike, and all of a run were first seen at once
def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(" ", "microseconds")[: -len("+00:00")]


def _digest(entry: Entry) -> str:
    """What makes an entry a changed one: its words and address, not its dates, tags or votes (some
    feeds rewrite those hourly).
    """
    content = _json((entry.url, entry.title, without_votes(entry.summary), entry.content))
    return sha256_of(content)


def _seen(row: Row[tuple[object, ...]]) -> SeenEntry:
    published = (
        EntryDate(at=row.published, origin=DateOrigin(row.published_origin))
        if row.published
        else None
    )
    entry = record_of(Entry, row, published=published)
    return record_of(SeenEntry, row, entry=entry, issue_id=row.issue_id or "")
