"""Feed discovery: the address itself, the feeds that its page names, then the usual addresses; and
the name and key of a new source.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import count
from urllib.parse import urlsplit

from aggregator.crawl.outcome import permanent_target
from aggregator.crawl.plan import ACCEPT_FEED
from aggregator.domain.entry import Feed, FeedLink, Unreadable, feed_without_secrets
from aggregator.domain.frozen import frozen
from aggregator.domain.source import Source
from aggregator.domain.web.urls import canonical_url, fetchable_url, host, registrable_domain
from aggregator.english.text import slug
from aggregator.errors import WebError
from aggregator.ports import Parsers, Request, Response, Web

# of a page's feeds that are tried; they are asked one after the other, as the spacing of hosts has
# it
MOST_LINKS = 4
_NOWHERE = (
    "it is not a feed, links to none that can be read, and has none at the usual"
    " addresses; if the page lists articles, describe it in a [sources.listing] table"
    " (see config.toml)"
)
_KEY = "new"  # of entries that nobody keeps
# The most common of those that public lists of 700 feeds hold, the first first: a site is asked for
# eight at most.
_OF_A_FOLDER = ("feed", "rss.xml", "feed.xml", "index.xml")
_OF_A_SITE = ("feed", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss")
MOST_GUESSES = 8
_MOST_KEY = 40  # characters; a key stands in addresses
_BETWEEN_PARTS = re.compile(r"\s+(?:[|–—•·»]|-{1,2})\s+|:\s+")  # "AI | VentureBeat", "Feed: AI"


@frozen
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
        return FoundFeed(url=permanent_target(answer) or url, feed=feed)
    links = await parsers.feed_links(answer.body, url=answer.url, content_type=answer.content_type)
    named = links if isinstance(links, tuple) else ()
    asked = {url, answer.url, *(link.url for link in named)}
    for place in (*(link.url for link in named[:MOST_LINKS]), *usual_addresses(answer.url, asked)):
        served = await _asked(web, place)
        if isinstance(served, Response) and isinstance(feed := await _read(parsers, served), Feed):
            return FoundFeed(
                url=permanent_target(served) or place,
                feed=feed,
                others=tuple(link for link in named if link.url != place),
            )
    return Unreadable(reason=_NOWHERE)


def usual_addresses(url: str, asked: Collection[str] = ()) -> tuple[str, ...]:
    """The addresses at which blogs usually have their feed: below the page first, then at the site;
    none that was asked.
    """
    folder = urlsplit(url).path.rstrip("/")
    paths = (
        *(f"{folder}/{name}" for name in _OF_A_FOLDER if folder),
        *(f"/{name}" for name in _OF_A_SITE),
    )
    found = (fetchable_url(path, url) for path in paths)
    return tuple(dict.fromkeys(address for address in found if address and address not in asked))[
        :MOST_GUESSES
    ]


def sources_by_address(sources: Iterable[Source]) -> dict[str, Source]:
    """The sources by the address that they are known under, so that http and https are one."""
    found: dict[str, Source] = {}
    for source in sources:
        found.setdefault(known_address(source.url), source)
    return found


def known_address(url: str) -> str:
    """What two spellings of one source's address have in common."""
    return canonical_url(url) or url


def source_name(title: str, url: str) -> str:
    """What readers call the publisher of a feed: of "AI (artificial intelligence) | The Guardian"
    the part that its domain spells; of a title that calls itself a feed, and of none, the host.
    """
    domain = registrable_domain(url)
    spelled = "".join(filter(str.isalnum, domain))
    parts = [part.strip() for part in _BETWEEN_PARTS.split(title)]

    def letters(part: str) -> int:
        return sum(len(word) for word in re.findall(r"[^\W_]+", part.casefold()) if word in spelled)

    named = max(parts, key=letters)
    if 2 * letters(named) >= len(domain.partition(".")[0]):
        return named
    return title if title and parts[0].casefold() != "feed" else host(url)


def new_source_key(name: str, url: str, taken: Collection[str]) -> str:
    """A key that no other source has: the words of the name, else what the site is called, with a
    number if need be.
    """
    has_words = any(char.isascii() and char.isalnum() for char in name)
    made = slug(name if has_words else registrable_domain(url).partition(".")[0], _MOST_KEY)
    numbered = (made if n == 1 else f"{made}-{n}" for n in count(1))
    return next(key for key in numbered if key not in taken)


async def _asked(web: Web, url: str) -> Response | Unreadable:
    try:
        response = await web.fetch(Request(url=url, accept=ACCEPT_FEED))
    except WebError as error:
        return Unreadable(reason=error.reason)
    return response if response.status == 200 else Unreadable(reason=f"http {response.status}")


async def _read(parsers: Parsers, response: Response) -> Feed | Unreadable:
    feed = await parsers.feed(
        response.body,
        url=response.url,
        content_type=response.content_type,
        source_key=_KEY,
        location=response.location,
    )
    asked = (response.url, *(hop.url for hop in response.hops))
    return feed if isinstance(feed, Unreadable) else feed_without_secrets(feed, asked)
