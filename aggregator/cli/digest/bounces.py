"""`bounces read`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Printed, moment, open_current, pass_settings, table
from aggregator.errors import AggregatorError, ArgumentError, DatabaseError

if TYPE_CHECKING:
    import mailbox

    from aggregator.domain.settings import Settings

# of a message in an mbox, which has to be written again to be marked as read
_MOST_MARKED_BYTES = 20_000_000

Read = Callable[[bytes], None]


class _LaterError(AggregatorError):
    """The mail cannot be read now; a mail server that pipes to us keeps it (EX_TEMPFAIL of
    sysexits.h).
    """

    exit_code = 75


@click.group()
def bounces() -> None:
    """Process bounced email."""


@bounces.command()
@click.option(
    "--maildir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read new messages from this Maildir.",
)
@click.option(
    "--mbox",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read unread messages from this mbox file.",
)
@pass_settings
def read(settings: Settings, maildir: Path | None, mbox: Path | None) -> Printed:
    """Read bounces, complaints and unsubscriptions.

    Reads a Maildir, an mbox file, or a single message from standard input. Dead addresses and
    complaints end a subscription immediately, full mailboxes after eight weeks. Processed
    messages are marked as read.
    """
    from aggregator.digest.mail.bounces import MOST_BYTES, read_notice
    from aggregator.digest.mail.tokens import own_token_key
    from aggregator.digest.stage.subscribe import process_notice

    if maildir and mbox:
        raise click.UsageError("give a Maildir or an mbox, not both")
    counted: Counter[tuple[str, str]] = Counter()
    key = own_token_key(settings.email.credentials)

    def take(mail: bytes) -> None:
        found = read_notice(mail)
        with database.writing() as connection:
            outcome = process_notice(connection, key, found, moment())
        counted[found.kind.value, outcome.value] += 1

    try:
        with open_current(settings, upgrade=True) as database:
            if maildir:
                _read_maildir(maildir, take, MOST_BYTES)
            elif mbox:
                _read_mbox(mbox, take, MOST_BYTES)
            else:
                mail = sys.stdin.buffer.read(MOST_BYTES)
                if mail.strip():
                    take(mail)
                _drain()
    except DatabaseError as error:
        if maildir or mbox:
            raise
        raise _LaterError(str(error)) from error
    found = sorted(counted.items())
    as_object = [
        {"kind": kind, "outcome": outcome, "mails": count} for (kind, outcome), count in found
    ]
    rows = [(*what, str(count)) for what, count in found]
    text = table(("kind", "result", "messages"), rows, empty="No new messages.")
    return {"read": sum(counted.values()), "bounces": as_object}, text


def _drain() -> None:
    """Reads the rest of a mail that is longer than we look at: whoever pipes it would fail on a
    closed pipe.
    """
    while sys.stdin.buffer.read(1_000_000):
        pass


def _read_maildir(folder: Path, take: Read, most: int) -> None:
    """Reads what lies in `new` by name, and moves each to `cur` as seen once it is accounted
    for.
    """
    new, current = folder / "new", folder / "cur"
    if not new.is_dir() or not current.is_dir():
        raise ArgumentError(f"{folder} is not a Maildir: the folders new and cur are missing")
    for path in sorted(new.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            with path.open("rb") as opened:
                take(opened.read(most))
            path.rename(current / f"{path.name.partition(':')[0]}:2,S")


def _read_mbox(path: Path, take: Read, most: int) -> None:
    """Reads what has no `R` in its Status header and gives it one, as mail programs do, with the
    file locked.
    """
    import mailbox

    try:
        box = mailbox.mbox(path, create=False)
        box.lock()
    except (OSError, mailbox.Error) as error:
        raise AggregatorError(
            f"mbox {path} cannot be locked: {error}; is another program reading it?"
        ) from error
    try:
        if not len(box) and path.stat().st_size:
            raise ArgumentError(f"{path} is not an mbox file: no line begins with 'From '")
        for key, mail, size in _unread(box, most):
            take(mail)
            if size <= _MOST_MARKED_BYTES:
                message = box[key]
                message.set_flags("RO")
                box[key] = message
    finally:
        box.flush()
        box.unlock()
        box.close()


def _unread(box: mailbox.mbox, most: int) -> Iterator[tuple[str, bytes, int]]:
    """Each unread message: its key, its first bytes, and its size."""
    from email.parser import BytesHeaderParser

    for key in list(box.iterkeys()):
        with box.get_file(key) as opened:
            mail = opened.read(most)
            size = len(mail)
            while more := opened.read(1_000_000):
                size += len(more)
        head = BytesHeaderParser().parsebytes(mail)
        if "R" not in f"{head.get('status', '')}":
            yield key, mail, size
