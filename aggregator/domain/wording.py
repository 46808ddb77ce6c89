"""How pages and mails word and set the same things: weeks, days, numbers, quotation marks."""

from __future__ import annotations

import re
from datetime import date

from aggregator.domain.dates import Precision, day_text, week_days

_SINGLES = {"“": "‘", "”": "’"}
_LOW_SINGLES = {"„": "‚", "“": "‘", "”": "’"}
_DOUBLE = re.compile('["“”„]')
_BEFORE_OPENING = "([{—–-/“‘"


def said(message: str) -> str:
    """The message itself: marks a text that is said elsewhere, in the language of the site, so that it enters the catalogues."""
    return message


def day_name(day: date) -> str:
    """`4 July 2026`."""
    return day_text(day, Precision.DAY)


def week_name(week: str) -> str:
    """`6 – 12 July 2026`; months and years only as often as they change."""
    first, last = week_days(week)
    if first.year != last.year:
        return f"{day_name(first)} – {day_name(last)}"
    if first.month != last.month:
        return f"{day_name(first).rpartition(' ')[0]} – {day_name(last)}"
    return f"{first.day} – {day_name(last)}"


def inner_quotation(text: str) -> str:
    """The text as it stands between double quotation marks of ours: its own double ones single.

    For the eye only: records and twins keep every character. A straight mark after a figure is an inch.
    """
    if _DOUBLE.search(text) is None:  # of nine in ten
        return text
    marks = _LOW_SINGLES if "„" in text else _SINGLES
    shown = [marks.get(character, character) for character in text]
    is_open = False
    for place, (before, character) in enumerate(zip(" " + text, text, strict=False)):
        if character == '"' and (is_open or not before.isdigit()):
            is_open = not is_open and (before.isspace() or before in _BEFORE_OPENING)
            shown[place] = "‘" if is_open else "’"
    return "".join(shown)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 story`, `1,204 stories`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
