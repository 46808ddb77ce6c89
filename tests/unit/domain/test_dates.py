"""Dates: how texts state them, how weeks are named, and which are possible."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import (
    DateMention,
    Precision,
    aware_utc,
    day_text,
    floor_day,
    iso_week,
    plausible,
    report_day,
    week_days,
)

WEDNESDAY = date(2026, 7, 8)


def stated(text: str, published: date = WEDNESDAY) -> list[str]:
    """What a text states, as our pages would write it."""
    return [day_text(mention.day, mention.precision) for mention in date_mentions(text, published)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        pytest.param("released on 4 July 2026", ["4 July 2026"], id="day first"),
        pytest.param("released on July 4, 2026, in Paris", ["4 July 2026"], id="month first"),
        pytest.param(
            "released on Tuesday, July 7, 2026",
            ["7 July 2026"],
            id="the weekday belongs to the date",
        ),
        pytest.param("due July 4th", ["4 July 2026"], id="ordinal, no year"),
        pytest.param("on the 4th of July", ["4 July 2026"], id="of"),
        pytest.param("since 2026-07-04", ["4 July 2026"], id="ISO 8601"),
        pytest.param("on Sept. 9", ["9 September 2026"], id="abbreviation"),
        pytest.param("July 4-6", ["4 July 2026", "6 July 2026"], id="range after the month"),
        pytest.param(
            "4 to 6 July 2025", ["4 July 2025", "6 July 2025"], id="range before the month"
        ),
        pytest.param("in July 2026", ["July 2026"], id="month and year"),
        pytest.param("April 2023 paper", ["April 2023"], id="month and year without a preposition"),
        pytest.param("in 2025", ["2025"], id="year"),
        pytest.param("Since 2025", ["2025"], id="year at the start of a sentence"),
        pytest.param("from 2023 to 2025", ["2023", "2025"], id="years from and to"),
        pytest.param("by mid-2027", ["2027"], id="part of a year"),
        pytest.param("in Q3 2026", ["2026"], id="quarter"),
        pytest.param("at the end of 2026", ["2026"], id="end of a year"),
        pytest.param(
            "it was 4 July 2026 or July 2025",
            ["4 July 2026", "July 2025"],
            id="in the order of the text",
        ),
    ],
)
def test_dates_written_out_are_read(text: str, days: list[str]) -> None:
    assert stated(text) == days


@pytest.mark.parametrize(
    ("text", "published", "days"),
    [
        ("on 30 December", date(2026, 1, 8), ["30 December 2025"]),
        ("on 3 January", date(2026, 12, 20), ["3 January 2027"]),
        ("in March", date(2026, 1, 8), ["March 2026"]),
        ("in November", date(2026, 1, 8), ["November 2025"]),
        ("in July", date(2026, 1, 8), ["July 2025"]),
        ("In November, Halden sold its plant.", date(2026, 9, 29), ["November 2025"]),
        ("In November, Halden withdrew from its plant.", date(2026, 9, 29), ["November 2025"]),
        ("It is known. In November, Halden sold its plant.", date(2026, 9, 29), ["November 2025"]),
        (
            "In November, Halden opened plants that will close.",
            date(2026, 9, 29),
            ["November 2026"],
        ),
        (
            "In November, Halden opened plants that it would close.",
            date(2026, 9, 29),
            ["November 2025"],
        ),
        ("In November, Halden will sell its plant.", date(2026, 9, 29), ["November 2026"]),
        ("Halden announced a fair in November.", date(2026, 9, 29), ["November 2026"]),
        ("last March", date(2026, 3, 8), ["March 2025"]),
        ("next March", date(2026, 3, 8), ["March 2027"]),
        ("on 29 February", date(2025, 1, 8), ["29 February 2024"]),
        ("on 30 February", date(2025, 1, 8), []),
    ],
)
def test_a_date_without_a_year_is_the_nearest(text: str, published: date, days: list[str]) -> None:
    assert stated(text, published) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        pytest.param("the lab today released", ["8 July 2026"], id="today"),
        pytest.param("released yesterday", ["7 July 2026"], id="yesterday"),
        pytest.param("Tomorrow it starts", ["9 July 2026"], id="tomorrow"),
        pytest.param("the day before yesterday", ["6 July 2026"], id="before yesterday"),
        pytest.param("three days ago", ["5 July 2026"], id="days ago in words"),
        pytest.param("10 days ago", ["28 June 2026"], id="days ago in figures"),
        pytest.param("the lab said on Monday", ["6 July 2026"], id="the last Monday"),
        pytest.param("said Wednesday", ["8 July 2026"], id="the day itself"),
        pytest.param("said on Friday", ["3 July 2026"], id="the past by default"),
        pytest.param(
            "the plan was approved on Friday", ["3 July 2026"], id="a past verb after a plan"
        ),
        pytest.param(
            "it was due on Friday", ["10 July 2026"], id="what was due at the time is to come"
        ),
        pytest.param("it will launch on Friday", ["10 July 2026"], id="the future after will"),
        pytest.param(
            "it will launch in the U.S. on Friday",
            ["10 July 2026"],
            id="an abbreviation ends no clause",
        ),
        pytest.param(
            "said on Friday that it will launch", ["3 July 2026"], id="a later will does not count"
        ),
        pytest.param(
            "it will launch, the lab said on Friday",
            ["3 July 2026"],
            id="nor does one of another clause",
        ),
        pytest.param("this Friday", ["10 July 2026"], id="this"),
        pytest.param("last Friday", ["3 July 2026"], id="last, where both readings agree"),
        pytest.param("next Monday", ["13 July 2026"], id="next, where both readings agree"),
        pytest.param("last month", ["June 2026"], id="last month"),
        pytest.param("next month", ["August 2026"], id="next month"),
        pytest.param("earlier this year", ["2026"], id="this year"),
        pytest.param("last year", ["2025"], id="last year"),
        pytest.param("next year", ["2027"], id="next year"),
        pytest.param("since 17 August last year", ["17 August 2025"], id="a day of last year"),
        pytest.param("on Nov. 3 last year", ["3 November 2025"], id="the same, month first"),
        pytest.param(
            "He died last year on Nov. 6.", ["6 November 2025"], id="the year before the day"
        ),
        pytest.param(
            "It ended last year, on Thursday, 6 November, at last",
            ["6 November 2025"],
            id="the same, day first",
        ),
        pytest.param(
            "It begins this year on Feb. 17, as always",
            ["17 February 2026"],
            id="a day of this year",
        ),
        pytest.param(
            "Last year in March, Halden closed", ["March 2025"], id="the year before the month"
        ),
        pytest.param(
            "last year on Nov. 6, 2024",
            ["2025", "6 November 2024"],
            id="a year of its own comes first",
        ),
        pytest.param("due in March next year", ["March 2027"], id="a month of next year"),
        pytest.param("by the end of the month", ["July 2026"], id="the end of the month"),
        pytest.param("by the end of the year", ["2026"], id="the end of the year"),
        pytest.param("earlier this week", ["July 2026"], id="a week is told by its month"),
        pytest.param("two weeks ago", ["June 2026"], id="weeks ago, give or take some days"),
        pytest.param("this quarter", ["2026"], id="a quarter is told by its year"),
        pytest.param("by the end of the quarter", ["2026"], id="the end of the quarter"),
        pytest.param("in the previous quarter", ["2026"], id="the quarter before"),
        pytest.param("in early March", ["March 2026"], id="part of a month"),
        pytest.param("in early 2027", ["2027"], id="part of a year to come"),
    ],
)
def test_relative_dates_are_counted_from_the_day_of_publication(text: str, days: list[str]) -> None:
    assert stated(text) == days


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Labs may march on", id="verbs"),
        pytest.param("Claude 4 May Arrive Soon", id="a model and a verb in title case"),
        pytest.param("Claude 3.5 and Llama 4", id="versions"),
        pytest.param("gpt-4o-2024-08-06", id="the date within a model's name"),
        pytest.param("AIME 2025 scores", id="a year within a name"),
        pytest.param("the 2025-26 season", id="a season"),
        pytest.param("in 2048 tokens", id="a count that looks like no year"),
        pytest.param("in 2000 cases", id="a count that looks like a year"),
        pytest.param("March 15 percent higher", id="a percentage after a month"),
        pytest.param("He knew it like it was yesterday.", id="a figure of speech"),
        pytest.param("Today, most models of this kind stop at advice.", id="nowadays"),
        pytest.param("last week", id="a week that began in another month"),
        pytest.param("last Tuesday", id="two readings on a Wednesday"),
        pytest.param("next Friday", id="two readings on a Wednesday, ahead"),
        pytest.param("over the last year", id="a span that ends now"),
        pytest.param("On Oct. 4 of that year", id="a year named before"),
        pytest.param("until 17 September the following year", id="the year after one named before"),
        pytest.param("in May of the same year", id="a month of a year named before"),
        pytest.param("Black Friday deals, every Monday, Monday to Friday", id="habits and names"),
        pytest.param("USA Today, today's models, the labs of today", id="not this day"),
        pytest.param("a book by April Jones", id="a person"),
    ],
)
def test_what_is_no_date_or_has_two_readings_is_not_read(text: str) -> None:
    assert stated(text) == []


@pytest.mark.parametrize(
    ("text", "published", "days"),
    [
        pytest.param("this week", date(2026, 7, 1), [], id="a week of two months"),
        pytest.param(
            "last week",
            date(2026, 7, 15),
            ["July 2026"],
            id="both readings of last week in one month",
        ),
        pytest.param(
            "last week", date(2026, 7, 10), [], id="the calendar's last week began in June"
        ),
        pytest.param(
            "next week", date(2026, 7, 8), ["July 2026"], id="next week, by both readings"
        ),
        pytest.param("next week", date(2026, 7, 22), [], id="next week may end in August"),
        pytest.param(
            "three weeks ago",
            date(2026, 7, 22),
            [],
            id="some days before or after is another month",
        ),
        pytest.param("3 weeks ago", date(2026, 7, 8), ["June 2026"], id="weeks in figures"),
        pytest.param(
            "this quarter", date(2026, 11, 18), [], id="a fiscal quarter may end in January"
        ),
        pytest.param(
            "last quarter", date(2026, 2, 3), [], id="the quarter before began in another year"
        ),
        pytest.param(
            "next quarter", date(2026, 8, 3), [], id="the next quarter may end in another year"
        ),
        pytest.param(
            "next quarter", date(2026, 2, 3), ["2026"], id="the next quarter within the year"
        ),
    ],
)
def test_weeks_and_quarters_are_told_only_where_every_reading_agrees(
    text: str, published: date, days: list[str]
) -> None:
    assert stated(text, published) == days


@pytest.mark.parametrize(
    "text",
    [
        "in fiscal 2026",
        "fiscal year 2026",
        "the third quarter of fiscal 2026",
        "fiscal Q3 2026",
        "Q3 FY2026",
        "its fiscal third quarter of 2026",
    ],
)
def test_a_fiscal_year_is_not_read_as_the_calendars(text: str) -> None:
    assert stated(text) == []


def test_a_day_that_ends_a_fiscal_year_is_read() -> None:
    assert stated("the fiscal year ending 31 March 2026") == ["31 March 2026"]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param(datetime(2026, 1, 15, 0, 40, tzinfo=UTC), "2026-01-14", id="the first hour"),
        pytest.param(datetime(2026, 1, 15, 1, 0, tzinfo=UTC), "2026-01-15", id="after it"),
        pytest.param(
            datetime(2026, 1, 15, 0, 0, tzinfo=UTC), "2026-01-15", id="a day without a time"
        ),
        pytest.param(
            datetime(2026, 1, 15, 0, 40, tzinfo=ZoneInfo("Asia/Tokyo")),
            "2026-01-14",
            id="by the clock of UTC",
        ),
    ],
)
def test_a_report_of_the_first_hour_tells_of_the_day_before(moment: datetime, day: str) -> None:
    assert report_day(moment).isoformat() == day


_WORDS = st.sampled_from(
    "on In last next this the of by end 4 31 29 2026 19 999 July Sept. February May Friday week"
    " weeks ago three quarter year fiscal FY2026 Q3 2026-02-30 - – to and , . yesterday tomorrow"
    " day after before days".split()
)


@given(
    text=st.lists(_WORDS, max_size=30).map(" ".join) | st.text(max_size=200),
    published=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_whatever_a_text_says_its_dates_stand_in_it_in_order_and_apart(
    text: str, published: date
) -> None:
    found = date_mentions(text, published)
    spans = [(mention.start, mention.end) for mention in found]

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert all(mention.day == floor_day(mention.day, mention.precision) for mention in found)


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "March ",
        "July 4 - ",
        "last ",
        "2026-",
        "the day ",
        "a-",
        "fiscal year ",
        "on the ",
        "Monday - ",
        "week ",
        " ",
        "20",
    ],
)
def test_a_hostile_text_is_read_in_time_that_grows_with_its_length(piece: str) -> None:
    began = process_time()
    date_mentions(piece * (100_000 // len(piece)) + "2026", WEDNESDAY)

    assert process_time() - began < 2.0


def test_a_mention_says_where_it_stands() -> None:
    assert date_mentions("It opens on 4 July 2026.", WEDNESDAY) == (
        DateMention(day=date(2026, 7, 4), precision=Precision.DAY, start=12, end=23),
    )


def test_a_day_states_its_month_and_year_but_not_the_other_way_round() -> None:
    (day,) = date_mentions("4 July 2026", WEDNESDAY)
    (month,) = date_mentions("July 2026", WEDNESDAY)

    assert day.states(date(2026, 7, 1), Precision.MONTH)
    assert day.states(date(2026, 1, 1), Precision.YEAR)
    assert not day.states(date(2026, 7, 5), Precision.DAY)
    assert not month.states(date(2026, 7, 1), Precision.DAY)


@pytest.mark.parametrize(
    ("moment", "zone", "week"),
    [
        (datetime(2026, 7, 8, tzinfo=UTC), "UTC", "2026-W28"),
        (datetime(2027, 1, 1, tzinfo=UTC), "UTC", "2026-W53"),
        (datetime(2026, 7, 12, 23, tzinfo=UTC), "Europe/Berlin", "2026-W29"),
    ],
)
def test_a_week_is_the_iso_week_of_the_zone(moment: datetime, zone: str, week: str) -> None:
    assert iso_week(moment, ZoneInfo(zone)) == week


def test_a_week_runs_from_monday_to_sunday() -> None:
    assert week_days("2026-W53") == (date(2026, 12, 28), date(2027, 1, 3))


@pytest.mark.parametrize("week", ["2025-W53", "2026-28", "2026-W00", ""])
def test_what_is_no_week_is_refused(week: str) -> None:
    with pytest.raises(ValueError):
        week_days(week)


@pytest.mark.parametrize(
    ("moment", "possible"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(2026, 7, 8, tzinfo=UTC), True),
        (datetime(2026, 7, 9, tzinfo=UTC), True),
        (datetime(2026, 7, 9, 1, tzinfo=UTC), False),
    ],
)
def test_a_time_before_the_web_or_after_tomorrow_is_not_plausible(
    moment: datetime, possible: bool
) -> None:
    assert plausible(moment, datetime(2026, 7, 8, tzinfo=UTC)) is possible


def test_a_naive_moment_is_taken_as_utc() -> None:
    assert aware_utc(datetime(2026, 7, 8, 12)) == datetime(2026, 7, 8, 12, tzinfo=UTC)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("precision", "text"),
    [(Precision.DAY, "8 July 2026"), (Precision.MONTH, "July 2026"), (Precision.YEAR, "2026")],
)
def test_a_date_is_written_as_far_as_it_is_known(precision: Precision, text: str) -> None:
    assert day_text(WEDNESDAY, precision) == text
