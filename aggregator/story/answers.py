"""A model's answer as JSON: the parts of its schema, in the keywords that every model server knows;
what of it is whole; whether it goes round in circles; its texts as sentences of ours; and the quote
that shows a statement in a passage. A pure reader that trusts nothing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aggregator.domain.article import Passage
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.frozen import frozen
from aggregator.english.lexical import content_words
from aggregator.english.text import is_ended, normalised, sentences
from aggregator.english.trimming import trimmed
from aggregator.ports import Reply

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
_NUMBERS = re.compile(r"\s*(?:[\[(]\s*\d+(?:\s*,\s*\d+)*\s*[\])]\s*)+(?=[.!]?$)")
_MOST_CITATIONS = 2  # a statement that needs three passages is three statements


@frozen
class Unusable:
    """A reply that is no answer."""

    reason: str


def parsed(text: str) -> dict[str, Any] | Unusable:
    """The first JSON object of a text, what stands around it passed over; of one that was cut, what
    was whole before the cut.
    """
    start = text.find("{")
    if start < 0:
        return Unusable(reason="the answer contains no JSON object")
    found = _decoded(text[start:])
    if found is None:
        found = _decoded(_closed(text[start:]))
    if not isinstance(found, dict):
        return Unusable(reason="the answer was cut before anything in it was whole")
    return found


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


def apart(text: str) -> tuple[str, tuple[int, ...]]:
    """A line without the numbers in brackets at its end, and these numbers."""
    plain = normalised(text)
    found = _NUMBERS.search(plain)
    if found is None:
        return plain, ()
    before = plain[: found.start()]
    after = "" if is_ended(before) else plain[found.end() :]
    return before + after, tuple(map(int, re.findall(r"\d+", found[0])))


def sentence_of(text: str) -> str:
    """The first sentence of a text, empty where there is none."""
    return next(iter(sentences_of(text)), "")


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a text.

    Each is judged by itself, as two that are judged together lend each other their support. A text
    as long as the schema lets it be was cut in its last sentence; where that is the only one,
    nothing is left.
    """
    plain = normalised(apart(text)[0])
    found = sentences(plain)
    is_cut = len(text) >= MOST_CHARACTERS and not is_ended(plain)
    return tuple(filter(None, map(_punctuated, found[:-1] if is_cut else found)))


def phrase_of(text: str) -> str:
    """The same of what is no sentence: as it is, without a point."""
    return sentence_of(text).rstrip(".,;:–— ")


def _punctuated(text: str) -> str:
    """The text with a point at its end and a capital at its beginning; xAI and iPhone keep their
    own.
    """
    plain = text.rstrip(",;:–— ")
    if not plain:
        return ""
    first = plain.split()[0]
    begun = plain[0].upper() + plain[1:] if first.isalpha() and first.islower() else plain
    return begun if is_ended(begun) else f"{begun}."


class _Statement(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: str = ""
    passages: list[int] = Field(default_factory=list, max_length=50)


def opening_claims(
    reply: Reply, passages: Mapping[int, Passage], quote_words: int
) -> tuple[Claim, ...] | Unusable:
    """The sentences of an edition's opening, each with the passages it may rest on."""
    answer = parsed(reply.text)
    if isinstance(answer, Unusable):
        return answer
    found = (
        _claim(statement, passages, quote_words) for statement in _statements(answer.get("opening"))
    )
    return tuple(claim for claim in found if claim)


def _statements(listed: Any) -> Iterator[_Statement]:
    for item in listed if isinstance(listed, list) else []:
        try:
            yield _Statement.model_validate(item)
        except ValidationError:
            continue


def _claim(
    statement: _Statement, passages: Mapping[int, Passage], quote_words: int
) -> Claim | None:
    """A statement with the passages that it names, and the one that shares most words with it:
    small models name the neighbour of the passage they mean.
    """
    text = sentence_of(statement.text)
    if not text:
        return None
    own = content_words(text)
    cited = [
        passages[number] for number in dict.fromkeys(statement.passages) if number in passages
    ][:_MOST_CITATIONS]
    best = max(
        passages.values(), key=lambda passage: len(own & content_words(passage.text)), default=None
    )
    if best and best not in cited and own & content_words(best.text):
        cited.append(best)
    return Claim(
        text=text,
        kind=ClaimKind.WRITTEN,
        citations=tuple(
            Citation(passage=passage.key, quote=quote_for(text, passage.text, quote_words))
            for passage in cited
        ),
    )


def quote_for(text: str, passage: str, most_words: int) -> str:
    """The sentence of a passage that shares most words with a statement, verbatim; of a long one
    the best stretch.
    """
    own = content_words(text)
    best = max(sentences(passage) or (passage,), key=lambda each: len(own & content_words(each)))
    whole = trimmed(best, most_words)
    if whole is not None:
        return whole
    starts = [found.start() for found in re.finditer(r"\S+", best)]
    ends = [found.end() for found in re.finditer(r"\S+", best)]
    windows = [
        best[starts[at] : ends[at + most_words - 1]] for at in range(len(starts) - most_words + 1)
    ]
    return max(windows, key=lambda each: len(own & content_words(each)))
