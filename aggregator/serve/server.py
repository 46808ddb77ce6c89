"""The HTTP server, and its limits on how long and on how many connections one client may keep it
waiting.

uvicorn limits only the pause between two requests: in a test 230 sockets with unfinished headers
gave everybody else 503 for as long as they stayed open. Here everything awaited from a client has a
deadline, and a full server drops the connection that has kept it waiting longest, beginning with
the party that has the most connections.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from enum import IntEnum
from ipaddress import ip_network
from typing import ClassVar

import h11
import uvicorn
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from aggregator.domain.frozen import frozen
from aggregator.serve.limits import client_address, ip_address_of, is_among

_GRACE_S = 25  # longer than the outbox may take at the end


@frozen
class ClientLimits:
    """The seconds that a client has for each thing we wait for, and the most connections.

    The limit for a body is longer than the 10 s after which `serve.forms` rejects a form, so that
    the client gets its answer. A page is 60 KB, and `sending_s` applies to every 48 KB. A browser
    opens six connections; 50 allow for a company whose readers share one address.
    """

    headers_s: float = 10.0
    body_s: float = 15.0
    sending_s: float = 60.0
    connections: int = 200
    of_one_party: int = 50


class WaitPhase(IntEnum):
    """What we wait for a client to do, in the order in which connections are dropped: idle ones
    first.
    """

    NEXT_REQUEST = 0
    HEADERS = 1
    BODY = 2
    READING = 3


class Connection(H11Protocol):
    """One connection. `party` is who it counts for: a network, or nobody until a trusted proxy
    names its client.
    """

    limits: ClassVar[ClientLimits]
    trusted: ClassVar[tuple[str, ...]]
    party = ""
    waiting_for: WaitPhase | None = None
    since_s = 0.0
    is_admitted = True
    is_gone = False
    _deadline: asyncio.TimerHandle | None = None

    # uvicorn has this signature too
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Counts the connection, and makes room for it."""
        super().connection_made(transport)
        self._app, self.app = self.app, self._answer
        self.party = self._party()
        self.is_admitted = self._has_room()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Receives data."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops counting the connection."""
        super().connection_lost(exc)
        self._drop_deadline()

    def pause_writing(self) -> None:
        """The client reads more slowly than we write."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """The client has read most of it."""
        super().resume_writing()
        self._watch()

    def on_response_complete(self) -> None:
        """The connection is ready for the next request."""
        self.party = self._party()
        super().on_response_complete()
        self._watch()

    def timeout_keep_alive_handler(self) -> None:
        """No next request came."""
        super().timeout_keep_alive_handler()
        self._watch()

    def _party(self) -> str:
        """Who the connection counts for between requests: nobody, if it belongs to a proxy."""
        peer = self.client[0] if self.client else ""
        return "" if is_among(peer, self.trusted) else party_of(peer)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Has the app answer a request, if there is room for the client."""
        if not self.party:
            forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
            self.party = (
                party_of(client_address(scope["client"][0], forwarded, self.trusted))
                if scope["client"]
                else ""
            )
            self.is_admitted = self._has_room()
        busy = Response(
            "Too many connections.", 503, {"Retry-After": "5", "Connection": "close"}, "text/plain"
        )
        await (self._app if self.is_admitted else busy)(scope, receive, send)

    def _has_room(self) -> bool:
        """Whether there is room for this connection; a waiting one may be dropped for it."""
        others = [
            connection
            for connection in self.connections
            if isinstance(connection, Connection)
            and connection is not self
            and not connection.is_gone
        ]
        alike = [other for other in others if self.party and other.party == self.party]
        is_crowd = len(alike) >= self.limits.of_one_party
        if not is_crowd and len(others) < self.limits.connections:
            return True
        sizes = Counter(other.party for other in others)
        waiting = [
            other for other in (alike if is_crowd else others) if other.waiting_for is not None
        ]
        if not waiting:
            return False
        min(waiting, key=lambda one: (-sizes[one.party], one.waiting_for, one.since_s))._drop()
        return True

    def _watch(self) -> None:
        """Sets a new deadline if we now wait for something else."""
        waiting_for = self._phase()
        if waiting_for is self.waiting_for:
            return
        self._drop_deadline()
        self.waiting_for, self.since_s = waiting_for, self.loop.time()
        seconds = {
            WaitPhase.HEADERS: self.limits.headers_s,
            WaitPhase.BODY: self.limits.body_s,
            WaitPhase.READING: self.limits.sending_s,
        }
        if waiting_for in seconds:
            self._deadline = self.loop.call_later(seconds[waiting_for], self._drop)

    def _phase(self) -> WaitPhase | None:
        """What we wait for; None while the client waits for us."""
        if self.transport.is_closing() or self.flow.write_paused:
            return WaitPhase.READING
        if self.conn.their_state is h11.SEND_BODY:
            return WaitPhase.BODY
        if self.conn.their_state is h11.IDLE:
            return (
                WaitPhase.HEADERS
                if self.timeout_keep_alive_task is None
                else WaitPhase.NEXT_REQUEST
            )
        return None

    def _drop(self) -> None:
        self.is_gone = True
        self.transport.abort()

    def _drop_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None


def party_of(address: str) -> str:
    """The party of an address: itself, or for IPv6 its /64, which one household or server has;
    empty for no address.
    """
    found = ip_address_of(address)
    return str(ip_network((found, 32 if found.version == 4 else 64), strict=False)) if found else ""


def web_server(
    app: ASGIApp, trusted_proxies: tuple[str, ...], of: ClientLimits | None = None
) -> uvicorn.Server:
    """The server of an app; `run(sockets=[…])` serves until a signal."""

    class Ours(Connection):
        limits, trusted = of or ClientLimits(), trusted_proxies

    config = uvicorn.Config(
        app,
        http=Ours,
        ws="none",
        lifespan="on",
        access_log=False,  # addresses contain tokens
        log_config=None,
        proxy_headers=False,  # serve.trusted_proxies says which clients are proxies
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    return uvicorn.Server(config)
