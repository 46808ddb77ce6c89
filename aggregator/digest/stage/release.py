"""Whether an edition may be sent now: on the site, not held, not spam, approved if required, not
old; and what an operator does about it: see its status, resolve copies in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from aggregator.digest.mail.spam import spam_reason
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.edition import Edition, StoredEdition, without
from aggregator.domain.publishing.page import PublishedFile, edition_owner
from aggregator.domain.publishing.period import PeriodKind, period_days, period_end, period_kind
from aggregator.domain.publishing.subscriber import Delivery, DeliveryState, SubscriberStatus
from aggregator.domain.settings import QuietDays, Settings
from aggregator.errors import ArgumentError, EditionError, MailError
from aggregator.site.paths import edition_path
from aggregator.store.database import Connection, Database
from aggregator.store.news import stories
from aggregator.store.publishing import deliveries, editions, pages, subscribers

SpamCheck = Callable[[StoredEdition], str]

_MOST_AGE = timedelta(hours=96)  # a week's edition is of Monday: by Friday the next one is near


def is_old(stored: StoredEdition, settings: Settings, now: datetime) -> bool:
    """Whether an edition goes only where it is named and asked for as old."""
    age = now - stored.edition.published
    return age > _MOST_AGE or is_long_over(stored.edition.period, settings, now)


def is_long_over(period: str, settings: Settings, now: datetime) -> bool:
    """Whether the next period is over too: however late it was built, an edition is old then."""
    first, last = period_days(period)
    over = now - period_end(period, settings.site.zone)
    return over > timedelta(days=(last - first).days + 1)


def is_skipped(edition: Edition, settings: Settings) -> bool:
    """Whether an edition is not mailed because its day had little news."""
    is_quiet_day = edition.kind is PeriodKind.DAY and edition.quiet
    return is_quiet_day and settings.edition.quiet_days is QuietDays.SKIP


def sendable_edition(
    database: Database,
    settings: Settings,
    period: str,
    now: datetime,
    *,
    old: bool = False,
    spam_check: SpamCheck = spam_reason,
) -> StoredEdition:
    """The edition, if it may be sent now. Raises MailError with the reason if it may not.

    `spam_check` says why its mail would look like spam; an approved edition is sent anyway.
    """
    with database.reading() as connection:
        stored = editions.stored_edition(connection, period)
        dispatch = editions.approval(connection, period) if stored else "new"
        published = pages.owned(connection, [edition_owner(period)])
        dropped = stories.dropped(connection)
    if stored is None:
        raise MailError(f"no edition of {period}; `aggregator edition build` builds it")
    if dispatch == "held":
        raise MailError(
            f"the edition of {period} is on hold; `aggregator digest approve` releases it"
        )
    if settings.email.approval and dispatch != "approved":
        raise MailError(
            f"the edition of {period} is not approved; check `aggregator digest preview`,"
            " then run `aggregator digest approve`"
        )
    if dispatch != "approved" and is_skipped(stored.edition, settings):
        raise MailError(
            f"{period} was a quiet day, and edition.quiet_days is skip; `aggregator digest approve`"
            " releases its edition"
        )
    path = f"{edition_path(period)}index.html"
    page = Path(settings.site.output) / path
    if not _is_in_place(page, published.get(path)):
        raise MailError(
            f"the edition of {period} is not on the site yet ({page} is missing or still the"
            " draft); run `aggregator build` first"
        )
    age = now - stored.edition.published
    if not old and age > _MOST_AGE:
        raise MailError(
            f"the edition of {period} was published on"
            f" {stored.edition.published:%Y-%m-%d at %H:%M} UTC, more than {_MOST_AGE.days} days"
            f" ago; to send it anyway: aggregator digest send --edition {period} --old"
        )
    if not old and is_long_over(period, settings, now):
        raise MailError(
            f"{period_kind(period).value} {period} is long over; to send it anyway: aggregator"
            f" digest send --edition {period} --old"
        )
    kept_days = settings.retention.deliveries_days
    if kept_days and age > timedelta(days=kept_days):
        raise MailError(
            f"the delivery records of the edition of {period} have been deleted"
            " (retention.deliveries_days), so it cannot be sent"
        )
    if settings.email.rate_per_s <= 0:
        raise MailError("email.rate_per_s must be above 0 to send email")
    shown = without(stored, dropped)
    if dispatch != "approved" and (why := spam_check(shown)):
        raise MailError(
            f"the edition of {period} is on hold: {why}; check `aggregator digest preview`,"
            " then drop the story (overrides.toml) or approve the edition with"
            " `aggregator digest approve`"
        )
    return shown


def _is_in_place(page: Path, published: PublishedFile | None) -> bool:
    """Whether the file is what was published; a run that died may have left the draft there."""
    return published is not None and page.is_file() and page.stat().st_size == published.bytes


@frozen
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
    database: Database, settings: Settings, period: str | None, now: datetime, spam_check: SpamCheck
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
