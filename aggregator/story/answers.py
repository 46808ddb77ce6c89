"""A model's answer as JSON: the parts of its schema, in the keywords that every model server knows;
what of it is whole; and whether it goes round in circles.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from aggregator.domain.frozen import frozen

_CLOSERS = {"{": "}", "[": "]"}
_LEAST_BLOCK = 12  # characters that repeat: indented brackets have fewer
_IN_A_ROW = 3  # times that a block stands at the end of an answer that goes round
_TEXT = re.compile(r'(?:"text"\s*:|[\[,])\s*"((?:[^"\\]|\\.){25,})"')
_MOST_ALIKE = 2  # times that one sentence of some length may stand in an answer
MOST_CHARACTERS = 300  # of a text: half as much again as 30 words, so that no model talks for ever
_MOST_DAY = 10  # characters: 2026-07-04
_MOST_WORDS = 80  # characters of a few words
_MOST_NUMBERS = 4  # passages or facts of one statement

TEXT: dict[str, Any] = {"type": "string", "maxLength": MOST_CHARACTERS}
FEW_WORDS: dict[str, Any] = {"type": "string", "maxLength": _MOST_WORDS}
DAY: dict[str, Any] = {"type": "string", "maxLength": _MOST_DAY}


@frozen
class Unusable:
    """A reply that is no answer."""

    reason: str


@frozen
class Parsed:
    """The object that an answer holds; of one that was cut, what was whole before the cut."""

    value: dict[str, Any]
    is_whole: bool


def parsed(text: str) -> Parsed | Unusable:
    """The first JSON object of a text. What stands around it is passed over."""
    start = text.find("{")
    if start < 0:
        return Unusable(reason="the answer contains no JSON object")
    found = _decoded(text[start:])
    is_whole = found is not None
    if found is None:
        found = _decoded(_closed(text[start:]))
    if not isinstance(found, dict):
        return Unusable(reason="the answer was cut before anything in it was whole")
    return Parsed(value=found, is_whole=is_whole)


def goes_round(text: str) -> bool:
    """Whether an answer repeats itself: a block of it three times in a row at its end, or the same
    sentence three times.
    """
    if is_stuck(text):
        return True
    counts = Counter(_TEXT.findall(text))
    return max(counts.values(), default=0) > _MOST_ALIKE


def is_stuck(text: str) -> bool:
    """Whether an answer ends in a block that stands there three times in a row, however long."""
    end = text[-_LEAST_BLOCK:]
    before = text.rfind(end, 0, -_LEAST_BLOCK)
    while before >= 0:
        block = text[before + _LEAST_BLOCK :]
        if text.endswith(block * _IN_A_ROW):
            return True
        before = text.rfind(end, 0, before + _LEAST_BLOCK - 1)
    return False


def _decoded(text: str) -> Any:
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _closed(text: str) -> str:
    """The text up to the last value in it that is whole, with the brackets closed that are open
    there.
    """
    is_string = is_escaped = False
    open_ones: list[str] = []
    best = ""
    for at, char in enumerate(text):
        if is_string:
            is_string = is_escaped or char != '"'
            is_escaped = char == "\\" and not is_escaped
            if not is_string and open_ones[-1:] == ["]"]:
                best = text[: at + 1] + "".join(reversed(open_ones))
        elif char == '"':
            is_string = True
        elif char in _CLOSERS:
            open_ones.append(_CLOSERS[char])
        elif char in ("}", "]"):
            if not open_ones or open_ones.pop() != char:
                break
            best = text[: at + 1] + "".join(reversed(open_ones))
    return best


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
