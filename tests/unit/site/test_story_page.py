"""A story's page record and its two twins."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from aggregator.crawl.page_outcome import PageFailed
from aggregator.domain.article import Read
from aggregator.domain.claim import (
    Action,
    ClaimKind,
    Disagreement,
    Draft,
    Implication,
    Likelihood,
    Rejection,
    TimelineRow,
    difference_of,
)
from aggregator.domain.dates import Precision
from aggregator.domain.entry import DateOrigin
from aggregator.domain.prediction import Prediction
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Lane
from aggregator.domain.story import PublishedStory
from aggregator.domain.wording import day_name, inner_quotation
from aggregator.memory.timeline import outline
from aggregator.site.head import contact_link
from aggregator.site.paths import path_of
from aggregator.site.story.json_export import story_json, story_json_text
from aggregator.site.story.markdown import story_markdown
from aggregator.site.story.page import neighbours_of, story_page
from aggregator.site.story.provenance import rates_text
from aggregator.site.story.records import Neighbours, StoryPage
from aggregator.templating.translation import IN_ENGLISH
from tests.builders import (
    JUDGE,
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
from tests.messages import named

SITE = SiteSettings(base_url="https://news.example/ai", contact="editor@news.example")


def page(of: PublishedStory) -> StoryPage:
    return story_page(of, SITE)


def test_a_story_with_a_headline_alone_has_no_key_for_what_it_lacks() -> None:
    first = article("Kernel 5.1 is out", read=Read.HEADLINE, shortfall="robots.txt")
    twin = story_json(page(published_story(story((member(first),)))))

    assert "headline" in str(twin["gap"])
    assert twin == {
        "id": first.id,
        "url": f"https://news.example/ai/story/kernel-5-1-is-out-{first.id}/",
        "headline": {
            "text": "Kernel 5.1 is out",
            "kind": "extracted",
            "verdict": "supported",
            "citations": [
                {"passage": f"{first.id}.1.0", "url": first.url, "quote": "Kernel 5.1 is out"}
            ],
        },
        "published": "2026-07-04T12:00:00Z",
        "first_seen": "2026-07-04T12:11:00Z",
        "analysed": "2026-07-04T12:17:00Z",
        "updated": "2026-07-04T12:00:00Z",
        "gap": twin["gap"],
        "sources": [
            {
                "name": "The Daily Model",
                "url": first.url,
                "published": "2026-07-04T12:00:00Z",
                "origin": "daily",
                "read": "headline",
                "primary": False,
            }
        ],
        "labels": ["single source"],
        "independent_origins": 1,
        "week": "2026-W27",
        "provenance": {
            "engine": "extractive",
            "read": {"headline": 1},
            "claims": {"kept": 1, "rejected": {}},
            "extracted": 1,
            "written": 0,
            "inferred": 0,
        },
    }


def test_a_full_story_has_the_sections_of_the_contract() -> None:
    twin = story_json(page(leverage_story()))

    assert list(twin) == [
        "id",
        "url",
        "headline",
        "headlines_as_published",
        "published",
        "first_seen",
        "analysed",
        "updated",
        "hook",
        "since",
        "brief",
        "insight",
        "timeline",
        "disagreements",
        "updates",
        "operator",
        "sources",
        "independent_origins",
        "week",
        "provenance",
    ]
    assert twin["independent_origins"] == 3
    assert twin["provenance"] == {
        "engine": "extractive",
        "read": {"full": 3, "excerpt": 1},
        "claims": {"kept": 29, "rejected": {"number": 1, "quote_too_long": 2}},
        "extracted": 29,
        "written": 0,
        "inferred": 0,
        "absent": 3,
    }


def json_of(published: PublishedStory) -> Any:
    """The JSON twin as a program reads it."""
    return json.loads(story_json_text(page(published)))


def test_the_twin_names_the_version_of_rules_or_prompts() -> None:
    plain = published_story()
    ruled = replace(plain, analysis=replace(plain.analysis, rules="extractive-7 en"))

    assert json_of(ruled)["provenance"] == json_of(plain)["provenance"] | {
        "prompts": "extractive-7 en"
    }


def test_the_twin_names_the_judge_of_written_sentences_with_its_rates() -> None:
    twin = json_of(judged_story())

    assert list(twin["provenance"])[:4] == ["engine", "model", "judge", "read"]
    assert twin["provenance"]["judge"] == {
        "model": "guardian:8b",
        "threshold": 0.9123,
        "false_passed": 0.0402,
        "true_refused": 0.118,
    }


def test_page_and_markdown_say_how_often_the_judge_is_wrong() -> None:
    shown = page(judged_story())

    assert named(shown.provenance.judged) == ["guardian:8b", "4", "100", "12", "100"]
    assert f" {shown.provenance.judged} " in story_markdown(shown)


@pytest.mark.parametrize(
    ("passed", "refused", "shown"),
    [
        pytest.param(0.01, 0.5, ("1 in 100", "50 in 100"), id="whole figures of a hundred"),
        pytest.param(0.004, 0.5, ("4 in 1,000", "500 in 1,000"), id="less than one in a hundred"),
        pytest.param(0.0, 0.25, ("0 in 1,000", "250 in 1,000"), id="none of those that were tried"),
    ],
)
def test_a_rate_below_one_in_a_hundred_is_not_rounded_to_none(
    passed: float, refused: float, shown: tuple[str, str]
) -> None:
    text = rates_text(replace(JUDGE, false_passed=passed, true_refused=refused), IN_ENGLISH)

    assert (f" {shown[0]} false" in text, f" {shown[1]} true" in text) == (True, True)


def predicted(kind: ClaimKind, sign: str = "Rivals cut their prices.") -> PublishedStory:
    """A story with a prediction that cites two passages."""
    first, other = article("One", key="one"), article("Two", key="two")
    both = replace(
        claim("So rivals may follow by August.", first, kind=kind),
        citations=(
            *claim("x", first, quote="The licence opens in July.").citations,
            *claim("x", other, quote="Rivals wait for *it*.").citations,
        ),
    )
    of = story((member(first), member(other, name="The Ledger")))
    implied = Implication(claim=both, horizon=NOON.date(), likelihood=Likelihood.LIKELY, sign=sign)
    noted = Prediction(id="p", story_id=of.id, noted=NOON, implication=implied)
    return published_story(replace(of, predictions=(noted,)))


def test_what_is_inferred_of_the_future_has_its_premise_in_its_sources_words() -> None:
    (implication,) = json_of(predicted(ClaimKind.INFERRED))["insight"]["implications"]

    assert list(implication)[:4] == ["id", "claim", "premise", "horizon"]
    assert [
        (premise["text"], premise["kind"], [cited["quote"] for cited in premise["citations"]])
        for premise in implication["premise"]
    ] == [
        ("The licence opens in July.", "extracted", ["The licence opens in July."]),
        ("Rivals wait for *it*.", "extracted", ["Rivals wait for *it*."]),
    ]


def test_what_a_source_foretells_itself_needs_no_premise() -> None:
    of = predicted(ClaimKind.EXTRACTED)

    assert "premise" not in json_of(of)["insight"]["implications"][0]
    assert "Based on" not in story_markdown(page(of))


def test_what_makes_a_prediction_come_true_is_shown_unless_it_is_the_prediction() -> None:
    same = predicted(ClaimKind.EXTRACTED, "So rivals may follow by August.")

    assert json_of(same)["insight"]["implications"][0]["sign"] == "So rivals may follow by August."
    for of, shown in ((same, False), (predicted(ClaimKind.EXTRACTED), True)):
        assert ("Comes true if" in story_markdown(page(of))) is shown


def test_the_markdown_twin_quotes_what_a_consequence_follows_from() -> None:
    markdown = story_markdown(page(predicted(ClaimKind.INFERRED)))
    assert "“The licence opens in July.”[^2]; “Rivals wait for \\*it\\*.”[^3] " in markdown


def test_a_table_has_a_cell_for_each_product_and_says_what_to_be_careful_about() -> None:
    table = json_of(leverage_story())["insight"]["comparison"]
    cells = {
        row["name"]: [
            (cell["state"], cell.get("marks", []), [each["kind"] for each in cell["claims"]])
            for cell in row["cells"]
        ]
        for row in table["rows"]
    }

    later = table["rows"][1]["cells"][1]["later"]
    assert [each["text"] for each in later["claims"]] == ["1,000,000 tokens"]
    assert (later["as_of"], later["marks"]) == ("2026-07-04", ["later report"])
    assert table["products"] == ["Mistral 7B", "GPT-5.2"]
    assert cells == {
        "Weights": [("stated", [], ["extracted"]), ("not_stated", [], ["absent"])],
        "Context window": [
            ("not_stated", [], ["absent"]),
            ("stated", [], ["extracted"]),
        ],
        "Price, per million tokens": [
            ("disputed", ["sources differ"], ["extracted"] * 2),
            ("stated", ["as of 4 July 2026"], ["extracted"]),
        ],
    }


def test_a_specification_has_one_claim_a_row_and_further_ones_beside_it() -> None:
    rows = json_of(leverage_story())["insight"]["technical"]

    assert [
        (row["attribute"], row["state"], row["claim"]["text"], len(row.get("further", [])))
        for row in rows
    ] == [
        ("weights", "stated", "weights are published", 0),
        ("parameters", "not_stated", "not stated", 0),
        ("price", "stated", "$0.25 per million tokens", 1),
        ("mechanism", "stated", "The model uses sliding-window attention over 32 layers.", 0),
        ("mechanism", "stated", "A router sends each token to two of eight experts.", 0),
    ]


def test_sources_begin_with_the_vendor_and_copies_follow_the_article_they_repeat() -> None:
    origins = page(leverage_story()).origins

    assert [
        (origin.family, row.name, row.primary, row.copy_of)
        for origin in origins
        for row in origin.rows
    ] == [
        ("mistral", "Mistral AI", True, ""),
        ("tnw", "The Next Wire", False, ""),
        ("tnw", "Wire Copy", False, "The Next Wire"),
        ("ledger", "Enterprise Ledger", False, ""),
    ]


def test_an_outlet_is_named_once_above_its_articles_that_are_the_same_to_the_story() -> None:
    titles = {
        "Mistral warns": "",
        "Mistral warns again": "",
        "Mistral warns, as told": "Mistral warns",
    }
    ids = {title: article(title).id for title in titles}
    shown = page(
        published_story(
            story(tuple(member(article(each), copy_of=ids.get(of)) for each, of in titles.items()))
        )
    )

    assert [(row.copy_of, row.is_named) for row in shown.origins[0].rows] == [
        ("", True),
        ("", False),
        ("The Daily Model", True),
    ]


def test_a_copy_of_a_copy_belongs_to_the_first_and_a_circle_ends() -> None:
    first, second, third = (article(f"Wire report {n}", key=f"s{n}") for n in range(3))
    chain = (member(first), member(second, copy_of=first.id), member(third, copy_of=second.id))
    circle = (member(first, copy_of=second.id), member(second, copy_of=first.id))

    assert [origin.family for origin in page(published_story(story(chain))).origins] == ["s0"]
    assert sum(len(origin.rows) for origin in page(published_story(story(circle))).origins) == 2


def test_only_headlines_that_differ_from_ours_are_listed() -> None:
    members = (
        member(article("One title", key="a"), name="A"),
        member(article("Another title", key="b"), name="B"),
        member(article("Another title", key="c"), name="C"),
    )
    shown = page(published_story(story(members))).headlines_as_published

    assert [(other.source, other.text) for other in shown] == [("B", "Another title")]


def test_a_passage_cited_twice_has_one_number() -> None:
    first = article()
    same = claim("The weights are published.", first)
    shown = page(
        published_story(
            story((member(first),)), Draft(headline=headline(first), hook=same, takeaways=(same,))
        )
    )

    assert shown.hook is not None
    assert [
        citation.number
        for citation in (*shown.hook.citations, *shown.points[0].claims[0].citations)
    ] == [1, 1]
    assert [note.citation.number for note in shown.citations] == [1, 2]


@pytest.mark.parametrize(
    ("has_hook", "heading"), [(True, "Key takeaways"), (False, "From the sources")]
)
def test_takeaways_of_a_story_that_nothing_sums_up_are_not_called_key(
    has_hook: bool, heading: str
) -> None:
    first = article()
    said = claim("The weights are published.", first)
    draft = Draft(headline=headline(first), hook=said if has_hook else None, takeaways=(said,))

    assert page(published_story(story((member(first),)), draft)).points[0].heading == heading


def test_numbers_begin_with_the_sentence_below_the_headline() -> None:
    first = article()
    hook = claim("The weights are published.", first)
    shown = page(
        published_story(story((member(first),)), Draft(headline=headline(first), hook=hook))
    )

    assert shown.hook is not None
    assert [citation.number for citation in shown.hook.citations] == [1]
    assert [citation.number for citation in shown.headline.citations] == [2]


def test_a_claim_that_cites_an_article_outside_the_story_is_not_printed() -> None:
    first = article()
    stray = claim("Somebody said so.", article("Elsewhere", key="other"))
    shown = page(
        published_story(
            story((member(first),)), Draft(headline=headline(first), takeaways=(stray,))
        )
    )

    assert shown.points[0].claims == ()


def test_a_citation_leads_to_the_quoted_words_of_an_article_read_in_full() -> None:
    full, excerpt = article("Full", key="a"), article("Excerpt", key="b", read=Read.EXCERPT)
    both = claim("It is well-known, he said.", full, excerpt)
    shown = page(
        published_story(
            story((member(full), member(excerpt))), Draft(headline=headline(full), hook=both)
        )
    )

    assert shown.hook is not None
    assert [note.link for note in shown.citations[:2]] == [
        "https://a.example/full#:~:text=It%20is%20well%2Dknown%2C%20he%20said.",
        "https://b.example/excerpt",
    ]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("javascript:alert(1)", id="script"),
        pytest.param("data:text/html,<script>alert(1)</script>", id="data"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param(" java\nscript:alert(1)", id="split by white space"),
        pytest.param("//no.scheme.example/", id="no scheme"),
    ],
)
def test_an_address_that_is_not_of_the_web_is_never_a_link(url: str) -> None:
    shown = page(published_story(story((member(article("Title", url=url)),))))

    assert [row.url for origin in shown.origins for row in origin.rows] == [""]
    assert [citation.link for citation in shown.citations] == [""]


@pytest.mark.parametrize(
    ("language", "read", "gap"),
    [
        pytest.param(
            "de",
            Read.FULL,
            "language",
            id="foreign",
        ),
        pytest.param("en-GB", Read.HEADLINE, "headline", id="headline"),
        pytest.param(
            None,
            Read.EXCERPT,
            "excerpt",
            id="excerpt",
        ),
    ],
)
def test_a_story_without_a_hook_says_why(language: str | None, read: Read, gap: str) -> None:
    only = member(article(language=language, read=read))

    assert gap in page(published_story(story((only,)))).gap


def test_a_story_read_in_full_that_nothing_sums_up_gives_no_excuse() -> None:
    assert page(published_story(story((member(article(read=Read.FULL)),)))).gap == ""


def test_a_story_whose_sentences_were_turned_away_says_so() -> None:
    turned_away = page(published_story(rejected=((Rejection.NUMBER, 2),))).gap
    assert "passed the checks" in turned_away


def test_a_story_that_is_told_without_a_hook_says_no_more_than_that() -> None:
    first = article("Mistral warns")
    draft = Draft(headline=headline(first), what_changed=(claim("Mistral left a group.", first),))
    shown = page(published_story(story((member(first),)), draft, rejected=((Rejection.SHARE, 2),)))

    assert shown.gap == ""


def test_a_timeline_that_holds_but_another_headline_of_the_story_is_not_shown() -> None:
    first, second = article("Mistral warns"), article("Mistral warns of leverage", key="wire")
    event = TimelineRow(
        day=NOON.date(),
        precision=Precision.DAY,
        planned=False,
        this_event=True,
        claim=headline(second),
    )

    assert not page(
        published_story(
            story((member(first), member(second))),
            Draft(headline=headline(first), timeline=(event,)),
        )
    ).has_timeline


@pytest.mark.parametrize(
    ("text", "has_timeline"), [("Mistral warns", False), ("It was founded in 2023.", True)]
)
def test_a_timeline_that_holds_the_headline_alone_is_not_shown(
    text: str, has_timeline: bool
) -> None:
    first = article("Mistral warns")
    event = TimelineRow(
        day=NOON.date(),
        precision=Precision.DAY,
        planned=False,
        this_event=True,
        claim=headline(first),
    )
    row = replace(event, this_event=False, claim=claim(text, first))
    shown = page(
        published_story(
            story((member(first),)), Draft(headline=headline(first), timeline=(event, row))
        )
    )

    assert (shown.has_timeline, "## Timeline" in story_markdown(shown)) == (
        has_timeline,
        has_timeline,
    )
    assert "timeline" in story_json(shown)


def test_what_is_planned_says_since_when() -> None:
    first = article("Mistral warns")
    event, plan = (
        TimelineRow(
            day=NOON.date() + timedelta(days=days),
            precision=Precision.DAY,
            planned=days > 0,
            this_event=days == 0,
            claim=claim(text, first),
        )
        for days, text in enumerate(("It warned.", "It will publish its rules."))
    )
    draft = Draft(headline=headline(first), timeline=(event, plan))
    shown = page(published_story(story((member(first),)), draft))

    assert [row.planned_on for row in shown.timeline] == [None, first.published.at]
    assert f"(planned as of {day_name(first.published.at.date())}):" in story_markdown(shown)


def test_one_date_alone_is_no_timeline_and_stays_in_the_twin() -> None:
    first = article("Mistral warns")
    row = TimelineRow(
        day=NOON.date(),
        precision=Precision.DAY,
        planned=False,
        this_event=True,
        claim=claim("It was founded in 2023.", first),
    )
    shown = page(
        published_story(story((member(first),)), Draft(headline=headline(first), timeline=(row,)))
    )

    assert not shown.has_timeline
    assert "timeline" in story_json(shown)


def test_a_story_of_one_vendor_is_labelled_as_its_own_announcement() -> None:
    alone = story((member(article(key="lab"), name="Lab", lane=Lane.LAB, primary=True),))

    shown = page(published_story(alone))

    assert shown.labels == ("single source", "announcement")
    assert story_markdown(shown).count("single source") == 1
    assert page(leverage_story()).labels == ()


def test_kinds_of_claims_that_there_are_none_of_are_not_counted() -> None:
    assert page(published_story()).provenance.kinds == ("1 quoted",)


def test_whom_an_action_applies_to_counts_as_no_sentence_of_the_page() -> None:
    first = article()
    action = Action(
        role="developers",
        claim=claim("Test your agents.", first, kind=ClaimKind.INFERRED),
        trigger=claim("teams with agents", first, kind=ClaimKind.INFERRED),
    )
    draft = Draft(headline=headline(first), what_to_do_next=(action,))
    shown = page(published_story(story((member(first),)), draft))

    assert shown.what_to_do_next[0].trigger == "teams with agents"
    assert shown.provenance.kinds == ("1 quoted", "1 inferred")


def test_a_date_nobody_gave_is_not_told_as_one() -> None:
    undated = member(article(origin=DateOrigin.FIRST_SEEN))
    shown = page(published_story(story((undated,))))

    assert [row.published for origin in shown.origins for row in origin.rows] == [None]
    assert not shown.is_dated
    assert page(published_story(story((undated, member(article(key="wire")))))).is_dated


def test_inferred_and_written_claims_are_told_apart_from_quoted_ones() -> None:
    first = article()
    draft = Draft(
        headline=headline(first),
        hook=claim("It is ours.", first, kind=ClaimKind.WRITTEN, quote="theirs"),
        why_it_matters=(
            claim("So it may follow.", first, kind=ClaimKind.INFERRED, quote="theirs"),
        ),
    )
    shown = page(published_story(story((member(first),)), draft, engine="ollama", model="small:4b"))

    assert shown.hook is not None
    assert (shown.hook.quoted, shown.why_it_matters[0].inferred, shown.generated) == (
        False,
        True,
        True,
    )
    assert "(small:4b) wrote this page" in shown.provenance.how


def test_a_page_on_which_nothing_of_the_model_stands_does_not_say_that_it_wrote() -> None:
    shown = page(published_story(story((member(article()),)), engine="ollama", model="small:4b"))

    assert shown.provenance.label.startswith("Quotations")
    assert "small:4b" in shown.provenance.how
    assert "Written by" not in shown.provenance.how


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        pytest.param("", "", id="none"),
        pytest.param("a@b.example", "mailto:a@b.example?subject=A%20b&body=c", id="address"),
        pytest.param("mailto:a@b.example", "mailto:a@b.example?subject=A%20b&body=c", id="mailto"),
        pytest.param(
            "https://b.example/report", "https://b.example/report?subject=A+b&body=c", id="page"
        ),
        pytest.param(
            "https://b.example/?to=x",
            "https://b.example/?to=x&subject=A+b&body=c",
            id="page with query",
        ),
        pytest.param("javascript:alert(1)", "", id="script"),
        pytest.param("ask Ann or Bob @ the desk", "", id="prose"),
    ],
)
def test_the_report_link_is_prefilled(contact: str, link: str) -> None:
    assert contact_link(contact, subject="A b", body="c") == link


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            "It calls this “Code for the rest”.", "It calls this ‘Code for the rest’.", id="curly"
        ),
        pytest.param(
            '"We wait," she said, "and see."', "‘We wait,’ she said, ‘and see.’", id="straight"
        ),
        pytest.param(
            'The ("first") of "4.6" and "5"',
            "The (‘first’) of ‘4.6’ and ‘5’",
            id="brackets and figures",
        ),
        pytest.param('A 15" screen', 'A 15" screen', id="inches"),
        pytest.param('rest" was cut, “so …', "rest’ was cut, ‘so …", id="cut quotations"),
        pytest.param(
            "Er sagte: „Nein“, dann ging er.", "Er sagte: ‚Nein‘, dann ging er.", id="low marks"
        ),
        pytest.param("It isn't Ann's.", "It isn't Ann's.", id="apostrophes"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_double_marks_within_a_quotation_are_shown_single(text: str, shown: str) -> None:
    assert inner_quotation(text) == shown


def test_the_mark_of_a_cut_is_bound_to_the_last_word_for_the_eye_alone() -> None:
    first = article()
    text = "It was one of many …"
    shown = page(
        published_story(
            story((member(first),)),
            Draft(headline=headline(first), hook=claim(text, first, quote="It was one of many")),
        )
    )

    assert shown.hook is not None
    assert (shown.hook.shown, shown.hook.text) == ("It was one of many\u00a0…", text)
    assert f"“{text}”" in story_markdown(shown)


def test_only_what_the_reader_sees_of_a_quotation_changes() -> None:
    first = article()
    text = 'He said "no".'
    draft = Draft(
        headline=headline(first),
        hook=claim(text, first),
        takeaways=(claim(text, first, kind=ClaimKind.WRITTEN, quote=text),),
    )
    shown = page(published_story(story((member(first),)), draft))
    twin = story_json(shown)

    assert shown.hook is not None
    assert (shown.hook.shown, shown.hook.text, shown.hook.citations[0].quote) == (
        "He said ‘no’.",
        text,
        text,
    )
    assert shown.points[0].claims[0].shown == text
    assert isinstance(twin["hook"], dict)
    assert twin["hook"]["text"] == text


def test_every_claim_of_the_json_twin_stands_in_the_markdown_twin() -> None:
    shown = page(leverage_story())
    markdown = story_markdown(shown)
    claims = [
        shown.headline,
        shown.hook,
        *shown.what_changed,
        *shown.why_it_matters,
        *shown.points[0].claims,
    ]
    claims += [audience.claim for audience in shown.who_should_care] + [
        row.claim for row in shown.timeline
    ]

    assert [claim.text for claim in claims if claim and claim.shown not in markdown] == []


@pytest.mark.parametrize(
    ("title", "line"),
    [
        pytest.param("<script>alert(1)</script>", r"# \<script\>alert(1)\</script\>", id="element"),
        pytest.param("[x](javascript:alert(1))", r"# \[x\](javascript:alert(1))", id="link"),
        pytest.param("*bold* _it_ `code` &lt;", r"# \*bold\* \_it\_ \`code\` \&lt;", id="marks"),
        pytest.param(
            "- not a list\n\n# not a heading", r"# \- not a list \# not a heading", id="lines"
        ),
        pytest.param("1. not a list", r"# 1\. not a list", id="number"),
    ],
)
def test_markdown_takes_outside_text_as_text(title: str, line: str) -> None:
    shown = page(published_story(story((member(article(title, url="https://a.example/(1)")),))))

    assert story_markdown(shown).splitlines()[0] == line


def test_the_same_story_gives_the_same_record() -> None:
    assert page(leverage_story()) == page(leverage_story())


def test_the_page_changes_when_an_article_joins_or_it_is_analysed_again() -> None:
    before = leverage_story()
    after = replace(before, analysis=replace(before.analysis, analysed_at=NOON.replace(day=9)))

    assert page(before).changed == NOON.replace(hour=15)
    assert page(after).changed == NOON.replace(day=9)


def test_what_reports_differ_on_is_told_with_every_claim_and_its_source() -> None:
    shown = page(leverage_story())
    twin = story_json(shown)["disagreements"]
    lines = [
        line
        for line in story_markdown(shown).splitlines()
        if line.startswith("- More than 60 percent")
    ]

    (disagreement,) = shown.disagreements
    assert disagreement.question.startswith("More than 60 percent or 55 percent")
    assert [claim.attribution for claim in disagreement.claims] == [
        "The Next Wire",
        "Enterprise Ledger",
    ]
    assert twin == [
        {
            "question": disagreement.question,
            "claims": [_twin_claim(claim) for claim in disagreement.claims],
        }
    ]
    assert [line.count("[^") for line in lines] == [2]


def _twin_claim(claim: PrintedClaim) -> dict[str, object]:
    citations = [
        {"passage": citation.passage, "url": citation.url, "quote": citation.quote}
        for citation in claim.citations
    ]
    return {"text": claim.text, "kind": "extracted", "verdict": "supported", "citations": citations}


@pytest.mark.parametrize(
    ("horizon", "by"),
    [
        (date(2026, 12, 30), "30 December 2026"),
        (date(2026, 12, 31), "the end of 2026"),
        (date(2026, 2, 28), "the end of February 2026"),
    ],
)
def test_the_last_day_of_a_year_or_month_is_shown_as_its_end(horizon: date, by: str) -> None:
    of = leverage_story()
    implied = Implication(
        claim=of.headline, horizon=horizon, likelihood=Likelihood.ANNOUNCED, sign="It opens."
    )
    expected = Prediction(id="p", story_id=of.story.id, noted=NOON, implication=implied)
    (shown,) = page(replace(of, story=replace(of.story, predictions=(expected,)))).implications

    assert (shown.horizon, shown.by) == (horizon.isoformat(), by)


def test_what_we_say_of_our_own_accord_is_said_in_the_language_of_the_page() -> None:
    of = leverage_story()
    predicted = Prediction(
        id="p",
        story_id=of.story.id,
        noted=NOON,
        implication=Implication(
            claim=of.headline,
            horizon=NOON.date(),
            likelihood=Likelihood.PLANNED,
            sign="Northwind opened it.",
        ),
    )
    whole = replace(
        of,
        story=replace(of.story, predictions=(predicted,)),
        analysis=replace(of.analysis, kept=Draft(headline=of.headline)),
    )
    german = story_page(whole, SiteSettings(base_url="https://news.example", language="de"))

    assert [(each.sign, each.likely, each.band) for each in german.implications] == [
        ("Northwind opened it.", "geplant", "")
    ]


def test_a_difference_is_stated_in_the_language_of_the_page() -> None:
    of = leverage_story()
    long = "The Wire of the Norse Journalists"
    stated = difference_of(["more than 60 percent", "55 percent, in all"], [long, long])
    claims = Draft(headline=of.headline, disagreements=(Disagreement(question=stated, claims=()),))
    whole = replace(of, analysis=replace(of.analysis, kept=claims))
    pages = [
        story_page(whole, SiteSettings(base_url="https://news.example", language=language))
        for language in ("en", "de")
    ]

    english, german = (page.disagreements[0].question for page in pages)
    assert english.startswith("More than 60 percent in one report, 55 percent, in all ")
    assert german.startswith("More than 60 percent in einem Bericht, 55 percent, in all ")


def test_why_an_article_was_not_read_is_said_in_the_language_of_the_page() -> None:
    of = leverage_story()
    failed = PageFailed(article_id="a", reason="connection reset", next_try=NOON, failures=1)
    members = tuple(
        replace(each, article=replace(each.article, shortfall=failed.shortfall))
        for each in of.story.members
    )
    german = story_page(
        replace(of, story=replace(of.story, members=members)), SiteSettings(language="de")
    )

    assert "(die Seite " in german.origins[0].rows[0].read_name


def test_a_story_leads_to_those_published_next_before_and_after_it_that_have_a_page() -> None:
    first, second, third, fourth = (
        outline(
            published_story(
                story((member(article(f"Report {n}", key=f"s{n}", at=NOON + timedelta(hours=n))),))
            )
        )
        for n in range(4)
    )
    of = neighbours_of([third, first, fourth, second], {third.id})
    paths = {one.id: path_of(one.id, one.slug) for one in (first, second, fourth)}

    assert of == {
        first.id: Neighbours(newer=paths[second.id]),
        second.id: Neighbours(older=paths[first.id], newer=paths[fourth.id]),
        fourth.id: Neighbours(older=paths[second.id]),
    }


@pytest.mark.parametrize(
    ("own", "others", "counted"),
    [
        pytest.param(1, 3, "3 independent sources", id="announced and reported"),
        pytest.param(0, 3, "3 independent sources", id="reported alone"),
        pytest.param(1, 1, "announcement and one report", id="announced and reported once"),
        pytest.param(1, 0, "single source", id="announced alone"),
    ],
)
def test_who_announces_its_own_news_is_no_independent_source_of_it(
    own: int, others: int, counted: str
) -> None:
    announced = [
        replace(member(article("We ship", key=f"lab{place}"), name=f"Lab {place}"), primary=True)
        for place in range(own)
    ]
    reported = [
        member(article("Lab ships", key=f"paper{place}"), name=f"Paper {place}")
        for place in range(others)
    ]
    shown = page(published_story(story((*announced, *reported))))

    assert shown.sources_counted == counted


@pytest.mark.parametrize(
    ("urls", "lane", "counted"),
    [
        pytest.param(
            ("https://anthropic.com/news/4", "https://claude.com/blog/4"),
            Lane.NEWS,
            "single source",
            id="two sites of one maker",
        ),
        pytest.param(
            ("https://www.anthropic.com/news/4", "https://daily.example/claude"),
            Lane.NEWS,
            "announcement and one report",
            id="reported once",
        ),
        pytest.param(
            ("https://deepmind.google/blog/veo", "https://daily.example/claude"),
            Lane.NEWS,
            "announcement and one report",
            id="at the maker's own ending",
        ),
        pytest.param(
            ("https://news.google.com/rss/articles/CBMi1", "https://daily.example/claude"),
            Lane.NEWS,
            "2 independent sources",
            id="behind an address that hides whose it is",
        ),
        pytest.param(
            ("https://research.northwind.example/1", "https://daily.example/claude"),
            Lane.NEWS,
            "2 independent sources",
            id="none of them about itself",
        ),
        pytest.param(
            ("https://anthropic.com/forum/1", "https://daily.example/claude"),
            Lane.COMMUNITY,
            "2 independent sources",
            id="people on the site of a party",
        ),
    ],
)
def test_a_vendors_text_about_itself_is_not_independent_in_any_lane(
    urls: tuple[str, ...], lane: Lane, counted: str
) -> None:
    told = [
        member(article("Claude Opus 4.6", key=f"s{place}", url=url), lane=lane)
        for place, url in enumerate(urls)
    ]
    of = replace(story(told), subjects=("anthropic", "claude-opus-4-6", "google"))

    assert page(published_story(of)).sources_counted == counted


@pytest.mark.parametrize(
    ("audited", "shown"),
    [
        pytest.param(0, "an assumed 7 false drafts in 100", id="assumed"),
        pytest.param(120, "at most 7 false drafts in 100, found by a person", id="audited"),
    ],
)
def test_a_page_says_whether_the_share_of_false_drafts_is_assumed(audited: int, shown: str) -> None:
    rates = replace(JUDGE, prior=0.07, audited=audited)

    assert shown in rates_text(rates, IN_ENGLISH)
    raised = rates_text(replace(rates, is_raised=True), IN_ENGLISH)
    assert "an estimated 7 false drafts in 100, because the judge rejected more" in raised
    assert "false drafts" not in rates_text(JUDGE, IN_ENGLISH)
