"""The feed of a site: the address itself if it is one, what its page names, and where blogs usually
have theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.crawl.plan import ACCEPT_FEED
from aggregator.crawl.sources.discover import usual_addresses
from aggregator.domain.entry import Feed, feed_without_secrets
from aggregator.domain.parsed import FeedLink, Unreadable
from aggregator.errors import WebError
from aggregator.ports import Parsers, Request, Response, Web

# of a page's feeds that are tried; they are asked one after the other, as the spacing of hosts has
# it
MOST_LINKS = 4
_PERMANENT = frozenset({301, 308})
_NOWHERE = (
    "it is none, its page names none that can be read, and there is none at the usual addresses; "
    "if the page lists articles, describe it in a [sources.listing] table (config.toml says how)"
)
_KEY = "new"  # of entries that nobody keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed with the address to follow it at, and the others that the page names."""

    url: str
    feed: Feed
    others: tuple[FeedLink, ...] = ()


async def find_feed(web: Web, parsers: Parsers, url: str) -> FoundFeed | Unreadable:
    """The feed of an address, or why there is none."""
    answer = await _asked(web, url)
    if isinstance(answer, Unreadable):
        return answer
    if isinstance(feed := await _read(parsers, answer), Feed):
        return FoundFeed(url=_lasting(url, answer), feed=feed)
    links = await parsers.feed_links(answer.body, url=answer.url, content_type=answer.content_type)
    named = links if isinstance(links, tuple) else ()
    asked = {url, answer.url, *(link.url for link in named)}
    for place in (*(link.url for link in named[:MOST_LINKS]), *usual_addresses(answer.url, asked)):
        served = await _asked(web, place)
        if isinstance(served, Response) and isinstance(feed := await _read(parsers, served), Feed):
            return FoundFeed(
                url=_lasting(place, served),
                feed=feed,
                others=tuple(link for link in named if link.url != place),
            )
    return Unreadable(reason=_NOWHERE)


async def _asked(web: Web, url: str) -> Response | Unreadable:
    try:
        response = await web.fetch(Request(url=url, accept=ACCEPT_FEED))
    except WebError as error:
        return Unreadable(reason=error.reason)
    return response if response.status == 200 else Unreadable(reason=f"http {response.status}")


async def _read(parsers: Parsers, response: Response) -> Feed | Unreadable:
    feed = await parsers.feed(
        response.body, url=response.base_url, content_type=response.content_type, source_key=_KEY
    )
    asked = (response.url, *(hop.url for hop in response.hops))
    return feed if isinstance(feed, Unreadable) else feed_without_secrets(feed, asked)


def _lasting(url: str, response: Response) -> str:
    """The address after the redirects that are said to be for good."""
    reached = [*(hop.url for hop in response.hops), response.url]
    for hop, following in zip(response.hops, reached[1:], strict=True):
        if hop.status not in _PERMANENT:
            return hop.url
        url = following
    return url
