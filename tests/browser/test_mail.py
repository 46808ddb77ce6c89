"""The mail as a browser shows it: at the width of a telephone and of a window, on light and dark
paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from aggregator.digest.mail.body import confirmation_mail, edition_mail
from aggregator.domain.publishing.edition import StoredEdition
from tests.unit.digest.makers import (
    EMAIL,
    LINKS,
    SITE,
    hostile_week,
    long_week,
    ordinary_week,
    quiet_week,
)


def html_of(stored: StoredEdition, language: str = "en") -> str:
    """The HTML of an edition's mail."""
    made = edition_mail(stored, LINKS, replace(SITE, language=language), EMAIL)
    assert made is not None
    return made.html


MAILS = {
    "ordinary": html_of(ordinary_week()),
    "german": html_of(ordinary_week(), "de"),
    "quiet": html_of(quiet_week()),
    "long": html_of(long_week()),
    "hostile": html_of(hostile_week(3)),
    "confirmation": confirmation_mail("https://news.example/confirm/" + "t" * 43, SITE, EMAIL).html,
}


@pytest.fixture(params=[(320, "light"), (360, "dark"), (700, "light"), (700, "dark")], ids=str)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page as wide as this, for a reader who likes it so."""
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    yield context.new_page()
    context.close()


def test_no_mail_asks_any_host_runs_anything_or_scrolls_sideways(page: Page) -> None:
    asked: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.on("dialog", lambda dialog: messages.append(dialog.message))
    page.on("pageerror", lambda error: messages.append(str(error)))
    too_wide = []
    for name, html in MAILS.items():
        page.set_content(html)
        width = page.evaluate("document.documentElement.scrollWidth")
        too_wide += [(name, width)] if width > page.evaluate("innerWidth") else []

    assert (asked, messages, too_wide) == ([], [], [])


@pytest.mark.parametrize(
    "page", [(360, "light"), (700, "dark")], ids=["360 light", "700 dark"], indirect=True
)
@pytest.mark.parametrize("name", MAILS)
def test_no_mail_shuts_anybody_out(page: Page, name: str) -> None:
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core is not here: pip install axe-playwright-python")
    axe = Path(found.origin).with_name("axe.min.js").read_text("utf-8")
    page.set_content(MAILS[name])
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")

    assert [
        (violation["id"], violation["nodes"][0]["html"][:200]) for violation in result["violations"]
    ] == []


def test_the_column_is_at_most_600_wide(browser: Browser) -> None:
    widths = []
    for width in (360, 1_200):
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        page.set_content(MAILS["ordinary"])
        widths.append(page.evaluate("document.querySelector('.frame').offsetWidth"))
        context.close()

    assert widths == [360, 600]


def test_paper_is_dark_where_the_reader_wants_it_dark(page: Page) -> None:
    page.set_content(MAILS["ordinary"])
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    grounds = page.evaluate(
        "['body', '.ground'].map(each =>"
        " getComputedStyle(document.querySelector(each)).backgroundColor)"
    )

    assert set(grounds) == {"rgb(23, 22, 19)" if is_dark else "rgb(250, 248, 243)"}


def test_the_preheader_is_for_lists_of_mails_only(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_content(MAILS["ordinary"])
    first = page.locator("body > div").first
    shown = (first.text_content() or "", first.is_visible())
    context.close()

    assert shown[0].startswith("Inference prices fall by more than a third")
    assert not shown[1]
