"""The static search: the terms of a text, the files of a volume, and which volumes there are."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis.strategies import characters, sampled_from, text

from aggregator.domain.publishing.page import Page
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Entity, EntityKind
from aggregator.site.lists.lines import story_line
from aggregator.site.search.index_volume import Label, SearchDocument, Volume
from aggregator.site.search.pages import LARGE, SearchPage, search_document, search_pages
from aggregator.site.search.terms import STOP_WORDS, terms
from aggregator.site.story.page import story_page
from tests.builders import article, leverage_story, member, published_story, story
from tests.unit.site.search_reader import Posting, all_postings, postings_of

SITE = SiteSettings()
FIRST = date(2026, 1, 5)  # a Monday
COMPANY = Label(key="mistral", name="Mistral AI")


def document(
    number: int = 0, headline: str = "", text: str = "", *, per_day: int = 1, **other: object
) -> SearchDocument:
    """A document; the higher its number, the later its day."""
    day = FIRST + timedelta(days=number // per_day)
    calendar = day.isocalendar()
    made = SearchDocument(
        id=f"{number:012}",
        path=f"story/report-{number:012}/",
        headline=headline or f"Report {number}",
        lang="",
        hook="",
        text=text,
        topics=(),
        roles=(),
        companies=(),
        week=f"{calendar.year}-W{calendar.week:02}",
        day=day,
        origins=1,
    )
    return replace(made, **other)  # type: ignore[arg-type]


def files_of(documents: Sequence[SearchDocument]) -> dict[str, bytes]:
    volume = Volume(documents)
    return {name: volume.body(name)() for name in volume.names}


def written(pages: Iterable[Page]) -> dict[str, bytes]:
    """The files of the pages that are no templates."""
    made = {}
    for page in pages:
        for file in page.files:
            if file.text:
                body = file.text()
                made[file.path] = body if isinstance(body, bytes) else body.encode()
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Café CAFÉ cafe\u0301", ["cafe", "cafe", "cafe"], id="accents"),
        pytest.param("GPT-4o beats GPT-5.1", ["gpt", "4o", "beat", "gpt", "5.1"], id="versions"),
        pytest.param(
            "v2.0.1, 3.5-turbo. 5. 1..2", ["v2.0.1", "3.5", "turbo", "5", "1", "2"], id="dots"
        ),
        pytest.param(
            "OpenAI's OpenAI’s don't l’IA",
            ["openai", "openai", "don", "t", "l", "ia"],
            id="apostrophes",
        ),
        pytest.param(
            "人工智能 a人b ガンダム",
            ["人工", "工智", "智能", "a", "人", "b", "ガン", "ンダ", "ダム"],
            id="without spaces",
        ),
        pytest.param(
            "companies GPUs status news class bus",
            ["company", "gpu", "status", "news", "class", "bus"],
            id="plurals",
        ),
        pytest.param("ｱﾊﾟｰﾄ か\u3099", ["アパ", "パー", "ート", "が"], id="half width"),
        pytest.param(
            "İstanbul ΟΔΟΣ ﬁne Ｇｅ́ＮＡＩ",
            ["istanbul", "οδοσ", "fine", "genai"],
            id="forms and cases",
        ),
        pytest.param(
            "हिन्दी ไทยแลนด์ שָׁלוֹם", ["हिन्दी", "ไทยแลนด์", "שלום"], id="vowel signs and points"
        ),
        pytest.param(
            "co\u00adop x\u200by \ud800 <b>&amp;</b>",
            ["coop", "xy", "b", "amp", "b"],
            id="invisible and markup",
        ),
        pytest.param("w" * 50, ["w" * 32], id="long"),
        pytest.param(" \n.'’-", [], id="no word"),
    ],
)
def test_a_text_is_found_by_its_folded_words(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_typography_changes_no_term() -> None:
    plain = "It's \"new\": GPT-5.1 - 2.0... the lab's model. Companies' chips"
    set_well = "It’s “new”: GPT-5.1 – 2.0… the lab’s model. Companies’ chips"

    assert terms(plain) == terms(set_well) == terms(f"{plain} Ж")[:-1]


@given(text(alphabet=characters(max_codepoint=0x3FFF) | sampled_from("aS5.'’ ﾊﾟé人\u0301™½①İ")))
def test_the_short_way_of_plain_texts_leads_to_the_same_terms(plain: str) -> None:
    """A letter that has no plain form sends the text the long way."""
    assert terms(plain) == terms(f"{plain} Ж")[:-1]


def test_a_volume_holds_each_term_with_its_stories_and_their_worth() -> None:
    files = files_of(
        [
            document(0, "Mistral opens a model"),
            document(1, "Chips", "The model, the model.", companies=(COMPANY,)),
        ]
    )
    found = all_postings(files)

    mean = (4 + 5) / 2
    damping = [1.2 * (0.25 + 0.75 * length / mean) for length in (4, 5)]
    assert [*found] == ["#company:mistral", "#week:2026-W02", "chip", "mistral", "model", "open"]
    assert found["#company:mistral"] == (Posting(number=1, worth=None),)
    assert found["#week:2026-W02"] == (Posting(number=0, worth=None), Posting(number=1, worth=None))
    assert found["model"] == tuple(
        Posting(number=number, worth=round(255 * times / (times + damping[number])))
        for number, times in enumerate((3, 2))
    )


def test_a_long_volume_is_read_back_from_its_shards_by_their_first_terms() -> None:
    documents = [
        document(number, f"Word{number % 97} common", f"only{number} 人工智能 Ж{number % 5}")
        for number in range(400)
    ]
    files = files_of(documents)
    starts = json.loads(files["terms.json"])
    shards = [postings_of(files[f"t{number}.bin"]) for number in range(len(starts))]

    misplaced = [
        term
        for number, shard in enumerate(shards)
        for term in shard
        if max(place for place, start in enumerate(starts) if start <= term) != number
    ]
    assert misplaced == []
    assert (
        sum(len(shard) for shard in shards) == len(all_postings(files)) == 2 + 97 + 400 + 3 + 5 + 57
    )
    assert [posting.number for posting in all_postings(files)["common"]] == [*range(400)]
    assert [posting.number for posting in all_postings(files)["word7"]] == [*range(7, 400, 97)]


def test_results_are_what_a_list_shows_of_each_story() -> None:
    hook = "Word " * 90
    shown = json.loads(files_of([document(0, "A <b>", hook=hook, lang="he", origins=4)])["r0.json"])

    assert shown == [
        ["story/report-000000000000/", "A <b>", "he", "Word " * 63 + "Word …", "2026-01-05", 4]
    ]


def test_a_story_without_a_word_breaks_nothing() -> None:
    found = all_postings(files_of([document(0, "!"), document(1, "the"), document(2, "\ud800")]))

    assert [*found] == ["#week:2026-W02"]


def test_stop_words_are_left_out_of_the_index_alone() -> None:
    found = all_postings(files_of([document(0, " ".join(sorted(STOP_WORDS)), "Something")]))

    assert [*found] == ["#week:2026-W02", "something"]


@pytest.mark.parametrize(("own", "others"), [(1, 3), (0, 2), (1, 1), (2, 0), (1, 0)])
def test_the_search_counts_sources_as_the_page_does(own: int, others: int) -> None:
    members = [
        member(article("Lab ships", key=f"s{place}"), primary=place < own)
        for place in range(own + others)
    ]
    published = published_story(story(members))
    found = search_document(published, story_line(published, "en"), {}, ZoneInfo("UTC"))
    said = {0: "single source", 1: "announcement and one report"}

    assert (
        said.get(found.origins, f"{found.origins} independent sources")
        == story_page(published, SiteSettings()).sources_counted
    )


def test_the_search_knows_of_a_story_its_telling_and_its_labels() -> None:
    published = leverage_story()
    entities = (
        Entity(key="mistral", name="Mistral AI", kind=EntityKind.COMPANY),
        Entity(key="ai-act", name="AI Act", kind=EntityKind.REGULATION),
    )
    published = replace(
        published, story=replace(published.story, topics=("policy", "gone"), entities=entities)
    )
    found = search_document(
        published, story_line(published, "en"), {"policy": "Policy and law"}, ZoneInfo("Asia/Tokyo")
    )

    assert (found.id, found.headline, found.day, found.origins) == (
        published.story.id,
        published.headline.text,
        date(2026, 7, 4),
        2,
    )
    assert found.hook.startswith("“Arthur Mensch said on Saturday") or found.hook.startswith(
        "Arthur Mensch said on Saturday"
    )
    assert [label.key for label in (*found.topics, *found.roles, *found.companies)] == [
        "policy",
        "security",
        "policy",
        "mistral",
    ]
    assert "Security teams should know which prompts leave the company." in found.text
    assert found.text.endswith("Policy and law\nMistral AI\nAI Act")
    assert "OpenAI declined to comment." not in found.text


def test_files_are_the_same_whatever_the_order_within_a_week() -> None:
    documents = [
        document(number, per_day=9, topics=(Label(key="law", name="Law"),)) for number in range(60)
    ]
    turned = sorted(documents, key=lambda each: (each.week, each.path[-1]))

    assert written(search_pages(documents, SITE)) == written(search_pages(turned, SITE))


def test_weeks_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="2026-W02 after 2026-W03"):
        list(search_pages([document(7), document(0)], SITE))


def volumes(documents: Sequence[SearchDocument]) -> dict[str, int]:
    """The stories of each volume by its name."""
    manifest = json.loads(written(search_pages(documents, SITE))["search/manifest.json"])
    return {name: stories for name, stories, _ in manifest["volumes"]}


def test_a_new_story_makes_the_newest_volume_anew_and_no_other() -> None:
    documents = [document(number, per_day=100) for number in range(LARGE + 2_900)]
    before, after = volumes(documents), volumes([*documents, document(LARGE + 2_900, per_day=100)])

    assert [*before.values()] == [8_200, 2_100, 600, 192]
    assert [*after.values()] == [8_200, 2_100, 600, 193]
    assert len(before.keys() & after.keys()) == 3


def test_a_story_that_changed_changes_the_name_of_its_volume() -> None:
    names = {
        tuple(volumes([replace(document(0, "A", companies=(COMPANY,)), **change)]))
        for change in (
            {},
            {"headline": "B"},
            {"hook": "B"},
            {"text": "B"},
            {"lang": "he"},
            {"origins": 2},
            {"path": "story/b/"},
            {"companies": ()},
            {"topics": (COMPANY,)},
            {"day": FIRST + timedelta(days=1)},
        )
    }

    assert len(names) == 10


def test_an_unchanged_volume_is_not_made() -> None:
    """`publish` calls for the bytes of a file only if its record changed; the pages alone must cost
    nothing.
    """
    page = next(iter(search_pages([document(number) for number in range(50)], SITE)))

    assert len({file.path for file in page.files}) == 1 + math.ceil(50 / 24) + math.ceil(50 / 16)
    assert (
        page.record
        == next(iter(search_pages([document(number) for number in range(50)], SITE))).record
    )


def page_of(documents: Sequence[SearchDocument], **options: dict[str, str]) -> SearchPage:
    return next(
        page.record
        for page in search_pages(documents, SITE, **options)
        if isinstance(page.record, SearchPage)
    )


def test_the_page_offers_every_label_with_its_stories() -> None:
    law, chips = Label(key="law", name="Law"), Label(key="chips", name="chips")
    page = page_of(
        [document(0, topics=(law,)), document(9, topics=(law, chips), companies=(COMPANY,))],
        topic_paths={"law": "topic/law/"},
    )
    offered = {
        shown_filter.key: [
            (choice.key, choice.name, choice.stories) for choice in shown_filter.choices
        ]
        for shown_filter in page.filters
    }

    assert offered == {
        "topic": [("chips", "chips", 1), ("law", "Law", 2)],
        "role": [],
        "company": [("mistral", "Mistral AI", 1)],
        "week": [("2026-W03", "12–18 January 2026", 1), ("2026-W02", "5–11 January 2026", 1)],
    }
    assert [(link.name, link.url) for link in (*page.topics, *page.weeks)] == [
        ("Law", "topic/law/"),
        ("12–18 January 2026", "week/2026-W03/"),
        ("5–11 January 2026", "week/2026-W02/"),
    ]


def test_of_many_companies_those_told_of_most_can_be_chosen() -> None:
    documents = [
        document(
            number,
            companies=tuple(Label(key=f"c{each}", name=f"C {each}") for each in range(number + 1)),
        )
        for number in range(170)
    ]
    company = next(each for each in page_of(documents).filters if each.key == "company")

    assert {choice.key for choice in company.choices} == {f"c{number}" for number in range(150)}


def test_without_a_story_there_is_a_page_and_an_empty_manifest() -> None:
    pages = list(search_pages([], SITE))

    assert [file.path for page in pages for file in page.files] == [
        "search/manifest.json",
        "search/index.html",
    ]
    assert json.loads(written(pages)["search/manifest.json"])["volumes"] == []
