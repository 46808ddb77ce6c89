"""The mail as a browser shows it: at the width of a telephone and of a window, on light and dark
paper.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from aggregator.digest.mail.letters import confirmation_mail, edition_mail
from aggregator.domain.publishing.edition import StoredEdition
from tests.browser.conftest import EACH_ONCE
from tests.quality.site.views import bundled_axe
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
def page(open_page: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """A page as wide as this, for a reader who likes it so."""
    return open_page(*request.param, bypasses_policy=True)


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


@pytest.mark.parametrize("page", EACH_ONCE, ids=str, indirect=True)
def test_no_mail_shuts_anybody_out(page: Page) -> None:
    axe = bundled_axe()
    if axe is None:
        pytest.skip("axe-core is not here: pip install axe-playwright-python")
    found = []
    for name, html in MAILS.items():
        page.set_content(html)
        page.evaluate(axe)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found += [
            (name, violation["id"], violation["nodes"][0]["html"][:200])
            for violation in result["violations"]
        ]

    assert found == []


def test_the_column_is_at_most_600_wide(open_page: Callable[..., Page]) -> None:
    widths = []
    for width in (360, 1_200):
        page = open_page(width)
        page.set_content(MAILS["ordinary"])
        widths.append(page.evaluate("document.querySelector('.frame').offsetWidth"))

    assert widths == [360, 600]


def test_paper_is_dark_where_the_reader_wants_it_dark(page: Page) -> None:
    page.set_content(MAILS["ordinary"])
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    grounds = page.evaluate(
        "['body', '.ground'].map(each =>"
        " getComputedStyle(document.querySelector(each)).backgroundColor)"
    )

    assert set(grounds) == {"rgb(23, 22, 19)" if is_dark else "rgb(250, 248, 243)"}


def test_the_preheader_is_for_lists_of_mails_only(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.set_content(MAILS["ordinary"])
    first = page.locator("body > div").first
    shown = (first.text_content() or "", first.is_visible())

    assert shown[0].startswith("Inference prices fall by more than a third")
    assert not shown[1]
