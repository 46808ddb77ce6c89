"""Editions as they were published: one canonical JSON record each; corrections stand beside it.

A record is rewritten for one reason alone: a publisher asked that its words be removed. A
correction then says so.

A field that is added to `Edition` later needs a default, so that old records stay readable.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Row, func, insert, select

from aggregator.domain.frozen import grouped
from aggregator.domain.publishing.edition import Correction, Edition, StoredEdition
from aggregator.domain.publishing.period import PeriodKind, period_days
from aggregator.errors import ArgumentError, DatabaseError, EditionError
from aggregator.store.rows import change, record_of, row_at
from aggregator.store.schema import corrections, editions

Approval = Literal["new", "held", "approved"]

_RECORDS = TypeAdapter(Edition)


def edition_record(edition: Edition) -> str:
    """The canonical JSON of an edition: equal editions give equal text."""
    plain = _RECORDS.dump_python(edition, mode="json")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def next_number(connection: Connection, kind: PeriodKind) -> int:
    """The number of the edition of a kind to come: each kind counts from 1 without gaps."""
    newest: int | None = connection.scalar(
        select(func.max(editions.number)).where(editions.kind == kind)
    )
    return (newest or 0) + 1


def save_edition(connection: Connection, edition: Edition) -> StoredEdition:
    """Stores a new edition for good.

    Raises EditionError where its period is stored already, or where its number is not the next one.
    """
    if (
        connection.scalar(select(editions.number).where(editions.period == edition.period))
        is not None
    ):
        raise EditionError(
            f"the edition of {edition.period} is published and cannot be changed; add a"
            " correction with `aggregator edition correct`"
        )
    if edition.number != (number := next_number(connection, edition.kind)):
        raise EditionError(
            f"the edition of {edition.period} has number {edition.number}, the next is {number};"
            " build it again"
        )
    record = edition_record(edition)
    values = {
        "period": edition.period,
        "kind": edition.kind,
        "number": edition.number,
        "published": edition.published,
        "record": record,
        "digest": _digest(record),
        "dispatch": "new",
    }
    connection.execute(insert(editions).values(values))
    return StoredEdition(edition=edition, digest=_digest(record))


def stored_edition(connection: Connection, period: str) -> StoredEdition | None:
    """The edition of a period, with its corrections. Raises DatabaseError where its record is
    not what was stored.
    """
    row = row_at(connection, editions, period=period)
    return _stored(row, _corrections(connection).get(period, ())) if row else None


def stored_editions(connection: Connection) -> tuple[StoredEdition, ...]:
    """All editions in the order of publication, with their corrections. Raises DatabaseError where
    a record is not what was stored.
    """
    appended = _corrections(connection)
    rows = connection.execute(select(editions).order_by(editions.published, editions.period))
    return tuple(_stored(row, appended.get(row.period, ())) for row in rows)


def altered_editions(connection: Connection) -> tuple[str, ...]:
    """The periods whose edition is not the record that was published, by its digest."""
    rows = connection.execute(
        select(editions.period, editions.record, editions.digest).order_by(editions.period)
    )
    return tuple(row.period for row in rows if _digest(row.record) != row.digest)


def newest_period(connection: Connection, kind: PeriodKind | None = None) -> str | None:
    """The newest week or day that has an edition, whenever it was built; of any kind the one that
    ended last, a week before its Sunday. None where none has.
    """
    found = [
        connection.scalar(select(func.max(editions.period)).where(editions.kind == one))
        for one in ([kind] if kind else PeriodKind)
    ]
    return max(
        filter(None, found), key=lambda period: (period_days(period)[1], -len(period)), default=None
    )


def published_weeks(connection: Connection) -> dict[str, datetime]:
    """The weeks that have an edition, each with when it was published."""
    rows = connection.execute(
        select(editions.period, editions.published).where(editions.kind == PeriodKind.WEEK)
    )
    return {row.period: row.published for row in rows}


def last_published(connection: Connection, until: datetime) -> datetime | None:
    """When an edition was last published, but for those of the future."""
    moment: datetime | None = connection.scalar(
        select(func.max(editions.published)).where(editions.published <= until)
    )
    return moment


def append_correction(connection: Connection, period: str, correction: Correction) -> None:
    """Adds a correction after the earlier ones. Raises ArgumentError where the period has no
    edition.
    """
    _demand(connection, period)
    newest: int | None = connection.scalar(
        select(func.max(corrections.n)).where(corrections.period == period)
    )
    values = {
        "period": period,
        "n": (newest or 0) + 1,
        "at": correction.at,
        "text": correction.text,
    }
    connection.execute(insert(corrections).values(values))


def rewrite_edition(connection: Connection, edition: Edition) -> None:
    """Replaces the record of an edition, which has lost what a publisher asked to have removed."""
    record = edition_record(edition)
    values = {"record": record, "digest": _digest(record)}
    change(connection, editions.period, [edition.period], **values)


def approval(connection: Connection, period: str) -> Approval:
    """Whether an edition may be sent: `new`, `held` or `approved`. Raises ArgumentError where the
    period has no edition.
    """
    return _demand(connection, period)


def set_approval(connection: Connection, period: str, state: Approval) -> None:
    """Records that an edition is held or approved. Raises ArgumentError where the period has no
    edition.
    """
    _demand(connection, period)
    change(connection, editions.period, [period], dispatch=state)


def _demand(connection: Connection, period: str) -> Approval:
    found: Approval | None = connection.scalar(
        select(editions.dispatch).where(editions.period == period)
    )
    if found is None:
        raise ArgumentError(f"no edition of {period}; `aggregator edition list` shows all editions")
    return found


def _corrections(connection: Connection) -> dict[str, tuple[Correction, ...]]:
    rows = connection.execute(select(corrections).order_by(corrections.period, corrections.n))
    return grouped((row.period, record_of(Correction, row)) for row in rows)


def _stored(
    row: Row[tuple[str, str, int, datetime, str, str, str]], appended: tuple[Correction, ...]
) -> StoredEdition:
    if _digest(row.record) != row.digest:
        raise DatabaseError(
            f"the edition of {row.period} was changed in the database; restore a backup of it"
        )
    try:
        edition = _RECORDS.validate_json(row.record)
    except ValidationError as error:
        what = error.errors()[0]["msg"]
        raise DatabaseError(
            f"the edition of {row.period} cannot be read: {what}; upgrade the program"
        ) from error
    return StoredEdition(edition=edition, digest=row.digest, corrections=appended)


def _digest(record: str) -> str:
    return hashlib.sha256(record.encode("utf-8", "surrogatepass")).hexdigest()
