"""The site as a reader meets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from aggregator.domain.claim import Draft
from aggregator.site.paths import story_path
from tests.browser.conftest import served
from tests.builders import (
    article,
    claim,
    headline,
    leverage_story,
    member,
    published_story,
    sample_stories,
    story,
)

STORY = story_path(leverage_story().story)
LONG = story_path(sample_stories(0)[1].story)
EDITION = "week/2026-W27/"
WEEK = "week/2026-W26/"  # without an edition
LISTS = [
    "week/",
    "archive/",
    "edition/",
    "source/",
    "source/tnw/",
    "source/letter/",
    "about/",
    "404.html",
]
LISTS += [
    "topic/",
    "topic/policy/",
    "topic/quiet/",
    "role/",
    "role/developers/",
    "entity/",
    "entity/northwind/",
]
LISTS += ["subscribe/", "scorecard/"]
LISTS += ["errata/", "story/removed-aaaaaaaaaaaa/"]
LISTS += ["search/", "following/"]
PAGES = ["", STORY, LONG, EDITION, *LISTS]

HOSTILE = (
    "<script>window.hit = 1</script>",
    "</script><script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>",
    '"><svg onload=window.hit=1>',
    "' onmouseover='window.hit=1' autofocus onfocus='window.hit=1",
    "</title><script>window.hit = 1</script>",
    "<!--><script>window.hit = 1</script>-->",
    "]]><script>window.hit = 1</script>",
    "{{ 7 * 7 }}{% raw %}<b>${window.hit = 1}</b>",
    "<iframe srcdoc='<script>parent.hit = 1</script>'></iframe>",
    "<math><mi xlink:href='javascript:window.hit=1'>x</mi></math>",
    "&lt;script&gt;window.hit = 1&lt;/script&gt;",
    "\u202e<script>window.hit = 1</script>\u2028",
    "</textarea></style></noscript><details open ontoggle=window.hit=1>",
)


def test_no_page_logs_anything_or_asks_elsewhere(page: Page, sample: str) -> None:
    messages: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(sample + path)

    assert messages == []
    assert [url for url in asked if not url.startswith(sample)] == []


def test_a_numeral_opens_the_passage_it_cites_without_any_script(
    open_page: Callable[..., Page], sample: str
) -> None:
    page = open_page(runs_scripts=False)
    page.goto(sample + STORY)
    numeral = page.locator(".hook button")
    passage = page.locator(f"#{numeral.get_attribute('popovertarget')}")
    before = passage.is_visible()
    numeral.click()
    after = passage.is_visible()
    link = passage.locator("a").first.get_attribute("href")

    assert (before, after) == (False, True)
    assert (link or "").startswith("https://tnw.example/")


def test_the_passage_opens_and_closes_by_keyboard_and_its_link_is_the_next_stop(
    page: Page, sample: str
) -> None:
    page.goto(sample + STORY)
    page.locator(".hook button").focus()
    page.keyboard.press("Enter")
    passage = page.locator(".footnotes :popover-open")
    is_open = passage.is_visible()
    page.keyboard.press("Tab")
    is_next = passage.locator("a").first.evaluate("link => link === document.activeElement")
    page.keyboard.press("Escape")

    assert (is_open, is_next, passage.count()) == (True, True, 0)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_an_open_passage_is_within_the_window(page: Page, sample: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(sample + STORY)
    outside = []
    for numeral in page.locator(".cite button:visible").all():
        numeral.click()
        box = page.locator(".footnotes :popover-open").bounding_box()
        page.keyboard.press("Escape")
        if not box or box["x"] < 0 or box["x"] + box["width"] > width or box["y"] < 0:
            outside.append(box)

    assert outside == []


@pytest.mark.parametrize("width", [390, 1280])
def test_a_passage_opens_below_its_sentence_and_inside_its_column(
    page: Page, sample: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(sample + STORY)
    is_below_and_inside = """button => new Promise(done => {
        const look = frames => {
            const box = document.querySelector(".footnotes :popover-open").getBoundingClientRect();
            const column = document.querySelector("article").getBoundingClientRect();
            const seen = [button.getBoundingClientRect().bottom <= box.top + 1,
                box.bottom <= innerHeight + 1,
                innerWidth < 672 || (box.left >= column.left && box.right <= column.right)];
            if (frames === 0 || seen.every(Boolean)) done(seen);
            else requestAnimationFrame(() => look(frames - 1));
        };
        look(60); // the script scrolls once the browser has told it that the passage is open
    })"""
    found = []
    for numeral in page.locator(".cite button:visible").all():
        numeral.click()
        found.append(numeral.evaluate(is_below_and_inside))
        page.keyboard.press("Escape")

    assert {tuple(each) for each in found} == {(True, True, True)}


def test_a_week_lists_its_sections_once_on_a_phone(page: Page, sample: str) -> None:
    shown = {}
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(sample + WEEK)
        shown[width] = page.get_by_role("heading", name="Also this week").count()
    page.get_by_role("link", name="by section").click()

    assert shown == {390: 1, 1280: 2}
    assert page.locator(":target").inner_text() == "Also this week"


def test_the_source_of_a_listed_story_stands_below_its_headline(page: Page, sample: str) -> None:
    beside = """all => all.filter(by => {
        const words = document.createRange();
        words.selectNodeContents(by.parentElement.querySelector("a"));
        const lines = [...words.getClientRects()];
        return by.getBoundingClientRect().top < Math.max(...lines.map(line => line.bottom)) - 4;
    }).map(by => by.parentElement.textContent)"""
    for path in ("", "topic/policy/", EDITION + "all/"):
        page.goto(sample + path)

        assert page.locator(".lines .by:visible").count() > 0
        assert page.locator(".lines .by:visible").evaluate_all(beside) == []


def test_the_first_tab_stop_skips_to_the_content(page: Page, sample: str) -> None:
    page.goto(sample + STORY)
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    top = page.locator(".skip").bounding_box()

    assert focused == "#main"
    assert top is not None
    assert top["y"] >= 0


def test_no_page_scrolls_sideways(page: Page, sample: str) -> None:
    too_wide = []
    for path in PAGES:
        page.goto(sample + path)
        page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
        for width in (1_920, 1_280, 768, 360, 320):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                too_wide.append((path, width))

    assert too_wide == []


def test_targets_are_large_enough_to_touch(page: Page, sample: str) -> None:
    page.goto(sample + STORY)
    boxes = page.eval_on_selector_all(
        ".cite button, .menu a, .foot li a, .reader label, .reader button",
        "all => all.map(each => Math.min(each.offsetWidth, each.offsetHeight))",
    )

    assert min(boxes) >= 24


def test_a_headline_in_a_timeline_is_large_enough_to_touch_where_nothing_stands_beside_it(
    page: Page, sample: str
) -> None:
    page.goto(sample + STORY)
    row = '<div class="cited"><a class="story-of" href="#">Northwind opens its model</a></div>'
    page.locator(".told").first.evaluate("(told, row) => { told.innerHTML = row }", row)
    box = page.locator(".told .story-of").bounding_box()

    assert box is not None
    assert box["height"] >= 24


def test_paper_is_dark_where_the_reader_wants_it_dark(
    open_page: Callable[..., Page], sample: str
) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        page = open_page(scheme=scheme)
        page.goto(sample)
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert grounds == ["rgb(250, 248, 243)", "rgb(23, 22, 19)"]


@pytest.mark.parametrize("path", [STORY, EDITION])
def test_on_paper_passages_are_footnotes(page: Page, sample: str, path: str) -> None:
    page.goto(sample + path)
    on_screen = page.locator(".footnotes").is_visible()
    page.emulate_media(media="print")

    assert (
        on_screen,
        page.locator(".footnotes").is_visible(),
        page.locator(".menu").is_visible(),
    ) == (False, True, False)


@pytest.mark.parametrize(
    ("path", "folded"), [(STORY, ".fold"), (EDITION, ".rail .fold"), ("about/", ".folded")]
)
def test_on_paper_what_says_where_words_come_from_is_open(
    page: Page, sample: str, path: str, folded: str
) -> None:
    page.goto(sample + path)
    shown = """all => all.filter(each => !each.closest("[data-reader], .share, :has(> .share)"))
        .map(each => each.lastElementChild.checkVisibility())"""
    inner = page.locator(f"{folded} details:not(:has([data-report])), details{folded}")
    on_screen = inner.evaluate_all(shown)
    page.emulate_media(media="print")

    assert on_screen
    assert not any(on_screen)
    assert all(inner.evaluate_all(shown))


def test_on_paper_a_long_list_stays_as_short_as_on_the_screen(page: Page, sample: str) -> None:
    page.goto(sample + WEEK)
    page.emulate_media(media="print")

    assert page.locator(".beyond").count()
    assert not page.locator(".beyond > .lines").first.is_visible()


@pytest.mark.parametrize("width", [1_024, 1_280, 1_920])
def test_sections_stand_in_rows_two_beside_the_latest_and_three_below(
    page: Page, sample: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(sample)
    boxes = page.evaluate("""() => {
        const sections = document.querySelector(".sections");
        const [first, last] = [sections.firstElementChild, sections.lastElementChild];
        for (let each = 0; each < 8; each++) first.before(last.cloneNode(true), " ");
        const box = each => each.getBoundingClientRect();
        const latest = document.querySelector(".latest");
        return {
            end: box(latest).bottom + parseFloat(getComputedStyle(latest).marginBottom),
            above: box(document.querySelector(".todo")).bottom,
            sections: [...sections.children].map(box).map(({top, bottom, left, right}) =>
                ({top, bottom, left, right})),
            main: box(document.querySelector("main.front")).right,
        };
    }""")
    found = boxes["sections"]
    rows = {
        top: [each for each in found if each["top"] == top] for top in {x["top"] for x in found}
    }
    ordered = [rows[top] for top in sorted(rows)]
    beside = [row for row in ordered if row[0]["top"] < boxes["end"]]

    assert [(each["top"], each["left"]) for each in found] == sorted(
        (each["top"], each["left"]) for each in found
    )
    assert 0 < found[0]["top"] - boxes["above"] < 60
    assert {len(row) for row in beside} == {2}
    assert {len(row) for row in ordered[len(beside) : -1]} == {3}
    assert max(each["right"] for each in found) <= boxes["main"]


def test_a_right_to_left_headline_reads_from_the_right(page: Page, sample: str) -> None:
    page.goto(sample)
    headline = page.locator("[lang=he]").first

    assert headline.evaluate("headline => getComputedStyle(headline).direction") == "rtl"


def test_structured_data_is_json_that_names_the_sources(page: Page, sample: str) -> None:
    page.goto(sample + STORY)
    data = page.evaluate(
        "JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)"
    )

    assert (
        data["@type"],
        [article_data["publisher"]["name"] for article_data in data["isBasedOn"]],
    ) == (
        "NewsArticle",
        ["Mistral AI", "The Next Wire", "Wire Copy", "Enterprise Ledger"],
    )


def test_hostile_titles_quotes_and_names_are_text(
    open_page: Callable[..., Page], tmp_path_factory: pytest.TempPathFactory
) -> None:
    stories = []
    for number, text in enumerate(HOSTILE):
        first = article(text, key="hostile", url=f"https://hostile.example/{number}?q={text}")
        draft = Draft(
            headline=headline(first), hook=claim(text, first), what_changed=(claim(text, first),)
        )
        of = story(
            (member(first, name=text), member(replace(first, id=f"copy{number}"), name=text))
        )
        stories.append(published_story(of, draft))
    hit, shown = [], []
    page = open_page(bypasses_policy=True)  # escaping must hold without the policy
    with served(tmp_path_factory.mktemp("hostile"), tuple(stories)) as address:
        for path in [
            "",
            "week/",
            "archive/",
            "edition/",
            EDITION,
            "source/hostile/",
            *(story_path(each.story) for each in stories),
        ]:
            page.goto(address + path)
            page.locator("body").hover()
            hit += [path] if page.evaluate("window.hit") else []
            shown.append(page.locator("h1").first.inner_text())

    assert hit == []
    assert shown[-len(HOSTILE)] == HOSTILE[0]


def test_each_size_of_the_scale_is_larger_than_the_one_below(page: Page, sample: str) -> None:
    page.goto(sample)
    for width in (320, 360, 700, 1_280):
        page.set_viewport_size({"width": width, "height": 800})
        sizes = page.evaluate("""() => ['small', 'text', 't1', 't2', 't3', 't4'].map((name) => {
          document.body.style.fontSize = `var(--${name})`;
          return parseFloat(getComputedStyle(document.body).fontSize);
        })""")

        assert sizes == sorted(set(sizes)), width


def test_what_stands_beside_a_headline_is_quieter_than_the_news(page: Page, sample: str) -> None:
    page.goto(sample)
    looks = {
        name: page.locator(name).first.evaluate(
            "found => [getComputedStyle(found).color, getComputedStyle(found).fontSize]"
        )
        for name in (".kicker", ".note", ".by")
    }

    assert looks[".kicker"] == looks[".note"] == looks[".by"]
    assert looks[".by"] != page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).fontSize]"
    )
