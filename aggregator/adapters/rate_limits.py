"""Rate limits of requests: places, spacing, pauses that servers asked for, and hosts given up for
this run.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.domain.web import urls
from aggregator.errors import PausedError, WebError
from aggregator.ports import Clock

# of the spacing, on top of it: a clockwork looks like an attack, and meets other clockworks
SPACING_JITTER = 0.25
# is waited out; for a longer one the others that ask there come again in a later run
SHORT_PAUSE_S = 10.0
# in a row, until a host is given up: 300 entries of a dead host cost 3 timeouts, not 300
MOST_TIMEOUTS = 3


@dataclass(slots=True, kw_only=True)
class _Queue:
    """The requests that wait for the servers of one registrable domain. `paused_until_s` is on the
    clock that is never frozen.
    """

    places: asyncio.Semaphore
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    last_start_s: float = float("-inf")
    next_start_s: float = 0.0
    paused_until_s: float = 0.0
    pause: tuple[str, datetime | None] | None = None


class RateLimits:
    """Decides which request may start now. Those to one registrable domain are served in the order
    they came.

    `news.lab.example` and `lab.example` queue together, as one party runs both. What is given up is
    an origin (scheme, host, port), for as long as this object lives, which is one run.
    """

    def __init__(self, clock: Clock, *, concurrency: int, per_host: int, delay_s: float) -> None:
        self._clock, self._per_host, self._delay_s = clock, per_host, delay_s
        self._places = asyncio.Semaphore(concurrency)
        self._queues: dict[str, _Queue] = {}
        self._given_up: dict[str, str] = {}
        self._timeouts: Counter[str] = Counter()
        self._wanted: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, url: str, spacing_s: float = 0.0) -> AsyncIterator[None]:
        """Waits for a place in the queue, the spacing, then a place among all.

        `spacing_s` applies to the requests before and after this one, and to all later requests to
        the origin by this object.

        Raises `WebError` if the origin was given up, `PausedError` if the domain is to be left
        alone for long.
        """
        queue = self._queue(url)
        async with queue.places:
            async with queue.door:
                self._check(url, queue)
                wanted_s = self._wanted_s(url, spacing_s)
                soonest_s = max(queue.next_start_s, queue.last_start_s + wanted_s)
                await self._until(max(soonest_s, queue.paused_until_s))
                await self._places.acquire()
                queue.last_start_s = self._clock.monotonic_s()
                spacing_s = self._delay_s * random.uniform(1, 1 + SPACING_JITTER)
                queue.next_start_s = queue.last_start_s + max(spacing_s, wanted_s)
            try:
                self._check(url, queue)  # what was learnt while this one waited
                await self._until(queue.paused_until_s)
                yield
            finally:
                self._places.release()

    def paused(self, url: str, reason: str, until: datetime | None) -> None:
        """The server asked for a pause, until a moment or for the rest of this run; all of its
        domain is left alone.
        """
        queue, wait_s = (
            self._queue(url),
            (until - self._clock.now()).total_seconds() if until else float("inf"),
        )
        if self._clock.monotonic_s() + wait_s > queue.paused_until_s:
            queue.paused_until_s = self._clock.monotonic_s() + wait_s
            queue.pause = (f"not fetched: its server answered {reason} to another request", until)

    def answered(self, url: str) -> None:
        """The host gave an answer, whatever its status."""
        if self._timeouts:
            self._timeouts.pop(urls.origin(url), None)

    def timed_out(self, url: str, reason: str) -> None:
        """The host gave no answer in time; after several in a row it is given up."""
        origin = urls.origin(url)
        self._timeouts[origin] += 1
        if self._timeouts[origin] >= MOST_TIMEOUTS:
            self.give_up(url, reason)

    def give_up(self, url: str, reason: str) -> None:
        """No connection to the host can be had: later requests to it fail at once with the
        reason.
        """
        self._given_up[urls.origin(url)] = reason

    def _queue(self, url: str) -> _Queue:
        name = urls.registrable_domain(url)
        if name not in self._queues:
            self._queues[name] = _Queue(places=asyncio.Semaphore(self._per_host))
        return self._queues[name]

    def _check(self, url: str, queue: _Queue) -> None:
        if self._given_up and (reason := self._given_up.get(urls.origin(url))):
            raise WebError(reason, unreachable=True)
        if queue.pause and queue.paused_until_s - self._clock.monotonic_s() > SHORT_PAUSE_S:
            raise PausedError(*queue.pause)

    def _wanted_s(self, url: str, spacing_s: float) -> float:
        """The longest spacing requested for an origin."""
        if not (spacing_s or self._wanted):
            return 0.0
        origin = urls.origin(url)
        if spacing_s > self._wanted.get(origin, 0.0):
            self._wanted[origin] = spacing_s
        return self._wanted.get(origin, 0.0)

    async def _until(self, moment_s: float) -> None:
        if (wait_s := moment_s - self._clock.monotonic_s()) > 0:
            await asyncio.sleep(wait_s)
