"""The tables `[plugins.NAME]`: whether a plugin is on, and its own settings, by the record that it
gives to the hook `settings_table`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from aggregator.config.keys import PLUGINS, Leaf, Table, leaves, rows
from aggregator.config.validators import did_you_mean
from aggregator.domain.frozen import config_table
from aggregator.domain.settings import Settings
from aggregator.domain.source import ListingFormat, SourceKind
from aggregator.hooks.plugins import Plugins, plugins

_Record = TypeVar("_Record")
_ENABLED = "enabled"


@config_table
class Switch:
    """What every table of a plugin has."""

    enabled: bool = field(
        default=True, metadata={"help": "whether the plugin is used", "rare": True}
    )


def switched_off(tables: Any) -> frozenset[str]:
    """The plugins that the tables by name switch off."""
    named = tables.items() if isinstance(tables, Mapping) else ()
    return frozenset(
        name for name, table in named if isinstance(table, Mapping) and table.get(_ENABLED) is False
    )


def plugin_settings(settings: Settings, name: str, record: type[_Record]) -> _Record:
    """The settings of a plugin, as its record."""
    return TypeAdapter(record).validate_python(_own(settings.plugins.get(name, {})))


def plugin_records(tables: Any) -> dict[str, tuple[type, ...]]:
    """The records of the table of each plugin: whether it is on, and what one that is on gives."""
    there = Plugins(switched_off(tables))
    own = dict(there.each("settings_table"))
    return {name: (Switch, *([own[name]] if name in own else [])) for name in there.names()}


def plugin_leaves(tables: Any) -> tuple[Leaf, ...]:
    """The keys of the tables of all plugins."""
    return tuple(
        leaf
        for name, records in plugin_records(tables).items()
        for record in records
        for leaf in leaves(record, f"{PLUGINS}.{name}.")
    )


def plugin_mistakes(tables: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with the tables of plugins, by key."""
    if not isinstance(tables, Mapping) or not tables:
        return
    there = Plugins(switched_off(tables))
    known = dict(there.each("settings_table"))
    for name, table in tables.items():
        key = f"plugins.{name}"
        if name not in there.names():
            yield key, f"no plugin has this name{did_you_mean(name, there.names())}"
        elif not isinstance(table, Mapping):
            yield key, f"must be a table, not {table!r}"
        elif not isinstance(table.get(_ENABLED, True), bool):
            yield f"{key}.{_ENABLED}", f"must be true or false, not {table[_ENABLED]!r}"
        elif there.is_on(name):
            yield from _mistakes(key, _own(table), known.get(name))


def with_plugin_kinds(table: Table) -> Table:
    """The table with sources of kinds that plugins read as listings that name them; those of a
    plugin that is off are off.
    """
    sources = table.get("sources")
    if not isinstance(sources, list):
        return table
    ours = {kind.value for kind in SourceKind}
    named = {str(row.get("kind", SourceKind.FEED.value)) for row in rows(table, "sources")}
    if named <= ours:
        return table
    kinds = Plugins(switched_off(table.get("plugins"))).keyed("source_kinds", "kind", ours)
    if not named <= {*ours, *kinds}:
        kinds = Plugins().keyed("source_kinds", "kind", ours)

    def present(row: Any) -> Any:
        kind = row.get("kind") if isinstance(row, dict) else None
        listing = row.get("listing", {}) if isinstance(row, dict) else None
        if not (isinstance(kind, str) and kind in kinds and isinstance(listing, dict)):
            return row  # what is wrong with it is said of the table as it stands
        read_by = {"format": ListingFormat.PLUGIN.value, "items": kind}
        shown = {**row, "kind": SourceKind.LISTING.value, "listing": {**read_by, **listing}}
        name, _ = kinds[kind]
        is_off = name in switched_off(table.get("plugins")) or not plugins().is_on(name)
        return {**shown, "enabled": False} if is_off else shown

    return {**table, "sources": [present(row) for row in sources]}


def mapping_mistakes(table: Table) -> Iterator[tuple[str, str]]:
    """What is wrong with the tables `[sources.listing.mapping]`, by key; of a source that is off,
    nothing.
    """
    sources = table.get("sources")
    listings = [
        (number, row["listing"])
        for number, row in enumerate(sources if isinstance(sources, list) else ())
        if isinstance(row, dict) and row.get("enabled", True) and "listing" in row
    ]
    known: dict[str, Any] = {}
    for number, listing in listings:
        if not isinstance(listing, dict) or listing.get("format") != ListingFormat.PLUGIN:
            continue
        known = known or Plugins(switched_off(table.get("plugins"))).keyed("source_kinds", "kind")
        _, reader = known.get(str(listing.get("items")), ("", None))
        if reader and reader.mapping:
            key, mapping = f"sources[{number}].listing.mapping", listing.get("mapping", {})
            yield from _mistakes(key, mapping, reader.mapping)


def _mistakes(key: str, table: dict[str, Any], record: type | None) -> Iterator[tuple[str, str]]:
    if record is None:
        for word in table:
            yield f"{key}.{word}", f"unknown key; the plugin has no settings but {_ENABLED}"
        return
    try:
        TypeAdapter(record).validate_python(table)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            where = ".".join(map(str, found["loc"]))
            yield f"{key}.{where}", found["msg"][:1].lower() + found["msg"][1:]


def _own(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != _ENABLED}
