"""What becomes of a reading: its differences are stored in the transaction that stores its source,
and a later stage notes which of them something else agrees with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from aggregator.domain.frozen import grouped
from aggregator.domain.source import Source
from aggregator.plugins.catalogues import store
from aggregator.plugins.catalogues.differences import (
    AGREEING_AFTER,
    Ending,
    HeldReading,
    ReadingState,
    mass_change,
    suspicion,
    updated_values,
)
from aggregator.plugins.catalogues.names import known_names, subject_of
from aggregator.plugins.catalogues.records import CatalogueReading, CatalogueRecord
from aggregator.plugins.catalogues.store import ListedRecord
from aggregator.services import Services
from aggregator.store.database import Connection

_UNKNOWN_NAME = "neither our names nor another catalogue has its name"


def take_reading(
    connection: Connection, services: Services, source: Source, reading: CatalogueReading
) -> Iterator[str]:
    """Stores what a reading of a catalogue changes, or holds it back; gives sentences for the
    report of the run.
    """
    now = services.clock.now()
    before = store.readings(connection).get(source.key)
    present = ReadingState(
        source_key=source.key,
        at=now,
        records=len(reading.records),
        counts=reading.counts,
        held=Counter(each.reason for each in reading.held),
    )
    known = {each.record: each for each in store.listed_records(connection, source_key=source.key)}
    read = {f"{each.provider}/{each.key}": each for each in reading.records}
    fresh = {
        record: each
        for record, each in read.items()
        if record not in known or known[record].unlisted or known[record].digest != each.digest
    }
    gone = [record for record in known if record not in read and not known[record].unlisted]
    stored = grouped(
        (value.record, value)
        for value in store.stated_values(connection, [*fresh, *gone], source_key=source.key)
    )
    values = [
        value
        for record in (*fresh, *gone)
        for value in updated_values(
            source.key,
            record,
            fresh[record].values if record in fresh else (),
            stored.get(record, ()),
            now,
        )
    ]
    doubt = ""
    if before:
        replaced = [value for value in values if value.ending == Ending.REPLACED]
        doubt = suspicion(before, present.records, present.counts) or mass_change(before, replaced)
    is_base = before is None
    if before and doubt:
        suspected = _suspected(before, present)
        if now - suspected.since < AGREEING_AFTER:
            held = replace(before, suspicion=doubt, suspected=suspected)
            store.save_reading(connection, held)
            yield f"reading held back: {doubt}; the same a day later counts as a new beginning"
            return
        is_base = True
    if is_base:
        values = [
            replace(value, is_base=True, confirmed=now) if value.since == now else value
            for value in values
        ]
    store.save_values(connection, values)
    listed = [_listed(source.key, known, record, each, now) for record, each in fresh.items()]
    listed = [each if each.record in known else replace(each, is_base=is_base) for each in listed]
    listed += [replace(known[record], unlisted=now) for record in gone]
    store.save_records(connection, listed)
    store.save_reading(connection, present)
    _mark_known(connection, services)


def _suspected(before: ReadingState, present: ReadingState) -> HeldReading:
    """What is in quarantine: of earlier readings of the same shape the first."""
    found = HeldReading(since=present.at, records=present.records, counts=present.counts)
    had = before.suspected
    is_like = had and not suspicion(had, present.records, present.counts)
    return replace(found, since=had.since) if had and is_like else found


def _listed(
    source_key: str,
    known: Mapping[str, ListedRecord],
    record: str,
    read: CatalogueRecord,
    now: datetime,
) -> ListedRecord:
    """A record as it is stored after a reading."""
    present = ListedRecord(
        source_key=source_key,
        record=record,
        provider=read.provider,
        name=read.name,
        subject=subject_of(read.key),
        page=read.page,
        digest=read.digest,
        since=now,
    )
    if record not in known:
        return present
    before = known[record]
    return replace(present, since=before.since, is_base=before.is_base, is_known=before.is_known)


def _mark_known(connection: Connection, services: Services) -> None:
    """Notes which names are those of models: one of ours, or one that another catalogue has."""
    unknown = store.listed_records(connection, is_known=False)
    if unknown:
        shared, names = store.shared_subjects(connection), known_names(services.registry)
        known = [
            each.record
            for each in unknown
            if each.subject in shared or names.knows(each.record.partition("/")[2])
        ]
        store.mark_known(connection, known)


def confirm_stage(services: Services) -> None:
    """Confirms the values that a later reading, or another catalogue, agrees with."""
    with services.database.reading() as connection:
        waiting = store.stated_values(connection, confirmed=None, until=None)
        if not waiting:
            return
        readings, answers = store.readings(connection), store.last_answers(connection)
        agreed = _agreed(connection)
    now = services.clock.now()
    confirmed = []
    for value in waiting:
        answered = answers.get(value.source_key, value.since)
        is_read_again = (
            answered - value.since >= AGREEING_AFTER
            and readings[value.source_key].suspected is None
        )
        if is_read_again or (value.source_key, value.record, value.kind) in agreed:
            confirmed.append(replace(value, confirmed=now))
    if confirmed:
        with services.database.writing() as connection:
            store.save_values(connection, confirmed)


def _agreed(connection: Connection) -> frozenset[tuple[str, str, str]]:
    """The standing values that two catalogues state of one model of one provider."""
    listed = {(each.source_key, each.record): each for each in store.listed_records(connection)}
    by_claim = defaultdict(list)
    for value in store.stated_values(connection, until=None):
        by_claim[*listed[value.source_key, value.record].place, value.kind, value.value].append(
            value
        )
    return frozenset(
        (value.source_key, value.record, value.kind)
        for several in by_claim.values()
        if len({value.source_key for value in several}) > 1
        for value in several
    )


def held_counts(connection: Connection, state: ReadingState) -> dict[str, int]:
    """How many records and values of a catalogue are held back, by reason."""
    unknown = len(store.listed_records(connection, source_key=state.source_key, is_known=False))
    return dict(state.held) | ({_UNKNOWN_NAME: unknown} if unknown else {})
