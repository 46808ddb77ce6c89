"""Which keys config.toml has: the records of `domain/settings.py` and `domain/source.py` seen as
tables of a file.

A key is shown with its place (`sources[3].listing.items`) and known without
(`sources.listing.items`).
"""

from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any

from aggregator.domain.frozen import frozen
from aggregator.domain.settings import Settings
from aggregator.domain.source import Source

Table = dict[str, Any]
Location = tuple[str | int, ...]
PLUGINS = "plugins"  # the table of the tables of plugins
_LISTS = frozenset({"sources", "sources.routes"})  # whose values are lists of tables


@frozen
class Leaf:
    """One key that takes a value: `fetch.per_host`, and `sources.lane` for a key of
    `[[sources]]`.
    """

    key: str
    hint: Any
    field: dataclasses.Field[Any]

    @property
    def help(self) -> str:
        """The sentence that documents it."""
        return str(self.field.metadata.get("help", ""))

    @property
    def is_rare(self) -> bool:
        """Whether hardly anyone changes it."""
        return bool(self.field.metadata.get("rare"))

    @property
    def default(self) -> Any:
        """Its default; `dataclasses.MISSING` where it has to be given."""
        factory = self.field.default_factory
        return self.field.default if factory is dataclasses.MISSING else factory()


@functools.cache
def leaves(record: type = Settings, prefix: str = "") -> tuple[Leaf, ...]:
    """The keys of a record, those of its tables in their place."""
    found: list[Leaf] = []
    for field in dataclasses.fields(record):
        hint = _hints(record)[_key_of(field.name)]
        key = prefix + _key_of(field.name)
        table = _record_of(hint)
        is_table = table is not None and table is not Source
        found += leaves(table, f"{key}.") if is_table else [Leaf(key=key, hint=hint, field=field)]
    return tuple(found)


@functools.cache
def all_leaves() -> tuple[Leaf, ...]:
    """Every key of the file, those of `[[sources]]` last."""
    return (*leaves(), *leaves(Source, "sources."))


def value_of(settings: Settings, leaf: Leaf) -> Any:
    """What the settings hold under a key, also one of a plugin."""
    value: Any = settings
    for part in leaf.key.split("."):
        if isinstance(value, Mapping):
            if part not in value:
                return leaf.default
            value = value[part]
        else:
            value = getattr(value, part) if hasattr(value, part) else getattr(value, f"{part}_")
    return value


def values(table: Table, prefix: str = "", known: str = "") -> Iterator[tuple[str, str, Any]]:
    """Each value of a file with its key as shown and as known."""
    for name, value in table.items():
        if f"{known}{name}" in _LISTS and isinstance(value, list):
            for place, row in enumerate(value):
                yield from values(
                    row if isinstance(row, dict) else {},
                    f"{prefix}{name}[{place}].",
                    f"{known}{name}.",
                )
        elif isinstance(value, dict) and f"{known}{name}" not in _mappings() - {PLUGINS}:
            yield from values(value, f"{prefix}{name}.", f"{known}{name}.")
        else:
            yield f"{prefix}{name}", f"{known}{name}", value


def record_at(location: Location) -> type:
    """The record whose keys stand at a location."""
    record: type | None = Settings
    for part in location:
        record = record and _below(record, part)
    return record or Settings


def leaf_location(location: Location) -> Location:
    """The location up to the key that takes the value: without places in its list and pydantic's
    names of types.
    """
    record: type | None = Settings
    for depth, part in enumerate(location):
        if record is None:
            return location[:depth]
        record = _below(record, part)
    return location


def place(location: Location) -> tuple[str, Leaf | None]:
    """The key as shown, and the leaf it is, if it is one."""
    parts = leaf_location(location)
    shown = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts
    ).removeprefix(".")
    known = ".".join(part for part in parts if isinstance(part, str))
    return shown, next((leaf for leaf in all_leaves() if leaf.key == known), None)


def rows(table: Table, name: str) -> list[Table]:
    """The tables that a key lists; what is no table is left out."""
    listed = table.get(name)
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []


def source_key(source: Any) -> str | None:
    """The key of one `[[sources]]` table, if it has a usable one."""
    key = source.get("key") if isinstance(source, dict) else None
    return key if isinstance(key, str) else None


def _below(record: type, part: str | int) -> type | None:
    """The record of a table within a record, or of a row of a list of tables."""
    if isinstance(part, int):
        return record
    return _record_of(_hints(record).get(part))


@functools.cache
def _hints(record: type) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(record)}
    return {
        _key_of(name): hint for name, hint in typing.get_type_hints(record).items() if name in names
    }


def _record_of(hint: Any) -> type | None:
    """The record of the table that a key of this type holds, which may be left out, or of the
    tables that it lists.
    """
    is_one_or_several = typing.get_origin(hint) in (tuple, UnionType, typing.Union)
    for choice in (hint, *(typing.get_args(hint) if is_one_or_several else ())):
        if isinstance(choice, type) and dataclasses.is_dataclass(choice):
            return choice
    return None


@functools.cache
def _mappings() -> frozenset[str]:
    """The keys whose value is a table of the operator's own words."""
    return frozenset(leaf.key for leaf in all_leaves() if isinstance(leaf.default, dict))


def _key_of(field_name: str) -> str:
    """The key of a field: `from` stands in the field `from_`, as it is a word of Python."""
    return field_name.rstrip("_")
