"""Acts on returned mail: who is suppressed at once, whose bounce score rises, who is
unsubscribed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.digest.mail.bounces import Notice, NoticeKind
from aggregator.digest.mail.tokens import read_unsubscribe_token
from aggregator.digest.stage import subscribe as subscribing
from aggregator.domain.publishing.subscriber import Subscriber, SubscriberStatus, SuppressionReason
from aggregator.store.database import Connection
from aggregator.store.publishing import subscribers as stored
from aggregator.store.publishing.subscribers import BounceScore

# After Mailman (a soft bounce is half a point, at most one a day counts), for one mail a week: a
# mailbox that is full for eight weeks running is given up, one that is full now and then never is.
# tests/integration/test_bounces.py
SOFT_POINTS = 0.5
THRESHOLD = 3.0
HALF_LIFE = timedelta(days=60)
_COUNTED_ONCE_IN = timedelta(days=1)


class BounceOutcome(StrEnum):
    """What was done about a returned mail."""

    SUPPRESSED = "suppressed"
    SCORED = "scored"
    COUNTED_TODAY = "already counted today"
    UNSUBSCRIBED = "unsubscribed"
    NOTED = "not counted"
    UNPROVEN = "unknown recipient"


def process_notice(
    connection: Connection, key: bytes, notice: Notice, now: datetime
) -> BounceOutcome:
    """Does what a notice asks for; the same notice changes nothing more on the same day."""
    if notice.kind is NoticeKind.LEAVING:
        outcome = subscribing.unsubscribe(connection, key, notice.token, now)
        return (
            BounceOutcome.UNPROVEN
            if outcome is subscribing.UnsubscribeOutcome.FORGED
            else BounceOutcome.UNSUBSCRIBED
        )
    if notice.kind in {NoticeKind.CONTENT, NoticeKind.LATER}:
        return BounceOutcome.NOTED
    found = _subscriber(connection, key, notice)
    if found is None:
        return BounceOutcome.UNPROVEN
    if found.standing not in {SubscriberStatus.CONFIRMED, SubscriberStatus.PENDING}:
        return BounceOutcome.NOTED
    if notice.kind is NoticeKind.SOFT:
        return _count_bounce(connection, found, now)
    reason = (
        SuppressionReason.COMPLAINED
        if notice.kind is NoticeKind.COMPLAINT
        else SuppressionReason.BOUNCED
    )
    subscribing.suppress(connection, found, reason, now)
    return BounceOutcome.SUPPRESSED


def _subscriber(connection: Connection, key: bytes, notice: Notice) -> Subscriber | None:
    """Whom a notice is of: by the address it came back to, else by a token of ours in the mail that
    it quotes.
    """
    if notice.subscriber_id and (found := stored.subscriber(connection, notice.subscriber_id)):
        return found
    read = read_unsubscribe_token(key, notice.token)
    return stored.subscriber(connection, read[0]) if read else None


def _count_bounce(connection: Connection, found: Subscriber, now: datetime) -> BounceOutcome:
    before = stored.bounce_score(connection, found.id)
    if before.at and now - before.at < _COUNTED_ONCE_IN:
        return BounceOutcome.COUNTED_TODAY
    score = decayed(before, now) + SOFT_POINTS
    stored.save_bounce_score(connection, found.id, BounceScore(score=score, at=now))
    if score < THRESHOLD:
        return BounceOutcome.SCORED
    subscribing.suppress(connection, found, SuppressionReason.BOUNCED, now)
    return BounceOutcome.SUPPRESSED


def decayed(score: BounceScore, now: datetime) -> float:
    """What is left of a score: half after each `HALF_LIFE` without a bounce."""
    return score.score * 0.5 ** max(0.0, (now - score.at) / HALF_LIFE) if score.at else 0.0
