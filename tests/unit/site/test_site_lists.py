"""The pages that list stories: order, choice, grouping and paging."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from aggregator.domain.article import Read
from aggregator.domain.claim import Audience, ClaimKind, Draft, Rejection
from aggregator.domain.operation import calibration as judging
from aggregator.domain.operation.calibration import Calibration, JudgeRates
from aggregator.domain.operation.evaluation import Outcome, Score
from aggregator.domain.operation.source_status import ListedIssue, SourceStatus
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.publishing.printed import PrintedCitation, PrintedClaim
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Lane
from aggregator.domain.story import Entity, EntityKind, PublishedStory
from aggregator.domain.wording import week_name
from aggregator.english.event_kind import EventKind
from aggregator.resources import TEMPLATES
from aggregator.site.feeds import feed
from aggregator.site.head import Link
from aggregator.site.lists.about import about_page, calibrating_text
from aggregator.site.lists.front import FrontPage, failure_groups, front_page
from aggregator.site.lists.line_groups import PER_PAGE, LineGroup, days, pages_of, places_of
from aggregator.site.lists.lines import story_line, varied
from aggregator.site.lists.sources import SourcesPage, source_line, source_pages
from aggregator.site.lists.week import ArchivePage, WeekPage, week_line
from aggregator.site.server_files import server_file
from aggregator.templating.environment import renderer
from aggregator.templating.translation import translations
from tests.builders import (
    JUDGE,
    NOON,
    article,
    claim,
    headline,
    judged_story,
    member,
    news_story,
    published_story,
    sample_standings,
    sample_stories,
    source,
    standing,
    story,
)
from tests.memory_site import MemoryContent, site_pages, story_numbers
from tests.messages import named
from tests.unit.site.makers import edition

pytestmark = pytest.mark.clock

SITE = SiteSettings()
UTC_ZONE = ZoneInfo("UTC")


def records(stories: tuple[PublishedStory, ...]) -> dict[str, object]:
    """The record of each page by the path of its first file."""
    content = MemoryContent(stories=stories, statuses=sample_standings(), engine="extractive")
    return {page.files[0].path: page.record for page in site_pages(content, SITE)}


def rendered(template: str, page: object, root: str) -> str:
    """The HTML of a page."""
    static = {"style.css": "", "icon.svg": "", "reader.js": ""}
    render = renderer(TEMPLATES / "site", "UTC", site=SiteSettings(), static=static)
    return render(template, page=page, root=root)


def front(stories: tuple[PublishedStory, ...]) -> FrontPage:
    record = records(stories)["index.html"]
    assert isinstance(record, FrontPage)
    return record


def test_where_a_headline_is_large_no_line_ends_inside_a_name_and_its_number() -> None:
    titled = [
        published_story(story((member(first),)), Draft(headline=headline(first), hook=hook))
        for number in range(4)
        for first in [article(f"Heron {number} runs on a laptop", key=f"key{number}")]
        for hook in [claim("It runs on a laptop.", first)]
    ]
    html = etree.HTML(rendered("front.html", front(tuple(titled)), ""))

    shown = html.xpath("//*[self::h2 or self::h3]/a")
    assert len(shown) > 2
    assert [link.xpath("string(.)") for link in shown] == [
        link.xpath("string(span[@class='whole'])") + " runs on a laptop" for link in shown
    ]


def short(
    number: int, *, lane: Lane = Lane.NEWS, read: bool = True, score: float = 1.0, title: str = ""
) -> PublishedStory:
    first = article(
        title or f"Report {number}", key=f"s{number}", at=NOON - timedelta(minutes=number)
    )
    hook = claim(f"Sentence {number}.", first) if read else None
    of = story((member(first, name=f"Source {number}", lane=lane),), score=score)
    return published_story(of, Draft(headline=headline(first), hook=hook))


def of_kind(published: PublishedStory, kind: EventKind, share: int) -> PublishedStory:
    """The story as a report of this kind, with its percentage."""
    return replace(published, story=replace(published.story, kinds=((kind, share / 100),)))


def test_news_of_which_only_the_headline_is_known_may_be_shown_large() -> None:
    released = short(1, read=False, score=9.0, title="Halden releases a model")
    told = of_kind(released, EventKind.MODEL_RELEASE, 90)
    unsure = short(2, read=False, score=8.0)
    shown = front((told, unsure, *(short(number) for number in range(3, 6))))
    large = [line.headline for line in (shown.lead, *shown.seconds) if line]

    assert told.headline.text in large
    assert unsure.headline.text not in large


def test_beside_the_lead_and_at_the_head_of_a_section_summaries_stand_before_bare_headlines() -> (
    None
):
    def law(number: int, score: float, *, read: bool = True) -> PublishedStory:
        title = f"Halden sues firm {number} over its model"
        return of_kind(short(number, read=read, score=score, title=title), EventKind.LAW, 90)

    told = [law(n, 7.0 - n / 10) for n in (3, 4, 5, 6)]
    shown = front((law(1, 9.0), law(2, 8.0, read=False), *told))

    assert [line.hook is not None for line in shown.seconds] == [True] * 3
    assert [line.hook is not None for line in shown.sections[0].lines] == [True, False]


def test_the_lead_says_why_it_matters_and_that_this_is_inferred() -> None:
    first = article("Halden raises prices", key="s1")
    reason = claim("Customers may leave.", first, kind=ClaimKind.INFERRED)
    draft = Draft(
        headline=headline(first),
        hook=claim("Halden raises its prices by half.", first),
        why_it_matters=(reason,),
    )
    lead = front((published_story(story((member(first),)), draft),)).lead

    assert lead is not None
    assert lead.matters == PrintedClaim(
        text="Customers may leave.",
        kind=ClaimKind.INFERRED,
        citations=(PrintedCitation(source="The Daily Model"),),
    )


def test_the_lead_says_whom_it_concerns_and_its_figures() -> None:
    first = article("Halden raises prices", key="s1")
    hook = claim("Halden raises its prices by half.", first)
    draft = Draft(
        headline=headline(first),
        hook=hook,
        figures=(claim("12B parameters", first),),
        who_should_care=(Audience(role="developers", claim=hook),),
    )
    shown = front((published_story(story((member(first),)), draft),))

    assert shown.lead is not None
    assert [figure.around_number for figure in shown.lead.figures] == [("", "12B", " parameters")]
    assert shown.roles == (Link(name="Developers", url="role/developers/"),)


def test_the_best_story_that_was_read_leads_the_front_page() -> None:
    unread, best, paper = (
        short(1, read=False, score=9),
        short(2, score=5),
        short(3, lane=Lane.PAPER, score=8),
    )
    shown = front((unread, best, paper, short(4, score=1)))

    assert shown.lead is not None
    assert shown.lead.headline == "Report 2"
    assert [line.headline for line in shown.seconds] == ["Report 4"]
    assert [(group.name, group.lines[0].headline) for group in shown.sections] == [
        ("Research", "Report 3"),
        ("Other news", "Report 1"),
    ]


@pytest.mark.parametrize("kind", [EventKind.HOW_TO, EventKind.PROMOTION, EventKind.EVENT_NOTICE])
def test_advice_promotion_and_notices_stand_nowhere_at_the_head_of_the_front_page(
    kind: EventKind,
) -> None:
    best, unsure, news = (short(number, score=9 - number) for number in range(3))
    shown = front((of_kind(best, kind, 80), of_kind(unsure, kind, 20), news))
    lines = [line for group in shown.latest for line in group.lines]
    lines += [line for section in shown.sections for line in section.lines]

    assert shown.lead is not None
    assert [line.headline for line in (shown.lead, *shown.seconds, *lines)] == [
        "Report 1",
        "Report 2",
    ]


def test_an_empty_front_page_says_so_where_every_source_that_is_on_failed() -> None:
    off = standing(replace(source("off"), enabled=False), articles=0)
    failing = [
        standing(source(key), articles=0, reason="host name not found") for key in ("a", "b")
    ]

    def none_answered(*several: SourceStatus) -> bool:
        return front_page((), {}, several, None, SITE, {}).none_answered

    assert none_answered(*failing, off)
    assert not none_answered(*failing, standing(source("c")))


def fuller(number: int, *, score: float, at: datetime = NOON) -> PublishedStory:
    """A story of two origins that says what changed."""
    first = article(f"Report {number}", key=f"s{number}", at=at - timedelta(minutes=number))
    second = article(f"Report {number} too", key=f"t{number}", at=at - timedelta(minutes=number))
    of = story((member(first, name=f"Source {number}"), member(second, name="Other")), score=score)
    changed = claim(f"Change {number}.", second)
    return published_story(
        of,
        Draft(
            headline=headline(first),
            hook=claim(f"Sentence {number}.", first),
            what_changed=(changed,),
        ),
    )


@pytest.mark.parametrize(
    ("score", "lead"),
    [
        pytest.param(4.7, "Report 2", id="near the best"),
        pytest.param(3.0, "Report 1", id="far below it"),
    ],
)
def test_of_the_best_stories_the_one_with_most_to_show_leads(score: float, lead: str) -> None:
    shown = front((short(1, score=5.0), fuller(2, score=score), short(3, score=2.0)))

    assert shown.lead is not None
    assert shown.lead.headline == lead
    assert len(shown.seconds) == 2


@pytest.mark.parametrize(
    ("days", "gives_way"),
    [pytest.param(6, True, id="of the same week"), pytest.param(8, False, id="older")],
)
def test_a_headline_alone_leads_only_where_the_week_has_nothing_that_says_more(
    days: int, gives_way: bool
) -> None:
    released = short(1, read=False, score=9.0, title="Halden releases a model")
    told = fuller(2, score=3.0, at=NOON - timedelta(days=days))

    shown = front((of_kind(released, EventKind.MODEL_RELEASE, 90), told))

    order = ("Report 2", "Halden releases a model")
    assert [line.headline for line in (shown.lead, *shown.seconds) if line] == [
        *(order if gives_way else reversed(order))
    ]


def test_no_story_stands_on_the_front_page_twice() -> None:
    shown = front(tuple(short(number, score=number / 50) for number in range(100)))
    lines = [line for group in shown.latest for line in group.lines]
    lines += [line for section in shown.sections for line in section.lines]
    ids = [line.id for line in (*shown.seconds, *lines)]

    assert shown.lead is not None
    assert shown.lead.id not in ids
    assert len(ids) == len(set(ids)) == 3 + 12 + 5


def test_a_source_that_publishes_by_the_dozen_leaves_room_on_the_front_page() -> None:
    flood = [story((member(article(f"Post {n}", key="flood"), name="Flood"),)) for n in range(30)]
    shown = front(
        (*(published_story(one) for one in flood), *(short(number) for number in range(20)))
    )

    assert sum(line.source == "Flood" for group in shown.latest for line in group.lines) == 4


def test_the_front_page_has_no_news_of_months_ago_beside_that_of_today() -> None:
    def weeks_old(number: int) -> PublishedStory:
        first = article(f"Report {number}", key=f"s{number}", at=NOON - timedelta(weeks=number))
        hook = claim(f"Sentence {number}.", first)
        of = story((member(first, name=f"Source {number}"),), score=number)
        return published_story(of, Draft(headline=headline(first), hook=hook))

    shown = front(tuple(weeks_old(number) for number in range(9)))

    assert shown.lead is not None
    assert [line.headline for line in (shown.lead, *shown.seconds)] == [
        f"Report {number}" for number in (4, 3, 2, 1)
    ]


def test_the_latest_are_of_the_last_week() -> None:
    def days_old(number: int) -> PublishedStory:
        first = article(f"Report {number}", key=f"s{number}", at=NOON - timedelta(days=number))
        return published_story(story((member(first, name=f"Source {number}"),)))

    shown = front(tuple(days_old(number) for number in range(12)))
    latest = [line.headline for group in shown.latest for line in group.lines]

    assert latest == [f"Report {number}" for number in range(3, 8)]


@pytest.mark.parametrize(("fresh", "lines"), [(3, 3), (4, 5)], ids=["quiet", "busy"])
def test_a_quiet_day_is_short(fresh: int, lines: int) -> None:
    new = [short(number, score=99) for number in range(fresh)]
    old = [fuller(number, score=1.0, at=NOON - timedelta(days=number)) for number in range(5, 20)]
    shown = front((*new, *old))

    assert [len(section.lines) for section in shown.sections] == [lines]


@pytest.mark.parametrize(
    ("days", "quiet"),
    [
        ((0, 0), "No new stories since 4 July."),
        ((0, 1), "Few new stories since 3 July."),
        ((0, 0, 0, 0), ""),
    ],
)
def test_a_day_with_little_news_says_so(days: tuple[int, ...], quiet: str) -> None:
    new = (fuller(n, score=1.0, at=NOON - timedelta(days=day)) for n, day in enumerate(days))

    assert front(tuple(new)).quiet == quiet


def test_the_newest_week_is_not_said_to_be_the_present_one() -> None:
    html = rendered("front.html", front((short(1),)), "")

    assert ("The latest week: " in html, "This week so far" in html) == (True, False)


def test_the_picture_of_the_lead_has_the_figure_of_its_headline_and_whom_it_is_about() -> None:
    first = article("Northwind raises $350 mn in a third round", key="s1")
    of = replace(
        story((member(first),)),
        entities=(
            Entity(key="acme", name="Acme", kind=EntityKind.COMPANY),
            Entity(key="northwind", name="Northwind", kind=EntityKind.COMPANY),
        ),
    )
    hook = claim("Northwind raises $350 mn in a third round.", first)
    shown = front((published_story(of, Draft(headline=headline(first), hook=hook)),))

    assert shown.art is not None
    assert (shown.art.large, shown.art.small, shown.art.name) == ("$350", "million", "Northwind")


def test_the_order_of_the_stories_given_does_not_matter() -> None:
    stories = tuple(news_story(number) for number in range(60))

    assert records(stories) == records(tuple(reversed(stories)))


def test_one_source_founds_at_most_two_of_the_leads() -> None:
    lines = [story_line(short(number), "en") for number in range(5)]
    one = [replace(line, source="One") for line in lines[:4]]

    assert [line.id for line in varied([*one, lines[4]], 4)] == [one[0].id, one[1].id, lines[4].id]


def test_the_front_page_without_a_story_tells_each_failure_once() -> None:
    reasons = ["no network", "timed out", "no network"]
    statuses = [
        standing(source(f"s{n}", f"Source {n}"), reason=reason) for n, reason in enumerate(reasons)
    ]

    assert [(group.count, group.reason, group.names) for group in failure_groups(statuses)] == [
        ("2 sources", "no network", ("Source 0", "Source 2")),
        ("1 source", "timed out", ("Source 1",)),
    ]


def test_without_a_story_every_page_of_the_menu_is_there() -> None:
    assert {
        "week/index.html",
        "archive/index.html",
        "source/index.html",
        "about/index.html",
        "index.html",
    } <= records(()).keys()


def test_the_newest_week_has_two_addresses_and_a_past_one_stands_in_the_archive() -> None:
    pages = records(sample_stories())
    current, dated, past = (
        pages[f"week/{week}index.html"] for week in ("", "2026-W27/", "2026-W26/")
    )

    assert isinstance(dated, WeekPage)
    assert isinstance(past, WeekPage)
    assert current == dated
    assert (dated.head.place, past.head.place) == ("week", "archive")


def test_what_follows_the_leads_of_a_week_stands_in_sections() -> None:
    stories = [short(number, score=30.0 - number) for number in range(10)]
    law = short(20)
    law = replace(law, story=replace(law.story, section=NewsSection.LAW))
    week = records((*stories, law))["week/2026-W27/index.html"]
    assert isinstance(week, WeekPage)

    assert [(group.name, len(group.lines)) for group in week.sections] == [
        ("Law and policy", 1),
        ("Other news", 5),
    ]


def test_the_draft_of_a_week_leads_with_what_its_edition_will() -> None:
    opinion = of_kind(short(0, score=99.0), EventKind.OPINION, 90)
    stories = (opinion, *(short(number, score=30.0 - number) for number in range(1, 10)))
    week = records(stories)["week/2026-W27/index.html"]
    assert isinstance(week, WeekPage)

    assert [line.id for line in week.leads] == [story.id for story in edition(stories).leads]
    assert opinion.story.id not in {line.id for line in week.leads}


def test_what_a_week_has_beyond_its_sections_folds_by_section() -> None:
    stories = tuple(short(number, score=90.0 - number) for number in range(40))
    week = records(stories)["week/2026-W27/index.html"]
    assert isinstance(week, WeekPage)
    page = etree.HTML(rendered("week.html", page=week, root="../../"))
    links = page.xpath("//section[@class='all']//details/ul/li//a/@href")

    assert [(group.name, len(group.shown)) for group in week.groups] == [("Other news", 0)]
    assert links == [f"../../{line.path}" for line in week.groups[0].lines]
    assert len(week.leads) + len(week.sections[0].lines) + len(links) == len(stories)


def test_stories_of_a_week_that_say_no_more_than_their_headline_are_lines_of_a_list() -> None:
    told, bare = (
        of_kind(short(number, read=read, title=f"Halden sues firm {number}"), EventKind.LAW, 90)
        for number, read in ((1, True), (2, False))
    )
    week = records((told, bare))["week/2026-W27/index.html"]
    page = etree.HTML(rendered("week.html", page=week, root="../../"))

    assert page.xpath("//section[@class='leads']/article/h3/a/text()") == [told.headline.text]
    assert page.xpath("//section[@class='leads']/ul/li//a/text()") == [bare.headline.text]


def test_the_newest_week_is_a_draft_and_no_other() -> None:
    pages = records(sample_stories())
    newest, past = pages["week/2026-W27/index.html"], pages["week/2026-W26/index.html"]

    assert isinstance(newest, WeekPage)
    assert isinstance(past, WeekPage)
    assert (newest.is_draft, past.is_draft) == (True, False)


def test_the_recap_tells_each_story_of_the_week_once() -> None:
    pages = records(tuple(news_story(number) for number in range(700)))
    weeks = [record for path, record in pages.items() if path.startswith("week/2026-W27/")]
    told_ids = [
        line.id
        for week in weeks
        if isinstance(week, WeekPage)
        for line in (
            *week.leads,
            *(line for group in week.sections for line in group.lines),
            *(line for group in week.groups for line in group.lines),
        )
    ]
    stories = [
        each
        for each in (news_story(number) for number in range(700))
        if each.story.week == "2026-W27"
    ]

    assert sorted(told_ids) == sorted(each.story.id for each in stories)


def test_a_long_list_is_split_and_its_headings_go_on() -> None:
    lines = tuple(story_line(short(number), "en") for number in range(PER_PAGE + 10))
    pages = pages_of(
        (LineGroup(name="First", lines=lines[:-20]), LineGroup(name="Second", lines=lines[-20:])),
        "source/x/",
    )

    assert [
        (path, [(group.name, len(group.lines)) for group in groups]) for path, groups, _ in pages
    ] == [
        ("source/x/", [("First", PER_PAGE - 10), ("Second", 10)]),
        ("source/x/2/", [("Second", 10)]),
    ]
    assert [(pager.newer, pager.older) for _, _, pager in pages] == [
        ("", "source/x/2/"),
        ("source/x/", ""),
    ]


def test_a_heading_that_goes_on_is_found_where_it_begins_with_all_its_lines() -> None:
    lines = tuple(story_line(short(number), "en") for number in range(PER_PAGE + 10))
    pages = pages_of(
        (
            LineGroup(name="4 July 2026", lines=lines[:-20]),
            LineGroup(name="Papers", lines=lines[-20:]),
        ),
        "week/x/",
    )

    assert [(place.name, place.path, place.anchor, place.lines) for place in places_of(pages)] == [
        ("4 July 2026", "week/x/", "4-july-2026", f"{PER_PAGE - 10}"),
        ("Papers", "week/x/", "papers", "20"),
    ]


def test_times_stand_beside_the_lines_of_a_day_alone() -> None:
    week = records((short(1), *(short(number, lane=Lane.PAPER) for number in range(2, 300))))[
        "week/2026-W27/index.html"
    ]

    assert isinstance(week, WeekPage)
    assert [(group.name, group.is_day) for group in week.groups] == [("Papers", False)]
    assert [group.is_day for group in days((story_line(short(1), "en"),), UTC_ZONE)] == [True]


def test_a_week_of_which_nothing_was_read_is_told_by_its_best_headline() -> None:
    best = story_line(short(1, read=False, score=2.0), "en")

    assert week_line("2026-W27", [story_line(short(2, read=False), "en"), best]).top == best


def test_days_are_those_of_the_site_s_zone() -> None:
    late = replace(story_line(short(1), "en"), published=NOON.replace(hour=23))

    assert [group.name for group in days([late], ZoneInfo("Asia/Tokyo"))] == ["5 July 2026"]


def test_a_day_given_without_a_time_is_the_same_day_in_every_zone() -> None:
    dated = replace(story_line(short(1), "en"), published=NOON.replace(hour=0))

    assert [group.name for group in days([dated], ZoneInfo("America/New_York"))] == ["4 July 2026"]


def test_what_no_source_dates_comes_last_of_its_day_under_a_heading_that_says_so() -> None:
    dated, other = (story_line(short(number), "en") for number in (1, 2))
    undated = replace(dated, id="u", is_dated=False, published=dated.published + timedelta(hours=1))
    groups = days((undated, dated, replace(other, published=dated.published)), UTC_ZONE)

    assert [(group.name, len(group.lines), group.is_timed) for group in groups] == [
        ("4 July 2026", 2, True),
        ("First seen on 4 July 2026", 1, False),
    ]


@pytest.mark.parametrize(
    ("week", "name"),
    [
        pytest.param("2026-W28", "6–12 July 2026", id="one month"),
        pytest.param("2026-W27", "29 June – 5 July 2026", id="two months"),
        pytest.param("2026-W53", "28 December 2026 – 3 January 2027", id="two years"),
    ],
)
def test_a_week_is_named_by_its_days(week: str, name: str) -> None:
    assert week_name(week) == name


def test_the_archive_counts_stories_and_origins_of_each_week() -> None:
    archive = records(sample_stories(0))["archive/index.html"]

    assert isinstance(archive, ArchivePage)
    assert [
        (line.week, line.stories, line.origins) for year in archive.years for line in year.weeks
    ] == [("2026-W27", "3 stories", "5 sources")]


@pytest.mark.parametrize(("engine", "extractive"), [("extractive", True), ("ollama", False)])
def test_the_page_about_the_site_tells_whether_a_model_writes(
    engine: str, extractive: bool
) -> None:
    stories = (published_story(rejected=((Rejection.NAME, 1),)), short(1))
    shown = about_page(story_numbers(stories), engine, [standing()] * 75, 3, SITE)

    assert (shown.extractive, shown.stories, shown.kept, shown.rejected) == (
        extractive, "2 stories and follows 75 sources", "3 sentences", "1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("engine", "stories", "infers"),
    [
        pytest.param("extractive", (short(1),), False, id="rules alone"),
        pytest.param("extractive", (judged_story(),), True, id="a model did before"),
        pytest.param("ollama", (short(1),), True, id="a model does"),
    ],
)
def test_the_page_about_the_site_explains_inferences_only_where_a_model_infers(
    engine: str, stories: tuple[PublishedStory, ...], infers: bool
) -> None:
    page = about_page(story_numbers(stories), engine, [], 3, SITE)

    assert ("inference" in rendered("about.html", page, "../")) == infers


def test_the_page_about_the_site_names_the_judge_with_its_rates_where_there_is_one() -> None:
    def about(judge: JudgeRates | None) -> str:
        page = about_page(story_numbers((judged_story(),)), "ollama", [], 3, SiteSettings(), judge)
        return rendered("about.html", page, "../")

    judged, bare = about(JUDGE), about(None)

    assert "(<strong>guardian:8b</strong>) rates how likely" in judged
    assert ("4 in 100 false" in judged, "rejects 12" in judged) == (True, True)
    assert "guardian:8b" not in bare


def test_the_page_about_the_site_says_when_sentences_of_a_model_will_be_printed() -> None:
    begun = Calibration(
        model="guardian:8b", digest="d", prompts="p", labelled="l",
        made=datetime(2026, 12, 2, tzinfo=UTC),
        outcomes=(judging.Outcome(story="a", is_true=True, score=0.9),) * 90, left=455, pace=200,
    )  # fmt: skip

    assert calibrating_text(None, translations("en")) == ""
    assert calibrating_text(begun, translations("en")) == (
        "The judging model guardian:8b is being tested: 90 of at most 545 claims are done."
        " Sentences written by a model are printed once the test ends, after at most 3 more"
        " updates of the site."
    )


def test_the_page_about_the_site_says_what_its_model_scored_where_that_is_to_be_shown() -> None:
    outcome = Outcome(facts_written=60, facts_reported=70, false=("plant: negation: It is not.",))
    score = Score(
        engine="ollama", model="good:4b", digest="m", prompts="p", judge="guardian:8b", cases="c",
        stories=12, form="whole", calls=24, unusable=0, proposed=90, refused=9, judged_false=2,
        facts=91, falsehoods=72, sections=96, anchors=outcome, printed=outcome, read_tokens=1,
        written_tokens=1, judged_tokens=1, seconds=1.0,
    )  # fmt: skip
    numbers = story_numbers((judged_story(),))

    shown = about_page(numbers, "ollama", [], 3, SITE, JUDGE, score).score
    assert named(shown) == ["12", "good:4b", "60", "91", "70", "1", "72"]
    assert about_page(numbers, "ollama", [], 3, SITE, JUDGE).score == ""


def test_years_long_past_have_a_page_of_their_own_in_the_archive() -> None:
    def of(year: int) -> PublishedStory:
        return published_story(
            story((member(article(f"Report {year}", at=NOON.replace(year=year))),))
        )

    pages = {
        path: page
        for path, page in records(tuple(of(year) for year in range(2022, 2027))).items()
        if "archive" in path
    }

    assert {
        path: [year.year for year in page.years]
        for path, page in pages.items()
        if isinstance(page, ArchivePage)
    } == {
        "archive/index.html": [2026, 2025],
        "archive/2024/index.html": [2024],
        "archive/2023/index.html": [2023],
        "archive/2022/index.html": [2022],
    }
    assert [page.is_one_year for page in pages.values() if isinstance(page, ArchivePage)] == [
        False,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize(("weeks", "folded"), [(12, [False, False]), (13, [False, True])])
def test_after_a_year_with_many_weeks_the_year_before_folds(weeks: int, folded: list[bool]) -> None:
    dated = [NOON - timedelta(weeks=week) for week in range(weeks)] + [NOON.replace(year=2025)]
    told = tuple(published_story(story((member(article(f"Report {at}", at=at)),))) for at in dated)
    page = records(told)["archive/index.html"]
    assert isinstance(page, ArchivePage)

    assert [year.is_folded for year in page.years] == folded


def test_the_page_of_a_newsletter_shows_its_newest_issues_and_folds_the_others() -> None:
    issues = tuple(
        ListedIssue(title=f"Issue {number}", url="", published=NOON) for number in range(12)
    )
    line = source_line(replace(standing(), issues=issues), 0)
    ((_, record),) = source_pages(line, (), SITE)
    page = etree.HTML(rendered("source.html", page=record, root="../../"))

    assert page.xpath("//section/ul[@class='origins']/li/p[@class='piece']/text()") == [
        f"Issue {number}" for number in range(8)
    ]
    assert page.xpath("//details/ul[@class='origins']/li/p[@class='piece']/text()") == [
        f"Issue {number}" for number in range(8, 12)
    ]


def test_the_table_of_sources_has_days_of_one_length() -> None:
    page = records((*sample_stories(3), short(77)))["source/index.html"]
    html = etree.HTML(rendered("sources.html", page, "../"))

    days = html.xpath("//td/time/text()")
    assert days
    assert {len(day) for day in days} == {len("2026-07-04")}


def test_a_source_that_left_the_configuration_keeps_its_page() -> None:
    pages = records((short(77),))
    listed = pages["source/index.html"]

    assert isinstance(listed, SourcesPage)
    assert "source/s77/index.html" in pages
    assert listed.groups[-1][0] == "No longer followed"


def test_the_feed_holds_news_that_was_read_newest_first() -> None:
    stories = [short(1), short(2, read=False), short(3, lane=Lane.RELEASE), short(0)]

    assert [entry.title for entry in feed(stories, SITE).entries] == ["Report 0", "Report 1"]


@pytest.mark.parametrize(
    ("base_url", "base_path"),
    [
        ("https://a.example", "/"),
        ("https://a.example/news/ai", "/news/ai/"),
        ("http://localhost:8000", "/"),
    ],
)
def test_the_site_knows_where_it_lies_on_its_host(base_url: str, base_path: str) -> None:
    assert server_file(SiteSettings(base_url=base_url)).base_path == base_path


def test_a_story_read_only_as_a_headline_is_listed_and_does_not_lead() -> None:
    bare = article("Bare", read=Read.HEADLINE)
    line = story_line(published_story(story((member(bare),))), "en")

    assert (line.leads, line.headline) == (False, "Bare")
