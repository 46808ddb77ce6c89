"""An app behind the product's own HTTP server, on loopback, in a thread of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from aggregator.serve.server import ClientLimits, web_server


@contextmanager
def answering(
    listening: socket.socket,
    app: ASGIApp,
    trusted_proxies: tuple[str, ...] = (),
    limits: ClientLimits | None = None,
) -> Iterator[None]:
    """Serves on a socket that is already listening: a client that connects before the server runs
    waits a moment.
    """
    server = web_server(app, trusted_proxies, limits)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(60)
        listening.close()
