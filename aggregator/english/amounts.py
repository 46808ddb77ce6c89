"""Amounts as news writes them: sums of money, numbers of people, shares, sizes of models."""

from __future__ import annotations

import re
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


def key_figure(text: str) -> Figure | None:
    """The figure of a sentence that is worth showing large: its first sum of money, else number of
    people, share or size of a model; None where it has none of these.
    """
    if money := MONEY.search(text):
        return Figure(number=money["sign"] + _number(money), unit=_multiple(money))
    if people := PEOPLE.search(text):
        unit = f"{_multiple(people)} {people['who'].lower()}"
        return Figure(number=_number(people), unit=unit.strip())
    if share := _SHARE.search(text):
        return Figure(number=_number(share) + "%", unit="")
    if size := _SIZE.search(text):
        multiple = _OF_MODELS.get(size["multiple"], size["multiple"])
        who = size["who"].removesuffix("s") + "s"
        return Figure(number=_number(size), unit=f"{multiple} {who}")
    return None


def _number(found: re.Match[str]) -> str:
    return found["number"].rstrip(".,")


def _multiple(found: re.Match[str]) -> str:
    return _NAMES[_MULTIPLES[(found["multiple"] or "").lower()]]
