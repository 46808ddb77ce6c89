"""Letters for subscribers: an edition from the same record as its page, and the question whether to
subscribe, as HTML and text with a subscriber's links.

Nothing in them is fetched from anywhere: no image, no style sheet, no counter. An edition is set
once for all who chose the same, with marks where the links of one subscriber go.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from html import escape
from types import MappingProxyType
from urllib.parse import quote

from css_inline import CSSInliner

from aggregator.digest.mail.mail_view import mail_view, unit_count
from aggregator.digest.mail.message import (
    OneClick,
    OutgoingMail,
    bounce_address,
    confirmation_id,
    letter,
    message_id,
    sender_of,
)
from aggregator.digest.mail.tokens import TRIAL_KEY, unsubscribe_token
from aggregator.digest.mail.wanted_stories import wanted_stories
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of, stable_id
from aggregator.domain.publishing.edition import StoredEdition
from aggregator.domain.publishing.newsroom import all_roles, role_name
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.subscriber import Consent, Segment, Subscriber, SubscriberStatus
from aggregator.domain.settings import EmailSettings, Settings, SiteSettings
from aggregator.english.text import normalised
from aggregator.errors import MailError
from aggregator.ports import Letter
from aggregator.resources import TEMPLATES
from aggregator.site.head import absolute, confirm_url, preferences_url, unsubscribe_url
from aggregator.site.paths import edition_path
from aggregator.templating.environment import Render, plain_renderer, renderer
from aggregator.templating.theme import Theme, load_theme
from aggregator.templating.translation import translations

MOST_HTML = 80_000  # bytes; Gmail clips at some 102 KB, others have seen it near 99 KB
_MOST_LINK = 500  # characters of a link of ours
_LINKS_IN_HTML = 8  # places of links of ours in a mail, kept free for them: see templates/email
EVERYTHING = Segment()
_WIDTH = 72  # characters of a line of the text part

_INLINER = CSSInliner(load_remote_stylesheets=False)
TRIAL_MARK = "[Test] "
_RHYTHM = {PeriodKind.WEEK: "weekly", PeriodKind.DAY: "daily"}


@frozen
class Mail:
    """A mail as its reader sees it."""

    subject: str
    html: str
    text: str


@frozen
class MailLinks:
    """Where the links of one subscriber's mail lead. `one_click` and `mailto` are for the headers
    (RFC 8058).
    """

    unsubscribe: str
    preferences: str
    web: str
    one_click: str
    mailto: str


def edition_mail(
    stored: StoredEdition,
    links: MailLinks,
    site: SiteSettings,
    email: EmailSettings,
    segment: Segment = EVERYTHING,
) -> Mail | None:
    """The mail of an edition, its HTML at most `MOST_HTML` bytes; None where no story of it is in
    the segment.

    Raises MailError for a link that is too long.
    """
    if not wanted_stories(stored.edition, segment):
        return None
    marks = _marks(stored)
    filled = {
        marks.unsubscribe: links.unsubscribe,
        marks.preferences: links.preferences,
        marks.web: links.web,
    }
    for link in filled.values():
        if len(escape(link).encode("utf-8", "replace")) > _MOST_LINK:
            raise MailError(
                f"a link in the email is longer than {_MOST_LINK} characters: {link[:80]}…;"
                " shorten serve.public_url"
            )
    made = _set(stored, site, email, segment, load_theme(site.theme))
    html, text = made.html, made.text
    for mark, link in filled.items():
        html, text = html.replace(mark, escape(link)), text.replace(mark, link)
    return Mail(subject=made.subject, html=html, text=text)


def confirmation_mail(
    link: str,
    site: SiteSettings,
    email: EmailSettings,
    periods: Collection[PeriodKind] = (PeriodKind.WEEK,),
) -> Mail:
    """The one mail that goes to an address before it is confirmed: who asks, what for, and the
    link.
    """
    title, theme = normalised(site.title), load_theme(site.theme)
    values = {
        "link": link,
        "site": title,
        "description": normalised(site.description),
        "is_weekly": list(periods) == [PeriodKind.WEEK],
        "is_both": set(periods) == set(PeriodKind),
        "lang": site.language,
        "postal_address": normalised(email.postal_address),
        "site_url": absolute(site, ""),
        "theme": theme,
    }
    return Mail(
        subject=translations(site.language)("Confirm your subscription to %(site)s", site=title),
        html=_INLINER.inline(
            _html_renderer(site.timezone, site.language, theme)("confirmation.html", **values)
        ),
        text=_wrapped(_text_renderer(site.language)("confirmation.txt", **values)),
    )


@lru_cache(maxsize=64)  # a run sends one edition to a few segments
def _set(
    stored: StoredEdition, site: SiteSettings, email: EmailSettings, segment: Segment, theme: Theme
) -> Mail:
    """The mail with marks for links, as long as it fits: what does not is cut from the end of the
    opening and the stories.
    """
    marks = _marks(stored)
    room = MOST_HTML - _LINKS_IN_HTML * _MOST_LINK
    render = _html_renderer(site.timezone, site.language, theme)

    def fits(units: int) -> str:
        shown = mail_view(stored, site, email, segment, units)
        html = _INLINER.inline(render("edition.html", mail=shown, links=marks))
        return html if len(html.encode()) <= room else ""

    most = unit_count(stored.edition, segment)
    best, html = most, fits(most)
    if not html:
        low, high = 0, most - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if fits(middle) else (low, middle - 1)
        best, html = low, fits(low)
    shown = mail_view(stored, site, email, segment, best)
    return Mail(
        subject=shown.subject,
        html=html,
        text=_wrapped(
            _text_renderer(site.language)("edition.txt", mail=shown, links=marks, theme=theme)
        ),
    )


def _marks(stored: StoredEdition) -> MailLinks:
    """Marks that no text of the edition can hold, as they are made of its digest."""
    mark = sha256_of(f"{stored.digest}:{stored.edition.period}:{stored.edition.number}")[:32]
    names = ("unsubscribe", "preferences", "web", "one_click", "mailto")
    return MailLinks(**{name: f"link-{name.replace('_', '-')}-{mark}" for name in names})


@lru_cache
def _html_renderer(timezone: str, language: str, theme: Theme) -> Render:
    return renderer(TEMPLATES / "email", timezone, language, theme=theme)


@lru_cache
def _text_renderer(language: str) -> Render:
    return plain_renderer(TEMPLATES / "email", language)


def _wrapped(text: str) -> str:
    """The text in lines of at most 72 characters; addresses stay whole, what follows a number or a
    dash is set under it.
    """
    lines = (_folded(line.rstrip()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _folded(line: str) -> str:
    if len(line.split()) == 1:
        return line
    lead = re.match(r" *(?:\[\d+\] |- )?", line)
    indent = " " * len(lead[0]) if lead else ""
    return textwrap.fill(
        line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


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
    offered = subscriber.among(all_roles(), topic_names)
    gone = (
        *(role_name(key) for key in subscriber.roles if key not in offered.roles),
        *(key for key in subscriber.topics if key not in offered.topics),
    )
    chosen = tuple(topic_names[key] for key in offered.topics)
    about = {path for story in edition.stories() for path in story.about}
    followed = tuple(one for one in subscriber.follows if one.path in about)
    segment = replace(offered.segment, topic_names=chosen, follows=followed, gone=gone)
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
    leave and to choose lead to a page that says so.

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
    letter = digest_letter(stored, sample, settings, TRIAL_KEY, now, mark=mark)
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
        web=absolute(settings.site, edition_path(stored.edition.period)),
        one_click=unsubscribe_url(settings, token),
        mailto=(
            f"mailto:{quote(bounce_address(settings.email), safe='@+')}?"
            f"subject={quote(f'unsubscribe {token}')}"
        ),
    )
