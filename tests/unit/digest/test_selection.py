"""What an edition holds: its choice, what it leaves out, its citations, and hostile titles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from aggregator.digest.edition.selection import selected
from aggregator.digest.edition.sentences import bounded
from aggregator.domain.article import Article, Read
from aggregator.domain.claim import ClaimKind, Draft, TimelineRow
from aggregator.domain.dates import Precision
from aggregator.domain.publishing.edition import Edition, EditionStory
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.domain.settings import EditionSettings, SiteSettings
from aggregator.domain.source import Lane
from aggregator.domain.story import (
    Entity,
    EntityKind,
    HistoryEntry,
    HistoryKind,
    Member,
    PublishedStory,
    StoryOverrides,
)
from aggregator.english.event_kind import EventKind
from aggregator.store.publishing.editions import edition_record
from tests.builders import (
    NOON,
    article,
    claim,
    headline,
    member,
    published_story,
    sample_stories,
    story,
)
from tests.messages import named
from tests.unit.site.makers import WEEK, edition, news

pytestmark = pytest.mark.clock


def headlines(stories: Iterable[EditionStory]) -> list[str]:
    return [each.headline for each in stories]


def claims_in_order(of: Edition) -> list[PrintedClaim]:
    return [*of.opening, *(claim for story in of.stories() for claim in story.claims)]


def test_the_best_five_lead_and_the_next_follow_by_score() -> None:
    made = edition(news(number) for number in (7, 3, 1, 6, 2, 5, 4))

    assert headlines(made.leads) == ["Report 1", "Report 2", "Report 3", "Report 4", "Report 5"]
    assert headlines(made.further) == ["Report 6", "Report 7"]


def test_one_source_has_two_leads_and_three_stories_at_most() -> None:
    made = edition([*(news(number, source="Loud") for number in range(6)), news(8), news(9)])

    assert headlines(made.leads) == ["Report 0", "Report 1", "Report 8", "Report 9"]
    assert headlines(made.further) == ["Report 2"]
    (out,) = made.left_out
    assert (named(out.reason), "source" in out.reason, out.stories) == (["3"], True, 3)


def test_papers_stand_in_research_and_releases_in_tools_with_a_handful_each() -> None:
    papers = [news(number, lane=Lane.PAPER) for number in range(8)]
    releases = [news(10 + number, lane=Lane.RELEASE, source="Forge") for number in range(4)]
    made = edition([*papers, *releases, news(30)])

    assert headlines(made.leads) == ["Report 30"]
    assert [(key, headlines(stories)) for key, stories in made.sections()] == [
        ("research", [f"Report {number}" for number in range(5)]),
        ("tools", ["Report 10", "Report 11", "Report 12"]),
    ]
    assert [(out.stories, out.reason.partition(" ")[0]) for out in made.left_out] == [
        (3, "papers"),
        (1, "releases"),
    ]


def test_each_story_that_cannot_be_told_is_counted_with_its_reason() -> None:
    before = news(0)
    (first,) = before.story.members
    old = replace(first, article=replace(first.article, backlog=True))
    made = edition(
        [
            replace(before, story=replace(before.story, members=(old,))),
            news(1),
            news(2, hook=None, read=Read.HEADLINE, lane=Lane.PAPER),
            news(3, hook=None, language="de"),
            news(4, hook=None, lane=Lane.PAPER),
            news(90),
            *(news(number) for number in (5, 6)),
        ],
        most=2,
        minimum=50.0,
    )

    reasons = ("followed", "headline", "language", "sums", "importance of 50", "limit of 2")
    assert [
        [out.stories for out in made.left_out if reason in out.reason] for reason in reasons
    ] == [[1]] * len(made.left_out)


@pytest.mark.parametrize("most", [1, 4, 12, 40])
@pytest.mark.parametrize("minimum", [0.0, 3.0])
def test_told_and_left_out_add_up_to_the_stories_of_the_week(most: int, minimum: float) -> None:
    stories = sample_stories(200)
    made = edition(stories, most=most, minimum=minimum)
    looked_at = selected(stories, WEEK, {}, EditionSettings(), SiteSettings()).looked_at

    assert len(made.stories()) + sum(out.stories for out in made.left_out) == made.numbers.stories
    assert made.numbers.stories == len(looked_at) == sum(made.numbers.days)


OLD = article("Old report", key="old", at=NOON - timedelta(days=7))
BEFORE = {OLD.id: NOON - timedelta(days=4)}


def grown(*others: Member, facts: tuple[HistoryEntry, ...] = ()) -> PublishedStory:
    """A story of previous week with further members and a ledger."""
    of = story((member(OLD, name="Old"), *others), score=5.0, week="2026-W26")
    return published_story(
        replace(of, history=facts), Draft(headline=headline(OLD), hook=claim("It is old.", OLD))
    )


def fact(n: int, text: str, of: Article, at: datetime = NOON) -> HistoryEntry:
    """An entry of a ledger that cites the first paragraph of an article."""
    return HistoryEntry(
        n=n, article_id=of.id, at=at, kind=HistoryKind.ADDED, text=text, passage=f"{of.id}.1.1"
    )


def test_a_story_that_a_new_origin_took_up_is_shown_and_is_no_update_to_who_never_had_it() -> None:
    new = member(article("Old report, and more", key="new", at=NOON), name="New")
    made = edition([grown(new)])

    assert [(each.is_update, each.hook and each.hook.text) for each in made.stories()] == [
        (False, "It is old.")
    ]
    assert made.numbers.days == (0, 0, 0, 0, 0, 1, 0)


def test_copies_and_reports_of_the_same_origin_do_not_carry_a_story_into_another_week() -> None:
    same = member(article("Old report again", key="old", at=NOON), name="Old")
    copied = member(article("Old report copied", key="wire", at=NOON), name="Wire", copy_of=OLD.id)

    assert edition([grown(same, copied)]).numbers.stories == 0


def test_a_story_that_was_told_is_left_out_where_nothing_new_is_known_however_many_take_it_up() -> (
    None
):
    new = article("Old report, and more", key="new", at=NOON)
    known = fact(1, "It costs 12 million dollars.", OLD, at=NOON - timedelta(days=5))
    made = edition([grown(member(new, name="New"), facts=(known,))], before=BEFORE)

    assert made.stories() == ()
    assert [(out.stories, "earlier edition" in out.reason) for out in made.left_out] == [(1, True)]


def test_a_story_that_was_told_is_told_again_by_what_is_new_since_the_newest_first() -> None:
    new = article("Old report, and more", key="new", at=NOON)
    facts = (
        fact(1, "It costs 12 million dollars.", OLD, at=NOON - timedelta(days=5)),
        fact(2, "Halden joined on Friday.", new, at=NOON - timedelta(days=1)),
        fact(3, "It now costs 14 million dollars.", new),
    )
    (again,) = edition([grown(member(new, name="New"), facts=facts)], before=BEFORE).leads

    assert (again.is_update, again.hook and again.hook.text) == (
        True,
        "It now costs 14 million dollars.",
    )
    assert [change.text for change in again.changes] == ["Halden joined on Friday."]


def test_a_new_fact_carries_a_told_story_into_an_edition_even_without_a_new_article() -> None:
    corrected = fact(1, "It costs 14 million dollars, not 12.", OLD)

    assert [
        each.is_update for each in edition([grown(facts=(corrected,))], before=BEFORE).stories()
    ] == [True]
    assert edition([grown(facts=(corrected,))]).numbers.stories == 0


def test_what_a_source_withdrew_is_no_news_of_an_edition() -> None:
    withdrawn = replace(fact(1, "It costs 12 million dollars.", OLD), kind=HistoryKind.WITHDRAWN)

    assert edition([grown(facts=(withdrawn,))], before=BEFORE).stories() == ()


def test_a_pinned_story_leads_whatever_its_score() -> None:
    low = news(9)
    pinned = replace(low, story=replace(low.story, operator=StoryOverrides(pinned=True), score=1.0))
    made = edition([news(1), pinned], minimum=50.0)

    assert headlines(made.leads) == ["Report 9", "Report 1"]


@pytest.mark.parametrize(
    "kind", [EventKind.HOW_TO, EventKind.ROUNDUP, EventKind.EVENT_NOTICE, EventKind.SHOWCASE]
)
def test_what_is_no_news_stands_in_no_edition_however_important(kind: EventKind) -> None:
    made = edition([of_event(news(1), kind), news(2), news(3)])

    assert headlines(made.stories()) == ["Report 2", "Report 3"]
    assert [(out.stories, out.reason) for out in made.left_out] == [
        (1, "advice, promotion, a notice, a list or a showcase")
    ]


def test_what_somebody_thinks_leads_no_edition() -> None:
    made = edition([of_event(news(1), EventKind.OPINION), news(2), news(3)])

    assert headlines(made.leads) == ["Report 2", "Report 3"]
    assert headlines(made.further) == ["Report 1"]


def test_the_limit_of_a_source_counts_what_it_reports_alone() -> None:
    alone = [news(number, source="Loud") for number in range(4)]
    shared = [
        replace(
            each,
            story=replace(
                each.story,
                members=(
                    *each.story.members,
                    member(article("Also", key=f"other-{each.story.id}")),
                ),
            ),
        )
        for each in (news(10 + number, source="Loud") for number in range(3))
    ]
    made = edition([*alone, *shared])

    assert len(made.stories()) == 3 + len(shared)


def of_event(published: PublishedStory, kind: EventKind, **changes: Any) -> PublishedStory:
    """The story as one of this kind."""
    return replace(published, story=replace(published.story, kinds=((kind, 0.9),), **changes))


def of_section(published: PublishedStory, section: NewsSection) -> PublishedStory:
    return replace(published, story=replace(published.story, section=section))


def test_what_follows_the_leads_stands_in_sections_by_importance_at_most_five_in_each() -> None:
    leads = [news(number) for number in range(5)]
    laws = [of_section(news(10 + number), NewsSection.LAW) for number in range(7)]
    model = of_section(news(30), NewsSection.MODELS)
    made = edition([*laws, model, *leads])

    assert [(key, headlines(stories)) for key, stories in made.sections()] == [
        ("models", ["Report 30"]),
        ("law", [f"Report {number}" for number in range(10, 15)]),
    ]
    (out,) = made.left_out
    assert (named(out.reason), "section" in out.reason, out.stories) == (["5"], True, 2)


def test_news_of_which_only_the_headline_is_known_leads_to_its_source() -> None:
    law = of_event(news(1, hook=None, read=Read.HEADLINE, title="A court rules"), EventKind.LAW)
    unsure = news(3, hook=None, read=Read.HEADLINE)
    made = edition([law, news(2), unsure])
    (line,) = (line for line in made.leads if line.hook is None)

    assert (line.headline, line.hook, line.url) == (
        "A court rules",
        None,
        law.story.members[0].article.url,
    )
    assert ["headline" in out.reason for out in made.left_out] == [True]


@pytest.mark.parametrize(
    "titles",
    [
        pytest.param(("Halden raises $20B", "Another $20 billion for Halden"), id="one round"),
        pytest.param(("Halden sues Ferrow", "Ferrow answers Halden"), id="one affair"),
    ],
)
def test_an_affair_that_stands_higher_is_not_shown_again(titles: tuple[str, str]) -> None:
    entity = Entity(key="halden", name="Halden", kind=EntityKind.COMPANY)
    shared = {} if "$" in titles[0] else {"affairs": ("the suit",)}
    first, second = (
        of_event(news(n, title=title), EventKind.FUNDING, entities=(entity,), **shared)
        for n, title in enumerate(titles)
    )
    others = [news(10 + number) for number in range(4)]
    second = replace(second, story=replace(second.story, importance=1.0))
    made = edition([first, *others, second])

    assert headlines(made.stories()) == [titles[0], *(f"Report {10 + n}" for n in range(4))]
    assert sum(out.stories for out in made.left_out) == 1


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Halden pays $20 million in the suit", id="a sum"),
        pytest.param("Ferrow answers Halden", id="a party"),
    ],
)
def test_a_larger_sum_or_a_new_party_of_the_same_affair_is_news_again(title: str) -> None:
    parties = tuple(
        Entity(key=name.casefold(), name=name, kind=EntityKind.COMPANY)
        for name in ("Halden", "Ferrow")
    )
    first, second = (
        of_event(news(n, title=each), EventKind.FUNDING, entities=parties, affairs=("the suit",))
        for n, each in enumerate(("Halden is sued", title))
    )
    others = [news(10 + number) for number in range(4)]
    second = replace(second, story=replace(second.story, importance=1.0))
    made = edition([first, *others, second])

    assert title in headlines(made.stories())


def test_without_a_model_the_ledes_of_the_first_three_leads_open_an_edition() -> None:
    made = edition([news(number) for number in range(5)])

    assert [(each.text, each.story) for each in made.opening] == [
        (lead.hook.text, lead.id) for lead in made.leads[:3] if lead.hook
    ]
    assert edition([news(1)]).opening == ()


def test_a_lead_whose_lede_opens_the_edition_does_not_say_it_again() -> None:
    made = edition([news(number, changes=["New is one."]) for number in range(4)])

    assert [[claim.text for claim in made.below(lead)] for lead in made.leads[2:]] == [
        ["New is one."],
        ["Sentence 3.", "New is one."],
    ]


def test_each_role_has_its_own_top_stories_where_a_model_writes() -> None:
    law = of_section(news(1), NewsSection.LAW)
    model = of_section(news(2), NewsSection.MODELS)
    named = of_section(news(3, roles=["research"]), NewsSection.LAW)
    written = replace(law, analysis=replace(law.analysis, engine="ollama", model="small"))
    made = edition([written, model, named])

    assert edition([law, model, named]).minute == ()

    assert {top.role: top.stories for top in made.minute} == {
        "developers": (model.story.id,),
        "research": (model.story.id, named.story.id),
        "policy": (law.story.id,),
    }


def test_what_is_planned_for_the_six_weeks_after_is_to_be_watched_by_day() -> None:
    week_end = date(2026, 7, 5)
    plain = news(1)
    rows = tuple(
        TimelineRow(
            day=week_end + timedelta(days=days),
            precision=Precision.DAY,
            planned=planned,
            this_event=False,
            claim=claim(f"In {days} days.", plain.story.members[0].article),
        )
        for days, planned in ((9, True), (3, True), (4, False), (43, True), (0, True))
    )
    kept = replace(plain.analysis.kept, timeline=rows)
    made = edition([replace(plain, analysis=replace(plain.analysis, kept=kept))])

    assert [(plan.day.day, plan.claim.text) for plan in made.watch] == [
        (8, "In 3 days."),
        (14, "In 9 days."),
    ]


def test_a_week_counts_its_rounds_releases_and_rulings() -> None:
    numbers = edition(
        [
            of_event(news(1, title="Halden raises $30B at $380B valuation"), EventKind.FUNDING),
            of_event(news(2, title="Ferrow raises €1.5 billion"), EventKind.FUNDING),
            of_event(news(3, title="Tallis raises a round"), EventKind.FUNDING),
            of_event(news(4), EventKind.MODEL_RELEASE, topics=("open-weights",)),
            of_event(news(5), EventKind.MODEL_RELEASE),
            of_event(news(6), EventKind.LAW),
            of_event(news(7), EventKind.OUTAGE),
        ]
    ).numbers

    assert (numbers.rounds, numbers.raised) == (2, 31_500_000_000)
    assert (numbers.models, numbers.open_models) == (2, 1)
    assert (numbers.acquisitions, numbers.rulings, numbers.incidents) == (0, 1, 1)


def test_a_sure_release_or_round_counts_in_whichever_section_it_stands() -> None:
    def sure(number: int, kind: EventKind, section: NewsSection) -> PublishedStory:
        published = news(number, title=f"Halden gets ${number} million")
        return of_event(published, kind, section=section)

    numbers = edition(
        [
            sure(1, EventKind.MODEL_RELEASE, NewsSection.LAW),
            sure(2, EventKind.FUNDING, NewsSection.MODELS),
            sure(3, EventKind.OTHER, NewsSection.MODELS),
            sure(4, EventKind.OTHER, NewsSection.MONEY),
        ]
    ).numbers

    assert (numbers.models, numbers.rounds, numbers.raised) == (1, 1, 2e6)


def test_a_probable_release_or_round_counts_if_its_section_says_so_too() -> None:
    def probable(
        number: int, kind: EventKind, section: NewsSection, share: float = 0.6
    ) -> PublishedStory:
        published = news(number, title=f"Halden gets ${number} million")
        return replace(
            published, story=replace(published.story, kinds=((kind, share),), section=section)
        )

    numbers = edition(
        [
            probable(1, EventKind.MODEL_RELEASE, NewsSection.MODELS),
            probable(2, EventKind.MODEL_RELEASE, NewsSection.MONEY),
            probable(3, EventKind.FUNDING, NewsSection.MONEY),
            probable(4, EventKind.FUNDING, NewsSection.LAW),
            probable(5, EventKind.LAW, NewsSection.LAW),
            probable(6, EventKind.MODEL_RELEASE, NewsSection.MODELS, 0.49),
            probable(7, EventKind.FUNDING, NewsSection.MONEY, 0.37),
        ]
    ).numbers

    assert (numbers.models, numbers.rounds, numbers.raised, numbers.rulings) == (1, 1, 3e6, 0)


def test_stories_of_other_weeks_are_not_looked_at() -> None:
    made = edition(
        [news(1, at=NOON - timedelta(days=7)), news(2), news(3, at=NOON + timedelta(days=7))]
    )

    assert headlines(made.stories()) == ["Report 2"]
    assert made.numbers.stories == 1


def test_citations_count_through_the_edition_in_the_order_of_reading() -> None:
    made = edition([news(1, changes=["New is one.", "New is two."]), news(2), news(3), news(4)])
    numbers = [citation.number for each in claims_in_order(made) for citation in each.citations]

    assert [*dict.fromkeys(numbers)] == [1, 2, 3, 4, 5, 6]


def test_the_same_passage_and_quote_have_one_number_and_one_number_is_one_quote() -> None:
    made = edition(sample_stories(90))
    cited = {
        (citation.number, citation.passage, citation.quote)
        for of in claims_in_order(made)
        for citation in of.citations
    }

    assert sorted(number for number, _, _ in cited) == list(range(1, len(cited) + 1))
    assert len({(passage, quote) for _, passage, quote in cited}) == len(cited)


def test_a_lead_says_why_it_matters_and_a_further_story_does_not() -> None:
    several = [news(number) for number in range(7)]
    reasoned = [
        replace(
            story,
            analysis=replace(
                story.analysis,
                kept=replace(
                    story.analysis.kept,
                    why_it_matters=(claim("It costs less.", story.story.members[0].article),),
                ),
            ),
        )
        for story in several
    ]
    made = edition(reasoned)

    assert [story.matters.text if story.matters else "" for story in made.stories()] == [
        *["It costs less."] * 5,
        *[""] * 2,
    ]


def test_a_story_shows_figures_that_its_hook_does_not_state_where_nothing_else_is_said() -> None:
    plain = news(1)
    first = plain.story.members[0].article
    kept = replace(
        plain.analysis.kept,
        hook=claim("Northwind raised $5 million.", first),
        figures=(claim("raised $5 million", first), claim("12B parameters", first)),
    )
    changed = replace(kept, what_changed=(claim("The price fell.", first),))

    def shown(draft: Draft) -> list[list[str]]:
        made = edition([replace(plain, analysis=replace(plain.analysis, kept=draft))])
        return [[figure.text for figure in each.figures] for each in made.stories()]

    assert (shown(kept), shown(changed)) == ([["12B parameters"]], [[]])


def test_an_inference_stays_marked_as_one() -> None:
    plain = news(1)
    inferred = replace(
        claim("Sentence 1.", plain.story.members[0].article), kind=ClaimKind.INFERRED
    )
    made = edition(
        [
            replace(
                plain,
                analysis=replace(plain.analysis, kept=replace(plain.analysis.kept, hook=inferred)),
            )
        ]
    )

    assert [each.hook and each.hook.kind for each in made.stories()] == [ClaimKind.INFERRED]


@pytest.mark.parametrize(
    ("stories", "most", "quiet"),
    [(5, 12, False), (4, 12, True), (0, 12, True), (9, 3, False), (2, 3, True)],
)
def test_a_week_with_little_news_is_a_quiet_one(stories: int, most: int, quiet: bool) -> None:
    assert edition((news(number) for number in range(stories)), most=most).quiet is quiet


def test_a_week_of_which_nothing_was_read_gives_an_empty_edition() -> None:
    made = edition([news(1, hook=None)])

    assert (made.stories(), made.opening, made.themes, made.minutes) == ((), (), (), 1)
    assert sum(out.stories for out in made.left_out) == 1


def test_reading_time_is_counted_in_words() -> None:
    long = " ".join(["word"] * 50)
    made = edition(news(number, hook=f"{long} {number}") for number in range(8))

    assert made.minutes == round(8 * 53 / 230) == 2


def test_the_same_stories_in_any_order_give_the_same_record() -> None:
    stories = sample_stories(120)

    assert edition_record(edition(stories)) == edition_record(edition(tuple(reversed(stories))))


def test_days_are_those_of_the_site_s_zone() -> None:
    late = NOON.replace(hour=22)
    tokyo = SiteSettings(timezone="Asia/Tokyo")

    assert edition([news(1, at=late)]).numbers.days == (0, 0, 0, 0, 0, 1, 0)
    assert edition([news(1, at=late)], site=tokyo).numbers.days == (0, 0, 0, 0, 0, 0, 1)


def test_what_was_published_before_the_week_counts_on_the_day_it_was_learnt() -> None:
    late = news(1, at=NOON - timedelta(days=8))
    learnt = replace(late.story, week=WEEK, first_seen=NOON - timedelta(days=2))

    assert edition([replace(late, story=learnt)]).numbers.days == (0, 0, 0, 1, 0, 0, 0)


HOSTILE = [
    pytest.param("🚀 Model 👩‍🚀 launched 🏳️‍🌈", id="emoji"),
    pytest.param("מודל שפה פתוח חדש \u202eמתרגם\u202c בין שמונים שפות", id="right to left"),
    pytest.param("A\x00B\x1b[31m\u200bC\u2028D\r\nSubject: evil", id="controls"),
    pytest.param("word " * 2_000, id="10 KB of words"),
    pytest.param("x" * 10_240, id="10 KB without a space"),
    pytest.param("\x01" * 10_240, id="10 KB of controls"),
    pytest.param("<script>alert(1)</script> & \"'`", id="markup"),
    pytest.param("", id="nothing"),
    pytest.param("\ud800 half of a character", id="lone surrogate"),
]


@pytest.mark.parametrize("title", HOSTILE)
def test_any_title_gives_a_title_on_one_line_as_long_as_a_headline(title: str) -> None:
    plain = news(1)
    hostile = replace(
        plain.analysis.kept, headline=replace(plain.analysis.kept.headline, text=title)
    )
    made = edition([replace(plain, analysis=replace(plain.analysis, kept=hostile))])

    assert 0 < len(made.title) <= 90
    assert made.title.isprintable()
    assert len(made.leads[0].headline) <= 240
    assert edition_record(made).encode()


def test_a_long_title_is_cut_at_a_word() -> None:
    assert (
        bounded("Northwind opens a second model, under Apache", 32)
        == "Northwind opens a second model…"
    )
    assert bounded("Northwind", 9) == "Northwind"


def test_a_sentence_as_long_as_none_is_and_a_citation_into_nowhere_are_left_out() -> None:
    foreign = news(1, changes=["word " * 200, "New is this."])
    elsewhere = claim("Said elsewhere.", article("Not of the story", key="x"))
    kept = replace(
        foreign.analysis.kept, what_changed=(*foreign.analysis.kept.what_changed, elsewhere)
    )
    made = edition([replace(foreign, analysis=replace(foreign.analysis, kept=kept))])

    assert [change.text for change in made.leads[0].changes] == ["New is this."]


def test_at_most_three_leads_are_about_one_topic_while_there_are_others() -> None:
    told = [news(number) for number in range(8)]
    of_one = [replace(each, story=replace(each.story, topics=("chips",))) for each in told[:6]]

    assert [lead.id for lead in edition([*of_one, *told[6:]]).leads] == [
        told[n].story.id for n in (0, 1, 2, 6, 7)
    ]
    assert [lead.id for lead in edition(of_one).leads] == [told[n].story.id for n in range(5)]


DAY = "2026-07-04"  # when the stories of these tests are published and read


def test_a_day_has_one_lead_and_at_most_eight_stories_two_of_a_section() -> None:
    made = edition((news(number) for number in range(12)), week=DAY)

    assert (made.day, made.week, made.period) == (date(2026, 7, 4), WEEK, DAY)
    assert (headlines(made.leads), headlines(made.further)) == (
        ["Report 0"],
        ["Report 1", "Report 2"],
    )
    assert made.numbers.days == (12,)


def test_a_day_looks_at_its_own_stories_and_at_older_ones_that_another_publisher_took_up() -> None:
    before = news(1, at=NOON - timedelta(days=1))
    taken_up = news(2, at=NOON - timedelta(days=1))
    taken_up = replace(
        taken_up,
        story=replace(
            taken_up.story,
            members=(
                *taken_up.story.members,
                member(article("The same", key="later"), name="Another", family="another"),
            ),
        ),
    )
    made = edition((news(0), before, taken_up), week=DAY)

    assert [(story.headline, story.section) for story in made.stories()] == [
        ("Report 0", ""),
        ("Report 2", "changed"),
    ]


@pytest.mark.parametrize(("stories", "quiet"), [(2, True), (3, False)])
def test_a_day_with_fewer_than_three_stories_is_a_quiet_one(stories: int, quiet: bool) -> None:
    assert edition((news(number) for number in range(stories)), week=DAY).quiet is quiet
