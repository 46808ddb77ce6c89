"""A feed on its way from a worker to the main process, as tuples: pickling 20 entries takes half
the time then.

dataclasses that are frozen and have slots are pickled field by field in Python; tuples of strings
in C.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aggregator.domain.entry import DateOrigin, Entry, EntryDate, Feed

Packed = tuple[
    Feed, list[tuple[Any, ...]]
]  # the feed without its entries, and their fields in the order of `_values`


def packed(feed: Feed) -> Packed:
    """What `unpacked` takes apart. Dates of feeds are of one origin, so the moment is enough."""
    return replace(feed, entries=()), [_values(entry) for entry in feed.entries]


def _values(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.source_key,
        entry.guid,
        entry.url,
        entry.title,
        entry.authors,
        entry.published and entry.published.at,
        entry.updated,
        entry.summary,
        entry.content,
        entry.tags,
        entry.language,
    )


def unpacked(feed: Packed) -> Feed:
    """The feed that was packed."""
    return replace(feed[0], entries=tuple(_entry(values) for values in feed[1]))


def _entry(values: tuple[Any, ...]) -> Entry:
    source_key, guid, url, title, authors, published, updated, summary, content, tags, language = (
        values
    )
    return Entry(
        source_key=source_key,
        guid=guid,
        url=url,
        title=title,
        authors=authors,
        published=EntryDate(at=published, origin=DateOrigin.FEED) if published else None,
        updated=updated,
        summary=summary,
        content=content,
        tags=tags,
        language=language,
    )
