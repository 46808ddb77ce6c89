"""Asks sources and pages through the Web port, many at once, and yields what came of each as it comes.

Decides nothing: who is asked is in `plan`, what an answer means in `outcome`. Nobody is started while `MOST_AT_ONCE`
are under way or wait to be taken, so a slow consumer holds back the asking and few bodies lie in memory.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from datetime import datetime
from typing import TypeVar

from aggregator.domain import urls
from aggregator.errors import WebError
from aggregator.fetch.outcome import Outcome, PageAsk, PageFailed, PageFetched, page_outcome, source_outcome
from aggregator.fetch.plan import Ask
from aggregator.fetch.robots import RobotsRules
from aggregator.ports import Request, Response, Web

MOST_AT_ONCE = 64  # more than the default `concurrency` of 24, since many only wait for the spacing of their host
MOST_PER_HOST = 2  # one waiting while one is answered: more would let a slow host take all places

ACCEPT_PAGE = "text/html, application/xhtml+xml, text/plain;q=0.8, */*;q=0.1"

Item = TypeVar("Item")
Result = TypeVar("Result")


async def ask_sources(web: Web, asks: Iterable[Ask], now: datetime) -> AsyncGenerator[Outcome, None]:
    """What came of each source, in the order of the answers."""

    async def asked(ask: Ask) -> Outcome:
        return source_outcome(ask, await _answer(web, ask.request), now)

    async with aclosing(_completed(asked, _queues(asks, lambda ask: ask.request.url))) as outcomes:
        async for outcome in outcomes:
            yield outcome


async def ask_pages(
    web: Web, robots: RobotsRules, asks: Iterable[PageAsk], now: datetime, *, respect_robots: bool = True
) -> AsyncGenerator[PageFetched | PageFailed, None]:
    """What came of each page, in the order of the answers; hosts take turns, however many pages each has."""

    async def asked(ask: PageAsk) -> PageFetched | PageFailed:
        refusal = await robots.refusal(ask.url) if respect_robots else None
        return page_outcome(ask, refusal or await _answer(web, Request(url=ask.url, accept=ACCEPT_PAGE)), now)

    async with aclosing(_completed(asked, _queues(asks, lambda ask: ask.url))) as outcomes:
        async for outcome in outcomes:
            yield outcome


async def _answer(web: Web, request: Request) -> Response | WebError:
    try:
        return await web.fetch(request)
    except WebError as error:
        return error


def _queues(items: Iterable[Item], url_of: Callable[[Item], str]) -> list[deque[Item]]:
    """The items of each host in their order, hosts in the order of their first item."""
    queues: dict[str, deque[Item]] = {}
    for item in items:
        queues.setdefault(urls.host(url_of(item)), deque()).append(item)
    return list(queues.values())


async def _completed(work: Callable[[Item], Awaitable[Result]], queues: list[deque[Item]]) -> AsyncGenerator[Result, None]:
    """The results as they come; hosts take turns, none with more than its share under way."""
    turns = deque(queue for _ in range(MOST_PER_HOST) for queue in queues)
    finished = asyncio.Queue[asyncio.Task[Result]]()
    under_way = dict[asyncio.Task[Result], deque[Item]]()

    async def worked(item: Item) -> Result:
        return await work(item)

    def start_more() -> None:
        while turns and len(under_way) < MOST_AT_ONCE:
            if queue := turns.popleft():  # an exhausted host leaves the round
                task = asyncio.create_task(worked(queue.popleft()))
                under_way[task] = queue
                task.add_done_callback(finished.put_nowait)

    try:
        start_more()
        while under_way:
            task = await finished.get()
            turns.append(under_way.pop(task))
            start_more()
            yield task.result()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
