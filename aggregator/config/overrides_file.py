"""Reads overrides.toml, the operator's overrides of stories, and reports every problem of it at
once.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from aggregator.config.layers import read_toml
from aggregator.config.validators import did_you_mean, web_address
from aggregator.domain.ids import id_in
from aggregator.domain.operation.override import (
    Annotation,
    Drop,
    Merge,
    Overrides,
    Pin,
    Rename,
    Split,
)
from aggregator.english.text import normalised
from aggregator.errors import ConfigError

_TABLES: dict[str, type] = {
    "pin": Pin,
    "merge": Merge,
    "split": Split,
    "rename": Rename,
    "drop": Drop,
    "annotate": Annotation,
}
_LISTS = {"stories": 2, "articles": 1}  # keys that hold a list, and the fewest it may hold
_MOST_TEXT = 500  # characters of a headline, a note or a reason
_ID = re.compile(r"[a-z0-9]{12}")


def load_overrides(path: Path) -> Overrides:
    """The overrides; the file need not be there. Raises `ConfigError` with all problems."""
    if not path.is_file():
        return Overrides()
    tables = read_toml(path)
    problems = [
        f"{name}: unknown table{did_you_mean(name, _TABLES)}"
        for name in tables
        if name not in _TABLES
    ]
    found: dict[str, tuple[Any, ...]] = {}
    for name in (name for name in _TABLES if name in tables):
        rows = tables[name]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            problems.append(f"{name}: must be written as [[{name}]] tables")
            continue
        mistakes = [
            mistake
            for place, row in enumerate(rows)
            for mistake in _mistakes(row, f"{name}[{place}]", _TABLES[name])
        ]
        problems += mistakes
        found[name] = () if mistakes else tuple(_TABLES[name](**_plain(row)) for row in rows)
    if problems:
        raise ConfigError(str(path), problems)
    return Overrides(**found)


def _mistakes(table: dict[str, Any], place: str, record: type) -> Iterator[str]:
    """What is wrong with one entry, each with its key."""
    fields = {field.name: field for field in dataclasses.fields(record)}
    for key, value in table.items():
        if key not in fields:
            yield f"{place}.{key}: unknown key{did_you_mean(key, fields)}"
        elif problem := _mistake(key, value):
            yield f"{place}.{key}: {problem}"
    for name, field in fields.items():
        if field.default is dataclasses.MISSING and name not in table:
            yield f"{place}.{name}: is missing"
    if record is Drop and ("story" in table) == ("url" in table):
        yield f"{place}: needs either a story or a url"


def _mistake(key: str, value: Any) -> str | None:
    if key == "until":
        is_day = isinstance(value, date) and not isinstance(value, datetime)
        return None if is_day else "must be a day such as 2026-11-30, without quotes"
    if key in _LISTS:
        if not isinstance(value, list) or not all(isinstance(inner, str) for inner in value):
            return 'must be a list of strings such as ["…"]'
        if len(value) < _LISTS[key]:
            return f"needs at least {_LISTS[key]}"
        return next((problem for inner in value if (problem := _named(key, inner))), None)
    return _named(key, value) if isinstance(value, str) else "must be a string in quotes"


def _named(key: str, value: str) -> str | None:
    """What is wrong with the name of a story, the address of an article, or a text of the
    operator's.
    """
    if key in {"story", "stories"}:
        wrong = (
            f"{value!r} is not a story id: give the last part of its URL, twelve letters and digits"
        )
        return None if _ID.fullmatch(id_in(value)) else wrong
    if key in {"url", "articles"}:
        return web_address(value)
    if not normalised(value):
        return "must not be empty"
    return (
        None
        if len(value) <= _MOST_TEXT
        else f"has {len(value)} characters; the limit is {_MOST_TEXT}"
    )


def _plain(table: dict[str, Any]) -> dict[str, Any]:
    """The values as records hold them: ids without their address, texts on one line, tuples."""

    def plain(key: str, value: Any) -> Any:
        match value:
            case list():
                return tuple(plain(key, inner) for inner in value)
            case str() if key in {"story", "stories"}:
                return id_in(value)
            case str():
                return normalised(value)
        return value

    return {key: plain(key, value) for key, value in table.items()}
