"""The decorators of records: `@frozen` in place of three arguments of `dataclass`, `@config_table`
for those that an operator's file fills. And records, or other values, by a key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_Record = TypeVar("_Record")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen(record: type[_Record]) -> type[_Record]:
    """The class as a dataclass that is immutable, has slots and takes its fields by name."""
    return dataclass(frozen=True, slots=True, kw_only=True)(record)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def config_table(record: type[_Record]) -> type[_Record]:
    """A frozen record that pydantic fills from a table of a file. A key without a field is an
    error; a key that is a keyword of Python has a field with an underscore behind it (`from_`).
    """
    config = {"extra": "forbid", "alias_generator": lambda name: name.rstrip("_")}
    record.__pydantic_config__ = config  # type: ignore[attr-defined]  # where pydantic looks
    return frozen(record)


def grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, tuple[_Value, ...]]:
    """What belongs to each key, in the order given."""
    found: dict[_Key, list[_Value]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(several) for key, several in found.items()}
