"""Whether an edition may be sent now: on the site, not held, not spam, approved if required, not
old.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.digest.mail.spam import spam_reason
from aggregator.domain.dates import week_days
from aggregator.domain.publishing.edition import StoredEdition, without
from aggregator.domain.publishing.page import PublishedFile, edition_owner
from aggregator.domain.settings import Settings
from aggregator.errors import MailError
from aggregator.store.database import Database
from aggregator.store.news import stories
from aggregator.store.publishing import editions, pages

SpamCheck = Callable[[StoredEdition], str]

_LAST_WEEK = timedelta(days=7)  # an edition of an earlier week is old, however late it was built


def is_old(stored: StoredEdition, settings: Settings, now: datetime) -> bool:
    """Whether an edition goes only where it is named and asked for as old."""
    over = now - week_end(stored.edition.week, ZoneInfo(settings.site.timezone))
    return (
        now - stored.edition.published > timedelta(hours=settings.email.most_age_hours)
        or over > _LAST_WEEK
    )


def sendable_edition(
    database: Database,
    settings: Settings,
    week: str,
    now: datetime,
    *,
    old: bool = False,
    spam_check: SpamCheck = spam_reason,
) -> StoredEdition:
    """The edition, if it may be sent now. Raises MailError with the reason if it may not.

    `spam_check` says why its mail would look like spam; an approved edition is sent anyway.
    """
    with database.reading() as connection:
        stored = editions.stored_edition(connection, week)
        dispatch = editions.approval(connection, week) if stored else "new"
        published = pages.owned(connection, [edition_owner(week)])
        dropped = stories.dropped(connection)
    if stored is None:
        raise MailError(f"no edition of {week}; `aggregator edition build` builds it")
    if dispatch == "held":
        raise MailError(
            f"the edition of {week} is on hold; `aggregator digest approve` releases it"
        )
    if settings.email.approval and dispatch != "approved":
        raise MailError(
            f"the edition of {week} is not approved; check `aggregator digest preview`,"
            " then run `aggregator digest approve`"
        )
    page = Path(settings.site.output) / "week" / week / "index.html"
    if not _is_in_place(page, published.get(f"week/{week}/index.html")):
        raise MailError(
            f"the edition of {week} is not on the site yet ({page} is missing or still the draft);"
            " run `aggregator build` first"
        )
    age = now - stored.edition.published
    if not old and age > timedelta(hours=settings.email.most_age_hours):
        hours = (
            f"{age.total_seconds() / 3600:.0f} hours old, email.most_age_hours is"
            f" {settings.email.most_age_hours}"
        )
        raise MailError(
            f"the edition of {week} is {hours}; to send it anyway, use --edition and --old"
        )
    if not old and now - week_end(week, ZoneInfo(settings.site.timezone)) > _LAST_WEEK:
        raise MailError(f"week {week} is long over; to send it anyway, use --edition and --old")
    kept_days = settings.retention.deliveries_days
    if kept_days and age > timedelta(days=kept_days):
        raise MailError(
            f"the delivery records of the edition of {week} have been deleted"
            " (retention.deliveries_days), so it cannot be sent"
        )
    if settings.email.rate_per_s <= 0:
        raise MailError("email.rate_per_s must be above 0 to send email")
    shown = without(stored, dropped)
    if dispatch != "approved" and (why := spam_check(shown)):
        raise MailError(
            f"the edition of {week} is on hold: {why}; check `aggregator digest preview`,"
            " then drop the story (overrides.toml) or approve the edition with"
            " `aggregator digest approve`"
        )
    return shown


def week_end(week: str, zone: ZoneInfo) -> datetime:
    """The moment at which an ISO week is over in a zone."""
    return datetime.combine(week_days(week)[1] + timedelta(days=1), time(), tzinfo=zone)


def _is_in_place(page: Path, published: PublishedFile | None) -> bool:
    """Whether the file is what was published; a run that died may have left the draft there."""
    return published is not None and page.is_file() and page.stat().st_size == published.bytes
