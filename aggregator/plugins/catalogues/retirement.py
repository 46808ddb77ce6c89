"""Which day of a retirement can be believed. Pure.

Catalogues take the day of an announcement for that of the shutdown (467 of 526 records of one
reading of deprecations.info), and the day of a table's first row for all of its rows. So a day
must come after its announcement, and where the provider's own words state days they decide: one
that they do not have is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import Precision

_ISO = re.compile(r"(?<![\d-])20\d\d-\d\d-\d\d(?![\d-])")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_NAME = re.compile(r"[A-Za-z][\w.]*(?:-[\w.:]+)+")  # the days in it are a model's version
_EARLIEST, _LATEST = date(2018, 1, 1), date(2100, 1, 1)
_MOST_QUOTED = 200  # characters of the sentence with the day
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_FAMILY = re.compile(r"[a-z]{3,}")
_REFERENCE = date(2020, 1, 1)

SAME_DAY = "retirement on the day of its announcement"
WRONG_ORDER = "retirement before its announcement"
OTHER_DAY = "the provider’s own words state a different day"
SEVERAL_DAYS = "the provider’s own words state several days"
OTHER_MODEL = "the provider’s own words are about another model"
NO_DAY = "not one day"


def stated_day(text: str) -> date | None:
    """The only day that the field of a record states."""
    found = _days(text)
    return found.popitem()[0] if len(found) == 1 else None


def retirement(
    claimed: date | None, announced: date | None, words: str, key: str
) -> tuple[date | None, str, str]:
    """The day of a retirement, the words of the provider that state it, if they do, and why there
    is none. `key` is the id of the model.
    """
    days = _days(words, announced or claimed or _REFERENCE)
    later = [day for day in days if announced is None or day > announced]
    if len(later) > 1:
        return None, "", SEVERAL_DAYS
    if later:
        day, sentence = later[0], days[later[0]]
        is_claimed = claimed in (day, announced, None)
        reason = OTHER_MODEL if _is_of_another(sentence, key) else ""
        reason = reason if is_claimed else OTHER_DAY
        return (None, "", reason) if reason else (day, sentence, "")
    reason = _implausible(claimed, announced, days)
    return (None if reason else claimed), "", reason


def _implausible(claimed: date | None, announced: date | None, days: Collection[date]) -> str:
    """What speaks against a day that no words of the provider state."""
    if claimed is None:
        return NO_DAY
    if days and claimed not in days:
        return OTHER_DAY
    if announced is None or claimed > announced:
        return ""
    return SAME_DAY if claimed == announced else WRONG_ORDER


def _is_of_another(sentence: str, key: str) -> bool:
    """Whether a sentence names a model of the same family, and not this one: "The X-exp-03-07 model
    will be deprecated on …" stands in the notice for X-001.
    """
    told, own = sentence.lower(), " ".join(key.lower().split())
    family = _FAMILY.search(own)
    return own not in told and family is not None and family[0] in told


def _days(text: str, near: date = _REFERENCE) -> dict[date, str]:
    """The days that a text states in full, each with its sentence."""
    found: dict[date, str] = {}
    for sentence in _SENTENCE_END.split(text):
        shown = " ".join(sentence.split())[:_MOST_QUOTED]
        for match in _ISO.finditer(sentence):
            try:
                found.setdefault(date.fromisoformat(match[0]), shown)
            except ValueError:
                continue
        plain = _NAME.sub(lambda name: " " * len(name[0]), sentence)
        for mention in date_mentions(plain, near):
            if mention.precision is Precision.DAY and _YEAR.search(
                plain, mention.start, mention.end
            ):
                found.setdefault(mention.day, shown)
    return {day: told for day, told in found.items() if _EARLIEST <= day <= _LATEST}
