"""Who gets the digest, what they agreed to, and what became of each copy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.domain.claim import ROLE_NAMES, Role
from aggregator.domain.source import Lane
from aggregator.domain.wording import N_


class SubscriberStatus(StrEnum):
    """Where a subscriber stands. Only `confirmed` ones are ever sent an edition."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"


class SuppressionReason(StrEnum):
    """Why an address is never written to again, until it subscribes anew itself (never for `erased`
    by an import).
    """

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    ERASED = "erased"


# What may be chosen beside roles. There are no topics yet: these are the sections of an edition.
TOPICS: dict[str, str] = {
    "news": N_("News"),
    "papers": N_("Papers"),
    "releases": N_("Releases"),
}
_TOPIC_OF = {Lane.PAPER: "papers", Lane.RELEASE: "releases"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What a subscriber chose to get; nothing chosen is everything."""

    roles: tuple[Role, ...] = ()
    topics: tuple[str, ...] = ()

    def wants(self, roles: Iterable[Role], lane: Lane) -> bool:
        """Whether a story of a lane that speaks to these roles is for them; one that speaks to no
        role in particular is.
        """
        spoken_to = set(roles)
        is_theirs = not self.roles or not spoken_to or bool(spoken_to & set(self.roles))
        return is_theirs and (not self.topics or _TOPIC_OF.get(lane, "news") in self.topics)

    @property
    def names(self) -> tuple[str, ...]:
        """What was chosen, as messages; nothing for everything."""
        roles = [ROLE_NAMES[role] for role in Role if role in self.roles]
        return (*roles, *(name for topic, name in TOPICS.items() if topic in self.topics))

    @property
    def name(self) -> str:
        """The choice in English, empty for everything."""
        return ", ".join(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a subscriber agreed to: when and where they asked, which words they saw, when they
    confirmed.

    `network` is the /24 or /48 they came from, never the whole address; `form` the address of the
    form or `import`, `cli`.
    """

    asked: datetime
    network: str
    form: str
    text_version: str
    confirmed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person's subscription. `address` is as they typed it (normalised domain); `generation`
    counts unsubscriptions.

    `roles` and `topics` are the segments they chose; empty means everything.
    """

    id: str
    address: str
    standing: SubscriberStatus
    roles: tuple[Role, ...]
    topics: tuple[str, ...]
    generation: int
    created: datetime
    consent: Consent

    @property
    def segment(self) -> Segment:
        """What they chose to get."""
        return Segment(roles=self.roles, topics=self.topics)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpRequest:
    """A request to subscribe. `address` has been checked."""

    address: str
    roles: tuple[Role, ...] = ()
    topics: tuple[str, ...] = ()
    consent: Consent


class DeliveryState(StrEnum):
    """What became of one copy: one edition to one subscriber.

    `sending` is committed just before the final dot of the SMTP transaction; a sender that dies
    there leaves `doubt`, which only the operator resolves: it is never resent in silence.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    DOUBT = "doubt"
    SKIPPED = "skipped"  # nothing of the edition is for this subscriber, or they left meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One copy of an edition. `attempt` names the sender that holds it; `reply` is the server's
    last word.
    """

    period: str
    subscriber_id: str
    state: DeliveryState
    message_id: str
    tries: int
    next_try: datetime | None
    attempt: str
    reply: str
    changed: datetime
