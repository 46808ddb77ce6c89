"""Compares the tables of a database with those that this version declares.

The number of the newest migration shows which ones ran, not what they created at the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, TypeDecorator, inspect

from aggregator.store.schema import metadata


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
