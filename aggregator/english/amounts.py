"""Amounts as news writes them: sums of money, numbers of people, shares, sizes of models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.english.lexical import PAST_FORMS, content_words
from aggregator.english.trimming import VERB
from aggregator.english.vocabulary import HEDGE

_MULTIPLES = {
    **dict.fromkeys(("trillion", "tn", "trn"), 1e12),
    **dict.fromkeys(("billion", "bn", "b"), 1e9),
    **dict.fromkeys(("million", "mn", "mln", "m"), 1e6),
    **dict.fromkeys(("crore", "cr"), 1e7),
    "k": 1e3,
    "": 1.0,
}
_NAMES = {1e12: "trillion", 1e9: "billion", 1e6: "million", 1e7: "crore", 1e3: "thousand", 1.0: ""}
_MULTIPLE = "trillion|tn|trn|billion|bn|b|million|mn|mln|m|crore|cr|k"
MONEY = re.compile(
    rf"(?P<sign>[$€£₹])\s?(?P<number>\d[\d,.]*)[\s-]?(?P<multiple>{_MULTIPLE})?\b", re.IGNORECASE
)
# only adjectives stand between a number and what it counts: not in "Osprey 3 for all users"
_JOINS = "and|as|at|by|for|from|in|into|of|on|or|out|than|that|the|to|with"
PEOPLE = re.compile(
    rf"(?<![\w.-])(?P<number>\d[\d,.]*)\s?(?P<multiple>{_MULTIPLE})?\+?\s"
    rf"(?:(?!(?:{_JOINS})\s)[a-z]+\s){{0,2}}"
    r"(?P<who>users|people|customers|subscribers|downloads|developers|accounts|students|workers)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"(?<![\w.])(?P<number>\d[\d,.]*)\s?(?:%|per ?cent\b)", re.IGNORECASE)
_SIZE = re.compile(
    r"(?<![\w.-])(?P<number>\d[\d.]*)[\s-]?(?P<multiple>trillion|billion|million|T|B|M)"
    r"[\s-](?:\w+[\s-]){0,2}?(?P<who>parameters?|tokens?)\b"
)
# What an amount is a rate or a share of: "$3 per million input tokens instead of $5", "3.1 percent
# of trials; …". It ends before a word that goes on with the sentence: not in "of AI makers said".
_MEASURE = re.compile(
    rf"\s?(?P<measure>(?:per(?:\s(?!(?:{_JOINS}|instead)\b)[a-z]+){{1,3}}"
    r"|(?:an?|each|of(?:\s(?:all|its|their|the))?)\s[a-z]+))"
    rf"(?=[.,;:)!?]|\s(?:{_JOINS}|instead|against|after|before|when|while|but)\b|\s*$)"
)
# what something is said to be worth: "at a $4bn valuation", "valued at nearly $4bn", "at $4bn"
_WORTH = re.compile(
    r"\b(?:at|valu\w+|worth)(?:\s+(?:the|a|an|it|its|itself|company|start-?up|at|of|about|around"
    r"|some|nearly|over|more|than|up|to))*\s*$",
    re.IGNORECASE,
)
_VALUATION = re.compile(
    r"[\s-]*(?:(?:pre|post)[\s-]?money\s+)?(?:market\s+)?(?:valuation|value|cap\b)", re.IGNORECASE
)
# What a value is compared with ("up from $2 billion") is no figure of the news, nor is one that is
# only hoped for.
_VERB = re.compile(rf"{VERB}|{PAST_FORMS}|\w{{2,}}(?:ed|ing)", re.IGNORECASE)
_PAST = re.compile(rf"{VERB}|{PAST_FORMS}|\w{{2,}}ed", re.IGNORECASE)
_LED = re.compile(  # "raised nearly $400 million", but not "found that 48%", "is 16.8%"
    rf"\b(?!(?:is|are|was|were|be|has|have|had)\b)(?:{VERB}|{PAST_FORMS}|\w{{2,}}(?:ed|ing))"
    r"(?: (?!(?:that|with|between)\b)[\w’'-]+){0,2} $",
    re.IGNORECASE,
)
_NOUN_OF = re.compile(r"(?P<noun>[a-z][\w’'-]+) of (?:\w+ )?$")  # "an accuracy of 93 percent"
_FOLLOWING = re.compile(r"[ -](?P<word>[A-Za-z][\w’'-]*)")
_PHRASE_END = re.compile(
    rf"[.,;:)!?]|\s(?:{_JOINS}|instead|against|after|before|when|while)\b|\s*$"
)
_COUNT = re.compile(  # never a year or a version: "42,447 skills", "15x faster"
    r"(?<![\w.,$€£₹-])(?P<number>\d{1,3}(?:,\d{3})+|\d[\d.]*x)(?=[ -][a-z])"
)
_NUMBER = re.compile(
    rf"[$€£₹]?\s?\d(?:[\d.,]*\d)?(?:[\s-]?(?:{_MULTIPLE})\b|x\b|\s?%)?", re.IGNORECASE
)
_WORD = re.compile(r"\S+")
_MOST_LEADING = 3  # words: "raised more than $400 million"
_MOST_FOLLOWING = 3  # words: "$80 million Series A extension"
_COMPARED = re.compile(r"\b(?:from|than|compared (?:to|with))\s(?:\w+\s)?$")
_UNSURE = re.compile(rf"\b(?:{HEDGE}|not|never)\b|n['’]t\b", re.IGNORECASE)
_RUPEES = 85.0  # in a dollar; euros and pounds count as dollars: only the power of ten matters
_NEAR = 60  # characters before a sum in which it is said to be a worth
_OF_MODELS = {"T": "trillion", "B": "billion", "M": "million"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An amount of a sentence: its number as written, with the sign of its currency or of per cent,
    and in words what it counts ("billion", "million users"), empty where the number says it all.
    """

    number: str
    unit: str


def value(found: re.Match[str]) -> float:
    """The number that MONEY or PEOPLE found, without its currency."""
    whole, _, rest = found["number"].replace(",", "").partition(".")
    number = float(f"{whole}.{rest.replace('.', '') or 0}")
    return number * _MULTIPLES[(found["multiple"] or "").lower()]


def dollars(found: re.Match[str]) -> float:
    """The sum of money that MONEY found, in dollars; euros and pounds count as dollars."""
    return value(found) / (_RUPEES if found["sign"] == "₹" else 1.0)


def sums_of_money(text: str) -> tuple[float, ...]:
    """The sums in a text in dollars, in order, without what something is said to be worth."""
    return tuple(dollars(found) for found in sums(text))


def sums(text: str) -> Iterator[re.Match[str]]:
    """The sums of money of a text that change hands, as MONEY finds them: not what something is
    said to be worth.
    """
    for found in MONEY.finditer(text):
        if not is_worth(text, found.start(), found.end()):
            yield found


def is_worth(text: str, start: int, end: int) -> bool:
    """Whether a sum that stands there is what something is said to be worth."""
    before = text[max(0, start - _NEAR) : start]
    return bool(_WORTH.search(before) or _VALUATION.match(text, end))


def key_figure(text: str) -> Figure | None:
    """The figure of a sentence that is worth showing large: its first sum of money, else number of
    people, share or size of a model; None where it has none of these, or none that says what it
    counts.
    """
    found = next(sums(text), None)
    if found and (unit := f"{_multiple(found)} {_measure(text, found.end())}".strip()):
        return Figure(number=found["sign"] + _number(found), unit=unit)
    if people := PEOPLE.search(text):
        unit = f"{_multiple(people)} {people['who'].lower()}"
        return Figure(number=_number(people), unit=unit.strip())
    if (share := _SHARE.search(text)) and (whole := _measure(text, share.end())):
        return Figure(number=_number(share) + "%", unit=whole)
    if size := _SIZE.search(text):
        multiple = _OF_MODELS.get(size["multiple"], size["multiple"])
        who = size["who"].removesuffix("s") + "s"
        return Figure(number=_number(size), unit=f"{multiple} {who}")
    return None


def figure_phrases(text: str) -> Iterator[str]:
    """The figures of a sentence in its own words, each with what says what it is: the nouns or the
    measure behind it, else the verb before it ("744B parameters", "raised $400 million"). None that
    nothing says, that is not sure, or that others are compared with.
    """
    found = sorted(
        (
            match
            for kind in (MONEY, PEOPLE, _SHARE, _SIZE, _COUNT)
            for match in kind.finditer(text)
            if ", " not in match[0]
        ),
        key=lambda match: (match.start(), -match.end()),
    )
    until = 0
    for figure in found:
        before = text[: figure.start()]
        if figure.start() < until or _COMPARED.search(before) or _UNSURE.search(before):
            continue
        end = until = _end_of_phrase(text, figure)
        is_said = end > figure.end() or "who" in figure.groupdict()
        is_ended = _PHRASE_END.match(text, end)
        start = figure.start() if is_said or not is_ended else _start_of_phrase(before)
        if is_said or start < figure.start():
            yield text[start:end]


def around_number(phrase: str) -> tuple[str, str, str]:
    """The words of such a phrase before its number, the number as it is written, and those after
    it.
    """
    found = _NUMBER.search(phrase)
    if found is None:
        return phrase, "", ""
    return phrase[: found.start()], found[0], phrase[found.end() :]


def _start_of_phrase(text: str) -> int:
    """Where the words begin that lead to a figure behind a text: a noun ("accuracy of"), or the
    verb among the last three; the end of the text where there are none.
    """
    if noun := _NOUN_OF.search(text):
        return noun.start()
    ends = (word.start() for word in reversed(list(_WORD.finditer(text))[-_MOST_LEADING:]))
    return next((start for start in ends if _LED.match(text, start)), len(text))


def _end_of_phrase(text: str, figure: re.Match[str]) -> int:
    """Where the words end that say what a figure counts."""
    if measure := _MEASURE.match(text, figure.end()):
        return measure.end("measure")
    end = figure.end()
    is_counted = "who" in figure.groupdict() and "-" not in figure[0]
    for place in range(0 if is_counted else _MOST_FOLLOWING):
        following = _FOLLOWING.match(text, end)
        word = following["word"] if following else ""
        # "$2.6 million funding": behind a sum a noun may look like a verb
        verb = _PAST if "sign" in figure.groupdict() and not place else _VERB
        if not word.isupper() and (not content_words(word) or verb.fullmatch(word)):
            break
        end = following.end() if following else end
    return end


def _measure(text: str, end: int) -> str:
    """The words after an amount that say what it is a rate or a share of."""
    found = _MEASURE.match(text, end)
    return found["measure"] if found else ""


def _number(found: re.Match[str]) -> str:
    return found["number"].rstrip(".,")


def _multiple(found: re.Match[str]) -> str:
    return _NAMES[_MULTIPLES[(found["multiple"] or "").lower()]]
