"""Mails that came back: what they say, and what follows from them."""

from __future__ import annotations

import gc
import random
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from aggregator.digest.mail.bounces import MOST_BYTES, Notice, NoticeKind, read_notice
from aggregator.digest.mail.message import verp_address
from aggregator.digest.mail.tokens import unsubscribe_token
from aggregator.digest.stage.subscribe import SOFT_POINTS, BounceOutcome, decayed, process_notice
from aggregator.domain.publishing.subscriber import Subscriber, SubscriberStatus, SuppressionReason
from aggregator.store.publishing import subscribers as stored
from tests.integration.stored import NOW
from tests.integration.test_subscribing import KEY, confirmed, key_of

pytestmark = pytest.mark.clock

CORPUS = Path(__file__).parents[1] / "corpus" / "bounces"
DAY = timedelta(days=1)
SOFT = Notice(kind=NoticeKind.SOFT)


def mail(name: str, of: Subscriber) -> bytes:
    """A mail of the corpus, of a subscriber."""
    verp = verp_address("digest@news.example", of.id).partition("+")[2].partition("@")[0]
    text = (CORPUS / name).read_text("utf-8").replace("{verp}", verp)
    return (
        text.replace("{token}", unsubscribe_token(KEY, of.id, of.generation))
        .replace("\n", "\r\n")
        .encode()
    )


@pytest.fixture
def here(connection: Connection) -> Subscriber:
    return confirmed(connection)


@pytest.mark.parametrize(
    ("name", "kind", "outcome", "reason"),
    [
        (
            "postfix-unknown.eml",
            NoticeKind.HARD,
            BounceOutcome.SUPPRESSED,
            SuppressionReason.BOUNCED,
        ),
        ("exim-unknown.eml", NoticeKind.HARD, BounceOutcome.SUPPRESSED, SuppressionReason.BOUNCED),
        (
            "exim-dsn-disabled.eml",
            NoticeKind.HARD,
            BounceOutcome.SUPPRESSED,
            SuppressionReason.BOUNCED,
        ),
        ("gmail-unknown.eml", NoticeKind.HARD, BounceOutcome.SUPPRESSED, SuppressionReason.BOUNCED),
        (
            "outlook-unknown.eml",
            NoticeKind.HARD,
            BounceOutcome.SUPPRESSED,
            SuppressionReason.BOUNCED,
        ),
        ("postfix-full.eml", NoticeKind.SOFT, BounceOutcome.SCORED, None),
        ("postfix-gave-up.eml", NoticeKind.SOFT, BounceOutcome.SCORED, None),
        ("postfix-delayed.eml", NoticeKind.LATER, BounceOutcome.NOTED, None),
        ("gmail-spam.eml", NoticeKind.CONTENT, BounceOutcome.NOTED, None),
        ("outlook-blocked.eml", NoticeKind.CONTENT, BounceOutcome.NOTED, None),
        (
            "arf-abuse.eml",
            NoticeKind.COMPLAINT,
            BounceOutcome.SUPPRESSED,
            SuppressionReason.COMPLAINED,
        ),
        ("arf-not-spam.eml", NoticeKind.LATER, BounceOutcome.NOTED, None),
        (
            "leave-by-mail.eml",
            NoticeKind.LEAVING,
            BounceOutcome.UNSUBSCRIBED,
            SuppressionReason.UNSUBSCRIBED,
        ),
        ("away.eml", NoticeKind.LATER, BounceOutcome.NOTED, None),
        ("forged.eml", NoticeKind.HARD, BounceOutcome.UNPROVEN, None),
    ],
)
def test_each_mail_has_its_consequence(
    connection: Connection,
    here: Subscriber,
    name: str,
    kind: NoticeKind,
    outcome: BounceOutcome,
    reason: SuppressionReason | None,
) -> None:
    reported = read_notice(mail(name, here))

    assert (reported.kind, process_notice(connection, KEY, reported, NOW)) == (kind, outcome)
    barred = stored.suppression(connection, key_of())
    assert (barred.reason if barred else None) == reason
    assert (stored.confirmed(connection) == ()) == (reason is not None)


def test_every_mail_of_the_corpus_is_tried() -> None:
    marks = test_each_mail_has_its_consequence.pytestmark  # type: ignore[attr-defined]  # set by the decorator

    assert {case[0] for case in marks[0].args[1]} == {path.name for path in CORPUS.glob("*.eml")}


def test_a_bounce_read_twice_counts_once(connection: Connection, here: Subscriber) -> None:
    full = read_notice(mail("postfix-full.eml", here))

    reported = [
        process_notice(connection, KEY, full, NOW + hours * timedelta(hours=1))
        for hours in (0, 1, 23, 24)
    ]

    assert reported == [
        BounceOutcome.SCORED,
        BounceOutcome.COUNTED_TODAY,
        BounceOutcome.COUNTED_TODAY,
        BounceOutcome.SCORED,
    ]


def test_a_mailbox_that_is_full_for_eight_weeks_is_given_up(
    connection: Connection, here: Subscriber
) -> None:
    full = read_notice(mail("postfix-full.eml", here))

    reported = [process_notice(connection, KEY, full, NOW + week * 7 * DAY) for week in range(8)]

    assert reported == [*[BounceOutcome.SCORED] * 7, BounceOutcome.SUPPRESSED]
    barred = stored.subscriber(connection, here.id)
    assert barred
    assert barred.standing is SubscriberStatus.SUPPRESSED


def test_a_score_is_forgotten_in_time(connection: Connection, here: Subscriber) -> None:
    full = read_notice(mail("postfix-full.eml", here))

    reported = {
        process_notice(connection, KEY, full, NOW + month * 30 * DAY) for month in range(36)
    }

    assert reported == {BounceOutcome.SCORED}
    assert decayed(stored.BounceScore(score=SOFT_POINTS, at=NOW), NOW + 60 * DAY) == SOFT_POINTS / 2


def test_who_comes_back_by_confirming_starts_at_nothing(
    connection: Connection, here: Subscriber
) -> None:
    stored.save_bounce_score(connection, here.id, stored.BounceScore(score=2.9, at=NOW))
    process_notice(connection, KEY, read_notice(mail("postfix-unknown.eml", here)), NOW)

    again = confirmed(connection, at=NOW + DAY)

    assert stored.bounce_score(connection, again.id) == stored.BounceScore(score=0.0, at=None)


def test_a_complaint_names_its_reader_by_the_token_alone(
    connection: Connection, here: Subscriber
) -> None:
    other = confirmed(connection, "other@example.org")
    reported = read_notice(
        mail("arf-abuse.eml", here).replace(b"Return-Path: <digest+", b"Return-Path: <")
    )

    process_notice(connection, KEY, reported, NOW)

    assert stored.confirmed(connection) == (other,)


def test_a_bounce_without_our_mail_names_its_reader_by_the_address_it_came_to(
    connection: Connection, here: Subscriber
) -> None:
    other = confirmed(connection, "other@example.org")
    bare = mail("postfix-unknown.eml", here).partition(b"Content-Description: Undelivered Message")[
        0
    ]

    process_notice(connection, KEY, read_notice(bare), NOW)

    assert b"unsubscribe" not in bare
    assert stored.confirmed(connection) == (other,)


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\xff" * 100_000, id="no text"),
        pytest.param(
            b"From:\r\nFrom: \r\n\r\n", id="an empty From, on which a detector of flufl fails"
        ),
        pytest.param(
            b"".join(
                b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
                for n in range(5_000)
            ),
            id="deep",
        ),
        pytest.param(
            b"Content-Type: multipart/report; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 200_000,
            id="200,000 parts",
        ),
        pytest.param(b"To: " + b"<a@b>," * 200_000 + b"\r\n\r\n", id="200,000 addresses"),
        pytest.param(b"To: " + b"(" * 200_000 + b"\r\n\r\n", id="200,000 comments"),
        pytest.param(b"Subject: unsubscribe " + b"a" * 200_000 + b"\r\n\r\n", id="a long token"),
        pytest.param(
            b"Subject: x\r\n\r\n" + b"<a@b.c> could not be delivered\r\n" * 100_000,
            id="100,000 lines",
        ),
        pytest.param(
            b"Content-Type: message/delivery-status\r\n\r\n" + b"Action: failed\r\n\r\n" * 100_000,
            id="100,000 blocks",
        ),
        pytest.param(
            b"Content-Type: text/plain; charset=unknown-8bit\r\nContent-Transfer-Encoding:"
            b" base64\r\n\r\n====",
            id="bad code",
        ),
        pytest.param(
            b"Content-Type: text/plain; name*0*=utf-8''%ff; name*1*=%\r\n\r\nx", id="bad parameters"
        ),
    ],
)
def test_a_mail_made_to_hurt_says_nothing_and_takes_no_time(hostile: bytes) -> None:
    gc.disable()  # looks through what all tests before left in this process
    try:
        started = time.process_time()
        reported = read_notice(hostile)
        took_s = time.process_time() - started
    finally:
        gc.enable()

    assert reported.kind in {NoticeKind.LATER, NoticeKind.SOFT}
    assert reported.subscriber_id is None
    assert took_s < 0.6


def test_mails_damaged_at_random_raise_nothing(here: Subscriber) -> None:
    chance = random.Random(4)
    whole = [mail(path.name, here) for path in sorted(CORPUS.glob("*.eml"))]
    for _ in range(600):
        damaged = bytearray(chance.choice(whole))
        for _ in range(chance.randrange(1, 20)):
            place = chance.randrange(len(damaged))
            damaged[place : place + chance.randrange(4)] = chance.choice(
                [b"", b"\r\n", b"\x00", b":", b'"', b"\xff", b"=?", b"--"]
            )
        read_notice(bytes(damaged[:MOST_BYTES]))
