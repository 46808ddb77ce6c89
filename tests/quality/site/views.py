"""Pages as a browser lays them out, in light and dark, narrow and wide: axe's violations, and what
else a reader would mind.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

VIEWS = tuple(product((320, 1_280), ("light", "dark")))
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# what is folded is checked, too, and a passage that lies open over the page
_OPEN = """() => { document.querySelectorAll('details').forEach(each => each.open = true);
    document.querySelector('.footnotes li:has(blockquote)')?.showPopover() }"""
# What stands in an element that scrolls by itself may be wider than the window; the page may not.
_TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? '' :
    [...document.querySelectorAll('body *')].filter(each => !each.parentElement.closest('.scroll')
    && each.getBoundingClientRect().right > innerWidth + 1)
    .map(each => each.outerHTML.slice(0, 120))[0] || 'the page'"""


def bundled_axe() -> str | None:
    """The script of axe-core that comes with axe-playwright-python; None where that is not
    installed.
    """
    found = find_spec("axe_playwright_python")
    return (
        Path(found.origin).with_name("axe.min.js").read_text("utf-8")
        if found and found.origin
        else None
    )


def faults(
    browser: Browser,
    home: str,
    paths: Iterable[str],
    axe: str,
    views: Sequence[tuple[int, str]] = VIEWS,
) -> list[str]:
    """What is wrong with pages in each view: by axe, too wide, said on the console, asked of
    anybody else.
    """
    found: list[str] = []
    for width, scheme in views:
        # The policy of our pages forbids the script of axe, too, so the browser is told to overlook
        # it.
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            bypass_csp=True,
        )
        context.route(lambda url: url.endswith(("/", ".html")), _stay)
        page = context.new_page()
        heard = _listening(page, home)
        for path in paths:
            page.goto(home + path)
            page.evaluate(_OPEN)
            found += [
                f"{path or 'front'} at {width} {scheme}: {each}"
                for each in (*_violations(page, axe), *heard)
            ]
            heard.clear()
        context.close()
    return found


def in_time(paths: Sequence[str], seconds: float, left: list[str]) -> Iterator[str]:
    """The paths until the time is over; those that nobody came to are `left`."""
    end_s = time.monotonic() + seconds
    for place, path in enumerate(paths):
        if time.monotonic() > end_s:
            left += paths[place:]
            return
        yield path


def _stay(route: Route) -> None:
    """Has the page of a story that was merged stay open instead of leading on: it is looked at,
    too.
    """
    answer = route.fetch()
    route.fulfill(
        response=answer, body=answer.text().replace('http-equiv="refresh"', 'name="leads-on"')
    )


def _listening(page: Page, home: str) -> list[str]:
    heard: list[str] = []
    page.on("console", lambda message: heard.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(home) else heard.append(f"asks {request.url}")
        ),
    )
    return heard


def _violations(page: Page, axe: str) -> Iterator[str]:
    if wide := page.evaluate(_TOO_WIDE):
        yield f"too wide: {wide}"
    page.evaluate(axe)
    options = {"runOnly": {"type": "tag", "values": list(_RULES)}, "resultTypes": ["violations"]}
    result: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    for each in result["violations"]:
        yield f"{each['id']}: {each['nodes'][0]['html'][:160]} ({len(each['nodes'])})"
