"""Dates: precision, ISO weeks, plausibility, and the date expressions that sentences carry.

An expression is read as English news writes it and resolved against the day the article was
published: "4 July" is the nearest one, "on Monday" the last one unless the clause speaks of the
future, "last month" the month before. What has two readings ("next Friday" said on a Monday) is no
mention: a wrong date is worse than none. A week or a quarter is read as the month or the year in
which it lies by every reading, and not where it may lie in two; a fiscal year is not read, because
each company has its own.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from aggregator.domain.frozen import frozen
from aggregator.english.lexical import PAST_FORMS
from aggregator.english.text import sentences
from aggregator.english.vocabulary import MONTH, MONTHS, NUMBERS, SAYING, WEEKDAY


class Precision(StrEnum):
    """How far a date reaches."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@frozen
class DateMention:
    """A date that a text states in `text[start:end]`; `day` is the first of its month or year where
    that is all it says.
    """

    day: date
    precision: Precision
    start: int
    end: int

    def states(self, day: date, precision: Precision) -> bool:
        """Whether this mention says as much: the same date, at this precision or a finer one."""
        return _RANK[self.precision] <= _RANK[precision] and floor_day(
            self.day, precision
        ) == floor_day(day, precision)


_RANK = {Precision.DAY: 0, Precision.MONTH: 1, Precision.YEAR: 2}
_ISO_WEEK = re.compile(r"(\d{4})-W(\d\d)", re.ASCII)
_WRITING_TIME = timedelta(hours=1)
# no feed is older; 1970 and 1900 are defaults of software
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def floor_day(day: date, precision: Precision) -> date:
    """The first day of the month or year that `precision` leaves of a day."""
    match precision:
        case Precision.DAY:
            return day
        case Precision.MONTH:
            return day.replace(day=1)
        case Precision.YEAR:
            return day.replace(month=1, day=1)


def day_text(day: date, precision: Precision) -> str:
    """The date as our pages write it: "4 July 2026", "July 2026" or "2026"."""
    match precision:
        case Precision.DAY:
            return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        case Precision.MONTH:
            return f"{MONTHS[day.month - 1]} {day.year}"
        case Precision.YEAR:
            return str(day.year)


def machine_date(day: date, precision: Precision) -> str:
    """A date as HTML's `datetime` attribute takes it: `2026-07-04`, `2026-07` or `2026`."""
    return day.isoformat()[: {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[precision]]


def iso_week(moment: datetime, zone: ZoneInfo) -> str:
    """The ISO 8601 week of a moment in a zone, with the ISO year: 2027-01-01 is in "2026-W53"."""
    return week_of(moment.astimezone(zone).date())


def week_of(day: date) -> str:
    """The ISO 8601 week of a day."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def week_days(week: str) -> tuple[date, date]:
    """Monday and Sunday of an ISO week such as "2026-W28". Raises ValueError for what is no
    week.
    """
    parts = _ISO_WEEK.fullmatch(week)
    if parts is None:
        raise ValueError(f"not an ISO week: {week!r}")
    monday = date.fromisocalendar(int(parts[1]), int(parts[2]), 1)
    return monday, monday + timedelta(days=6)


def is_day_only(moment: datetime) -> bool:
    """Whether a moment is midnight UTC: what is made of a date that a feed or page gave without a
    time.
    """
    return moment.astimezone(UTC).timetz() == time(tzinfo=UTC)


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The day of a moment in a zone. A day given without a time is that day everywhere, west of
    Greenwich too.
    """
    return moment.astimezone(UTC if is_day_only(moment) else zone).date()


def report_day(moment: datetime) -> date:
    """The day that a report tells of where it names none, and that its "today" is: the one on which
    it was written.

    What appears within the first hour of a day UTC was written the day before, here and in all of
    America.
    """
    utc = moment.astimezone(UTC)
    return utc.date() if is_day_only(utc) else (utc - _WRITING_TIME).date()


def plausible(moment: datetime, now: datetime) -> bool:
    """Whether an article can be of this time: not before 1990, not more than a day ahead of now
    (clocks, zones).
    """
    return _EARLIEST <= moment <= now + timedelta(days=1)


def aware_utc(moment: datetime) -> datetime:
    """The moment in UTC; a naive one is taken to be in UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


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
_COUNTS = NUMBERS[:12]
_FUTURE = re.compile(
    r"\b(?:will|shall|would|set"
    r" to|due|plans?|planned|expected|scheduled|slated|upcoming|starting|begins?)\b"
)
_LOOK_BACK = 80  # characters; a clause that is longer has other verbs in it
_OPENS = re.compile(r"^\W*$|[.!?][\"”’)]*\s+\W?$")
_FIRST_VERB = re.compile(
    rf"\b(?:(?P<past>{PAST_FORMS}|\w{{2,}}ed)|is|are|has|have|will|would|can|could|may|might|must|"
    rf"should|says?|plans?|expects?|aims?)\b"
)
_TO_COME = re.compile(r"\b(?:will|shall|plans? to|(?:is|are) (?:set|due|expected|scheduled|to))\b")
_REPORTING_VERB = re.compile(rf"\b{SAYING}\b")
_CLAUSE_END = re.compile(r"(?<!\b[A-Z])\.(?!\d)|[;:!?—,](?!\d)")
_NAME_BEFORE = re.compile(r"(?<!\w)(?!(?:On|By|Since|From|Until|Before|After|The)\b)[A-Z]\w*\s$")
_HINT = re.compile(
    rf"{_YEAR}|{_MONTH}|day\b|[Tt]omorrow|night|morning|afternoon|evening|days?\s+ago|week|month|"
    rf"quarter|year"
)
_SHIFTS = {"last": -1, "next": 1}
_WEEK, _QUARTER = timedelta(days=7), timedelta(days=92)

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


def _mention(match: re.Match[str], group: str, day: date, precision: Precision) -> DateMention:
    return DateMention(day=day, precision=precision, start=match.start(group), end=match.end(group))


def _month(name: str) -> int:
    return next(n for n, month in enumerate(MONTHS, 1) if month[:3] == name[:3])


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest_day(month: int, day: int, published: date) -> date | None:
    days = [_date(published.year + shift, month, day) for shift in (-1, 0, 1)]
    return min(
        (candidate for candidate in days if candidate),
        key=lambda candidate: abs(candidate - published),
        default=None,
    )


def _shifted_month(published: date, months: int) -> date:
    year, month = divmod(published.year * 12 + published.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _numbered(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """ISO dates, whose month is a number."""
    day = _date(int(match["year"]), int(match["month"]), int(match["day"]))
    if day:
        yield _mention(match, "when", day, Precision.DAY)


def _day_first(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """ "4 July", but not the model and the verb of "Claude 4 May Arrive"."""
    is_verb = match["month"].startswith(("May", "Mar")) and not (match["year"] or match["lead"])
    if not (is_verb and _NAME_BEFORE.search(_before(match))):
        yield from _named(match, published)


def _named(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """A day of a named month, or two where it is a range: "4 July 2026", "July 4-6"."""
    month = _month(match["month"])
    for group in ("day", "last"):
        if match[group]:
            number = int(re.sub(r"\D", "", match[group]))
            year = _stated_year(match, published)
            day = _date(year, month, number) if year else _nearest_day(month, number, published)
            if day:
                yield _mention(match, group if match["last"] else "when", day, Precision.DAY)


def _month_of_year(match: re.Match[str], published: date) -> Iterator[DateMention]:
    day = date(_stated_year(match, published) or published.year, _month(match["month"]), 1)
    yield _mention(match, "when", day, Precision.MONTH)


def _in_year(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """A day or month whose year stands before it: "last year on Nov. 6", "this year, in March"."""
    year, month = published.year + _SHIFTS.get(match["lead"].lower(), 0), _month(match["month"])
    day = (
        _date(year, month, int(re.sub(r"\D", "", match["day"])))
        if match["day"]
        else date(year, month, 1)
    )
    if day:
        yield _mention(match, "when", day, Precision.DAY if match["day"] else Precision.MONTH)


def _stated_year(match: re.Match[str], published: date) -> int | None:
    """The year behind a month: "2026", "last year"; None where there is none."""
    if match["lead"]:
        return published.year + _SHIFTS.get(match["lead"], 0)
    return int(match["year"]) if match["year"] else None


def _bare_month(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """ "in March": the nearest, the earlier of two as near; "last March" before, "next March"
    after, "this March" this year.
    """
    ahead = (_month(match["when"]) - published.month) % 12
    match match["lead"].lower():
        case "last":
            shift = ahead - 12
        case "next":
            shift = ahead or 12
        case "this":
            shift = _month(match["when"]) - published.month
        case _:
            shift = ahead if ahead < 6 and not (ahead and _is_of_the_past(match)) else ahead - 12
    yield _mention(match, "when", _shifted_month(published, shift), Precision.MONTH)


def _is_of_the_past(match: re.Match[str]) -> bool:
    """Whether a month opens a sentence whose first verb is in the past: "In November, Halden sold
    …".
    """
    if match["lead"] != "In" or not _OPENS.search(match.string[: match.start()]):
        return False
    rest = next(iter(sentences(match.string[match.end() : match.end() + 3 * _LOOK_BACK])), "")
    verb = _FIRST_VERB.search(rest)
    return bool(verb and verb["past"] and not _TO_COME.search(rest))


def _year(match: re.Match[str], published: date) -> Iterator[DateMention]:
    for group in ("when", "last"):
        if match[group]:
            yield _mention(match, group, date(int(match[group]), 1, 1), Precision.YEAR)


def _relative_day(match: re.Match[str], published: date) -> Iterator[DateMention]:
    words = match["when"].lower()
    if match["count"]:
        shift = -_counted_in(match)
    elif "yesterday" in words or words == "last night":
        shift = -2 if "before" in words else -1
    else:
        shift = (2 if "after" in words else 1) if "tomorrow" in words else 0
    yield _mention(match, "when", published + timedelta(days=shift), Precision.DAY)


def _counted_in(match: re.Match[str]) -> int:
    count = match["count"].lower()
    return _COUNTS.index(count) + 1 if count in _COUNTS else int(count)


def _weekday(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """The day of a weekday's name; nothing where usage is divided ("next Friday" said on a
    Monday).
    """
    wanted = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(match["weekday"][:3])
    ahead = (wanted - published.weekday()) % 7
    this_week = published.weekday() + ahead < 7
    lead = (match["lead"] or "").lower()
    if (lead == "next" and ahead and this_week) or (
        lead == "last" and published.weekday() > wanted
    ):
        return
    if lead in {"next", "coming", "this coming"}:
        shift = ahead or 7
    elif lead in {"last", "past", "this past"}:
        shift = ahead - 7
    elif lead == "this":
        shift = wanted - published.weekday() if published.weekday() < 5 else ahead
    else:
        shift = ahead if not ahead or _speaks_of_future(_before(match)) else ahead - 7
    yield _mention(match, "when", published + timedelta(days=shift), Precision.DAY)


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - _LOOK_BACK) : match.start()]


def _speaks_of_future(before: str) -> bool:
    clause = _CLAUSE_END.split(before)[-1]
    cues = [cue.end() for cue in _FUTURE.finditer(clause)]
    return bool(cues) and not _REPORTING_VERB.search(clause, cues[-1])


def _relative_span(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """ "last month", "next year", "the end of the year": that of the publication, or the one before
    or after it.
    """
    shift = _SHIFTS.get((match["lead"] or "").lower(), 0)
    if match["unit"] == "month":
        yield _mention(match, "when", _shifted_month(published, shift), Precision.MONTH)
    else:
        yield _mention(match, "when", date(published.year + shift, 1, 1), Precision.YEAR)


def _week(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """ "this week", "last week" (the calendar's, or the seven days before), "three weeks ago" (give
    or take some days).
    """
    if match["count"]:
        middle = published - _counted_in(match) * _WEEK
        yield from _within(match, middle - _WEEK / 2, middle + _WEEK / 2, Precision.MONTH)
        return
    monday = published - timedelta(days=published.weekday())
    match match["lead"].lower():
        case "last":
            yield from _within(match, min(monday, published) - _WEEK, published, Precision.MONTH)
        case "next":
            yield from _within(match, published, monday + 2 * _WEEK, Precision.MONTH)
        case _:
            yield from _within(match, monday, monday + _WEEK - timedelta(days=1), Precision.MONTH)


def _quarter(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """ "this quarter", whose months differ from company to company: its year, where it lies in one
    by any calendar.
    """
    shift = {"last": -1, "previous": -1, "next": 1, "coming": 1}.get(match["lead"].lower(), 0)
    middle = published + shift * _QUARTER
    yield from _within(match, middle - _QUARTER, middle + _QUARTER, Precision.YEAR)


def _within(
    match: re.Match[str], first: date, last: date, precision: Precision
) -> Iterator[DateMention]:
    """The month or year in which all of a span lies, nothing where there are two."""
    day = floor_day(first, precision)
    if day == floor_day(last, precision):
        yield _mention(match, "when", day, precision)


def _no_date(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """Takes its place from the shorter readings within it: "Black Friday", "the last year", the
    season 2025-26.
    """
    return iter(())


_READINGS: tuple[tuple[re.Pattern[str], Resolve], ...] = tuple(
    (re.compile(pattern), resolve)
    for pattern, resolve in (
        (
            rf"(?<![\w/.-])(?P<when>(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d))(?!\d|[-.]\d)",
            _numbered,
        ),
        (
            rf"(?<![\w.,/$€£-])(?P<when>{_ON}(?P<day>{_NUMBER})(?:(?:\s?[-–]\s?|\s+(?:to|"
            rf"and)\s+)(?P<last>{_NUMBER}))?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_OF_YEAR})?)",
            _day_first,
        ),
        (
            rf"(?<![\w-])(?P<when>{_ON}{_MONTH}\s+(?:the\s+)?(?P<day>{_NUMBER})"
            rf"(?:(?:\s?[-–]\s?|\s+to\s+)(?P<last>{_NUMBER}))?{_COUNTED}(?:,?\s+{_OF_YEAR})?)",
            _named,
        ),
        (rf"(?<![\w-])(?P<when>{_MONTH}(?:,|\s+of)?\s+{_OF_YEAR})", _month_of_year),
        (
            (
                rf"{_YEAR_FIRST}on\s+{_ON}{_MONTH}\s+(?:the\s+)?"
                rf"(?P<day>{_NUMBER}){_COUNTED}){_NO_YEAR}"
            ),
            _in_year,
        ),
        (
            (
                rf"{_YEAR_FIRST}on\s+{_ON}(?:the\s+)?(?P<day>{_NUMBER})\s+"
                rf"(?:of\s+)?{_MONTH}){_NO_YEAR}"
            ),
            _in_year,
        ),
        (rf"{_YEAR_FIRST}in\s+{_MONTH}(?P<day>)(?!\s+\d)){_NO_YEAR}", _in_year),
        # another year than those around the publication, named before: "17 September the following
        # year"
        (
            rf"(?<![\w-])(?:{_NUMBER}\s+(?:of\s+)?)?{_MONTH}(?:\s+(?:the\s+)?{_NUMBER})?,?\s+"
            rf"(?:of\s+)?"
            r"(?:the\s+(?:same|following|previous|preceding|next)|that(?:\s+same)?)\s+year\b",
            _no_date,
        ),
        (
            (
                rf"\b(?P<lead>(?i:in|since|until|till|during|early|late|mid|this|last|"
                rf"next))[\s-]+(?P<when>{MONTH})(?!\w|\s+\d)"
            ),
            _bare_month,
        ),
        (  # here a month's name may be a person's: "by April Jones"
            (
                rf"\b(?P<lead>(?i:by|from|of|to|through|before|after))\s+(?P<when>{MONTH})(?!\w|"
                rf"\s+\d|\s+[A-Z])"
            ),
            _bare_month,
        ),
        (
            r"\b(?i:in|since|by|from|until|till|during|before|after|through|around|between|early|"
            r"late|mid|year|fall|autumn|spring|summer|winter|[QH][1-4]|(?:end|start|beginning|"
            r"half|part|quarter|course|rest|fall|autumn|spring|summer|winter)\s+of)"
            rf"(?:\s+|-)(?P<when>{_YEAR})(?:(?:\s?[-–]\s?|\s+(?:to|and|through|"
            rf"until)\s+)(?P<last>{_YEAR}))?{_COUNTED}",
            _year,
        ),
        (
            r"(?P<when>\b(?:the\s+day\s+(?:before\s+yesterday|after\s+tomorrow)|[Yy]esterday|"
            r"[Tt]omorrow|[Tt]onight|[Ll]ast\s+night"
            rf"|[Tt]his\s+(?:morning|afternoon|evening)|today|(?P<count>(?i:{'|'.join(_COUNTS)})|"
            rf"\d{{1,2}})\s+days?\s+ago)\b(?!['’]s)"
            r"|(?:^|(?<=[.!?:”\"] ))Today\b(?!['’]s|,? (?:most|many|few|fewer|some|all|every|"
            r"each|nearly|almost|half|only|there (?:is|are)|people|we)\b))",
            _relative_day,
        ),
        (
            r"(?<![\w-])(?P<when>(?:(?P<lead>(?i:last|next|this\s+past|past|this\s+coming|coming|"
            r"this))\s+)?"
            rf"(?P<weekday>{_WEEKDAY}))",
            _weekday,
        ),
        (
            r"(?<![\w-])(?P<when>(?P<lead>(?i:last|this|next))\s+(?P<unit>month|year))\b",
            _relative_span,
        ),
        (
            (
                r"\b(?i:end|rest|remainder|course)\s+of\s+(?P<when>(?P<lead>(?i:the|"
                r"this))\s+(?P<unit>month|year))\b"
            ),
            _relative_span,
        ),
        (
            r"(?<![\w-])(?P<when>(?P<lead>(?i:last|this|next))\s+week"
            rf"|(?P<count>(?i:{'|'.join(_COUNTS)})|\d{{1,2}})\s+weeks?\s+ago)\b(?!['’]s)",
            _week,
        ),
        (
            (
                r"(?<![\w-])(?P<when>(?P<lead>(?i:last|previous|this|current|next|"
                r"coming))\s+quarter)\b"
            ),
            _quarter,
        ),
        (
            r"\b(?i:end|rest|course)\s+of\s+(?P<when>(?P<lead>(?i:the|this))\s+quarter)\b(?!\s+of)",
            _quarter,
        ),
        (
            rf"\b(?i:fiscal|financial)\s+(?:(?i:year|first|second|third|fourth|quarter|half|of|"
            rf"Q[1-4])\s+){{0,4}}{_YEAR}|\bFY\s?{_YEAR}",
            _no_date,
        ),
        (
            r"\b(?i:(?:like|as if) (?:it|that) (?:was|were) (?:only )?yesterday|born yesterday)\b",
            _no_date,
        ),
        (
            rf"\b(?i:every|each|most|black|cyber|good|ash|giving|patch|fat|super)\s+{_WEEKDAY}",
            _no_date,
        ),
        (rf"{_WEEKDAY}\s?(?:[-–]|to|through)\s?{_WEEKDAY}", _no_date),
        (r"\b(?i:(?:the|past|of)\s+(?:(?:last|next)\s+(?:month|year)|today))\b", _no_date),
        (rf"\b(?:\w+[\s-]+)?{_YEAR}[-–/]\d\d(?!\d|-)", _no_date),
    )
)
