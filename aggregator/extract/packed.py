"""A feed on its way from a worker to the main process, as tuples: pickling 20 entries takes half the time then.

dataclasses that are frozen and have slots are pickled field by field in Python; tuples of strings in C.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from aggregator.domain.entry import Dated, DateOrigin, Entry, Feed

Packed = tuple[Feed, list[tuple[Any, ...]]]  # the feed without its entries, and their fields in the order of `Entry`

_values = attrgetter(*(each.name for each in fields(Entry)))
_PUBLISHED = [each.name for each in fields(Entry)].index("published")


def packed(feed: Feed) -> Packed:
    """What `unpacked` takes apart. Dates of feeds are of one origin, so the moment is enough."""
    return replace(feed, entries=()), [_without_origin(_values(entry)) for entry in feed.entries]


def _without_origin(values: tuple[Any, ...]) -> tuple[Any, ...]:
    published = values[_PUBLISHED]
    return (*values[:_PUBLISHED], published.at if published else None, *values[_PUBLISHED + 1 :])


def unpacked(feed: Packed) -> Feed:
    """The feed that was packed."""
    return replace(feed[0], entries=tuple(_entry(*values) for values in feed[1]))


def _entry(
    source_key: str, guid: str, url: str, title: str, authors: tuple[str, ...], published: datetime | None,
    updated: datetime | None, summary: str, content: str, tags: tuple[str, ...], language: str | None,
) -> Entry:  # fmt: skip
    return Entry(
        source_key=source_key,
        guid=guid,
        url=url,
        title=title,
        authors=authors,
        published=Dated(at=published, origin=DateOrigin.FEED) if published else None,
        updated=updated,
        summary=summary,
        content=content,
        tags=tags,
        language=language,
    )
