"""The head of every page, the links for sharing, citing and reporting, and those of emails to the
web app: each holds a token, and opening one changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote_plus, urlencode

from aggregator.domain.frozen import frozen
from aggregator.domain.settings import Settings, SiteSettings
from aggregator.templating.translation import Translations

FOLLOWING = "following/"  # the page of what a browser follows and keeps


@frozen
class HeadCard:
    """The picture shown where a page is shared: address, size in pixels, alternative text."""

    url: str
    width: int
    height: int
    alt: str


@frozen
class Link:
    """A name and where it leads."""

    name: str
    url: str


@frozen
class Head:
    """Title, description and canonical address of a page. `place` is its entry in the menu.

    `feeds` are the page's own, besides the site's: name and folder. `card` is the picture shown
    where the page is shared.
    """

    title: str
    description: str
    url: str
    place: str = ""
    kind: str = "website"
    feeds: Link | None = None
    card: HeadCard | None = None


def absolute(site: SiteSettings, path: str) -> str:
    """The public address of a path of the site."""
    return f"{site.base_url}/{path}"


def share_links(title: str, url: str, words: Translations) -> tuple[Link, ...]:
    """Plain links; no third party learns of a reader who follows none."""
    text, address = (
        quote_plus(part, errors="replace") for part in (title, url)
    )  # once: every story has these links
    return (
        Link(name=words("Post on X"), url=f"https://x.com/intent/post?text={text}&url={address}"),
        Link(name="LinkedIn", url=f"https://www.linkedin.com/sharing/share-offsite/?url={address}"),
        Link(name=words("Email"), url=f"mailto:?subject={_of_mail(text)}&body={_of_mail(address)}"),
    )


def contact_link(contact: str, *, subject: str, body: str) -> str:
    """The link for a correction, prefilled: an email, or a page that gets both as parameters; empty
    without a contact.
    """
    address, fields = contact.strip().removeprefix("mailto:"), {"subject": subject, "body": body}
    if address.startswith(("https://", "http://")):
        return address + ("&" if "?" in address else "?") + urlencode(fields, errors="replace")
    if "@" not in address or any(character.isspace() for character in address):
        return ""
    return f"mailto:{address}?" + _of_mail(urlencode(fields, errors="replace"))


def _of_mail(query: str) -> str:
    return query.replace("+", "%20")  # RFC 6068: a plus is a plus


def public_url(settings: Settings) -> str:
    """Where subscribers reach the web app, without a slash at the end."""
    return (settings.serve.public_url or settings.site.base_url).rstrip("/")


def subscribe_url(settings: Settings) -> str:
    """The form that the site links to; empty without `serve.public_url`, as it may not be served
    then.
    """
    return f"{public_url(settings)}/subscribe" if settings.serve.public_url else ""


def confirm_url(settings: Settings, token: str) -> str:
    """The page with the button that confirms a subscription."""
    return f"{public_url(settings)}/confirm/{token}"


def preferences_url(settings: Settings, token: str) -> str:
    """The page on which a subscriber chooses; `token` is the one that unsubscribes."""
    return f"{public_url(settings)}/preferences/{token}"


def following_url(settings: Settings, fields: Mapping[str, str]) -> str:
    """The page of the site where a browser keeps what is followed, with what the address is to
    bring there: the fragment, which no server sees.
    """
    return f"{absolute(settings.site, FOLLOWING)}#{urlencode(fields)}"


def unsubscribe_url(settings: Settings, token: str) -> str:
    """The page with the button that unsubscribes, and the address of the one-click POST (RFC
    8058).
    """
    return f"{public_url(settings)}/unsubscribe/{token}"
