"""What each kind of date expression means, resolved against the day the article was published:
"4 July" is the nearest one, "on Monday" the last one unless the clause speaks of the future, "last
month" the month before. What has two readings ("next Friday" said on a Monday) is no date. A week
or a quarter is read as the month or the year in which it lies by every reading, and not where it
may lie in two; a fiscal year is not read, because each company has its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from aggregator.domain.dates import DateMention, Precision, floor_day
from aggregator.english.lexical import PAST_FORMS
from aggregator.english.text import sentences
from aggregator.english.vocabulary import MONTHS, NUMBERS, SAYING

COUNTS = NUMBERS[:12]
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
_PAST_VERB = re.compile(rf"\b(?:{SAYING}|was|were|had|did)\b")
_CLAUSE_END = re.compile(r"(?<!\b[A-Z])\.(?!\d)|[;:!?—,](?!\d)")
_NAME_BEFORE = re.compile(r"(?<!\w)(?!(?:On|By|Since|From|Until|Before|After|The)\b)[A-Z]\w*\s$")
_SHIFTS = {"last": -1, "next": 1}
_WEEK, _QUARTER = timedelta(days=7), timedelta(days=92)


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


def numbered(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """ISO dates, whose month is a number."""
    day = _date(int(match["year"]), int(match["month"]), int(match["day"]))
    if day:
        yield _mention(match, "when", day, Precision.DAY)


def day_first(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """ "4 July", but not the model and the verb of "Claude 4 May Arrive"."""
    is_verb = match["month"].startswith(("May", "Mar")) and not (match["year"] or match["lead"])
    if not (is_verb and _NAME_BEFORE.search(_before(match))):
        yield from month_first(match, published)


def month_first(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """A day of a named month, or two where it is a range: "4 July 2026", "July 4-6"."""
    month = _month(match["month"])
    for group in ("day", "last"):
        if match[group]:
            number = int(re.sub(r"\D", "", match[group]))
            year = _stated_year(match, published)
            day = _date(year, month, number) if year else _nearest_day(month, number, published)
            if day:
                yield _mention(match, group if match["last"] else "when", day, Precision.DAY)


def month_of_year(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """A month with its year: "July 2026", "March last year"."""
    day = date(_stated_year(match, published) or published.year, _month(match["month"]), 1)
    yield _mention(match, "when", day, Precision.MONTH)


def in_year(match: re.Match[str], published: date) -> Iterator[DateMention]:
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


def bare_month(match: re.Match[str], published: date) -> Iterator[DateMention]:
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


def bare_year(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """A year, or two where it is a range: "in 2026", "between 2020 and 2024"."""
    for group in ("when", "last"):
        if match[group]:
            yield _mention(match, group, date(int(match[group]), 1, 1), Precision.YEAR)


def relative_day(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """A day counted from the publication: "today", "last night", "three days ago"."""
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
    return COUNTS.index(count) + 1 if count in COUNTS else int(count)


def on_weekday(match: re.Match[str], published: date) -> Iterator[DateMention]:
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
    return bool(cues) and not _PAST_VERB.search(clause, cues[-1])


def relative_span(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """ "last month", "next year", "the end of the year": that of the publication, or the one before
    or after it.
    """
    shift = _SHIFTS.get((match["lead"] or "").lower(), 0)
    if match["unit"] == "month":
        yield _mention(match, "when", _shifted_month(published, shift), Precision.MONTH)
    else:
        yield _mention(match, "when", date(published.year + shift, 1, 1), Precision.YEAR)


def whole_week(match: re.Match[str], published: date) -> Iterator[DateMention]:
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


def whole_quarter(match: re.Match[str], published: date) -> Iterator[DateMention]:
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


def no_date(match: re.Match[str], published: date) -> Iterator[DateMention]:
    """Takes its place from the shorter readings within it: "Black Friday", "the last year", the
    season 2025-26.
    """
    return iter(())
