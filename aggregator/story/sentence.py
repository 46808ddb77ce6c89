"""A model's text as a sentence of ours: one, whole, with a capital and a point."""

from __future__ import annotations

import re

from aggregator.english.text import is_ended, normalised, sentences
from aggregator.story.answers import MOST_CHARACTERS

_NUMBERS = re.compile(r"\s*(?:[\[(]\s*\d+(?:\s*,\s*\d+)*\s*[\])]\s*)+(?=[.!]?$)")


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
