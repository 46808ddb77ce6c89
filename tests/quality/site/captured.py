"""A site made of a captured web, by the product as a process: the pages that readers would get."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.acceptance.house import House
from tests.servers import MiniWeb

# after the newest entry of the captures, so that nothing lies in the future
NOW = "2026-09-01T06:00Z"
_LONGEST_S = 1_800
_EDITIONS = 2  # a site with two shows the links between them


def captured_site(capture: Path, house: Path, address: str) -> Path:
    """Reads every feed of a capture into a house, builds editions of the weeks with most stories;
    the site folder.
    """
    with MiniWeb(capture) as web:
        made = House.reading(house, web)
        local = f'[site]\nbase_url = "{address}"\ncontact = "editor@news.example"\n'
        (house / "config.local.toml").write_text(local, "utf-8")
        _done(made, "refresh", "--all", "--now", NOW)
    weeks = Counter(
        json.loads(path.read_text("utf-8")).get("week", "")
        for path in made.site.glob("story/*/index.json")
    )
    most = sorted(filter(None, weeks), key=lambda week: (weeks[week], week), reverse=True)[
        :_EDITIONS
    ]  # of equals the newest
    for week in sorted(most):
        _done(made, "edition", "build", "--week", week, "--now", NOW)
    return made.site


def _done(house: House, *arguments: str) -> None:
    done = house.run("--json", *arguments, timeout_s=_LONGEST_S)
    if done.returncode:
        raise RuntimeError(
            f"aggregator {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-2_000:]}"
        )
