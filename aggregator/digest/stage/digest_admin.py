"""What an operator does about sending an edition: see its status, preview it, approve, hold,
resolve copies in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.digest.mail.spam import spam_reason
from aggregator.digest.stage.release import SpamCheck, sendable_edition
from aggregator.domain.publishing.edition import StoredEdition, without
from aggregator.domain.publishing.subscriber import Delivery, DeliveryState, SubscriberStatus
from aggregator.domain.settings import Settings
from aggregator.errors import ArgumentError, EditionError, MailError
from aggregator.store.database import Connection, Database
from aggregator.store.news import stories
from aggregator.store.publishing import deliveries, editions, subscribers


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestStatus:
    """The delivery status of an edition. `refusal` says why it would not be sent now.

    `doubt` and `failed` pair copies with the addresses that are still known: for the operator's
    terminal, never for a log.
    """

    stored: StoredEdition
    dispatch: str
    refusal: str
    confirmed: int
    copies: dict[DeliveryState, int]
    next_try: datetime | None
    doubt: tuple[tuple[Delivery, str], ...]
    failed: tuple[tuple[Delivery, str], ...]


def chosen_edition(connection: Connection, period: str | None) -> StoredEdition:
    """The edition of a period, or the newest. Raises ArgumentError where it has none,
    EditionError before the first.
    """
    if period is None:
        newest = editions.newest_period(connection)
        if newest is None:
            raise EditionError("no edition yet; `aggregator edition build` builds one")
        period = newest
    stored = editions.stored_edition(connection, period)
    if stored is None:
        raise ArgumentError(f"no edition of {period}; `aggregator edition list` shows all editions")
    return without(stored, stories.dropped(connection))


def digest_status(
    database: Database,
    settings: Settings,
    period: str | None,
    now: datetime,
    spam_check: SpamCheck = spam_reason,
) -> DigestStatus:
    """The delivery status of an edition, the newest by default. Raises ArgumentError or
    EditionError if there is none.
    """
    with database.reading() as connection:
        stored = chosen_edition(connection, period)
        chosen = stored.edition.period
        doubt = deliveries.doubtful(connection, chosen)
        failed = deliveries.in_state(connection, DeliveryState.FAILED, chosen)
        known = deliveries.addresses(connection, [copy.subscriber_id for copy in (*doubt, *failed)])
        return DigestStatus(
            stored=stored,
            dispatch=editions.approval(connection, chosen),
            refusal=_refusal(database, settings, chosen, now, spam_check),
            confirmed=subscribers.counts(connection)[SubscriberStatus.CONFIRMED],
            copies=deliveries.counts(connection, chosen),
            next_try=deliveries.next_try(connection, chosen),
            doubt=tuple((copy, known.get(copy.subscriber_id, "")) for copy in doubt),
            failed=tuple((copy, known.get(copy.subscriber_id, "")) for copy in failed),
        )


def resolve_copies(
    database: Database,
    period: str | None,
    verdicts: Sequence[tuple[DeliveryState, Sequence[str]]],
    is_alive: Callable[[str], bool],
    now: datetime,
) -> dict[DeliveryState, int]:
    """Marks copies as sent, as failed, or as queued to be resent, by subscriber id, Message-ID or
    `all` in doubt; returns how many of each.

    A failed copy may be resent too, by name. Raises ArgumentError, and changes nothing, if an id
    names no such copy.
    """
    with database.writing() as connection:
        deliveries.recover(connection, is_alive, now)
    met: dict[DeliveryState, int] = {}
    with database.writing() as connection:
        chosen = (
            chosen_edition(connection, period).edition.period
            if period or any(names for _, names in verdicts)
            else ""
        )
        for after, names in verdicts:
            is_all = list(names) == ["all"]
            ids = (
                [copy.subscriber_id for copy in deliveries.doubtful(connection, chosen)]
                if is_all
                else sorted(set(names))
            )
            before = [DeliveryState.DOUBT]
            before += [DeliveryState.FAILED] if after is DeliveryState.QUEUED and not is_all else []
            met[after] = deliveries.settle(connection, chosen, ids, before, after, now)
            if met[after] != len(ids):
                raise ArgumentError(
                    f"{len(ids) - met[after]} of {len(ids)} ids match no copy in doubt of"
                    f" the edition of {chosen}; nothing was changed; `aggregator digest"
                    " resolve` lists the copies in doubt"
                )
    return met


def _refusal(
    database: Database, settings: Settings, period: str, now: datetime, spam_check: SpamCheck
) -> str:
    try:
        sendable_edition(database, settings, period, now, spam_check=spam_check)
    except MailError as error:
        return error.reason
    return ""
