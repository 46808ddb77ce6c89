"""The terms of a title and a lead: stems of content words, and names joined with their numbers
(`gpt-5.1`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from aggregator.english.stemming import uninflected
from aggregator.english.vocabulary import MONTH_NAMES

_WORD = re.compile(r"[^\W_]+(?:[.'\-+][^\W_]+)*\+*")
_PUNCTUATION = str.maketrans(
    {"’": "'", "‘": " ", "‑": "-", "‐": "-", "“": " ", "”": " ", "—": " ", "–": " "}
)
_STOP = MONTH_NAMES.union(
    "a about after again all also am an and any are as at be because been before being but by can"
    " could did do does doing down during each few for from further get gets getting got had has"
    " have having he her here hers him his how i if in into is it its itself just let like ll look"
    " made make makes may me might more most much must my new no nor not now of off on once one"
    " only or other our out over own re s said same say says set she should so some still such t"
    " take than that the their them then there these they this those through to too under until up"
    " us use used using ve very via was we well were what when where which while who why will with"
    " without would you your vs per amid among against first two three today yesterday week weeks"
    " month year years day days time".split()
)
_NUMBER = re.compile(r"v?\d+(?:[.,]\d+)*[a-z]{0,2}")


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text in order, case kept; points, hyphens and apostrophes inside a word belong
    to it.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_PUNCTUATION)
    return tuple(_WORD.findall(text))


def content_terms(text: str) -> tuple[str, ...]:
    """The terms of a text in order: stems of its content words, without numbers that stand alone.

    A number joins the name before it (`Llama 4` gives `llama` and `llama-4`). A compound is its
    parts (`open-source` is `open source`), and itself only if it holds a number. Numbers alone
    ("v1.2.3", "10") say nothing of the subject.
    """
    return terms_of(tokens(text))


def terms_of(words: Iterable[str]) -> tuple[str, ...]:
    """The terms of words in order, as `content_terms` has them."""
    found: list[str] = []
    before = ""
    for terms, name, number in map(token_terms, words):
        if number and before:
            found.append(f"{before}-{number}")
        found.extend(terms)
        before = name
    return tuple(found)


@lru_cache(maxsize=65_536)
def token_terms(token: str) -> tuple[tuple[str, ...], str, str]:
    """The terms of one word, the name that a number after it would join, and the number that it is
    itself.
    """
    low = token.lower()
    if _NUMBER.fullmatch(low):
        return (), "", low.removeprefix("v")
    if low in _STOP:
        return (), "", ""
    return tuple(term for term in _parts(token) if len(term) > 1 or not term.isascii()), low, ""


def _parts(token: str) -> list[str]:
    """The terms of one word."""
    parts = [
        uninflected(part)
        for part in token.split("-")
        if part.lower() not in _STOP and not _NUMBER.fullmatch(part.lower())
    ]
    is_numbered_name = "-" in token and any(char.isdigit() for char in token)
    return [token.lower(), *parts] if is_numbered_name else parts
