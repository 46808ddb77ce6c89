"""What a page weighs on the wire with all that it needs, where that comes from, and whether it is
whole without scripts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from tests.quality.site.pages import addresses, file_of, kind
from tests.quality.site.wire import packed, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MOST_BYTES = 60_000  # of a story page with its style, compressed
_HOME = "https://weighed.example/"
_NEEDED = re.compile(
    r'<(?:link rel="(?:stylesheet|icon|(?:module)?preload)"|script|img|source)[^>]*?'
    r' (?:href|src)="([^"]+)"'
)
# What a reader without scripts must be able to see: every text of the main part but what is folded,
# for paper, or for wide windows.
_UNSEEN = """() => [...document.querySelectorAll('main *')].filter(each => !each.checkVisibility()
    && [...each.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
    && !each.closest('details:not([open]), .footnotes, .outline, template, script, style, svg, '
        + '[hidden], noscript'))
    .map(each => each.outerHTML.slice(0, 120))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """The heaviest page of a kind: its address, the bytes of the page alone, and with what it
    loads.
    """

    address: str
    page: int
    total: int


def heaviest(site: Path) -> dict[str, Weight]:
    """Of each kind of page the one that weighs most."""
    found: dict[str, Weight] = {}
    known: dict[Path, int] = {}
    for address in addresses(site):
        weighed = _weighed(site, address, known)
        name = kind(address)
        if name not in found or weighed.total > found[name].total:
            found[name] = weighed
    return found


def in_a_browser(browser: Browser, site: Path, paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """What pages ask of other hosts, and what of them cannot be seen where scripts are off."""
    elsewhere: list[str] = []
    unseen: list[str] = []
    with serving(site) as home:
        for scripts in (True, False):
            context = browser.new_context(java_script_enabled=scripts)
            page = context.new_page()
            page.on(
                "request",
                lambda request: (
                    None
                    if request.url.startswith((home, "data:"))
                    else elsewhere.append(request.url)
                ),
            )
            for path in paths:
                page.goto(f"{home}/{path}")
                if not scripts:
                    unseen += [f"{path or 'front'}: {each}" for each in page.evaluate(_UNSEEN)]
            context.close()
    return elsewhere, unseen


def _weighed(site: Path, address: str, known: dict[Path, int]) -> Weight:
    file = file_of(site, address)
    page = packed(file)
    total = page
    for link in set(_NEEDED.findall(file.read_text("utf-8"))):
        url = urljoin(_HOME + address, link)
        needed = site / urlsplit(url).path.lstrip("/")
        if url.startswith(_HOME) and needed.is_file():
            if needed not in known:
                known[needed] = packed(needed)
            total += known[needed]
    return Weight(address=address, page=page, total=total)
