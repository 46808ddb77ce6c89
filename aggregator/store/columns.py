"""Compares the tables of a database with those that this version declares.

The number of the newest migration says which ones ran, not what they made at the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, TypeDecorator, inspect

from aggregator.store.schema import metadata


def differences(connection: Connection) -> tuple[str, ...]:
    """What is missing, unknown or of another kind, a phrase each; nothing where all is as declared.

    Tables that we do not declare are not looked at: a server may hold those of others.
    """
    found = {table: columns for (_, table), columns in inspect(connection).get_multi_columns().items()}
    return tuple(each for table in metadata.sorted_tables for each in _of_table(table, found.get(table.name)))


def _of_table(table: Table, found: list[Any] | None) -> Iterator[str]:
    if found is None:
        yield f"there is no table {table.name}"
        return
    columns: Mapping[str, Any] = {each["name"]: each for each in found}
    for column in table.columns:
        there = columns.get(column.name)
        if there is None:
            yield f"table {table.name} has no column {column.name}"
        elif there["type"].python_type is not _kind(column.type):
            yield f"column {table.name}.{column.name} is of type {there['type']}"
        elif bool(there["nullable"]) != bool(column.nullable):
            yield f"column {table.name}.{column.name} {'may' if there['nullable'] else 'must not'} be empty"
    for name in columns.keys() - table.columns.keys():
        yield f"table {table.name} has an unknown column {name}"


def _kind(declared: Any) -> type:
    """The type of Python that a column holds in the database; ours for moments stands around one of SQLAlchemy's."""
    kind: type = (declared.impl_instance if isinstance(declared, TypeDecorator) else declared).python_type
    return kind
