"""The filters of templates: days, times and numbers in words, JSON, and characters that a page may
have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from aggregator.domain.dates import is_day_only, local_day
from aggregator.templating.translation import Translations

# What XML 1.0 §2.2 has no place for; one such character makes a feed unreadable, a lone surrogate
# cannot be written.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_CONTROLS = bytes(
    set(range(32)) - set(b"\t\n\r")
)  # the same in UTF-8: looking for bytes takes a tenth of the time
_RARE = (b"\xed", b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # where surrogates begin, U+FFFE, U+FFFF
# A name and its number, a number and its word, or a compound with a figure or an acronym: a long
# one would leave the line before it short.
UNBROKEN = re.compile(
    r"\b[A-Z][\w.-]* \d[\w.,]*\b|[$€£]?\b\d[\d.,]* [^\W\d_]{1,9}\b"
    r"|\b\w{0,5}(?:\d|[A-Z]{2})[\w.]{0,6}-\w[\w.-]{0,9}\b"
    r"|\b\w{1,9}-[\w.-]{0,6}(?:\d|[A-Z]{2})[\w.]{0,6}\b"
)
_MOMENTS = 512  # spellings remembered: those of one page, and those that many pages share


def page_filters(zone: ZoneInfo, words: Translations) -> dict[str, Callable[..., object]]:
    """The filters of all templates by name; days and times are those of a zone."""

    def day(moment: datetime) -> str:
        return words.day(local_day(moment, zone))

    def day_of_year(moment: datetime) -> str:
        return words.day_of_year(local_day(moment, zone))

    def date(moment: datetime) -> str:
        return local_day(moment, zone).isoformat()

    def monthday(moment: datetime) -> str:
        return f"{local_day(moment, zone).day}"

    def clock(moment: datetime) -> str:
        return "" if is_day_only(moment) else f"{moment.astimezone(zone):%H:%M}"

    def moment(value: datetime) -> str:
        if is_day_only(value):
            return day(value)
        local = value.astimezone(zone)
        name = local.tzname() or ""
        return (
            f"{day(value)}, {local:%H:%M} {words.zone(name) if name.isalpha() else _offset(local)}"
        )

    moments = {
        "day": day,
        "day_of_year": day_of_year,
        "date": date,
        "monthday": monthday,
        "clock": clock,
        "moment": moment,
        "machine": _machine,
        "iso": _iso,
    }
    cached = {name: lru_cache(_MOMENTS)(function) for name, function in moments.items()}
    return cached | {
        "json": _json,
        "urlencode": _urlencoded,
        "number": words.number,
        "day_name": words.day,
        "capitalize": _capital,
        "whole": _whole,
    }


def _capital(text: str) -> str:
    """The text with a capital first letter; Jinja's own filter lowers the others, and German nouns
    with them.
    """
    return text[:1].upper() + text[1:]


def _whole(headline: str) -> Markup:
    """A headline in which no line ends inside "Auk 3", "o3-mini" or "$65 billion": an element
    holds each together, as no-break spaces would make the text another than its record's.
    """
    escaped = str(escape(headline))  # of a Markup, Python 3.11 would escape the replacement, too
    return Markup(UNBROKEN.sub(r'<span class="whole">\g<0></span>', escaped))


def _urlencoded(text: str) -> str:
    """The text as a part of an address; Jinja's own filter fails on half of a pair of
    surrogates.
    """
    return quote(text.encode("utf-8", "replace"))


def _offset(local: datetime) -> str:
    """`UTC+05:30`: zones without an abbreviation of letters are named by their offset."""
    digits = f"{local:%z}"
    return f"UTC{digits[:3]}:{digits[3:5]}"


def _machine(moment: datetime) -> str:
    """A moment for HTML's `datetime` attribute: the day alone if no time was given."""
    return moment.astimezone(UTC).date().isoformat() if is_day_only(moment) else _iso(moment)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def _json(value: object) -> Markup:
    """JSON for a data block: `</script>` and `<!--` cannot occur (an unescaped one ran in 1 of
    1,814 hostile pages).
    """
    text = _encoded(writable(value) if isinstance(value, str) else value)
    for character in "<>&\u2028\u2029":
        if character in text:
            text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def writable(text: str) -> str:
    """The text of a page without characters that XML or UTF-8 cannot carry."""
    body = text.encode("utf-8", "surrogatepass")
    is_clean = len(body.translate(None, _CONTROLS)) == len(body) and not any(
        rare in body for rare in _RARE
    )
    return text if is_clean else _NOT_XML.sub("", text)
