"""Charts as records: every article and every story has its mark, in its place, and words and
numbers beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain.entry import DateOrigin
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Member
from aggregator.plugins.charts.bars import coverage_chart
from aggregator.plugins.charts.reports import ReportKind, ReportsChart, reports_chart
from aggregator.site.story.origins import origins_of
from aggregator.site.story.page import story_page
from tests.builders import NOON, article, leverage_story, member, published_story, story

UTC_ZONE = ZoneInfo("UTC")
HOUR = timedelta(hours=1)


def report(
    key: str,
    hours: float,
    *,
    copy_of: Member | None = None,
    primary: bool = False,
    dated: bool = True,
) -> Member:
    of = article(
        f"Report of {key}",
        key=key,
        at=NOON + hours * HOUR,
        origin=DateOrigin.FEED if dated else DateOrigin.FIRST_SEEN,
    )
    return member(of, name=key, copy_of=copy_of.article.id if copy_of else None, primary=primary)


def in_order(text: str, *parts: str) -> bool:
    """Whether the parts follow on one another in a text."""
    return re.search(".*".join(map(re.escape, parts)), text) is not None


def chart(members: Sequence[Member], zone: ZoneInfo = UTC_ZONE) -> ReportsChart:
    made = reports_chart(origins_of(story(members), "en"), zone)
    assert made is not None
    return made


def marks(of: ReportsChart) -> list[tuple[str, ReportKind, float]]:
    return [(lane.name, mark.kind, mark.x) for lane in of.lanes for mark in lane.marks]


def test_each_article_stands_on_the_lane_of_its_origin_where_its_time_is() -> None:
    first = report("lab", 0, primary=True)
    wire = report("wire", 5)
    made = chart([report("ledger", 10), wire, report("echo", 7.5, copy_of=wire), first])

    assert [lane.name for lane in made.lanes] == ["lab", "wire", "ledger"]
    assert marks(made) == [
        ("lab", ReportKind.VENDOR, 2.0),
        ("wire", ReportKind.REPORT, 50.0),
        ("wire", ReportKind.COPY, 74.0),
        ("ledger", ReportKind.REPORT, 98.0),
    ]
    assert made.kinds == (ReportKind.REPORT, ReportKind.VENDOR, ReportKind.COPY)


def test_the_chart_is_told_in_words() -> None:
    wire = report("wire", 5)
    made = chart([report("lab", 0), wire, report("echo", 7, copy_of=wire), report("slow", 100)])

    assert in_order(made.description, "lab", "wire 5 hours", "slow 4 days", "1 ")
    assert "echo" not in made.description


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "at the same time"),
        (1 / 60, "1 minute later"),
        (1.4, "84 minutes later"),
        (1.6, "2 hours later"),
        (72, "3 days later"),
    ],
)
def test_how_much_later_is_told_in_the_unit_that_fits(hours: float, words: str) -> None:
    assert (
        f" {words}"
        in chart([report("first", 0), report("second", hours), report("third", 200)]).description
    )


def test_where_only_days_are_known_no_hours_are_told() -> None:
    made = chart([report("wire", -12), report("radio", -12 + 1 / 60), report("third", 12)])

    assert in_order(made.description, "wire", "radio", "third 1 day")
    assert "hour" not in made.description


def test_a_lane_bears_the_name_of_the_report_and_not_of_a_copy_that_bears_an_earlier_date() -> None:
    wire = report("wire", 5)
    made = chart([report("lab", 0), wire, report("echo", 3, copy_of=wire)])

    assert [lane.name for lane in made.lanes] == ["lab", "wire"]


def test_one_origin_is_no_chart() -> None:
    wire = report("wire", 5)

    assert (
        reports_chart(origins_of(story([wire, report("echo", 6, copy_of=wire)]), "en"), UTC_ZONE)
        is None
    )
    assert story_page(published_story(story([wire])), SiteSettings()).parts == ()


def test_a_story_s_page_has_a_mark_for_each_of_its_links() -> None:
    (part,) = story_page(leverage_story(), SiteSettings()).parts

    assert isinstance(part.record, ReportsChart)
    assert (part.place, part.plugin) == ("origins", "charts")
    assert len(marks(part.record)) == len(leverage_story().story.members)


def test_where_all_is_one_moment_there_is_no_chart() -> None:
    assert (
        reports_chart(origins_of(story([report("one", 0), report("two", 0)]), "en"), UTC_ZONE)
        is None
    )


def test_a_long_name_is_kept_whole_for_the_drawing_to_cut_to_its_width() -> None:
    name = "The Quarterly Review of Everything There Is to Know"
    made = coverage_chart({("2026-W26", name): 7, ("2026-W27", name): 4})

    assert [lane.name for lane in chart([report(name, 0), report("two", 1)]).lanes] == [name, "two"]
    assert made is not None
    names = [
        (strip.name, strip.sum_name, strip.most_name, strip.short_name) for strip in made.strips
    ]
    assert names == [(name, "11 stories", "7 in the busiest week", "11, busiest 7")]


def test_an_article_without_a_date_stands_where_it_was_first_seen() -> None:
    made = chart([report("dated", 0), report("undated", 2, dated=False)])

    assert made.end == NOON + 2 * HOUR + timedelta(minutes=11)


def test_further_origins_share_the_last_lane_and_none_is_lost() -> None:
    made = chart([report(f"s{number:02}", number) for number in range(30)])

    assert (len(made.lanes), made.lanes[-1].name, len(marks(made))) == (10, "21 others", 30)
    assert made.description.endswith("20 others after that.")


@pytest.mark.parametrize(("zone", "tick"), [("UTC", 50.0), ("Asia/Tokyo", 14.0)])
def test_midnights_are_those_of_the_site_s_zone(zone: str, tick: float) -> None:
    assert chart([report("first", 0), report("last", 24)], ZoneInfo(zone)).ticks == (tick,)


def test_over_many_days_no_midnight_is_drawn() -> None:
    assert chart([report("first", 0), report("last", 24 * 40)]).ticks == ()


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60))
def test_marks_of_a_lane_neither_cover_each_other_nor_leave_the_drawing(hours: list[int]) -> None:
    wire = report("wire", 0)
    copies = [report(f"echo{place}", each, copy_of=wire) for place, each in enumerate(hours)]
    made = chart([wire, *copies, report("other", 3)])
    places = [mark.x for mark in made.lanes[0].marks]
    room = min(3.8, 96 / (len(places) - 1))

    assert min(places) >= 0
    assert max(places) <= 98
    assert all(after - before >= room - 0.02 for before, after in pairwise(places))


def test_coverage_counts_stories_by_topic_and_week_and_keeps_weeks_without_any() -> None:
    made = coverage_chart(
        Counter([("2026-W25", "Law"), ("2026-W27", "Chips"), *[("2026-W27", "Law")] * 3])
    )

    assert made is not None
    assert made.weeks == ("15–21 June 2026", "22–28 June 2026", "29 June – 5 July 2026")
    assert [(strip.name, [bar.number for bar in strip.bars]) for strip in made.strips] == [
        ("Law", [1, 0, 3]),
        ("Chips", [0, 0, 1]),
    ]
    assert in_order(made.description, "3 weeks", made.last, "Law, 4", "3 in", "Chips, 1 ")


def test_all_strips_are_on_one_scale_and_a_single_story_can_be_seen() -> None:
    made = coverage_chart(
        Counter(
            [("2026-W27", "Law")] * 300 + [("2026-W27", "Chips")] * 150 + [("2026-W27", "Rare")]
        )
    )

    assert made is not None
    assert [strip.bars[0].height for strip in made.strips] == [30, 15, 2]
    assert [strip.ground_y - strip.bars[0].y for strip in made.strips] == [30, 15, 2]


def test_the_topics_told_of_most_are_shown_over_the_newest_weeks() -> None:
    old = [("2024-W10", "Forgotten")] * 50
    new = [(f"2026-W{week:02}", f"Topic {place:02}") for week in (20, 27) for place in range(20)]
    made = coverage_chart(Counter(old + 3 * new))

    assert made is not None
    assert (len(made.strips), len(made.weeks), made.strips[0].name) == (12, 26, "Topic 00")


def test_weeks_run_on_over_the_turn_of_the_year() -> None:
    made = coverage_chart({("2026-W52", "Law"): 3, ("2027-W01", "Law"): 1})

    assert made is not None
    assert made.weeks == (
        "21–27 December 2026", "28 December 2026 – 3 January 2027", "4–10 January 2027",
    )  # fmt: skip
    assert [bar.number for bar in made.strips[0].bars] == [3, 0, 1]


def test_a_single_week_is_a_narrow_bar_and_one_sentence() -> None:
    made = coverage_chart({("2026-W27", "Law"): 3})

    assert made is not None
    (strip,) = made.strips
    assert (strip.sum_name, strip.most_name, strip.short_name, strip.bars[0].width < 7) == (
        "3 stories",
        "",
        "3",
        True,
    )
    assert in_order(made.description, made.weeks[0], "Law, 3 ")
    assert made.description.count(made.weeks[0]) == 1


@pytest.mark.parametrize("counts", [{}, {("2026-W26", "Law"): 2, ("2026-W27", "Chips"): 2}])
def test_nothing_that_a_height_could_show_is_no_chart(counts: dict[tuple[str, str], int]) -> None:
    assert coverage_chart(counts) is None


@given(
    st.lists(
        st.tuples(st.integers(0, 120), st.sampled_from("ABCDEFGHIJKLMNOP")),
        min_size=1,
        max_size=200,
    )
)
def test_bars_stand_within_the_drawing_and_add_up(pairs: list[tuple[int, str]]) -> None:
    monday = datetime(2025, 1, 6, tzinfo=UTC)
    stories = []
    for weeks, topic in pairs:
        year, week, _ = (monday + timedelta(weeks=weeks)).isocalendar()
        stories += 3 * [(f"{year}-W{week:02}", topic)]
    made = coverage_chart(Counter(stories))

    assert made is not None
    bars = [bar for strip in made.strips for bar in strip.bars]
    assert all(
        bar.x + bar.width <= 100
        and 0 <= bar.y <= made.height
        and bar.height >= 2 * bool(bar.number)
        for bar in bars
    )
    newest = sorted({week for week, _ in stories})[-1]
    counts = Counter(topic for week, topic in stories if week == newest)
    assert {strip.name: strip.bars[-1].number for strip in made.strips}.items() >= {
        (name, counts[name]) for name in counts.keys() & {strip.name for strip in made.strips}
    }
