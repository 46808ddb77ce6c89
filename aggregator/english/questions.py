"""What a question asks for, by the grammar of English interrogatives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Asked(StrEnum):
    """What an answer must hold: a number of things, a sum of money, an amount with a unit, a share,
    a day, a time, any figure, a name, a reason, a figure or name that the question lacks, or
    nothing in particular.
    """

    COUNT = "count"
    MONEY = "money"
    AMOUNT = "amount"
    SHARE = "share"
    DAY = "day"
    DURATION = "duration"
    FIGURE = "figure"
    NAME = "name"
    REASON = "reason"
    NEW = "new"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrogative:
    """What is asked for, and the words of the question that ask for it and that no answer need
    repeat.
    """

    asked: Asked
    words: frozenset[str]


REASONS = re.compile(
    r"\b(?:because|due to|owing to|thanks to|caused?|reasons?|that (?:is|was) why)\b", re.IGNORECASE
)
_MOST = "(?:highest|lowest|largest|smallest|longest|shortest|maximum|minimum)"
_FORMS: tuple[tuple[Asked, re.Pattern[str]], ...] = tuple(
    (asked, re.compile(pattern, re.IGNORECASE))
    for asked, pattern in (
        (Asked.SHARE, r"\b(?:what|which)\s+(?:share|percentage|proportion|per ?cent)\b"),
        (Asked.COUNT, r"\bhow\s+many\b"),
        (Asked.MONEY, r"\b(?:how\s+much|what|at\s+which)\b.*\b(?:cost|costs|money|price)\b"),
        (Asked.AMOUNT, r"\bhow\s+much\b"),
        (Asked.DAY, r"\bwhen\b|\b(?:what|which)\s+(?:day|date|month|year)\b"),
        (Asked.DURATION, r"\bhow\s+long\b"),
        (Asked.FIGURE, r"\bhow\s+(?:large|big|high|low|small|fast|old|far|often|strong|heavy)\b"),
        (Asked.NAME, r"\bwho(?:m|se)?\b|\bwhere\b"),
        (Asked.REASON, r"\bwhy\b|\bwhat\s+(?:caused|led)\b"),
        (Asked.ANY, r"\bhow\b|\bwhat\s+happened\b"),
        (Asked.NEW, rf"\b(?:what|which)\b(?:.*\b{_MOST}\b)?"),
    )
)
# said by the answer's form: "cost" by a sum of money, "share" by per cent
_SAID_BY_FORM = frozenset(
    "cost costs price priced money much many share percentage proportion day date month year time"
    " value number amount cause caused figure large big high low small fast old far often strong"
    " heavy highest lowest largest smallest longest shortest maximum minimum".split()
)


def interrogative(question: str) -> Interrogative:
    """What a question asks for; anything where it is none, or one to be answered by yes or no."""
    for asked, pattern in _FORMS:
        if found := pattern.search(question):
            words = frozenset(re.findall(r"[a-z]+", found[0].lower()))
            return Interrogative(asked=asked, words=(words & _SAID_BY_FORM))
    return Interrogative(asked=Asked.ANY, words=frozenset())
