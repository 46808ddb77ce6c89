"""What a publisher wrote: the feed and its entries, exactly as published (markup included), or what
a document is that has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.web.address import Address, link_without_secrets, without_secrets
from aggregator.domain.web.urls import canonical_url

_UNLINKED = "unlinked:"  # begins the guid of an entry that links to nothing
# hnrss ("Points: 118 # Comments: 45") and the feeds of link boards ("score: 12 comments: 3"). The
# colon is looked for first: most summaries have none, and are searched 200 times as fast.
_COUNTED = re.compile(
    r":(?:(?<=\bpoints:)|(?<=\bscore:)|(?<=\bcomments:)|(?<=\bupvotes:))\s*(\d{1,6})\b",
    re.IGNORECASE,
)


class DateOrigin(StrEnum):
    """Where a date was read; the earlier in this list, the more it is trusted."""

    FEED = "feed"
    PAGE = "page"
    URL = "url"
    FIRST_SEEN = "first_seen"


@frozen
class EntryDate:
    """A moment (aware, UTC) and where it was read."""

    at: datetime
    origin: DateOrigin


@frozen
class Entry:
    """One thing a feed lists. `summary` and `content` are HTML or text as published, never
    sanitised.

    `guid` is the feed's own id, or the link, or a hash of the title: it is unique within its source
    only. `votes` are the points and comments that a community gives it, together.
    """

    source_key: str
    guid: str
    url: str
    title: str
    authors: tuple[str, ...] = ()
    published: EntryDate | None = None
    updated: datetime | None = None
    summary: str = ""
    content: str = ""
    tags: tuple[str, ...] = ()
    language: str | None = None
    votes: int = 0

    @property
    def is_unlinked(self) -> bool:
        """Whether it links to nothing: a headline, whose address is its source's own page."""
        return self.guid.startswith(_UNLINKED)

    @property
    def article_id(self) -> str | None:
        """The id of the article that it points to; None where its address is none of the web."""
        if self.is_unlinked:
            return stable_id("article", self.source_key, self.guid)
        address = canonical_url(self.url)
        return stable_id("article", address) if address else None


@frozen
class Feed:
    """A feed as read: what it says of itself, its entries in document order, and what was wrong
    with it.

    `told_s` is the interval it asks for (RSS ttl, syn:updatePeriod) in seconds, `skip_hours` (0-23,
    UTC) and `skip_days` (0 Monday) when it wants no visit; `reserved` the word by which it closes
    its texts to models. `left_out` counts what it lists that is none of the entries, for want of a
    link or a title. `records` are what a plugin reads that are no entries.
    """

    title: str = ""
    language: str | None = None
    home_url: str = ""
    entries: tuple[Entry, ...] = ()
    warning: str | None = None
    told_s: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    reserved: str = ""
    left_out: int = 0
    records: tuple[Any, ...] = ()


def feed_without_secrets(feed: Feed, addresses: Iterable[str]) -> Feed:
    """The feed without the passwords and keys of the addresses it was fetched from: some feeds
    write them into every link.
    """
    secrets = frozenset[str]().union(*(Address(address).secrets for address in addresses))
    if not secrets:
        return feed
    entries = tuple(
        replace(
            entry,
            guid=without_secrets(entry.guid, secrets),
            url=link_without_secrets(entry.url, secrets),
            title=without_secrets(entry.title, secrets),
            authors=tuple(without_secrets(author, secrets) for author in entry.authors),
            summary=without_secrets(entry.summary, secrets),
            content=without_secrets(entry.content, secrets),
            tags=tuple(without_secrets(tag, secrets) for tag in entry.tags),
        )
        for entry in feed.entries
    )
    home = link_without_secrets(feed.home_url, secrets)
    warning = feed.warning and without_secrets(feed.warning, secrets)
    return replace(
        feed,
        title=without_secrets(feed.title, secrets),
        home_url=home,
        entries=entries,
        warning=warning,
    )


class EntryState(StrEnum):
    """What became of an entry: to be read, read, or remembered unread because it is too old,
    filtered out, off topic, or held.

    Held is what a source lists while it is in quarantine.
    """

    PENDING = "pending"
    READ = "read"
    OLD = "old"
    FILTERED = "filtered"
    OFF_TOPIC = "off_topic"
    HELD = "held"


@frozen
class SeenEntry:
    """An entry with what we made of it: the article it points to, when we first saw it, what is to
    be done.

    `backlog`: it stood in the source before the source was followed, in a house that already
    followed others. `issue_id` is the issue of a newsletter that links to it, empty where the
    source itself lists it.
    """

    entry: Entry
    article_id: str
    first_seen: datetime
    state: EntryState
    backlog: bool = False
    issue_id: str = ""


@frozen
class Unreadable:
    """A document that gave nothing, and why, in words for the run report."""

    reason: str


@frozen
class FeedLink:
    """A feed that a page says it has (`<link rel="alternate">`), its address absolute."""

    url: str
    title: str = ""


@frozen
class SitemapIndex:
    """A sitemap of sitemaps: the addresses of those to be read in its place."""

    urls: tuple[str, ...]


def unlinked(entry: Entry, page: str) -> Entry:
    """The entry that links to nothing, known by its source, title and day, at its source's page."""
    day = entry.published.at.date().isoformat() if entry.published else ""
    known_by = stable_id(entry.source_key, entry.title, day)
    return replace(entry, url=page, guid=f"{_UNLINKED}{known_by}")


def votes_in(summary: str) -> int:
    """The points and comments that a summary counts, together; 0 where it counts none."""
    return sum(map(int, _COUNTED.findall(summary)))


def without_votes(summary: str) -> str:
    """The summary without the numbers of points and comments, which change by the hour."""
    return _COUNTED.sub(":", summary)
