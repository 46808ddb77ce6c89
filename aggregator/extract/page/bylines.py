"""The names of people in a byline, whatever it wraps them in: `By Ada Example and Bo Sample, Staff
Writer`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from aggregator.extract.markup import plain

_OPENING = re.compile(
    r"^(?:(?:written|posted|published|reported|story|words|article|review(?:ed)?|text|autor|"
    r"auteur|authors?|von|par|por|di|af|av|door)\s*(?:by|von|par)?\s*:?\s+|by\s*:?\s+|著者[:：]\s*|"
    r"文[:：]\s*)(?:by\s+)?",
    re.I,
)
_BETWEEN = re.compile(r"\s*[,;|·•/、]\s*|\s+(?:and|und|et|y|e|&|og|och|en)\s+|\s+[-–—]\s+|\n")
# Addresses, handles, slugs such as `ada-example`, sentences, and accounts that stand for nobody.
_NO_NAME = re.compile(
    r"\d|https?:|^@|www\.|[a-z]{4}[.!?] |^[a-z]+(?:[-_][a-z]+)+$|^(?i:\w*admin|no"
    r" author|unknown|author|by|von|par|por|xxx)$"
)
_NO_PERSON = re.compile(
    r"\b(?:updated|published|posted|minutes?|hours?|ago|read|follow|share|comments?|view|archive|"
    r"articles?|profile|more|about|email|twitter|facebook|subscribe|editor|writer|reporter|"
    r"correspondent|contributor)\b",
    re.I,
)
_ADDRESS = re.compile(r"://|www\.|^/")
_MOST_LETTERS = 60
_MOST_WORDS = 6


def names_in(texts: Iterable[str]) -> list[str]:
    """The names in these texts, each once, in order."""
    found = [
        name
        for text in texts
        if not _ADDRESS.search(text)
        for part in _BETWEEN.split(_bare(text))
        if _is_name(name := _bare(part))
    ]
    return list(dict.fromkeys(found))


def _bare(text: str) -> str:
    return _OPENING.sub("", plain(text)).strip(" ,.;:|·•-–—") if text.strip(" ") else ""


def _is_name(text: str) -> bool:
    return (
        1 < len(text) <= _MOST_LETTERS
        and len(text.split()) <= _MOST_WORDS
        and not _NO_NAME.search(text)
        and not _NO_PERSON.search(text)
    )
