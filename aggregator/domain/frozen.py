"""The decorators of records: `@frozen` in place of three arguments of `dataclass`, `@config_table`
for those that an operator's file fills.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_Record = TypeVar("_Record")


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
