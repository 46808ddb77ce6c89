"""Where a site may have its feed, if its page does not say. Pure."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from aggregator.domain.web.urls import fetchable_url

# The most common of those that public lists of 700 feeds hold, the first first: a site is asked for
# eight at most.
_OF_A_FOLDER = ("feed", "rss.xml", "feed.xml", "index.xml")
_OF_A_SITE = ("feed", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss")
MOST_GUESSES = 8


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
    return tuple(dict.fromkeys(each for each in found if each and each not in asked))[:MOST_GUESSES]
