"""What a question asks for, by the grammar of English interrogatives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from aggregator.domain.frozen import frozen
from aggregator.english.vocabulary import FUNCTION_WORDS, NUMBERS


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


@frozen
class Interrogative:
    """What is asked for, the words of the question that ask for it and that no answer need repeat,
    and what "how many" counts: "agents", and five of "how many of the five agents".
    """

    asked: Asked
    words: frozenset[str]
    counted: str = ""
    of: str = ""


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

_ORDINAL = re.compile(
    r"\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\s+"
    r"(?!(?:in|of|at|by|to|for|on|with|and|or)\b)\w",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\bhow\s+many\s+(?P<of>of\s+)?(?P<words>.+?)"
    r"(?=\s+(?:a|per|about|at|by|for|from|in|of|on|to|with)\b|"
    r"(?P<asked>\s+(?:do|does|did|has|have|had|will|is|was|are|were|can)\b)|\W*$)",
    re.IGNORECASE,
)
_TOLD = (
    (r"\b(?:do|does|did|has|have|had|will|can)\s+(?:the\s+|an?\s+)?{}\b(.*)", True),
    (r"\b(?:is|was|are|were)\s+(?:the\s+|an?\s+)?{}\s+(\w+ing\b.*)", True),
    (r"\b(?:is|was|are|were)\s+(?:the\s+|an?\s+)?{}\s+(\w+.*)", False),
)
_BESIDE = re.compile(
    r"\b(?:about|against|at|by|from|in|on|through|to|under|with)\s+(?:the\s+|an?\s+)?$",
    re.IGNORECASE,
)


def interrogative(question: str) -> Interrogative:
    """What a question asks for; anything where it is none, or one to be answered by yes or no."""
    for asked, pattern in _FORMS:
        if found := pattern.search(question):
            words = frozenset(re.findall(r"[a-z]+", found[0].lower()))
            counted, of = _counted(question)
            return Interrogative(asked=asked, words=words & _SAID_BY_FORM, counted=counted, of=of)
    return Interrogative(asked=Asked.ANY, words=frozenset())


def ordinals(question: str) -> tuple[str, ...]:
    """The ordinals of a question that belong to a noun, in lower case."""
    return tuple(found[1].lower() for found in _ORDINAL.finditer(question))


def told_of(name: str, question: str) -> Iterator[tuple[str, bool]]:
    """What a question says behind a name, and whether that does it: it is done to others."""
    for pattern, is_doing in _TOLD:
        if found := re.search(pattern.format(re.escape(name)), question, re.IGNORECASE):
            yield found[1], is_doing


def is_beside(before: str) -> bool:
    """Whether a name behind these words only stands beside, with a preposition but "of"."""
    return bool(_BESIDE.search(before))


def _counted(question: str) -> tuple[str, str]:
    found = _COUNTED.search(question)
    words = re.findall(r"\w+", found["words"]) if found else []
    plain = [word for word in words if word.islower() and word not in FUNCTION_WORDS]
    number = next((word.lower() for word in words if word != "the"), "")
    if found and found["of"] and (number in NUMBERS or number.isdigit()):
        return "", number
    return (plain[-1 if found and found["asked"] else 0] if plain else ""), ""
