"""Every kind of page for every kind of reader: with assistive technology, by keyboard, on paper,
without motion or scripts.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from aggregator.site.paths import story_path
from tests.browser.conftest import EACH_ONCE
from tests.builders import leverage_story, sample_stories
from tests.quality.site.views import VIEWS, bundled_axe, faults
from tests.requirements import PDFTOTEXT

STORY = story_path(leverage_story().story)
LONG = story_path(sample_stories(0)[1].story)
BROKEN = """<!doctype html><html><head><title>x</title></head><body><h3>x</h3><img src="data:,">
<p style="color:#999;background:#fff">pale</p><div style="width:2000px">wide</div></body></html>"""
# The focus as it is seen: an outline, a border or a ground that the element does not have without
# it.
_SEEN = """() => {
    const each = document.activeElement
    if (each === document.body) return null
    const box = each.getBoundingClientRect(), style = getComputedStyle(each)
    return {
        name: each.localName + ' '
            + (each.getAttribute('href') || each.textContent.trim().slice(0, 40)),
        outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        visible: each.checkVisibility() && box.width > 0 && box.height > 0
            && box.bottom > 0 && box.right > 0,
        place: [...document.querySelectorAll('*')].indexOf(each),
    }
}"""
_MOVING = """() => [...document.querySelectorAll('*')].filter(each => {
    const style = getComputedStyle(each)
    const lasting = style.transitionDuration.split(',').concat(style.animationDuration.split(','))
    return Math.max(...lasting.map(parseFloat)) > 0.01
        || style.scrollBehavior === 'smooth'
}).map(each => each.localName + '.' + each.className)"""
MOST_STOPS = 400


@pytest.fixture(scope="module")
def axe() -> str:
    script = bundled_axe()
    if script is None:
        pytest.skip("axe-core is not here: pip install axe-playwright-python")
    return script


def test_no_kind_of_page_shuts_anybody_out(
    browser: Browser, sample: str, every_kind: tuple[str, ...], axe: str
) -> None:
    found = [
        faults(browser, sample, every_kind[place :: len(EACH_ONCE)], axe, [view])
        for place, view in enumerate(EACH_ONCE)
    ]

    assert found == [[], []]


@pytest.mark.whole
def test_no_kind_of_page_shuts_anybody_out_in_any_view(
    browser: Browser, sample: str, every_kind: tuple[str, ...], axe: str
) -> None:
    assert faults(browser, sample, every_kind, axe, VIEWS) == []


def test_a_page_that_shuts_readers_out_is_found(
    browser: Browser, sample: str, sample_folder: Path, axe: str
) -> None:
    (sample_folder / "broken.html").write_text(BROKEN, "utf-8")
    found = faults(browser, sample, ["broken.html"], axe, [(320, "light")])
    (sample_folder / "broken.html").unlink()

    rules = {violation.split(": ")[1] for violation in found}
    assert {
        "too wide",
        "color-contrast",
        "html-has-lang",
        "image-alt",
        "landmark-one-main",
    } <= rules


def test_a_page_that_leads_on_is_looked_at_as_it_is(
    browser: Browser, sample: str, sample_folder: Path, axe: str
) -> None:
    leading = BROKEN.replace("<title>", '<meta http-equiv="refresh" content="0; url=./"><title>')
    (sample_folder / "leading.html").write_text(leading, "utf-8")
    found = faults(browser, sample, ["leading.html"], axe, [(320, "light")])
    (sample_folder / "leading.html").unlink()

    assert "html-has-lang" in {violation.split(": ")[1] for violation in found}


def test_the_tab_key_leads_through_every_page_in_reading_order_and_its_place_is_seen(
    page: Page, sample: str, controls: tuple[str, ...]
) -> None:
    wrong = []
    for path in controls:
        page.goto(sample + path)
        stops = list(tab_stops(page))
        wrong += [
            f"{path}: {stop['name']}"
            for stop in stops
            if not (stop["outlined"] and stop["visible"])
        ]
        places = [stop["place"] for stop in stops]
        wrong += (
            []
            if places == sorted(places) and len(stops) > 5
            else [f"{path}: {len(stops)} stops, not in order"]
        )

    assert wrong == []


def test_the_skip_link_leads_to_the_content_of_every_page(
    page: Page, sample: str, controls: tuple[str, ...]
) -> None:
    missed = []
    for path in controls:
        page.goto(sample + path)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{sample}{path}#main")
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.closest('main, footer, body').localName")
        missed += [] if focused in {"main", "footer"} else [path]

    assert missed == []


def test_what_is_folded_opens_and_closes_by_keyboard(
    page: Page, sample: str, controls: tuple[str, ...]
) -> None:
    stuck = []
    for path in controls:
        page.goto(sample + path)
        for key in ("Enter", "Space"):
            for place in range(min(page.locator("main details > summary").count(), 3)):
                summary = page.locator("main details > summary").nth(place)
                is_open = "summary => summary.parentElement.open"
                before = summary.evaluate(is_open)  # one of a row may be open from the start
                summary.focus()
                page.keyboard.press(key)
                turned = summary.evaluate(is_open)
                page.keyboard.press(key)
                is_stuck = turned == before or summary.evaluate(is_open) != before
                stuck += [f"{path} {key}"] if is_stuck else []

    assert stuck == []


def test_nothing_moves_for_readers_who_want_nothing_to_move(
    page: Page, sample: str, controls: tuple[str, ...]
) -> None:
    page.emulate_media(reduced_motion="reduce")
    moving = []
    for path in controls:
        page.goto(sample + path)
        moving += [f"{path}: {animation}" for animation in page.evaluate(_MOVING)]

    assert moving == []


def test_every_page_says_the_same_without_scripts(
    open_page: Callable[..., Page], sample: str, controls: tuple[str, ...]
) -> None:
    shown = []
    for scripts in (True, False):
        page = open_page(runs_scripts=scripts)
        texts = []
        for path in controls:
            page.goto(sample + path)
            texts.append(page.locator("main h1").first.inner_text())
        shown.append(texts)

    assert shown[0] == shown[1]
    assert all(shown[0])


def test_every_page_is_dark_where_the_reader_wants_it_dark(
    open_page: Callable[..., Page], sample: str, controls: tuple[str, ...]
) -> None:
    page = open_page(scheme="dark")
    grounds = set()
    for path in controls:
        page.goto(sample + path)
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert grounds == {"rgb(23, 22, 19)"}


def test_on_paper_each_number_has_its_passage_and_address(page: Page, sample: str) -> None:
    page.goto(sample + STORY)
    page.emulate_media(media="print")
    numbers = set(page.locator("article .cite button").all_inner_texts())
    notes = page.eval_on_selector_all(
        ".footnotes li",
        "all => all.map(each => [String(each.value), each.checkVisibility(), each.innerText])",
    )

    assert numbers
    assert numbers == {number for number, is_shown, text in notes if is_shown and text}


def test_the_printed_story_says_what_the_page_says(page: Page, sample: str, tmp_path: Path) -> None:
    PDFTOTEXT.needed()
    page.goto(sample + STORY)
    file = tmp_path / "story.pdf"
    page.pdf(path=str(file), format="A4")
    text = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    printed_text = " ".join(text.split())

    assert "Mensch says vendors hold leverage over firms" in printed_text
    assert (
        "vendors of closed models gain leverage over the firms whose data they see" in printed_text
    )
    assert "Passages cited" in printed_text
    assert re.search(r"The Next Wire\s+https://tnw\.example/", printed_text)
    assert re.search(r"(?m)^\s*1\.\s", text.partition("Passages cited")[2])
    assert ":~:text" not in printed_text
    assert "Skip to the content" not in printed_text


def test_the_printed_front_page_has_all_sections_and_no_empty_page(
    page: Page, sample: str, tmp_path: Path
) -> None:
    PDFTOTEXT.needed()
    page.goto(sample)
    page.locator(".sections > section").last.evaluate("""section => {
        for (let each = 0; each < 8; each++) {
            const copy = section.cloneNode(true);
            copy.querySelector("h2").textContent = `Copy ${each}`;
            copy.querySelector("li:last-child a").textContent = `Last of ${each}`;
            section.after(copy, " ");
        }
    }""")
    file = tmp_path / "front.pdf"
    page.pdf(path=str(file), format="A4")
    text = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    missing = {
        words
        for each in range(8)
        for words in (f"Copy {each}", f"Last of {each}")
        if words not in text
    }

    assert missing == set()
    assert all(sheet.strip() for sheet in text.removesuffix("\f").split("\f"))


@pytest.mark.parametrize("width", [320, 1280])
def test_no_title_leaves_its_column_or_hides_a_word(
    open_page: Callable[..., Page], sample: str, width: int
) -> None:
    page = open_page(width)
    page.goto(sample + LONG)
    fits = page.evaluate(
        "() => { const title = document.querySelector('h1'), box = title.getBoundingClientRect();"
        " return title.scrollWidth <= title.clientWidth && box.left >= 0 && box.right <="
        " innerWidth }"
    )

    assert fits


def tab_stops(page: Page) -> Iterator[dict[str, Any]]:
    """What the Tab key leads to, one after the other, until it leaves the page or begins again."""
    first = None
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_SEEN)
        if stop is None or stop["place"] == first:
            return
        first = stop["place"] if first is None else first
        yield stop
    raise AssertionError(f"more than {MOST_STOPS} stops: {page.url}")
