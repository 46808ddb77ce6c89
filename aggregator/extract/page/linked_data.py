"""The JSON-LD of a page as records of articles, people and pictures, as far as it can be read.
Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

Record = dict[str, object]

_MOST = 500_000  # characters of one script
_MOST_RECORDS = 200  # of one script; the longest of 600 real pages has 120
_NESTED = (
    "@graph",
    "mainEntity",
    "mainEntityOfPage",
    "hasPart",
    "itemListElement",
    "item",
    "publisher",
)
_ARTICLE_TYPES = ("Article", "Posting", "Report", "Review")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?)|(?:-->|(?://|/\*)?\s*\]\]>\s*(?:\*/)?|"
    r";)\s*$"
)


def linked_records(script: str) -> Iterator[Record]:
    """The records of one script, outer ones first; none where it is not JSON. Commas too many are
    forgiven.
    """
    if len(script) > _MOST:
        return
    pending: list[object] = [_loaded(script)]
    for _ in range(_MOST_RECORDS):
        if not pending:
            return
        value = pending.pop(0)
        if isinstance(value, list):
            pending[:0] = value
        elif isinstance(value, dict):
            yield value
            pending.extend(value[key] for key in _NESTED if key in value)


def records_with(records: Sequence[Record], key: str) -> list[Record]:
    """The records that have a value under `key`, those of articles first."""
    chosen = [record for record in records if record.get(key)]
    return sorted(
        chosen,
        key=lambda record: not any(kind in str(record.get("@type")) for kind in _ARTICLE_TYPES),
    )


def _loaded(script: str) -> object:
    for text in (script, _TRAILING_COMMA.sub("", _WRAPPING.sub("", script))):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None
