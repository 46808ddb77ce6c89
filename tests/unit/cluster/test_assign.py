from __future__ import annotations

import html
import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aggregator.cluster.assign import assignments
from aggregator.cluster.members import Assignment, ClusterItem
from aggregator.domain.ids import stable_id
from aggregator.domain.settings import ClusterSettings
from aggregator.domain.source import Lane
from tests.unit.cluster.makers import NOON, item

SEED_STORY = Path(__file__).parents[2] / "corpus" / "seed-story"
COWORK = (
    item(
        "a",
        "Anthropic launches Cowork, an agent that works in your files",
        "Claude Cowork sorts folders and writes reports.",
    ),
    item(
        "b",
        "Anthropic's Claude Cowork does office work",
        "The agent reads and changes files on a Mac.",
        hours=6,
    ),
)
OFCOM = item(
    "c",
    "Ofcom opens an investigation of Grok",
    "The British regulator asks X how pictures of women came about.",
    hours=3,
)


def stories(items: Sequence[ClusterItem], placed: Sequence[ClusterItem] = ()) -> list[set[str]]:
    found: dict[str, set[str]] = {}
    for assignment in assignments(items, placed, ClusterSettings()):
        found.setdefault(assignment.story_id, set()).add(assignment.article_id)
    return sorted(found.values(), key=min)


RAISES = "Acme raises $450 million for robots that pack parcels"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Acme raises funding for robots that pack parcels", [{"a"}, {"b"}]),
        ("Acme raises $450m for its robots that pack parcels", [{"a", "b"}]),
        ("Acme raises $450 million for robots that pack many parcels", [{"a", "b"}]),
        ("Acme raises $410 million for its robots that pack parcels", [{"a"}, {"b"}]),
    ],
    ids=["no figures", "the same figure", "nearly the same text", "another figure"],
)
def test_an_article_without_a_date_joins_only_nearly_the_same_text_or_the_same_figures(
    title: str, expected: list[set[str]]
) -> None:
    dated, undated = item("a", RAISES), replace(item("b", title, hours=2), dated=False)

    assert stories([dated, replace(undated, dated=True)]) == [{"a", "b"}]
    assert stories([dated, undated]) == expected


def test_stories_surely_of_one_affair_share_a_mark_and_those_that_only_share_a_storyline_none() -> (
    None
):
    items = [
        item("a", "Ofcom opens an investigation of Grok on X over images of women"),
        item("b", "Ofcom ends its investigation of Grok on X over images of women", hours=200),
        item("c", "Zenith sues a maker of pumps", hours=201),
    ]
    found = {each.article_id: each for each in assignments(items, (), ClusterSettings())}

    assert len({each.story_id for each in found.values()}) == 3
    assert found["a"].affairs == found["b"].affairs
    assert [len(found[key].affairs) for key in "abc"] == [1, 1, 0]


def one_by_one(items: Sequence[ClusterItem]) -> dict[str, ClusterItem]:
    """As if each article came in with a run of its own."""
    placed: dict[str, ClusterItem] = {}
    for arriving in items:
        decided = assignments([arriving], list(placed.values()), ClusterSettings())
        placed = after([arriving, *placed.values()], decided)
    return placed


def after(items: Sequence[ClusterItem], decided: Sequence[Assignment]) -> dict[str, ClusterItem]:
    """The articles where they are after a run."""
    here = {one.article_id: one for one in items}
    for assignment in decided:
        spot = here[assignment.article_id]
        here[assignment.article_id] = replace(
            spot,
            story_id=assignment.story_id,
            storyline=assignment.storyline,
            copy_of=assignment.copy_of,
        )
    return here


def test_reports_of_one_event_are_one_story_named_after_the_earliest() -> None:
    first, other, second = assignments([OFCOM, *COWORK], [], ClusterSettings())

    assert (first.article_id, first.story_id, first.similarity, first.reason) == (
        "a",
        stable_id("story", "a"),
        0.0,
        "first report",
    )
    assert (second.article_id, second.story_id, second.copy_of) == ("b", first.story_id, None)
    assert (
        second.reason
        == "similar to “Anthropic launches Cowork, an agent that works in your files” (Anthropic's,"
        " Claude, Cowork, work)"
    )
    assert other.story_id == stable_id("story", "c")


def test_a_later_article_joins_the_placed_story() -> None:
    placed = replace(COWORK[0], story_id="story-1")

    assert [
        assignment.story_id for assignment in assignments([COWORK[1]], [placed], ClusterSettings())
    ] == ["story-1"]


def test_stories_whose_founders_are_out_of_sight_stay_apart_even_when_alike() -> None:
    placed = [replace(COWORK[0], story_id="one"), replace(COWORK[1], story_id="two")]
    newcomer = item("d", "Anthropic launches Claude Cowork, an agent for files", hours=7)

    now = after([*placed, newcomer], assignments([newcomer], placed, ClusterSettings()))

    assert (now["a"].story_id, now["b"].story_id, now["d"].story_id in {"one", "two"}) == (
        "one",
        "two",
        True,
    )


def test_a_late_article_joins_two_stories_into_the_older() -> None:
    first = item("a", "Acme opens a robot plant in Turin", hours=0)
    second = item("b", "Turin gets 900 robot jobs at a car maker", hours=20)
    bridge = item("c", "Acme opens a robot plant in Turin with 900 jobs at a car maker", hours=21)
    apart = one_by_one([first, second])
    now = one_by_one([first, second, bridge])

    assert apart["b"].story_id == stable_id("story", "b")
    assert {placed.story_id for placed in now.values()} == {stable_id("story", "a")}


def test_one_late_article_does_not_join_two_told_stories_that_have_next_to_nothing_in_common() -> (
    None
):
    first = item("a", "Acme opens a robot plant in Turin", hours=0)
    second = item("b", "Turin gets 900 jobs at a car maker", hours=3)
    bridge = item("c", "Acme opens a robot plant in Turin with 900 jobs at a car maker", hours=4)

    now = one_by_one([first, second, bridge])

    assert [now[name].story_id for name in "ab"] == [
        stable_id("story", "a"),
        stable_id("story", "b"),
    ]


def test_an_earlier_article_that_comes_in_late_leaves_the_story_its_id() -> None:
    now = one_by_one([COWORK[1], COWORK[0]])

    assert {placed.story_id for placed in now.values()} == {stable_id("story", "b")}


def test_what_does_not_move_is_not_told_again() -> None:
    placed = list(one_by_one([*COWORK, OFCOM]).values())
    newcomer = item("d", "Zenith sues a maker of pumps", hours=5)

    assert [
        assignment.article_id for assignment in assignments([newcomer], placed, ClusterSettings())
    ] == ["d"]


def test_copies_go_where_their_origin_goes() -> None:
    text = " ".join(f"w{n}" for n in range(300))
    first = item("a", "Acme opens a robot plant in Turin", hours=0)
    second = item("b", "Turin gets 900 robot jobs at a car maker", hours=3, text=text)
    copy = item("c", "Robots at last", hours=4, text=text[:900])
    bridge = item("d", "Acme opens a robot plant in Turin with 900 jobs at a car maker", hours=5)

    now = one_by_one([first, second, copy, bridge])

    assert (now["c"].story_id, now["c"].copy_of) == (stable_id("story", "a"), "b")


def test_the_events_of_one_affair_are_stories_of_one_storyline_named_after_the_first() -> None:
    events = [
        item(
            "a",
            "Ofcom opens investigation of Grok images",
            "Britain asks X for answers over pictures of women.",
            hours=0,
        ),
        item(
            "b",
            "Ofcom opens an investigation of X over Grok images",
            "Pictures of women brought it about.",
            hours=3,
        ),
        item(
            "c",
            "X limits Grok images after Ofcom investigation",
            "Pictures of women can no longer be made.",
            hours=200,
        ),
        item("d", "Zenith sues a maker of pumps", hours=201),
    ]
    opened = stable_id("story", "a")

    now = one_by_one(events)

    assert [now[name].story_id == opened for name in "abcd"] == [True, True, False, False]
    assert [now[name].storyline for name in "abcd"] == [
        opened,
        opened,
        opened,
        stable_id("story", "d"),
    ]


def test_versions_that_differ_are_two_stories_of_one_storyline_where_others_speak_of_both() -> None:
    now = one_by_one(
        [
            item(
                "a",
                "Acme releases Falcon 3.1 for laptops",
                "The model runs without a graphics card and is free to use.",
            ),
            item(
                "b",
                "Acme releases Falcon for laptops",
                "The model is free, runs on laptops, and needs no graphics card.",
            ),
            item(
                "c",
                "Acme releases Falcon 3.2 for laptops",
                "The model runs without a graphics card.",
                hours=20,
            ),
        ]
    )

    assert now["a"].story_id != now["c"].story_id
    assert {placed.storyline for placed in now.values()} == {stable_id("story", "a")}


def test_the_order_in_which_runs_bring_articles_decides_nothing() -> None:
    titles = (
        "Acme opens plant in Turin",
        "Turin gets Acme plant",
        "Acme plant in Turin opens",
        "Zenith sues Acme",
        "Acme sued by Zenith",
    )
    items = [item(str(n), title, hours=n % 3) for n, title in enumerate(titles * 2)]

    def together(order: Sequence[ClusterItem]) -> set[frozenset[str]]:
        found: dict[str, set[str]] = {}
        for placed in one_by_one(order).values():
            found.setdefault(str(placed.story_id), set()).add(placed.article_id)
        return {frozenset(members) for members in found.values()}

    orders = [random.Random(seed).sample(items, len(items)) for seed in range(3)]

    assert all(together(order) == together(items) for order in orders)


def test_an_article_joins_no_story_beyond_the_lookback() -> None:
    late = replace(COWORK[1], published=NOON + timedelta(days=11))

    assert stories([COWORK[0], late]) == [{"a"}, {"b"}]


@pytest.mark.parametrize(("days", "expected"), [(1, [{"a", "b"}]), (8, [{"a"}, {"b"}])])
def test_likeness_fades_with_the_days(days: int, expected: list[set[str]]) -> None:
    assert (
        stories([COWORK[0], replace(COWORK[1], published=NOON + timedelta(days=days))]) == expected
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OpenAI introduces GPT-5.1 for ChatGPT", "OpenAI introduces GPT-5.2 for ChatGPT"),
        ("Meta releases Llama 3", "Meta releases Llama 4"),
        ("vLLM v0.5.1", "vLLM v0.5.2"),
        ("v1.2.3", "v1.2.3"),
        ("Introducing Forge", "Introducing Canvas"),
        ("Changelog", "Changelog"),
        ("Weekly update", "Weekly update"),
        (
            "Acme raises $450 million in series C funding",
            "Zenith raises $33 million in series B funding",
        ),
        ("Last Week in AI #330: Groq joins Nvidia", "Groq joins Nvidia"),
    ],
)
def test_titles_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    assert stories([item("a", one), item("b", other, hours=1)]) == [{"a"}, {"b"}]


def test_a_headline_without_a_lead_joins_its_story() -> None:
    assert stories([item("a", "UAE to leave OPEC"), item("b", "UAE leaves OPEC", hours=1)]) == [
        {"a", "b"}
    ]


def test_versions_stay_apart_when_an_article_without_a_version_is_like_both() -> None:
    titles = (
        "OpenAI ships GPT-5.1 to ChatGPT users",
        "OpenAI ships new model to ChatGPT users",
        "OpenAI ships GPT-5.2 to ChatGPT users",
    )
    found = {
        assignment.article_id: assignment.story_id
        for assignment in assignments(
            [item(str(n), t, hours=n) for n, t in enumerate(titles)], [], ClusterSettings()
        )
    }

    assert found["0"] != found["2"]


def test_a_source_that_writes_twice_is_evidence_against_one_event() -> None:
    one, other = (
        "Serverless storage reaches many Pinefall tenants in Europe",
        "How nine Pinefall engineers build fast serverless indexes for big storage halls",
    )

    strangers = [item("a", one), item("b", other, hours=1)]
    own = [item("a", one, source="blog"), item("b", other, hours=1, source="blog")]

    assert (stories(strangers), stories(own)) == ([{"a", "b"}], [{"a"}, {"b"}])


def test_entries_of_one_list_of_releases_stay_apart() -> None:
    own = [
        item(
            str(n),
            "Engine: faster start for Linux",
            hours=n,
            source="r",
            lane=Lane.RELEASE,
            url=f"https://r.example/{n}",
        )
        for n in (0, 100)
    ]

    assert stories(own) == [{"0"}, {"100"}]


def test_a_paper_joins_only_the_same_paper() -> None:
    title = "Conditional memory by scalable lookup for sparse models"
    papers = [
        item("a", title, "We propose Engram.", lane=Lane.PAPER),
        item("b", title + " (v2)", "We present Engram, a memory.", hours=20, lane=Lane.PAPER),
        item(
            "c",
            "Scalable lookup memory makes sparse models think",
            "Engram is a conditional memory.",
            hours=21,
        ),
    ]

    assert stories(papers) == [{"a", "b"}, {"c"}]


def test_a_copy_joins_the_story_of_its_origin() -> None:
    text = " ".join(f"w{n}" for n in range(300))
    original = item("a", "Acme opens a plant in Turin", text=text, story_id="s")
    (copy,) = assignments(
        [item("b", "Robots at last", hours=200, text=text[:900])], [original], ClusterSettings()
    )

    assert (copy.story_id, copy.copy_of, copy.similarity, copy.reason) == (
        "s",
        "a",
        1.0,
        "copy of “Acme opens a plant in Turin”",
    )


def test_an_original_that_comes_in_late_joins_its_copy_and_takes_the_credit() -> None:
    text = " ".join(f"w{n}" for n in range(300))
    original = item("a", "Acme opens a plant in Turin", text=text)
    copy = item("b", "Robots at last", hours=5, text=text[:900], story_id="s")

    joined, credited = assignments([original], [copy], ClusterSettings())

    assert (joined.story_id, joined.copy_of) == ("s", None)
    assert (credited.article_id, credited.story_id, credited.copy_of) == ("b", "s", "a")


def test_the_order_of_arrival_within_a_run_decides_nothing() -> None:
    titles = (
        "Acme opens plant in Turin",
        "Turin gets Acme plant",
        "Acme plant in Turin opens",
        "Zenith sues Acme",
        "Acme sued by Zenith",
    )
    items = [item(str(n), title, hours=n % 3) for n, title in enumerate(titles * 4)]
    shuffled = items.copy()
    random.Random(7).shuffle(shuffled)

    assert assignments(shuffled, [], ClusterSettings()) == assignments(items, [], ClusterSettings())


def test_nothing_pending_decides_nothing() -> None:
    assert assignments([], [replace(OFCOM, story_id="s")], ClusterSettings()) == ()


def test_articles_without_words_each_have_a_story() -> None:
    assert stories([item("a", ""), item("b", "?!"), item("c", "", hours=1)]) == [
        {"a"},
        {"b"},
        {"c"},
    ]


def test_dates_from_the_year_one_on_are_taken() -> None:
    early = replace(OFCOM, published=datetime(1, 1, 1, tzinfo=NOON.tzinfo))

    assert stories([early, *COWORK]) == [{"a", "b"}, {"c"}]


@pytest.mark.parametrize("runs", ["in one run", "one by one"])
def test_the_seed_story_has_four_links_and_three_origins(runs: str) -> None:
    items = _seed_articles()
    decided = (
        after(items, assignments(items, [], ClusterSettings()))
        if runs == "in one run"
        else one_by_one(items)
    )
    original_story = decided[
        "thenextweb.com/news/mistral-ceo-open-source-enterprise-warning"
    ].story_id

    members = {
        assignment.article_id.split("/")[0]: assignment.copy_of
        for assignment in decided.values()
        if assignment.story_id == original_story
    }

    assert members == {
        "thenextweb.com": None,
        "the-decoder.com": None,
        "europedigital.example": None,
        "wirecopy.example": "thenextweb.com/news/mistral-ceo-open-source-enterprise-warning",
    }
    assert len({assignment.story_id for assignment in decided.values()}) == 1 + len(items) - 4


def _seed_articles() -> list[ClusterItem]:
    pages = {
        url: page
        for url, page in json.loads((SEED_STORY / "map.json").read_text("utf-8")).items()
        if page["kind"] == "page"
    }
    return [
        _seed_article(url, (SEED_STORY / page["file"]).read_text("utf-8"))
        for url, page in sorted(pages.items())
    ]


def _seed_article(url: str, page: str) -> ClusterItem:
    article = page[page.index("<article>") : page.index("</article>")]
    text = html.unescape("\n\n".join(re.findall(r"<p>(.*?)</p>", article)))
    published = re.findall(r'datetime="([^"]+)"', article)[0]
    title = html.unescape(re.findall(r"<h1>(.*?)</h1>", article)[0])
    made = item(url.removeprefix("https://"), title, text, text=text, source=url.split("/")[2])
    return replace(made, published=datetime.fromisoformat(published))
