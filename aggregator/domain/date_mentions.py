"""The date expressions that sentences carry.

An expression is read as English news writes it; `date_readings` resolves it against the day the
article was published. What has two readings is no mention: a wrong date is worse than none.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache

from aggregator.domain.date_readings import (
    COUNTS,
    bare_month,
    bare_year,
    day_first,
    in_year,
    month_first,
    month_of_year,
    no_date,
    numbered,
    on_weekday,
    relative_day,
    relative_span,
    whole_quarter,
    whole_week,
)
from aggregator.domain.dates import DateMention
from aggregator.english.vocabulary import MONTH, WEEKDAY


@lru_cache(maxsize=1024)
def date_mentions(text: str, published: date) -> tuple[DateMention, ...]:
    """The dates a text states, in order, none overlapping: of two readings of one place the longer
    wins.
    """
    if not _HINT.search(text):
        return ()
    found = [(match, resolve) for pattern, resolve in _READINGS for match in pattern.finditer(text)]
    found.sort(key=lambda pair: (pair[0].start() - pair[0].end(), pair[0].start()))
    spans: list[tuple[int, int]] = []
    mentions: list[DateMention] = []
    for match, resolve in found:
        place = bisect(spans, match.span())
        if all(
            end <= match.start() or start >= match.end()
            for start, end in spans[max(0, place - 1) : place + 1]
        ):
            spans.insert(place, match.span())
            mentions += resolve(match, published)
    return tuple(sorted(mentions, key=lambda mention: mention.start))


_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|Jun(?:e|\.)?|"
    r"Jul(?:y|\.)?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|"
    r"Dec(?:ember|\.)?)(?!\w)"
)
_NUMBER = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_WEEKDAY = rf"{WEEKDAY}(?!\w)"
_ON = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?\s+(?:the\s+)?)?"
_COUNTED = (  # what follows a count, not a day or a year: "March 15 percent", "in 2000 cases"
    r"(?!\w|[.,:]\d|[-–]\d|\s*(?:%|percent|per\s+cent|hundred|thousand|million|billion|trillion|"
    r"tokens|users|people|cases|customers|employees|jobs|companies|models|times|GPUs|chips|words|"
    r"years|days|hours)\b)"
)
_OF_YEAR = rf"(?:(?P<year>{_YEAR}){_COUNTED}|(?P<lead>last|this|next)\s+year\b)"
_YEAR_FIRST = (
    r"(?<!\bthe\s)(?<!\bpast\s)(?<![\w-])(?P<when>(?P<lead>(?i:last|this|next))\s+year,?\s+"
)
_NO_YEAR = rf"(?!,?\s+(?:of\s+)?(?:{_YEAR}|(?:last|this|next|that)\s+year))"
_HINT = re.compile(
    rf"{_YEAR}|{_MONTH}|day\b|[Tt]omorrow|night|morning|afternoon|evening|days?\s+ago|week|month|"
    rf"quarter|year"
)

Resolve = Callable[[re.Match[str], date], Iterator[DateMention]]


def stated_years(text: str, published: date) -> frozenset[int]:
    """The years of the dates that a text states with their year: these need no day of publication
    to be read.
    """
    mentions = date_mentions(text, published)
    return frozenset(
        mention.day.year
        for mention in mentions
        if str(mention.day.year) in text[mention.start : mention.end]
    )


def names_other_year(text: str, mention: DateMention) -> bool:
    """Whether the year of a date is supplied by us, and its text names another."""
    years = re.findall(rf"\b{_YEAR}\b", text)
    own = re.search(rf"\b{_YEAR}\b", text[mention.start : mention.end])
    return own is None and any(int(year) != mention.day.year for year in years)


_READINGS: tuple[tuple[re.Pattern[str], Resolve], ...] = tuple(
    (re.compile(pattern), resolve)
    for pattern, resolve in (
        (
            rf"(?<![\w/.-])(?P<when>(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d))(?!\d|[-.]\d)",
            numbered,
        ),
        (
            rf"(?<![\w.,/$€£-])(?P<when>{_ON}(?P<day>{_NUMBER})(?:(?:\s?[-–]\s?|\s+(?:to|"
            rf"and)\s+)(?P<last>{_NUMBER}))?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_OF_YEAR})?)",
            day_first,
        ),
        (
            rf"(?<![\w-])(?P<when>{_ON}{_MONTH}\s+(?:the\s+)?(?P<day>{_NUMBER})"
            rf"(?:(?:\s?[-–]\s?|\s+to\s+)(?P<last>{_NUMBER}))?{_COUNTED}(?:,?\s+{_OF_YEAR})?)",
            month_first,
        ),
        (rf"(?<![\w-])(?P<when>{_MONTH}(?:,|\s+of)?\s+{_OF_YEAR})", month_of_year),
        (
            (
                rf"{_YEAR_FIRST}on\s+{_ON}{_MONTH}\s+(?:the\s+)?"
                rf"(?P<day>{_NUMBER}){_COUNTED}){_NO_YEAR}"
            ),
            in_year,
        ),
        (
            (
                rf"{_YEAR_FIRST}on\s+{_ON}(?:the\s+)?(?P<day>{_NUMBER})\s+"
                rf"(?:of\s+)?{_MONTH}){_NO_YEAR}"
            ),
            in_year,
        ),
        (rf"{_YEAR_FIRST}in\s+{_MONTH}(?P<day>)(?!\s+\d)){_NO_YEAR}", in_year),
        # another year than those around the publication, named before: "17 September the following
        # year"
        (
            rf"(?<![\w-])(?:{_NUMBER}\s+(?:of\s+)?)?{_MONTH}(?:\s+(?:the\s+)?{_NUMBER})?,?\s+"
            rf"(?:of\s+)?"
            r"(?:the\s+(?:same|following|previous|preceding|next)|that(?:\s+same)?)\s+year\b",
            no_date,
        ),
        (
            (
                rf"\b(?P<lead>(?i:in|since|until|till|during|early|late|mid|this|last|"
                rf"next))[\s-]+(?P<when>{MONTH})(?!\w|\s+\d)"
            ),
            bare_month,
        ),
        (  # here a month's name may be a person's: "by April Jones"
            (
                rf"\b(?P<lead>(?i:by|from|of|to|through|before|after))\s+(?P<when>{MONTH})(?!\w|"
                rf"\s+\d|\s+[A-Z])"
            ),
            bare_month,
        ),
        (
            r"\b(?i:in|since|by|from|until|till|during|before|after|through|around|between|early|"
            r"late|mid|year|fall|autumn|spring|summer|winter|[QH][1-4]|(?:end|start|beginning|"
            r"half|part|quarter|course|rest|fall|autumn|spring|summer|winter)\s+of)"
            rf"(?:\s+|-)(?P<when>{_YEAR})(?:(?:\s?[-–]\s?|\s+(?:to|and|through|"
            rf"until)\s+)(?P<last>{_YEAR}))?{_COUNTED}",
            bare_year,
        ),
        (
            r"(?P<when>\b(?:the\s+day\s+(?:before\s+yesterday|after\s+tomorrow)|[Yy]esterday|"
            r"[Tt]omorrow|[Tt]onight|[Ll]ast\s+night"
            rf"|[Tt]his\s+(?:morning|afternoon|evening)|today|(?P<count>(?i:{'|'.join(COUNTS)})|"
            rf"\d{{1,2}})\s+days?\s+ago)\b(?!['’]s)"
            r"|(?:^|(?<=[.!?:”\"] ))Today\b(?!['’]s|,? (?:most|many|few|fewer|some|all|every|"
            r"each|nearly|almost|half|only|there (?:is|are)|people|we)\b))",
            relative_day,
        ),
        (
            r"(?<![\w-])(?P<when>(?:(?P<lead>(?i:last|next|this\s+past|past|this\s+coming|coming|"
            r"this))\s+)?"
            rf"(?P<weekday>{_WEEKDAY}))",
            on_weekday,
        ),
        (
            r"(?<![\w-])(?P<when>(?P<lead>(?i:last|this|next))\s+(?P<unit>month|year))\b",
            relative_span,
        ),
        (
            (
                r"\b(?i:end|rest|remainder|course)\s+of\s+(?P<when>(?P<lead>(?i:the|"
                r"this))\s+(?P<unit>month|year))\b"
            ),
            relative_span,
        ),
        (
            r"(?<![\w-])(?P<when>(?P<lead>(?i:last|this|next))\s+week"
            rf"|(?P<count>(?i:{'|'.join(COUNTS)})|\d{{1,2}})\s+weeks?\s+ago)\b(?!['’]s)",
            whole_week,
        ),
        (
            (
                r"(?<![\w-])(?P<when>(?P<lead>(?i:last|previous|this|current|next|"
                r"coming))\s+quarter)\b"
            ),
            whole_quarter,
        ),
        (
            r"\b(?i:end|rest|course)\s+of\s+(?P<when>(?P<lead>(?i:the|this))\s+quarter)\b(?!\s+of)",
            whole_quarter,
        ),
        (
            rf"\b(?i:fiscal|financial)\s+(?:(?i:year|first|second|third|fourth|quarter|half|of|"
            rf"Q[1-4])\s+){{0,4}}{_YEAR}|\bFY\s?{_YEAR}",
            no_date,
        ),
        (
            r"\b(?i:(?:like|as if) (?:it|that) (?:was|were) (?:only )?yesterday|born yesterday)\b",
            no_date,
        ),
        (
            rf"\b(?i:every|each|most|black|cyber|good|ash|giving|patch|fat|super)\s+{_WEEKDAY}",
            no_date,
        ),
        (rf"{_WEEKDAY}\s?(?:[-–]|to|through)\s?{_WEEKDAY}", no_date),
        (r"\b(?i:(?:the|past|of)\s+(?:(?:last|next)\s+(?:month|year)|today))\b", no_date),
        (rf"\b(?:\w+[\s-]+)?{_YEAR}[-–/]\d\d(?!\d|-)", no_date),
    )
)
