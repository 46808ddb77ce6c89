"""The rules of robots.txt (RFC 9309) and the publisher's reservations, fetched once a day.

An answer of 4xx, or a redirect that leads nowhere, means there are no rules; one of 5xx, of 429, or
none, means that the last known rules hold, or that all is barred where none are known (§2.3.1,
§2.4). Neither says anything of feeds: those are published to be asked for.

Two files say that a text is not for AI systems: robots.txt by `Content-Signal: ai-input=no`
(contentsignals.org), and `/.well-known/tdmrep.json` (w3.org/community/tdmrep), which is requested
only if a page may be.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from protego import Protego

from aggregator.crawl.outcome import status_words
from aggregator.domain.frozen import frozen
from aggregator.domain.web.rights import RobotsFile, product_token
from aggregator.domain.web.urls import origin
from aggregator.domain.wording import N_
from aggregator.errors import RefusedError, WebError
from aggregator.ports import Request, Response, Web

MOST_AGE = timedelta(hours=24)  # RFC 9309 §2.4
MOST_BYTES = 512_000  # RFC 9309 §2.5: at least 500 kibibytes are parsed
MOST_DELAY_S = 30.0  # of Crawl-delay: a page every ten minutes would be none at all
MOST_RESERVATIONS = 200  # rules of one tdmrep.json

_LINE = re.compile(r"^[ \t]*([a-z-]+)[ \t]*:[ \t]*([^#\r\n]*)", re.IGNORECASE | re.MULTILINE)
_AI_INPUT = re.compile(r"\bai-input\s*=\s*(yes|no)\b", re.IGNORECASE)


@frozen
class _Rules:
    """The parsed rules of an origin, or why they could not be read."""

    rules: Protego
    signals: Protego
    error: WebError | None = None


def robots_file(
    of_origin: str, answer: Response, now: datetime, kept: RobotsFile | None
) -> RobotsFile | None:
    """What is kept of an answer for /robots.txt; None if it leaves the rules unknown.

    `kept` is what was known before: its rules remain valid after a 304, its tdmrep.json in any
    case.
    """
    if _says_nothing(answer):
        return None
    before = kept or RobotsFile(origin=of_origin, fetched=now, status=answer.status)
    if kept and answer.status == HTTPStatus.NOT_MODIFIED:
        return replace(kept, fetched=now)
    return replace(
        before,
        fetched=now,
        status=answer.status,
        body=robots_text(answer.body) if 200 <= answer.status < 300 else "",
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
    )


def with_reservations(file: RobotsFile, answer: Response, now: datetime) -> RobotsFile:
    """The same record with what is kept of an answer for tdmrep.json."""
    if _says_nothing(answer):
        return file
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return replace(file, tdm_fetched=now)
    body = robots_text(answer.body) if answer.status == HTTPStatus.OK else ""
    return replace(
        file,
        tdm=body if reservations(body) else "",
        tdm_fetched=now,
        tdm_etag=answer.headers.get("etag"),
        tdm_last_modified=answer.headers.get("last-modified"),
    )


def _says_nothing(answer: Response) -> bool:
    in_trouble = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return in_trouble or answer.status == HTTPStatus.TOO_MANY_REQUESTS


def robots_text(body: bytes) -> str:
    """The lines that are parsed: UTF-8 without a byte order mark, which would hide the first group;
    cut between lines.
    """
    if len(body) > MOST_BYTES:
        body = body[:MOST_BYTES].rpartition(b"\n")[0]
    return body.decode("utf-8-sig", "replace").replace("\x00", "")


def signal_rules(body: str) -> Protego:
    """The `Content-Signal` lines of a robots.txt as rules: what may be input of an AI system, by
    group and path as in RFC 9309.

    A line may begin with the path that it is for (`Content-Signal: /blog/ ai-input=no`); of several
    the longest counts.
    """
    lines = []
    for name, value in _LINE.findall(body):
        match name.lower():
            case "user-agent":
                lines.append(f"User-agent: {value}")
            case "content-signal" if signal := _AI_INPUT.search(value):
                path = value.split()[0] if value.startswith("/") else "/"
                lines.append(f"{'Allow' if signal[1].lower() == 'yes' else 'Disallow'}: {path}")
            case "content-signal" | "allow" | "disallow" | "crawl-delay":
                lines.append(
                    "Disallow:"
                )  # says nothing, but ends the list of agents as the line in its place did
    return Protego.parse("\n".join(lines))


def reservations(body: str) -> tuple[tuple[Protego, bool], ...]:
    """The rules of a tdmrep.json in order, each with whether it reserves: of those that match a
    path the first counts.
    """
    try:
        listed = json.loads(body) if body else []
    except (ValueError, RecursionError):
        return ()
    return tuple(_reservations(listed)) if isinstance(listed, list) else ()


def _reservations(listed: list[object]) -> Iterator[tuple[Protego, bool]]:
    for rule in listed[:MOST_RESERVATIONS]:
        if isinstance(rule, dict) and isinstance(location := rule.get("location"), str):
            path = location.split("\n", 1)[0].strip()
            yield (
                Protego.parse(f"User-agent: *\nDisallow: {path}"),
                rule.get("tdm-reservation") in {1, "1"},
            )


class RobotsRules:
    """The rules of all origins met in one run, asked through the port when first needed.

    `kept` are files of earlier runs by origin; those older than a day are asked again, and serve on
    where there is no answer. `files` are to be kept.
    """

    def __init__(
        self, web: Web, agent: str, now: datetime, kept: Mapping[str, RobotsFile] | None = None
    ) -> None:
        self._web, self.agent, self._now = web, product_token(agent), now
        self._files = dict(kept or {})
        self._learnt = set[str]()
        self._rules = dict[str, _Rules]()
        self._reserved = dict[str, tuple[tuple[Protego, bool], ...]]()
        self._locks = defaultdict[str, asyncio.Lock](asyncio.Lock)

    def files(self) -> tuple[RobotsFile, ...]:
        """The files that this run fetched and that are to be stored, by origin."""
        return tuple(self._files[of_origin] for of_origin in sorted(self._learnt))

    async def refusal(self, url: str) -> WebError | None:
        """Why a page may not be asked for: barred (`RefusedError`), or its rules cannot be had;
        None if it may.
        """
        found = await self._of(url)
        if found.error:
            return found.error
        return (
            None
            if found.rules.can_fetch(url, self.agent)
            else RefusedError(N_("disallowed by robots.txt"))
        )

    async def reservation(self, url: str) -> str:
        """The signal by which the origin closes the text at this address to AI systems, if it does.

        If the page may not be fetched, neither is anything else: what was known before counts then.
        """
        found = await self._of(url)
        if not found.signals.can_fetch(url, self.agent):
            return "Content-Signal: ai-input=no"
        may_ask = found.error is None and found.rules.can_fetch(url, self.agent)
        reserved = await self._reserved_at(origin(url), found, may_ask=may_ask)
        matching = (reserves for location, reserves in reserved if not location.can_fetch(url, "*"))
        return "tdm-reservation: 1" if next(matching, False) else ""

    async def spacing_s(self, url: str) -> float:
        """The seconds that the origin wants between two requests (Crawl-delay, which RFC 9309
        leaves to us), bounded.
        """
        return self._delay_s((await self._of(url)).rules)

    def known_spacing_s(self, url: str) -> float:
        """The same, from what was read before: for feeds, which do not have the rules fetched."""
        kept = self._files.get(origin(url))
        says_so = kept is not None and "crawl-delay" in kept.body.lower()
        return self._delay_s(Protego.parse(kept.body)) if kept and says_so else 0.0

    def _delay_s(self, rules: Protego) -> float:
        return min(rules.crawl_delay(self.agent) or 0.0, MOST_DELAY_S)

    async def _of(self, url: str) -> _Rules:
        of_origin = origin(url)
        async with self._locks[
            of_origin
        ]:  # who comes second finds the answer, even if the first was cancelled
            if of_origin not in self._rules:
                self._rules[of_origin] = await self._known(of_origin)
        return self._rules[of_origin]

    async def _known(self, of_origin: str) -> _Rules:
        kept = self._files.get(of_origin)
        if kept and self._now - kept.fetched < MOST_AGE:
            return _rules(kept.body)
        file = await self._asked(of_origin, kept)
        if isinstance(file, WebError):
            return _rules(kept.body) if kept else _rules("", error=file)
        self._keep(file)
        return _rules(file.body)

    async def _asked(self, of_origin: str, kept: RobotsFile | None) -> RobotsFile | WebError:
        url = f"{of_origin}/robots.txt"
        request = Request(
            url=url,
            etag=kept.etag if kept else None,
            last_modified=kept.last_modified if kept else None,
            accept="text/plain, */*;q=0.5",
            spacing_s=self.known_spacing_s(url),
        )
        try:
            answer = await self._web.fetch(request)
        except WebError as error:
            if error.status is None or not 300 <= error.status < 400:
                return (
                    error
                    if error.unreachable or isinstance(error, RefusedError)
                    else _unread(error.reason)
                )
            answer = Response(
                url=of_origin, status=error.status
            )  # a loop, or too many redirects: "unavailable", §2.3.1.2
        file = robots_file(of_origin, answer, self._now, kept)
        return file or _unread(status_words(answer.status))

    async def _reserved_at(
        self, of_origin: str, found: _Rules, *, may_ask: bool
    ) -> tuple[tuple[Protego, bool], ...]:
        """The locations of its tdmrep.json in order, each with whether it is reserved."""
        async with self._locks[of_origin]:
            file = self._files.get(of_origin)
            if file is None:
                return ()
            if of_origin not in self._reserved:
                if not may_ask:
                    return reservations(file.tdm)
                file = await self._tdm_asked(file, found)
                self._reserved[of_origin] = reservations(file.tdm)
        return self._reserved[of_origin]

    async def _tdm_asked(self, file: RobotsFile, found: _Rules) -> RobotsFile:
        """The file with today's tdmrep.json, if that may be and can be fetched."""
        url = f"{file.origin}/.well-known/tdmrep.json"
        is_fresh = file.tdm_fetched is not None and self._now - file.tdm_fetched < MOST_AGE
        if is_fresh or not found.rules.can_fetch(url, self.agent):
            return file
        request = Request(
            url=url,
            etag=file.tdm_etag,
            last_modified=file.tdm_last_modified,
            accept="application/json",
            spacing_s=self._delay_s(found.rules),
        )
        try:
            answer = await self._web.fetch(request)
        except WebError:
            return file
        self._keep(with_reservations(file, answer, self._now))
        return self._files[file.origin]

    def _keep(self, file: RobotsFile) -> None:
        self._files[file.origin] = file
        self._learnt.add(file.origin)


def _rules(body: str, *, error: WebError | None = None) -> _Rules:
    return _Rules(rules=Protego.parse(body), signals=signal_rules(body), error=error)


def _unread(reason: str) -> WebError:
    return WebError(f"robots.txt could not be read: {reason}")
