"""Attribution to another source: the one a report says its news comes from ("according to
Reuters").

A publisher that prints such a sentence vouches only for the report, and could name anybody. So the
publisher is named first, and the other source as cited by it.
"""

from __future__ import annotations

import re

from aggregator.english.text import folded
from aggregator.english.vocabulary import MONTHS, WEEKDAYS

_WORD = r"[A-ZÀ-Þ][\w&.-]*\w"
_NAME = rf"{_WORD}(?: (?:of |and |& |for )?{_WORD}){{0,4}}(?!['’]s\b)"
# Not "Iranian state media": a name before another noun only describes it.
_ENDS = r"(?=\W*$|[,;:!?)\"”’—–]| [—–(]| (?:on|in|at|as|from|and|or|which|who|that)\b)"
_CITING = re.compile(
    r"\b(?:[Aa]ccording to|[Cc]iting) (?:an? |the )?(?:reports? (?:by|from|in) )?(?:the"
    rf" )?(?P<to>{_NAME}){_ENDS}"
    rf"|(?:\b[Tt]he )?(?P<by>{_NAME}) (?:first )?report(?:s|ed) that\b"
)
_DATES = {*WEEKDAYS, *MONTHS}


def is_credited(sentence: str, source: str) -> bool:
    """Whether a sentence attributes its news to a source by its name, or by part of it:
    "according to Vexel" to "Vexel News".
    """
    own = folded(source.partition(",")[0])  # "The Daily, citing Reuters" is The Daily
    names = (folded(found["to"] or found["by"]) for found in _CITING.finditer(sentence))
    return any(name in own or own in name for name in names)


def cited_by(sentence: str, source: str) -> str:
    """The other source that a sentence attributes its news to; empty if it names none, or only the
    source itself.
    """
    for found in _CITING.finditer(sentence):
        name = found["to"] or found["by"]
        own, other = folded(source), folded(name)
        if not ({*name.split()} & _DATES or own in other or other in own):
            return name
    return ""
