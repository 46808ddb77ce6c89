"""Notifications: short messages to the operator's receivers, each sent at most once. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

from aggregator.domain.frozen import frozen

_VARIABLE = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}")


@frozen
class Notification:
    """A message as every receiver gets it: a title of one line, and plain text. `id` is the same
    for the same message.
    """

    id: str
    title: str
    text: str


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


class FollowKind(StrEnum):
    """What may be followed."""

    ENTITY = "entity"
    TOPIC = "topic"
    WORD = "word"


@frozen
class Follow:
    """One thing that the operator follows: the key of an entity or a topic, or words."""

    kind: FollowKind
    value: str


def with_variables(entry: str, value: Callable[[str], str]) -> str:
    """The URL of an entry of `notify.to`, by the value of each environment variable that it names:
    the entry is a variable that holds it, or a URL with variables in braces.
    """
    if "://" not in entry:
        return value(entry)
    return _VARIABLE.sub(lambda match: quote(value(match[1]), safe=""), entry)


def follow_of(text: str) -> Follow | None:
    """What an entry of `notify.messages` names, `entity:openai` or `word:prompt injection`; None
    where it is not of that form.
    """
    kind, colon, value = text.partition(":")
    value = " ".join(value.split())
    if not colon or not value or kind not in set(FollowKind):
        return None
    return Follow(kind=FollowKind(kind), value=value)


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
