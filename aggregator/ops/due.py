"""What `[schedule]` says is due, asked of what was done: by the process of `aggregator run`, or any
of several workers.

Nothing is remembered but the history of runs. So what was missed is caught up once, whoever looks,
and what failed or died is begun again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from apscheduler.triggers.cron import CronTrigger

from aggregator.bootstrap import open_database
from aggregator.digest.stage.release import is_old, is_skipped
from aggregator.domain.operation.report import Run, RunKind, RunState
from aggregator.domain.publishing.period import PeriodKind, last_period, period_end
from aggregator.domain.publishing.subscriber import DeliveryState
from aggregator.domain.settings import Settings
from aggregator.store.database import Connection
from aggregator.store.publishing import deliveries
from aggregator.store.publishing.editions import (
    approval,
    last_published,
    newest_period,
    stored_edition,
)
from aggregator.store.runs import oldest_start, recent_runs
from aggregator.store.schema import REVISION

_AGAIN = timedelta(hours=1)  # after which work is tried again that failed
# at an edition that could not be sent: not approved, or no mail server
_LOOK_AGAIN = timedelta(minutes=30)
_JUST_BEFORE = timedelta(microseconds=1)  # so that midnight itself is an hour of the schedule
_LOOKED_BACK = 20  # runs of a kind: where so many failed in a row, none came to its end


def due(settings: Settings, now: datetime) -> tuple[RunKind, ...]:
    """What is to be done now, by the schedule and what was done. Raises DatabaseError.

    A first refresh is due at once; all else waits for its first hour since then. What failed is due
    again after an hour, what died at once, and after an hour if it dies again; a refresh waits for
    its next hour. Runs of the future, which a wrong clock left behind, count as nothing.
    """
    with open_database(settings.database) as database:
        if (
            database.known_revision() != REVISION
        ):  # none yet, or the refresh that migrates it comes first
            return (RunKind.REFRESH,)
        with database.reading() as connection:
            return tuple(_due(connection, settings, now))


def _due(connection: Connection, settings: Settings, now: datetime) -> Iterator[RunKind]:
    newest = {kind: recent_runs(connection, _LOOKED_BACK, kind, until=now) for kind in RunKind}
    refreshed, begun = newest[RunKind.REFRESH][:1], oldest_start(connection, until=now)
    schedule = settings.schedule
    hours = _trigger(schedule.refresh, settings)
    if not refreshed or is_missed(hours, refreshed[0].started, now):
        yield RunKind.REFRESH
    since = last_published(connection, until=now) or begun
    editing = newest[RunKind.EDITION]
    triggers = (edition_trigger(settings, kind) for kind in settings.edition.period)
    if any(_is_due(trigger, editing, since, now) for trigger in triggers):
        yield RunKind.EDITION
    mailing = newest[RunKind.DIGEST]
    if schedule.digest and due_digests(connection, settings, mailing, now):
        yield RunKind.DIGEST
    crons = {RunKind.BACKUP: schedule.backup, RunKind.RETENTION: schedule.retention}
    for kind, cron in crons.items():
        if cron and _is_due(_trigger(cron, settings), newest[kind], begun, now):
            yield kind


def _is_due(
    trigger: CronTrigger, newest: Sequence[Run], since: datetime | None, now: datetime
) -> bool:
    """Whether work was due since it last came to its end, or else since a moment; and was not tried
    in vain a while ago.
    """
    if since is None:
        return False
    in_vain = list(takewhile(lambda run: run.state is not RunState.DONE, newest))
    lately = [run for run in in_vain if now - run.started < _AGAIN]
    if lately and (lately[0].state is RunState.FAILED or len(lately) > 1):
        return False
    done = newest[len(in_vain)].started if len(in_vain) < len(newest) else since
    return is_missed(trigger, max(done, since), now)


def due_editions(settings: Settings, now: datetime) -> tuple[str, ...]:
    """The periods whose editions are to be built now, if they have stories and none yet: of each
    kind the last that is over, once an hour of its schedule has come since.
    """
    zone = settings.site.zone
    last = {kind: last_period(kind, now, zone) for kind in settings.edition.period}
    return tuple(
        period
        for kind, period in last.items()
        if is_missed(edition_trigger(settings, kind), period_end(period, zone) - _JUST_BEFORE, now)
    )


def due_digests(
    connection: Connection, settings: Settings, newest: Sequence[Run], now: datetime
) -> tuple[str, ...]:
    """The periods whose editions are to be mailed now; `newest` are the runs that mailed.

    They are the newest edition of each kind, once an hour of the digest has come since its period
    was over, as long as it is not old and copies are not sent. So an edition that was built late,
    or a scheduler that was away, is caught up.
    """
    newest_of = (newest_period(connection, kind) for kind in settings.edition.period)
    return tuple(
        period
        for period in newest_of
        if period and _is_to_mail(connection, settings, newest, period, now)
    )


def digests_due_now(settings: Settings, now: datetime) -> tuple[str, ...]:
    """The periods whose editions are to be mailed now. Raises DatabaseError."""
    with open_database(settings.database) as database, database.reading() as connection:
        newest = recent_runs(connection, _LOOKED_BACK, RunKind.DIGEST, until=now)
        return due_digests(connection, settings, newest, now)


def _is_to_mail(
    connection: Connection, settings: Settings, newest: Sequence[Run], period: str, now: datetime
) -> bool:
    stored = stored_edition(connection, period)
    over = period_end(period, settings.site.zone)
    if stored is None or is_old(stored, settings, now):
        return False
    if is_skipped(stored.edition, settings) and approval(connection, period) != "approved":
        return False
    if not is_missed(_trigger(settings.schedule.digest, settings), over, now):
        return False
    copies, next_try = (
        deliveries.counts(connection, period),
        deliveries.next_try(connection, period),
    )
    if next_try is not None and next_try <= now:
        return True
    is_begun = any(copies.values())
    if is_begun and not copies[DeliveryState.QUEUED] and not copies[DeliveryState.SENDING]:
        return False
    was_looked_at = (
        bool(newest)
        and newest[0].state is not RunState.OPEN
        and now - newest[0].started < _LOOK_AGAIN
    )
    return not was_looked_at


def edition_trigger(settings: Settings, kind: PeriodKind) -> CronTrigger:
    """When editions of a kind are built: by `schedule.edition`, else at the hour of `[edition]`,
    a week's on its weekday, in the site's zone.
    """
    if settings.schedule.edition:
        return _trigger(settings.schedule.edition, settings)
    zone = settings.site.zone
    weekday = settings.edition.weekday if kind is PeriodKind.WEEK else None
    return CronTrigger(day_of_week=weekday, hour=settings.edition.hour, minute=0, timezone=zone)


def _trigger(cron: str, settings: Settings) -> CronTrigger:
    return CronTrigger.from_crontab(cron, timezone=settings.site.zone)


def is_missed(trigger: CronTrigger, since: datetime, now: datetime) -> bool:
    """Whether an hour of the trigger came after a moment, until now.

    An hour that autumn's change of clocks brings twice comes once, but for work of every hour:
    APScheduler fires at both.
    """
    at_every_hour = str(trigger.fields[trigger.FIELD_NAMES.index("hour")]).startswith("*")
    fires = trigger.get_next_fire_time(None, since + timedelta(microseconds=1))
    while fires is not None and fires.fold and not at_every_hour:
        fires = trigger.get_next_fire_time(None, fires.astimezone(UTC) + timedelta(seconds=1))
    return fires is not None and fires <= now
