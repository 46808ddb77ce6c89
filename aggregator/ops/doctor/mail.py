"""Whether mail could go, and would arrive: sender, keys, server, DNS; and the copies that nobody
knows of.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from aggregator.adapters.locks import is_sending
from aggregator.bootstrap import demand_mail_libraries, open_mailer, open_reading, spam_check
from aggregator.digest.mail.tokens import credentials_folder
from aggregator.digest.stage.release import chosen_edition
from aggregator.domain.publishing.subscriber import DeliveryState, SubscriberStatus
from aggregator.domain.settings import EmailSettings, Settings, SmtpSecurity
from aggregator.domain.wording import counted
from aggregator.errors import DatabaseError, DnsError, MailError
from aggregator.ops.doctor.finding import Environment, Finding, error, ok, warning
from aggregator.store.database import Connection
from aggregator.store.publishing import deliveries, editions, subscribers

if TYPE_CHECKING:
    from aggregator.domain.publishing.edition import StoredEdition
    from aggregator.ports import DnsLookup

_MAIL_TIMEOUT_S = 5.0
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_TOKEN_KEY_BYTES = 32


def mail_findings(
    settings: Settings, environment: Environment, *, quick: bool = False
) -> Iterator[Finding]:
    """All of it; with `quick` what shows without the network. The server is connected to and logged
    in to; nothing is sent.
    """
    domains = yield from _sender(settings.email)
    if domains is None:
        return
    yield from _keys(settings)
    if not quick:
        yield asyncio.run(_mail_server(settings))
        yield from asyncio.run(_records(settings.email, environment.names(), *domains))
    yield from _stored(settings)


def _sender(email: EmailSettings) -> Generator[Finding, None, tuple[str, str] | None]:
    """Finds the domains of sender and envelope, or nothing where no mail can go."""
    if not email.from_:
        yield ok("no email is sent: email.from is empty")
        return None
    try:
        demand_mail_libraries()
        from aggregator.digest.mail.message import bounce_address, sender_of  # noqa: PLC0415

        sender, envelope = sender_of(email), bounce_address(email)
    except MailError as problem:
        yield error(
            problem.reason,
            "set email.from and email.bounce_address; leave email.from empty to send no email",
        )
        return None
    yield ok(f"email is sent from {sender}; bounces go to {envelope}")
    if not email.postal_address:
        yield warning(
            "email.postal_address is empty",
            "state who sends the email and how to reach them: many countries require it",
        )
    if email.smtp_security is SmtpSecurity.NONE and email.smtp_host not in _HERE:
        yield warning(
            f"emails are sent to {email.smtp_host} unencrypted",
            "set email.smtp_security to starttls or tls",
        )
    return sender.domain, envelope.rpartition("@")[2]


def _keys(settings: Settings) -> Iterator[Finding]:
    email, folder = settings.email, credentials_folder(settings.email.credentials)
    key = folder / "dkim.pem"
    if not email.dkim_domain:
        yield warning(
            "emails are not signed: email.dkim_domain is empty",
            "set it and email.dkim_selector, or let the server sign",
        )
    elif not email.dkim_selector:
        yield error("email.dkim_selector is empty", "set the DKIM selector used in the DNS")
    elif not os.access(key, os.R_OK):
        yield error(
            f"no readable DKIM key: {key}",
            "`aggregator keys init` creates it and prints its DNS record",
        )
    else:
        record = f"{email.dkim_selector}._domainkey.{email.dkim_domain}"
        yield ok(f"emails are signed with {key}; its public part belongs in the DNS at {record}")
    tokens = folder / "tokens.key"
    if tokens.exists():
        yield ok(f"back up {tokens}: all unsubscribe links already sent depend on it")
        if tokens.stat().st_size < _TOKEN_KEY_BYTES:
            yield error(
                f"{tokens} is truncated: no unsubscribe link works", "restore it from a backup"
            )
    yield from (
        warning(f"{path} can be read by other users of this machine", f"`chmod 600 {path}`")
        for path in (key, tokens)
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    )


async def _mail_server(settings: Settings) -> Finding:
    """Connects, protects and logs in, and sends nothing."""
    where = (
        f"{settings.email.smtp_host}:{settings.email.smtp_port}"
        f" ({settings.email.smtp_security.value})"
    )
    try:
        async with asyncio.timeout(_MAIL_TIMEOUT_S), open_mailer(settings):
            return ok(
                f"the mail server {where} answers"
                + (" and accepts the login" if settings.email.smtp_user else "")
            )
    except MailError as problem:
        remedy = (
            "check [email] smtp_host, smtp_port, smtp_security, smtp_user and"
            " AGGREGATOR_SMTP_PASSWORD"
        )
        return error(problem.reason.removesuffix("; see `aggregator doctor`"), remedy)
    except TimeoutError:
        return error(
            f"the mail server {where} did not answer within {_MAIL_TIMEOUT_S:g} s",
            "check smtp_host, smtp_port and firewalls",
        )


async def _records(
    email: EmailSettings, names: DnsLookup, sender: str, envelope: str
) -> tuple[Finding, ...]:
    """What the DNS says of the domains, all asked at once."""
    # only mail needs these libraries
    from aggregator.digest.mail.dns_records import (  # noqa: PLC0415
        dkim_problem,
        dmarc_problem,
        is_aligned,
        spf_problem,
    )

    key_name = f"{email.dkim_selector}._domainkey.{email.dkim_domain}"
    key_path = credentials_folder(email.credentials) / "dkim.pem"
    is_signed = bool(email.dkim_domain and email.dkim_selector and os.access(key_path, os.R_OK))
    asked = [envelope, f"_dmarc.{sender}", *([key_name] if is_signed else [])]
    try:
        spf, dmarc, *keys = await asyncio.gather(*map(names.texts, asked))
    except DnsError as problem:
        return (
            warning(str(problem), "check that this machine can use the DNS, then run this again"),
        )
    found = [spf_problem(envelope, spf), dmarc_problem(sender, dmarc)]
    found += [dkim_problem(key_name, keys[0], key_path.read_bytes())] if is_signed else []
    if is_signed and not is_aligned(sender, email.dkim_domain):
        found.append(
            (
                f"emails from {sender} are signed by {email.dkim_domain}: DMARC fails",
                "sign with the sender's domain",
            )
        )
    problems = [warning(*entry) for entry in found if entry]
    return tuple(problems) or (
        ok(f"the DNS of {sender} has SPF, DMARC{' and the DKIM key' if is_signed else ''}"),
    )


def _waiting_edition(connection: Connection) -> StoredEdition | None:
    """The newest edition, unless it was approved or sending has begun."""
    period = editions.newest_period(connection)
    if period is None or editions.approval(connection, period) == "approved":
        return None
    is_begun = deliveries.counts(connection, period)[DeliveryState.SENT]
    return None if is_begun else chosen_edition(connection, period)


def _stored(settings: Settings) -> Iterator[Finding]:
    """Copies in doubt, and subscribers whose links no longer work."""
    try:
        with open_reading(settings.database) as connection:
            doubt = deliveries.doubtful(connection)
            sending = deliveries.in_state(connection, DeliveryState.SENDING)
            readers = subscribers.counts(connection).get(SubscriberStatus.CONFIRMED, 0)
            waiting = _waiting_edition(connection)
    except DatabaseError:
        return  # reported by the check of the database
    tokens = credentials_folder(settings.email.credentials) / "tokens.key"
    if readers and not tokens.exists():
        yield error(
            f"{tokens} is missing: the links in emails to {readers} readers do not work",
            "restore it from a backup",
        )
    if waiting and (why := spam_check(settings)(waiting)):
        yield warning(
            f"the email of {waiting.edition.period} is on hold: {why}",
            "check `aggregator digest preview`, then drop the story (overrides.toml) or run"
            " `aggregator digest approve`",
        )
    dead = [copy for copy in sending if not is_sending(settings.database, copy.attempt)]
    if found := [*doubt, *dead]:
        periods = ", ".join(sorted({copy.period for copy in found}))
        yield warning(
            f"{counted(len(found), 'email')} in doubt ({periods}): the mail server's confirmation"
            " is missing",
            "run `aggregator digest resolve`, and look up each Message-ID in the mail server's log",
        )
