"""What is notified and what became of it: new facts, alerts, and the rows of the ledger. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.domain.frozen import frozen
from aggregator.plugins.notifications.conditions import Condition, OpenAlert


class NotificationKind(StrEnum):
    """What a notification is about."""

    EDITION = "edition"
    FACT = "fact"
    HEALTH = "health"


class NotificationState(StrEnum):
    """What became of a notification. `refused` is tried again, `failed` was refused for a day, of
    `doubt` nobody knows whether it arrived: neither is sent again.
    """

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    DOUBT = "doubt"


@frozen
class NotificationRecord:
    """One row of the ledger: what one receiver was sent of one thing, the newest state and why."""

    key: str
    receiver: str
    kind: NotificationKind
    state: NotificationState
    message: str
    story_id: str
    begun: datetime
    changed: datetime
    reason: str = ""


def has_words(text: str, words: str) -> bool:
    """Whether a text has these words, whole and next to each other, in any case."""
    inner = r"\s+".join(re.escape(word) for word in words.casefold().split())
    return re.search(rf"(?<!\w){inner}(?!\w)", text.casefold()) is not None


@frozen
class FollowedFact:
    """A new fact about something followed: its words, who states it and where, and the page of its
    story. `key` names it in the ledger; `rest` are the keys of further facts of the same news.
    """

    key: str
    story_id: str
    because: str
    headline: str
    text: str
    source: str
    source_url: str
    page: str
    rest: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all facts that are over once this one is sent."""
        return (self.key, *self.rest)


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, cut between words."""
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


@frozen
class AlertChanges:
    """What there is to write: conditions that began, and those that are over."""

    begun: tuple[Condition, ...]
    over: tuple[OpenAlert, ...]

    @property
    def is_any(self) -> bool:
        """Whether there is anything."""
        return bool(self.begun or self.over)


def alert_changes(
    now_so: Sequence[Condition], alerts: Sequence[OpenAlert], now: datetime, pause: timedelta
) -> AlertChanges:
    """What to write now. Nothing while the last mail is younger than `pause`: what is still so then
    is reported later.
    """
    last = max(
        (moment for alert in alerts for moment in (alert.since, alert.ended) if moment),
        default=None,
    )
    if last is not None and now - last < pause:
        return AlertChanges(begun=(), over=())
    open_now = {alert.key: alert for alert in alerts if alert.ended is None}
    keys = {condition.key for condition in now_so}
    return AlertChanges(
        begun=tuple(condition for condition in now_so if condition.key not in open_now),
        over=tuple(alert for key, alert in open_now.items() if key not in keys),
    )
