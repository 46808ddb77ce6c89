"""All rows of one database in another: what a move to a server, a backup of one, and restoring are
made of. And the tables of a database beside those that this version declares: the number of the
newest migration shows which ones ran, not what they created at the time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, TypeDecorator, delete, insert, inspect, select, text

from aggregator.domain.frozen import frozen
from aggregator.domain.web.address import Address
from aggregator.errors import DatabaseError
from aggregator.store.schema import metadata

_STREAMED = {"yield_per": 1000}
_AT_ONCE = 1000


@frozen
class TableContent:
    """How many rows a table has, and SHA-256 of them all in the order of their keys: equal on both
    kinds of database.
    """

    rows: int
    digest: str


def contents(connection: Connection) -> dict[str, TableContent]:
    """What every table holds, by name."""
    return {table.name: _content(connection, table) for table in metadata.sorted_tables}


def is_empty(connection: Connection) -> bool:
    """Whether no table has a row."""
    return all(
        connection.execute(select(1).select_from(table).limit(1)).first() is None
        for table in metadata.sorted_tables
    )


def clear(connection: Connection) -> None:
    """Removes every row."""
    for table in reversed(metadata.sorted_tables):
        connection.execute(delete(table))


def copy_rows(source: Connection, target: Connection) -> dict[str, TableContent]:
    """Copies every row into the empty tables of another database; what was copied, by table.

    Raises DatabaseError where the copy does not hold what the source does: the transaction is then
    to be given up.
    """
    for table in metadata.sorted_tables:
        rows: list[Mapping[str, Any]] = []
        for row in _ordered(source, table):
            rows.append(dict(row._mapping))
            if len(rows) == _AT_ONCE:
                target.execute(insert(table), rows)
                rows = []
        if rows:
            target.execute(insert(table), rows)
    _count_on(target)
    read, written = contents(source), contents(target)
    if differing := [name for name in read if read[name] != written[name]]:
        raise DatabaseError(
            f"the copy differs from the original in {', '.join(differing)} and was discarded"
        )
    return read


def _ordered(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    with connection.execute(
        select(table).order_by(*table.primary_key.columns), execution_options=_STREAMED
    ) as rows:
        yield from rows


def _content(connection: Connection, table: Table) -> TableContent:
    digest, count = hashlib.sha256(), 0
    for row in _ordered(connection, table):
        digest.update(
            json.dumps([_plain(value) for value in row], sort_keys=True, default=repr).encode()
        )
        count += 1
    return TableContent(rows=count, digest=digest.hexdigest())


def _plain(value: Any) -> Any:
    """A value as both kinds of database give it back: a server keeps no NUL."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case Address():
            return value.unmasked()
        case str():
            return value.replace("\0", "")
        case _:
            return value


def _count_on(connection: Connection) -> None:
    """Has a server number new entries after those that were copied with their numbers; SQLite does
    so by itself.
    """
    if connection.dialect.name == "postgresql":
        last = (
            "SELECT setval(pg_get_serial_sequence('entries', 'id'), coalesce(max(id), 0) + 1,"
            " false) FROM entries"
        )
        connection.execute(text(last))


def differences(connection: Connection) -> tuple[str, ...]:
    """Each missing, unknown or different table or column as a phrase; empty if everything is as
    declared.

    Tables that we do not declare are ignored: a server may hold those of other programs.
    """
    found = {
        table: columns for (_, table), columns in inspect(connection).get_multi_columns().items()
    }
    return tuple(
        difference
        for table in metadata.sorted_tables
        for difference in _of_table(table, found.get(table.name))
    )


def _of_table(table: Table, found: list[Any] | None) -> Iterator[str]:
    if found is None:
        yield f"table {table.name} is missing"
        return
    columns: Mapping[str, Any] = {column["name"]: column for column in found}
    for column in table.columns:
        there = columns.get(column.name)
        if there is None:
            yield f"table {table.name} has no column {column.name}"
        elif there["type"].python_type is not _kind(column.type):
            yield f"column {table.name}.{column.name} is of type {there['type']}"
        elif bool(there["nullable"]) != bool(column.nullable):
            yield (
                f"column {table.name}.{column.name} {'may' if there['nullable'] else 'must not'} be"
                " empty"
            )
    for name in columns.keys() - table.columns.keys():
        yield f"table {table.name} has an unknown column {name}"


def _kind(declared: Any) -> type:
    """The Python type of a column in the database; our own column types wrap one of
    SQLAlchemy's.
    """
    kind: type = (
        declared.impl_instance if isinstance(declared, TypeDecorator) else declared
    ).python_type
    return kind
