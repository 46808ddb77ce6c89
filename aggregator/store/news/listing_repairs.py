"""The repairs of pages whose layout changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from aggregator.domain.source import Listing, ListingFormat, ListingRepair
from aggregator.store.schema import listing_repairs


def stored_repairs(connection: Connection) -> dict[str, tuple[ListingRepair, ...]]:
    """What is stored of the pages of all sources, by key."""
    found: dict[str, list[ListingRepair]] = {}
    ordered = select(listing_repairs).order_by(listing_repairs.c.source_key, listing_repairs.c.url)
    for row in connection.execute(ordered):
        found.setdefault(row.source_key, []).append(_repair(dict(row._mapping)))
    return {key: tuple(several) for key, several in found.items()}


def save_repair(connection: Connection, repair: ListingRepair) -> None:
    """Stores what came of the page of a source, in place of what was stored of it."""
    values = {
        "source_key": repair.source_key,
        "url": repair.url,
        "digest": repair.digest,
        "asked": repair.asked,
        "listing": asdict(repair.listing) if repair.listing else None,
        "reason": repair.reason,
    }
    keys = ["source_key", "url"]
    connection.execute(
        insert(listing_repairs)
        .values(values)
        .on_conflict_do_update(index_elements=keys, set_=values)
    )


def drop_repair(connection: Connection, source_key: str, url: str) -> None:
    """Forgets what is stored of a page that is read by its own table again."""
    chosen = (listing_repairs.c.source_key == source_key) & (listing_repairs.c.url == url)
    connection.execute(delete(listing_repairs).where(chosen))


def _repair(values: dict[str, Any]) -> ListingRepair:
    listing = values["listing"]
    if listing is not None:
        values["listing"] = Listing(**listing | {"format": ListingFormat(listing["format"])})
    return ListingRepair(**values)
