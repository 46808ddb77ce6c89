"""Sends an edition: every confirmed subscriber gets one copy, whatever dies on the way.

The rows of `store.deliveries` say what became of each copy. A sender takes some, commits just
before each final dot that the dot comes next and then what the server said. So a copy is handed
over again only where it was certainly not taken; where nobody knows it is in doubt, and the
operator decides.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.digest.mail.pace import Breaker, delay, domain_of, slots
from aggregator.digest.stage.release import sendable_edition
from aggregator.digest.stage.sending_records import STOPPED, SendingReport, SendingServices
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.edition import StoredEdition
from aggregator.domain.publishing.subscriber import (
    Delivery,
    DeliveryState,
    SubscriberStatus,
)
from aggregator.errors import DatabaseError, MailError
from aggregator.log import log
from aggregator.ports import Letter, Mailer
from aggregator.services import Watch
from aggregator.store.publishing import deliveries
from aggregator.store.publishing import subscribers as stored_subscribers
from aggregator.store.publishing.deliveries import Admission

_AT_ONCE = 500  # subscribers that are queued in one transaction
_MOST_CLAIMED = 50
# of work are taken at once: what a dead sender holds is not sent until it is found
_CLAIMED_S = 10.0
_LOOK_UP_S = 0.2  # how soon a wish to stop is noticed while waiting
_MOST_WRITES = 2  # of what the server said; each waits 30 s for other writers


class _RefusedError(Exception):
    """A message that is not to be ended: the subscriber left, the edition is held, or the row is
    not ours.
    """

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        super().__init__(admission.value)


@frozen
class _NoLetter:
    """Why a copy has no letter, and what becomes of it."""

    state: DeliveryState
    reason: str


_LEFT = _NoLetter(state=DeliveryState.SKIPPED, reason="unsubscribed before sending")

_OTHERS = _NoLetter(state=DeliveryState.SKIPPED, reason="chose other editions before sending")


@dataclass(slots=True)
class _SendingRun:
    """One run of a sender while it runs. `outdated` are subscribers whose letter says what of their
    choice the site no longer has. `last` are the moments given away, by the clock that is
    never set.
    """

    services: SendingServices
    stored: StoredEdition
    stopping: Callable[[], bool]
    tally: Counter[DeliveryState] = field(default_factory=Counter)
    breaker: Breaker = field(default_factory=Breaker)
    last: float | None = None
    last_of: dict[str, float] = field(default_factory=dict)
    outdated: set[str] = field(default_factory=set)
    found: int = 0
    stopped: str = ""

    @property
    def period(self) -> str:
        """The week or day of the edition."""
        return self.stored.edition.period


async def send_edition(
    services: SendingServices,
    period: str,
    watch: Watch,
    *,
    old: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> SendingReport:
    """Sends what is not sent yet, and says what became of it. `stopping` is asked between messages.

    Several processes may send at once. An interrupted send resumes. Raises MailError where the
    edition may not be sent, no letter can be made, or the server cannot be used: nothing is handed
    over then.
    """
    began_s = services.clock.monotonic_s()
    stored = sendable_edition(
        services.database,
        services.settings,
        period,
        services.clock.now(),
        old=old,
        spam_check=services.spam_check,
    )
    run = _SendingRun(services=services, stored=stored, stopping=stopping)
    _recover(run)
    waiting = _enqueue(run)
    watch.stage("mails", waiting)
    if waiting:
        try:
            async with services.mailer() as mailer:
                await _send_all(run, mailer, watch)
        finally:
            with services.database.writing() as connection:
                deliveries.release(connection, services.attempt)
    return _report(run, services.clock.monotonic_s() - began_s)


def _recover(run: _SendingRun) -> int:
    """Looks for what dead senders left; returns how many rows are free again."""
    with run.services.database.writing() as connection:
        recovered = deliveries.recover(connection, run.services.is_alive, run.services.clock.now())
    run.found += recovered.doubtful
    if recovered.doubtful:
        log().warning("a sender crashed: copies are in doubt", copies=recovered.doubtful)
    return recovered.freed


def _enqueue(run: _SendingRun) -> int:
    """Gives every confirmed subscriber to such editions a row, some at a time; returns how many
    copies may go now.
    """
    services, after = run.services, ""
    while True:
        with services.database.writing() as connection:
            some = stored_subscribers.confirmed(connection, after, _AT_ONCE)
            kind = run.stored.edition.kind
            rows = [
                (subscriber.id, services.message_id(run.period, subscriber.id))
                for subscriber in some
                if kind in subscriber.periods
            ]
            deliveries.enqueue(connection, run.period, rows, services.clock.now())
            if not some:
                return deliveries.due_count(connection, run.period, services.clock.now())
        after = some[-1].id


async def _send_all(run: _SendingRun, mailer: Mailer, watch: Watch) -> None:
    while not run.stopped:
        batch = _claim(run)
        if not batch and not _recover(run):
            return
        await _send_batch(run, mailer, batch, watch)


async def _send_batch(
    run: _SendingRun, mailer: Mailer, batch: list[tuple[float, Delivery]], watch: Watch
) -> None:
    """Sends copies at their moments. The next letter is written in a thread while the disk and the
    server take their time.
    """
    ahead: deque[asyncio.Future[Letter | _NoLetter]] = deque()
    waiting = deque(copy for _, copy in batch)

    def write_next() -> None:
        if waiting and not ahead:
            ahead.append(
                asyncio.get_running_loop().run_in_executor(None, _letter, run, waiting.popleft())
            )

    try:
        for moment, copy in batch:
            write_next()
            written = await ahead.popleft()
            await _wait_until(run, moment)
            if run.stopping():
                run.stopped = STOPPED
            if run.stopped:
                return
            await _send_one(run, mailer, copy, written, write_next)
            watch.step(copy.subscriber_id)
            run.stopped = run.stopped or run.breaker.reason()
    finally:
        await asyncio.gather(*ahead, return_exceptions=True)


def _claim(run: _SendingRun) -> list[tuple[float, Delivery]]:
    """Takes the next copies and their moments, which count for every sender, earliest first."""
    services, rate = run.services, run.services.settings.email.rate_per_s
    most = max(1, min(_MOST_CLAIMED, int(rate * _CLAIMED_S)))
    with services.database.writing() as connection:
        now, now_s = services.clock.now(), services.clock.monotonic_s()
        copies = deliveries.claim(connection, run.period, services.attempt, now, most)
        addresses = deliveries.addresses(connection, [copy.subscriber_id for copy in copies])
        domains = [domain_of(addresses.get(copy.subscriber_id, "")) for copy in copies]
        last = None if run.last is None else run.last - now_s
        last_of = {domain: at - now_s for domain, at in run.last_of.items()}
        for address, slot in deliveries.slots_of_others(connection, services.attempt):
            given_at, domain = (slot - now).total_seconds(), domain_of(address)
            last = given_at if last is None else max(last, given_at)
            last_of[domain] = max(last_of.get(domain, given_at), given_at)
        moments = slots(domains, rate, last, last_of)
        named = zip(copies, moments, strict=True)
        deliveries.set_slots(
            connection,
            run.period,
            {copy.subscriber_id: now + timedelta(seconds=moment) for copy, moment in named},
        )
    for domain, moment in zip(domains, moments, strict=True):
        run.last_of[domain] = max(run.last_of.get(domain, now_s + moment), now_s + moment)
        run.last = max(run.last or 0.0, now_s + moment)
    return sorted(
        ((now_s + moment, copy) for copy, moment in zip(copies, moments, strict=True)),
        key=lambda timed: timed[0],
    )


async def _wait_until(run: _SendingRun, moment: float) -> None:
    clock = run.services.clock
    # a signal sets a flag, so there is no event to wait for
    while (left := moment - clock.monotonic_s()) > 0 and not run.stopping():  # noqa: ASYNC110
        await asyncio.sleep(min(left, _LOOK_UP_S))


def _letter(run: _SendingRun, copy: Delivery) -> Letter | _NoLetter:
    """The letter of a copy, or why there is none. Raises MailError where no letter at all can be
    made.
    """
    services = run.services
    with services.database.reading() as connection:
        to = stored_subscribers.subscriber(connection, copy.subscriber_id)
    if to is None or to.standing is not SubscriberStatus.CONFIRMED:
        return _LEFT
    if run.stored.edition.kind not in to.periods:
        return _OTHERS
    if services.offered(to) != to:
        run.outdated.add(to.id)
    try:
        letter = services.write_letter(run.stored, to)
    except MailError as error:
        if not error.is_permanent:
            raise
        return _NoLetter(state=DeliveryState.FAILED, reason=str(error))
    return letter or _NoLetter(
        state=DeliveryState.SKIPPED,
        reason="nothing in the edition matches the chosen roles and topics",
    )


async def _send_one(
    run: _SendingRun,
    mailer: Mailer,
    copy: Delivery,
    written: Letter | _NoLetter,
    meanwhile: Callable[[], None],
) -> None:
    if isinstance(written, _NoLetter):
        _record(run, copy, written.state, written.reason)
        return

    def before_dot() -> None:
        meanwhile()
        _ask_admission(run, copy)

    try:
        receipt = await mailer.send(written, before_dot)
    except MailError as error:
        _record_failure(run, copy, error)
    except _RefusedError as refused:
        _record_refusal(run, copy, refused.admission)
    else:
        _record(run, copy, DeliveryState.SENT, receipt.reply)
        if copy.subscriber_id in run.outdated:
            _keep_offered(run.services, copy.subscriber_id)
        run.breaker.note(ok=True)


def _keep_offered(services: SendingServices, subscriber_id: str) -> None:
    """Takes from a choice what the site no longer has, now that the subscriber was told."""
    with services.database.writing() as connection:
        if to := stored_subscribers.subscriber(connection, subscriber_id):
            stored_subscribers.change(connection, services.offered(to))


def _ask_admission(run: _SendingRun, copy: Delivery) -> None:
    """The last look before the final dot, and the record that it comes next, on disk when this
    returns.
    """
    services = run.services
    with services.database.writing() as connection:
        admission = deliveries.mark_sending(
            connection, run.period, copy.subscriber_id, services.attempt, services.clock.now()
        )
    if admission is not Admission.GRANTED:
        raise _RefusedError(admission)


def _record_failure(run: _SendingRun, copy: Delivery, error: MailError) -> None:
    """Permanent, temporary or in doubt; a copy that was tried too often is given up."""
    wait = delay(copy.tries + 1)
    reply, next_try = error.reason, None
    if not error.is_certain:
        state = DeliveryState.DOUBT
    elif error.is_permanent:
        state = DeliveryState.FAILED
    elif wait is None:
        state, reply = DeliveryState.FAILED, f"gave up after {copy.tries + 1} tries: {reply}"
    else:
        state, next_try = DeliveryState.DEFERRED, run.services.clock.now() + wait
    _record(run, copy, state, reply, next_try)
    if error.is_permanent and error.status is not None:
        run.services.on_refusal(copy.subscriber_id, error.reason)
    log().warning(
        "message rejected",
        edition=run.period,
        subscriber=copy.subscriber_id,
        state=state.value,
        reason=reply,
    )
    run.breaker.note(ok=False, reached=error.status is not None or not error.is_certain)


def _record_refusal(run: _SendingRun, copy: Delivery, admission: Admission) -> None:
    if admission is Admission.LEFT:
        _record(run, copy, _LEFT.state, _LEFT.reason)
    elif admission is Admission.HELD:
        run.stopped = "the edition was held"
    else:
        log().warning(
            "another sender has this copy", edition=run.period, subscriber=copy.subscriber_id
        )


def _record(
    run: _SendingRun,
    copy: Delivery,
    state: DeliveryState,
    reply: str,
    next_try: datetime | None = None,
) -> None:
    """Commits what became of a copy, however long other writers take: what is not recorded is in
    doubt later.
    """
    services = run.services
    for left in reversed(range(_MOST_WRITES)):
        try:
            with services.database.writing() as connection:
                is_ours = deliveries.end(
                    connection, copy, services.attempt, state, reply, services.clock.now(), next_try
                )
            break
        except DatabaseError:
            if not left:
                raise
    if is_ours:
        run.tally[state] += 1
    else:
        log().warning(
            "another sender took over this copy", edition=run.period, subscriber=copy.subscriber_id
        )


def _report(run: _SendingRun, seconds: float) -> SendingReport:
    with run.services.database.reading() as connection:
        counted = deliveries.counts(connection, run.period)
        next_try = deliveries.next_try(connection, run.period)
    return SendingReport(
        period=run.period,
        sent=run.tally[DeliveryState.SENT],
        deferred=run.tally[DeliveryState.DEFERRED],
        failed=run.tally[DeliveryState.FAILED],
        doubt=counted[DeliveryState.DOUBT],
        skipped=run.tally[DeliveryState.SKIPPED],
        found=run.found,
        left=counted[DeliveryState.QUEUED] + counted[DeliveryState.DEFERRED],
        next_try=next_try,
        stopped=run.stopped,
        seconds=round(seconds, 2),
    )
