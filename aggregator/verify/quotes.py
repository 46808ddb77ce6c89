"""Quotations: what a claim puts between quotation marks, and what of it nobody said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

_QUOTED = re.compile(
    r"“([^“”]+)”|«\s?([^«»]+?)\s?»|„([^„“”]+)[“”]"
    r"|(?<![\w\"])\"(?=\S)([^\"]+)\"(?!\w)"
    r"|(?<![\w‘])‘(?=\S)([^‘]+?)(?<=\S)’(?!\w)"
    r"|(?<![\w'’])'(?=[^\s\d])([^'\"]*(?:\w'\w[^'\"]*)*)(?<=\S)'(?!\w)"
)
# groups of single marks, which are apostrophes as often: only two words or more are a quotation
_SINGLE = (5, 6)
_MARKS = str.maketrans("“”„«»‘’‚‹›", "\"\"\"\"\"'''''")
_GAP = re.compile(r"…|\.\.\.|\[[^\]]*\]")


def quotations(text: str) -> tuple[str, ...]:
    """What stands between quotation marks, in order, marks left out."""
    return tuple(match[match.lastindex or 0] for match in _matches(text))


def without_quotations(text: str) -> str:
    """The text with its quotations and their marks left out: the words that are its writer's
    own.
    """
    kept, place = [], 0
    for match in _matches(text):
        kept.append(text[place : match.start()])
        place = match.end()
    return " ".join((*kept, text[place:]))


def missing_quotations(claim_text: str, evidence_texts: Sequence[str]) -> tuple[str, ...]:
    """The quotations of a claim that no evidence has verbatim.

    White space and the style of marks are folded, the punctuation that typography draws inside the
    marks is not part of the quotation, and parts around an omission ("…", "[the model]") must stand
    in one passage in their order.
    """
    evidence = [_folded(text) for text in evidence_texts]
    return tuple(
        quotation
        for quotation in quotations(claim_text)
        if not any(_stands(_folded(quotation), text) for text in evidence)
    )


def _matches(text: str) -> Iterator[re.Match[str]]:
    for match in _QUOTED.finditer(text):
        group = match.lastindex or 0
        if group and (group not in _SINGLE or len(match[group].split()) > 1):
            yield match


@lru_cache(maxsize=512)
def _folded(text: str) -> str:
    return " ".join(text.translate(_MARKS).split())


def _stands(quotation: str, text: str) -> bool:
    if quotation in text:
        return True
    place = 0
    for part in _GAP.split(quotation):
        words = part.strip(" ,.;:!?")
        place = _place(words, text, place)
        if place < 0:
            return False
        place += len(words)
    return True


def _place(words: str, text: str, start: int) -> int:
    """Where the words stand behind `start`, -1 if nowhere; the case of the first letter is the
    claim's to choose.
    """
    place = text.find(words, start)
    return place if place >= 0 else text.find(words[:1].swapcase() + words[1:], start)
