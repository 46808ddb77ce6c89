"""Parsing in a process that can be killed: hostile documents cost a parser minutes, and asyncio
cannot stop it.

The parsers are imported in the worker only, so the main process stays small. A worker that hangs,
dies or runs out of memory costs one document, never the next; workers end by themselves when the
main process is gone. Feeds that wait at the same time go to a worker together, as the way there and
back costs as much as reading a small one; when such a batch fails, each of it is read alone, so
that one bad feed costs the others two seconds of a processor at most. After each document a worker
gives back the memory that it no longer uses, and one that still holds much of it ends: what a
document leaves behind would be added to what the next one needs.
"""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from aggregator.domain.article import PageText
from aggregator.domain.entry import (
    Feed,
    FeedLink,
    SitemapIndex,
    Unreadable,
)
from aggregator.domain.page_template import Template
from aggregator.domain.source import Listing
from aggregator.extract.parser_worker import (
    FEED,
    GROWN,
    OUT_OF_MEMORY,
    prepare,
    read_document,
    read_feeds,
    unpacked,
    within,
)

if TYPE_CHECKING:
    from pebble import ProcessPool

# Limits are of processor time: what can be read does not depend on what else the machine has to do.
FEED_LIMIT_S = 10.0  # the slowest of 200 real feeds takes 0.4 s
PAGE_LIMIT_S = 10.0  # the slowest of 600 real pages takes 0.7 s, on a new worker 1.9 s
# Address space of a worker: 150 MB for interpreter, parsers and the calendars of all languages that
# htmldate comes to load, the rest for one document. Of what it spans, the most hostile documents
# made a worker hold under 300 MB.
MEMORY_LIMIT_BYTES = 448 * 2**20
# kept after a document: a worker needs 60 to 110 MB, and the most hostile documents 140 MB more
GROWN_BYTES = 160 * 2**20
TASKS_PER_WORKER = 1_000  # then a fresh one: the parsers keep caches, and memory fragments
BATCH_LIMIT_S = 2.0  # feedparser reads a batch of the most bytes in 0.2 s
START_METHOD = "spawn"  # of multiprocessing; no "forkserver", which hides what the workers cost
_MOST_TOGETHER = 16  # feeds in one batch
_MOST_TOGETHER_BYTES = 512_000  # beyond them, what the way costs is no longer felt
_MOST_WAITED = 6.0  # times a limit, by the clock: for who waits on a busy machine, or sleeps
_START_S = 30.0  # beyond a document's limit, for a worker to start on a busy machine


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _QueuedFeed:
    """A feed that waits for a worker, or is read by one; `answer` is cancelled when nobody wants it
    any more.
    """

    arguments: dict[str, Any]
    answer: asyncio.Future[Feed | Unreadable]


class ParserPool:
    """Reads feeds and pages in worker processes; an async context manager. Starts none before the
    first document.

    No parser sees an address's secret: parsers get its `str`, which has none, as the base for
    relative links.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        feed_limit_s: float = FEED_LIMIT_S,
        page_limit_s: float = PAGE_LIMIT_S,
        memory_bytes: int = MEMORY_LIMIT_BYTES,
        grown_bytes: int = GROWN_BYTES,
    ) -> None:
        self._workers, self._memory_bytes, self._grown_bytes = workers, memory_bytes, grown_bytes
        self._feed_limit_s, self._page_limit_s = feed_limit_s, page_limit_s
        self._batch_limit_s = min(BATCH_LIMIT_S, feed_limit_s)
        # no document waits inside the pool, where its time would run
        self._slots = asyncio.Semaphore(workers)
        self._asked = deque[_QueuedFeed]()
        self._readers = set[asyncio.Task[None]]()
        self._pool: ProcessPool | None = None

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stops the workers, whatever they are doing."""
        for reader in self._readers:
            reader.cancel()
        if self._pool:
            await asyncio.to_thread(_stop, self._pool)

    async def feed(
        self, body: bytes, *, url: str, content_type: str, source_key: str, location: str = ""
    ) -> Feed | Unreadable:
        """`extract.feed.feed.read_feed`, within its time and memory."""
        arguments = {
            "body": body,
            "url": str(url),
            "content_type": content_type,
            "source_key": source_key,
            "location": str(location),
        }
        asked = _QueuedFeed(arguments=arguments, answer=asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        if len(self._readers) < self._workers:
            reader = asyncio.create_task(self._read_queued())
            self._readers.add(reader)
            reader.add_done_callback(self._readers.discard)
        return await asked.answer

    async def listing(
        self, body: bytes, *, url: str, content_type: str, source_key: str, listing: Listing
    ) -> Feed | SitemapIndex | Unreadable:
        """`extract.feed.listing.read_listing`, within the time and memory of a feed."""
        found: Feed | SitemapIndex | Unreadable = await self._parsed(
            "feed.listing:read_listing",
            self._feed_limit_s,
            body=body,
            url=str(url),
            content_type=content_type,
            source_key=source_key,
            listing=listing,
        )
        return found

    async def outline(self, body: bytes, *, content_type: str) -> str | Unreadable:
        """`extract.feed.html_listing.page_outline`, within the time and memory of a feed."""
        found: str | Unreadable = await self._parsed(
            "feed.html_listing:page_outline",
            self._feed_limit_s,
            body=body,
            content_type=content_type,
        )
        return found

    async def feed_links(
        self, body: bytes, *, url: str, content_type: str
    ) -> tuple[FeedLink, ...] | Unreadable:
        """`extract.feed.html_listing.feed_links`, within the time and memory of a page."""
        found: tuple[FeedLink, ...] | Unreadable = await self._parsed(
            "feed.html_listing:feed_links",
            self._page_limit_s,
            body=body,
            url=str(url),
            content_type=content_type,
        )
        return found

    async def page(
        self, body: bytes, *, url: str, content_type: str, template: Template | None = None
    ) -> PageText | Unreadable:
        """`extract.page.article.read_page`, within its time and memory."""
        found: PageText | Unreadable = await self._parsed(
            "page.article:read_page",
            self._page_limit_s,
            body=body,
            url=str(url),
            content_type=content_type,
            template=template,
        )
        return found

    async def _read_queued(self) -> None:
        """Reads feeds, batch by batch, until none waits."""
        while self._asked:
            async with self._slots:
                batch = self._next_batch()
                reading = asyncio.create_task(self._read_together(batch))
                for asked in batch:
                    asked.answer.add_done_callback(
                        lambda _: reading.cancel() if _are_cancelled(batch) else None  # noqa: B023
                    )
                await asyncio.wait([reading])
                _settle(batch, reading)

    def _next_batch(self) -> tuple[_QueuedFeed, ...]:
        batch: list[_QueuedFeed] = []
        size = 0
        while self._asked and len(batch) < _MOST_TOGETHER:
            size += len(self._asked[0].arguments["body"])
            if batch and size > _MOST_TOGETHER_BYTES:
                break
            batch.append(self._asked.popleft())
        return tuple(batch)

    async def _read_together(self, batch: Sequence[_QueuedFeed]) -> None:
        if len(batch) > 1:
            several = [asked.arguments for asked in batch]
            found = await self._attempt(self._batch_limit_s, read_feeds, several)
            if not isinstance(found, Unreadable):
                for asked, feed in zip(batch, found, strict=True):
                    _answer(asked, feed if isinstance(feed, Unreadable) else unpacked(*feed))
                return
        for asked in batch:
            found = await self._attempt(self._feed_limit_s, read_document, FEED, asked.arguments)
            _answer(asked, found)

    async def _parsed(self, reader: str, limit_s: float, **arguments: Any) -> Any:
        async with self._slots:
            return await self._attempt(limit_s, read_document, reader, arguments)

    async def _attempt(self, limit_s: float, function: Callable[..., Any], *task: Any) -> Any:
        """What a function makes of its task in a worker, or why there is nothing; for who has a
        slot.
        """
        from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - as `_new_pool`

        from pebble import ProcessExpired  # noqa: PLC0415

        # An idle worker that was killed breaks the pool, so try once more on a new one; each worker
        # may also have grown.
        for _ in range(2 + self._workers):
            pool = self._pool = self._pool or self._new_pool()
            most_s = limit_s * _MOST_WAITED
            whole = (limit_s, self._grown_bytes, function, *task)
            future = asyncio.wrap_future(pool.schedule(within, args=whole, timeout=most_s))
            try:
                return await asyncio.wait_for(future, most_s + _START_S)
            except TimeoutError:
                if future.cancelled():  # not even the pool answered
                    await self._restart(pool)
                return Unreadable(reason=f"took longer than {most_s:g} s to parse")
            except ProcessExpired as expired:
                if expired.exitcode == -signal.SIGPROF:
                    return Unreadable(reason=f"took longer than {limit_s:g} s to parse")
                if expired.exitcode == -signal.SIGKILL:
                    # in the middle of its answer it leaves the others a lock and half a message
                    await self._restart(pool)
                if expired.exitcode != GROWN:
                    return Unreadable(reason=_death(expired.exitcode))
            except (BrokenProcessPool, RuntimeError):
                await self._restart(pool)
            except asyncio.CancelledError:
                if self._pool is pool:  # else somebody else's restart took the document along
                    raise
        return Unreadable(reason="parser could not be started")

    async def _restart(self, broken: ProcessPool) -> None:
        if self._pool is broken:
            self._pool = self._new_pool()
            await asyncio.to_thread(_stop, broken)

    def _new_pool(self) -> ProcessPool:
        """A pool, imported for the first document: a run without news has none."""
        import multiprocessing  # noqa: PLC0415

        from pebble import ProcessPool  # noqa: PLC0415

        return ProcessPool(
            max_workers=self._workers,
            max_tasks=TASKS_PER_WORKER,
            initializer=prepare,
            initargs=(self._memory_bytes,),
            context=multiprocessing.get_context(START_METHOD),
        )


def _are_cancelled(batch: Sequence[_QueuedFeed]) -> bool:
    return all(asked.answer.cancelled() for asked in batch)


def _answer(asked: _QueuedFeed, found: Feed | Unreadable) -> None:
    if not asked.answer.done():
        asked.answer.set_result(found)


def _settle(batch: Sequence[_QueuedFeed], reading: asyncio.Task[None]) -> None:
    """Ends every wait for a feed of a batch that failed with the batch's error."""
    for asked in batch:
        if not asked.answer.done():
            error = None if reading.cancelled() else reading.exception()
            asked.answer.set_exception(error or asyncio.CancelledError())


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it unannotated
    pool.join()


def _death(code: int | None) -> str:
    if code == OUT_OF_MEMORY:
        return "parser ran out of memory"
    return (
        f"parser died: signal {-code}"
        if code is not None and code < 0
        else f"parser died: exit code {code}"
    )
