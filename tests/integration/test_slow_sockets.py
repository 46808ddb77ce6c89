"""Clients that keep the web app waiting, over real sockets from many loopback addresses, each a
separate party.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from aggregator.serve.server import ClientLimits, party_of
from tests.web_server import answering

UNFINISHED = b"GET / HTTP/1.1\r\nHost: news.example\r\nX-Slow: "
HALF_A_FORM = b"POST / HTTP/1.1\r\nHost: news.example\r\nContent-Length: 1000\r\n\r\naddress="
UNREAD_FORM = HALF_A_FORM.replace(b"POST", b"DELETE")
MEGABYTES = 50
NEVER = ClientLimits(headers_s=600, body_s=600, sending_s=600)
ONE, OTHER = "127.0.0.1", "127.0.0.2"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class App:
    """Reads a form, and answers with a little, or with more than the system's buffers hold."""

    def __init__(self) -> None:
        self.is_done_with_large, self.is_free, self.busy = (
            threading.Event(),
            threading.Event(),
            threading.Semaphore(0),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await _lifespan(receive, send)
        request = Request(scope, receive)
        if request.url.path == "/large":
            await StreamingResponse(_megabytes())(scope, receive, send)
            self.is_done_with_large.set()
            return None
        if request.url.path == "/busy":
            self.busy.release()
            await asyncio.to_thread(self.is_free.wait, 60)
        try:
            body = await request.body() if request.method == "POST" else b""
        except ClientDisconnect:
            return None
        return await PlainTextResponse(b"read %d" % len(body))(scope, receive, send)


async def _megabytes() -> AsyncIterator[bytes]:
    for _ in range(MEGABYTES):
        yield b"x" * 1_000_000


async def _lifespan(receive: Receive, send: Send) -> None:
    for said in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{said}.complete"})


@contextmanager
def serving(app: App, limits: ClientLimits, trusted: tuple[str, ...]) -> Iterator[int]:
    listening = socket.create_server((ONE, 0), backlog=1000)
    with answering(listening, app, trusted, limits):
        yield listening.getsockname()[1]


@asynccontextmanager
async def slow_sockets(
    port: int, peers: list[str], sent: bytes = UNFINISHED
) -> AsyncIterator[list[Streams]]:
    """Connections that send this much and no more."""
    opened: list[Streams] = []
    try:
        for peer in peers:
            opened.append(await asyncio.open_connection(ONE, port, local_addr=(peer, 0)))
            opened[-1][1].write(sent)
        yield opened
    finally:
        for _, writer in opened:
            writer.transport.abort()


async def status(port: int, peer: str, headers: str = "") -> int:
    """The answer to a request like a browser's."""
    reader, writer = await asyncio.open_connection(ONE, port, local_addr=(peer, 0))
    writer.write(
        f"GET / HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n{headers}\r\n".encode()
    )
    answer = await ended(reader)
    writer.close()
    return int(answer.split()[1]) if answer else 0


async def ended(reader: asyncio.StreamReader) -> bytes:
    """What comes until the server hangs up."""
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


async def hung_up_on(opened: list[Streams], count: int) -> None:
    """Waits until the server has hung up on so many."""
    waiting = {asyncio.create_task(ended(reader)) for reader, _ in opened}
    while len(waiting) > len(opened) - count:
        _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    await asyncio.wait(waiting)


def tried(
    limits: ClientLimits,
    trial: Callable[[int], Awaitable[None]],
    trusted: tuple[str, ...] = (),
    app: App | None = None,
) -> None:
    """Runs clients against a server with this patience."""

    async def run(port: int) -> None:
        async with asyncio.timeout(120):
            await trial(port)

    with serving(app or App(), limits, trusted) as port:
        asyncio.run(run(port))


@pytest.fixture(autouse=True)
def room_for_files() -> Iterator[None]:
    """Raises the limit: both ends of all the sockets are files of this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(
    ("peers", "kept"),
    [
        pytest.param([ONE] * 500, 50, id="of one party"),
        pytest.param(
            [f"127.{number % 250 + 1}.{number // 250}.7" for number in range(500)],
            200,
            id="of 500 parties",
        ),
        pytest.param([f"127.0.1.{number % 5}" for number in range(500)], 200, id="of five parties"),
    ],
)
def test_500_slow_sockets_keep_nobody_out(peers: list[str], kept: int) -> None:
    async def flooded(port: int) -> None:
        async with slow_sockets(port, peers) as opened:
            await hung_up_on(
                opened, len(peers) - kept
            )  # no time is over: these made room for the others
            assert [await status(port, OTHER), await status(port, ONE)] == [200, 200]

    tried(NEVER, flooded)


@pytest.mark.parametrize(
    "sent",
    [b"", UNFINISHED, HALF_A_FORM, UNREAD_FORM],
    ids=["nothing", "headers", "form", "unread form"],
)
def test_who_drips_is_hung_up_on_when_the_time_is_over(sent: bytes) -> None:
    async def dripped(port: int) -> None:
        async with slow_sockets(port, [ONE], sent) as ((reader, writer),):
            hung_up = asyncio.create_task(ended(reader))
            while not hung_up.done():
                writer.write(b"x" if sent else b"")
                await asyncio.wait([hung_up], timeout=0.05)

    tried(ClientLimits(headers_s=0.3, body_s=0.3), dripped)


def test_who_does_not_read_what_was_asked_for_is_hung_up_on() -> None:
    async def unread(port: int) -> None:
        async with slow_sockets(
            port, [ONE], b"GET /large HTTP/1.1\r\nHost: news.example\r\n\r\n"
        ) as ((reader, _),):
            assert await asyncio.to_thread(app.is_done_with_large.wait, 60)
            assert len(await ended(reader)) < MEGABYTES * 1_000_000

    app = App()
    tried(ClientLimits(sending_s=0.3), unread, app=app)


def test_what_a_proxy_passes_on_counts_for_who_asked_it() -> None:
    """The proxy itself may have as many connections as there are; one of its clients may not."""

    async def passed_on(port: int) -> None:
        async def asked(client: str) -> int:
            return await status(port, ONE, f"X-Forwarded-For: {client}\r\n")

        flood = HALF_A_FORM.replace(
            b"Content-Length", b"X-Forwarded-For: 203.0.113.9\r\nContent-Length"
        )
        async with (
            slow_sockets(port, [ONE] * 60) as own,
            slow_sockets(port, [ONE] * 60, flood) as passed,
        ):
            await hung_up_on(passed, 10)
            assert [await asked("203.0.113.9"), await asked("203.0.113.10")] == [200, 200]
            assert not any(reader.at_eof() for reader, _ in own)

    tried(NEVER, passed_on, trusted=(ONE,))


def test_where_everybody_is_being_served_a_newcomer_is_told_to_come_back() -> None:
    async def full(port: int) -> None:
        asking = b"GET /busy HTTP/1.1\r\nHost: news.example\r\n\r\n"
        async with slow_sockets(port, ["127.0.0.3", "127.0.0.4"], asking):
            for _ in range(2):
                assert await asyncio.to_thread(app.busy.acquire, timeout=60)
            assert await status(port, OTHER) == 503
            app.is_free.set()

    app = App()
    tried(ClientLimits(connections=2), full, app=app)


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_a_party_is_an_address_or_the_64_that_one_household_has(address: str, party: str) -> None:
    assert party_of(address) == party
