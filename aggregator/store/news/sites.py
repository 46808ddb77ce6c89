"""What is known of publishers' sites: how each lays out its pages, how lists whose layout changed
are read, and the robots.txt of each origin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from sqlalchemy import Connection, Row, delete, select

from aggregator.domain.page_template import Layout, Sighting
from aggregator.domain.source import Listing, ListingFormat, ListingRepair
from aggregator.domain.web.rights import RobotsFile
from aggregator.store.rows import grouped, put, record_of, row_of
from aggregator.store.schema import layouts, listing_repairs, robots


def layout_of(connection: Connection, host: str, today: date) -> Layout:
    """The layout of a host as it holds today, a new one where none is stored."""
    record = connection.scalar(select(layouts.c.record).where(layouts.c.host == host))
    if record is None:
        return Layout(day=today)
    known, fresh = (
        Sighting(**seen | {"paths": {path: tuple(n) for path, n in seen["paths"].items()}})
        for seen in (record["known"], record["fresh"])
    )
    return Layout(day=date.fromisoformat(record["day"]), known=known, fresh=fresh).on(today)


def add_sighting(connection: Connection, host: str, sighting: Sighting, today: date) -> None:
    """Adds what a page showed of its layout to what is known of its host."""
    layout = layout_of(connection, host, today).seen(sighting)
    known, fresh = (
        {"pages": seen.pages, "odd": seen.odd, "paths": dict(sorted(seen.paths.items()))}
        for seen in (layout.known, layout.fresh)
    )
    record = {"day": layout.day.isoformat(), "known": known, "fresh": fresh}
    put(connection, layouts, {"host": host, "record": record})


def stored_repairs(connection: Connection) -> dict[str, tuple[ListingRepair, ...]]:
    """What is stored of the pages of all sources, by key."""
    ordered = select(listing_repairs).order_by(listing_repairs.c.source_key, listing_repairs.c.url)
    return grouped((row.source_key, _repair(row)) for row in connection.execute(ordered))


def save_repair(connection: Connection, repair: ListingRepair) -> None:
    """Replaces what is stored of the page of a source."""
    listing = asdict(repair.listing) if repair.listing else None
    put(connection, listing_repairs, row_of(repair, listing_repairs, listing=listing))


def drop_repair(connection: Connection, source_key: str, url: str) -> None:
    """Forgets what is stored of a page that is read by its own table again."""
    connection.execute(delete(listing_repairs).filter_by(source_key=source_key, url=url))


def _repair(row: Row[tuple[object, ...]]) -> ListingRepair:
    kept = row.listing
    listing = Listing(**kept | {"format": ListingFormat(kept["format"])}) if kept else None
    return record_of(ListingRepair, row, listing=listing)


def robots_files(connection: Connection) -> dict[str, RobotsFile]:
    """Every stored robots.txt, by origin."""
    return {row.origin: record_of(RobotsFile, row) for row in connection.execute(select(robots))}


def save_robots(connection: Connection, files: Iterable[RobotsFile]) -> None:
    """Keeps what was read in this run."""
    put(connection, robots, *(row_of(file, robots) for file in files))
