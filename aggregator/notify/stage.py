"""Writes to the operator: once when something begins to be wrong, once when it is over, never
often.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from aggregator.digest.mail.message import OutgoingMail, letter, sender_of
from aggregator.domain.ids import stable_id
from aggregator.domain.operation.alert import AlertChanges, alert_changes, conditions
from aggregator.domain.operation.health import SystemHealth
from aggregator.domain.settings import Settings
from aggregator.ports import Letter
from aggregator.store.database import Database
from aggregator.store.publishing import alerts

_OPERATOR = "operator"  # in the envelope's address, where a subscriber's id stands in other mail


def alert_stage(
    database: Database, settings: Settings, health: SystemHealth, send: Callable[[Letter], object]
) -> AlertChanges:
    """Writes what there is to write, if `alerts.to` is set; what was written. Raises MailError: it
    is tried again then.
    """
    if not settings.alerts.to:
        return AlertChanges(begun=(), over=())
    with database.reading() as connection:
        open_alerts = alerts.recent(connection)
    found = alert_changes(
        conditions(health, settings.alerts),
        open_alerts,
        health.now,
        timedelta(minutes=settings.alerts.least_pause_minutes),
    )
    if found.is_any:
        send(alert_letter(found, settings, health.now))
        with database.writing() as connection:
            alerts.begin(connection, found.begun, health.now)
            alerts.end(connection, [open_alerts.key for open_alerts in found.over], health.now)
    return found


def alert_letter(found: AlertChanges, settings: Settings, now: datetime) -> Letter:
    """The letter: what began and what to do, then what is over. Raises MailError."""
    title, domain = settings.site.title, sender_of(settings.email).domain
    lines = [f"{condition.what}\n  -> {condition.remedy}" for condition in found.begun]
    lines += [
        f"resolved: {alert.what}\n  (since {alert.since:%Y-%m-%d %H:%M} UTC)"
        for alert in found.over
    ]
    outgoing = OutgoingMail(
        to=settings.alerts.to,
        subscriber_id=_OPERATOR,
        subject=f"{title}: {_subject(found)}",
        text="\n\n".join((*lines, f"{settings.site.base_url} at {now:%Y-%m-%d %H:%M} UTC\n")),
        html="",
        message_id=f"<alert.{stable_id(now.isoformat(), *lines)}@{domain}>",
    )
    return letter(outgoing, settings.email, now)


def _subject(found: AlertChanges) -> str:
    first = found.begun[0].what if found.begun else f"resolved: {found.over[0].what}"
    more = len(found.begun) + len(found.over) - 1
    return f"{first} (and {more} more)" if more else first
