"""What the operator does with subscribers: add, import, remove, erase, export; and how a
confirmation is mailed.
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from aggregator.digest.mail.addresses import checked_address, comparable
from aggregator.digest.mail.pace import MailAllowance, MailBudget, neighbourhood_of
from aggregator.digest.mail.tokens import address_key
from aggregator.digest.stage import subscribe as subscribing
from aggregator.digest.stage.subscribe import PENDING_LIFE, Invitation
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.subscriber import (
    MAIL_SECTIONS,
    Consent,
    SignUpRequest,
    Subscriber,
    SubscriberStatus,
)
from aggregator.english.text import normalised
from aggregator.errors import ArgumentError, MailError
from aggregator.log import log
from aggregator.ports import Letter, Mailer
from aggregator.store.database import Connection, Database
from aggregator.store.publishing import subscribers as stored

MOST_CSV_BYTES = 20_000_000
_MOST_WAITING = 1_000
_MOST_PROOF = 300  # characters of how somebody agreed
# words of a line that are reported as left out, and characters of one
_MOST_WORDS, _MOST_WORD = (20, 40)
_PROOF_PREFIX = "confirmed elsewhere: "
_FIELDS = (
    "address",
    "standing",
    "roles",
    "sections",
    "topics",
    "editions",
    "follows",
    "created",
    "asked",
    "confirmed",
    "network",
    "form",
    "text_version",
)

LetterWriter = Callable[[Subscriber, str], Letter]


class AddOutcome(StrEnum):
    """The outcome for one address that the operator named."""

    CONFIRMED = "added"
    INVITED = "invited"
    WAITING = "waiting"
    THERE = "already present"
    REFUSED = "refused"


@frozen
class AddResult:
    """One line of an import, or one address added. `reason` says why it was refused, `left_out`
    what there is not.
    """

    line: int
    address: str
    outcome: AddOutcome
    reason: str = ""
    left_out: tuple[str, ...] = ()


@frozen
class ImportLine:
    """A line of a list: what it asks for, or why it is refused; and the words in it that are no
    role or topic.
    """

    number: int
    read: SignUpRequest | AddResult
    left_out: tuple[str, ...] = ()


def add(
    connection: Connection,
    key: bytes,
    sign_up: SignUpRequest,
    *,
    confirmed_elsewhere: str,
    line: int = 1,
) -> tuple[AddResult, Invitation | None]:
    """Adds an address: as confirmed where the operator says how it was, else with a confirmation to
    mail.

    A barred address is refused: it may come back through the form only, by confirming itself.
    """
    address_id = address_key(key, comparable(sign_up.address))

    def result(outcome: AddOutcome, reason: str = "") -> AddResult:
        return AddResult(line=line, address=sign_up.address, outcome=outcome, reason=reason)

    known = stored.subscriber_by_key(connection, address_id)
    if known and known.standing is SubscriberStatus.CONFIRMED:
        return result(AddOutcome.THERE), None
    if barred := stored.suppression(connection, address_id):
        reason = (
            f"{barred.reason.value} on {barred.since:%Y-%m-%d}; only its owner can"
            " subscribe it again, using the form"
        )
        return result(AddOutcome.REFUSED, reason), None
    if not confirmed_elsewhere:
        invitation = subscribing.request_subscription(connection, key, sign_up)
        return result(AddOutcome.INVITED if invitation else AddOutcome.WAITING), invitation
    _add_confirmed(connection, address_id, sign_up, known, confirmed_elsewhere)
    return result(AddOutcome.CONFIRMED), None


def _add_confirmed(
    connection: Connection,
    address_id: str,
    sign_up: SignUpRequest,
    known: Subscriber | None,
    proof: str,
) -> None:
    consent = replace(
        sign_up.consent,
        text_version=_PROOF_PREFIX + normalised(proof)[:_MOST_PROOF],
        confirmed=sign_up.consent.asked,
    )
    confirmed = subscribing.subscriber_of(
        replace(sign_up, consent=consent), address_id, known, SubscriberStatus.CONFIRMED
    )
    stored.save(connection, confirmed, address_id)
    subscribing.complete_confirmation(connection, confirmed)


def import_lines(body: bytes, now: datetime, topics: Collection[str]) -> Iterator[ImportLine]:
    """The lines of a CSV file with a column `address` (or `email`), and `roles`, `sections`,
    `topics` (of those given) and `editions` if it has them.

    A line that cannot be read is a refused addition. Raises ArgumentError where the file as a whole
    cannot be.
    """
    if len(body) > MOST_CSV_BYTES:
        raise ArgumentError(
            f"the file has {len(body):,} bytes; the limit is {MOST_CSV_BYTES:,}: split it into"
            " parts"
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArgumentError(
            f"the file is not UTF-8: byte {error.start}; save it as UTF-8"
        ) from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    names = {name.strip().lower(): name for name in _heads(rows) if name}
    column = names.get("address") or names.get("email")
    if column is None:
        raise ArgumentError(
            "the file has no column named address: add a first line such as address,roles,topics"
        )
    try:
        for row in rows:
            yield _line(row, names, column, rows.line_num, now, topics)
    except csv.Error as error:
        raise ArgumentError(
            f"the file is not valid CSV from line {rows.line_num} on: {error}"
        ) from error


def _heads(rows: csv.DictReader[str]) -> Iterable[str]:
    try:
        return rows.fieldnames or ()
    except csv.Error as error:
        raise ArgumentError(f"the file is not valid CSV: {error}") from error


def _line(
    row: Mapping[str, str | None],
    names: Mapping[str, str],
    column: str,
    number: int,
    now: datetime,
    topics: Collection[str],
) -> ImportLine:
    def words(name: str) -> tuple[str, ...]:
        cell = (row.get(names[name]) if name in names else "") or ""
        return tuple(cell.replace(",", " ").replace(";", " ").split())

    written = row.get(column) or ""
    try:
        address = checked_address(_unguarded(written))
    except MailError as error:
        refused = AddResult(
            line=number,
            address=normalised(written)[:80],
            outcome=AddOutcome.REFUSED,
            reason=str(error),
        )
        return ImportLine(number=number, read=refused)
    # lists exported by an earlier version have sections as topics
    subjects, kinds = (*words("sections"), *words("topics")), words("editions")
    roles, periods = words("roles"), tuple(PeriodKind)
    unknown = [role for role in roles if role not in all_roles()]
    unknown += [word for word in subjects if word not in {*MAIL_SECTIONS, *topics}]
    unknown += [kind for kind in kinds if kind not in periods]
    named = {"role": roles, "section": subjects, "topic": subjects, "edition": kinds}
    sign_up = SignUpRequest(
        address=address,
        choice=subscribing.choice_of(named, topics, periods),
        consent=Consent(
            asked=now, network="", form="import", text_version=subscribing.consent_version()
        ),
    )
    return ImportLine(
        number=number,
        read=sign_up,
        left_out=tuple(normalised(word)[:_MOST_WORD] for word in unknown[:_MOST_WORDS]),
    )


def export_csv(connection: Connection) -> str:
    """Every subscriber with what they agreed to, by id, as CSV. `=`, `+`, `-` and `@` at the start
    of a cell are guarded by an apostrophe, as spreadsheets would run them as formulas.
    """
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")  # RFC 4180
    rows.writerow(_FIELDS)
    for subscriber in all_subscribers(connection):
        rows.writerow([_guarded(str(value)) for value in export_row(subscriber).values()])
    return written.getvalue()


def all_subscribers(connection: Connection) -> Iterator[Subscriber]:
    """Every subscriber of any standing, by id."""
    after = ""
    while page := stored.everyone(connection, after):
        yield from page
        after = page[-1].id


def export_row(of: Subscriber) -> dict[str, str]:
    """The exported row of a subscriber: what they get, and the proof that they asked for it."""
    consent = of.consent
    values = (
        of.address,
        of.standing.value,
        " ".join(of.roles),
        " ".join(of.sections),
        " ".join(of.topics),
        " ".join(kind.value for kind in of.periods),
        " ".join(followed.path for followed in of.follows),
        of.created.isoformat(),
        consent.asked.isoformat(),
        consent.confirmed.isoformat() if consent.confirmed else "",
        consent.network,
        consent.form,
        consent.text_version,
    )
    return dict(zip(_FIELDS, values, strict=True))


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t"} else cell


def _unguarded(cell: str) -> str:
    bare = cell.strip()
    return bare[1:] if bare[:1] == "'" and bare[1:2] in {"=", "+", "-", "@"} else cell


def store_sign_up(database: Database, key: bytes, sign_up: SignUpRequest) -> bool:
    """Stores a sign-up until it is processed; False if too many are waiting.

    If the queue is full, the neighbourhood with the most entries loses its newest one to a
    neighbourhood with fewer, so that nobody can close the form for others. The address is not
    looked up, so the response time does not reveal whether it is known.
    """
    with database.writing() as connection:
        if stored.request_count(connection) >= _MOST_WAITING and not _has_made_room(
            connection, sign_up
        ):
            return False
        stored.save_request(connection, sign_up, address_key(key, comparable(sign_up.address)))
    return True


def _has_made_room(connection: Connection, sign_up: SignUpRequest) -> bool:
    queue = [
        (address_id, neighbourhood_of(network))
        for address_id, network in stored.waiting_requests(connection)
    ]
    have = Counter(name for _, name in queue)
    name, most = have.most_common(1)[0]
    if have[neighbourhood_of(sign_up.consent.network)] + 1 >= most:
        return False
    stored.drop_request(
        connection, next(address_id for address_id, theirs in reversed(queue) if theirs == name)
    )
    return True


async def process_sign_ups(
    database: Database, key: bytes, mailer: Mailer, write: LetterWriter, budget: MailBudget
) -> bool:
    """Processes stored sign-ups up to the first that is due a confirmation, and mails that.

    False once no waiting one may be mailed now. Raises DatabaseError.
    """
    invitation = await asyncio.to_thread(_next_invitation, database, key, budget.allowance())
    if invitation:
        budget.note_mailed(invitation.subscriber.consent.network)
        await invite(database, mailer, write, invitation)
    return invitation is not None


def _next_invitation(database: Database, key: bytes, allowance: MailAllowance) -> Invitation | None:
    while True:
        with database.writing() as connection:
            asked = [
                (allowance.of(network), address_id)
                for address_id, network in stored.waiting_requests(connection)
            ]
            ready = [(turn, address_id) for turn, address_id in asked if turn is not None]
            if not ready:
                return None
            _, first = min(ready, key=lambda waiting: waiting[0])  # the oldest of several
            if invitation := subscribing.request_subscription(
                connection, key, stored.take_request(connection, first)
            ):
                return invitation


async def invite(
    database: Database, mailer: Mailer, write: LetterWriter, invitation: Invitation
) -> bool:
    """Mails a confirmation; returns whether the server took it. Where it certainly did not, another
    may be asked for at once.

    A process that is killed in between leaves a confirmation that may not have gone: the asker
    waits for the next one.
    """
    try:
        # nothing is written before the final dot: the confirmation was noted before
        await mailer.send(write(invitation.subscriber, invitation.token), lambda: None)
    except MailError as error:
        log().warning(
            "confirmation not sent", subscriber=invitation.subscriber.id, reason=str(error)
        )
        if error.is_certain:
            with database.writing() as connection:
                subscribing.withdraw_invitation(connection, invitation)
        return False
    return True


def forget_unanswered(database: Database, now: datetime) -> int:
    """Deletes the addresses of those who asked and never confirmed; returns how many."""
    with database.writing() as connection:
        return stored.forget_pending(connection, now - PENDING_LIFE)
