"""Letters for subscribers: the parts of a mail put together with a subscriber's links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote

from aggregator.digest.mail.body import MailLinks, confirmation_mail, edition_mail
from aggregator.digest.mail.message import (
    OneClick,
    OutgoingMail,
    bounce_address,
    confirmation_id,
    letter,
    message_id,
    sender_of,
)
from aggregator.digest.subscribers.tokens import unsubscribe_token
from aggregator.domain.ids import stable_id
from aggregator.domain.publishing.edition import StoredEdition
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.subscriber import Consent, Subscriber, SubscriberStatus
from aggregator.domain.settings import Settings
from aggregator.errors import MailError
from aggregator.ports import Letter
from aggregator.site.edition.page import edition_path
from aggregator.site.head import confirm_url, preferences_url, unsubscribe_url

TRIAL_MARK = "[Test] "
_RHYTHM = {PeriodKind.WEEK: "weekly", PeriodKind.DAY: "daily"}
_NO_KEY = bytes(
    32
)  # of the links in a trial: they lead to the page that says that a link does not hold


def digest_letter(
    stored: StoredEdition,
    subscriber: Subscriber,
    settings: Settings,
    key: bytes,
    now: datetime,
    *,
    topic_names: Mapping[str, str] = MappingProxyType({}),
    mark: str = "",
) -> Letter | None:
    """A subscriber's copy of an edition, the same whenever it is made but for its date; None where
    nothing is for them.

    `topic_names` are the names of topics by key, `mark` stands before the subject of
    a trial. Raises MailError.
    """
    edition, email = stored.edition, settings.email
    links = _links(stored, subscriber, settings, key)
    chosen = tuple(topic_names[key] for key in subscriber.topics if key in topic_names)
    about = {path for story in edition.stories() for path in story.about}
    followed = tuple(one for one in subscriber.follows if one.path in about)
    segment = replace(subscriber.segment, topic_names=chosen, follows=followed)
    mail = edition_mail(stored, links, settings.site, email, segment)
    if mail is None:
        return None
    domain = sender_of(email).domain
    outgoing = OutgoingMail(
        to=subscriber.address,
        subscriber_id=subscriber.id,
        subject=mark + mail.subject,
        text=mail.text,
        html=mail.html,
        message_id=message_id(edition.period, subscriber.id, domain),
        one_click=OneClick(url=links.one_click, mailto=links.mailto),
        list_name=settings.site.title,
        feedback_id=f"{edition.period}:edition:{_RHYTHM[edition.kind]}:{domain}",
    )
    return letter(outgoing, email, now)


def trial_letter(
    stored: StoredEdition,
    address: str,
    settings: Settings,
    now: datetime,
    *,
    mark: str = TRIAL_MARK,
) -> Letter:
    """The edition's mail to an address that need not subscribe, marked as a test. Its links to
    leave and to choose hold nothing.

    Raises MailError.
    """
    sample = Subscriber(
        id=stable_id(f"trial:{address}:{now.isoformat()}"),
        address=address,
        standing=SubscriberStatus.CONFIRMED,
        generation=0,
        created=now,
        consent=Consent(asked=now, network="", form="cli", text_version="", confirmed=now),
    )
    letter = digest_letter(stored, sample, settings, _NO_KEY, now, mark=mark)
    if letter is None:
        raise MailError(f"the edition of {stored.edition.period} is empty and cannot be sent")
    return letter


def confirmation_letter(
    subscriber: Subscriber, token: str, settings: Settings, now: datetime
) -> Letter:
    """The mail that asks to confirm a subscription, with the only copy of its token. Raises
    MailError.
    """
    email = settings.email
    mail = confirmation_mail(confirm_url(settings, token), settings.site, email, subscriber.periods)
    outgoing = OutgoingMail(
        to=subscriber.address,
        subscriber_id=subscriber.id,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        message_id=confirmation_id(subscriber.id, token, sender_of(email).domain),
    )
    return letter(outgoing, email, now)


def _links(
    stored: StoredEdition, subscriber: Subscriber, settings: Settings, key: bytes
) -> MailLinks:
    token = unsubscribe_token(key, subscriber.id, subscriber.generation)
    return MailLinks(
        unsubscribe=unsubscribe_url(settings, token),
        preferences=preferences_url(settings, token),
        web=f"{settings.site.base_url.rstrip('/')}/{edition_path(stored.edition.period)}",
        one_click=unsubscribe_url(settings, token),
        mailto=(
            f"mailto:{quote(bounce_address(settings.email), safe='@+')}?"
            f"subject={quote(f'unsubscribe {token}')}"
        ),
    )
