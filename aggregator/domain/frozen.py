"""The decorator of the program's records: `@frozen` in place of three arguments of `dataclass`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_Record = TypeVar("_Record")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen(record: type[_Record]) -> type[_Record]:
    """The class as a dataclass that is immutable, has slots and takes its fields by name."""
    return dataclass(frozen=True, slots=True, kw_only=True)(record)
