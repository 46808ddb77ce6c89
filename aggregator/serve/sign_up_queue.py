"""Processes sign-ups in the background, so that the answer is the same for every address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from aggregator.errors import DatabaseError
from aggregator.log import log

_RETRY_S = 10.0  # after the database failed
_CHECK_S = 60.0  # between checks while sign-ups wait for their turn
_GRACE_S = 20.0  # seconds that a stopping server spends on what is still waiting

ProcessNext = Callable[[], Awaitable[bool]]


class Outbox:
    """The task that processes stored sign-ups. `process_next` takes some, and returns False if none
    may be mailed now.
    """

    def __init__(self, process_next: ProcessNext) -> None:
        self._process_next = process_next
        self._news, self._rest = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_working(self) -> bool:
        """Whether the task is alive."""
        return self._task is not None and not self._task.done()

    def wake(self) -> None:
        """Wakes the task: a sign-up was stored."""
        self._rest.clear()
        self._news.set()

    async def wait_idle(self) -> None:
        """Waits until nothing may be mailed now, or the database fails."""
        await self._rest.wait()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Runs the task while the context lasts; at the end it has some time to process what is
        waiting.

        What is left then, or was left by a killed process, is processed at the next start.
        """
        self.wake()
        self._task = asyncio.create_task(self._work())
        try:
            yield
            if self.is_working:
                async with asyncio.timeout(_GRACE_S):
                    await self.wait_idle()
        except TimeoutError:
            pass
        finally:
            self._task.cancel()

    async def _work(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), _CHECK_S)
            self._news.clear()
            try:
                while await self._process_next():
                    pass
            except DatabaseError as error:
                log().error("subscriptions are waiting for the database", reason=str(error))
                self._rest.set()
                await asyncio.sleep(_RETRY_S)
                self._news.set()
            if not self._news.is_set():
                self._rest.set()
