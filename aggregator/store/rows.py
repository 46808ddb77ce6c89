"""Rows and records: what every module of the store does with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from aggregator.store.schema import Rows

T = TypeVar("T")

_AS_STORED = frozenset({str, int, float, bool, bytes, date, datetime, NoneType})
_MOST_BOUND = 500  # SQLite takes 32,766 bound values; a few hundred keep statements small


def batches(values: Sequence[T], most: int = _MOST_BOUND) -> Iterator[Sequence[T]]:
    """The values in batches of at most so many, in the order given."""
    return (values[start : start + most] for start in range(0, len(values), most))


def among(
    connection: Connection,
    chosen: Select[Any],
    column: ColumnElement[Any],
    values: Collection[Any] | None,
) -> Iterator[Row[Any]]:
    """The rows of a query whose column has one of these values, or all rows where `values` is
    None. Of many values, each batch of rows is in the order of the query.
    """
    if values is None:
        yield from connection.execute(chosen)
        return
    for some in batches(sorted(values)):
        yield from connection.execute(chosen.where(column.in_(some)))


def row_at(connection: Connection, table: Rows, /, **key: Any) -> Row[Any] | None:
    """The one row of a table with these values, None where there is none."""
    return connection.execute(select(table).filter_by(**key)).one_or_none()


def record_of(kind: Callable[..., T], row: Row[*tuple[Any, ...]], /, **other: Any) -> T:
    """The record that a row holds: each field as the column of its name has it, but for `other`.

    What is no plain value, such as a word of an enumeration or a record kept as JSON, is read as
    the field's type has it; pydantic raises `ValidationError` for what is not of it.
    """
    found = {
        name: getattr(row, name) if read is None else read(getattr(row, name))
        for name, read in _readers(kind, row._fields)
        if name not in other
    }
    return kind(**found, **other)


def row_of(record: Any, table: Rows, /, **other: Any) -> dict[str, Any]:
    """A record as a row of a table: each column as the field of its name, but for `other`."""
    kind: Any = type(record)
    names = (name for name, _ in _readers(kind, tuple(table.table.columns.keys())))
    return {name: getattr(record, name) for name in names if name not in other} | other


@cache
def _readers(
    kind: Any, columns: tuple[str, ...]
) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """The names that fields of a kind of record and columns have in common, with what reads
    them.
    """
    hints = get_type_hints(kind)
    names = (field.name for field in fields(kind) if field.name in columns)
    return tuple((name, _reader(hints[name])) for name in names)


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    """What makes a value of this type of what a column holds; None where that is the value."""
    kinds = (hint,) if get_origin(hint) is tuple else get_args(hint) or (hint,)
    return None if _AS_STORED.issuperset(kinds) else TypeAdapter(hint).validate_python


def listed(records: Iterable[Any]) -> list[list[Any]]:
    """Records as the lists of their values, as JSON keeps many of them."""
    return [[getattr(record, field.name) for field in fields(record)] for record in records]


def unlisted(kind: Callable[..., T], lists: Iterable[Iterable[Any]]) -> tuple[T, ...]:
    """The records whose values are listed."""
    names, read = _listed_fields(kind)
    return tuple(read(dict(zip(names, values, strict=False))) for values in lists)


@cache
def _listed_fields(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], Any]]:
    return tuple(field.name for field in fields(kind)), TypeAdapter(kind).validate_python


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else asdict(value)


json_text = json.JSONEncoder(default=_plain).encode  # of a column, with records and days in it


def passage_key(row: Row[*tuple[Any, ...]]) -> str:
    """The key of the passage that a row names, as `Passage.key` says it."""
    return f"{row.article_id}.{row.version}.{row.n}"


def place_of(passage: str) -> dict[str, Any]:
    """The columns of a passage's key."""
    article_id, version, n = passage.split(".")
    return {"article_id": article_id, "version": int(version), "n": int(n)}


def add(connection: Connection, table: Rows, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows, if there are any."""
    if rows:
        connection.execute(insert(table), rows)


def put(connection: Connection, table: Rows, *rows: Mapping[str, Any]) -> None:
    """Inserts rows, or changes those with their keys to them; a column that they do not name, all
    the same ones, stays as it was.
    """
    if rows:
        statement = insert_or_update(table)
        new = {name: statement.excluded[name] for name in rows[0]}
        key = table.table.primary_key.columns
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=new), rows)


def drop(connection: Connection, column: ColumnElement[Any], values: Iterable[Any]) -> None:
    """Deletes the rows of a column's table that have one of these values there."""
    for some in batches(sorted(values)):
        connection.execute(delete(column.table).where(column.in_(some)))


def change(
    connection: Connection, column: ColumnElement[Any], values: Iterable[Any], /, **new: Any
) -> None:
    """Gives the rows of a column's table that have one of these values there these new ones."""
    for some in batches(sorted(values)):
        connection.execute(update(column.table).where(column.in_(some)).values(new))


def count(connection: Connection, table: Any, *which: ColumnElement[bool]) -> int:
    """How many rows of a table there are that meet these conditions."""
    return connection.scalar(select(func.count()).select_from(table).where(*which)) or 0
