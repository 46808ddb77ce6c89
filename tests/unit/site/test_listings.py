"""The pages of topics, roles and entities, and the pages that list them all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.domain.claim import Draft, Implication, Likelihood, TimelineRow
from aggregator.domain.dates import Precision
from aggregator.domain.prediction import Decision, Outcome, Prediction
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Lane
from aggregator.domain.story import Entity, EntityKind, PublishedStory
from aggregator.english.event_kind import EventKind
from aggregator.plugins.charts.bars import BarsChart, activity_chart
from aggregator.resources import TEMPLATES
from aggregator.site.head import Link
from aggregator.site.list_kinds import list_names
from aggregator.site.lists.entity import (
    KnownEntity,
    about_entity,
    chronicled,
    entity_pages,
    products_of,
)
from aggregator.site.lists.indexes import entities_page, topic_line, topics_page, tops
from aggregator.site.lists.line_groups import PER_PAGE, LineGroup
from aggregator.site.lists.lines import StoryLine, story_line
from aggregator.site.lists.side_lists import ListNames
from aggregator.site.lists.standing import LatestRow
from aggregator.site.lists.subject_page import (
    ListingPage,
    Product,
    role_listing,
    subject_pages,
    topic_listing,
)
from aggregator.templating.environment import renderer
from aggregator.templating.translation import IN_ENGLISH
from tests.builders import (
    NOON,
    SAMPLE_TOPICS,
    article,
    claim,
    headline,
    member,
    news_story,
    published_story,
    story,
)
from tests.memory_site import MemoryContent, site_pages

SITE = SiteSettings(base_url="https://news.example")
LAB = Entity(key="lab", name="Big Lab", kind=EntityKind.COMPANY)
RIVAL = Entity(key="rival", name="Rival", kind=EntityKind.COMPANY)
MODEL = Entity(key="m-2", name="M-2", kind=EntityKind.MODEL)
NAMES = ListNames(
    topics={"chips": "Chips", "policy": "Law and policy"},
    entities={each.key: each for each in (LAB, RIVAL, MODEL)},
)
CHIPS = topic_listing("chips", NAMES, IN_ENGLISH)


def line(
    number: int,
    *,
    at: datetime | None = None,
    topics: Sequence[str] = ("chips",),
    told_of: Sequence[str] = (),
) -> StoryLine:
    """A line of a story that was read, a day older with each number; of two sources in turn, so
    that some may lead.
    """
    first = article(f"Report {number}", key=f"s{number}", at=at or NOON - timedelta(days=number))
    of = story((member(first, name=f"Source {number}"),), score=100.0 - number)
    made = story_line(
        published_story(
            of, Draft(headline=headline(first), hook=claim(f"Sentence {number}.", first))
        ),
        "en",
    )
    return replace(made, topics=tuple(topics), entities=tuple(told_of))


def ids(page: ListingPage) -> list[str]:
    """The ids of the stories that a page lists."""
    return [line.id for group in page.groups for line in group.lines]


def test_the_best_of_a_topic_lead_and_its_other_stories_stand_by_date_below() -> None:
    lines = [line(number) for number in range(8)]
    ((path, page),) = subject_pages(CHIPS, lines, NAMES, SITE)

    assert (path, page.title, page.facts, page.topic) == (
        "topic/chips/",
        "Chips",
        "8 stories",
        "chips",
    )
    assert [lead.id for lead in page.leads] == [line.id for line in lines[:4]]
    assert ids(page) == [line.id for line in lines[4:]]
    assert [group.name for group in page.groups] == ["June 2026"]


def test_a_short_listing_shows_all_of_its_stories_with_their_summaries() -> None:
    lines = [line(number) for number in range(3)]
    ((_, page),) = subject_pages(CHIPS, lines, NAMES, SITE)

    assert [lead.id for lead in page.leads] == [line.id for line in lines]
    assert page.groups == ()


def test_a_third_story_of_a_source_leads_where_no_other_source_has_one() -> None:
    own = [replace(line(number), source="Big Lab") for number in range(3)]
    ((_, page),) = subject_pages(CHIPS, own, NAMES, SITE)
    ((_, various),) = subject_pages(CHIPS, [*own, line(4), line(5)], NAMES, SITE)

    assert [lead.id for lead in page.leads] == [each.id for each in own]
    assert own[2].id not in {lead.id for lead in various.leads}


def test_where_no_story_is_news_one_with_a_summary_leads() -> None:
    paper, question = replace(line(2), lane=Lane.PAPER), replace(line(1), lane=Lane.COMMUNITY)
    ((_, page),) = subject_pages(CHIPS, [replace(question, hook=None), paper], NAMES, SITE)

    assert ([lead.id for lead in page.leads], ids(page)) == ([paper.id], [question.id])


def test_a_paper_with_a_summary_follows_where_there_is_little_news() -> None:
    paper = replace(line(9), lane=Lane.PAPER, importance=99.0)
    few, many = [line(1), line(2)], [line(number) for number in range(4)]
    ((_, short),) = subject_pages(CHIPS, [paper, *few], NAMES, SITE)
    ((_, full),) = subject_pages(CHIPS, [paper, *many], NAMES, SITE)

    assert [lead.id for lead in short.leads] == [*(each.id for each in few), paper.id]
    assert ids(full) == [paper.id]


def test_news_of_the_last_week_leads_before_greater_news_of_the_weeks_before() -> None:
    great = [replace(line(number), importance=99.0 - number) for number in (8, 9)]
    fresh = [replace(line(0), importance=1.0), replace(line(7), importance=5.0)]
    ((_, page),) = subject_pages(CHIPS, [*great, *fresh], NAMES, SITE)

    assert [lead.id for lead in page.leads] == [each.id for each in (fresh[1], fresh[0], *great)]


def test_a_bare_headline_does_not_lead_before_a_summary_of_nearly_the_same_importance() -> None:
    bare = [
        replace(line(number), hook=None, headline_says=True, importance=9.0) for number in (1, 2, 3)
    ]
    told, last = line(4), replace(line(5), importance=-1.0)
    ((_, page),) = subject_pages(CHIPS, [*bare, told, last], NAMES, SITE)

    assert [lead.id for lead in page.leads] == [told.id, *(each.id for each in bare[:2]), last.id]


def test_many_stories_a_day_stand_under_their_days() -> None:
    ((_, page),) = subject_pages(
        CHIPS,
        [line(number, at=NOON - timedelta(hours=number)) for number in range(8)],
        NAMES,
        SITE,
    )

    assert [(group.name, group.is_day) for group in page.groups] == [("4 July 2026", True)]


def test_what_a_list_by_day_folds_stands_under_its_months() -> None:
    lines = [line(number, at=NOON - timedelta(days=number // 8)) for number in range(8 * 9)]
    ((_, page),) = subject_pages(CHIPS, lines, NAMES, SITE)

    assert [(group.name, len(group.shown), len(group.folded)) for group in page.groups] == [
        ("4 July 2026", 4, 0),
        ("3 July 2026", 8, 0),
        ("2 July 2026", 4, 0),
        ("July 2026", 0, 12),
        ("June 2026", 0, 40),
    ]


def test_a_further_page_of_a_topic_has_the_list_alone() -> None:
    lines = [
        line(number, at=NOON - timedelta(minutes=number), told_of=("lab",))
        for number in range(PER_PAGE + 6)
    ]
    first, (path, second) = subject_pages(CHIPS, lines, NAMES, SITE)

    assert path == "topic/chips/2/"
    assert (len(first[1].leads), len(ids(first[1])), len(ids(second))) == (4, PER_PAGE, 2)
    assert (second.leads, second.sides, second.parts, second.head.title) == (
        (),
        (),
        (),
        "Chips, page 2",
    )


def test_a_topic_names_the_companies_that_are_told_most_in_it_if_they_have_a_page() -> None:
    lines = [
        line(number, told_of=each)
        for number, each in enumerate((("lab", "m-2"), ("lab", "gone"), ("rival", "lab")))
    ]
    ((_, page),) = subject_pages(CHIPS, lines, NAMES, SITE)

    assert {
        side.name: [(Link(name=count.name, url=count.path), count.number) for count in side.counts]
        for side in page.sides
    } == {
        "Companies and organisations": [
            (Link(name="Big Lab", url="entity/lab/"), "3"),
            (Link(name="Rival", url="entity/rival/"), "1"),
        ],
        "Models and products": [(Link(name="M-2", url="entity/m-2/"), "1")],
    }


def test_beside_a_line_of_a_topic_stands_another_topic_of_its_story() -> None:
    lines = [*map(line, range(4)), line(5, topics=("chips", "policy"))]
    ((_, page),) = subject_pages(CHIPS, lines, NAMES, SITE)

    assert page.topics == {"policy": "Law and policy"}


def test_a_topic_without_a_story_says_what_will_stand_there() -> None:
    ((_, page),) = subject_pages(CHIPS, [], NAMES, SITE)

    assert (page.groups, page.facts, page.empty[:11]) == ((), "0 stories", "No story on")


def test_a_role_has_its_stories_with_their_topics() -> None:
    ((path, page),) = subject_pages(
        role_listing("security", IN_ENGLISH),
        [line(1), line(2, topics=("policy",))],
        NAMES,
        SITE,
    )

    assert (path, page.title, page.topic) == (
        "role/security/",
        "Enterprise and security teams",
        "",
    )
    assert [side.name for side in page.sides] == ["Topics"]


def dated(
    number: int, day: date, text: str, *, title: str = "", origins: int = 1, lane: Lane = Lane.NEWS
) -> PublishedStory:
    """A story about the lab with a dated row."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    articles = [
        article(title or f"Big Lab {text}", key=f"d{number}{place}", at=at)
        for place in range(origins)
    ]
    of = story([member(report, name=f"Source {number}", lane=lane) for report in articles])
    row = TimelineRow(
        day=day,
        precision=Precision.DAY,
        planned=False,
        this_event=True,
        claim=claim(text, articles[0]),
    )
    draft = Draft(headline=headline(articles[0]), hook=claim(text, articles[0]), timeline=(row,))
    return published_story(replace(of, entities=(LAB,)), draft)


def test_an_entity_says_what_it_is_and_has_a_timeline_from_the_archive() -> None:
    archive = [
        dated(2, date(2026, 5, 2), "opened an office in Lisbon."),
        dated(1, date(2025, 3, 1), "hired a chief scientist."),
    ]
    lines = [story_line(story, "en") for story in archive]
    known = KnownEntity(names=("BigLab", "BL Research"), maker="rival")
    ((path, page),) = entity_pages(LAB, lines, archive, known, names=NAMES, site=SITE)

    assert (path, page.kind, page.also, page.maker) == (
        "entity/lab/",
        "Company or organisation",
        ("BL Research",),
        Link(name="Rival", url="entity/rival/"),
    )
    assert [
        (row.name, row.claim.text, row.other_story.url if row.other_story else "")
        for row in page.timeline
    ] == [
        ("2 May 2026", "opened an office in Lisbon.", lines[0].path),
        ("1 March 2025", "hired a chief scientist.", lines[1].path),
    ]
    assert "Also appears with" not in [side.name for side in page.sides]  # with itself alone
    assert [note.citation.number for note in page.citations] == [1, 2]
    assert all(row.claim.citations for row in page.timeline)


def test_a_plan_whose_outcome_is_recorded_says_it_with_what_decided_it() -> None:
    archive = [
        dated(1, date(2026, 5, 2), "will open an office in Lisbon."),
        dated(2, date(2026, 5, 3), "will hire a chief scientist."),
    ]
    row = archive[0].analysis.kept.timeline[0]
    implication = Implication(
        claim=row.claim, horizon=row.day, likelihood=Likelihood.PLANNED, sign="It opened."
    )
    kept = Decision(outcome=Outcome.CAME_TRUE, at=NOON, url="https://lab.example/lisbon")
    predicted = Prediction(id="p", story_id="s", noted=NOON, implication=implication, decision=kept)
    other_day = replace(predicted, implication=replace(implication, horizon=date(2026, 9, 1)))
    pages = [
        entity_pages(
            LAB,
            [story_line(story, "en") for story in archive],
            [
                replace(archive[0], story=replace(archive[0].story, predictions=(one,))),
                archive[1],
            ],
            KnownEntity(),
            names=NAMES,
            site=SITE,
        )[0][1]
        for one in (predicted, other_day)
    ]

    assert [[(row.outcome, row.evidence) for row in page.timeline] for page in pages] == [
        [("", ""), ("came true", "https://lab.example/lisbon")],
        [("", ""), ("", "")],
    ]


def test_one_dated_fact_is_no_timeline() -> None:
    fact = dated(1, date(2025, 3, 1), "hired a chief scientist.")
    ((_, page),) = entity_pages(
        LAB, [story_line(fact, "en")], [fact], KnownEntity(), names=NAMES, site=SITE
    )

    assert (page.timeline, page.citations) == ((), ())


def test_of_too_many_dated_facts_the_best_attested_and_then_the_newest_stay() -> None:
    known_well = dated(99, date(2020, 1, 1), "was founded in a garage.", origins=3)
    verbs = (
        "opened closed bought sold hired fined sued praised moved merged split named tested shipped"
    ).split()
    others = [
        dated(n, date(2026, 1, 1) + timedelta(days=n), f"{verb} the {verb} thing.")
        for n, verb in enumerate(verbs)
    ]
    lines = [story_line(story, "en") for story in (known_well, *others)]
    ((_, page),) = entity_pages(
        LAB, lines, [*others, known_well], KnownEntity(), names=NAMES, site=SITE
    )

    assert [row.day for row in page.timeline] == [
        *(f"2026-01-{day:02}" for day in range(14, 3, -1)),
        "2020-01-01",
    ]


def test_the_timeline_is_made_first_of_stories_whose_headline_is_about_the_entity() -> None:
    day = date(2026, 5, 2)
    about, great, seen = (dated(n, day, f"did {n}.") for n in (1, 2, 3))
    passing = dated(4, day, "sued.", title="Rival is sued")
    letter = dated(5, day, "listed.", lane=Lane.LETTER)
    lines = [story_line(story, "en") for story in (about, great, seen, passing, letter)]
    lines[1] = replace(lines[1], importance=3.0)
    lines[2] = replace(lines[2], importance=9.0, is_dated=False)

    assert chronicled(LAB, lines) == tuple(one.story.id for one in (great, about, seen, passing))


def test_of_other_stories_the_timeline_has_the_dates_that_name_the_entity() -> None:
    archive = [
        dated(1, date(2026, 5, 2), "opened an office."),
        dated(2, date(2026, 6, 2), "Big Lab is sued by Rival.", title="Rival goes to court"),
        dated(3, date(2026, 7, 2), "hired a judge.", title="Rival hires"),
    ]
    lines = [story_line(story, "en") for story in archive]
    ((_, page),) = entity_pages(LAB, lines, archive, KnownEntity(), names=NAMES, site=SITE)

    assert [row.day for row in page.timeline] == ["2026-06-02", "2026-05-02"]


def test_the_timeline_of_a_model_has_no_date_that_names_only_another_model() -> None:
    heron = Entity(key="heron-3", name="Heron 3", kind=EntityKind.MODEL)
    archive = [
        replace(told, story=replace(told.story, entities=(MODEL, heron)))
        for told in (
            dated(number, date(2026, number, 2), text, title="Heron 3 beats M-2")
            for number, text in enumerate(
                ("The institute published Heron 3.", "Heron 3 beat M-2.", "It was measured."), 1
            )
        )
    ]
    lines = [story_line(told, "en") for told in archive]
    ((_, page),) = entity_pages(MODEL, lines, archive, KnownEntity(), names=NAMES, site=SITE)

    assert [row.day for row in page.timeline] == ["2026-03-02", "2026-02-02"]


@pytest.mark.parametrize(
    ("reported", "found"),
    [
        pytest.param(("m-2",), True, id="by the headline of an article"),
        pytest.param((), False, id="by mentions alone"),
    ],
)
def test_a_story_is_about_a_thing_that_only_its_articles_name_in_the_headline(
    reported: tuple[str, ...], found: bool
) -> None:
    of = replace(line(1, told_of=("m-2", "lab")), reported=reported)

    assert about_entity(MODEL, [of], KnownEntity()) == ((of,) if found else ())


@pytest.mark.parametrize(
    ("lane", "source", "found"),
    [
        pytest.param(Lane.LAB, "Big Lab Newsroom", True, id="its own source"),
        pytest.param(Lane.NEWS, "Big Lab Watch", False, id="a newspaper with its name"),
        pytest.param(Lane.LAB, "Rival", False, id="another company"),
    ],
)
def test_what_the_source_of_an_entity_announces_is_about_it(
    lane: Lane, source: str, found: bool
) -> None:
    of = replace(line(1, told_of=("lab",)), lane=lane, source=source)

    assert about_entity(LAB, [of], KnownEntity()) == ((of,) if found else ())


def test_stories_about_an_entity_lead_its_page_before_those_that_mention_it() -> None:
    mention = [line(number, told_of=("lab",)) for number in range(7)]
    about = story_line(dated(1, date(2026, 5, 2), "opened."), "en")
    ((_, page),) = entity_pages(LAB, [*mention, about], [], KnownEntity(), names=NAMES, site=SITE)

    assert about.score < mention[0].score
    assert [lead.id for lead in page.leads] == [about.id, *(other.id for other in mention[:3])]


def test_a_release_by_its_own_name_leads_the_page_of_its_maker() -> None:
    mention = [line(number, told_of=("lab",)) for number in range(3)]
    made = story_line(dated(40, date(2026, 6, 1), "is out.", title="Introducing M-2"), "en")
    ((_, page),) = entity_pages(
        LAB,
        [*mention, replace(made, subject="M-2")],
        [],
        KnownEntity(makes=("M-2",)),
        names=NAMES,
        site=SITE,
    )

    assert page.leads[0].headline == "Introducing M-2"


def test_of_money_a_company_has_the_largest_sum_of_a_year_at_a_glance() -> None:
    def deal(number: int, headline: str, days: int) -> StoryLine:
        return replace(
            line(number, at=NOON - timedelta(days=days), told_of=("lab",)),
            headline=headline,
            kind=EventKind.FUNDING,
            is_kind_sure=True,
        )

    grant = deal(1, "Big Lab commits $10 million to research", 1)
    series = deal(2, "Big Lab raises $65B at $965B valuation", 250)
    old = deal(3, "Big Lab raises $80B", 400)
    ((_, page),) = entity_pages(
        LAB, [grant, series, old], (), KnownEntity(), names=NAMES, site=SITE
    )
    ((_, topic),) = subject_pages(CHIPS, [grant, series, old], NAMES, SITE)

    assert [row.story for row in page.latest] == [series.id]
    assert [row.story for row in topic.latest] == [grant.id]


def test_a_release_without_a_page_of_its_name_is_among_what_a_company_makes() -> None:
    released = replace(
        line(1, told_of=("lab",)),
        subject="M 5",
        kind=EventKind.MODEL_RELEASE,
        is_kind_sure=True,
    )
    feature = replace(released, id="feature", subject="M 6", kind=EventKind.PRODUCT)
    of_rival = replace(released, id="rival", subject="N 7")
    known = KnownEntity(makes=("M",))
    ((_, page),) = entity_pages(
        LAB, [released, feature, of_rival], (), known, names=NAMES, site=SITE
    )

    assert page.products == (Product(name="M 5", path=released.path),)


def test_the_lead_is_of_the_latest_span_and_the_others_follow_newest_first() -> None:
    news = [replace(line(number), importance=number) for number in (20, 22, 24)]
    paper = replace(line(0), lane=Lane.PAPER)
    ((_, page),) = subject_pages(CHIPS, [*news, paper], NAMES, SITE)

    assert [lead.id for lead in page.leads] == [paper.id, *(each.id for each in news)]


def test_where_a_week_has_no_lead_a_greater_story_of_a_month_waits_for_that_of_two_weeks() -> None:
    great, recent = (replace(line(number), importance=float(number)) for number in (25, 9))
    last = replace(line(0), hook=None)
    ((_, page),) = subject_pages(CHIPS, [great, recent, last], NAMES, SITE)

    assert [lead.id for lead in page.leads] == [recent.id, great.id]


def test_of_a_long_list_the_newest_are_in_view_and_the_others_fold_by_month_and_year() -> None:
    ages = (*range(30), *(40 + day for day in range(0, 300, 10)), 500, 510)
    lines = [line(number, at=NOON - timedelta(days=age)) for number, age in enumerate(ages)]
    ((_, page),) = subject_pages(CHIPS, lines, NAMES, SITE)
    listed = sum(len(group.shown) + len(group.folded) for group in page.groups)

    assert [(g.name, len(g.shown), len(g.folded), g.is_year) for g in page.groups[:2]] == [
        ("June 2026", 16, 10, False),
        ("May 2026", 0, 3, False),
    ]
    assert [(g.name, len(g.shown), g.is_year) for g in page.groups[-2:]] == [
        ("August 2025", 0, False),
        ("Earlier in 2025", 0, True),
    ]
    assert listed + len(page.leads) == len(lines)


def test_what_stands_at_a_glance_does_not_lead_too() -> None:
    raised = replace(line(0), kind=EventKind.FUNDING, is_kind_sure=True)
    others = [line(number) for number in range(1, 8)]
    ((_, page),) = subject_pages(CHIPS, [raised, *others], NAMES, SITE)

    assert [row.story for row in page.latest] == [raised.id]
    assert raised.id not in {lead.id for lead in page.leads}


def test_news_of_the_last_month_leads_before_better_news_of_the_months_before() -> None:
    better = [replace(line(number), importance=99.0) for number in range(40, 43)]
    fresh = line(0)
    ((_, page),) = subject_pages(CHIPS, [*better, fresh, line(50), line(51)], NAMES, SITE)

    assert [lead.id for lead in page.leads] == [fresh.id, *(lead.id for lead in better)]


def test_an_entity_page_says_how_things_stand_with_day_and_source() -> None:
    raised, older, passing, unsure, stale = (
        replace(line(number, told_of=("lab",)), headline=headline, kind=kind, is_kind_sure=is_sure)
        for number, headline, kind, is_sure in (
            (2, "Big Lab raises more", EventKind.FUNDING, True),
            (3, "Big Lab raises", EventKind.FUNDING, True),
            (1, "Rival raises", EventKind.FUNDING, True),
            (0, "Big Lab opens an office", EventKind.FUNDING, False),
            (121, "Big Lab releases a model", EventKind.MODEL_RELEASE, True),
        )
    )
    price = LatestRow(
        name="Price, per month", text="$20", lang="", path="", url="https://daily.example/price",
        source="The Daily", day="1 May 2026", machine="2026-05-01",
    )  # fmt: skip
    priced = replace(KnownEntity(), stated=(price,))
    ((_, page),) = entity_pages(
        LAB, [older, raised, passing, unsure, stale], [], priced, names=NAMES, site=SITE
    )

    assert [(row.name, row.text, row.path or row.url, row.source) for row in page.latest] == [
        ("Money", "Big Lab raises more", raised.path, raised.source),
        ("Price, per month", "$20", "https://daily.example/price", "The Daily"),
    ]


def test_a_great_story_of_long_ago_does_not_lead_a_list_with_newer_ones() -> None:
    great = replace(line(130), importance=99.0)
    others = [line(number) for number in range(8)]
    ((_, page),) = subject_pages(CHIPS, [great, *others], NAMES, SITE)
    ((_, old),) = subject_pages(
        CHIPS, [great, *(replace(other, hook=None) for other in others)], NAMES, SITE
    )

    ((_, few),) = subject_pages(CHIPS, [great, *others[:2]], NAMES, SITE)

    assert great.id not in [lead.id for lead in page.leads]
    assert [lead.id for lead in old.leads] == [great.id]
    assert [lead.id for lead in few.leads] == [other.id for other in others[:2]]


def listed(
    *entities: Entity, kept: Collection[str] = (), stated: Collection[str] = ()
) -> ListNames:
    topics = {"chips": "Chips", "policy": "Law"}
    counts = {"topic": {"chips": 1}, "role": {"security": 2}}
    return list_names(entities, topics, counts.__getitem__, kept=kept, stated=stated)


def test_lists_get_a_page_with_a_story_and_names_with_three_or_what_a_catalogue_states() -> None:
    assert listed(RIVAL, LAB, LAB, MODEL, LAB) == ListNames(
        topics={"chips": "Chips"}, entities={"lab": LAB}, roles=("security",)
    )
    assert listed(RIVAL, LAB, LAB, stated=["rival"]).entities == {"rival": RIVAL}


def test_a_list_that_had_a_page_keeps_it() -> None:
    kept = ["topic/policy/index.html", "role/investors/index.html", "entity/rival/index.html"]
    found = listed(RIVAL, kept=kept)

    assert found.topics == {"chips": "Chips", "policy": "Law"}
    assert set(found.roles) == {"security", "investors"}
    assert found.entities == {"rival": RIVAL}
    assert listed(LAB, kept=kept).entities == {}  # nothing names it any more


def test_every_story_is_on_the_page_of_each_of_its_topics_roles_and_entities() -> None:
    stories = [news_story(number) for number in range(40)]
    lines = [story_line(each, "en") for each in stories]
    content = MemoryContent(
        stories=stories, statuses=[], engine="extractive", topic_names=SAMPLE_TOPICS
    )
    pages = {
        page.files[0].path.removesuffix("index.html"): page.record
        for page in site_pages(content, SITE)
    }
    found = {
        path: {*ids(page), *(lead.id for lead in page.leads)}
        for path, page in pages.items()
        if isinstance(page, ListingPage)
    }
    named = Counter(entity.key for each in stories for entity in each.story.entities)
    with_a_page = {key for key, number in named.items() if number >= 3}

    for each in lines:
        paths = [*(f"topic/{key}/" for key in each.topics), *(f"role/{key}/" for key in each.roles)]
        paths += [f"entity/{key}/" for key in each.entities if key in with_a_page]
        assert [path for path in paths if each.id not in found[path]] == []
    assert {"topic/", "role/", "entity/"} <= pages.keys()
    assert pages.keys().isdisjoint({"topic/quiet/", "role/investors/"})


def test_the_list_of_topics_shows_a_story_twice_only_where_a_topic_has_no_other() -> None:
    both, second = line(1), line(2)
    lines = [
        topic_line("chips", "Chips", 2, [both, second]),
        topic_line("policy", "Law", 2, [both, second]),
        topic_line("x", "X", 1, [both]),
    ]
    (group,) = topics_page(lines, SITE).groups

    assert [[top.id for top in each.tops] for each in group.lines] == [
        [both.id],
        [second.id],
        [both.id],
    ]


def test_a_pinned_story_leads_a_list_however_old_it_is() -> None:
    pinned = replace(line(200), pinned=True)
    ((_, page),) = subject_pages(
        CHIPS, [*(line(number) for number in range(8)), pinned], NAMES, SITE
    )

    assert page.leads[0].id == pinned.id


def test_the_list_of_topics_shows_news_of_the_last_month_before_what_was_great_long_ago() -> None:
    great, fresh = replace(line(40), importance=99.0), line(0)

    assert [top.id for top in tops([great, fresh])] == [fresh.id, great.id]


def test_the_list_of_entities_is_by_kind_and_name() -> None:
    page = entities_page([(RIVAL, 2), (MODEL, 3), (LAB, 1200)], SITE)

    assert [
        (group.name, [(each.name, each.stories) for each in group.lines]) for group in page.groups
    ] == [
        ("Companies and organisations", [("Big Lab", "1,200"), ("Rival", "2")]),
        ("Models", [("M-2", "3")]),
    ]


def days(numbers: Iterable[int]) -> list[date]:
    """The days of some stories, counted back from the newest."""
    return [line(number).published.date() for number in numbers]


def test_a_long_list_of_entities_opens_with_those_in_the_most_stories() -> None:
    many = [(Entity(key=f"m-{n}", name=f"M-{n}", kind=EntityKind.MODEL), 2 + n) for n in range(36)]
    first, *others = entities_page(many, SITE).groups

    assert [line.name for line in first.lines] == [f"M-{n}" for n in range(35, 23, -1)]
    assert [len(group.lines) for group in others] == [36]
    assert len(entities_page(many[1:], SITE).groups) == 1


def test_the_chart_counts_the_weeks_up_to_the_newest_story() -> None:
    chart = activity_chart("Chips", days([0, 1, 2, 3, 9, 200]))

    assert chart is not None
    (strip,) = chart.strips
    assert [(bar.name, bar.number) for bar in strip.bars] == [
        ("22–28 June 2026", 1),
        ("29 June – 5 July 2026", 4),
    ]
    assert (" 2 weeks " in chart.description, "Chips, 5 " in chart.description) == (True, True)
    assert chart.span == "22 June 2026 – 5 July 2026"


def test_a_week_without_a_story_keeps_its_place_in_the_chart() -> None:
    chart = activity_chart("Chips", days(7 * week for week in (0, 0, 0, *range(2, 40, 2))))

    assert chart is not None
    assert [bar.number for bar in chart.strips[0].bars] == [1, 0] * 6 + [3]


def test_a_chart_of_a_part_of_the_stories_says_in_how_many_weeks_they_are() -> None:
    numbers = [*(1, 2, 3), *(8, 9), 16, 200]
    whole, cut = (activity_chart("Chips", days(numbers), is_cut=is_cut) for is_cut in (False, True))
    short = activity_chart("Chips", days(numbers[:-1]), is_cut=True)

    assert whole is not None
    assert cut is not None
    assert short is not None
    assert [chart.strips[0].sum_name for chart in (whole, cut, short)] == [
        "6 stories in 3 weeks",
        "6 stories in 3 weeks",
        "5 stories in 2 weeks",
    ]


def test_a_chart_counts_only_stories_that_a_source_dates() -> None:
    days_ago = (8, 8, 8, 8, 0)
    dated = [
        replace(line(number), published=NOON - timedelta(days=ago))
        for number, ago in enumerate(days_ago)
    ]
    first_seen = [replace(line(number), published=NOON, is_dated=False) for number in range(5, 11)]
    (_, some), (_, most) = (
        page
        for number in (5, 6)
        for page in subject_pages(CHIPS, [*dated, *first_seen[:number]], NAMES, SITE)
    )

    (part,) = some.parts
    assert isinstance(part.record, BarsChart)
    assert [bar.number for bar in part.record.strips[0].bars] == [4, 1]
    assert part.record.strips[0].sum_name == "5 dated stories"
    assert most.parts == ()


def test_a_chart_runs_to_the_newest_week_of_the_site() -> None:
    chart = activity_chart("Chips", days([7, 8, 9]), newest="2026-W28")

    assert chart is not None
    assert [bar.number for bar in chart.strips[0].bars] == [3, 0, 0]


@pytest.mark.parametrize(
    "numbers", [(), (1, 2, 9, 10), (0, 1, 2, 3, 4)], ids=["none", "too low", "one week"]
)
def test_where_a_chart_would_tell_nothing_there_is_none(numbers: tuple[int, ...]) -> None:
    assert activity_chart("Chips", days(numbers)) is None


def test_a_model_of_the_last_month_is_the_latest_release_before_a_feature() -> None:
    feature, model = (
        replace(line(number), kind=kind, is_kind_sure=True)
        for number, kind in enumerate((EventKind.PRODUCT, EventKind.MODEL_RELEASE))
    )
    ((_, page),) = subject_pages(CHIPS, [feature, model], NAMES, SITE)

    assert [row.story for row in page.latest] == [model.id]


def test_the_page_of_a_maker_links_to_what_it_makes_the_newest_in_a_headline_first() -> None:
    known = {"m-2": KnownEntity(maker="lab"), "m-3": KnownEntity(maker="lab")}
    third = Entity(key="m-3", name="M-3", kind=EntityKind.MODEL)
    made = products_of(known, (LAB, MODEL, third))
    lines = [
        replace(line(number, told_of=("lab", key)), reported=(key,))
        for number, key in enumerate(("m-3", "m-2", "rival"))
    ]
    ((_, page),) = entity_pages(
        LAB, lines, (), KnownEntity(products=made["lab"]), names=NAMES, site=SITE
    )

    assert page.products == (
        Product(name="M-3", path="entity/m-3/"),
        Product(name="M-2", path="entity/m-2/"),
    )


def test_the_pages_of_entities_are_made_from_what_the_registry_says() -> None:
    content = MemoryContent(
        stories=[dated(n, date(2026, 5, n), f"did thing {n}.") for n in (1, 2, 3)],
        statuses=[],
        engine="extractive",
        known={"lab": KnownEntity(names=("BL Research",))},
    )
    pages = {page.files[0].path: page.record for page in site_pages(content, SITE)}
    record = pages["entity/lab/index.html"]

    assert isinstance(record, ListingPage)
    assert record.also == ("BL Research",)


def test_topics_without_a_story_stand_after_the_others() -> None:
    lines = [topic_line("a", "A", 0, []), topic_line("b", "B", 1, [line(1)])]

    assert [
        (group.name, [each.name for each in group.lines])
        for group in topics_page(lines, SITE).groups
    ] == [("", ["B"]), ("No story yet", ["A"])]


def test_a_folded_list_says_how_many_stories_it_has(tmp_path: Path) -> None:
    (tmp_path / "list.html").write_text(
        '{% from "parts.html" import folding %}{{ folding(groups, "") }}'
    )
    groups = [
        LineGroup(name=str(number), lines=tuple(map(line, range(number))), unfolded=0)
        for number in (1, 2)
    ]
    html = renderer((tmp_path, TEMPLATES / "site"), "UTC", site=SITE)("list.html", groups=groups)

    assert re.findall(r'figure">(\d)<span class="hidden"> (\w+)', html) == [
        ("1", "story"),
        ("2", "stories"),
    ]
