"""What is stored of catalogues."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from aggregator.domain.frozen import frozen
from aggregator.domain.ids import digest_of
from aggregator.domain.settings import Settings
from aggregator.plugins.catalogues.differences import CatalogueValue, ReadingState
from aggregator.plugins.catalogues.names import subject_of
from aggregator.store.rows import among, change, put, record_of, row_of
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
    is_base: bool = False
    is_known: bool = False
    unlisted: datetime | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Which offer it is: catalogues write providers differently."""
        return subject_of(self.provider), self.subject


def readings(connection: Connection) -> dict[str, ReadingState]:
    """The last readings of all catalogues, by key."""
    ordered = select(catalogue_readings).order_by(catalogue_readings.source_key)
    return {row.source_key: record_of(ReadingState, row) for row in connection.execute(ordered)}


def followed_readings(connection: Connection, settings: Settings) -> tuple[ReadingState, ...]:
    """The last readings of the catalogues that are on."""
    on = {source.key for source in settings.sources if source.enabled}
    return tuple(each for key, each in readings(connection).items() if key in on)


def save_reading(connection: Connection, state: ReadingState) -> None:
    """Stores what a reading had."""
    put(connection, catalogue_readings, row_of(state, catalogue_readings))


def listed_records(connection: Connection, **having: object) -> tuple[ListedRecord, ...]:
    """The records of all catalogues that have these values in their columns."""
    table = catalogue_records
    chosen = select(table).filter_by(**having).order_by(table.source_key, table.record)
    return tuple(record_of(ListedRecord, row) for row in connection.execute(chosen))


def stated_values(
    connection: Connection, records: Collection[str] | None = None, **having: object
) -> tuple[CatalogueValue, ...]:
    """The values of all records, or of these, that have these values in their columns, those of a
    record the oldest first.
    """
    table = catalogue_values
    ordered = select(table).order_by(table.since, table.source_key, table.record, table.kind)
    rows = among(connection, ordered.filter_by(**having), table.record, records)
    return tuple(record_of(CatalogueValue, row) for row in rows)


def save_records(connection: Connection, records: Sequence[ListedRecord]) -> None:
    """Stores records in place of those of their keys."""
    put(connection, catalogue_records, *(row_of(each, catalogue_records) for each in records))


def save_values(connection: Connection, values: Sequence[CatalogueValue]) -> None:
    """Stores values in place of those of their keys and times."""
    put(connection, catalogue_values, *(row_of(each, catalogue_values) for each in values))


def shared_subjects(connection: Connection) -> frozenset[str]:
    """The subjects that several catalogues have."""
    table = catalogue_records
    several = func.count(table.source_key.distinct()) > 1
    found = select(table.subject).group_by(table.subject).having(several)
    return frozenset(connection.scalars(found))


def mark_known(connection: Connection, records: Collection[str]) -> None:
    """Notes that the names of these records, of whichever catalogue, are those of models."""
    change(connection, catalogue_records.record, records, is_known=True)


def last_answers(connection: Connection) -> dict[str, datetime]:
    """When each source was last read, or said that nothing changed."""
    table = source_states
    found = connection.execute(select(table.source_key, table.last_ok))
    return {row.source_key: row.last_ok for row in found if row.last_ok}


def forget(connection: Connection) -> int:
    """Deletes all that was read of catalogues; the next refresh fetches them as if for the first
    time. Returns how many rows there were.
    """
    read = {"etag": None, "last_modified": None, "body_hash": None}
    change(connection, source_states.source_key, readings(connection), **read)
    tables = (catalogue_readings, catalogue_records, catalogue_values)
    return sum(connection.execute(delete(table)).rowcount for table in tables)


def catalogues_digest(connection: Connection) -> str:
    """Changes with whatever pages show of catalogues."""
    values, records = catalogue_values, catalogue_records
    counted = (func.count(), func.max(values.since), func.max(values.until))
    found = connection.execute(select(*counted, func.count(values.confirmed))).one()
    listed = select(func.count(), func.max(records.unlisted)).where(records.is_known)
    known = connection.execute(listed).one()
    return digest_of(repr((tuple(found), tuple(known), readings(connection))))
