"""The files for servers, crawlers and security researchers: robots.txt, _headers, llms.txt,
security.txt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from aggregator.domain.frozen import frozen
from aggregator.domain.settings import SiteSettings
from aggregator.site.edition.records import EditionLine
from aggregator.site.head import absolute
from aggregator.site.story.markdown import link, plain
from aggregator.templating.translation import IN_ENGLISH, Translations

_MONTHS_VALID = (
    11  # RFC 9116 §2.5.5 asks for less than a year; counted from the first day of a month
)
_EDITIONS = 5


@frozen
class ServerFile:
    """The content of robots.txt and _headers: the path of the site on its host, and whether it is
    served by https.
    """

    base_path: str
    sitemaps: tuple[str, ...]
    secure: bool


@frozen
class LlmsFile:
    """`llms.txt` (llmstxt.org): what the site is, and where programs find it in their own
    formats.
    """

    title: str
    description: str
    home: str
    editions: tuple[EditionLine, ...]


@frozen
class SecurityFile:
    """`.well-known/security.txt` (RFC 9116). `expires` follows the newest story, as a build has no
    clock.
    """

    contact: str
    expires: datetime
    language: str
    canonical: str


def server_file(site: SiteSettings) -> ServerFile:
    """The path of the site on its host: `/` or that of `site.base_url`."""
    scheme, _, rest = site.base_url.partition("://")
    path = rest.partition("/")[2].strip("/")
    sitemaps = tuple(absolute(site, name) for name in ("sitemap.xml", "news-sitemap.xml"))
    return ServerFile(
        base_path=f"/{path}/" if path else "/", sitemaps=sitemaps, secure=scheme == "https"
    )


def llms_file(editions: Sequence[EditionLine], site: SiteSettings) -> LlmsFile:
    """The file for language models; the editions are given newest first."""
    home = absolute(site, "")
    return LlmsFile(
        title=site.title,
        description=site.description,
        home=home,
        editions=tuple(editions[:_EDITIONS]),
    )


def llms_text(of: LlmsFile, words: Translations = IN_ENGLISH) -> str:
    """`llms.txt` as CommonMark."""
    named = [
        (
            words("Newest stories as JSON Feed"),
            "feed.json",
            words("each story in full, every sentence with links to its sources"),
        ),
        (
            words("Editions as JSON Feed"),
            "week/feed.json",
            words("the weekly edition, numbered and dated"),
        ),
        (
            words("Corrections as JSON Feed"),
            "errata/feed.json",
            words("what was corrected or withdrawn"),
        ),
        (
            words("How this site is made"),
            "about/",
            words("what is checked, and what we cannot promise"),
        ),
        (
            words("Sources"),
            "source/",
            words("all sources, with licence and status"),
        ),
    ]
    listed = [f"- {link(name, of.home + path)}: {what}" for name, path, what in named]
    editions = [
        "- " + link(name, f"{of.home}{edition.path}index.md")
        for edition in of.editions
        for name in [
            words("Edition %(number)s, %(name)s", number=edition.number, name=edition.name)
        ]
    ]
    blocks = [
        f"# {plain(of.title)}",
        f"> {plain(of.description)}",
        words(
            "Each story and edition also exists as `index.json` and `index.md` beside its"
            " page, with the same content. Sentences in quotation marks are quoted from"
            " publishers, who hold the rights to them. Cite the publisher that a"
            " sentence names, and link to its article."
        ),
        f"## {words('For programs')}",
        "\n".join(listed),
        *((f"## {words('Editions')}", "\n".join(editions)) if editions else ()),
    ]
    return "\n\n".join(blocks) + "\n"


def security_file(newest: datetime | None, site: SiteSettings) -> SecurityFile | None:
    """The file for who reports a vulnerability; None without a contact that RFC 9116 allows, or
    without a story to date it by.
    """
    contact = site.contact.strip().removeprefix("mailto:")
    is_mail = (
        "@" in contact
        and not any(character.isspace() for character in contact)
        and not contact.startswith(("http:", "https:"))
    )
    if newest is None or not (is_mail or contact.startswith("https://")):
        return None
    months = newest.astimezone(UTC).year * 12 + newest.astimezone(UTC).month - 1 + _MONTHS_VALID
    return SecurityFile(
        contact=f"mailto:{contact}" if is_mail else contact,
        expires=datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC),
        language=site.language,
        canonical=absolute(site, ".well-known/security.txt"),
    )


def security_text(of: SecurityFile) -> str:
    """`security.txt`: one field a line."""
    lines = (
        f"Contact: {of.contact}",
        f"Expires: {of.expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {of.language}",
        f"Canonical: {of.canonical}",
    )
    return "".join(f"{line}\n" for line in lines)
