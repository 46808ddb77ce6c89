"""Sitemaps (sitemaps.org 0.9), and the sitemap for news (Google's 0.9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from itertools import chain, islice

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.page import Page, PageFile
from aggregator.domain.settings import SiteSettings
from aggregator.site.head import absolute
from aggregator.site.lists.lines import StoryLine

# of one file; sitemaps.org allows 50,000, but a part is held in memory and written whole
_MOST_URLS = 10_000
_NEWS_DAYS = timedelta(
    days=2
)  # developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
_MOST_NEWS = 1_000  # the same page
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class SitemapAddress:
    """An address for the sitemap. `changed` is the time of a real change, None where it is not
    stored.
    """

    url: str
    changed: datetime | None = None


@frozen
class Sitemap:
    """The addresses of the site, or one part of them."""

    addresses: tuple[SitemapAddress, ...]


@frozen
class SitemapIndex:
    """The parts of a sitemap that is too long for one file, each with the time of its last
    change.
    """

    parts: tuple[SitemapAddress, ...]


@frozen
class NewsAddress:
    """An address of the sitemap for news."""

    url: str
    title: str
    published: datetime


@frozen
class NewsSitemap:
    """The stories of the last two days, counted from the newest: a build has no clock."""

    stories: tuple[NewsAddress, ...]


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
        yield Page(
            record=Sitemap(addresses=(*listed, *first)),
            files=(PageFile(path="sitemap.xml", template="sitemap.xml"),),
        )
        return
    parts: list[SitemapAddress] = []
    for part in chain(_parts(listed), _parts(chain(first, further))):
        path = f"sitemap-{len(parts) + 1}.xml"
        yield Page(
            record=Sitemap(addresses=part), files=(PageFile(path=path, template="sitemap.xml"),)
        )
        changed = max((address.changed for address in part if address.changed), default=None)
        parts.append(SitemapAddress(url=absolute(site, path), changed=changed))
    index = SitemapIndex(parts=tuple(parts))
    yield Page(record=index, files=(PageFile(path="sitemap.xml", template="sitemap-index.xml"),))


def _parts(addresses: Iterable[SitemapAddress]) -> Iterator[tuple[SitemapAddress, ...]]:
    further = iter(addresses)
    while part := tuple(islice(further, _MOST_URLS)):
        yield part


def news_sitemap(lines: Sequence[StoryLine], site: SiteSettings) -> NewsSitemap:
    """The sitemap for news from lines in any order; those of the newest two weeks are enough. It
    leaves out undated stories and those without a page.
    """
    dated = [line for line in lines if line.is_dated and not line.url]
    since = max((line.published for line in dated), default=_NEVER) - _NEWS_DAYS
    recent = (line for line in dated if line.published >= since)
    newest = nsmallest(_MOST_NEWS, recent, key=lambda line: (-line.published.timestamp(), line.id))
    return NewsSitemap(
        stories=tuple(
            NewsAddress(
                url=absolute(site, line.path), title=line.headline, published=line.published
            )
            for line in newest
        )
    )
