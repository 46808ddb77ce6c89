"""What is stored of catalogues."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, func, select

from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.ids import digest_of
from aggregator.plugins.catalogues.differences import CatalogueValue, ReadingState
from aggregator.store.rows import among, change, put, record_of, row_at, row_of
from aggregator.store.schema import (
    catalogue_readings,
    catalogue_records,
    catalogue_values,
    source_states,
)


@frozen
class ListedRecord:
    """A record as it was last read. `is_base`: it was there when its catalogue was first read;
    `is_known`: its name is that of a model; `unlisted` is when the catalogue had it no more.
    """

    source_key: str
    record: str
    provider: str
    name: str
    subject: str
    page: str
    digest: str
    since: datetime
    is_base: bool
    is_known: bool
    unlisted: datetime | None = None


def reading_state(connection: Connection, source_key: str) -> ReadingState | None:
    """The last reading of a catalogue, None before the first."""
    row = row_at(connection, catalogue_readings, source_key=source_key)
    return record_of(ReadingState, row) if row else None


def reading_states(connection: Connection) -> tuple[ReadingState, ...]:
    """The last readings of all catalogues, by key."""
    ordered = select(catalogue_readings).order_by(catalogue_readings.source_key)
    return tuple(record_of(ReadingState, row) for row in connection.execute(ordered))


def save_reading(connection: Connection, state: ReadingState) -> None:
    """Stores what a reading had."""
    put(connection, catalogue_readings, row_of(state, catalogue_readings))


def record_digests(
    connection: Connection, source_key: str
) -> dict[str, tuple[str, datetime | None]]:
    """The digest of each record of a catalogue, and since when it is not listed, if so."""
    table = catalogue_records
    own = select(table.record, table.digest, table.unlisted).where(table.source_key == source_key)
    return {record: (digest, unlisted) for record, digest, unlisted in connection.execute(own)}


def listed_records(
    connection: Connection, source_key: str, records: Collection[str]
) -> dict[str, ListedRecord]:
    """These records of a catalogue."""
    table = catalogue_records
    own = select(table).where(table.source_key == source_key)
    return {row.record: _record(row) for row in among(connection, own, table.record, records)}


def all_records(connection: Connection) -> tuple[ListedRecord, ...]:
    """The records of all catalogues."""
    table = catalogue_records
    rows = connection.execute(select(table).order_by(table.source_key, table.record))
    return tuple(map(_record, rows))


def values_of(
    connection: Connection, source_key: str, records: Collection[str]
) -> dict[str, tuple[CatalogueValue, ...]]:
    """All values that these records have or had, the oldest first."""
    table = catalogue_values
    own = select(table).where(table.source_key == source_key)
    rows = among(connection, own.order_by(table.since, table.kind), table.record, records)
    return grouped((row.record, _value(row)) for row in rows)


def all_values(connection: Connection) -> tuple[CatalogueValue, ...]:
    """The values of all catalogues, the oldest first."""
    table = catalogue_values
    ordered = select(table).order_by(table.since, table.source_key, table.record, table.kind)
    return tuple(map(_value, connection.execute(ordered)))


def unconfirmed_values(connection: Connection) -> tuple[CatalogueValue, ...]:
    """The standing values that nothing else agrees with yet."""
    table = catalogue_values
    own = select(table).where(table.confirmed.is_(None), table.until.is_(None))
    return tuple(map(_value, connection.execute(own.order_by(table.since, table.record))))


def save_records(connection: Connection, records: Sequence[ListedRecord]) -> None:
    """Stores records in place of those of their keys."""
    put(connection, catalogue_records, *(row_of(each, catalogue_records) for each in records))


def save_values(connection: Connection, values: Sequence[CatalogueValue]) -> None:
    """Stores values in place of those of their keys and times."""
    put(connection, catalogue_values, *(row_of(each, catalogue_values) for each in values))


def names_by_catalogue(connection: Connection) -> tuple[tuple[str, str, str, bool], ...]:
    """Catalogue, record, subject and whether its name is known, of all records."""
    table = catalogue_records
    found = select(table.source_key, table.record, table.subject, table.is_known)
    return tuple(
        (row.source_key, row.record, row.subject, row.is_known) for row in connection.execute(found)
    )


def mark_known(connection: Connection, records: Collection[str]) -> None:
    """Notes that the names of these records, of whichever catalogue, are those of models."""
    change(connection, catalogue_records.record, records, is_known=True)


def last_answers(connection: Connection) -> dict[str, datetime]:
    """When each source was last read, or said that nothing changed."""
    table = source_states
    found = connection.execute(select(table.source_key, table.last_ok))
    return {row.source_key: row.last_ok for row in found if row.last_ok}


def catalogues_digest(connection: Connection) -> str:
    """Changes with whatever pages show of catalogues."""
    values = catalogue_values
    counted = (func.count(), func.max(values.since), func.max(values.until))
    found = connection.execute(select(*counted, func.count(values.confirmed))).one()
    readings = connection.execute(
        select(catalogue_readings).order_by(catalogue_readings.source_key)
    ).all()
    known = connection.execute(
        select(func.count(), func.max(catalogue_records.unlisted)).where(catalogue_records.is_known)
    ).one()
    return digest_of(repr((tuple(found), tuple(known), [tuple(row) for row in readings])))


def _record(row: Row[tuple[object, ...]]) -> ListedRecord:
    return record_of(ListedRecord, row)


def _value(row: Row[tuple[object, ...]]) -> CatalogueValue:
    return record_of(CatalogueValue, row)
