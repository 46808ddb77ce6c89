"""The rows of deliveries: one holder each, nothing lost, doubt where nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection, insert, update

from aggregator.domain.publishing.subscriber import (
    Consent,
    DeliveryState,
    Subscriber,
    SubscriberStatus,
)
from aggregator.store.database import Database
from aggregator.store.publishing import deliveries, subscribers
from aggregator.store.publishing.deliveries import Admission, Recovered
from aggregator.store.schema import editions
from tests.integration.stored import NOW

pytestmark = pytest.mark.clock

WEEK = "2026-W27"
LATER = NOW + timedelta(minutes=5)


def reader(number: int, standing: SubscriberStatus = SubscriberStatus.CONFIRMED) -> Subscriber:
    return Subscriber(
        id=f"s{number:04}",
        address=f"r{number}@post.example",
        standing=standing,
        roles=(),
        topics=(),
        generation=0,
        created=NOW,
        consent=Consent(
            asked=NOW, network="192.0.2.0/24", form="form", text_version="1", confirmed=NOW
        ),
    )


def prepared(connection: Connection, readers: int = 3, week: str = WEEK) -> None:
    """An edition, and readers whose copies are queued."""
    bare = {
        "period": week,
        "kind": "week",
        "number": int(week[-2:]),
        "published": NOW,
        "record": "{}",
        "digest": "0" * 64,
        "dispatch": "new",
    }
    connection.execute(insert(editions).values(bare))
    for number in range(readers):
        subscribers.save(connection, reader(number), f"key-{number}")
    assert (
        deliveries.enqueue(
            connection, week, [(f"s{n:04}", f"<{n}@x>") for n in range(readers)], NOW
        )
        == readers
    )


def claimed(connection: Connection, attempt: str, most: int = 10) -> list[str]:
    return [copy.subscriber_id for copy in deliveries.claim(connection, WEEK, attempt, LATER, most)]


def states(connection: Connection) -> dict[str, str]:
    found = (deliveries.delivery(connection, WEEK, f"s{number:04}") for number in range(3))
    return {
        copy.subscriber_id: f"{copy.state.value} {copy.attempt}".strip() for copy in found if copy
    }


def ended(
    connection: Connection,
    state: DeliveryState,
    subscriber_id: str = "s0000",
    attempt: str = "a",
    **rest: object,
) -> bool:
    copy = deliveries.delivery(connection, WEEK, subscriber_id)
    assert copy
    return deliveries.end(connection, copy, attempt, state, "250 ok", NOW, **rest)  # type: ignore[arg-type]


def test_queuing_again_changes_nothing(connection: Connection) -> None:
    prepared(connection)
    claimed(connection, "a", 1)

    assert (
        deliveries.enqueue(connection, WEEK, [("s0000", "<0@x>"), ("s0009", "<9@x>")], LATER) == 1
    )
    assert states(connection) == {"s0000": "queued a", "s0001": "queued", "s0002": "queued"}


def test_a_row_is_taken_by_one_sender_at_a_time(connection: Connection) -> None:
    prepared(connection)

    assert (claimed(connection, "a", 2), claimed(connection, "b"), claimed(connection, "c")) == (
        ["s0000", "s0001"],
        ["s0002"],
        [],
    )
    assert (deliveries.release(connection, "a"), claimed(connection, "c")) == (
        2,
        ["s0000", "s0001"],
    )


def test_many_senders_at_once_share_the_rows(database: Database) -> None:
    with database.writing() as connection:
        prepared(connection, 400)
    together, taken = Barrier(4), dict[str, list[str]]()

    def take(attempt: str) -> None:
        together.wait()
        taken[attempt] = []
        while True:
            with database.writing() as writing:
                some = claimed(writing, attempt, 7)
            if not some:
                return
            taken[attempt] += some

    threads = [Thread(target=take, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(item for some in taken.values() for item in some) == [
        f"s{number:04}" for number in range(400)
    ]


def test_what_is_deferred_waits_until_its_time(connection: Connection) -> None:
    prepared(connection, 1)
    claimed(connection, "a")

    assert ended(connection, DeliveryState.DEFERRED, next_try=LATER + timedelta(seconds=1))
    assert (claimed(connection, "b"), deliveries.next_try(connection, WEEK)) == (
        [],
        LATER + timedelta(seconds=1),
    )
    assert [
        copy.tries
        for copy in deliveries.claim(connection, WEEK, "b", LATER + timedelta(seconds=1), 5)
    ] == [1]


def test_a_dead_sender_leaves_doubt_or_free_rows_and_a_living_one_keeps_its_own(
    connection: Connection,
) -> None:
    prepared(connection)
    claimed(connection, "dead", 2)
    claimed(connection, "alive", 1)
    for subscriber_id, attempt in (("s0000", "dead"), ("s0002", "alive")):
        assert (
            deliveries.mark_sending(connection, WEEK, subscriber_id, attempt, NOW)
            is Admission.GRANTED
        )

    recovered = deliveries.recover(connection, lambda attempt: attempt == "alive", LATER)

    assert recovered == Recovered(freed=1, doubtful=1)
    assert states(connection) == {
        "s0000": "doubt dead",
        "s0001": "queued",
        "s0002": "sending alive",
    }
    assert [copy.message_id for copy in deliveries.doubtful(connection)] == ["<0@x>"]
    assert deliveries.recover(connection, lambda _: False, LATER) == Recovered(freed=0, doubtful=1)


def _left(connection: Connection) -> None:
    subscribers.change(connection, replace(reader(0), standing=SubscriberStatus.UNSUBSCRIBED))


def _held(connection: Connection) -> None:
    connection.execute(update(editions).values(dispatch="held"))


def _taken_over(connection: Connection) -> None:
    deliveries.release(connection, "a")
    claimed(connection, "b")


@pytest.mark.parametrize(
    ("happens", "admission"),
    [
        pytest.param(lambda _: None, Admission.GRANTED, id="nothing"),
        pytest.param(_left, Admission.LEFT, id="the subscriber left"),
        pytest.param(_held, Admission.HELD, id="the edition was held"),
        pytest.param(_taken_over, Admission.LOST, id="another sender has it"),
        pytest.param(
            lambda connection: ended(connection, DeliveryState.SENT),
            Admission.LOST,
            id="done already",
        ),
    ],
)
def test_the_last_look_before_the_dot(
    connection: Connection, happens: object, admission: Admission
) -> None:
    prepared(connection, 1)
    claimed(connection, "a")
    happens(connection)  # type: ignore[operator]

    assert deliveries.mark_sending(connection, WEEK, "s0000", "a", NOW) is admission
    assert deliveries.mark_sending(connection, WEEK, "s0000", "a", NOW) is not Admission.GRANTED


def test_a_sender_that_was_taken_for_dead_does_not_overwrite_the_doubt(
    connection: Connection,
) -> None:
    prepared(connection, 1)
    claimed(connection, "a")
    deliveries.mark_sending(connection, WEEK, "s0000", "a", NOW)
    deliveries.recover(connection, lambda _: False, LATER)

    assert (ended(connection, DeliveryState.SENT), states(connection)["s0000"]) == (
        False,
        "doubt a",
    )


@pytest.mark.parametrize("name", ["s0000", "<0@x>"])
def test_the_operator_settles_what_is_in_doubt_and_nothing_else(
    connection: Connection, name: str
) -> None:
    prepared(connection)
    claimed(connection, "a", 1)
    ended(connection, DeliveryState.DOUBT)

    met = deliveries.settle(
        connection, WEEK, [name, "s0001"], [DeliveryState.DOUBT], DeliveryState.QUEUED, LATER
    )

    assert (met, claimed(connection, "b", 1)) == (1, ["s0000"])
    assert deliveries.counts(connection, WEEK) == dict.fromkeys(DeliveryState, 0) | {
        DeliveryState.QUEUED: 3
    }


def test_the_moments_that_other_senders_gave_are_seen(connection: Connection) -> None:
    prepared(connection)
    claimed(connection, "a", 1)
    deliveries.set_slots(connection, WEEK, {"s0000": LATER})

    assert deliveries.slots_of_others(connection, "b") == (("r0@post.example", LATER),)
    assert deliveries.slots_of_others(connection, "a") == ()


_WAITING_FOR_THE_DISK = {  # the query, and its answer for a quick and for a durable commit
    "sqlite": ("PRAGMA synchronous", 1, 2),  # NORMAL, FULL
    "postgresql+psycopg": ("SHOW synchronous_commit", "off", "on"),
}


def test_commits_wait_for_the_disk_unless_told_otherwise(database: Database) -> None:
    asked, quick, durable = _WAITING_FOR_THE_DISK[database.url.partition(":")[0]]

    def level(of: Database, **options: bool) -> object:
        with of.writing(**options) as connection:
            return connection.exec_driver_sql(asked).scalar()

    with_default, hasty = Database(database.url), Database(database.url, durable=False)
    levels = level(with_default), level(hasty), level(hasty, durable=True), level(hasty)
    with_default.close()
    hasty.close()

    assert levels == (durable, quick, durable, quick)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_has_flushed_what_was_written_when_a_commit_is_over(database: Database) -> None:
    durable = Database(database.url)
    with durable.writing() as connection:
        prepared(connection)
        written = connection.exec_driver_sql("SELECT pg_current_wal_insert_lsn()").scalar()
    with durable.reading() as connection:
        asked = "SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn"
        is_flushed = connection.exec_driver_sql(asked, (str(written),)).scalar()
    durable.close()

    assert is_flushed
