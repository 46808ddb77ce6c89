"""What robots.txt lets us read (RFC 9309): asked once per origin and run, kept for a day.

An answer of 4xx, or a redirect that leads nowhere, means there are no rules; one of 5xx, or none, means all is barred
until we know better (§2.3.1). Neither says anything of feeds: those are published to be asked for.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from aggregator.domain.source import RobotsFile
from aggregator.domain.urls import origin
from aggregator.errors import RefusedError, WebError
from aggregator.fetch.outcome import status_words
from aggregator.ports import Request, Response, Web

MOST_AGE = timedelta(hours=24)  # RFC 9309 §2.4
MOST_BYTES = 512_000  # RFC 9309 §2.5: at least 500 kibibytes are parsed

NO_RULES = Protego.parse("")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """The parsed rules of an origin, or why they could not be read."""

    rules: Protego = NO_RULES
    error: WebError | None = None


def robots_file(of_origin: str, answer: Response, now: datetime) -> RobotsFile | None:
    """What is kept of an answer for /robots.txt; None where it leaves the rules unknown."""
    if answer.status >= 500:
        return None
    body = robots_text(answer.body) if 200 <= answer.status < 300 else ""
    return RobotsFile(origin=of_origin, fetched=now, status=answer.status, body=body)


def robots_text(body: bytes) -> str:
    """The lines that are parsed: UTF-8 without a byte order mark, which would hide the first group; cut between lines."""
    if len(body) > MOST_BYTES:
        body = body[:MOST_BYTES].rpartition(b"\n")[0]
    return body.decode("utf-8-sig", "replace").replace("\x00", "")


def product_token(agent: str) -> str:
    """The part of a User-Agent that robots.txt names: `Name` of `Name/1.2 (+https://…)`."""
    return agent.replace("/", " ").split()[0] if agent.strip() else "*"


class RobotsRules:
    """The rules of all origins met in one run, asked through the port when first needed.

    `kept` are files of earlier runs by origin; those older than a day are asked anew. `files` are to be kept.
    """

    def __init__(self, web: Web, agent: str, now: datetime, kept: Mapping[str, RobotsFile] | None = None) -> None:
        self._web, self._agent, self._now = web, product_token(agent), now
        self._files = {key: file for key, file in (kept or {}).items() if now - file.fetched < MOST_AGE}
        self._rules = dict[str, _Rules]()
        self._locks = defaultdict[str, asyncio.Lock](asyncio.Lock)

    def files(self) -> tuple[RobotsFile, ...]:
        """What we know of each origin and may use again within a day, by origin."""
        return tuple(file for _, file in sorted(self._files.items()))

    async def refusal(self, url: str) -> WebError | None:
        """Why a page may not be asked for: barred (`RefusedError`), or its rules cannot be had; None if it may."""
        of_origin = origin(url)
        async with self._locks[of_origin]:  # who comes second finds the answer, even if the first was cancelled
            if of_origin not in self._rules:
                self._rules[of_origin] = await self._asked(of_origin)
        found = self._rules[of_origin]
        if found.error:
            return found.error
        return None if found.rules.can_fetch(url, self._agent) else RefusedError("disallowed by robots.txt")

    async def _asked(self, of_origin: str) -> _Rules:
        if of_origin in self._files:
            return _Rules(rules=Protego.parse(self._files[of_origin].body))
        try:
            answer = await self._web.fetch(Request(url=f"{of_origin}/robots.txt", accept="text/plain, */*;q=0.5"))
        except WebError as error:
            return _rules_without_answer(error)
        file = robots_file(of_origin, answer, self._now)
        if file is None:
            return _Rules(error=_unread(status_words(answer.status), status=answer.status))
        self._files[of_origin] = file
        return _Rules(rules=Protego.parse(file.body))


def _rules_without_answer(error: WebError) -> _Rules:
    if error.status is not None and 300 <= error.status < 400:  # a loop, or too many redirects: "unavailable", §2.3.1.2
        return _Rules()
    return _Rules(error=error if error.unreachable or isinstance(error, RefusedError) else _unread(error.reason))


def _unread(reason: str, *, status: int | None = None) -> WebError:
    return WebError(f"robots.txt could not be read: {reason}", status=status)
