"""Tombstones of sources whose publisher asked to be left out: what is stored to recognise them, so
that they are not read again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from aggregator.domain.frozen import frozen
from aggregator.domain.source import Source
from aggregator.domain.web.urls import host

REMOVED = "removed at its publisher’s request"  # shown to readers

# Where many publish: that one of them asks to be left out says nothing of the others.
_PLATFORMS = frozenset(
    "github.com raw.githubusercontent.com gitlab.com huggingface.co arxiv.org openreview.net "
    "medium.com substack.com youtube.com reddit.com x.com twitter.com linkedin.com "
    "news.ycombinator.com lobste.rs feedburner.com feeds.feedburner.com google.com "
    "news.google.com wordpress.com blogspot.com".split()
)


@frozen
class Tombstone:
    """A source that was removed: its key and address, the hosts that are its publisher's own, and
    since when.
    """

    key: str
    url: str
    hosts: tuple[str, ...]
    since: datetime


def own_hosts(urls: Iterable[str], others: Collection[str]) -> tuple[str, ...]:
    """The hosts of these addresses that are one publisher's own, by name: no platform, and none of
    the hosts of others.
    """
    found = {name for name in map(host, urls) if name}
    return tuple(
        sorted(name for name in found if name not in _PLATFORMS and not _is_of(name, others))
    )


def is_barred(url: str, hosts: Collection[str]) -> bool:
    """Whether an address lies at one of these hosts or below it."""
    return bool(hosts) and _is_of(host(url), hosts)


def is_forgotten(source: Source, tombstones: Collection[Tombstone]) -> bool:
    """Whether a source is one that we are to leave out: by key, by address, or by the host it is
    at.
    """
    return any(
        tombstone.key == source.key
        or tombstone.url == source.url
        or any(_is_of(name, tombstone.hosts) for name in source.hosts)
        for tombstone in tombstones
    )


def _is_of(name: str, hosts: Collection[str]) -> bool:
    return any(name == listed or name.endswith(f".{listed}") for listed in hosts)
