"""`aggregator digest`: looks at the mail of an edition, lets it go or holds it, sends it, and
settles what is in doubt.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import (
    ADDRESS,
    NOW,
    PERIOD,
    Printed,
    PrintedExit,
    awaited,
    flag,
    moment,
    open_current,
    pass_settings,
)
from aggregator.cli.digest.edition import preview_of
from aggregator.cli.digest.output import (
    copy_object,
    doubt_text,
    report_object,
    report_text,
    status_object,
    status_text,
)
from aggregator.cli.progress import watcher
from aggregator.domain.publishing.period import period_end, period_kind
from aggregator.domain.web.urls import is_public_name
from aggregator.log import log

if TYPE_CHECKING:
    from aggregator.digest.stage.sending_records import SendingReport
    from aggregator.domain.publishing.edition import StoredEdition
    from aggregator.domain.settings import Settings
    from aggregator.services import Watch

LATER = 75  # EX_TEMPFAIL: all is well, and copies wait for a later run
_EDITION = click.option(
    "--edition",
    "period",
    type=PERIOD,
    help=(
        "ISO week such as 2026-W47, or day such as 2026-11-18. Default: the edition whose week or"
        " day ended last."
    ),
)


@click.group()
def digest() -> None:
    """Send an edition to subscribers."""


@digest.command()
@_EDITION
@flag("--raw", help="The whole message (MIME), as it is sent.")
@NOW
@pass_settings
def preview(settings: Settings, period: str | None, raw: bool, now: datetime | None) -> Printed:
    """Print the email of an edition as a reader sees it."""
    from email import message_from_bytes
    from email.policy import default

    from aggregator.bootstrap import demand_mail_libraries

    demand_mail_libraries()
    from aggregator.digest.mail.letters import trial_letter

    letter = trial_letter(
        _edition_or_preview(settings, period, now), "reader@example.org", settings, moment(now)
    )
    message = message_from_bytes(letter.content, policy=default)
    subject = str(message["Subject"])
    as_object = {
        "from": letter.envelope_from,
        "to": letter.envelope_to,
        "subject": subject,
        "bytes": len(letter.content),
    }
    text = letter.content.decode("ascii", "replace").replace("\r\n", "\n")
    body = message.get_body(("plain",))
    seen = text if raw or body is None else f"Subject: {subject}\n\n{body.get_content()}"
    return as_object | {"message": text}, seen


@digest.command()
@click.argument("address", type=ADDRESS)
@_EDITION
@pass_settings
def test(settings: Settings, address: str, period: str | None) -> Printed:
    """Send an edition to one address, marked as a test.

    Nothing is recorded.
    """
    from aggregator.bootstrap import demand_mail_libraries, open_mailer

    demand_mail_libraries()
    from aggregator.digest.mail.letters import trial_letter

    stored = _edition_or_preview(settings, period, None)
    letter = trial_letter(stored, address, settings, moment())

    async def sent() -> str:
        async with open_mailer(settings) as mailer:
            return (await mailer.send(letter, lambda: None)).reply

    reply = awaited(sent())
    edition, to = stored.edition, letter.envelope_to
    text = f"Sent the edition of {edition.period} to {to} as a test: {reply}"
    return {edition.kind.value: edition.period, "to": to, "reply": reply}, text


@digest.command()
@_EDITION
@NOW
@pass_settings
def status(settings: Settings, period: str | None, now: datetime | None) -> Printed:
    """Show the delivery status of an edition.

    Shows whether it may be sent, and how many copies were sent, failed or are in doubt.
    """
    from aggregator.bootstrap import spam_check
    from aggregator.digest.stage.release import digest_status

    with open_current(settings) as database:
        found = digest_status(database, settings, period, moment(now), spam_check(settings))
    return status_object(found), status_text(found)


@digest.command()
@_EDITION
@NOW
@pass_settings
def approve(settings: Settings, period: str | None, now: datetime | None) -> Printed:
    """Approve an edition, including one on hold."""
    chosen = _set_dispatch(settings, period, "approved")
    command = _send_command(settings, chosen, period, now)
    return _decided(chosen, "approved", f"may be sent: {command}")


@digest.command()
@_EDITION
@pass_settings
def hold(settings: Settings, period: str | None) -> Printed:
    """Put an edition on hold.

    A run that is sending it stops before the next message.
    """
    chosen = _set_dispatch(settings, period, "held")
    return _decided(chosen, "held", "is on hold; `aggregator digest approve` releases it")


@digest.command()
@_EDITION
@flag("--old", help="Send an edition older than four days. Needs --edition.")
@NOW
@pass_settings
def send(settings: Settings, period: str | None, old: bool, now: datetime | None) -> PrintedExit:
    """Send all outstanding copies of an edition.

    Several processes may send at once. An interrupted send resumes.

    Exit codes: 0 all copies were sent; 1 copies failed or are in doubt, or nothing could be sent;
    75 some copies wait for a later run.
    """
    if old and period is None:
        raise click.UsageError("--old needs --edition: name the old edition to send")
    with watcher() as watch, _stoppable() as stopping:
        report = send_now(settings, period, watch, old=old, now=now, stopping=stopping)
    exit_code = (LATER if report.left else 0) if report.is_sound else 1
    return report_object(report), report_text(report), exit_code


@digest.command()
@_EDITION
@click.option(
    "--sent",
    "were_sent",
    multiple=True,
    metavar="ID",
    help="The server accepted it: record it as sent.",
)
@click.option(
    "--failed",
    "have_failed",
    multiple=True,
    metavar="ID",
    help="The server did not accept it: record it as failed.",
)
@click.option(
    "--resend",
    multiple=True,
    metavar="ID",
    help="Queue it again with the same Message-ID. Also works for failed copies.",
)
@pass_settings
def resolve(
    settings: Settings,
    period: str | None,
    were_sent: tuple[str, ...],
    have_failed: tuple[str, ...],
    resend: tuple[str, ...],
) -> Printed:
    """List copies whose delivery is uncertain, or record what happened. ID: a subscriber's id, a
    Message-ID, or `all`.

    A copy is in doubt if the program or the connection ended before the server confirmed the
    message. Look up its Message-ID in the mail server's log.
    """
    from aggregator.adapters.locks import is_sending
    from aggregator.digest.stage.release import resolve_copies
    from aggregator.domain.publishing.subscriber import DeliveryState
    from aggregator.store.publishing import deliveries

    verdicts = [
        (DeliveryState.SENT, were_sent),
        (DeliveryState.FAILED, have_failed),
        (DeliveryState.QUEUED, resend),
    ]
    with open_current(settings) as database:
        met = resolve_copies(
            database, period, verdicts, partial(is_sending, settings.database), moment()
        )
        with database.reading() as connection:
            doubt = deliveries.doubtful(connection, period)
            known = deliveries.addresses(connection, [copy.subscriber_id for copy in doubt])
    listed = [(copy, known.get(copy.subscriber_id, "")) for copy in doubt]
    sent, failed, queued = met.values()
    summary = f"Settled: {sent} sent, {failed} failed, {queued} queued again.\n\n"
    shown = doubt_text(listed) if listed else "No copy is in doubt."
    as_object = {"settled": met, "doubt": [copy_object(*entry) for entry in listed]}
    return as_object, (summary if any(met.values()) else "") + shown


def send_now(
    settings: Settings,
    period: str | None,
    watch: Watch,
    *,
    old: bool = False,
    now: datetime | None = None,
    stopping: Callable[[], bool],
) -> SendingReport:
    """Sends an edition, the newest where no period is named, with the mail server of the settings.
    Raises MailError.
    """
    from aggregator.bootstrap import open_sending
    from aggregator.digest.stage.send import send_edition
    from aggregator.site.head import public_url

    for key, address in (
        ("site.base_url", settings.site.base_url),
        ("serve.public_url", public_url(settings)),
    ):
        if not is_public_name(address):
            log().warning(
                "the links in these emails do not point to a public address",
                set=key,
                address=address,
            )
    period = _stored_edition(settings, period).edition.period
    with open_sending(settings, now) as post:
        return awaited(send_edition(post, period, watch, old=old, stopping=stopping))


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Whether SIGINT or SIGTERM came; the second one ends the program at once."""
    came: list[int] = []

    def note(number: int, frame: object) -> None:
        came.append(number)
        signal.signal(number, signal.SIG_DFL)
        click.echo(
            "Stopping after the current message. Press Ctrl-C again to stop immediately.", err=True
        )

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stored_edition(settings: Settings, period: str | None) -> StoredEdition:
    from aggregator.bootstrap import open_reading
    from aggregator.digest.stage.release import chosen_edition

    with open_reading(settings.database) as connection:
        return chosen_edition(connection, period)


def _edition_or_preview(
    settings: Settings, period: str | None, now: datetime | None
) -> StoredEdition:
    """The requested edition; before the first one, or for one that is not over, a preview of it."""
    from aggregator.bootstrap import open_reading
    from aggregator.store.publishing.editions import newest_period, stored_edition

    at, zone = moment(now), settings.site.zone
    with open_reading(settings.database) as connection:
        is_preview = (
            newest_period(connection) is None
            if period is None
            else period_end(period, zone) > at and not stored_edition(connection, period)
        )
    if not is_preview:
        return _stored_edition(settings, period)
    stored = awaited(preview_of(settings, period, now))
    click.echo(
        f"Edition {stored.edition.period} is not published yet; this is a preview.", err=True
    )
    return stored


def _send_command(settings: Settings, chosen: str, named: str | None, now: datetime | None) -> str:
    """The command that sends an edition: an old one goes by name only, and so does one that was
    named.
    """
    from aggregator.digest.stage.release import is_old

    old = is_old(_stored_edition(settings, chosen), settings, moment(now))
    return (
        "aggregator digest"
        f" send{f' --edition {chosen}' if old or named else ''}{' --old' if old else ''}"
    )


def _set_dispatch(settings: Settings, period: str | None, state: Any) -> str:
    """Decides on the sending of an edition, and returns its period."""
    from aggregator.digest.stage.release import chosen_edition
    from aggregator.store.publishing.editions import set_approval

    with open_current(settings) as database, database.writing() as connection:
        chosen = chosen_edition(connection, period).edition.period
        set_approval(connection, chosen, state)
    return chosen


def _decided(period: str, state: str, what: str) -> Printed:
    return {period_kind(period).value: period, "dispatch": state}, f"The edition of {period} {what}"
