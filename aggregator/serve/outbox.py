"""What was asked for and is not dealt with yet: the answer to a form is given before, and so the same for every address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aggregator.stages.subscribing import Wish

_MOST_WAITING = 1_000
_LAST_S = 20.0  # seconds that a stopping server spends on what is still waiting

Handle = Callable[[Wish], Awaitable[None]]


class Outbox:
    """A bounded queue of wishes and the task that works it off, one by one."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._waiting: asyncio.Queue[Wish] = asyncio.Queue(_MOST_WAITING)
        self._task: asyncio.Task[None] | None = None

    @property
    def is_working(self) -> bool:
        """Whether the task is alive."""
        return self._task is not None and not self._task.done()

    @property
    def waiting(self) -> int:
        """How many wishes wait."""
        return self._waiting.qsize()

    def put(self, wish: Wish) -> bool:
        """Takes a wish; False where too many wait."""
        try:
            self._waiting.put_nowait(wish)
        except asyncio.QueueFull:
            return False
        return True

    async def worked_off(self) -> None:
        """Waits until nothing waits."""
        await self._waiting.join()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Works while the context lasts; at its end what waits is worked off, for a while."""
        self._task = asyncio.create_task(self._work())
        try:
            yield
            if self.is_working:
                async with asyncio.timeout(_LAST_S):
                    await self._waiting.join()
        except TimeoutError:
            pass  # they may ask again
        finally:
            self._task.cancel()

    async def _work(self) -> None:
        while True:
            wish = await self._waiting.get()
            try:
                await self._handle(wish)
            finally:
                self._waiting.task_done()
