"""A source that is added to a house does not flood its next edition: what it lists already counts
as seen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.acceptance.house import House
from tests.servers import Fault, MiniWeb, Page

MONDAY = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
OLD, MOVED, ADDED = (
    "https://daily.example/feed",
    "https://daily.example/rss",
    "https://ledger.example/feed",
)
_PLACES = (
    "Oslo Turin Ghent Lyon Porto Graz Malmo Cork Bergen Basel Leeds Trier Sofia Delft Krakow Zadar"
    " Bilbao Riga Tampere Split"
).split()


def _feed(host: str, numbers: Sequence[int], newest: datetime) -> Page:
    """A feed with full texts: an entry every three hours, each of an event of its own."""
    items = "".join(
        f"<item><title>Model for the hospitals of {_PLACES[n]} opens as number"
        f" {n}</title><link>https://{host}/{n}</link>"
        f"<pubDate>{format_datetime(newest - timedelta(hours=3 * place))}</pubDate>"
        f"<description><![CDATA[{_text(n)}]]></description>"
        "</item>"
        for place, n in enumerate(numbers)
    )
    body = f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'
    return Page(body=body.encode(), content_type="application/rss+xml", title=host)


def _text(n: int) -> str:
    said = " ".join(
        f"In {_PLACES[n]}, ward {ward} of hospital {n} tries the model from {ward} July 2026 on."
        for ward in range(1, 30)
    )
    return (
        f"<p>The hospitals of {_PLACES[n]} opened model {n} on Monday, with {n + 40}"
        f" doctors.</p><p>{said}</p>"
    )


def _table(key: str, url: str) -> str:
    return f'[[sources]]\nkey = "{key}"\nname = "{key.title()}"\nurl = "{url}"\n'


def test_the_backlog_of_a_new_source_stays_out_of_the_next_edition_and_that_of_a_moved_one_does_not(
    tmp_path: Path,
) -> None:
    pages = {
        OLD: _feed("daily.example", range(4), MONDAY),
        MOVED: _feed("daily.example", range(8), MONDAY + 2 * DAY),
        ADDED: _feed("ledger.example", range(8, 19), MONDAY + 2 * DAY),
    }
    with MiniWeb(pages) as web:
        house = House(tmp_path, _table("daily", web.url_of(OLD)))
        house.refreshed(now=MONDAY.isoformat())
        sources = _table("daily", web.url_of(MOVED)) + _table("ledger", web.url_of(ADDED))
        House(tmp_path, sources).refreshed(now=(MONDAY + 2 * DAY).isoformat())
        web.put(ADDED, _feed("ledger.example", (19, *range(8, 19)), MONDAY + 4 * DAY))
        house.refreshed("--all", now=(MONDAY + 4 * DAY).isoformat())
        done = house.run("--json", "edition", "build", "--now", (MONDAY + 7 * DAY).isoformat())

    assert done.returncode == 0, done.stderr
    edition = json.loads((house.site / "week/2026-W28/index.json").read_text("utf-8"))
    told = {
        source["name"]
        for story in house.stories()
        if story["id"] in _ids(edition)
        for source in story["sources"]
    }
    backlog = [
        each["stories"]
        for each in edition["left_out"]
        if each["reason"] == "from before its source was followed"
    ]
    assert (len(house.stories()), backlog) == (20, [11])
    assert told == {"Daily", "Ledger"}


def test_a_source_that_failed_when_the_house_began_has_no_backlog(tmp_path: Path) -> None:
    pages = {
        OLD: _feed("daily.example", range(4), MONDAY),
        ADDED: _feed("ledger.example", range(8, 19), MONDAY),
    }
    with MiniWeb(pages) as web:
        house = House.reading(tmp_path, web)
        web.misbehave(ADDED, Fault.GARBAGE, times=1)
        first = house.refreshed(now=MONDAY.isoformat())
        house.refreshed("--all", now=(MONDAY + DAY).isoformat())
        done = house.run("--json", "edition", "build", "--now", (MONDAY + 7 * DAY).isoformat())

    assert done.returncode == 0, done.stderr
    edition = json.loads((house.site / "week/2026-W28/index.json").read_text("utf-8"))
    assert (first["sources"]["failed"], len(house.stories())) == (1, 15)
    assert [each["reason"] for each in edition["left_out"] if "followed" in each["reason"]] == []


def _ids(edition: object) -> set[str]:
    """Every story that an edition tells."""
    if isinstance(edition, dict):
        own = {edition["id"]} if isinstance(edition.get("id"), str) else set()
        return own.union(*(_ids(value) for value in edition.values()))
    return set().union(*(_ids(each) for each in edition)) if isinstance(edition, list) else set()
