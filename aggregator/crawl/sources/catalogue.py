"""The sources as one list: which address is followed already, and the key of a new one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import count

from aggregator.domain.source import Source
from aggregator.domain.web.urls import canonical_url, registrable_domain
from aggregator.english.text import slug

_MOST_KEY = 40  # characters; a key stands in addresses


def followed(sources: Iterable[Source]) -> dict[str, Source]:
    """The sources by the address that they are known under, so that http and https are one."""
    found: dict[str, Source] = {}
    for source in sources:
        found.setdefault(known_address(source.url), source)
    return found


def known_address(url: str) -> str:
    """What two spellings of one source's address have in common."""
    return canonical_url(url) or url


def new_key(name: str, url: str, taken: Collection[str]) -> str:
    """A key that no other source has: the words of the name, else what the site is called, with a
    number if need be.
    """
    has_words = any(char.isascii() and char.isalnum() for char in name)
    made = slug(name if has_words else registrable_domain(url).partition(".")[0], _MOST_KEY)
    numbered = (made if n == 1 else f"{made}-{n}" for n in count(1))
    return next(key for key in numbered if key not in taken)
