"""Prints how much of what newsletters carried the editions of the same weeks have.

    python -m tools.edition_coverage --config CONFIG --now 2026-07-20T12:00:00Z 2026-W02 2026-W03

CONFIG is that of a database into which the captured web was refreshed. The items are read by us:
`edition_coverage.toml` names for each some articles that report it, by the ends of their addresses;
items that no article of the database reports do not count. `twice` are the items that two stories
of one edition report.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from aggregator.bootstrap import open_services
from aggregator.config.configuration import load
from aggregator.digest.stage.edition import preview_edition
from aggregator.store.database import Connection
from aggregator.store.schema import articles

LABELS = Path(__file__).with_suffix(".toml")
TOP = 12


def coverage(
    newsletters: Sequence[Mapping[str, Any]],
    stories_at: Mapping[str, frozenset[str]],
    editions: Sequence[frozenset[str]],
) -> list[dict[str, Any]]:
    """Of each newsletter: how many of its first items that are known stand in an edition, which do
    not, and which stand in one twice. `stories_at` are the stories by end of address.
    """
    found = []
    for newsletter in newsletters:
        items = {
            item["item"]: frozenset().union(*(stories_at[end] for end in item["reported"]))
            for item in newsletter["items"]
        }
        known = {name: stories for name, stories in items.items() if stories}
        top = dict(list(known.items())[:TOP])
        shown = {
            name: [len(stories & edition) for edition in editions]
            for name, stories in known.items()
        }
        found.append(
            {
                "newsletter": newsletter["name"],
                "items": len(items),
                "known": len(known),
                "covered": sum(any(shown[name]) for name in known),
                "top": len(top),
                "top_covered": sum(any(shown[name]) for name in top),
                "missing": [name for name in known if not any(shown[name])],
                "twice": [name for name in known if max(shown[name], default=0) > 1],
            }
        )
    return found


def _stories_at(connection: Connection, end: str) -> frozenset[str]:
    chosen = select(articles.story_id).where(
        articles.url.endswith(end, autoescape=True), articles.story_id.is_not(None)
    )
    return frozenset(connection.scalars(chosen))


async def _report(config: Path, now: datetime, weeks: Sequence[str]) -> list[dict[str, Any]]:
    newsletters = tomllib.loads(LABELS.read_text("utf-8"))["newsletters"]
    ends = {end for one in newsletters for item in one["items"] for end in item["reported"]}
    async with open_services(load(config, os.environ), now) as services:
        with services.database.reading() as connection:
            editions = [
                preview_edition(connection, services, week).edition.stories() for week in weeks
            ]
            stories_at = {end: _stories_at(connection, end) for end in ends}
    shown = [frozenset(story.id for story in stories) for stories in editions]
    return coverage(newsletters, stories_at, shown)


def main() -> None:
    """Prints the coverage as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--now", type=datetime.fromisoformat, required=True)
    parser.add_argument("weeks", nargs="+")
    given = parser.parse_args()
    found = asyncio.run(_report(given.config, given.now, given.weeks))
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
