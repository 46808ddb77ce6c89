"""Parsing in a process that can be killed: hostile documents cost a parser minutes, and asyncio cannot stop it.

The parsers are imported in the worker only, so the main process stays small. A worker that hangs, dies or runs out of
memory costs one document, never the next; workers end by themselves when the main process is gone.
"""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from aggregator.domain.article import PageText
from aggregator.domain.entry import Feed
from aggregator.domain.source import Listing
from aggregator.extract.reading import FeedLink, SitemapIndex, Unreadable

FEED_LIMIT_S = 10.0  # the slowest of 200 real feeds takes 0.4 s
PAGE_LIMIT_S = 10.0  # the slowest of 600 real pages takes 0.7 s
# Address space of a worker: 100 MB for interpreter and parsers, the rest for one document. The largest feeds we take
# (10 MB) need 170 MB in all, the largest pages (4 MB) 200 MB.
MEMORY_LIMIT_BYTES = 320 * 2**20
DOCUMENTS_PER_WORKER = 1_000  # then a fresh one: the parsers keep caches, and memory fragments
_START_S = 30.0  # beyond a document's limit, for a worker to start on a busy machine
_OUT_OF_MEMORY = 77  # exit code of a worker; it is not reused, as what it holds may not be given back
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


_Reading = TypeVar("_Reading")


class Parsers:
    """Reads feeds and pages in worker processes; an async context manager. Starts none before it is asked."""

    def __init__(
        self,
        *,
        workers: int = 1,
        feed_limit_s: float = FEED_LIMIT_S,
        page_limit_s: float = PAGE_LIMIT_S,
        memory_bytes: int = MEMORY_LIMIT_BYTES,
    ) -> None:
        self._workers, self._memory_bytes = workers, memory_bytes
        self._feed_limit_s, self._page_limit_s = feed_limit_s, page_limit_s
        self._slots = asyncio.Semaphore(workers)  # no document waits inside the pool, where its time would run
        self._pool = self._new_pool()

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stops the workers, whatever they are doing."""
        await asyncio.to_thread(_stop, self._pool)

    async def feed(self, body: bytes, *, url: str, content_type: str, source_key: str) -> Feed | Unreadable:
        """`extract.feed.read_feed`, within its time and memory."""
        arguments = {"body": body, "url": url, "content_type": content_type, "source_key": source_key}
        found: Feed | Unreadable = await self._parsed(_read_feed, arguments, self._feed_limit_s)
        return found

    async def listing(
        self, body: bytes, *, url: str, content_type: str, source_key: str, listing: Listing
    ) -> Feed | SitemapIndex | Unreadable:
        """`extract.listing.read_listing`, within the time and memory of a feed."""
        arguments = {"body": body, "url": url, "content_type": content_type, "source_key": source_key, "listing": listing}
        found: Feed | SitemapIndex | Unreadable = await self._parsed(_read_listing, arguments, self._feed_limit_s)
        return found

    async def feed_links(self, body: bytes, *, url: str, content_type: str) -> tuple[FeedLink, ...] | Unreadable:
        """`extract.feed_links.feed_links`, within the time and memory of a page."""
        arguments = {"body": body, "url": url, "content_type": content_type}
        found: tuple[FeedLink, ...] | Unreadable = await self._parsed(_feed_links, arguments, self._page_limit_s)
        return found

    async def page(self, body: bytes, *, url: str, content_type: str) -> PageText | Unreadable:
        """`extract.article.read_page`, within its time and memory."""
        arguments = {"body": body, "url": url, "content_type": content_type}
        found: PageText | Unreadable = await self._parsed(_read_page, arguments, self._page_limit_s)
        return found

    async def _parsed(self, function: Any, arguments: dict[str, Any], limit_s: float) -> Any:
        async with self._slots:
            for _ in range(2):  # an idle worker that somebody killed breaks the pool: once more on a new one
                future = asyncio.wrap_future(self._pool.schedule(function, kwargs=arguments, timeout=limit_s))
                try:
                    return await asyncio.wait_for(future, limit_s + _START_S)
                except TimeoutError:
                    if future.cancelled():  # not even the pool answered
                        await self._restart()
                    return Unreadable(reason=f"took longer than {limit_s:g} s to parse")
                except ProcessExpired as expired:
                    return Unreadable(reason=_death(expired.exitcode))
                except (BrokenProcessPool, RuntimeError):
                    await self._restart()
        return Unreadable(reason="parser could not be started")

    async def _restart(self) -> None:
        broken, self._pool = self._pool, self._new_pool()
        await asyncio.to_thread(_stop, broken)

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=DOCUMENTS_PER_WORKER,
            initializer=_prepare,
            initargs=(os.getpid(), self._memory_bytes),
            context=multiprocessing.get_context("spawn"),
        )


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it unannotated
    pool.join()


def _death(code: int | None) -> str:
    if code == _OUT_OF_MEMORY:
        return "parser ran out of memory"
    return f"parser died: signal {-code}" if code is not None and code < 0 else f"parser died: exit code {code}"


# What follows runs in the worker. Imports stand inside, as the main process imports this module too.


def _prepare(parent: int, memory_bytes: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # at once, also inside a C function
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    if sys.platform == "linux":  # elsewhere a worker ends when it next looks for a document
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    import aggregator.extract.article  # noqa: PLC0415
    import aggregator.extract.feed  # noqa: F401, PLC0415


def _read_feed(**arguments: Any) -> Feed | Unreadable:
    from aggregator.extract.feed import read_feed  # noqa: PLC0415

    return _guarded(lambda: read_feed(**arguments))


def _read_listing(**arguments: Any) -> Feed | SitemapIndex | Unreadable:
    from aggregator.extract.listing import read_listing  # noqa: PLC0415 - few sources are listings

    return _guarded(lambda: read_listing(**arguments))


def _feed_links(**arguments: Any) -> tuple[FeedLink, ...] | Unreadable:
    from aggregator.extract.feed_links import feed_links  # noqa: PLC0415 - only `sources add` asks

    return _guarded(lambda: feed_links(**arguments))


def _read_page(**arguments: Any) -> PageText | Unreadable:
    from aggregator.extract.article import read_page  # noqa: PLC0415

    return _guarded(lambda: read_page(**arguments))


def _guarded(read: Callable[[], _Reading]) -> _Reading | Unreadable:
    try:
        return read()
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001 - parsers raise what they like at the wild web; it costs one document
        return Unreadable(reason=f"parser failed: {type(error).__name__}: {str(error)[:120]}")
