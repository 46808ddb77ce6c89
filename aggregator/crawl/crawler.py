"""Fetches sources and pages through the Web port, many at once, and yields the outcomes as they
come.

Decides nothing: `plan` chooses the sources, `outcome` and `page_outcome` interpret the answers. No
request is started while `MOST_AT_ONCE` are under way or wait to be taken, so a slow consumer holds
back the fetching and few bodies lie in memory.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from aggregator.crawl.outcome import Outcome, source_outcome
from aggregator.crawl.page_outcome import (
    PageClosed,
    PageFetched,
    PageOutcome,
    PageRequest,
    page_outcome,
)
from aggregator.crawl.plan import SourceRequest, is_page
from aggregator.crawl.robots import RobotsRules
from aggregator.domain.settings import FetchSettings
from aggregator.domain.web import urls
from aggregator.domain.web.rights import closing_header
from aggregator.errors import PausedError, WebError
from aggregator.ports import Request, Response, Web

# more than the default `concurrency` of 24, since many only wait for the spacing of their domain
MOST_AT_ONCE = 64
MOST_TOGETHER = 16  # results handed on together
MOST_PER_DOMAIN = 2  # one waiting while one is answered: more would let a slow host take all places
# that one run waits for the pages of one origin; arXiv wants 15 s and lists hundreds a day
MOST_SPACED_S = 300.0

ACCEPT_PAGE = "text/html, application/xhtml+xml, text/plain;q=0.8, */*;q=0.1"

Item = TypeVar("Item")
Result = TypeVar("Result")


async def fetch_sources(
    web: Web,
    asks: Iterable[SourceRequest],
    settings: FetchSettings,
    now: datetime,
    robots: RobotsRules | None = None,
) -> AsyncGenerator[Outcome, None]:
    """The outcome of each source, in the order of the answers.

    `robots` are the rules for sources that are pages; feeds only keep the spacing that is already
    known.
    """

    async def asked(ask: SourceRequest) -> Outcome:
        url, refusal, spacing_s = ask.request.url, None, 0.0
        if robots and (is_page(ask.source) or settings.robots_for_feeds):
            refusal, spacing_s = await robots.refusal(url), await robots.spacing_s(url)
        elif robots:
            spacing_s = robots.known_spacing_s(url)
        request = replace(ask.request, spacing_s=spacing_s)
        return source_outcome(ask, refusal or await _answer(web, request), settings, now)

    async with aclosing(_completed(asked, _queues(asks, lambda ask: ask.request.url))) as found:
        async for outcomes in found:
            for outcome in outcomes:
                yield outcome


async def fetch_pages(
    web: Web,
    robots: RobotsRules,
    asks: Iterable[PageRequest],
    now: datetime,
    *,
    respect_robots: bool = True,
) -> AsyncGenerator[Sequence[PageOutcome], None]:
    """The outcomes of pages in the order of the answers, a few together where they wait to be
    taken; domains take turns, however many pages they have.
    """
    visitor = _Visitor(web, robots if respect_robots else None, now, robots.agent)
    async with aclosing(_completed(visitor.asked, _queues(asks, lambda ask: ask.url))) as found:
        async for outcomes in found:
            yield outcomes


async def reserved_addresses(robots: RobotsRules, addresses: Iterable[str]) -> dict[str, str]:
    """The reservation that closes the text at an address to AI systems, by address, for those whose
    origins reserve it.
    """

    async def asked(address: str) -> tuple[str, str]:
        return address, await robots.reservation(address)

    async with aclosing(_completed(asked, _queues(addresses, lambda address: address))) as found:
        return {address: word async for several in found for address, word in several if word}


class _Visitor:
    """Fetches pages by the rules of their origins: not those that are barred or closed, nor more
    than the spacing allows.
    """

    def __init__(self, web: Web, robots: RobotsRules | None, now: datetime, agent: str) -> None:
        self._web, self._robots, self._now, self._agent = web, robots, now, agent
        self._spaced_s = defaultdict[str, float](float)

    async def asked(self, ask: PageRequest) -> PageOutcome:
        """The outcome of one page; after a redirect to another origin its rules count, too."""
        spacing_s, found = await self._demands(ask, ask.url)
        if found:
            return found
        answer = await _answer(
            self._web, Request(url=ask.url, accept=ACCEPT_PAGE, spacing_s=spacing_s)
        )
        outcome = page_outcome(ask, answer, self._now)
        if not isinstance(outcome, PageFetched):
            return outcome
        if word := closing_header(outcome.response.headers, self._agent):
            return PageClosed(article_id=ask.article_id, reserved=word)
        if urls.origin(outcome.response.url) != urls.origin(ask.url):
            _, found = await self._demands(ask, outcome.response.url)
        return found or outcome

    async def _demands(self, ask: PageRequest, url: str) -> tuple[float, PageOutcome | None]:
        """The spacing that an origin asks for, and the outcome of the page where its rules already
        decide it.
        """
        if self._robots is None:
            return 0.0, None
        if word := await self._robots.reservation(url):
            return 0.0, PageClosed(article_id=ask.article_id, reserved=word)
        if refusal := await self._robots.refusal(url):
            return 0.0, page_outcome(ask, refusal, self._now)
        spacing_s = await self._robots.spacing_s(url)
        self._spaced_s[urls.origin(url)] += spacing_s
        if self._spaced_s[urls.origin(url)] > MOST_SPACED_S:
            pause = PausedError(
                f"left for a later run: its server asks for {spacing_s:g} s between two pages",
                self._now,
            )
            return spacing_s, page_outcome(ask, pause, self._now)
        return spacing_s, None


async def _answer(web: Web, request: Request) -> Response | WebError:
    try:
        return await web.fetch(request)
    except WebError as error:
        return error


def _queues(items: Iterable[Item], url_of: Callable[[Item], str]) -> list[deque[Item]]:
    """The items of each registrable domain in their order, domains in the order of their first
    item.
    """
    queues: dict[str, deque[Item]] = {}
    for item in items:
        queues.setdefault(urls.registrable_domain(url_of(item)), deque()).append(item)
    return list(queues.values())


async def _completed(
    work: Callable[[Item], Awaitable[Result]], queues: list[deque[Item]]
) -> AsyncGenerator[Sequence[Result], None]:
    """The results as they come, a few together where they wait to be taken; domains take turns,
    none with more than its share under way.
    """
    turns = deque(queue for _ in range(MOST_PER_DOMAIN) for queue in queues)
    finished = asyncio.Queue[asyncio.Task[Result]]()
    under_way = dict[asyncio.Task[Result], deque[Item]]()

    async def worked(item: Item) -> Result:
        return await work(item)

    def start_more() -> None:
        while turns and len(under_way) < MOST_AT_ONCE:
            if queue := turns.popleft():  # an exhausted domain leaves the round
                task = asyncio.create_task(worked(queue.popleft()))
                under_way[task] = queue
                task.add_done_callback(finished.put_nowait)

    try:
        start_more()
        while under_way:
            done = [await finished.get()]
            while len(done) < MOST_TOGETHER and not finished.empty():
                done.append(finished.get_nowait())
            turns.extend(under_way.pop(task) for task in done)
            start_more()
            yield [task.result() for task in done]
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
