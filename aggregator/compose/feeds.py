"""What machines read: the Atom feed, the sitemap, and the files for web servers and crawlers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.compose.head import absolute
from aggregator.compose.lines import SIDE_LANES
from aggregator.compose.story import StoryPage, story_page
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import ToldStory

ENTRIES = 50
MOST_URLS = 50_000  # sitemaps.org: more than that in one file is not read
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # RFC 4287 wants a date even where there is no entry, and we ask no clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The Atom feed: the newest news with the whole brief of each."""

    url: str
    home: str
    updated: datetime
    entries: tuple[StoryPage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address for the sitemap. `changed` is the time of a real change, None where we do not keep it."""

    url: str
    changed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """All addresses that are worth finding."""

    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFile:
    """What robots.txt and _headers need to know: where the site lies on its host, and whether by https."""

    base_path: str
    sitemap: str
    secure: bool


def feed(stories: Iterable[ToldStory], site: SiteSettings) -> Feed:
    """The feed of the newest stories that could be read, papers and releases left out."""
    told = [each for each in stories if each.analysis.kept.hook and each.story.lane not in SIDE_LANES]
    newest = sorted(told, key=lambda each: (-each.story.published.timestamp(), each.story.id))[:ENTRIES]
    entries = tuple(story_page(each, site) for each in newest)
    return Feed(
        url=absolute(site, "feed.xml"),
        home=absolute(site, ""),
        updated=max((entry.changed for entry in entries), default=_NEVER),
        entries=entries,
    )


def sitemap(stories: Sequence[Address], lists: Sequence[str], site: SiteSettings) -> Sitemap:
    """The lists, then the stories that changed last, as many as one file may hold."""
    fixed = tuple(Address(url=absolute(site, path)) for path in lists)
    newest = sorted(stories, key=lambda each: (-(each.changed or _NEVER).timestamp(), each.url))
    return Sitemap(addresses=(*fixed, *newest)[:MOST_URLS])


def server_file(site: SiteSettings) -> ServerFile:
    """Where the site lies: `/` or the path of `site.base_url`."""
    scheme, _, rest = site.base_url.partition("://")
    path = rest.partition("/")[2].strip("/")
    return ServerFile(base_path=f"/{path}/" if path else "/", sitemap=absolute(site, "sitemap.xml"), secure=scheme == "https")
