"""A feed on its way from a worker to the main process, as tuples: pickling 20 entries takes half the time then.

dataclasses that are frozen and have slots are pickled field by field in Python; tuples of strings in C.
"""

from __future__ import annotations

from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from aggregator.domain.entry import Dated, DateOrigin, Entry, Feed

Packed = tuple[Feed, list[tuple[Any, ...]]]  # the feed without its entries, and their fields in the order of `Entry`

_NAMES = tuple(each.name for each in fields(Entry))
_values = attrgetter(*_NAMES)


def packed(feed: Feed) -> Packed:
    """What `unpacked` takes apart. Dates of feeds are of one origin, so the moment is enough."""
    return replace(feed, entries=()), [_without_origin(_values(entry)) for entry in feed.entries]


def _without_origin(values: tuple[Any, ...]) -> tuple[Any, ...]:
    at = _NAMES.index("published")
    return (*values[:at], values[at] and values[at].at, *values[at + 1 :])


def unpacked(feed: Packed) -> Feed:
    """The feed that was packed."""
    return replace(feed[0], entries=tuple(_entry(values) for values in feed[1]))


def _entry(values: tuple[Any, ...]) -> Entry:
    said = dict(zip(_NAMES, values, strict=True))
    if said["published"]:
        said["published"] = Dated(at=said["published"], origin=DateOrigin.FEED)
    return Entry(**said)
