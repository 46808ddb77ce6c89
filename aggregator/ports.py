"""The edges of the program as the core sees them. Real implementations stand in `adapters/`, fakes in `tests/fakes.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET. Validators go out exactly as they came in (RFC 9110 §13.1)."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "*/*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect that was followed: the address that answered, and its status."""

    url: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A complete answer, body decoded and bounded. `url` is the address that gave it, after `hops`."""

    url: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hops: tuple[Hop, ...] = ()

    @property
    def content_type(self) -> str:
        """The Content-Type header as received, or nothing."""
        return self.headers.get("content-type", "")


class Web(Protocol):
    """GET over HTTP, polite and bounded: spacing per host, total timeout, size limit, public networks only."""

    async def fetch(self, request: Request) -> Response:
        """The answer, whatever its status. Raises `WebError` where there is none, `RefusedError` where we do not ask."""
        ...


class Clock(Protocol):
    """The time of a run."""

    def now(self) -> datetime:
        """Aware, UTC. Frozen by `--now`."""
        ...

    def monotonic_s(self) -> float:
        """Seconds for durations; never frozen."""
        ...
