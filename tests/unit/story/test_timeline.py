"""The timeline of a story: which dates are rows of it, and which day is the event's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregator.domain.claim import Citation, Claim, ClaimKind, TimelineRow
from aggregator.domain.dates import Precision
from aggregator.domain.entry import DateOrigin
from aggregator.domain.story import Member
from aggregator.extract.quotable_sentences import quotable_sentences, readable_members
from aggregator.story.rules.timeline import timeline
from tests.unit.story.makers import reported, story

TITLE = "Northwind opens a second model"
LEAD = "Northwind released the weights of its second model on 2 July 2026."


def rows(*members: Member) -> tuple[TimelineRow, ...]:
    """The timeline of the story of these members, under the first one's headline."""
    of = story(*members)
    passage = members[0].article.passages[0]
    citation = Citation(passage=passage.key, quote=passage.text)
    headline = Claim(text=passage.text, kind=ClaimKind.EXTRACTED, citations=(citation,))
    return timeline(of, quotable_sentences(readable_members(of, "en")), headline, 25)


def of_article(*paragraphs: str) -> list[tuple[str, Precision, bool, bool]]:
    """Day, precision, planned and this-event of each row of one article, published on Saturday 4
    July 2026.
    """
    found = rows(reported(TITLE, *paragraphs))
    return [(row.day.isoformat(), row.precision, row.planned, row.this_event) for row in found]


def days(*paragraphs: str) -> list[str]:
    """The days of the rows that are not the event's."""
    return [day for day, _, _, this_event in of_article(*paragraphs) if not this_event]


@pytest.mark.parametrize(
    ("lead", "day"),
    [
        pytest.param(LEAD, "2026-07-02", id="a full date"),
        pytest.param(
            "Northwind released the weights of its second model on Thursday.",
            "2026-07-02",
            id="a weekday",
        ),
        pytest.param(
            "Northwind released the weights of its second model on 25 June.",
            "2026-06-25",
            id="without a year",
        ),
        pytest.param(
            "Northwind released the weights of its second model on 24 June 2026.",
            "2026-06-24",
            id="ten days before",
        ),
        pytest.param(
            "Northwind released the weights of its second model on 23 June 2026.",
            "2026-07-04",
            id="too long before",
        ),
        pytest.param(
            "Northwind will release the weights of its model on 5 July 2026.",
            "2026-07-04",
            id="a day to come",
        ),
        pytest.param(
            "Northwind released the weights of its second model in June 2026.",
            "2026-07-04",
            id="only a month",
        ),
        pytest.param(
            "On Wednesday, as Northwind prepares its second model, Oslo is waiting.",
            "2026-07-04",
            id="no past",
        ),
        pytest.param(
            "Northwind released the weights of its second model.", "2026-07-04", id="no date"
        ),
    ],
)
def test_the_event_is_on_the_day_a_lead_states_and_else_on_the_day_of_the_report(
    lead: str, day: str
) -> None:
    assert [row for row in of_article(lead) if row[3]] == [(day, Precision.DAY, False, True)]


def test_an_event_whose_day_no_lead_states_is_told_by_the_headline() -> None:
    (row,) = rows(reported(TITLE, "Northwind released the weights of its second model."))

    assert row.claim.text == TITLE


def test_a_lead_on_another_matter_does_not_tell_the_day_of_the_event() -> None:
    deal = "Northwind and Halden share a model for hospitals"
    first = reported(deal, "Northwind shares its second model with Halden.", key="first")
    other = reported(
        "Northwind is worth a billion after its deal",
        "Northwind reached a value of a billion on Thursday.",
        key="other",
    )
    third = reported(
        "Northwind lends Halden a model", "Northwind lends its second model to Halden.", key="third"
    )

    assert [(row.day, row.claim.text) for row in rows(first, other, third) if row.this_event] == [
        (date(2026, 7, 4), deal)
    ]


def test_a_yesterday_that_is_quoted_is_the_speakers() -> None:
    assert (
        days(LEAD, "“We met yesterday and settled it,” Ada Holt of Northwind told the fair.") == []
    )
    assert days(
        LEAD, "“We met on 1 May 2026 and settled it,” Ada Holt of Northwind told the fair."
    ) == ["2026-05-01"]


def test_a_day_of_a_past_tense_is_not_taken_for_one_to_come() -> None:
    assert (
        days(LEAD, "In a letter of 28 August, Northwind rejected the claims raised by Halden.")
        == []
    )
    assert days(LEAD, "Northwind asks Halden for an answer by 28 August.") == ["2026-08-28"]


def test_a_row_says_what_it_is_about() -> None:
    assert days(LEAD, "The documents relate to cases from May 2026 in Oslo.") == []


def test_an_event_whose_day_a_lead_states_is_told_by_that_sentence() -> None:
    (row,) = rows(reported(TITLE, LEAD))

    assert row.claim.text == LEAD


def test_the_day_of_the_event_is_told_early_in_an_article() -> None:
    filler = [
        f"Ward {n} of the hospital in Bergen has {n + 20} beds and as many chairs."
        for n in range(6)
    ]

    assert of_article(*filler, LEAD) == [
        ("2026-07-02", Precision.DAY, False, False),
        ("2026-07-04", Precision.DAY, False, True),
    ]


def test_the_event_is_reported_by_the_article_that_is_trusted_most() -> None:
    early = reported(
        "Northwind opened a model",
        "Northwind released its second model on 1 July 2026.",
        key="early",
    )
    trusted = reported("Northwind opened a model", LEAD, key="trusted", weight=2.0, hours=30)

    assert [row.day for row in rows(early, trusted) if row.this_event] == [date(2026, 7, 2)]


@pytest.mark.parametrize(
    ("sentence", "planned"),
    [
        pytest.param(
            "Northwind plans to publish the training code on 1 September 2026.",
            True,
            id="a day to come",
        ),
        pytest.param(
            "Northwind plans to publish the training code in September 2026.",
            True,
            id="a month to come",
        ),
        pytest.param(
            "Northwind plans to publish the training code in 2027.", True, id="a year to come"
        ),
        pytest.param(
            "Northwind published the training code of its first model on 1 May 2026.",
            False,
            id="a day gone by",
        ),
        pytest.param(
            "Northwind published the training code of its first model in May 2026.",
            False,
            id="a month gone by",
        ),
        pytest.param(
            "Northwind published the training code of its first model in 2024.",
            False,
            id="a year gone by",
        ),
    ],
)
def test_what_lies_after_the_last_report_is_planned(sentence: str, planned: bool) -> None:
    assert [row[2] for row in of_article(LEAD, sentence) if not row[3]] == [planned]


def test_what_was_planned_is_past_once_a_later_article_reports() -> None:
    plan = reported(TITLE, LEAD, "Northwind plans to publish the training code on 6 July 2026.")
    later = reported(
        "Northwind opens it",
        "Northwind opened a second office in Bergen too.",
        key="later",
        hours=72,
    )

    assert [row.planned for row in rows(plan, later) if row.day == date(2026, 7, 6)] == [False]


def test_the_month_and_the_year_of_the_event_are_no_rows_beside_it() -> None:
    assert (
        days(
            LEAD,
            "Northwind has published four models in 2026.",
            "Northwind opened an office in July 2026.",
        )
        == []
    )


def test_the_day_of_a_report_is_no_row() -> None:
    assert (
        days(
            LEAD, "Northwind told The Daily on Saturday that hospitals in Norway had asked for it."
        )
        == []
    )


def test_of_two_dates_in_a_sentence_the_first_is_what_it_tells() -> None:
    assert days(
        LEAD,
        "Ada Holt predicted on 1 May 2025 that Northwind would open all models on 1 March 2026.",
    ) == ["2025-05-01"]


def test_of_two_sentences_with_one_date_the_more_trusted_is_shown() -> None:
    made = rows(
        reported(TITLE, LEAD, "Northwind opened its first office in Oslo on 3 May 2024."),
        reported(
            TITLE, "Ada Holt left Halden for Northwind on 3 May 2024.", key="late", weight=0.5
        ),
    )

    assert [row.claim.text for row in made if not row.this_event] == [
        "Northwind opened its first office in Oslo on 3 May 2024."
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "Northwind was founded on 1 May in the spring of 2019 by Ada Holt.",
            id="a day whose year stands apart",
        ),
        pytest.param(
            "Back in 2024, the lab of Northwind burnt down on 12 March.", id="the year first"
        ),
    ],
)
def test_a_year_that_we_supply_never_contradicts_one_in_the_sentence(sentence: str) -> None:
    assert not [day for day in days(LEAD, sentence) if day.startswith("2026-")]


def test_a_year_that_we_supply_may_agree_with_one_in_the_sentence() -> None:
    assert days(
        LEAD, "The lab of Northwind burnt down on 12 March, the worst day of 2026 for it."
    ) == ["2026-03-12"]


def test_looking_back_at_a_day_to_come_is_refused() -> None:
    assert days(LEAD, "Northwind celebrated its first birthday on 20 July in Oslo.") == []


def test_looking_ahead_to_a_day_whose_year_we_supply_is_a_plan() -> None:
    assert of_article(LEAD, "Northwind will celebrate its first birthday on 20 July in Oslo.")[
        1:
    ] == [("2026-07-20", Precision.DAY, True, False)]


@pytest.mark.parametrize(
    ("lead", "day"),
    [
        pytest.param(LEAD, "2026-07-02", id="a full date says it by itself"),
        pytest.param(
            "Northwind released the weights of its second model on Thursday.",
            "2026-07-04",
            id="a weekday does not",
        ),
    ],
)
def test_an_article_that_nobody_dated_says_nothing_by_days_of_the_week(lead: str, day: str) -> None:
    member = reported(TITLE, lead)
    undated = replace(
        member.article, published=replace(member.article.published, origin=DateOrigin.FIRST_SEEN)
    )

    assert [row.day.isoformat() for row in rows(replace(member, article=undated))] == [day]


def test_history_is_no_step_of_a_story() -> None:
    assert days(LEAD, "The house of Northwind in Oslo was built in 1906 for a bank.") == []


def test_a_date_that_trimming_cut_away_is_no_row() -> None:
    long = (
        "Northwind opened the first of its offices in Bergen with a dozen people and as many"
        " graphics cards in a former bank, which the lab had bought with money from a fund on 3 May"
        " 2024."
    )

    assert days(LEAD, long) == []


def test_rows_come_oldest_first() -> None:
    found = days(
        LEAD,
        "Northwind plans to publish the training code in September 2026.",
        "Northwind opened its first model on 3 May 2024.",
        "Ada Holt founded Northwind in 2019 with two friends.",
    )

    assert found == ["2019-01-01", "2024-05-03", "2026-09-01"]


@pytest.mark.parametrize(
    ("months", "most_before"),
    [
        pytest.param(range(1, 7), 6, id="few"),
        pytest.param([*range(1, 7), *range(8, 13)], 6, id="twelve in all"),
    ],
)
def test_up_to_twelve_rows_are_all_shown(months: list[int], most_before: int) -> None:
    past = [
        f"Northwind opened office {month} of its own on {month} {name(month)} 2026."
        for month in months
        if month < 7
    ]
    plans = [
        f"Northwind plans to open office {month} of its own in {name(month)} 2026."
        for month in months
        if month > 7
    ]
    found = of_article(LEAD, *past, *plans)

    assert (len(found), [row[3] for row in found].index(True)) == (len(months) + 1, most_before)


@pytest.mark.parametrize(
    ("past", "plans", "place"),
    [
        pytest.param(30, 0, 11, id="all before"),
        pytest.param(0, 30, 0, id="all after"),
        pytest.param(15, 15, 8, id="on both sides"),
    ],
)
def test_of_more_than_twelve_rows_the_nearest_to_the_event_are_shown(
    past: int, plans: int, place: int
) -> None:
    before = [f"Northwind opened an office of its own in {2025 - n} again." for n in range(past)]
    after = [
        f"Northwind plans to open an office of its own in {2027 + n} again." for n in range(plans)
    ]
    found = of_article(LEAD, *before, *after)

    assert (len(found), [row[3] for row in found].index(True)) == (12, place)


def name(month: int) -> str:
    """The English name of a month."""
    return date(2026, month, 1).strftime("%B")


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "On May 7, Northwind passed Halden in value for the first time since 2019.",
            id="a day in doubt, then a year",
        ),
        pytest.param(
            "Every year since 1982, Halden has published a list of the richest bakers.", id="since"
        ),
        pytest.param(
            "Northwind sells more ovens than in 2021 and fewer than its rival Halden.", id="than in"
        ),
        pytest.param(
            "The years of growth from 2011 to 2020 saw Northwind build four bakeries.",
            id="from, to",
        ),
        pytest.param(
            "In Oslo only 39% of people like Northwind, down from 73% in 2023.",
            id="down from a figure",
        ),
        pytest.param(
            "Sales of Northwind rose to 14 crowns, compared with 13 in the same quarter last year.",
            id="compared with",
        ),
        pytest.param(
            "Today's announcement confirms reporting by Halden late last year that a deal was"
            " near.",
            id="today's, last year",
        ),
    ],
)
def test_a_year_that_an_event_is_only_set_against_is_not_the_day_of_it(sentence: str) -> None:
    assert days(LEAD, sentence) == []


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        pytest.param(
            "In a paper from May, Halden warned that the ovens of Northwind are hot.",
            "2026-05-01",
            id="from a month",
        ),
        pytest.param(
            "In May Northwind said it will open a bakery in Bergen by 2030.",
            "2030-01-01",
            id="ahead of it",
        ),
        pytest.param(
            "Northwind opened in 2021 and has sold more bread than Halden since 2023.",
            "2021-01-01",
            id="the first one",
        ),
    ],
)
def test_a_date_that_an_event_is_not_set_against_stays(sentence: str, day: str) -> None:
    assert day in days(LEAD, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "Northwind bakes with the large oven, which Halden sold to Bergen in May 2026.",
            id="which",
        ),
        pytest.param("Three weeks ago Northwind sold its bakery in Bergen.", id="weeks ago"),
        pytest.param("Northwind is worth twice as much as in March 2025.", id="as much as"),
        pytest.param("Northwind has 12 ovens in Bergen, down from 40 on 8 June.", id="down from"),
        pytest.param("Since Tuesday Northwind has sold 40 ovens in Bergen.", id="since a weekday"),
    ],
)
def test_a_sentence_that_does_not_say_what_happened_on_a_day_is_no_row_of_it(
    sentence: str,
) -> None:
    assert days(LEAD, sentence) == []
