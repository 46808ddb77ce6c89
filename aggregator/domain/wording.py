"""How pages and mails word and set the same things: weeks, days, numbers, quotation marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from aggregator.domain.dates import Precision, day_text, week_days
from aggregator.domain.publishing.period import PeriodKind, period_days, period_kind

_SINGLES = {"“": "‘", "”": "’"}
_LOW_SINGLES = {"„": "‚", "“": "‘", "”": "’"}
_DOUBLE = re.compile('["“”„]')
_BEFORE_OPENING = "([{—–-/“‘"
_PLACE = re.compile(r"%\((\w+)\)s")


def N_(message: str) -> str:  # noqa: N802 - gettext's own name
    """The message itself: marks a text for the catalogues that is translated elsewhere, in the
    language of the site.
    """
    return message


def translated_message(kept: str, messages: tuple[str, ...], words: Callable[..., str]) -> str:
    """A text that was stored as one of these messages in English, in the language of `words`; the
    values in it stay.

    Any other text comes back as it is: a source or a model worded it.
    """
    for message in messages:
        if found := _as_kept(message).fullmatch(kept):
            return words(message, **found.groupdict())
    return kept


@lru_cache(maxsize=64)
def _as_kept(message: str) -> re.Pattern[str]:
    """A pattern of a message with values in its places; each as short as can be."""
    parts = _PLACE.split(message)
    return re.compile(
        "".join(
            rf"(?P<{part}>.*?)" if place % 2 else re.escape(part)
            for place, part in enumerate(parts)
        ),
        re.DOTALL,
    )


def day_name(day: date) -> str:
    """`4 July 2026`."""
    return day_text(day, Precision.DAY)


def week_name(week: str) -> str:
    """`6–12 July 2026`; months and years only as often as they change."""
    first, last = week_days(week)
    if first.year != last.year:
        return f"{day_name(first)} – {day_name(last)}"
    if first.month != last.month:
        return f"{day_name(first).rpartition(' ')[0]} – {day_name(last)}"
    return f"{first.day}–{day_name(last)}"


def period_name(period: str) -> str:
    """`6–12 July 2026` of a week, `15 July 2026` of a day."""
    is_week = period_kind(period) is PeriodKind.WEEK
    return week_name(period) if is_week else day_name(period_days(period)[0])


def inner_quotation(text: str) -> str:
    """The text as it stands between double quotation marks of ours: its own double ones single.

    For the eye only: records and JSON exports keep every character. A straight mark after a figure
    is an inch.
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


def tied(text: str) -> str:
    """The text with the mark of a cut bound to its last word, so that no line holds the mark alone.

    For the eye only: records and JSON exports keep the space.
    """
    return f"{text[:-2]}\u00a0…" if text.endswith(" …") else text


def counted(number: int, one: str, many: str = "") -> str:
    """`1 story`, `1,204 stories`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
