"""What a reader prefers: kept in the browser, shown on every page, and nothing without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from aggregator.site.paths import story_path
from tests.browser.conftest import served
from tests.builders import leverage_story, news_story, sample_stories

STORY = story_path(leverage_story().story)
OTHER = story_path(news_story(1).story)
LIGHT, DARK = "rgb(250, 248, 243)", "rgb(23, 22, 19)"


def ground(page: Page) -> str:
    """The colour of the paper."""
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_the_paper_that_was_chosen_is_there_on_the_next_page(page: Page, sample: str) -> None:
    page.goto(sample)
    before = ground(page)
    page.get_by_label("dark").check()
    chosen = ground(page)
    page.goto(sample + "topic/")

    assert (before, chosen, ground(page)) == (LIGHT, DARK, DARK)
    assert page.get_by_label("dark").is_checked()


def test_light_can_be_chosen_where_the_system_is_dark(
    open_page: Callable[..., Page], sample: str
) -> None:
    page = open_page(scheme="dark")
    page.goto(sample)
    before = ground(page)
    page.get_by_label("light", exact=True).check()
    after = ground(page)

    assert (before, after) == (DARK, LIGHT)


def test_an_error_is_reported_with_the_sentence_whose_passage_is_open(
    page: Page, sample: str
) -> None:
    page.goto(sample + STORY)
    page.evaluate(
        "addEventListener('click', event => event.target.closest('a') && event.preventDefault())"
    )  # opens no mail
    cited = page.locator(".takeaways .cited").first
    cited.locator(".cite button").first.click()
    link = page.locator(".footnotes :popover-open").get_by_role("link", name="Report an error")
    place = link.get_attribute("href")
    link.click()
    address = urlsplit(link.get_attribute("href") or "")
    body = parse_qs(address.query)["body"][0]

    assert (place, address.scheme) == ("#corrections", "mailto")
    assert sample + STORY in body
    assert body.endswith(f"passage: {cited.locator('.claim').inner_text()}")


def test_what_was_planned_for_a_day_that_has_passed_is_no_longer_shown_as_planned(
    page: Page, sample: str
) -> None:
    marks = page.locator(".timeline [data-past]")
    found = {}
    for year in (2020, 2060):
        page.clock.set_fixed_time(datetime(year, 1, 1, tzinfo=UTC))
        page.goto(sample + STORY)
        found[year] = set(marks.all_inner_texts()), page.locator(".timeline .planned").count()

    assert found == {2020: ({"planned"}, marks.count()), 2060: ({"date passed"}, 0)}
    assert marks.count() > 0


def test_what_was_due_on_a_day_that_has_passed_says_so(page: Page, sample: str) -> None:
    marks = page.locator("[data-by] .mark").filter(has_text="date passed")
    found = {}
    for year in (2020, 2060):
        page.clock.set_fixed_time(datetime(year, 1, 1, tzinfo=UTC))
        page.goto(sample + "role/policy/")
        found[year] = marks.filter(visible=True).count()

    assert found == {2020: 0, 2060: page.locator("[data-by]").count()}
    assert found[2060] > 0


def test_on_a_site_that_stands_still_no_day_passes(page: Page, tmp_path: Path) -> None:
    page.clock.set_fixed_time(datetime(2060, 1, 1, tzinfo=UTC))
    with served(tmp_path / "still", sample_stories(10), today="2020-01-01") as still:
        page.goto(still + STORY)
        marks = set(page.locator(".timeline [data-past]").all_inner_texts())
        page.goto(still + "role/policy/")
        overdue = page.locator("[data-by] .mark").filter(visible=True).count()

    assert (marks, overdue) == ({"planned"}, 0)


def test_compact_lines_take_less_room(page: Page, sample: str) -> None:
    height = "document.querySelector('.latest').offsetHeight"
    page.goto(sample)
    before = page.evaluate(height)
    page.get_by_label("compact").check()

    assert page.evaluate(height) < 0.9 * before


def test_a_story_that_was_read_looks_read_until_it_is_forgotten(page: Page, sample: str) -> None:
    page.goto(sample + STORY)
    page.goto(sample)
    read = page.locator("main a.read")
    marked = [locator.get_attribute("href") for locator in read.all()]
    page.get_by_role("button", name="clear").click()

    assert marked == [f"./{STORY}"]
    assert read.count() == 0


def test_what_the_front_page_did_not_have_at_the_last_visit_is_marked(
    page: Page, sample: str
) -> None:
    page.goto(sample)
    at_first = page.locator("[data-since]").is_visible()
    page.evaluate(
        """() => {
          const kept = JSON.parse(localStorage.getItem("reader"));
          kept.visit.at = 0;
          kept.visit.shown.splice(3, 2);
          localStorage.setItem("reader", JSON.stringify(kept));
        }"""
    )
    page.reload()
    said = page.locator("[data-since]").inner_text()
    marks = page.locator(".new").count()
    page.reload()

    assert (at_first, said.partition(" new ")[0], marks) == (False, "2 stories", 2)
    assert page.locator(".new").count() == 2  # it is the same visit still


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640)])
def test_on_a_phone_the_latest_news_begins_within_2500_pixels(
    open_page: Callable[..., Page], sample: str, width: int, height: int
) -> None:
    page = open_page(width, height=height)
    page.goto(sample)
    top = page.locator(".latest").bounding_box()

    assert top is not None
    assert top["y"] < 2500


def test_without_marks_no_story_is_remembered(page: Page, sample: str) -> None:
    page.goto(sample)
    page.get_by_label("mark stories I have read").uncheck()
    page.goto(sample + STORY)
    page.goto(sample)
    page.get_by_label("mark stories I have read").check()

    assert page.locator("main a.read").count() == 0


@pytest.mark.parametrize(
    "stored",
    [
        "{",
        "null",
        '"x"',
        '{"theme": "<b>", "follows": [1, ["entity/x"], ["javascript:", "x"]], "stories": [null, 5],'
        ' "read": [1, {}]}',
    ],
    ids=["cut off", "null", "text", "strange"],
)
def test_a_store_that_is_not_ours_does_no_harm(page: Page, sample: str, stored: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(sample)
    page.evaluate("text => localStorage.setItem('reader', text)", stored)
    page.goto(sample + OTHER)
    page.goto(sample)

    assert errors == []
    assert page.evaluate("document.documentElement.dataset.theme") == "auto"
    assert page.locator("main a.read").count() >= 1


def test_without_script_there_is_nothing_to_choose_and_all_to_read(
    open_page: Callable[..., Page], sample: str
) -> None:
    page = open_page(runs_scripts=False)
    page.goto(sample + "topic/chips/")
    controls = page.locator("main input, footer input, footer button")
    visible = [locator for locator in controls.all() if locator.is_visible()]
    lines = page.locator(".all .lines li").count()

    assert visible == []
    assert lines > 10


def test_nothing_of_it_leaves_the_browser(page: Page, sample: str) -> None:
    asked: list[str] = []
    page.goto(sample)
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("dark").check()
    page.get_by_label("compact").check()
    page.wait_for_timeout(200)

    assert [
        url for url in asked if not re.fullmatch(f"{sample}static/[a-z0-9.]+", url)
    ] == []  # its icon, asked for again
    assert page.context.cookies() == []


def test_arrows_turn_from_story_to_story_but_not_in_a_form_field(page: Page, sample: str) -> None:
    page.goto(sample + STORY)
    older = page.locator(".turn [rel=next]").get_attribute("href") or ""
    page.get_by_label("dark").focus()
    page.keyboard.press("ArrowRight")
    stayed = page.url
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/{older.removeprefix('../../')}")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**/{STORY}")

    assert stayed == sample + STORY
