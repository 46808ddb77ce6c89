"""Who is notified: the receivers of `notify.to`, whose secrets come from the environment, and the
mailbox of `alerts.to`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from aggregator.bootstrap import open_mailer
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of
from aggregator.domain.operation.notification import Notification, with_variables
from aggregator.domain.settings import Settings
from aggregator.errors import NotifyError
from aggregator.plugins.notifications.notifier import AppriseNotifier, MailNotifier
from aggregator.ports import Letter, Notifier

EMAIL = "email"
_OPERATOR = "operator"  # in the envelope's address, where a subscriber's id stands in other mail


@frozen
class Receiver:
    """A receiver by name. `notifier` is None where it cannot be used; `problem` says why."""

    name: str
    notifier: Notifier | None
    problem: str = ""


def receivers(
    settings: Settings,
    environment: Mapping[str, str],
    now: datetime,
    others: Sequence[Notifier] = (),
) -> tuple[Receiver, ...]:
    """The receivers of the settings, the mailbox after them, then those of other plugins; none is
    connected to yet.
    """
    found = [_receiver(entry, environment) for entry in dict.fromkeys(settings.notify.to)]
    if settings.alerts.to:
        mail = MailNotifier(EMAIL, partial(_letter, settings, now), partial(open_mailer, settings))
        found.append(Receiver(name=EMAIL, notifier=mail))
    found += [Receiver(name=other.name, notifier=other) for other in others]
    return tuple(found)


def receiver_name(entry: str) -> str:
    """What an entry of `notify.to` is called in logs and in the database: the name of its variable,
    or the kind of its URL with six figures of its hash.
    """
    kind, colon, _ = entry.partition("://")
    return f"{kind}-{sha256_of(entry)[:6]}" if colon else entry


def _receiver(entry: str, environment: Mapping[str, str]) -> Receiver:
    name = receiver_name(entry)
    try:
        return Receiver(name=name, notifier=AppriseNotifier(name, _url(entry, environment)))
    except NotifyError as error:
        return Receiver(name=name, notifier=None, problem=error.reason)


def _url(entry: str, environment: Mapping[str, str]) -> str:
    """The URL with its secrets. Raises NotifyError where a variable is not set."""

    def value(variable: str) -> str:
        if not (found := environment.get(variable, "").strip()):
            raise NotifyError(f"the environment variable {variable} is not set")
        return found

    return with_variables(entry, value)


def _letter(settings: Settings, now: datetime, notification: Notification) -> Letter:
    """The letter to the operator. Raises MailError."""
    from aggregator.digest.mail.message import (
        OutgoingMail,
        letter,
        sender_of,
    )

    domain = sender_of(settings.email).domain
    outgoing = OutgoingMail(
        to=settings.alerts.to,
        subscriber_id=_OPERATOR,
        subject=notification.title,
        text=notification.text,
        html="",
        message_id=f"<alert.{notification.id}@{domain}>",
    )
    return letter(outgoing, settings.email, now)
