"""HTTP by aiohttp, polite and bounded: the real `ports.Web`.

Whatever answers is hostile: time, size, speed, redirects and headers have limits, and a socket is
only made for an address that `network` lets through. Whatever the library can raise becomes a
`WebError` in our words; a status is not an error. Who may ask when is in `rate_limits`.
"""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from aggregator.adapters.network import CONNECT_TIMEOUT_S, NetworkGuard, web_error
from aggregator.adapters.rate_limits import RateLimits
from aggregator.crawl.polling import retry_after
from aggregator.domain.settings import FetchSettings
from aggregator.domain.web import urls
from aggregator.domain.web.address import Address
from aggregator.errors import RefusedError, WebError
from aggregator.ports import Clock, Hop, Request, Response

MOST_REDIRECTS = 5  # RFC 9309 asks for five at least; the chains of real feeds have at most three
# a line; news sites send Content-Security-Policy lines beyond aiohttp's 8 kB
MOST_HEADER_BYTES = 32_768
# of a body that explains a 4xx or 5xx: read only so that the connection can be used again
MOST_ERROR_BYTES = 100_000

# Like curl's --speed-limit and --speed-time: a body that drips a byte a second would hold its place
# for `timeout_s`. The slowest complete answer of 4,000 in the captured web came three orders of
# magnitude faster.
LOW_SPEED_BYTES = 1_000
LOW_SPEED_WINDOW_S = 5.0

ATTEMPTS = 3  # one and two more, at an address that cut its answer short or is in trouble
# doubles, with as much jitter: such trouble is over in a moment or not in this run
RETRY_WAIT_S = 0.1
TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})  # unless Retry-After says when to come back

_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# nobody here reads these
_UNREAD_TYPES = ("audio/", "font/", "image/", "video/", "application/pdf", "application/zip")
_SINGLE = frozenset(
    {
        "content-length",
        "content-location",
        "content-type",
        "etag",
        "last-modified",
        "location",
        "retry-after",
    }
)
# of the well-known ones: others speak mail, ssh or databases, never a feed
_WEB_PORTS = frozenset({80, 443})


def user_agent(settings: FetchSettings, base_url: str) -> str:
    """The User-Agent header: who asks, and the page where a publisher learns more, else the site
    itself.
    """
    return f"{settings.user_agent} (+{settings.contact_url or base_url})"


class AiohttpWeb:
    """`ports.Web` for one run: one session without cookies, and the memory of hosts that could not
    be reached.

    `user_agent` is the whole header. Use it as an async context manager, in one event loop.
    """

    def __init__(
        self,
        settings: FetchSettings,
        user_agent: str,
        clock: Clock,
        *,
        low_speed_window_s: float = LOW_SPEED_WINDOW_S,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._settings, self._user_agent, self._clock = settings, user_agent, clock
        self._low_speed_window_s = low_speed_window_s
        self._look_up = resolver or _LookUp(settings.concurrency)
        self._guard = NetworkGuard(settings.allow_private_networks, everything=bool(settings.proxy))
        self._manners = RateLimits(
            clock,
            concurrency=settings.concurrency,
            per_host=settings.per_host,
            delay_s=settings.per_host_delay_s,
        )

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # ours: `RateLimits`
                resolver=self._look_up,
                socket_factory=self._guard.socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent},
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S),
            max_line_size=MOST_HEADER_BYTES,
            max_field_size=MOST_HEADER_BYTES,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._look_up.close()

    async def fetch(self, request: Request) -> Response:
        """The answer after at most five redirects; bodies of pictures, sound, film and PDF are left
        unread.

        Raises `WebError` where there is no answer, `RefusedError` where we do not ask.
        """
        url, hops = _askable(Address(request.url).unmasked()), list[Hop]()
        time_left = _TimeLeft(self._settings.timeout_s)
        while True:
            answer = await self._asked(url, request, time_left)
            self._mind_pause(answer)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return replace(answer, hops=tuple(hops)) if hops else answer
            hops.append(Hop(url=url, status=answer.status))
            url = _next_address(answer, hops)

    def _mind_pause(self, answer: Response) -> None:
        """Leaves the whole domain alone after a 429, and after a 503 that says for how long."""
        if answer.status not in _BUSY:
            return
        until = retry_after(answer.headers, self._clock.now())
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS or until:
            self._manners.paused(answer.url, f"http {answer.status}", until)

    async def _asked(self, url: str, request: Request, time_left: _TimeLeft) -> Response:
        """The answer of one address; a failure that may be over in a moment is tried again."""
        for attempt in range(1, ATTEMPTS):
            try:
                answer = await self._exchanged(url, request, time_left)
            except WebError as error:
                if not error.transient:
                    raise
            else:
                if answer.status not in TRANSIENT_STATUSES or "retry-after" in answer.headers:
                    return answer
            await asyncio.sleep(RETRY_WAIT_S * (2 ** (attempt - 1) + random.random()))
        return await self._exchanged(url, request, time_left)

    async def _exchanged(self, url: str, request: Request, time_left: _TimeLeft) -> Response:
        """One request and its answer, when it is our turn. Waiting for the turn does not count as
        time.
        """
        async with self._manners.turn(url, request.spacing_s):
            started_s = self._clock.monotonic_s()
            try:
                async with asyncio.timeout(time_left.seconds):
                    answer = await self._got(url, request)
            except (
                aiohttp.ClientError,
                OSError,
                ValueError,
            ) as error:  # TimeoutError is an OSError
                raise self._explained(url, error) from error
            finally:
                time_left.seconds -= self._clock.monotonic_s() - started_s
        self._manners.answered(url)
        return answer

    async def _got(self, url: str, request: Request) -> Response:
        headers = {
            "Accept": request.accept,
            "If-None-Match": request.etag,
            "If-Modified-Since": request.last_modified,
        }
        async with self._session.request(
            "POST" if request.form else "GET",
            URL(
                url, encoded=True
            ),  # as WHATWG writes it; quoting it again makes some servers redirect for ever
            headers={name: value for name, value in headers.items() if value is not None},
            data=request.form or None,
            allow_redirects=False,
            proxy=Address(self._settings.proxy).unmasked() or None,
        ) as answer:
            body = await self._body(answer)
            return Response(
                url=url, status=answer.status, headers=_headers(answer.headers), body=body
            )

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        """The body, decoded. That of a 4xx or 5xx is left out where it cannot be had: the status
        says enough.
        """
        if answer.content_type.startswith(_UNREAD_TYPES):
            return b""
        if answer.status < 400:
            return await self._read(answer, self._settings.max_bytes)
        try:
            return await self._read(answer, MOST_ERROR_BYTES)
        except (WebError, aiohttp.ClientError):
            return b""

    async def _read(self, answer: aiohttp.ClientResponse, most: int) -> bytes:
        if (answer.content_length or 0) > most:
            raise _TooLargeError(most)
        if (
            answer.content.is_eof()
            and answer.content.exception() is None
            and answer.content.total_bytes <= most
        ):
            return await answer.content.read()  # all of it is here: nothing to wait for
        body = bytearray()
        while await self._read_window(answer.content, body, most):
            pass
        return bytes(body)

    async def _read_window(self, content: aiohttp.StreamReader, body: bytearray, most: int) -> bool:
        """Whether there may be more, after the next 1 kB at least was added to the body in time."""
        enough = len(body) + LOW_SPEED_BYTES
        try:
            async with asyncio.timeout(self._low_speed_window_s):
                while len(body) < enough:
                    chunk = await content.readany()
                    if not chunk:
                        return False
                    body += chunk
                    if len(body) > most:
                        raise _TooLargeError(most)
        except aiohttp.ClientConnectionError as error:
            raise WebError("body cut short", transient=True) from error
        except TimeoutError as error:
            raise WebError(f"too slow: under 1 kB in {self._low_speed_window_s:g} s") from error
        return True

    def _explained(self, url: str, error: Exception) -> WebError:
        """The library's error in our words; a host that cannot be reached is remembered."""
        if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ClientError):
            reason = f"no answer within {self._settings.timeout_s:g} s"
            self._manners.timed_out(url, reason)
            return WebError(reason)
        explained = web_error(error)
        if explained.unreachable:
            self._manners.give_up(url, explained.reason)
        return explained


class _LookUp(AbstractResolver):
    """The system's look-up (hosts file, nsswitch, VPN), a thread for each request under way.

    asyncio's own threads are six on two cores, and a lost packet holds one for 5 s: the others
    would then wait beyond the connect timeout, and hosts that are well would be given up.
    """

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="look-up")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host. Raises `OSError` where there are none."""
        ask = partial(
            socket.getaddrinfo,
            host,
            port,
            family=family,
            type=socket.SOCK_STREAM,
            flags=socket.AI_ADDRCONFIG,
        )
        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(
                hostname=host,
                host=str(peer[0]),
                port=port,
                family=kind,
                proto=protocol,
                flags=numeric,
            )
            for kind, _, protocol, _, peer in found
        ]

    async def close(self) -> None:
        """Lets the threads end; a look-up under way is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


@dataclass(slots=True)
class _TimeLeft:
    """What is left of `timeout_s`, over redirects and further attempts."""

    seconds: float


class _TooLargeError(WebError):
    def __init__(self, most: int) -> None:
        super().__init__(f"body larger than {most / 1e6:g} MB")


def _askable(url: str) -> str:
    """The address as it goes out. Raises `RefusedError` where we do not ask it; the message holds
    no credentials.
    """
    address = urls.fetchable_url(url)
    if address is None:
        raise RefusedError("not an absolute http:// or https:// URL")
    if "@" in url.partition("://")[2].replace("?", "/").replace("#", "/").partition("/")[0]:
        raise RefusedError("the URL contains a user name or password")
    port = address.partition("://")[2].partition("/")[0].rpartition(":")[2]
    if port.isdigit() and int(port) < 1024 and int(port) not in _WEB_PORTS:
        raise RefusedError(f"port {port} is not a usual web server port")
    return address


def _next_address(answer: Response, hops: list[Hop]) -> str:
    """Where the redirect leads. Its status goes along with the error, as robots.txt has a rule for
    that (RFC 9309).
    """
    target = urls.fetchable_url(answer.headers["location"], Address(answer.url).unmasked())
    if target is None:
        raise RefusedError("redirected to something that is not an http(s) URL")
    if any(hop.url == target for hop in hops):
        raise WebError("redirect loop", status=answer.status)
    if len(hops) > MOST_REDIRECTS:
        raise WebError(f"more than {MOST_REDIRECTS} redirects", status=answer.status)
    return _askable(target)


def _headers(received: Mapping[str, str]) -> dict[str, str]:
    """Names in lower case; the lines of one name joined (RFC 9110 §5.3), but where only one is
    allowed the first.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in received.items():
        name, value = raw_name.lower(), raw_value
        if not value.isascii():
            value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if name not in headers:
            headers[name] = value
        elif name not in _SINGLE:
            headers[name] += f", {value}"
    return headers
