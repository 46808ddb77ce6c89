"""Who gets the digest, what they agreed to, and what became of each copy."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import role_names
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.source import Lane
from aggregator.domain.wording import N_


class SubscriberStatus(StrEnum):
    """Where a subscriber stands. Only `confirmed` ones are ever sent an edition."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"


class SuppressionReason(StrEnum):
    """Why an address is not written to until it subscribes again itself (never for `erased` by an
    import).
    """

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    ERASED = "erased"


# The sections of an edition that may be chosen.
MAIL_SECTIONS: dict[str, str] = {
    "news": N_("News"),
    "papers": N_("Papers"),
    "releases": N_("Releases"),
}
_SECTION_OF = {Lane.PAPER: "papers", Lane.RELEASE: "releases"}


@frozen
class Followed:
    """What a subscriber follows: the path of its page without the last slash, such as
    `entity/vllm`, and its name.
    """

    path: str
    name: str


@frozen
class Segment:
    """What a subscriber chose to get; nothing chosen is everything. `topics` are keys of the closed
    list, `topic_names` their names for readers. Stories on what they follow come first, whatever
    else they chose.
    """

    roles: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    topic_names: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    follows: tuple[Followed, ...] = ()

    def wants(self, roles: Iterable[str], lane: Lane, topics: Collection[str]) -> bool:
        """Whether a story of a lane and of some topics that speaks to these roles is for them; one
        that speaks to no role in particular is.
        """
        spoken_to = set(roles)
        is_for_role = not self.roles or not spoken_to or bool(spoken_to & set(self.roles))
        is_in_section = not self.sections or _SECTION_OF.get(lane, "news") in self.sections
        is_of_topic = not self.topics or not set(self.topics).isdisjoint(topics)
        return is_for_role and is_in_section and is_of_topic

    def reasons(self, about: Collection[str]) -> tuple[str, ...]:
        """The names of what is followed among the paths that a story is about."""
        return tuple(followed.name for followed in self.follows if followed.path in about)

    @property
    def names(self) -> tuple[str, ...]:
        """What was chosen, as messages; nothing for everything."""
        roles = [name for role, name in role_names().items() if role in self.roles]
        sections = (name for key, name in MAIL_SECTIONS.items() if key in self.sections)
        return (*roles, *sections, *self.topic_names)

    @property
    def name(self) -> str:
        """The choice in English, empty for everything."""
        return ", ".join(self.names)


@frozen
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


@frozen
class Subscriber:
    """A person's subscription. `address` is as they typed it (normalised domain); `generation`
    counts unsubscriptions.

    `roles`, `sections` and `topics` are what they chose; empty means everything. `periods` are the
    kinds of editions that they get; stories on what `follows` names come first there.
    """

    id: str
    address: str
    standing: SubscriberStatus
    generation: int
    created: datetime
    consent: Consent
    roles: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    periods: tuple[PeriodKind, ...] = (PeriodKind.WEEK,)
    follows: tuple[Followed, ...] = ()

    @property
    def segment(self) -> Segment:
        """What they chose to get."""
        return Segment(
            roles=self.roles, sections=self.sections, topics=self.topics, follows=self.follows
        )

    def among(self, roles: Collection[str], topics: Collection[str]) -> Subscriber:
        """The subscriber without the roles and topics that are not among these."""
        return replace(
            self,
            roles=tuple(role for role in self.roles if role in roles),
            topics=tuple(topic for topic in self.topics if topic in topics),
        )


@frozen
class Choice:
    """What somebody chose; without `periods` these stay as they were, and so does what they follow
    where `follows` is None.
    """

    roles: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    periods: tuple[PeriodKind, ...] = ()
    follows: tuple[Followed, ...] | None = None


@frozen
class SignUpRequest:
    """A request to subscribe. `address` has been checked."""

    address: str
    choice: Choice = Choice()
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


@frozen
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
