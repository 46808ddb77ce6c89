"""The files for programs in the order of publication: corrections, feeds, sitemaps, files for
servers and crawlers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.page import Page, PageFile
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.site.edition.records import EditionPage
from aggregator.site.feeds.feeds import edition_feed, errata_feed, feed, feed_page
from aggregator.site.feeds.redirect import RedirectPage, RedirectsFile
from aggregator.site.feeds.server_files import (
    llms_file,
    llms_text,
    security_file,
    security_text,
    server_file,
)
from aggregator.site.feeds.sitemaps import SitemapAddress, news_sitemap, sitemap_pages
from aggregator.site.head import absolute
from aggregator.site.lists.errata import PATH, Erratum, errata, errata_page
from aggregator.site.lists.lines import StoryLine
from aggregator.templating.translation import translations

# the old path of the editions' feed; it names its own address, for servers that do not redirect
_OLD_EDITIONS = "editions.xml"


@frozen
class MachineFiles:
    """The input of the files for programs.

    `newest` are the stories that the main feed chooses from, `errata` the newest corrections of
    stories, `recent` the lines of the newest two weeks: each may hold more, in any order.
    `editions` come by week, `addresses` of stories and editions oldest first; `lists` are the paths
    of all other pages. `carded`: every story and edition has a card.
    """

    newest: Iterable[PublishedStory]
    errata: Iterable[Erratum]
    recent: Sequence[StoryLine]
    editions: Sequence[EditionPage]
    addresses: Iterable[SitemapAddress]
    lists: Sequence[str]
    moved: tuple[RedirectPage, ...]
    carded: bool = False


def machine_pages(of: MachineFiles, site: SiteSettings) -> Iterator[Page]:
    """Every file for programs."""
    corrections = errata(of.errata, of.editions, site)
    yield Page(
        record=errata_page(corrections, site),
        files=(PageFile(path=f"{PATH}index.html", template="errata.html"),),
    )
    yield feed_page(feed(of.newest, site, carded=of.carded))
    weekly = edition_feed(of.editions, site, carded=of.carded)
    yield feed_page(weekly)
    if any(page.line.kind is PeriodKind.DAY for page in of.editions):
        yield feed_page(edition_feed(of.editions, site, PeriodKind.DAY, carded=of.carded))
    at_old_address = replace(weekly, url=absolute(site, _OLD_EDITIONS))
    yield Page(record=at_old_address, files=(PageFile(path=_OLD_EDITIONS, template="feed.xml"),))
    yield feed_page(errata_feed(corrections, site))
    yield from sitemap_pages(of.addresses, [*of.lists, PATH], site)
    yield _file("news-sitemap.xml", news_sitemap(of.recent, site))
    yield from _for_servers(of, site)


def _for_servers(of: MachineFiles, site: SiteSettings) -> Iterator[Page]:
    served = server_file(site)
    yield _file("robots.txt", served)
    llms = llms_file([page.line for page in reversed(of.editions)], site)
    yield Page(
        record=llms,
        files=(
            PageFile(path="llms.txt", text=partial(llms_text, llms, translations(site.language))),
        ),
    )
    newest = max((line.published for line in of.recent), default=None)
    if security := security_file(newest, site):
        security_txt = PageFile(
            path=".well-known/security.txt", text=partial(security_text, security)
        )
        yield Page(record=security, files=(security_txt,))
    yield _file("_headers", served)
    yield _file("_redirects", RedirectsFile(base_path=served.base_path, pages=of.moved))


def _file(path: str, record: object) -> Page:
    return Page(record=record, files=(PageFile(path=path, template=path),))
