"""How we queue at other people's doors: places per host, spacing between requests, and hosts given up for this run."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aggregator.domain import urls
from aggregator.errors import WebError
from aggregator.ports import Clock

MOST_TIMEOUTS = 3  # in a row, until a host is given up: 300 entries of a dead host cost 3 timeouts, not 300


@dataclass(slots=True, kw_only=True)
class _Host:
    places: asyncio.Semaphore
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start_s: float = 0.0


class Manners:
    """Who may start a request now. Waiters of one host are served in the order they came.

    `www.lab.example` and `lab.example` queue together. What is given up is an origin (scheme, host, port), for as long
    as this object lives, which is one run.
    """

    def __init__(self, clock: Clock, *, concurrency: int, per_host: int, delay_s: float) -> None:
        self._clock, self._per_host, self._delay_s = clock, per_host, delay_s
        self._places = asyncio.Semaphore(concurrency)
        self._hosts: dict[str, _Host] = {}
        self._given_up: dict[str, str] = {}
        self._timeouts: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Waits for a place at the host, the spacing, then a place among all. Raises `WebError` if it was given up."""
        host = self._host(urls.host(url))
        async with host.places:
            async with host.door:
                self._check(urls.origin(url))
                await self._spaced(host)
                await self._places.acquire()
                host.next_start_s = self._clock.monotonic_s() + self._delay_s
            try:
                yield
            finally:
                self._places.release()

    def answered(self, url: str) -> None:
        """The host gave an answer, whatever its status."""
        self._timeouts.pop(urls.origin(url), None)

    def timed_out(self, url: str, reason: str) -> None:
        """The host gave no answer in time; after several in a row it is given up."""
        origin = urls.origin(url)
        self._timeouts[origin] += 1
        if self._timeouts[origin] >= MOST_TIMEOUTS:
            self.give_up(url, reason)

    def give_up(self, url: str, reason: str) -> None:
        """No connection to the host can be had: whoever asks it again is told the reason at once."""
        self._given_up[urls.origin(url)] = reason

    def _host(self, name: str) -> _Host:
        if name not in self._hosts:
            self._hosts[name] = _Host(places=asyncio.Semaphore(self._per_host))
        return self._hosts[name]

    def _check(self, origin: str) -> None:
        if reason := self._given_up.get(origin):
            raise WebError(reason, unreachable=True)

    async def _spaced(self, host: _Host) -> None:
        if (wait_s := host.next_start_s - self._clock.monotonic_s()) > 0:
            await asyncio.sleep(wait_s)
