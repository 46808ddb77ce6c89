"""The loop that sends, over a fake mailer and a real database."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.adapters.clock import FrozenClock
from aggregator.digest.stage.send import send_edition
from aggregator.digest.stage.sending_records import STOPPED, SendingReport, SendingServices
from aggregator.domain.publishing.page import PublishedFile
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.subscriber import DeliveryState, Subscriber, SubscriberStatus
from aggregator.domain.settings import EditionSettings, EmailSettings, QuietDays
from aggregator.errors import MailError
from aggregator.ports import Letter, Receipt
from aggregator.site.publish.publisher import WAITING
from aggregator.store.database import Database
from aggregator.store.publishing import deliveries, editions, pages, subscribers
from tests.fakes import FakeMailer
from tests.integration.stored import NOW
from tests.messages import named
from tests.postroom import DAY_EDITION, QUICK, WEEK, plain_letter, prepare, reader, sending_services

pytestmark = pytest.mark.clock

BUSY = MailError("451 busy", status=451)
UNKNOWN = MailError("550 no such person", status=550, is_permanent=True)
LOST = MailError("did not confirm a complete message", is_certain=False)
UNREACHED = MailError("connection refused")


class Quiet:
    """Watches without a word."""

    def stage(self, name: str, total: int) -> None:
        """Nothing."""

    def step(self, what: str) -> None:
        """Nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def prepared(database: Database, site: Path) -> Database:
    """Three readers and an edition that is published."""
    with database.writing() as connection:
        prepare(connection, 3, site)
    return database


def sent(by: SendingServices, **options: object) -> SendingReport:
    report = asyncio.run(send_edition(by, WEEK, Quiet(), **options))  # type: ignore[arg-type]
    return replace(report, seconds=0.0)


def standing(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {
            state.value: count
            for state, count in deliveries.counts(connection, WEEK).items()
            if count
        }


def recipients(mailer: FakeMailer) -> list[str]:
    return [letter.envelope_to for letter in mailer.taken]


def test_every_confirmed_subscriber_gets_one_copy_however_often_it_is_sent(
    prepared: Database, site: Path
) -> None:
    with prepared.writing() as connection:
        subscribers.save(connection, reader(3, SubscriberStatus.PENDING), "key-3")
        subscribers.save(connection, reader(4, SubscriberStatus.UNSUBSCRIBED), "key-4")
    mailer = FakeMailer()

    reports = [sent(sending_services(prepared, site, mailer)) for _ in range(2)]

    assert reports == [SendingReport(period=WEEK, sent=3), SendingReport(period=WEEK)]
    assert recipients(mailer) == [reader(number).address for number in range(3)]


def test_a_choice_loses_what_the_site_no_longer_has_once_the_subscriber_was_told(
    prepared: Database, site: Path
) -> None:
    chosen = replace(reader(0), roles=("security", "typists"), topics=("models", "bees"))
    with prepared.writing() as connection:
        subscribers.change(connection, chosen)
    states: list[Subscriber | None] = []
    for mailer in (FakeMailer({reader(0).address: [BUSY]}), FakeMailer()):
        sent(
            sending_services(
                prepared, site, mailer, clock=FrozenClock(NOW + timedelta(hours=len(states)))
            )
        )
        with prepared.reading() as connection:
            states.append(subscribers.subscriber(connection, chosen.id))

    assert states == [chosen, replace(chosen, roles=("security",), topics=("models",))]


def test_each_way_a_message_is_met_has_its_state(prepared: Database, site: Path) -> None:
    errors = {reader(0).address: [UNKNOWN], reader(1).address: [BUSY], reader(2).address: [LOST]}

    report = sent(sending_services(prepared, site, FakeMailer(errors)))

    later = NOW + timedelta(minutes=5)
    assert report == SendingReport(
        period=WEEK, failed=1, deferred=1, doubt=1, left=1, next_try=later
    )
    with prepared.reading() as connection:
        copies = [deliveries.delivery(connection, WEEK, reader(number).id) for number in range(3)]
    assert [(copy.state, copy.tries, copy.reply, copy.next_try) for copy in copies if copy] == [
        (DeliveryState.FAILED, 1, "550 no such person", None),
        (DeliveryState.DEFERRED, 1, "451 busy", later),
        (DeliveryState.DOUBT, 1, LOST.reason, None),
    ]


def test_a_deferred_copy_is_tried_with_growing_delays_and_given_up(
    prepared: Database, site: Path
) -> None:
    mailer = FakeMailer({reader(0).address: [BUSY] * 9})
    at, waits, failed = NOW, [], 0

    while not failed:
        report = sent(sending_services(prepared, site, mailer, clock=FrozenClock(at)), old=True)
        failed = report.failed
        if report.next_try:
            waits.append((report.next_try - at) // timedelta(minutes=1))
            at = report.next_try

    assert (waits, recipients(mailer)) == (
        [5, 15, 45, 135, 360],
        [reader(1).address, reader(2).address],
    )
    with prepared.reading() as connection:
        (copy,) = deliveries.in_state(connection, DeliveryState.FAILED)
    assert named(copy.reply) == ["6", "451"]


def test_what_is_in_doubt_is_never_sent_by_itself(prepared: Database, site: Path) -> None:
    sent(sending_services(prepared, site, FakeMailer({reader(1).address: [LOST]})))
    again = FakeMailer()

    report = sent(
        sending_services(prepared, site, again, clock=FrozenClock(NOW + timedelta(hours=24)))
    )

    assert (recipients(again), standing(prepared)) == ([], {"sent": 2, "doubt": 1})
    assert (report, report.is_sound) == (SendingReport(period=WEEK, doubt=1), False)


class Overtaken(FakeMailer):
    """Accepts messages, while another process finds their sender dead before the result is
    recorded.
    """

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    async def send(self, letter: Letter, before_dot: Callable[[], None]) -> Receipt:
        receipt = await super().send(letter, before_dot)
        with self._database.writing() as connection:
            deliveries.recover(connection, lambda _: False, NOW)
        return receipt


def test_a_report_counts_only_what_the_database_recorded(prepared: Database, site: Path) -> None:
    report = sent(sending_services(prepared, site, Overtaken(prepared)))

    assert (report.sent, report.doubt, standing(prepared)) == (0, 3, {"doubt": 3})


def test_a_dead_sender_is_gone_on_from(prepared: Database, site: Path) -> None:
    with prepared.writing() as connection:
        deliveries.enqueue(connection, WEEK, [(reader(n).id, f"<{n}@x>") for n in range(3)], NOW)
        deliveries.claim(connection, WEEK, "dead", NOW, 2)
        deliveries.mark_sending(connection, WEEK, reader(0).id, "dead", NOW)
    mailer = FakeMailer()

    report = sent(sending_services(prepared, site, mailer))

    assert report == SendingReport(period=WEEK, sent=2, doubt=1, found=1)
    assert (recipients(mailer), standing(prepared)) == (
        [reader(1).address, reader(2).address],
        {"sent": 2, "doubt": 1},
    )


def test_who_leaves_before_the_dot_gets_nothing(prepared: Database, site: Path) -> None:
    def leave() -> None:
        with prepared.writing() as connection:
            subscribers.change(
                connection, replace(reader(1), standing=SubscriberStatus.UNSUBSCRIBED)
            )

    mailer = FakeMailer(on_send=leave)

    assert sent(sending_services(prepared, site, mailer)) == SendingReport(
        period=WEEK, sent=2, skipped=1
    )
    assert recipients(mailer) == [reader(0).address, reader(2).address]


def test_who_leaves_while_their_own_message_is_on_the_wire_gets_nothing(
    prepared: Database, site: Path
) -> None:
    counted = itertools.count()

    def leave() -> None:
        if next(counted) == 1:
            with prepared.writing() as connection:
                subscribers.change(
                    connection, replace(reader(1), standing=SubscriberStatus.UNSUBSCRIBED)
                )

    mailer = FakeMailer(on_send=leave)

    assert sent(sending_services(prepared, site, mailer)) == SendingReport(
        period=WEEK, sent=2, skipped=1
    )
    assert recipients(mailer) == [reader(0).address, reader(2).address]


def test_nobody_gets_an_empty_mail(prepared: Database, site: Path) -> None:
    with prepared.writing() as connection:
        subscribers.change(connection, replace(reader(1), topics=("none",)))
    mailer = FakeMailer()

    assert sent(sending_services(prepared, site, mailer)) == SendingReport(
        period=WEEK, sent=2, skipped=1
    )
    assert reader(1).address not in recipients(mailer)


def test_a_hold_stops_the_run_before_the_next_dot(prepared: Database, site: Path) -> None:
    counted = itertools.count()

    def hold() -> None:
        if next(counted) == 1:
            with prepared.writing() as connection:
                editions.set_approval(connection, WEEK, "held")

    mailer = FakeMailer(on_send=hold)

    report = sent(sending_services(prepared, site, mailer))

    assert report == SendingReport(period=WEEK, sent=1, left=2, stopped="the edition was held")
    assert standing(prepared) == {"sent": 1, "queued": 2}


def test_a_wish_to_stop_is_heard_between_messages_and_the_rest_is_sent_later(
    prepared: Database, site: Path
) -> None:
    mailer = FakeMailer()

    first = sent(sending_services(prepared, site, mailer), stopping=lambda: len(mailer.taken) == 2)
    second = sent(sending_services(prepared, site, mailer))

    assert first == SendingReport(period=WEEK, sent=2, left=1, stopped=STOPPED)
    assert (second, len(set(recipients(mailer))), len(mailer.taken)) == (
        SendingReport(period=WEEK, sent=1),
        3,
        3,
    )


def test_a_server_that_refuses_much_stops_the_run(database: Database, site: Path) -> None:
    with database.writing() as connection:
        prepare(connection, 100, site)
    mailer = FakeMailer({reader(number).address: [BUSY] for number in range(0, 100, 10)})

    report = sent(sending_services(database, site, mailer))

    # 4 of the first 40 fail: more than 5 %.
    assert (report.sent, report.deferred, report.left, named(report.stopped)) == (
        36,
        4,
        64,
        ["4", "40"],
    )


def test_few_failures_among_many_stop_nothing(database: Database, site: Path) -> None:
    with database.writing() as connection:
        prepare(connection, 100, site)
    mailer = FakeMailer({reader(number).address: [BUSY] for number in (1, 41, 81)})

    assert (sent(sending_services(database, site, mailer)).sent, len(mailer.taken)) == (97, 97)


def test_a_server_that_is_gone_stops_the_run_at_once(database: Database, site: Path) -> None:
    with database.writing() as connection:
        prepare(connection, 20, site)
    mailer = FakeMailer({reader(number).address: [UNREACHED] for number in range(20)})

    report = sent(sending_services(database, site, mailer))

    assert (report.deferred, report.left) == (3, 20)
    assert named(report.stopped) == ["3"]


def test_two_senders_at_once_send_each_copy_once(database: Database, site: Path) -> None:
    with database.writing() as connection:
        prepare(connection, 150, site)
    mailer = FakeMailer()

    async def both() -> tuple[SendingReport, SendingReport]:
        several = (
            send_edition(sending_services(database, site, mailer, attempt=name), WEEK, Quiet())
            for name in "ab"
        )
        return await asyncio.gather(*several)  # type: ignore[return-value]

    one, other = asyncio.run(both())

    assert sorted(recipients(mailer)) == sorted(reader(number).address for number in range(150))
    assert (one.sent + other.sent, one.sent > 0, other.sent > 0) == (150, True, True)


def test_two_senders_at_once_share_the_rate(database: Database, site: Path) -> None:
    with database.writing() as connection:
        prepare(connection, 40, site)
    email = EmailSettings(from_="digest@news.example", rate_per_s=100)
    mailer = FakeMailer()

    async def both() -> float:
        clock = FrozenClock(NOW)
        began_s = clock.monotonic_s()
        await asyncio.gather(
            *(
                send_edition(
                    sending_services(database, site, mailer, attempt=name, email=email),
                    WEEK,
                    Quiet(),
                )
                for name in "ab"
            )
        )
        return clock.monotonic_s() - began_s

    assert asyncio.run(both()) >= 39 / 100
    assert len(mailer.taken) == 40


def _held(database: Database, site: Path) -> None:
    with database.writing() as connection:
        editions.set_approval(connection, WEEK, "held")


def _unpublished(database: Database, site: Path) -> None:
    (site / "week" / WEEK / "index.html").unlink()


def _drafted(database: Database, site: Path) -> None:
    path = f"week/{WEEK}/index.html"
    draft = PublishedFile(
        path=path, digest="", inputs="", bytes=(site / path).stat().st_size, owner=f"week/{WEEK}"
    )
    with database.writing() as connection:
        pages.save_files(connection, {}, {path: draft})


def _died(database: Database, site: Path) -> None:
    """A run that died before it put the edition in the place of the draft."""
    with database.writing() as connection:
        pages.save_sizes(connection, {f"week/{WEEK}/index.html": WAITING})


@pytest.mark.parametrize(
    ("happens", "email", "hours", "reason"),
    [
        pytest.param(_held, QUICK, 0, "is on hold", id="held"),
        pytest.param(_unpublished, QUICK, 0, "is not on the site yet", id="not on the site"),
        pytest.param(_drafted, QUICK, 0, "is not on the site yet", id="a draft is on the site"),
        pytest.param(_died, QUICK, 0, "is not on the site yet", id="the draft still stands"),
        pytest.param(
            lambda *_: None, replace(QUICK, approval=True), 0, "is not approved", id="not approved"
        ),
        pytest.param(lambda *_: None, QUICK, 97, "more than 4 days ago", id="old"),
        pytest.param(
            lambda *_: None, replace(QUICK, rate_per_s=0), 0, "must be above 0", id="no rate"
        ),
    ],
)
def test_an_edition_that_may_not_be_sent_is_not(
    prepared: Database, site: Path, happens: object, email: EmailSettings, hours: int, reason: str
) -> None:
    happens(prepared, site)  # type: ignore[operator]
    mailer = FakeMailer()

    with pytest.raises(MailError, match=reason):
        sent(
            sending_services(
                prepared, site, mailer, email=email, clock=FrozenClock(NOW + timedelta(hours=hours))
            )
        )
    assert (mailer.taken, standing(prepared)) == ([], {})


def test_an_approved_edition_is_sent_and_an_old_one_where_that_is_said(
    prepared: Database, site: Path
) -> None:
    with prepared.writing() as connection:
        editions.set_approval(connection, WEEK, "approved")
    by = sending_services(
        prepared,
        site,
        FakeMailer(),
        email=replace(QUICK, approval=True),
        clock=FrozenClock(NOW + timedelta(days=30)),
    )

    assert sent(by, old=True).sent == 3


def test_where_no_letter_can_be_made_nothing_is_sent_or_marked(
    prepared: Database, site: Path
) -> None:
    def without_key(*_: object) -> None:
        raise MailError("no DKIM key")

    mailer = FakeMailer()

    with pytest.raises(MailError, match="no DKIM key"):
        sent(replace(sending_services(prepared, site, mailer), write_letter=without_key))
    assert (
        list(mailer.taken),
        standing(prepared),
        sent(sending_services(prepared, site, mailer)).sent,
    ) == (
        [],
        {"queued": 3},
        3,
    )


def test_a_letter_that_cannot_be_made_for_one_address_fails_alone(
    prepared: Database, site: Path
) -> None:
    def picky(stored: object, to: object) -> object:
        if to == reader(1):
            raise MailError("no address that mail can go to", is_permanent=True)
        return plain_letter(stored, to)  # type: ignore[arg-type]

    report = sent(replace(sending_services(prepared, site, FakeMailer()), write_letter=picky))  # type: ignore[arg-type]

    assert (report.sent, report.failed) == (2, 1)


def test_a_day_s_edition_goes_to_those_who_chose_days_with_a_message_id_of_its_own(
    database: Database, site: Path
) -> None:
    with database.writing() as connection:
        prepare(connection, 3, site, DAY_EDITION)
        subscribers.change(connection, replace(reader(1), periods=(PeriodKind.WEEK,)))
    mailer = FakeMailer()
    period = DAY_EDITION.period
    report = asyncio.run(send_edition(sending_services(database, site, mailer), period, Quiet()))

    assert (report.sent, report.skipped, report.left) == (2, 0, 0)
    assert recipients(mailer) == [reader(0).address, reader(2).address]
    assert all(f"Message-ID: <{period}.".encode() in letter.content for letter in mailer.taken)


def test_a_quiet_day_is_sent_only_where_the_operator_wants_it(
    database: Database, site: Path
) -> None:
    quiet = replace(DAY_EDITION, quiet=True)
    with database.writing() as connection:
        prepare(connection, 1, site, quiet)
    services = sending_services(database, site, FakeMailer())
    wanted = replace(
        services,
        settings=replace(services.settings, edition=EditionSettings(quiet_days=QuietDays.SEND)),
    )

    with pytest.raises(MailError, match=f"{quiet.period} was a quiet day"):
        asyncio.run(send_edition(services, quiet.period, Quiet()))
    report = asyncio.run(send_edition(wanted, quiet.period, Quiet()))
    assert (report.period, report.sent) == (quiet.period, 1)
