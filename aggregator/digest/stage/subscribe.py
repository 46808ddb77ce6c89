"""What subscribers do themselves: sign up, confirm, choose, leave. And what follows when their mail
comes back. Each function decides within one transaction.

A sign-up gets the same answer whether or not the address is known. Nobody is sent an edition
without having confirmed, and nobody who does not answer is sent more than a few confirmations.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from ipaddress import ip_address, ip_network

from aggregator.digest.mail.addresses import comparable, mailbox
from aggregator.digest.mail.bounces import Notice, NoticeKind
from aggregator.digest.mail.tokens import (
    address_key,
    confirmation_hash,
    mailbox_key,
    new_confirmation,
    read_unsubscribe_token,
)
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of, stable_id
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.subscriber import (
    MAIL_SECTIONS,
    Choice,
    Followed,
    SignUpRequest,
    Subscriber,
    SubscriberStatus,
    SuppressionReason,
)
from aggregator.domain.wording import N_
from aggregator.english.text import normalised
from aggregator.store.database import Connection
from aggregator.store.publishing import subscribers as stored
from aggregator.store.publishing.subscribers import BounceScore
from aggregator.templating.translation import IN_ENGLISH, Translations

CONFIRMATION_LIFE = timedelta(hours=72)
# longer than the longest wait below, else forgetting somebody would shorten it
PENDING_LIFE = timedelta(days=60)

# How long after the first, second, … unanswered confirmation the next one may go out: a stranger
# who types in somebody's address again and again has them get three letters in the first week and
# one a month then.
_WAITS = (timedelta(days=1), timedelta(days=7), timedelta(days=30))

MOST_FOLLOWED = 100
_MOST_NAME = 100  # characters
_FOLLOWED = re.compile(r"(topic|role|entity)/[a-z0-9][a-z0-9-]{0,99}")

CONSENT = N_(
    "Send the editions that I choose to this address. I can unsubscribe with one click from"
    " any email. My address is used for nothing else. The time and network of this request"
    " are stored as proof of consent."
)


def consent_version(words: Translations = IN_ENGLISH) -> str:
    """Names the words that were agreed to: it changes with them."""
    return sha256_of(words(CONSENT))[:12]


@frozen
class Invitation:
    """A confirmation that is to be mailed; only its hash is kept."""

    subscriber: Subscriber
    token: str


class UnsubscribeOutcome(Enum):
    """The outcome of an unsubscription. `STALE`: the link is from before they left and came
    back.
    """

    LEFT = auto()
    GONE_ALREADY = auto()
    STALE = auto()
    FORGED = auto()


def network_of(address: str) -> str:
    """The /24 or /48 of an address, as much of it as is kept; empty for what is no address."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if found.version == 6 and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))


def choice_of(
    words: Mapping[str, Collection[str]], topics: Collection[str], periods: Sequence[PeriodKind]
) -> Choice:
    """What is chosen by the words under `role`, `section`, `topic` and `edition`, in the order
    offered; others are passed over. Of editions the first of `periods` where none is named.
    """
    return Choice(
        roles=tuple(role for role in all_roles() if role in words.get("role", ())),
        sections=_chosen_of(words.get("section", ()), MAIL_SECTIONS),
        topics=_chosen_of(words.get("topic", ()), topics),
        periods=tuple(kind for kind in periods if kind in words.get("edition", ()))
        or tuple(periods[:1]),
    )


def _chosen_of(values: Collection[str], offered: Collection[str]) -> tuple[str, ...]:
    """The sections or topics among some words. All of them is no choice, and so kept as none."""
    found = tuple(key for key in offered if key in values)
    return () if len(found) == len(offered) else found


def chosen_follows(values: Iterable[str]) -> tuple[Followed, ...]:
    """What is followed among some words, each a path, a space and a name; each path once, at most
    `MOST_FOLLOWED`. Others are passed over.
    """
    found: dict[str, Followed] = {}
    for value in values:
        path, _, written = value.partition(" ")
        name = normalised(written[: 2 * _MOST_NAME])[:_MOST_NAME]
        if name and _FOLLOWED.fullmatch(path) and len(found) < MOST_FOLLOWED:
            found.setdefault(path, Followed(path=path, name=name))
    return tuple(found.values())


def request_subscription(
    connection: Connection, key: bytes, sign_up: SignUpRequest
) -> Invitation | None:
    """Stores a sign-up and returns the confirmation to mail; None if none is due.

    A confirmed address is left alone. One that left, bounced, complained or was erased stays barred
    until it confirms.
    """
    now = sign_up.consent.asked
    address_id = address_key(key, comparable(sign_up.address))
    mailbox_id = mailbox_key(key, mailbox(sign_up.address))
    known = stored.subscriber_by_key(connection, address_id)
    if known and known.standing is SubscriberStatus.CONFIRMED:
        return None
    if not _is_due(
        stored.confirmation_expiries(connection, mailbox_id, known.id if known else ""), now
    ):
        return None
    asking = subscriber_of(sign_up, address_id, known, SubscriberStatus.PENDING)
    stored.save(connection, asking, address_id)
    token, hashed = new_confirmation()
    stored.add_confirmation(connection, hashed, asking.id, now + CONFIRMATION_LIFE, mailbox_id)
    return Invitation(subscriber=asking, token=token)


def subscriber_of(
    sign_up: SignUpRequest, address_id: str, known: Subscriber | None, standing: SubscriberStatus
) -> Subscriber:
    """The subscriber that a sign-up makes; one who was `known` keeps what identifies them."""
    now = sign_up.consent.asked
    made = Subscriber(
        id=known.id if known else stable_id(address_id, now.isoformat()),
        address=sign_up.address,
        standing=standing,
        generation=known.generation if known else 0,
        created=known.created if known else now,
        consent=sign_up.consent,
    )
    return with_choice(made, sign_up.choice)


def withdraw_invitation(connection: Connection, invitation: Invitation) -> None:
    """Forgets a confirmation whose letter was certainly not sent, so that another may go out at
    once.
    """
    stored.forget_confirmation(connection, confirmation_hash(invitation.token))


def pending_subscriber(connection: Connection, token: str, now: datetime) -> Subscriber | None:
    """The subscriber whom a token would confirm; None if it is unknown, used or expired."""
    return stored.awaiting(connection, confirmation_hash(token), now)


def confirm(connection: Connection, token: str, now: datetime) -> Subscriber | None:
    """Confirms the subscriber of a token, once; lifts what barred the address. None for a token
    that does not hold.
    """
    asking = pending_subscriber(connection, token, now)
    if asking is None:
        return None
    confirmed = replace(
        asking, standing=SubscriberStatus.CONFIRMED, consent=replace(asking.consent, confirmed=now)
    )
    complete_confirmation(connection, confirmed)
    return confirmed


def complete_confirmation(connection: Connection, confirmed: Subscriber) -> None:
    """Stores a subscriber who has just confirmed, without the tokens, bars and bounces of
    before.
    """
    stored.change(connection, confirmed)
    stored.forget_confirmations(connection, confirmed.id)
    stored.save_bounce_score(connection, confirmed.id, stored.BounceScore(score=0.0, at=None))
    if address_id := stored.address_key_of(connection, confirmed.id):
        stored.lift(connection, address_id)


def subscriber_of_token(connection: Connection, key: bytes, token: str) -> Subscriber | None:
    """The confirmed subscriber of a token; None if it is forged or from before they left."""
    read = read_unsubscribe_token(key, token)
    found = stored.subscriber(connection, read[0]) if read else None
    is_theirs = (
        read
        and found
        and found.generation == read[1]
        and found.standing is SubscriberStatus.CONFIRMED
    )
    return found if is_theirs else None


def change_preferences(
    connection: Connection, key: bytes, token: str, choice: Choice
) -> Subscriber | None:
    """Stores what a subscriber chose; None for an invalid token."""
    found = subscriber_of_token(connection, key, token)
    if found is None:
        return None
    changed = with_choice(found, choice)
    stored.change(connection, changed)
    return changed


def with_choice(found: Subscriber, choice: Choice) -> Subscriber:
    """The subscriber with another choice."""
    return replace(
        found,
        roles=choice.roles,
        sections=choice.sections,
        topics=choice.topics,
        periods=choice.periods or found.periods,
        follows=found.follows if choice.follows is None else choice.follows,
    )


def unsubscribe(
    connection: Connection, key: bytes, token: str, now: datetime
) -> UnsubscribeOutcome:
    """Lets the subscriber of a token go. The same token again finds them gone already."""
    read = read_unsubscribe_token(key, token)
    if read is None:
        return UnsubscribeOutcome.FORGED
    found = stored.subscriber(connection, read[0])
    if found is None or found.standing in {
        SubscriberStatus.UNSUBSCRIBED,
        SubscriberStatus.SUPPRESSED,
    }:
        return UnsubscribeOutcome.GONE_ALREADY
    if found.generation != read[1]:
        return (
            UnsubscribeOutcome.GONE_ALREADY
            if found.standing is SubscriberStatus.PENDING
            else UnsubscribeOutcome.STALE
        )
    leave(connection, found, now)
    return UnsubscribeOutcome.LEFT


def leave(connection: Connection, found: Subscriber, now: datetime) -> None:
    """Unsubscribes somebody; their address is barred from imports, and the links of their mails are
    spent.
    """
    gone = replace(found, standing=SubscriberStatus.UNSUBSCRIBED, generation=found.generation + 1)
    _suppress(connection, gone, SuppressionReason.UNSUBSCRIBED, now)


def suppress(
    connection: Connection, found: Subscriber, reason: SuppressionReason, now: datetime
) -> None:
    """Stops every mail to somebody whose address bounced, or who complained of a mail."""
    gone = replace(found, standing=SubscriberStatus.SUPPRESSED, generation=found.generation + 1)
    _suppress(connection, gone, reason, now)


def _suppress(
    connection: Connection, gone: Subscriber, reason: SuppressionReason, now: datetime
) -> None:
    # confirmations stay: they hold for nobody who is barred, and count for `_WAITS`
    stored.change(connection, gone)
    if address_id := stored.address_key_of(connection, gone.id):
        stored.suppress(connection, address_id, reason, now)


def _is_due(expiries: tuple[datetime, ...], now: datetime) -> bool:
    """Whether a mailbox may get another confirmation, given when its unanswered ones expire."""
    if not expiries:
        return True
    return now >= expiries[-1] - CONFIRMATION_LIFE + _WAITS[min(len(expiries), len(_WAITS)) - 1]


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
        outcome = unsubscribe(connection, key, notice.token, now)
        return (
            BounceOutcome.UNPROVEN
            if outcome is UnsubscribeOutcome.FORGED
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
    suppress(connection, found, reason, now)
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
    suppress(connection, found, SuppressionReason.BOUNCED, now)
    return BounceOutcome.SUPPRESSED


def decayed(score: BounceScore, now: datetime) -> float:
    """What is left of a score: half after each `HALF_LIFE` without a bounce."""
    return score.score * 0.5 ** max(0.0, (now - score.at) / HALF_LIFE) if score.at else 0.0
