"""Letters for subscribers: the parts of `deliver` put together with a subscriber's links."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from aggregator.deliver.links import confirm_url, preferences_url, unsubscribe_url
from aggregator.deliver.mail import MailLinks, confirmation_mail, mail_of
from aggregator.deliver.message import OneClick, Outgoing, bounce_address, confirmation_id, letter, message_id, sender_of
from aggregator.deliver.tokens import unsubscribe_token
from aggregator.domain.edition import StoredEdition
from aggregator.domain.settings import Settings
from aggregator.domain.subscriber import Subscriber
from aggregator.ports import Letter


def digest_letter(stored: StoredEdition, subscriber: Subscriber, settings: Settings, key: bytes, now: datetime) -> Letter | None:
    """A subscriber's copy of an edition, the same whenever it is made but for its date; None where nothing is for them.

    Raises MailError.
    """
    edition, email = stored.edition, settings.email
    links = _links(stored, subscriber, settings, key)
    mail = mail_of(stored, links, settings.site, email, subscriber.roles)
    if mail is None:
        return None
    domain = sender_of(email).domain
    outgoing = Outgoing(
        to=subscriber.address,
        subscriber_id=subscriber.id,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        message_id=message_id(edition.week, subscriber.id, domain),
        one_click=OneClick(url=links.one_click, mailto=links.mailto),
        list_name=settings.site.title,
        feedback_id=f"{edition.week}:edition:weekly:{domain}",
    )
    return letter(outgoing, email, now)


def confirmation_letter(subscriber: Subscriber, token: str, settings: Settings, now: datetime) -> Letter:
    """The mail that asks to confirm a subscription, with the only copy of its token. Raises MailError."""
    email = settings.email
    mail = confirmation_mail(confirm_url(settings, token), settings.site, email)
    outgoing = Outgoing(
        to=subscriber.address,
        subscriber_id=subscriber.id,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        message_id=confirmation_id(subscriber.id, token, sender_of(email).domain),
    )
    return letter(outgoing, email, now)


def _links(stored: StoredEdition, subscriber: Subscriber, settings: Settings, key: bytes) -> MailLinks:
    token = unsubscribe_token(key, subscriber.id, subscriber.generation)
    return MailLinks(
        unsubscribe=unsubscribe_url(settings, token),
        preferences=preferences_url(settings, token),
        web=f"{settings.site.base_url.rstrip('/')}/edition/{stored.edition.week}/",
        one_click=unsubscribe_url(settings, token),
        mailto=f"mailto:{quote(bounce_address(settings.email), safe='@+')}?subject={quote(f'unsubscribe {token}')}",
    )
