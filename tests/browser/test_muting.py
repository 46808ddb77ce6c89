"""What a reader mutes: words, names, topics and sources, folded away in this browser alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import EACH_ONCE
from tests.browser.test_following import barred, opened_elsewhere
from tests.quality.site.views import bundled_axe

LISTS = ("", "week/", "topic/chips/", "entity/northwind/")
PAGES = ("topic/chips", "entity/northwind", "role/developers")
LINES = "main [data-about]"


def mute_words(page: Page, sample: str, *words: str) -> None:
    """Enters each on the page of what is followed, by keyboard."""
    page.goto(sample + "following/")
    for word in words:
        page.get_by_label("Word or name").focus()
        page.keyboard.type(word)
        page.keyboard.press("Enter")


def headlines(page: Page) -> list[str]:
    """Of the lines in view."""
    links = page.locator(f"{LINES} a[dir]").all()
    return [link.inner_text() for link in links if link.is_visible()]


def test_twenty_words_names_and_sources_leave_no_line_and_each_returns_in_one_click(
    page: Page, sample: str
) -> None:
    page.goto(sample)
    shown = headlines(page)
    words = sorted({name.split()[0] for name in shown if len(name.split()[0]) > 1})[:14]
    for path in PAGES:
        page.goto(f"{sample}{path}/")
        page.locator(".opening [data-mute]").check()
    page.goto(sample + "source/")
    links = page.locator("main a[href*='source/']")
    for address in links.evaluate_all("all => all.map(each => each.href)")[: 20 - 3 - len(words)]:
        page.goto(address)
        page.locator(".opening [data-mute]").check()
    mute_words(page, sample, *words)
    muted = page.locator("#mutes a").all_inner_texts()
    left, counted = [], []
    page.goto(sample + "edition/")
    edition = page.locator("main a[href*='week/20']").first.evaluate("each => each.href")
    for address in (edition, *(sample + path for path in LISTS)):
        page.goto(address)
        left += page.eval_on_selector_all(
            LINES,
            """all => all.filter(each => each.checkVisibility()).map(each => [
              ...each.dataset.about.split(" "), each.dataset.from,
              ...(each.querySelector("a[dir]")?.innerText.split(/\\s+/) ?? [])])""",
        )
        counted.append(page.locator("details.muted").count())
    page.goto(sample + "following/")
    for box in page.locator("#mutes input").all():
        box.uncheck()
    page.goto(sample)

    assert len(muted) == 20
    assert not [line for line in left if not {*PAGES, *muted}.isdisjoint(line)]
    assert all(counted)
    assert headlines(page) == shown
    assert page.locator("details.muted").count() == 0


def test_muted_lines_are_counted_and_shown_and_unmuted_by_keyboard(page: Page, sample: str) -> None:
    page.goto(sample + "topic/chips/")
    before = headlines(page)
    page.locator(".opening [data-mute]").focus()
    page.keyboard.press("Space")
    during = headlines(page)
    counts = [int(each.split()[0]) for each in page.locator(".muted summary").all_inner_texts()]
    hidden = page.locator(f"{LINES}[hidden]").count()
    page.locator(".muted summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(LINES).first).to_be_visible()  # a fold says that it is open a moment later
    opened = headlines(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".muted")).to_have_count(0)

    assert before
    assert during == []
    assert sum(counts) == hidden
    assert opened
    assert headlines(page) == before
    assert not page.locator(".opening [data-mute]").is_checked()


@pytest.mark.parametrize("word", ["single source", "reported", "update"])
def test_words_beside_a_headline_mute_nothing(page: Page, sample: str, word: str) -> None:
    page.goto(sample)
    beside = page.locator(f"{LINES} .by").all_inner_texts()
    mute_words(page, sample, word)
    page.goto(sample)
    lost = page.locator(f"{LINES}[hidden]").all_text_contents()

    assert beside
    assert all(word in text.lower() for text in lost)


def test_a_word_mutes_whole_words_only(page: Page, sample: str) -> None:
    page.goto(sample)
    name = next(name for name in headlines(page) if len(name.split()[0]) > 4)
    word = name.split()[0]
    mute_words(page, sample, word[:-1])
    page.goto(sample)
    part = name in headlines(page)
    mute_words(page, sample, word.upper())
    page.goto(sample)

    assert part
    assert name not in headlines(page)


@pytest.mark.parametrize("word", ["C++ (beta)", "a.b", "\\d[", "a-b/c|x"])
def test_signs_in_a_word_are_no_pattern(page: Page, sample: str, word: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    mute_words(page, sample, word)
    page.goto(sample)

    assert errors == []
    assert page.locator("details.muted").count() == 0


def test_a_muted_word_has_no_page_and_looks_like_no_link(page: Page, sample: str) -> None:
    page.goto(sample + "topic/chips/")
    page.locator(".opening [data-mute]").check()
    mute_words(page, sample, "Some words")
    lines = page.eval_on_selector_all(
        "#mutes a", "all => all.map(each => getComputedStyle(each).textDecorationLine)"
    )

    assert page.locator("#mutes a").all_inner_texts() == ["Chips", "Some words"]
    assert lines == ["underline", "none"]


def test_a_file_takes_mutes_to_another_browser(
    browser: Browser, page: Page, sample: str, tmp_path: Path
) -> None:
    mute_words(page, sample, "Some words")
    with opened_elsewhere(browser, page, sample, tmp_path) as there:
        expect(there.locator("#opened")).to_have_text(
            "Added from the file: 0 followed, 0 kept, 1 muted."
        )
        moved = there.locator("#mutes a").all_inner_texts()

    assert moved == ["Some words"]


@pytest.mark.parametrize(("width", "scheme"), [*EACH_ONCE, (390, "dark")])
def test_muted_lines_shut_nobody_out(
    open_page: Callable[..., Page], sample: str, scheme: str, width: int
) -> None:
    axe = bundled_axe()
    if axe is None:
        pytest.skip("axe-core is not here: pip install axe-playwright-python")
    page = open_page(width, scheme, bypasses_policy=True)
    mute_words(page, sample, "W" * 60)
    page.goto(sample + "topic/chips/")
    page.locator(".opening [data-mute]").check()
    found, widths = [], []
    for path in ("following/", *LISTS):
        page.goto(sample + path)
        page.wait_for_load_state("networkidle")
        for fold in page.locator(".muted summary").all():
            fold.click()
        found.append(barred(page, axe))
        widths.append(page.evaluate("document.documentElement.scrollWidth"))

    assert found == [[]] * len(found)
    assert max(widths) <= width


def test_without_script_nothing_is_muted_or_offered(
    open_page: Callable[..., Page], sample: str
) -> None:
    page = open_page(runs_scripts=False)
    page.goto(sample + "topic/chips/")

    assert not page.locator("[data-mute]").is_visible()
    assert headlines(page)
