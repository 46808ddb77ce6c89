"""A site folder over HTTP as a good host serves it: compressed, with the headers of its `_headers`,
and its own 404.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
_PACKED = (
    "text/",
    "application/json",
    "application/xml",
    "image/svg",
    "application/manifest",
)  # pictures are packed already
_LEVEL = 6  # what hosts compress with, as far as they say


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serves a folder, which may be made later, on loopback; gives the address, without a slash at
    the end.
    """
    server = _Server(("127.0.0.1", 0), partial(_Host, folder))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def packed(file: Path) -> int:
    """The bytes of a file on the wire."""
    body = file.read_bytes()
    return len(gzip.compress(body, _LEVEL)) if _kind(file).startswith(_PACKED) else len(body)


def rules(folder: Path) -> tuple[tuple[str, str, str], ...]:
    """The headers of a `_headers` file: pattern, name, value."""
    file, found, pattern = folder / "_headers", [], ""
    for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
        name, colon, value = line.strip().partition(": ")
        if line[:1].isspace() and colon:
            found.append((pattern, name, value))
        elif line.strip():
            pattern = line.strip()
    return tuple(found)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: a browser that closes a page hangs up in the middle of a file."""


class _Host(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, folder: Path, *rest: object) -> None:
        self._folder = folder
        super().__init__(*rest)  # type: ignore[arg-type]  # what the server hands to any handler

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        file = self._file(path)
        found, status = (file, 200) if file else (self._folder / "404.html", 404)
        try:
            body = found.read_bytes()
        except OSError:
            body, status = b"", 404
        headers = {"Content-Type": _kind(found)}
        headers |= {
            name: value
            for pattern, name, value in rules(self._folder)
            if fnmatchcase(path, pattern)
        }
        if headers["Content-Type"].startswith(_PACKED) and "gzip" in self.headers.get(
            "Accept-Encoding", ""
        ):
            body = gzip.compress(body, _LEVEL)
            headers["Content-Encoding"] = "gzip"
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _file(self, path: str) -> Path | None:
        file = self._folder / path.lstrip("/")
        file = file / "index.html" if path.endswith("/") else file
        is_ours = ".." not in file.parts and not any(
            part.startswith((".", "_")) for part in file.relative_to(self._folder).parts
        )
        return file if is_ours and file.is_file() else None

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def _kind(file: Path) -> str:
    return _TYPES.get(file.suffix, "application/octet-stream")
