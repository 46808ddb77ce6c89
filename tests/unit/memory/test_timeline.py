"""What the archive adds to a story's timeline, and what it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from aggregator.domain.claim import Draft, TimelineRow
from aggregator.domain.dates import Precision
from aggregator.domain.entry import DateOrigin
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Lane
from aggregator.domain.story import Entity, EntityKind, PublishedStory
from aggregator.english.event_kind import EventKind
from aggregator.memory.timeline import (
    MOST_ROWS,
    lists_many,
    merged_rows,
    outline,
    story_timeline,
)
from aggregator.memory.timeline_sources import timeline_sources
from aggregator.site.story.json_export import story_json
from aggregator.site.story.page import story_page
from tests.builders import article, claim, headline, member, published_story, story

OPENED = "Halden opens its second model"
NAMES = {
    "halden": ("Halden", EntityKind.COMPANY),
    "northwind": ("Northwind AI", EntityKind.COMPANY),
    "act": ("Model Act", EntityKind.REGULATION),
    "ferrow": ("Ferrow 2", EntityKind.MODEL),
}


def on(day: str, precision: Precision = Precision.DAY) -> tuple[date, Precision]:
    """A date as rows have it."""
    return date.fromisoformat(day), precision


def with_hook(published: PublishedStory) -> PublishedStory:
    """The story with a sentence of its own, so that it has a page."""
    analysis = published.analysis
    hook = claim("It was filed on Monday.", published.story.members[0].article)
    return replace(published, analysis=replace(analysis, kept=replace(analysis.kept, hook=hook)))


def reported(
    title: str,
    day: str,
    *rows: tuple[str, tuple[date, Precision]],
    about: Sequence[str] = ("halden",),
    affair: str = "",
    origins: int = 1,
    planned: bool = False,
    lane: Lane = Lane.NEWS,
    dated: DateOrigin = DateOrigin.FEED,
) -> PublishedStory:
    """A story of one day with its event, told by its headline, and further rows."""
    at = datetime.combine(date.fromisoformat(day), time(12), UTC)
    articles = [article(title, key=f"s{n}", at=at, origin=dated) for n in range(origins)]
    first = articles[0]
    of = replace(
        story(tuple(member(each, lane=lane) for each in articles)),
        affairs=(affair,) if affair else (),
        entities=tuple(Entity(key=key, name=NAMES[key][0], kind=NAMES[key][1]) for key in about),
    )
    event = TimelineRow(
        day=at.date(),
        precision=Precision.DAY,
        planned=False,
        this_event=True,
        claim=headline(first),
    )
    further = tuple(
        TimelineRow(
            day=when,
            precision=precision,
            planned=planned,
            this_event=False,
            claim=claim(text, first),
        )
        for text, (when, precision) in rows
    )
    return published_story(of, Draft(headline=headline(first), timeline=(event, *further)))


def drawn_on(of: PublishedStory, *archive: PublishedStory) -> list[PublishedStory]:
    """The stories of an archive whose dates belong in a story's timeline."""
    known = {each.story.id: each for each in (of, *archive)}
    return [
        known[key]
        for key in timeline_sources(outline(each) for each in known.values())[of.story.id]
    ]


def days(of: PublishedStory, *archive: PublishedStory) -> list[str]:
    """The days of a story's timeline in an archive."""
    return [row.row.day.isoformat() for row in story_timeline(of, drawn_on(of, *archive))]


def test_a_storyline_is_told_by_all_its_stories_oldest_first() -> None:
    first = reported("Halden is sued for copies", "2026-01-07", affair="x")
    last = reported("A court hears the case of the copies", "2026-03-02", affair="x")
    other = reported("Northwind hires a cook", "2026-02-01", affair="y", about=())
    stranger = reported(
        "Northwind is sued for copies", "2026-02-03", affair="x", about=("northwind",)
    )

    assert days(first, last, other, stranger) == ["2026-01-07", "2026-03-02"]
    assert days(last, first, other, stranger) == ["2026-01-07", "2026-03-02"]


def test_what_the_page_says_elsewhere_is_no_row_but_the_event_is() -> None:
    shop, plan = "Halden sold copies in May 2025.", "Halden opens a bank in June 2026."
    first = reported(
        "Halden is sued for copies",
        "2026-01-07",
        (shop, on("2025-05-01", Precision.MONTH)),
        affair="x",
    )
    last = reported(
        "Court hears Halden on copies",
        "2026-03-02",
        (plan, on("2026-06-01", Precision.MONTH)),
        affair="x",
    )
    assert days(last, first) == ["2025-05-01", "2026-01-07", "2026-03-02", "2026-06-01"]

    by = last.story.members[0].article
    said = replace(
        last.analysis.kept,
        hook=headline(by),
        takeaways=(claim(shop, by), claim("It has 40 rooms.", by)),
        what_changed=(claim(plan, by),),
    )
    assert days(replace(last, analysis=replace(last.analysis, kept=said)), first) == [
        "2026-01-07",
        "2026-03-02",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Halden sold copies in May 2025.", True, id="on the same matter"),
        pytest.param("Halden hired a cook in May 2025.", False, id="on another one"),
    ],
)
def test_what_another_story_dates_besides_its_event_belongs_on_the_same_matter(
    text: str, found: bool
) -> None:
    of = reported("Court hears Halden on copies", "2026-03-02", affair="x")
    row = (text, on("2025-05-01", Precision.MONTH))
    other = reported("Halden is sued for copies", "2026-01-07", row, affair="x")

    assert ("2025-05-01" in days(of, other)) is found


def test_a_word_of_many_events_is_no_matter_of_two() -> None:
    of = reported("Hospitals greet Halden", "2026-07-04", affair="x")
    other = reported("Halden visits hospitals", "2026-06-02", affair="x")
    many = [reported(f"Hospitals meet cook number {n}", "2026-05-01", about=()) for n in range(30)]

    assert days(of, other) == ["2026-06-02", "2026-07-04"]
    assert days(of, other, *many) == ["2026-07-04"]


def test_only_the_storys_own_event_is_marked_as_this_event() -> None:
    first = reported("Halden is sued for copies", "2026-01-07", affair="x")
    last = reported("Court hears Halden on copies", "2026-03-02", affair="x")
    rows = story_timeline(last, drawn_on(last, first))

    assert [row.row.this_event for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("title", "about"),
    [
        pytest.param("Halden raises money", ("halden",), id="a step of its own"),
        pytest.param("Halden opens a door", ("halden",), id="in the same words"),
        pytest.param("Ferrow 2", ("ferrow",), id="the launch of the thing it is about"),
    ],
)
def test_what_else_is_reported_of_whom_a_headline_names_is_no_row(
    title: str, about: Sequence[str]
) -> None:
    of = reported("Halden opens Ferrow 2", "2026-07-04", about=("halden", "ferrow"))

    assert days(of, reported(title, "2024-05-02", about=about)) == ["2026-07-04"]


@pytest.mark.parametrize(
    ("headline", "found"),
    [
        pytest.param(
            "Halden Opens Up, Ferrow's Next Act, Faster Layer Pruning", True, id="a letter's"
        ),
        pytest.param(
            "Halden Opens Up, sells chips, and moves to Oslo",
            False,
            id="one that does several things",
        ),
        pytest.param(
            "Issue on Layers from Halden, Ferrow, Nord, Lake, Hamar", True, id="five names"
        ),
        pytest.param("Halden, Ferrow Open a Model", False, id="two companies"),
        pytest.param(
            "Halden, Ferrow, Northwind Open a Model", False, id="three companies that act together"
        ),
    ],
)
def test_a_headline_of_many_subjects_is_about_none(headline: str, found: bool) -> None:
    shown = [*([] if found else ["2024-05-02"]), "2026-07-04"]

    assert lists_many(headline) is found
    assert (
        days(
            reported(OPENED, "2026-07-04", affair="x"),
            reported(headline, "2024-05-02", affair="x"),
        )
        == shown
    )


@pytest.mark.parametrize(
    ("title", "found"),
    [
        pytest.param("Halden is fined for its copies of books", True, id="on the same matter"),
        pytest.param("Halden launches a new app", False, id="on another one"),
    ],
)
def test_a_long_storyline_is_told_as_far_as_it_is_on_the_same_matter(
    title: str, found: bool
) -> None:
    of = reported("Court asks Halden for books", "2026-07-04", affair="x")
    archive = [
        reported(f"Halden hires cook number {n}", f"2026-05-{n:02}", affair="x")
        for n in range(1, 13)
    ]
    other = reported(title, "2026-06-02", affair="x", origins=2)

    assert days(of, other, *archive) == (["2026-06-02"] if found else []) + ["2026-07-04"]


@pytest.mark.parametrize(
    ("told_as", "found"),
    [
        pytest.param("Halden hired a cook on 2 May 2024.", False, id="another event of that day"),
        pytest.param("Halden released Ferrow 2 on 2 May 2024.", True, id="this one"),
    ],
)
def test_a_row_refers_to_what_was_told_with_names_alone_by_more_than_the_company(
    told_as: str, found: bool
) -> None:
    of = reported("A court hears the cook", "2026-07-04", (told_as, on("2024-05-02")))
    other = reported("Halden Ferrow 2", "2024-05-02", about=("halden", "ferrow"))

    assert (other in drawn_on(of, other)) is found


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Northwind opens a shop as it battles Halden", id="a rival"),
        pytest.param("Northwind opens a shop, takes on Halden", id="whom it takes on"),
        pytest.param("Shops test agents without Halden", id="whom it leaves out"),
    ],
)
def test_who_is_named_beside_a_matter_is_not_whom_it_is_about(title: str) -> None:
    assert outline(reported(title, "2026-07-04", about=("halden",))).subjects == ()


def test_a_headline_is_about_whom_it_names_and_ai_in_a_companys_name_does_not_name_it() -> None:
    named = reported("Labs like Northwind", "2026-07-04", about=("northwind", "halden"))
    other = reported("AI labs meet", "2026-07-04", about=("northwind",))

    assert (outline(named).subjects, outline(other).subjects) == (("northwind",), ())


def test_a_vague_row_gives_way_to_the_story_that_tells_its_day() -> None:
    vague = (
        "In 2025 Northwind cut the startup Halden off from direct access to its models.",
        on("2025-01-01", Precision.YEAR),
    )
    of = reported("Labs warn of dependence", "2026-07-04", vague, about=("northwind",))
    cut = reported(
        "Halden loses direct access to Northwind models",
        "2025-06-03",
        about=("northwind", "halden"),
    )

    assert days(of, cut) == ["2025-06-03", "2026-07-04"]


def test_a_vague_row_stays_where_no_story_tells_the_same() -> None:
    vague = (
        "In 2025 Northwind cut the startup Halden off from direct access to its models.",
        on("2025-01-01", Precision.YEAR),
    )
    of = reported("Labs warn of dependence", "2026-07-04", vague, about=("northwind",))
    other = reported(
        "Halden hires a cook for its office", "2025-06-03", about=("northwind", "halden")
    )

    assert days(of, other) == ["2025-01-01", "2026-07-04"]


def test_a_story_that_a_row_refers_to_brings_its_own_plans() -> None:
    rule = ("The Model Act has applied to general models since 2 August 2025.", on("2025-08-02"))
    of = reported("Labs warn of dependence", "2026-07-04", rule, about=("act",))
    applies = reported(
        "Model Act applies to general models from today",
        "2025-08-02",
        ("Enforcement begins on 2 August 2026.", on("2026-08-02")),
        about=("act",),
        planned=True,
    )
    rows = story_timeline(of, drawn_on(of, applies))

    assert [(row.row.day.isoformat(), row.row.planned, row.published is of) for row in rows] == [
        ("2025-08-02", False, True),
        ("2026-07-04", False, True),
        ("2026-08-02", True, False),
    ]


def test_what_was_planned_is_past_once_a_later_story_reports() -> None:
    plan = ("Halden opens an office on 6 July 2026.", on("2026-07-06"))
    first = reported(OPENED, "2026-07-04", plan, affair="x", planned=True)
    later = reported("Halden is fined", "2026-07-09", affair="x")

    assert [row.row.planned for row in merged_rows((first, later))] == [False, False, False]
    assert [row.row.planned for row in merged_rows((first,))] == [False, True]


def test_two_stories_with_a_plan_for_one_day_give_it_once_unless_the_plans_differ() -> None:
    def plan(headline: str, text: str) -> PublishedStory:
        row = (text, on("2026-10-01"))
        return reported(headline, "2026-07-04", row, about=("act",), planned=True)

    adopted = plan("Parliament passes act", "The office will publish a template by 1 October 2026.")
    draft = plan("Office drafts template", "The final template follows by 1 October 2026.")
    fines = plan("Act brings fines", "Fines under the act begin on 1 October 2026.")

    assert len([row for row in merged_rows((adopted, draft)) if row.row.planned]) == 1
    assert len([row for row in merged_rows((adopted, fines)) if row.row.planned]) == 2


def test_several_stories_tell_one_fact_once_as_most_origins_tell_it() -> None:
    few = reported("Halden opens a second model today", "2026-07-04")
    many = reported(OPENED, "2026-07-04", origins=3)

    assert [row.published for row in merged_rows((few, many))] == [many]


def test_within_a_day_the_timeline_is_in_the_order_of_time() -> None:
    noon = reported("Halden opens its weights", "2026-06-02", affair="one")
    early = reported("Halden hires a chief", "2026-06-02", affair="one")
    at = noon.story.published - timedelta(hours=3)
    early = replace(early, story=replace(early.story, published=at))
    told_in = [
        [row.published.headline.text for row in story_timeline(one, [other])]
        for one, other in ((noon, early), (early, noon))
    ]

    assert told_in == [["Halden hires a chief", "Halden opens its weights"]] * 2


def test_a_letter_is_about_nobody_in_particular() -> None:
    letter = reported("Halden, robots and a cook", "2024-05-02", lane=Lane.LETTER)

    assert outline(letter).subjects == ()


def test_an_article_that_nobody_dated_tells_other_stories_no_day() -> None:
    of = reported(OPENED, "2026-07-04", affair="x")

    def others_days(dated: DateOrigin) -> list[str]:
        return days(of, reported("Halden opens a door", "2026-06-04", affair="x", dated=dated))

    assert others_days(DateOrigin.FEED) == ["2026-06-04", "2026-07-04"]
    assert others_days(DateOrigin.FIRST_SEEN) == ["2026-07-04"]


def test_a_comment_or_a_question_is_no_event_for_other_stories() -> None:
    of = reported(OPENED, "2026-07-04", affair="x")

    def others_days(title: str, kind: EventKind) -> list[str]:
        other = reported(title, "2026-06-04", affair="x")
        return days(of, replace(other, story=replace(other.story, kinds=((kind, 0.9),))))

    assert others_days("Halden opens a door", EventKind.PRODUCT) == ["2026-06-04", "2026-07-04"]
    assert others_days("Halden opens a door", EventKind.OPINION) == ["2026-07-04"]
    assert others_days("Why does Halden open a door?", EventKind.PRODUCT) == ["2026-07-04"]


def test_a_bare_year_of_one_story_is_no_row_of_several() -> None:
    of = reported(
        OPENED,
        "2026-07-04",
        ("Halden was founded by Ada Holt in 2019.", on("2019-01-01", Precision.YEAR)),
    )

    assert [row.row.day.isoformat() for row in merged_rows((of,))] == ["2026-07-04"]


def test_a_long_archive_leaves_the_own_rows_and_the_most_reported_others() -> None:
    own = ("Halden plans to publish the code on 1 September 2026.", on("2026-09-01"))
    of = reported(OPENED, "2026-07-04", own, affair="x", planned=True)
    archive = [
        reported(f"Halden opens door {n}", f"2026-06-{n:02}", affair="x", origins=1 + (n == 9))
        for n in range(1, 29)
    ]
    found = days(of, *archive)

    assert len(found) <= MOST_ROWS
    assert {"2026-07-04", "2026-09-01", "2026-06-09"} <= set(found)


def test_a_row_of_another_story_is_cited_and_led_to_by_its_own_page() -> None:
    first = with_hook(reported("Halden is sued for copies", "2026-01-07", affair="x"))
    last = reported("Court hears Halden on copies", "2026-03-02", affair="x")
    page = story_page(last, SiteSettings(base_url="https://news.example"), drawn_on(last, first))

    assert [
        (
            row.other_story.url if row.other_story else None,
            [citation.url for citation in row.claim.citations],
        )
        for row in page.timeline
    ] == [
        (
            f"story/halden-is-sued-for-copies-{first.story.id}/",
            [first.story.members[0].article.url],
        ),
        (None, [last.story.members[0].article.url]),
    ]


def test_a_row_of_a_story_without_a_page_leads_to_its_source_alone() -> None:
    first = reported("Halden is sued for copies", "2026-01-07", affair="x")
    last = reported("Court hears Halden on copies", "2026-03-02", affair="x")
    page = story_page(last, SiteSettings(base_url="https://news.example"), drawn_on(last, first))

    assert [
        (row.other_story, [citation.url for citation in row.claim.citations])
        for row in page.timeline[:1]
    ] == [(None, [first.story.members[0].article.url])]


def test_rows_of_other_stories_have_the_keys_of_the_storys_own_in_its_twin() -> None:
    first = reported("Halden is sued for copies", "2026-01-07", affair="x")
    last = reported("Court hears Halden on copies", "2026-03-02", affair="x")
    twin: Any = story_json(story_page(last, SiteSettings(), drawn_on(last, first)))

    assert [sorted(row) for row in twin["timeline"]] == 2 * [
        ["claim", "date", "planned", "precision", "this_event"]
    ]
