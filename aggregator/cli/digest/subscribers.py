"""`subscribers list|add|choose|remove|import|export|erase`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import (
    ADDRESS,
    NEW_FILE,
    OLD_FILE,
    Invocation,
    Printed,
    Result,
    awaited,
    flag,
    moment,
    open_current,
    pass_invocation,
    pass_settings,
    table,
    write_new,
)
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.wording import counted
from aggregator.errors import AggregatorError, ArgumentError, MailError

if TYPE_CHECKING:
    from aggregator.digest.stage.subscribe import Invitation
    from aggregator.digest.stage.subscriber_admin import AddResult, ImportLine
    from aggregator.domain.publishing.subscriber import Choice, Subscriber
    from aggregator.domain.settings import Settings
    from aggregator.store.database import Connection, Database

_ELSEWHERE = click.option(
    "--confirmed-elsewhere",
    "proof",
    default="",
    metavar="TEXT",
    help="How and when they agreed. Without this option they are sent a confirmation link.",
)
_SHOWN_NOTES = 50
_ALL = "all"  # the value of an option that chooses nothing in particular
_FIELDS = {"edition": "periods", "role": "roles", "section": "sections", "topic": "topics"}


def _choosing(command: Callable[..., Result]) -> Callable[..., Result]:
    """The options that say what a subscriber gets."""
    options = (
        ("--edition", ["week", "day"], "Editions to send. Repeat for both."),
        ("--role", None, "Only stories for this role, and those for all roles. Repeatable."),
        ("--section", ["news", "papers", "releases", _ALL], "Only these sections. Repeatable."),
        ("--topic", None, "Only stories about these topics, by key. Repeatable."),
    )
    for name, choices, help_text in reversed(options):
        kind = click.Choice(choices) if choices else None
        command = click.option(name, multiple=True, type=kind, help=help_text)(command)
    return command


def _choice(settings: Settings, words: Mapping[str, tuple[str, ...]]) -> Choice:
    """What the options choose. Raises ArgumentError for an unknown role or topic."""
    from aggregator.bootstrap import topic_names
    from aggregator.digest.stage.subscribe import choice_of

    topics = topic_names(settings)
    for name, offered in (("role", [*all_roles(), _ALL]), ("topic", [*topics, _ALL])):
        if unknown := [value for value in words[name] if value not in offered]:
            raise ArgumentError(f"no {name} {unknown[0]!r}: choose from {', '.join(offered)}")
    return choice_of(words, topics, tuple(PeriodKind))


@click.group()
def subscribers() -> None:
    """Manage subscribers."""


@subscribers.command("list")
@pass_settings
def list_subscribers(settings: Settings) -> Printed:
    """List all subscribers with their status."""
    from aggregator.digest.stage.subscriber_admin import all_subscribers, export_row
    from aggregator.domain.publishing.subscriber import SubscriberStatus

    with (
        open_current(settings, upgrade=True) as database,
        database.reading() as connection,
    ):
        found = [
            {"id": subscriber.id, **export_row(subscriber)}
            for subscriber in all_subscribers(connection)
        ]
    tally = Counter(row["standing"] for row in found)
    keys = ("address", "standing", "editions", "roles", "sections", "topics", "confirmed")
    heads = ["status" if key == "standing" else key for key in keys]
    rows = [[row[key][:10] if key == "confirmed" else row[key] for key in keys] for row in found]
    counts = {standing.value: tally[standing.value] for standing in SubscriberStatus}
    summary = ", ".join(f"{count} {standing}" for standing, count in counts.items())
    text = f"{table(heads, rows)}\n{summary}" if rows else "No subscribers yet."
    return {"subscribers": found, "counts": counts}, text


@subscribers.command()
@click.argument("address", type=ADDRESS)
@_ELSEWHERE
@_choosing
@pass_invocation
def add(invocation: Invocation, /, address: str, proof: str, **words: tuple[str, ...]) -> None:
    """Add one address.

    It is sent a confirmation link, unless its owner agreed elsewhere.
    """
    from aggregator.digest.stage.subscribe import consent_version
    from aggregator.digest.stage.subscriber_admin import ImportLine
    from aggregator.domain.publishing.subscriber import Consent, SignUpRequest

    settings, now = invocation.settings(), moment()
    words["edition"] = words["edition"] or settings.edition.period[:1]
    sign_up = SignUpRequest(
        address=address,
        choice=_choice(settings, words),
        consent=Consent(asked=now, network="", form="cli", text_version=consent_version()),
    )
    _add_all(invocation, [ImportLine(number=1, read=sign_up)], proof)


@subscribers.command()
@click.argument("address", type=ADDRESS)
@_choosing
@pass_settings
def choose(settings: Settings, /, address: str, **words: tuple[str, ...]) -> Printed:
    """Set what a subscriber gets.

    What you do not name stays as it is; `--role all`, `--section all` or `--topic all` chooses
    everything again.
    """
    from aggregator.digest.stage.subscribe import with_choice
    from aggregator.digest.stage.subscriber_admin import export_row
    from aggregator.store.publishing.subscribers import change

    choice = _choice(settings, words)
    with _writing(settings) as connection:
        found = _subscriber(connection, settings, address)
        kept = {field: getattr(found, field) for name, field in _FIELDS.items() if not words[name]}
        changed = with_choice(found, replace(choice, **kept))
        change(connection, changed)
    row = export_row(changed)
    chosen = "; ".join(
        f"{name}: {row[name] or 'all'}" for name in ("editions", "roles", "sections", "topics")
    )
    return {"id": changed.id, **row}, f"{address}: {chosen}"


@subscribers.command("import")
@click.argument("file", type=OLD_FILE)
@_ELSEWHERE
@pass_invocation
def import_csv(invocation: Invocation, file: Path, proof: str) -> None:
    """Add the addresses from a CSV file.

    The file needs a column `address`; `roles`, `sections`, `topics` and
    `editions` are optional. Addresses that
    unsubscribed, bounced, complained or were erased are rejected and reported line by line. Unknown
    roles and topics are reported too; the address is added without them.
    """
    from aggregator.bootstrap import topic_names
    from aggregator.digest.stage.subscriber_admin import MOST_CSV_BYTES, import_lines

    settings, now = invocation.settings(), moment()
    with file.open("rb") as opened:
        body = opened.read(MOST_CSV_BYTES + 1)
    _add_all(invocation, import_lines(body, now, topic_names(settings)), proof)


@subscribers.command()
@click.argument("address", type=ADDRESS)
@pass_settings
def remove(settings: Settings, address: str) -> Printed:
    """Unsubscribe an address. Imports do not add it again."""
    from aggregator.digest.stage.subscribe import leave

    with _writing(settings) as connection:
        leave(connection, _subscriber(connection, settings, address), moment())
    return {"removed": address}, f"{address} is unsubscribed."


@subscribers.command()
@click.option("--output", type=NEW_FILE, help="File to write, readable by you only.")
@pass_settings
def export(settings: Settings, output: Path | None) -> Printed:
    """Export all subscribers and their consent records as CSV."""
    from aggregator.digest.stage.subscriber_admin import all_subscribers, export_csv, export_row

    with (
        open_current(settings, upgrade=True) as database,
        database.reading() as connection,
    ):
        written = export_csv(connection)
        found = [export_row(subscriber) for subscriber in all_subscribers(connection)]
    if output is None:
        return {"subscribers": found}, written.rstrip("\r\n")
    try:
        write_new(output, written, mode=0o600)
    except OSError as error:
        raise AggregatorError(
            f"nothing exported: {output}: {error.strerror}; choose another name"
        ) from error
    return {"file": str(output)}, f"Written: {output}"


@subscribers.command()
@click.argument("address", type=ADDRESS)
@flag("--yes", help="Do not ask for confirmation.")
@pass_settings
def erase(settings: Settings, address: str, yes: bool) -> Printed:
    """Delete all data about an address, except a fingerprint.

    The fingerprint keeps imports from adding the address again. Its owner can still subscribe.
    """
    from aggregator.store.publishing import subscribers as stored

    key = _address_key(settings, address)
    if not yes:
        click.confirm(
            f"Erase {address} with its consent record? This cannot be undone", abort=True, err=True
        )
    with _writing(settings) as connection:
        was_there = stored.erase(connection, key, moment())
    outcome = "is erased" if was_there else "was not a subscriber; imports can no longer add it"
    return {"erased": address, "was_subscriber": was_there}, f"{address} {outcome}."


def _add_all(invocation: Invocation, lines: Iterable[ImportLine], proof: str) -> None:
    from aggregator.digest.mail.tokens import own_token_key
    from aggregator.digest.stage.subscriber_admin import AddResult
    from aggregator.digest.stage.subscriber_admin import add as added

    settings = invocation.settings()
    if not proof.strip() and not settings.email.from_:
        raise MailError(
            "no confirmation email can be sent: set email.from, or give"
            " --confirmed-elsewhere with how they agreed"
        )
    key = own_token_key(settings.email.credentials)
    results: list[AddResult] = []
    invitations: list[Invitation] = []
    with open_current(settings, upgrade=True) as database:
        with database.writing() as connection:
            for line in lines:
                if isinstance(line.read, AddResult):
                    results.append(line.read)
                    continue
                addition, invitation = added(
                    connection, key, line.read, confirmed_elsewhere=proof.strip(), line=line.number
                )
                results.append(replace(addition, left_out=line.left_out))
                invitations += [invitation] if invitation else []
        sent = awaited(_invite_all(settings, database, invitations)) if invitations else 0
    _print_results(invocation, results, unsent=len(invitations) - sent)


async def _invite_all(
    settings: Settings, database: Database, invitations: Sequence[Invitation]
) -> int:
    """Mails confirmations at the rate of the settings; returns how many were taken."""
    import asyncio

    from aggregator.bootstrap import open_mailer
    from aggregator.digest.mail.letters import confirmation_letter
    from aggregator.digest.stage.subscriber_admin import invite

    mailer = open_mailer(settings)
    sent = 0
    try:
        for number, invitation in enumerate(invitations):
            if number:
                await asyncio.sleep(1 / settings.email.rate_per_s)
            sent += await invite(
                database,
                mailer,
                lambda to, token: confirmation_letter(to, token, settings, moment()),
                invitation,
            )
    finally:
        await mailer.close()
    return sent


def _print_results(invocation: Invocation, results: Sequence[AddResult], *, unsent: int) -> None:
    from aggregator.digest.stage.subscriber_admin import AddOutcome

    tally = Counter(addition.outcome for addition in results)
    refused = [addition for addition in results if addition.outcome is AddOutcome.REFUSED]
    mailed = tally - Counter({AddOutcome.INVITED: unsent})
    parts = [f"{mailed[outcome]} {outcome.value}" for outcome in AddOutcome if mailed[outcome]]
    parts += [f"{unsent} pending, confirmation not sent"] if unsent else []
    summary = ", ".join(parts) or "no address"
    notes = [(addition, note) for addition in results for note in _notes(addition)]
    lines = [
        f"{f'line {result.line}: ' if result.line > 1 else ''}{result.address}: {note}"
        for result, note in notes[:_SHOWN_NOTES]
    ]
    if len(notes) > _SHOWN_NOTES:
        lines.append(f"and {len(notes) - _SHOWN_NOTES} more: --json lists them all")
    as_object = {
        "lines": [asdict(addition) for addition in results],
        "counts": {outcome.value: tally[outcome] for outcome in AddOutcome},
        "unsent": unsent,
    }
    invocation.result(as_object, "\n".join([*lines, summary]))
    if unsent:
        raise MailError(
            f"{counted(unsent, 'address', 'addresses')} pending, but the confirmation was not sent;"
            " the warning says why. Fix the cause, then run the same command again"
        )
    if refused and len(refused) == len(results):
        raise MailError("nothing was added")


def _notes(of: AddResult) -> Iterator[str]:
    """Why a line was refused, and what of it was left out."""
    if of.reason:
        yield of.reason
    if of.left_out:
        yield f"unknown role or topic, ignored: {', '.join(of.left_out)}"


@contextmanager
def _writing(settings: Settings) -> Iterator[Connection]:
    """A transaction on the database, which is closed at the end: what was erased does not stay in a
    log beside it.
    """
    with (
        open_current(settings, upgrade=True) as database,
        database.writing() as connection,
    ):
        yield connection


def _subscriber(connection: Connection, settings: Settings, address: str) -> Subscriber:
    from aggregator.store.publishing.subscribers import subscriber_by_key

    found = subscriber_by_key(connection, _address_key(settings, address))
    if found is None:
        raise click.BadParameter(
            f"{address} is not a subscriber; see `aggregator subscribers list`",
            param_hint="ADDRESS",
        )
    return found


def _address_key(settings: Settings, address: str) -> str:
    """The key of an address."""
    from aggregator.digest.mail.addresses import comparable
    from aggregator.digest.mail.tokens import address_key, own_token_key

    return address_key(own_token_key(settings.email.credentials), comparable(address))
