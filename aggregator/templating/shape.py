"""What a record says in JSON: which of its fields, in which order, and which of them are left out
where they say nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
_WHOLE = "."  # stands for the record itself where the name of a field is expected
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def shape(keys: str, **parts: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    """The function that makes the JSON object of a record.

    `keys` are its keys in their order, each the name of a field; `key=field.field` takes the value
    from a field further within, None where that before it is, `key=.` from the record itself. A key
    with `?` at its end is absent where the value is None or empty. `parts` make the value of a key,
    or each value of a tuple: most often they are shapes. Raises KeyError for a part of no key.
    """
    rows = []
    for entry in keys.split():
        key, _, path = entry.removesuffix("?").partition("=")
        rows.append((key, _field(path or key), entry.endswith("?"), parts.pop(key, None)))
    if parts:
        raise KeyError(f"no such key: {', '.join(parts)}")

    def json_object(record: Any) -> dict[str, Any]:
        found = {}
        for key, field, is_optional, part in rows:
            value = field(record)
            if isinstance(value, tuple):
                value = [part(each) for each in value] if part else list(value)
            elif part and value is not None:
                value = part(value)
            if not is_optional or value not in _NOTHING:
                found[key] = value
        return found

    return json_object


def _field(path: str) -> Callable[[Any], Any]:
    if path == _WHOLE:
        return lambda record: record
    names = path.split(".")
    return functools.partial(_further, names) if len(names) > 1 else attrgetter(path)


def _further(names: Sequence[str], record: Any) -> Any:
    for name in names:
        record = None if record is None else getattr(record, name)
    return record
