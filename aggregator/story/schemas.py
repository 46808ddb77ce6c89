"""Parts of the JSON schemas of answers, in the keywords that every model server takes."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

MOST_CHARACTERS = 300  # of a text: half as much again as 30 words, so that no model talks for ever
_MOST_DAY = 10  # characters: 2026-07-04
_MOST_WORDS = 80  # characters of a few words
_MOST_NUMBERS = 4  # passages or facts of one statement

TEXT: dict[str, Any] = {"type": "string", "maxLength": MOST_CHARACTERS}
FEW_WORDS: dict[str, Any] = {"type": "string", "maxLength": _MOST_WORDS}
DAY: dict[str, Any] = {"type": "string", "maxLength": _MOST_DAY}


def record(**properties: Any) -> dict[str, Any]:
    """An object that has all of these and nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def several(item: dict[str, Any], most: int) -> dict[str, Any]:
    """A list of at most so many."""
    return {"type": "array", "items": item, "maxItems": most}


def one_of(values: Iterable[StrEnum | str]) -> dict[str, Any]:
    """A text from a closed list."""
    return {"type": "string", "enum": [str(each) for each in values]}


NUMBERS = several({"type": "integer"}, _MOST_NUMBERS)
