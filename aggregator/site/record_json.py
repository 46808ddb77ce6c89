"""Records as JSON, as the store keeps what lists and the search know of a story."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

_Record = TypeVar("_Record")


def record_json(record: object) -> str:
    """A record, or a list of them, by the names of its fields, days and moments as in ISO 8601:
    equal records give equal text.
    """
    return _encoder.encode(record)


def record_from_json(kind: type[_Record], text: str) -> _Record:
    """The record, or the tuple of them, that `record_json` wrote; a lone surrogate in it, which
    UTF-8 has no place for, comes back as a question mark.
    """
    hashable: Any = kind
    record: _Record = _adapter(hashable).validate_json(text.encode("utf-8", "replace"))
    return record


def _plain(value: Any) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return {name: getattr(value, name) for name in _names(value.__class__)}


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


_encoder = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":"))
