"""Longer words than the English ones break no layout: the sample site in German, and with every
vowel of ours twice.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from aggregator.templating.translation import PSEUDO_LOCALE
from tests.browser.conftest import served
from tests.browser.test_site import PAGES
from tests.builders import sample_stories

# What stands out to the right of the window, or whose own text does not fit its box where that
# hides it.
_BROKEN = """() => [...document.querySelectorAll('body *')].filter((each) => {
  if (each.closest('.scroll, .hidden, [hidden], svg') || !each.checkVisibility()) return false;
  const box = each.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1;
}).map((each) => each.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("language", [PSEUDO_LOCALE, "de"])
def test_longer_words_break_no_page_of_a_phone(
    tmp_path: Path, open_page: Callable[..., Page], language: str
) -> None:
    broken = {}
    with served(tmp_path, sample_stories(), language) as address:
        page = open_page(320)
        for path in PAGES:
            page.goto(address + path)
            if found := page.evaluate(_BROKEN):
                broken[path] = found
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path} is {wide} px too wide"

    assert broken == {}
