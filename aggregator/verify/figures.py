"""Figures: numbers with what makes them mean something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from math import prod

from aggregator.domain.article import Article
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.frozen import frozen
from aggregator.english.vocabulary import DIGIT, NUMBERS
from aggregator.verify.versions import version_spans

_FEW = 12  # "two people", "three models"


@frozen
class Figure:
    """A number at `text[start:end]`, magnitude included in `value`.

    `factor` is that magnitude (10⁶ for "million"). `unit` is "%", a currency code,
    a measure ("hour", "gb", "times", "ordinal") or nothing.
    `in_version` and `in_date` mark digits that belong to a version or a date and are judged there.
    """

    value: Decimal
    unit: str
    text: str
    start: int
    end: int
    factor: int = 1
    in_version: bool = False
    in_date: bool = False

    @property
    def is_year(self) -> bool:
        """Whether it can name a year: the one part of a date that stands for itself elsewhere ("the
        2026 budget").
        """
        return (
            not self.unit and self.factor == 1 and 1900 <= self.value < 2100 and len(self.text) == 4
        )

    @property
    def is_amount(self) -> bool:
        """Whether it says how much or how many: no version, day, year or rank, and no bare number
        that any report counts in passing.
        """
        is_other = self.in_version or self.in_date or self.is_year or self.unit == "ordinal"
        return not is_other and (bool(self.unit) or self.factor > 1 or self.value > _FEW)

    @property
    def last_digit(self) -> Decimal:
        """What one more in the last digit that is written would add: 0.1 billion to "4.5 billion",
        a thousand to "6,000".
        """
        digits = self.value / self.factor
        exponent = (
            digits.normalize().as_tuple().exponent if digits >= 1000 else digits.as_tuple().exponent
        )
        return Decimal(10) ** int(exponent) * self.factor

    def rounds_to(self, other: Figure) -> bool:
        """Whether one of two figures of one unit is the other, written with fewer digits or as
        many.
        """
        return (
            self.unit == other.unit
            and abs(self.value - other.value) <= max(self.last_digit, other.last_digit) / 2
        )


@lru_cache(maxsize=512)
def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a text in order. "1,200" is "1.2 thousand", "$4tn" is "4 trillion dollars",
    "7B" is "7 billion".
    """
    dates = tuple((mention.start, mention.end) for mention in date_mentions(text, _ANY_LEAP_DAY))
    versions = version_spans(text)
    found = [
        replace(figure, in_version=_within(figure, versions), in_date=_within(figure, dates))
        for figure in map(_figure, _FIGURE.finditer(text))
    ]
    return tuple(_ranged(text, found))


@lru_cache(maxsize=512)
def stated_values(text: str) -> frozenset[Decimal]:
    """The values that a text states. Days within dates and numbers within versions state nothing,
    but "Llama-3.1-8B" says 8 billion.
    """
    return frozenset(
        figure.value
        for figure in figures(text)
        if not (figure.in_version or figure.in_date)
        or figure.factor > 1
        or figure.unit
        or figure.is_year
    )


# where a date stands does not depend on when it was written, but for 29 February
_ANY_LEAP_DAY = date(2024, 2, 29)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_WORD_VALUES = {
    **{word: n for n, word in enumerate(NUMBERS, 1)},
    **{word: n * 10 for n, word in enumerate(_TENS.split(), 2)},
    **{word: n for n, word in enumerate(_ORDINALS.split(), 3)},
    "a": 1,
    "an": 1,
}
_MAGNITUDES = {
    **dict.fromkeys(("hundred",), 10**2),
    **dict.fromkeys(("dozen",), 12),
    **dict.fromkeys(("thousand", "k"), 10**3),
    **dict.fromkeys(("lakh",), 10**5),
    **dict.fromkeys(("million", "m", "mn", "mln"), 10**6),
    **dict.fromkeys(("crore",), 10**7),
    **dict.fromkeys(("billion", "b", "bn", "bln"), 10**9),
    **dict.fromkeys(("trillion", "t", "tn", "trn"), 10**12),
}
_CURRENCIES = {
    **dict.fromkeys(("$", "us$", "usd", "dollar"), "USD"),
    **dict.fromkeys(("€", "eur", "euro"), "EUR"),
    **dict.fromkeys(("£", "gbp", "pound"), "GBP"),
    **dict.fromkeys(("jpy", "yen"), "JPY"),
    **dict.fromkeys(("cny", "rmb", "yuan", "renminbi"), "CNY"),
    **dict.fromkeys(("₹", "rs", "rs.", "inr", "rupee"), "INR"),
    **dict.fromkeys(("₩", "krw", "won"), "KRW"),
    **dict.fromkeys(("chf", "franc"), "CHF"),
    **dict.fromkeys(("a$", "au$", "aud"), "AUD"),
    **dict.fromkeys(("c$", "ca$", "cad"), "CAD"),
    **dict.fromkeys(("hk$", "hkd"), "HKD"),
    **dict.fromkeys(("s$", "sgd"), "SGD"),
    **dict.fromkeys(("nt$", "twd"), "TWD"),
    **dict.fromkeys(("r$", "brl"), "BRL"),
    "¥": "¥",
}
_MEASURES = {
    **dict.fromkeys("second sec s".split(), "second"),
    **dict.fromkeys("millisecond ms".split(), "millisecond"),
    **dict.fromkeys("minute min".split(), "minute"),
    **dict.fromkeys("hour hr h".split(), "hour"),
    **dict.fromkeys("year yr".split(), "year"),
    **{
        measure: measure
        for measure in (
            "day week month kb mb gb tb pb kwh mwh gwh twh hz khz mhz ghz nm mm cm km kg token cent"
        ).split()
    },
    **dict.fromkeys("watt w".split(), "watt"),
    **dict.fromkeys("kilowatt kw".split(), "kw"),
    **dict.fromkeys("megawatt mw".split(), "mw"),
    **dict.fromkeys("gigawatt gw".split(), "gw"),
    **dict.fromkeys("kilometre kilometer".split(), "km"),
    **dict.fromkeys("mile mi".split(), "mile"),
    **dict.fromkeys("metre meter".split(), "metre"),
    **dict.fromkeys("foot feet ft".split(), "foot"),
    **dict.fromkeys("ton tonne".split(), "ton"),
    **dict.fromkeys("parameter param".split(), "parameter"),
    **dict.fromkeys("x × time fold".split(), "times"),
    **dict.fromkeys("point pp".split(), "point"),
    **dict.fromkeys("bp bps".split(), "basis point"),
    **dict.fromkeys("st nd rd th".split(), "ordinal"),
}
_STRICT = frozenset({"%", *_CURRENCIES.values()})
_ATTACHED_ONLY = ("x", "×", "s", "h", "w", "st", "nd", "rd", "th")
_SPACED_MEASURES = "|".join(
    sorted(
        (measure for measure in _MEASURES if measure not in _ATTACHED_ONLY), key=len, reverse=True
    )
)
_FIGURE = re.compile(
    rf"""
    (?<![\w.])(?P<ordinal>{_ORDINALS.replace(" ", "|")})\b(?![\s-]part)
    |
    (?:
        (?:
            (?P<money>
                (?<![\w])(?:US|AU|CA|HK|NT|A|C|S|R)\$ | [$€£¥₹₩]
                | (?<!\w)(?:USD|EUR|GBP|JPY|CNY|RMB|INR|KRW|CHF|AUD|CAD|Rs\.?)
            )\s?
            | (?<![\w]) (?<!\d[.,])
        )
        (?P<digits>\d{{1,3}}(?:,\d{{2,3}})*,\d{{3}}(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?)
        |
        (?<![\w.])(?:(?P<half>half\s+)?(?P<article>an?)\s+
            (?=(?:hundred|thousand|million|billion|trillion|dozen|lakh|crore)\b)
        | (?P<tens>{_TENS.replace(" ", "|")})
            (?:-(?P<ones>{DIGIT}))?\b
        | (?P<small>{"|".join(NUMBERS)})\b)
    )
    (?P<magnitude>
        (?:[\s-]?(?:hundred|dozen|thousand|lakh|million|mn|mln|crore|billion|bn|bln
            |trillion|tn|trn)\b)+
        | (?<=\d)[kmbt]\b
    )?
    (?P<unit>
        \s?% | [\s-](?:percent|per\s?cent|pc)\b(?!age) | percent\b | (?<=\d)pc\b
        | [\s-](?:percentage|basis)[\s-]points?\b
        | [\s-]?(?:(?:US|U\.S\.|Canadian|Australian|Hong\sKong)\s)?
          (?:dollars?|euros?|pounds?|yen|yuan|renminbi|rupees?|won|francs?
            |USD|EUR|GBP|JPY|CNY|RMB|INR|KRW|CHF|AUD|CAD)\b
        | [\s-]?(?:{_SPACED_MEASURES})s?\b
        | (?<=\d)(?:x|×|s|h|w|st|nd|rd|th)(?!\w)
        | (?<=\d)\ s(?![\w’'])
    )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TIGHT = re.compile(r"\s?[-–—]\s?")
_LOOSE = re.compile(r"\s?[-–—]\s?|\s+to\s+")
_BETWEEN = re.compile(r"\bbetween\s+$", re.IGNORECASE)


def has_value(article: Article, figure: Figure) -> bool:
    """Whether an article states the value of a figure, of whatever."""
    return any(figure.value in stated_values(passage.text) for passage in article.passages)


def _figure(match: re.Match[str]) -> Figure:
    factor = prod(
        _MAGNITUDES[word] for word in re.findall(r"[a-z]+", (match["magnitude"] or "").lower())
    )
    return Figure(
        value=_number(match) * factor,
        unit=_unit(match),
        text=match[0].strip(),
        start=match.start(),
        end=match.end(),
        factor=factor,
    )


def _number(match: re.Match[str]) -> Decimal:
    if match["digits"]:
        return Decimal(match["digits"].replace(",", ""))
    if match["half"]:
        return Decimal("0.5")
    parts = (match["ordinal"], match["article"], match["tens"], match["ones"], match["small"])
    return Decimal(sum(_WORD_VALUES[part.lower()] for part in parts if part))


def _unit(match: re.Match[str]) -> str:
    if match["ordinal"]:
        return "ordinal"
    if match["money"]:
        return _CURRENCIES[match["money"].lower()]
    unit = (match["unit"] or "").strip(" -\u00a0").lower()
    if (
        not unit
        or re.fullmatch(r"(?:19|20)\d0s", match[0])
        or (unit == "won" and not match["magnitude"])
    ):  # "of the five won"
        return ""
    if unit == "%" or re.fullmatch(r"percent|per\s?cent|pc", unit):
        return "%"
    if "point" in unit:
        return "basis point" if "basis" in unit else "point"
    last = unit.split()[-1]
    singular = last if last in _MEASURES or last in _CURRENCIES else last.removesuffix("s")
    country = {"canadian": "CAD", "australian": "AUD", "hong": "HKD"}.get(unit.split()[0])
    return country or _CURRENCIES.get(singular) or _MEASURES[singular]


def _ranged(text: str, found: Sequence[Figure]) -> list[Figure]:
    """The figures with what a range shares given to both ends: "$5-7 billion", "between 5 and 7
    percent".
    """
    ranged = list(found)
    for n, (low, high) in enumerate(pairwise(found)):
        if not low.in_version and not high.in_version and _is_range(text, low, high):
            ranged[n], ranged[n + 1] = _shared(text, ranged[n], high)
    return ranged


def _is_range(text: str, low: Figure, high: Figure) -> bool:
    between = text[low.end : high.start]
    return bool(_LOOSE.fullmatch(between)) or (
        between.strip() == "and" and bool(_BETWEEN.search(text[max(0, low.start - 12) : low.start]))
    )


def _shared(text: str, low: Figure, high: Figure) -> tuple[Figure, Figure]:
    if (
        low.factor == 1 < high.factor
        and low.value < 1000
        and low.unit in {"", high.unit, *_CURRENCIES.values()}
    ):
        low = replace(low, value=low.value * high.factor, factor=high.factor)
    if not low.unit:
        low = replace(low, unit=high.unit)
    elif not high.unit and low.unit in _STRICT and _TIGHT.fullmatch(text[low.end : high.start]):
        high = replace(high, unit=low.unit)
    return low, high


def _within(figure: Figure, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < figure.end and figure.start < end for start, end in spans)
