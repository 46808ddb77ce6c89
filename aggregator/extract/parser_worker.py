"""What runs in a worker of `parser_pool`. Imports of parsers stand inside functions, as the main
process imports this module too.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pkgutil
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from aggregator.domain.entry import DateOrigin, Entry, EntryDate, Feed, Unreadable

# exit code of a worker; it is not reused, as what it holds may not be given back
OUT_OF_MEMORY = 77
GROWN = 78  # exit code of a worker that held too much memory to read on
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_READERS = "aggregator.extract."
FEED = "feed.feed:read_feed"
# dataclasses that are frozen and have slots are pickled field by field in Python, tuples of strings
# in C: 20 entries of a feed take half the time so
_FIELDS = tuple(field.name for field in fields(Entry) if field.name != "published")
_values = attrgetter(*_FIELDS)
_Packed = tuple[Feed, list[tuple[datetime | None, tuple[Any, ...]]]]


def prepare(memory_bytes: int) -> None:
    """Limits a new worker's memory, ties its life to the main process, and loads the parsers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # at once, also inside a C function
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    if sys.platform == "linux":  # elsewhere a worker ends when it next looks for a document
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    import multiprocessing  # noqa: PLC0415

    main = multiprocessing.parent_process()
    if main is None or not main.is_alive():
        os._exit(1)
    import aggregator.extract.feed.feed  # noqa: PLC0415
    import aggregator.extract.page.article  # noqa: F401, PLC0415


def within(limit_s: float, grown_bytes: int, function: Callable[..., Any], *task: Any) -> Any:
    """The result of a function; SIGPROF ends the process once it has used so much processor time,
    even in C code.

    A worker that holds too much memory from earlier documents ends instead, which is not this
    document's failure.
    """
    if _held_bytes() > grown_bytes:
        os._exit(GROWN)
    signal.setitimer(signal.ITIMER_PROF, limit_s)
    try:
        return function(*task)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        if _held_bytes() > grown_bytes:
            _give_back()


def _held_bytes() -> int:
    """The memory that this process holds, 0 if the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _give_back() -> None:
    """Empties caches and returns the free memory that glibc keeps: 323 MB held after a page become
    73.
    """
    from aggregator.extract.page.article import empty_caches  # noqa: PLC0415

    empty_caches()
    gc.collect()
    with suppress(AttributeError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)


def read_document(reader: str, arguments: dict[str, Any]) -> Any:
    """What a reader makes of a document. It is imported by name when first asked for, as few
    sources are listings and fewer pages are searched for feeds.
    """
    read = pkgutil.resolve_name(_READERS + reader)
    try:
        return read(**arguments)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    # parsers raise anything on the wild web; it costs one document
    except Exception as error:  # noqa: BLE001
        return Unreadable(reason=f"parser failed: {type(error).__name__}: {str(error)[:120]}")


def read_feeds(asked: Sequence[dict[str, Any]]) -> list[_Packed | Unreadable]:
    """The feeds of a batch, packed, each with its own failure."""
    feeds = (read_document(FEED, arguments) for arguments in asked)
    return [feed if isinstance(feed, Unreadable) else _packed(feed) for feed in feeds]


def _packed(feed: Feed) -> _Packed:
    """A feed as tuples. Its dates are of one origin, so the moment is enough."""
    moments = (entry.published.at if entry.published else None for entry in feed.entries)
    entries = list(zip(moments, map(_values, feed.entries), strict=True))
    return replace(feed, entries=()), entries


def unpacked(feed: Feed, entries: Sequence[tuple[datetime | None, tuple[Any, ...]]]) -> Feed:
    """The feed that was packed."""
    return replace(feed, entries=tuple(_entry(at, values) for at, values in entries))


def _entry(at: datetime | None, values: tuple[Any, ...]) -> Entry:
    published = EntryDate(at=at, origin=DateOrigin.FEED) if at else None
    return Entry(published=published, **dict(zip(_FIELDS, values, strict=True)))
