"""Whether an edition may be sent now: on the site, not held, not spam, approved if required, not
old.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.digest.mail.spam import spam_reason
from aggregator.domain.publishing.edition import Edition, StoredEdition, without
from aggregator.domain.publishing.page import PublishedFile, edition_owner
from aggregator.domain.publishing.period import PeriodKind, period_days, period_end, period_kind
from aggregator.domain.settings import QuietDays, Settings
from aggregator.errors import MailError
from aggregator.site.edition.page import edition_path
from aggregator.store.database import Database
from aggregator.store.news import stories
from aggregator.store.publishing import editions, pages

SpamCheck = Callable[[StoredEdition], str]

_MOST_AGE = timedelta(hours=96)  # a week's edition is of Monday: by Friday the next one is near


def is_old(stored: StoredEdition, settings: Settings, now: datetime) -> bool:
    """Whether an edition goes only where it is named and asked for as old."""
    age = now - stored.edition.published
    return age > _MOST_AGE or is_long_over(stored.edition.period, settings, now)


def is_long_over(period: str, settings: Settings, now: datetime) -> bool:
    """Whether the next period is over too: however late it was built, an edition is old then."""
    first, last = period_days(period)
    over = now - period_end(period, ZoneInfo(settings.site.timezone))
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
            f"the edition of {period} is {age / timedelta(hours=1):.0f} hours old, more than"
            f" {_MOST_AGE / timedelta(hours=1):.0f}; to send it anyway, use --edition and --old"
        )
    if not old and is_long_over(period, settings, now):
        raise MailError(
            f"{period_kind(period).value} {period} is long over; to send it anyway, use"
            " --edition and --old"
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
