"""Hand-written stand-ins for the ports, held to the same contract tests as the real ones."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.errors import RefusedError, WebError
from aggregator.ports import Request, Response


class FakeWeb:
    """A web of a few answers by address; `asked` holds what was asked of it, in order.

    An address without an answer is a 404 where its host has others, and a host without any is not found.
    """

    def __init__(self, answers: Mapping[str, Response | WebError]) -> None:
        self.answers = dict(answers)
        self.asked: list[Request] = []

    async def fetch(self, request: Request) -> Response:
        """The answer, or 304 where the request shows that it has it already."""
        self.asked.append(request)
        await asyncio.sleep(0)  # gives way, as everything that waits for a network does
        parts = urlsplit(request.url)
        if parts.scheme not in {"http", "https"}:
            raise RefusedError("not an address that can be asked: only absolute http:// and https:// are")
        answer = self.answers.get(request.url)
        if isinstance(answer, WebError):
            raise answer
        if answer is None:
            return self._absent(request.url, parts.netloc)
        if request.etag and request.etag == answer.headers.get("etag"):
            return replace(answer, status=304, body=b"")
        return answer

    def _absent(self, url: str, host: str) -> Response:
        if any(urlsplit(known).netloc == host for known in self.answers):
            return Response(url=url, status=404)
        raise WebError("host name not found", unreachable=True)


class FixedClock:
    """A clock that moves only by `advance`."""

    def __init__(self, at: datetime, *, monotonic_s: float = 0.0) -> None:
        self._at, self._monotonic_s = at, monotonic_s

    def now(self) -> datetime:
        """The moment it stands at."""
        return self._at

    def monotonic_s(self) -> float:
        """Seconds since its start."""
        return self._monotonic_s

    def advance(self, seconds: float) -> None:
        """Moves both clocks on."""
        self._at += timedelta(seconds=seconds)
        self._monotonic_s += seconds
