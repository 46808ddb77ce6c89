"""Repairs lines that a publisher joined without a space: "takes notes.For the past week", "an AI
chatbotNew research". Pure.

Feeds and pages lose line ends in editors and converters. A seam between two sentences gets its
space back; a seam inside a word becomes a paragraph break, which invents nothing: both halves stay
verbatim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

# The word before is lower case, so that names such as System.Console and U.S. stay whole.
_SENTENCE_SEAM = re.compile(r"(?<=\s)([a-z]{2,}[.!?][”’\"]?)(?=[A-Z][a-z]*[\s,’'])")
_WORD_SEAM = re.compile(
    r"(?<!\S)([A-Za-z][a-z]+|(?:19|20)\d\d)([A-Z](?:[a-z]*|[A-Z]{1,3}))(?=[\s,’'])"
)
_WORD = re.compile(r"[A-Za-z]+")
# Found in every seam; looking for it first is much cheaper.
_TURN = re.compile(r"[a-z0-9.!?”’\"][A-Z]")
_STARTERS = frozenset(
    "The This That These Those In On At By For From With When While After Before As It We You He"
    " She They Our Your His Her Its If But And Most Many Some Like Over Get Read Follow Sign How"
    " Why What Who".split()
)
_NAME_ENDS = frozenset({"OS", "AI"})  # visionOS, xAI


def repaired_lines(paragraphs: Iterable[str], title: str = "") -> tuple[str, ...]:
    """The paragraphs with joined lines separated.

    A word such as `chatbotNew` is a seam where it occurs once while one of its halves occurs by
    itself, here or in the title; where the left half has a capital too (`SiriApple`), both must: so
    DeepMind and LinkedIn stay whole.
    """
    return tuple(part for parts in repaired_parts(paragraphs, title) for part in parts)


def repaired_parts(paragraphs: Iterable[str], title: str = "") -> tuple[tuple[str, ...], ...]:
    """For each paragraph its parts: itself, or what stands on both sides of its seams."""
    texts = tuple(paragraphs)
    turning = {text for text in texts if _TURN.search(text)}
    if not turning:
        return tuple((text,) for text in texts)
    spaced = [_SENTENCE_SEAM.sub(r"\1 ", text) if text in turning else text for text in texts]
    if not any(map(_WORD_SEAM.search, spaced)):
        return tuple((paragraph,) for paragraph in spaced)
    words = Counter(word for paragraph in (title, *spaced) for word in _WORD.findall(paragraph))
    return tuple(tuple(_parts(paragraph, words)) for paragraph in spaced)


def _parts(paragraph: str, words: Counter[str]) -> Iterator[str]:
    start = 0
    for seam in _WORD_SEAM.finditer(paragraph):
        if _is_seam(seam[1], seam[2], words):
            yield paragraph[start : seam.end(1)]
            start = seam.end(1)
    yield paragraph[start:]


def _is_seam(left: str, right: str, words: Counter[str]) -> bool:
    if left.isdigit():
        return len(right) > 2
    if words[left + right] != 1 or right in _NAME_ENDS:
        return False
    knows_right = bool(words[right] or words[right.lower()])
    if left.islower() and not right[1:].isupper():
        return knows_right or bool(words[left]) or right in _STARTERS
    return knows_right and bool(words[left])
