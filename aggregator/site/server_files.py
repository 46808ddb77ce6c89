"""The files for programs in the order of publication: corrections, feeds, sitemaps, and those for
servers, crawlers and security researchers (robots.txt, _headers, llms.txt, security.txt).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import nsmallest
from itertools import chain, islice

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.page import Page, PageFile
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.site.edition.records import EditionLine, EditionPage
from aggregator.site.feeds import Carded, edition_feed, errata_feed, feed, feed_page, uncarded
from aggregator.site.head import absolute
from aggregator.site.lists.errata import PATH, Erratum, errata, errata_page
from aggregator.site.lists.lines import StoryLine
from aggregator.site.lists.notices import RedirectPage
from aggregator.site.story.markdown import link, plain
from aggregator.templating.translation import translations

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


def server_file(site: SiteSettings) -> ServerFile:
    """The path of the site on its host: `/` or that of `site.base_url`."""
    scheme, _, rest = site.base_url.partition("://")
    path = rest.partition("/")[2].strip("/")
    sitemaps = tuple(absolute(site, name) for name in ("sitemap.xml", "news-sitemap.xml"))
    return ServerFile(
        base_path=f"/{path}/" if path else "/", sitemaps=sitemaps, secure=scheme == "https"
    )


def llms_text(editions: Sequence[EditionLine], site: SiteSettings) -> str:
    """`llms.txt` (llmstxt.org) as CommonMark: what the site is, and where programs find it in
    their own formats; the editions are given newest first.
    """
    words = translations(site.language)
    named = [
        (
            words("Newest stories as JSON Feed"),
            "feed.json",
            words("the main points of each story, every sentence with links to its sources"),
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
            words("all sources and their status; each has a page that states its licence"),
        ),
    ]
    listed = [f"- {link(name, absolute(site, path))}: {what}" for name, path, what in named]
    shown = [
        "- " + link(name, absolute(site, f"{edition.path}index.md"))
        for edition in editions[:_EDITIONS]
        for name in [
            words("Edition %(number)s, %(name)s", number=edition.number, name=edition.name)
        ]
    ]
    blocks = [
        f"# {plain(site.title)}",
        f"> {plain(site.description)}",
        words(
            "The page of each story and edition also exists as `index.json` and `index.md`"
            " beside it, with the same content. Sentences in quotation marks are quoted from"
            " publishers, who hold the rights to them. Cite the publisher that a"
            " sentence names, and link to its article."
        ),
        f"## {words('For programs')}",
        "\n".join(listed),
        *((f"## {words('Editions')}", "\n".join(shown)) if shown else ()),
    ]
    return "\n\n".join(blocks) + "\n"


def security_text(newest: datetime | None, site: SiteSettings) -> str:
    """`.well-known/security.txt` (RFC 9116) for who reports a vulnerability; empty without a
    contact that it allows, or without a story to date it by: a build has no clock.
    """
    contact = site.contact.strip().removeprefix("mailto:")
    is_mail = (
        "@" in contact
        and not any(character.isspace() for character in contact)
        and not contact.startswith(("http:", "https:"))
    )
    if newest is None or not (is_mail or contact.startswith("https://")):
        return ""
    months = newest.astimezone(UTC).year * 12 + newest.astimezone(UTC).month - 1 + _MONTHS_VALID
    expires = datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
    lines = (
        f"Contact: {'mailto:' if is_mail else ''}{contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {site.language}",
        f"Canonical: {absolute(site, '.well-known/security.txt')}",
    )
    return "".join(f"{line}\n" for line in lines)


# the old path of the editions' feed; it names its own address, for servers that do not redirect
_OLD_EDITIONS = "editions.xml"
# of one file; sitemaps.org allows 50,000, but a part is held in memory and written whole
_MOST_URLS = 10_000
_NEWS_DAYS = timedelta(
    days=2
)  # developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
_MOST_NEWS = 1_000  # the same page
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class MachineFiles:
    """The input of the files for programs.

    `newest` are the stories that the main feed chooses from, `errata` the newest corrections of
    stories, `recent` the lines of the newest two weeks: each may hold more, in any order.
    `editions` come by week, `addresses` of stories and editions oldest first; `lists` are the paths
    of all other pages. `carded` says which pages have a card.
    """

    newest: Iterable[PublishedStory]
    errata: Iterable[Erratum]
    recent: Sequence[StoryLine]
    editions: Sequence[EditionPage]
    addresses: Iterable[SitemapAddress]
    lists: Sequence[str]
    carded: Carded = uncarded


def machine_pages(of: MachineFiles, site: SiteSettings) -> Iterator[Page]:
    """Every file for programs."""
    corrections = errata(of.errata, of.editions, site)
    yield Page(
        record=errata_page(corrections, site),
        files=(PageFile(path=f"{PATH}index.html", template="errata.html"),),
    )
    yield feed_page(feed(of.newest, site, of.carded))
    weekly = edition_feed(of.editions, site, carded=of.carded)
    yield feed_page(weekly)
    if any(page.line.kind is PeriodKind.DAY for page in of.editions):
        yield feed_page(edition_feed(of.editions, site, PeriodKind.DAY, of.carded))
    at_old_address = replace(weekly, url=absolute(site, _OLD_EDITIONS))
    yield Page(record=at_old_address, files=(PageFile(path=_OLD_EDITIONS, template="feed.xml"),))
    yield feed_page(errata_feed(corrections, site))
    yield from sitemap_pages(of.addresses, [*of.lists, PATH], site)
    yield _file("news-sitemap.xml", recent_news(of.recent))
    yield from _for_servers(of, site)


def _for_servers(of: MachineFiles, site: SiteSettings) -> Iterator[Page]:
    served = server_file(site)
    yield _file("robots.txt", served)
    editions = [page.line for page in reversed(of.editions)]
    yield _text_file("llms.txt", llms_text(editions, site))
    newest = max((line.published for line in of.recent), default=None)
    if security := security_text(newest, site):
        yield _text_file(".well-known/security.txt", security)
    yield _file("_headers", served)


def redirects_page(moved: tuple[RedirectPage, ...], site: SiteSettings) -> Page:
    """`_redirects`, for hosts that read it."""
    return _file("_redirects", (server_file(site).base_path, moved))


def _text_file(path: str, text: str) -> Page:
    return Page(record=text, files=(PageFile(path=path, text=partial(str, text)),))


def _file(path: str, record: object) -> Page:
    return Page(record=record, files=(PageFile(path=path, template=path),))


@frozen
class SitemapAddress:
    """An address for the sitemap. `changed` is the time of a real change, None where it is not
    stored.
    """

    url: str
    changed: datetime | None = None


def sitemap_pages(
    stories: Iterable[SitemapAddress], lists: Sequence[str], site: SiteSettings
) -> Iterator[Page]:
    """`sitemap.xml`: the paths of lists, then stories and editions in the order given; beyond one
    file an index and parts.

    Given oldest first, a new story changes the last part alone. No more than one part is held at a
    time.
    """
    listed = tuple(SitemapAddress(url=absolute(site, path)) for path in lists)
    further = iter(stories)
    first = tuple(islice(further, _MOST_URLS + 1))
    if len(listed) + len(first) <= _MOST_URLS:
        yield _file("sitemap.xml", (*listed, *first))
        return
    parts: list[SitemapAddress] = []
    for part in chain(_parts(listed), _parts(chain(first, further))):
        path = f"sitemap-{len(parts) + 1}.xml"
        yield Page(record=part, files=(PageFile(path=path, template="sitemap.xml"),))
        changed = max((address.changed for address in part if address.changed), default=None)
        parts.append(SitemapAddress(url=absolute(site, path), changed=changed))
    yield Page(
        record=tuple(parts), files=(PageFile(path="sitemap.xml", template="sitemap-index.xml"),)
    )


def _parts(addresses: Iterable[SitemapAddress]) -> Iterator[tuple[SitemapAddress, ...]]:
    further = iter(addresses)
    while part := tuple(islice(further, _MOST_URLS)):
        yield part


def recent_news(lines: Iterable[StoryLine]) -> tuple[StoryLine, ...]:
    """The stories of the sitemap for news, from lines in any order: those of the last two days,
    counted from the newest, as a build has no clock. It leaves out undated stories and those
    without a page.
    """
    dated = [line for line in lines if line.is_dated and not line.url]
    since = max((line.published for line in dated), default=_NEVER) - _NEWS_DAYS
    recent = (line for line in dated if line.published >= since)
    return tuple(
        nsmallest(_MOST_NEWS, recent, key=lambda line: (-line.published.timestamp(), line.id))
    )
