"""Hearsay: whose word a report passes on where it names another ("according to Reuters").

Whoever prints such a sentence vouches for no more than that it was said, and may name anybody: so
the one who passes it on is named first, and the other as cited by them.
"""

from __future__ import annotations

import calendar
import re

from aggregator.domain.text import folded

_WORD = r"[A-ZÀ-Þ][\w&.-]*\w"
_NAME = rf"{_WORD}(?: (?:of |and |& |for )?{_WORD}){{0,4}}(?!['’]s\b)"
_CITING = re.compile(
    rf"\b(?:[Aa]ccording to|[Cc]iting) (?:an? |the )?(?:reports? (?:by|from|in) )?(?:the )?(?P<to>{_NAME})"
    rf"|(?:\b[Tt]he )?(?P<by>{_NAME}) (?:first )?report(?:s|ed) that\b"
)
_DATES = frozenset((*calendar.day_name, *calendar.month_name))


def cited_by(sentence: str, source: str) -> str:
    """Whom a sentence of a source names as having it from; empty where that is nobody, or itself."""
    for found in _CITING.finditer(sentence):
        name = found["to"] or found["by"]
        own, other = folded(source), folded(name)
        if not ({*name.split()} & _DATES or own in other or other in own):
            return name
    return ""
