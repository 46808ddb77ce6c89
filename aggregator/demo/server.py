"""The demo's server on loopback: proxy to the invented world while it is read, then the site.

A reader's browser knows no host of the world, so its links lead to `/world/HOST/` here. What the
web app would answer (the forms of subscribers) is a page that says so.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path

from aggregator.demo.world import World, form_page

_ABROAD = re.compile(rb'href="http://([a-z-]+\.example)/')
_HERE = rb'href="/world/\1/'
_WORLD, _MAIL = "/world/", "mail"
_FORM = re.compile(r"/subscribe|/(?:confirm|preferences|unsubscribe)/[\w.-]+")


class DemoServer(ThreadingHTTPServer):
    """Answers for the world as of `moment`, and with the files of the demo's folder. Raises
    OSError where the port is taken.
    """

    daemon_threads = True
    # Connections that wait to be taken: the crawler opens 24 at once, and of those beyond
    # socketserver's five the kernel drops the last packet and tries again after seconds. 57 of 60
    # bursts took over 0.9 s, with 128 places none.
    request_queue_size = 128

    def __init__(self, port: int, world: World, folder: Path) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world, self.folder = world, folder
        self.moment = datetime.max.replace(tzinfo=UTC)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: DemoServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answers a request: of a proxy's client, for a page of the world, or for a file."""
        path = self.path.partition("?")[0]
        if path.startswith(("http://", _WORLD)):
            found = self._of_world(path.replace(_WORLD, "http://", 1))
        elif _FORM.fullmatch(path):
            found = "text/html", form_page(self.server.folder / _MAIL).encode()
        elif not path.endswith("/") and self._file(path).is_dir():
            self._answer(HTTPStatus.PERMANENT_REDIRECT, "text/html", b"", location=f"{path}/")
            return
        else:
            found = self._of_site(self._file(path))
        if found is None:
            lost = self._of_site(self._file("/404.html"))
            self._answer(HTTPStatus.NOT_FOUND, *(lost or ("text/plain", b"")))
            return
        kind, body = found
        if kind == "text/html" and path.startswith("/"):
            body = _ABROAD.sub(_HERE, body)
        self._answer(HTTPStatus.OK, kind, body)

    def log_message(self, format: str, *args: object) -> None:
        """Keeps quiet: the terminal belongs to the command."""

    def _of_world(self, url: str) -> tuple[str, bytes] | None:
        found = self.server.world.answer(url, self.server.moment)
        return (found[0], found[1].encode()) if found else None

    def _file(self, path: str) -> Path:
        """The file for a path; the index of a folder where the path ends with it."""
        root, _, rest = path.lstrip("/").partition("/")
        folder = self.server.folder / (_MAIL if root == _MAIL else "site")
        if path == "/favicon.ico":  # of pages that name no icon: mails and those of the world
            return next((folder / "static").glob("icon.*.svg"), folder)
        file = (folder / (rest if root == _MAIL else path.lstrip("/"))).resolve()
        if not file.is_relative_to(folder):
            return folder / "404.html"
        return file / "index.html" if path.endswith("/") else file

    def _of_site(self, file: Path) -> tuple[str, bytes] | None:
        if not file.is_file():
            return None
        return guess_type(file.name)[0] or "text/plain", file.read_bytes()

    def _answer(self, status: HTTPStatus, kind: str, body: bytes, *, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if "text" in kind else kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)
