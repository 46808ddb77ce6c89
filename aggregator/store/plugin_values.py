"""What plugins keep: values by key, for those that have no tables of their own.

Values are what JSON can hold. `plugins forget NAME` deletes those of a plugin.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, select

from aggregator.store.rows import put, row_at
from aggregator.store.schema import plugin_values


def value(connection: Connection, plugin: str, key: str) -> Any:
    """The value of a plugin under a key, None where it has none."""
    row = row_at(connection, plugin_values, plugin=plugin, key=key)
    return row.value if row else None


def values(connection: Connection, plugin: str) -> dict[str, Any]:
    """All values of a plugin by key."""
    own = select(plugin_values.key, plugin_values.value).where(plugin_values.plugin == plugin)
    return {row.key: row.value for row in connection.execute(own.order_by(plugin_values.key))}


def keep(connection: Connection, plugin: str, key: str, kept: Any) -> None:
    """Keeps a value of a plugin under a key, in place of the one that it had."""
    put(connection, plugin_values, {"plugin": plugin, "key": key, "value": kept})


def forget(connection: Connection, plugin: str) -> int:
    """Deletes all values of a plugin; returns how many there were."""
    table = plugin_values
    return connection.execute(delete(table).where(table.plugin == plugin)).rowcount
