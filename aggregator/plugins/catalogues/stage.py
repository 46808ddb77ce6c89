"""What becomes of a reading: its differences are stored in the transaction that stores its source,
and a later stage notes which of them something else agrees with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.domain.source import Source
from aggregator.plugins.catalogues import store
from aggregator.plugins.catalogues.differences import (
    AGREEING_AFTER,
    CatalogueValue,
    Ending,
    HeldReading,
    ReadingState,
    mass_change,
    new_values,
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
    before = store.reading_state(connection, source.key)
    present = ReadingState(
        source_key=source.key,
        at=now,
        records=len(reading.records),
        counts=reading.counts,
        held=Counter(each.reason for each in reading.held),
    )
    digests = store.record_digests(connection, source.key)
    read = {f"{each.provider}/{each.key}": each for each in reading.records}
    fresh = {
        record: each for record, each in read.items() if digests.get(record) != (each.digest, None)
    }
    stored = store.values_of(connection, source.key, fresh.keys() & digests.keys())
    values = [
        value
        for record, of_record in stored.items()
        for value in updated_values(record, fresh[record], of_record, now)
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
    for record in fresh.keys() - digests.keys():
        values += new_values(source.key, record, fresh[record], now, is_base=is_base)
    gone = [
        record
        for record, (_, unlisted) in digests.items()
        if record not in read and unlisted is None
    ]
    values += _unstated(store.values_of(connection, source.key, gone), now)
    store.save_values(connection, values)
    _save_records(connection, source.key, fresh, gone, now, is_base=is_base)
    store.save_reading(connection, present)
    _mark_known(connection, services)


def _suspected(before: ReadingState, present: ReadingState) -> HeldReading:
    """What is in quarantine: of earlier readings of the same shape the first."""
    found = HeldReading(since=present.at, records=present.records, counts=present.counts)
    had = before.suspected
    is_like = had and not suspicion(had, present.records, present.counts)
    return replace(found, since=had.since) if had and is_like else found


def _unstated(
    stored: Mapping[str, Sequence[CatalogueValue]], now: datetime
) -> Iterator[CatalogueValue]:
    """The standing values of records that are not listed any more, as ended."""
    for several in stored.values():
        for value in several:
            if value.until is None:
                yield replace(value, until=now, ending=Ending.UNSTATED)


def _save_records(
    connection: Connection,
    source_key: str,
    fresh: Mapping[str, CatalogueRecord],
    gone: Collection[str],
    now: datetime,
    *,
    is_base: bool,
) -> None:
    known = store.listed_records(connection, source_key, {*fresh, *gone})
    saved = [replace(known[record], unlisted=now) for record in gone]
    for record, read in fresh.items():
        standing = known.get(record)
        saved.append(
            ListedRecord(
                source_key=source_key,
                record=record,
                provider=read.provider,
                name=read.name,
                subject=subject_of(read.key),
                page=read.page,
                digest=read.digest,
                since=standing.since if standing else now,
                is_base=standing.is_base if standing else is_base,
                is_known=standing.is_known if standing else False,
            )
        )
    store.save_records(connection, saved)


def _mark_known(connection: Connection, services: Services) -> None:
    """Notes which names are those of models: one of ours, or one that another catalogue has."""
    named = store.names_by_catalogue(connection)
    listed_by = defaultdict(set)
    for source_key, _, subject, _ in named:
        listed_by[subject].add(source_key)
    unknown = {record: subject for _, record, subject, is_known in named if not is_known}
    if not unknown:
        return
    names = known_names(services.registry)
    store.mark_known(
        connection,
        [
            record
            for record, subject in unknown.items()
            if len(listed_by[subject]) > 1 or names.knows(record.partition("/")[2])
        ],
    )


def confirm_stage(services: Services) -> None:
    """Confirms the values that a later reading, or another catalogue, agrees with."""
    with services.database.reading() as connection:
        waiting = store.unconfirmed_values(connection)
        if not waiting:
            return
        states = {state.source_key: state for state in store.reading_states(connection)}
        answers = store.last_answers(connection)
        agreed = _agreed(connection)
    now = services.clock.now()
    confirmed = []
    for value in waiting:
        state = states.get(value.source_key)
        answered = answers.get(value.source_key)
        is_read_again = (
            state is not None
            and state.suspected is None
            and answered is not None
            and answered - value.since >= AGREEING_AFTER
        )
        if is_read_again or (value.source_key, value.record, value.kind) in agreed:
            confirmed.append(replace(value, confirmed=now))
    if confirmed:
        with services.database.writing() as connection:
            store.save_values(connection, confirmed)


def _agreed(connection: Connection) -> frozenset[tuple[str, str, str]]:
    """The standing values that two catalogues state of one model of one provider."""
    records = {(each.source_key, each.record): each for each in store.all_records(connection)}
    by_claim = defaultdict(list)
    for value in store.all_values(connection):
        listed = records.get((value.source_key, value.record))
        if value.until is None and listed:
            provider = subject_of(listed.provider)
            by_claim[listed.subject, provider, value.kind, value.value].append(value)
    return frozenset(
        (value.source_key, value.record, value.kind)
        for several in by_claim.values()
        if len({value.source_key for value in several}) > 1
        for value in several
    )


def held_counts(connection: Connection, state: ReadingState) -> dict[str, int]:
    """How many records and values of a catalogue are held back, by reason."""
    named = store.names_by_catalogue(connection)
    unknown = sum(key == state.source_key and not known for key, _, _, known in named)
    return dict(state.held) | ({_UNKNOWN_NAME: unknown} if unknown else {})
