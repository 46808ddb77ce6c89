"""A site made of a captured web, by the product as a process: the pages that readers would get."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.acceptance.house import House
from tests.servers import MiniWeb, Page, captured_pages

# after the newest entry of the captures, so that nothing lies in the future
NOW = "2026-09-01T06:00Z"
_LONGEST_S = 3_600
_EDITIONS = 2  # a site with two shows the links between them


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """A house that has read a captured web, and the report of its refresh."""

    house: House
    report: dict[str, Any]


def captured_house(
    capture: Path, folder: Path, settings: str = "", feeds: int | None = None
) -> Captured:
    """Reads the feeds of a capture, or so many of them, those first that lead to most of its
    articles, into a house whose config.toml begins with these settings.

    Raises RuntimeError where the refresh fails.
    """
    pages = captured_pages(capture)
    followed = _richest(pages)[:feeds]
    served = {
        url: page if url in followed else replace(page, title=None) for url, page in pages.items()
    }
    with MiniWeb(served) as web:
        house = House(folder, f"{settings}\n{web.sources_toml()}")
        report = _done(house, "refresh", "--all", "--now", NOW)
    return Captured(house=house, report=report)


def _richest(pages: Mapping[str, Page]) -> list[str]:
    """The addresses of the feeds, those that name most of the captured articles first."""
    articles = [url.encode() for url, page in pages.items() if page.title is None]
    found = {
        url: sum(article in page.body for article in articles)
        for url, page in pages.items()
        if page.title is not None
    }
    return sorted(found, key=lambda url: (-found[url], url))


def captured_site(capture: Path, folder: Path, address: str) -> Path:
    """Reads every feed of a capture into a house, builds editions of the weeks with most stories;
    the site folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    local = f'[site]\nbase_url = "{address}"\ncontact = "editor@news.example"\n'
    (folder / "config.local.toml").write_text(local, "utf-8")
    made = captured_house(capture, folder).house
    weeks = Counter(twin.get("week", "") for twin in made.stories())
    most = sorted(filter(None, weeks), key=lambda week: (weeks[week], week), reverse=True)[
        :_EDITIONS
    ]  # of equals the newest
    for week in sorted(most):
        _done(made, "edition", "build", "--week", week, "--now", NOW)
    return made.site


def _done(house: House, *arguments: str) -> dict[str, Any]:
    """What a command that went well prints."""
    done = house.run("--json", *arguments, timeout_s=_LONGEST_S)
    if done.returncode:
        raise RuntimeError(
            f"aggregator {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-2_000:]}"
        )
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed
