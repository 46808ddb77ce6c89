"""A folder of feeds on 250 loopback addresses, with validators and 304, from a process of its own
on the last core.

nginx where it is installed (`apt-get install nginx-light`), else a small asyncio server; `kind`
tells which.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

HOSTS = tuple(f"127.1.0.{number}" for number in range(1, 251))


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server; the feed `number` is `url(number)`."""

    kind: str
    port: int

    def url(self, number: int) -> str:
        """The address of a feed."""
        return f"http://{HOSTS[number % len(HOSTS)]}:{self.port}/{number}.xml"


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """A server of the files of a folder, ended at the end."""
    port = _free_port()
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    with tempfile.TemporaryDirectory() as scratch:
        command = (
            _nginx_command(nginx, folder, Path(scratch), port)
            if nginx
            else _own_command(folder, port)
        )
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            os.sched_setaffinity(process.pid, {max(os.sched_getaffinity(0))})
            _wait_for(port, process)
            yield Served(kind="nginx" if nginx else "asyncio", port=port)
        finally:
            process.terminate()
            process.wait()


def _nginx_command(nginx: str, folder: Path, scratch: Path, port: int) -> list[str]:
    listens = "".join(f"listen {host}:{port};" for host in HOSTS)
    temporary = "".join(
        f"{name}_temp_path {scratch};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (scratch / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {scratch}/pid; error_log /dev/null; events {{"
        f" worker_connections 2048; }} http {{ access_log off; {temporary} keepalive_requests"
        f" 100000; types {{ application/xml xml; }} server {{ {listens} root {folder}; }} }}"
    )
    return [nginx, "-p", str(scratch), "-c", str(scratch / "nginx.conf")]


def _own_command(folder: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "bench.served", str(folder), str(port)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOSTS[0], 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((HOSTS[-1], port), timeout=1):
            return
    raise RuntimeError(f"the server of the feeds ended: exit code {process.returncode}")


class _Files(asyncio.Protocol):
    """HTTP/1.1 GET with keep-alive, for clients that are our own: no pipelining, no body."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._received = folder, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\r\n\r\n"):
            request, self._received = self._received, b""
            self._transport.write(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        path = self._folder / request.split(b" ", 2)[1].decode("ascii").lstrip("/")
        if not path.is_file():
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        told = path.stat()
        etag = f'"{told.st_mtime_ns:x}-{told.st_size:x}"'
        validators = (
            f"ETag: {etag}\r\nLast-Modified: {formatdate(told.st_mtime, usegmt=True)}\r\n".encode()
        )
        if f"if-none-match: {etag}\r\n".encode() in request.replace(
            b"If-None-Match", b"if-none-match"
        ):
            return b"HTTP/1.1 304 Not Modified\r\n" + validators + b"\r\n"
        body = path.read_bytes()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n" % len(
            body
        )
        return head + validators + b"\r\n" + body


async def _serve(folder: Path, port: int) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Files(folder), HOSTS, port)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
