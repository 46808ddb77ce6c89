"""Our own words on the pages: names of lanes, reasons, weeks and dates. What a page says of sources is in its records."""

from __future__ import annotations

from datetime import date

from aggregator.domain.article import Read
from aggregator.domain.claim import Rejection
from aggregator.domain.dates import Precision, day_text, week_days
from aggregator.domain.source import Lane

LANE_NAMES: dict[Lane, str] = {
    Lane.NEWS: "News",
    Lane.LAB: "Labs and vendors",
    Lane.PAPER: "Papers",
    Lane.RELEASE: "Releases",
    Lane.LETTER: "Letters and blogs",
    Lane.COMMUNITY: "Community",
}

READ_NAMES: dict[Read, str] = {
    Read.FULL: "full text",
    Read.EXCERPT: "feed excerpt only",
    Read.HEADLINE: "headline only",
}

REJECTION_NAMES: dict[Rejection, str] = {
    Rejection.EMPTY: "empty or no sentence",
    Rejection.NO_CITATION: "cites no passage",
    Rejection.UNKNOWN_PASSAGE: "cites a passage that does not exist",
    Rejection.QUOTE_NOT_FOUND: "its quote does not stand in the passage",
    Rejection.QUOTE_TOO_LONG: "quotes more than is fair",
    Rejection.NUMBER: "a number that the passage does not give",
    Rejection.DATE: "a date that the passage does not give",
    Rejection.NAME: "a name that the passage does not give",
    Rejection.VERSION: "a version that the passage does not give",
    Rejection.QUOTATION: "words in quotation marks that nobody said",
    Rejection.LINK: "contains a link",
    Rejection.MARKUP: "contains markup",
    Rejection.LEAK: "talks of its own task",
    Rejection.SPEAKER: "said by somebody else",
    Rejection.NEGATION: "says no where the passage says yes, or the reverse",
    Rejection.DIRECTION: "turns the passage round",
    Rejection.SUPPORT: "too little of it stands in the passage",
    Rejection.DANGLING: "cannot stand alone",
    Rejection.PHRASE: "an empty phrase",
    Rejection.REPEATED: "says again what was said",
}

_SINGLES = {"“": "‘", "”": "’"}
_LOW_SINGLES = {"„": "‚", "“": "‘", "”": "’"}
_BEFORE_OPENING = "([{—–-/“‘"


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
