"""The web, opened by the first request: a build without news asks nobody, and need not import what
asks.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from aggregator.domain.settings import FetchSettings
from aggregator.ports import Clock, Request, Response

if TYPE_CHECKING:
    from aggregator.adapters.web import AiohttpWeb


class LazyWeb:
    """`ports.Web` by `AiohttpWeb`. Use it as an async context manager, in one event loop."""

    def __init__(self, settings: FetchSettings, base_url: str, clock: Clock) -> None:
        self._settings, self._base_url, self._clock = settings, base_url, clock
        self._opened = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._web: AiohttpWeb | None = None

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes what was opened."""
        await self._opened.aclose()

    async def fetch(self, request: Request) -> Response:
        """What `AiohttpWeb.fetch` answers. Raises the same."""
        return await (self._web or await self._open()).fetch(request)

    async def _open(self) -> AiohttpWeb:
        # here, so that a run that fetches nothing does not load aiohttp
        from aggregator.adapters.web import AiohttpWeb, user_agent  # noqa: PLC0415

        async with self._opening:
            if self._web is None:
                agent = user_agent(self._settings, self._base_url)
                self._web = await self._opened.enter_async_context(
                    AiohttpWeb(self._settings, agent, self._clock)
                )
            return self._web
