"""Servers of asyncio in tests, which leave no connection open when they end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from weakref import WeakSet

Served = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_STEPS = 5  # of the loop, from an accepted connection to its protocol: asyncio takes three


@asynccontextmanager
async def listening(
    served: Served, hosts: Iterable[str] = ("127.0.0.1",), port: int = 0
) -> AsyncIterator[int]:
    """Listens at each host at the same port, which is given; the first host may choose it."""
    opened: WeakSet[asyncio.WriteTransport] = WeakSet()
    servers = list[asyncio.Server]()

    def kept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Awaitable[None]:
        opened.add(writer.transport)
        return served(reader, writer)

    for host in hosts:
        servers.append(await asyncio.start_server(kept, host, port, backlog=256))
        port = port or servers[0].sockets[0].getsockname()[1]
    try:
        yield port
    finally:
        await closed(servers, opened)


async def closed(
    servers: Sequence[asyncio.Server], opened: Iterable[asyncio.WriteTransport]
) -> None:
    """Closes servers and what they have accepted, `opened`; what was not sent by then is lost.

    A server that is closed while a connection comes in leaves that open, for the collector to find:
    so it first stops accepting, and what came a moment ago becomes one of `opened`.
    """
    loop = asyncio.get_running_loop()
    for accepting in (each for server in servers for each in server.sockets):
        loop.remove_reader(accepting.fileno())
    await _stepped()
    for server in servers:
        server.close()
    for transport in list(opened):
        transport.abort()
    await _stepped()


async def _stepped() -> None:
    for _ in range(_STEPS):
        await asyncio.sleep(0)
