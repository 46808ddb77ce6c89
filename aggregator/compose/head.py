"""What the head of every page says, and the links that a reader may take along: share, cite, report."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from aggregator.domain.settings import SiteSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCard:
    """The picture that stands for a page where it is shared: its address, its size in pixels, and what it shows."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Title, description and the one address of a page. `place` is the entry of the menu it stands under."""

    title: str
    description: str
    url: str
    place: str = ""
    kind: str = "website"
    card: HeadCard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A name and where it leads."""

    name: str
    url: str


def absolute(site: SiteSettings, path: str) -> str:
    """The public address of a path of the site."""
    return f"{site.base_url.rstrip('/')}/{path}"


def share_links(title: str, url: str) -> tuple[Link, ...]:
    """Plain links; no third party hears of a reader who takes none."""
    return (
        Link(name="Post", url="https://x.com/intent/post?" + _query(text=title, url=url)),
        Link(name="LinkedIn", url="https://www.linkedin.com/sharing/share-offsite/?" + _query(url=url)),
        Link(name="E-mail", url="mailto:?" + _mail_query(subject=title, body=url)),
    )


def contact_link(contact: str, *, subject: str, body: str) -> str:
    """Where a correction goes, prefilled: an e-mail, or a page that gets both as parameters; empty without a contact."""
    address = contact.strip().removeprefix("mailto:")
    if address.startswith(("https://", "http://")):
        return address + ("&" if "?" in address else "?") + _query(subject=subject, body=body)
    if "@" not in address or any(character.isspace() for character in address):
        return ""
    return f"mailto:{address}?" + _mail_query(subject=subject, body=body)


def _query(**fields: str) -> str:
    return urlencode(fields, errors="replace")


def _mail_query(**fields: str) -> str:
    return urlencode(fields, errors="replace").replace("+", "%20")  # RFC 6068: a plus is a plus
