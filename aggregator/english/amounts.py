"""Amounts as news writes them: sums of money, numbers of people, shares, sizes of models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

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
JOINS = "and|as|at|by|for|from|in|into|of|on|or|out|than|that|the|to|with"
PEOPLE = re.compile(
    rf"(?<![\w.-])(?P<number>\d[\d,.]*)\s?(?P<multiple>{_MULTIPLE})?\+?\s"
    rf"(?:(?!(?:{JOINS})\s)[a-z]+\s){{0,2}}"
    r"(?P<who>users|people|customers|subscribers|downloads|developers|accounts|students|workers)\b",
    re.IGNORECASE,
)
SHARE = re.compile(r"(?<![\w.])(?P<number>\d[\d,.]*)\s?(?:%|per ?cent\b)", re.IGNORECASE)
SIZE = re.compile(
    r"(?<![\w.-])(?P<number>\d[\d.]*)[\s-]?(?P<multiple>trillion|billion|million|T|B|M)"
    r"[\s-](?:\w+[\s-]){0,2}?(?P<who>parameters?|tokens?)\b"
)
# What an amount is a rate or a share of: "$3 per million input tokens instead of $5", "3.1 percent
# of trials; …". It ends before a word that goes on with the sentence: not in "of AI makers said".
MEASURE = re.compile(
    rf"\s?(?P<measure>(?:per(?:\s(?!(?:{JOINS}|instead)\b)[a-z]+){{1,3}}"
    r"|(?:an?|each|of(?:\s(?:all|its|their|the))?)\s[a-z]+))"
    rf"(?=[.,;:)!?]|\s(?:{JOINS}|instead|against|after|before|when|while|but)\b|\s*$)"
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
_NUMBER = re.compile(
    rf"[$€£₹]?\s?\d(?:[\d.,]*\d)?(?:[\s-]?(?:{_MULTIPLE})\b|x\b|\s?%)?", re.IGNORECASE
)
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


def amounts(text: str) -> frozenset[tuple[str, float]]:
    """All amounts of a text, of money with the sign of the currency, of all else with what they
    count.
    """
    found = ((match, match["sign"]) for match in MONEY.finditer(text))
    people = ((match, match["who"].lower()) for match in PEOPLE.finditer(text))
    return frozenset((what, value(match)) for match, what in (*found, *people)) | frozenset(
        ("%", float(match["number"].replace(",", "").rstrip("."))) for match in SHARE.finditer(text)
    )


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
    if (share := SHARE.search(text)) and (whole := _measure(text, share.end())):
        return Figure(number=_number(share) + "%", unit=whole)
    if size := SIZE.search(text):
        multiple = _OF_MODELS.get(size["multiple"], size["multiple"])
        who = size["who"].removesuffix("s") + "s"
        return Figure(number=_number(size), unit=f"{multiple} {who}")
    return None


def around_number(phrase: str) -> tuple[str, str, str]:
    """The words of such a phrase before its number, the number as it is written, and those after
    it.
    """
    found = _NUMBER.search(phrase)
    if found is None:
        return phrase, "", ""
    return phrase[: found.start()], found[0], phrase[found.end() :]


def _measure(text: str, end: int) -> str:
    """The words after an amount that say what it is a rate or a share of."""
    found = MEASURE.match(text, end)
    return found["measure"] if found else ""


def _number(found: re.Match[str]) -> str:
    return found["number"].rstrip(".,")


def _multiple(found: re.Match[str]) -> str:
    return _NAMES[_MULTIPLES[(found["multiple"] or "").lower()]]
