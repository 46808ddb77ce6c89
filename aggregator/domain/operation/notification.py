"""Notifications: short messages to the operator's receivers, each sent at most once. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
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
