"""What is known of how each publisher lays out its pages, by host."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from aggregator.domain.page_template import Layout, Sighting
from aggregator.store.schema import layouts


def layout_of(connection: Connection, host: str, today: date) -> Layout:
    """The layout of a host as it holds today, a new one where none is stored."""
    record = connection.execute(select(layouts.c.record).where(layouts.c.host == host)).scalar()
    return _layout(record).on(today) if record else Layout(day=today)


def add_sighting(connection: Connection, host: str, sighting: Sighting, today: date) -> None:
    """Adds what a page showed of its layout to what is known of its host."""
    layout = layout_of(connection, host, today).seen(sighting)
    record = {
        "day": layout.day.isoformat(),
        "known": _record(layout.known),
        "fresh": _record(layout.fresh),
    }
    values = {"host": host, "record": record}
    connection.execute(
        insert(layouts).values(values).on_conflict_do_update(index_elements=["host"], set_=values)
    )


def _record(sighting: Sighting) -> dict[str, object]:
    return {
        "pages": sighting.pages,
        "odd": sighting.odd,
        "paths": {path: list(n) for path, n in sorted(sighting.paths.items())},
    }


def _layout(record: dict[str, object]) -> Layout:
    return Layout(
        day=date.fromisoformat(str(record["day"])),
        known=_sighting(record["known"]),
        fresh=_sighting(record["fresh"]),
    )


def _sighting(record: object) -> Sighting:
    if not isinstance(record, dict):
        return Sighting()
    paths = {path: (text, rest) for path, (text, rest) in record["paths"].items()}
    return Sighting(pages=record["pages"], odd=record["odd"], paths=paths)
