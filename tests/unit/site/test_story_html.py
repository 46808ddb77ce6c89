"""What a story's page says of its dates, to readers and to machines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from aggregator.domain.claim import (
    Audience,
    Citation,
    Claim,
    ClaimKind,
    Draft,
    Implication,
    Likelihood,
)
from aggregator.domain.entry import DateOrigin
from aggregator.domain.prediction import Prediction
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory, RankReason, Reason
from aggregator.plugins.cards.content import story_card
from aggregator.resources import TEMPLATES
from aggregator.site.feeds import feed, listing_feed
from aggregator.site.lists.lines import story_line
from aggregator.site.server_files import recent_news
from aggregator.site.story.json_export import story_json
from aggregator.site.story.markdown import story_markdown
from aggregator.site.story.page import story_page
from aggregator.templating.environment import renderer
from tests.builders import (
    NOON,
    article,
    claim,
    headline,
    judged_story,
    leverage_story,
    member,
    published_story,
    story,
)

SITE = SiteSettings(base_url="https://news.example")
STATIC = {"style.css": "", "icon.svg": "", "reader.js": ""}
DAY_OF_PUBLICATION = ('"datePublished"', "article:published_time", "<dt>Published</dt>")


@pytest.mark.parametrize(
    ("origin", "is_dated"), [(DateOrigin.FEED, True), (DateOrigin.FIRST_SEEN, False)], ids=str
)
def test_a_day_of_publication_is_named_where_a_source_gave_one(
    origin: DateOrigin, is_dated: bool
) -> None:
    page = story_page(published_story(story((member(article(origin=origin)),))), SITE)
    html = renderer(TEMPLATES / "site", "UTC", site=SITE, static=STATIC)(
        "story.html", page=page, root="../../"
    )

    assert [text in html for text in DAY_OF_PUBLICATION] == [is_dated] * 3
    assert ("<li>First seen <time" in html) is not is_dated


@pytest.mark.parametrize(
    ("origin", "is_dated"), [(DateOrigin.FEED, True), (DateOrigin.FIRST_SEEN, False)], ids=str
)
def test_twin_feeds_card_and_lists_name_a_day_of_publication_where_the_page_does(
    tmp_path: Path, origin: DateOrigin, is_dated: bool
) -> None:
    first = article(origin=origin)
    of = published_story(
        story((member(first),)),
        Draft(headline=headline(first), hook=claim("It warns of closed models.", first)),
    )
    line, page = story_line(of, "en"), story_page(of, SITE)
    (tmp_path / "kicker.html").write_text(
        '{% from "parts.html" import line as listed, reach %}{{ reach(line) }}{{ listed(line, "",'
        ' "clock") }}'
    )
    render = renderer((tmp_path, TEMPLATES / "site"), "UTC", site=SITE, static=STATIC)
    feeds = [
        render(f"feed.{kind}", page=each)
        for each in (feed([of], SITE), listing_feed("t/", "T", [line], SITE))
        for kind in ("xml", "json")
    ]
    kicker = render("kicker.html", line=line)

    assert ["<published>" in each or '"date_published"' in each for each in feeds] == [is_dated] * 4
    assert all("<updated>2026-" in each or '"date_modified":' in each for each in feeds)
    assert f"\n{'' if is_dated else 'First seen '}4 July 2026 · " in story_markdown(page)
    assert story_card(page, of.story, SITE).date == (
        "4 July 2026" if is_dated else "First seen 4 July 2026"
    )
    assert ("First seen <time" in kicker, ">12:00</time>" in kicker) == (not is_dated, is_dated)
    assert bool(recent_news([line])) is is_dated


def test_the_markdown_twin_counts_days_as_the_page_does() -> None:
    page = story_page(
        published_story(story((member(article(at=NOON + timedelta(hours=11))),))), SITE
    )

    assert "\n5 July 2026 · " in story_markdown(page, zone=ZoneInfo("Europe/Berlin"))


def test_the_markdown_twin_has_curly_marks_but_where_it_quotes() -> None:
    first = article("Tessellon's chip is late")
    draft = Draft(
        headline=headline(first),
        hook=claim("The firm's chip isn't \"ready\".", first, kind=ClaimKind.WRITTEN),
        what_changed=(claim("It's late.", first),),
    )
    markdown = story_markdown(story_page(published_story(story((member(first),)), draft), SITE))

    assert markdown.startswith("# Tessellon’s chip is late\n")
    assert "The firm’s chip isn’t “ready”." in markdown
    assert "“It's late.”" in markdown


def html_of(of: PublishedStory, language: str = "en") -> str:
    """The page of a story."""
    site = replace(SITE, language=language)
    render = renderer(TEMPLATES / "site", "UTC", site=site, static=STATIC)
    return render("story.html", page=story_page(of, site), root="../../")


@pytest.mark.parametrize(
    ("is_sentence", "renamed", "named"),
    [
        pytest.param(False, "", "taken from Lab", id="its own"),
        pytest.param(True, "", "a sentence from Lab", id="a sentence"),
        pytest.param(
            False, "A model opens", "by the editor, instead of the one by Lab", id="renamed"
        ),
    ],
)
def test_where_a_headline_comes_from_names_the_only_source_of_a_page(
    is_sentence: bool, renamed: str, named: str
) -> None:
    first = article("Northwind opens its model")
    of = story((member(first, name="Lab"),))
    of = replace(of, operator=replace(of.operator, headline=renamed))
    text = "It warns of closed models." if is_sentence else ""
    draft = Draft(headline=claim(text, first) if text else headline(first))

    assert f"<dt>Headline</dt> <dd>{named}<span" in html_of(published_story(of, draft))


@pytest.mark.parametrize(("others", "is_named"), [(False, False), (True, True)], ids=str)
def test_a_source_is_named_at_each_quotation_where_there_are_several(
    others: bool, is_named: bool
) -> None:
    first, second = article("Northwind opens its model"), article("Tern 2 is out", key="ledger")
    draft = Draft(
        headline=headline(first),
        hook=claim("Northwind opened it.", first),
        takeaways=(claim("It has two parts.", second if others else first),),
    )
    of = story((member(first, name="The Daily"), member(second, name="Ledger")))
    page = etree.HTML(html_of(published_story(of, draft)))

    names = page.xpath("//*[@class='said']/text()")
    assert set(names) == ({"The Daily", "Ledger"} if is_named else set())
    assert page.xpath("//p[@class='facts']/a[text()='The Daily']")


def test_a_passage_stands_once_however_many_numerals_open_it() -> None:
    page = etree.HTML(html_of(judged_story()))
    opened = page.xpath("//article//button/@popovertarget")
    passages = page.xpath("//*[@popover]/@id")

    assert len(opened) > len(passages) > 1
    assert sorted(set(opened)) == sorted(passages)


def test_every_citation_opens_on_words_of_its_source() -> None:
    notes = etree.HTML(html_of(leverage_story())).xpath("//li[@popover]")

    assert len(notes) > 3
    assert all(len("".join(note.xpath("./blockquote//text()")).split()) > 2 for note in notes)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param("en", "the judge wrongly accepts 4 in 100 false ones", id="English"),
        pytest.param("de", "lässt der Prüfer 4 von 100", id="German"),
    ],
)
def test_the_page_says_how_often_its_judge_is_wrong(language: str, words: str) -> None:
    judged = judged_story()
    bare = replace(judged, analysis=replace(judged.analysis, judge=None))

    assert (words in html_of(judged, language), words in html_of(bare, language)) == (True, False)


@pytest.mark.parametrize(
    ("kind", "quote", "has_premise"),
    [
        pytest.param(ClaimKind.INFERRED, "It opens in July.", True, id="inferred"),
        pytest.param(ClaimKind.EXTRACTED, "It opens in July.", False, id="stated"),
    ],
)
def test_a_consequence_shows_the_quotations_that_it_follows_from(
    kind: ClaimKind, quote: str, *, has_premise: bool
) -> None:
    of = leverage_story()
    implied = Implication(
        claim=claim("Rivals may follow.", of.story.members[0].article, kind=kind, quote=quote),
        horizon=NOON.date(),
        likelihood=Likelihood.LIKELY,
        sign="Rivals cut their prices.",
    )
    noted = Prediction(id="p", story_id=of.story.id, noted=NOON, implication=implied)
    html = html_of(replace(of, story=replace(of.story, predictions=(noted,))))

    assert (f"Based on: <q>{quote}</q>" in html) is has_premise
    assert ("Based on" in html) is has_premise
    assert "Comes true if: Rivals cut their prices." in html


def test_a_quotation_that_a_consequence_follows_from_is_marked_where_it_is_cut() -> None:
    def premise(quote: str, passage: str = "a.1.2") -> list[str]:
        cited = (Citation(passage=passage, quote=quote),)
        implied = Implication(
            claim=Claim(text="Rivals may follow.", kind=ClaimKind.INFERRED, citations=cited),
            horizon=NOON.date(),
            likelihood=Likelihood.LIKELY,
            sign="Rivals cut their prices.",
        )
        return [each.text for each in implied.premise]

    assert premise("xAI opens it in “July or so.”") == ["xAI opens it in “July or so.”"]
    assert premise("opens it in July to all who") == ["… opens it in July to all who …"]
    assert premise("The lab opens it to everyone", "a.1.0") == ["The lab opens it to everyone"]


@pytest.mark.parametrize(
    ("sign", "is_shown"),
    [
        ("The licence opens in July.", False),
        ("The licence will open in July.", False),
        ("The regulator opens the licence in July.", True),
    ],
)
def test_the_sign_of_a_prediction_is_shown_if_it_says_more(sign: str, is_shown: bool) -> None:
    of = leverage_story()
    implied = Implication(
        claim=claim("The licence opens in July.", of.story.members[0].article),
        horizon=NOON.date(),
        likelihood=Likelihood.RULED,
        sign=sign,
    )
    noted = Prediction(id="p", story_id=of.story.id, noted=NOON, implication=implied)
    html = html_of(replace(of, story=replace(of.story, predictions=(noted,))))

    assert ("Comes true" in html) is is_shown


def test_what_is_of_use_to_few_is_folded_to_a_line_each() -> None:
    page = etree.HTML(html_of(leverage_story()))

    assert page.xpath("//section[@class='fold']/details[not(@open)]/summary/h2/@id") == [
        "sources",
        "provenance",
        "times",
        "take",
        "corrections",
    ]


def test_the_outline_names_every_section_of_the_page_in_its_order() -> None:
    page = etree.HTML(html_of(leverage_story()))
    named = [link.removeprefix("#") for link in page.xpath("//nav[@class='outline']//a/@href")]
    sections = page.xpath("//article/section[not(@class='footnotes')]/@aria-labelledby")

    assert named == [*sections, "sources"]


def test_attributes_that_no_source_states_are_one_line_and_no_rows() -> None:
    page = etree.HTML(html_of(leverage_story()))
    rows = page.xpath("//dl[@class='specified']//dt/text()")
    gaps = page.xpath("string(//section[@aria-labelledby='specified']/p[last()])")

    assert gaps.startswith("Not stated by any source: ")
    assert rows
    assert not any(row in gaps for row in rows)


def test_who_should_care_does_not_repeat_a_sentence_that_stands_above() -> None:
    first = article()
    change, own = claim("It opens on Monday.", first), claim("It costs nothing.", first)
    draft = Draft(
        headline=headline(first),
        what_changed=(change,),
        who_should_care=(
            Audience(role="developers", claim=change),
            Audience(role="policy", claim=own),
        ),
    )
    page = etree.HTML(html_of(published_story(story((member(first),)), draft)))
    roles = page.xpath("//section[@class='brief']//dd[a[@class='role']]")

    assert [
        (role.xpath("string(a)"), role.xpath("string(.//*[@class='claim'])")) for role in roles
    ] == [("Policy and legal teams", "It costs nothing."), ("Developers", "")]


def test_roles_alone_are_no_brief_but_a_line_of_the_opening() -> None:
    first = article()
    hook = claim("It opens on Monday.", first)
    draft = Draft(
        headline=headline(first),
        hook=hook,
        who_should_care=(Audience(role="research", claim=hook),),
    )
    page = etree.HTML(html_of(published_story(story((member(first),)), draft)))

    assert page.xpath("//section[@class='brief']") == []
    assert page.xpath("//p[@class='facts']/a[@class='role']/text()") == ["Researchers"]


def test_a_value_of_a_table_that_a_later_report_changed_stands_at_the_head_and_leads_there() -> (
    None
):
    page = etree.HTML(html_of(leverage_story()))
    (said,) = page.xpath("//header[@class='opening']//p[starts-with(., 'Since then:')]")

    assert "GPT-5.2\u00a0· Context window: 1,000,000 tokens" in said.xpath("string(.)")
    assert said.xpath(".//time/@datetime") == ["2026-07-04"]
    (place,) = said.xpath(".//a/@href")
    assert page.xpath(f"//h2[@id='{place.removeprefix('#')}']")
    published = published_story(story((member(article()),)))
    without = etree.HTML(html_of(published))
    assert "Since then:" not in without.xpath("string(//header[@class='opening'])")
    assert "Since then:" not in story_markdown(story_page(published, SITE))


def test_the_exports_of_a_story_have_the_values_changed_since() -> None:
    page = story_page(leverage_story(), SITE)

    assert story_json(page)["since"] == [
        {
            "product": "GPT-5.2",
            "name": "Context window",
            "value": "1,000,000 tokens",
            "as_of": "2026-07-04",
        }
    ]
    assert (
        "\n\nSince then: GPT-5.2 · Context window: 1,000,000 tokens (4 July 2026).\n\n"
        in story_markdown(page)
    )


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        pytest.param("Auk 4 beats <Auk 3>, mostly", ["Auk 4", "Auk 3"], id="versions"),
        pytest.param("Tessellon raises $65 billion", ["$65 billion"], id="a sum"),
        pytest.param("All 140 counterintuitive uses", ["All 140"], id="a long word"),
        pytest.param("A name & no number", [], id="neither"),
    ],
)
def test_no_line_of_a_headline_ends_inside_a_name_or_a_sum(text: str, whole: list[str]) -> None:
    renamed = replace(claim(text, article()), kind=ClaimKind.WRITTEN)
    draft = Draft(headline=renamed)
    (title,) = etree.HTML(html_of(published_story(story((member(article()),)), draft))).xpath(
        "//h1"
    )

    assert (title.xpath("string(.)"), title.xpath("span[@class='whole']/text()")) == (text, whole)


@pytest.mark.parametrize(
    ("hook", "shown"),
    [
        pytest.param("It raised $88 million.", "$88 million", id="with its unit"),
        pytest.param("It serves 9 million paying Users.", "9", id="the unit in other words"),
        pytest.param("It grew.", "", id="none"),
    ],
)
def test_the_figure_of_the_hook_is_marked_in_it_and_stands_nowhere_else(
    hook: str, shown: str
) -> None:
    first = article("Oslo")
    change = claim("It had 9 million users in 2025.", first)
    draft = Draft(headline=headline(first), hook=claim(hook, first), what_changed=(change,))
    page = etree.HTML(html_of(published_story(story((member(first),)), draft)))

    assert page.xpath("//*[@class='key-figure']/text()") == [shown] * bool(shown)
    assert page.xpath("string(//*[@class='hook']//*[@class='claim'])").replace("\xa0", " ") == hook


def test_the_first_numeral_is_held_at_the_last_word_of_its_claim() -> None:
    first = article("Oslo")
    draft = Draft(headline=headline(first), hook=claim("It grew.", first))
    page = etree.HTML(html_of(published_story(story((member(first),)), draft)))
    (cite,) = page.xpath("//*[@class='hook']//*[@class='cite']")

    assert (cite.getprevious().get("class"), cite.getprevious().tail) == ("claim", None)
    assert cite.text == "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("sources", "others"),
    [(1, ""), (2, "Source 1"), (8, "Source 1, Source 2, Source 3, Source 4, Source 5, 2 more")],
)
def test_a_page_names_its_source_and_who_else_reports_it(sources: int, others: str) -> None:
    members = tuple(
        member(
            article(key=f"s{number}", at=NOON + timedelta(hours=number)), name=f"Source {number}"
        )
        for number in range(sources)
    )
    draft = Draft(
        headline=headline(members[0].article),
        hook=claim("News.", *(one.article for one in members)),
    )

    told = story(members)
    listed = RankReason(name=Reason.COMMUNITY, points=0.0, count=655)
    page = html_of(published_story(replace(told, reasons=(listed,)), draft))
    (facts,) = etree.HTML(page).xpath("(//p[@class='facts'])[1]")
    text = " ".join("".join(facts.itertext()).split())

    also = f"Also reported by: {others} · " if others else ""
    assert text == f"Source: Source 0 · Quotations only {also}655 votes and comments on forums"
