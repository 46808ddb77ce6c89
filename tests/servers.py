"""A small web on loopback for tests: every host at an address of its own, links between the hosts
led there.

    with MiniWeb(Path("tests/corpus/seed-story")) as web:
        web.url_of("https://thenextweb.com/feed")      # http://127.77.0.6:40123/feed
        web.misbehave("https://thenextweb.com/feed", Fault.CUT, times=1)

It runs in a thread of its own, so a test may be async, or start processes that ask it.
`/robots.txt` is 404 unless given.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from aggregator.crawl.discovery import source_name
from tests.listening import listening

BOMB_BYTES = 64_000_000  # decoded; 62 kB on the wire
_TEXT = re.compile(r"text/|application/([a-z+]*xml|[a-z+]*json)")


class Fault(StrEnum):
    """How an address misbehaves."""

    SERVER_ERROR = "500"
    BUSY = "429 with Retry-After"
    CUT = "half of the body, then the end"
    RESET = "half of the body, then the connection is reset"
    DROP = "connection closed without an answer"
    DRIP = "headers, then a byte now and then"
    LOOP = "redirect to itself"
    BOMB = "a body that grows a thousandfold when decompressed"
    BAD_GZIP = "a body that is not what Content-Encoding says"
    SILENCE = "no answer, the connection stays open"
    LONG_HEADER = "a header line that does not end"
    GARBAGE = "not HTTP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an address answers. A `title` makes it a feed, which `sources_toml` lists. Locations are
    led to loopback.
    """

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    title: str | None = None
    delay_s: float = 0.0

    @property
    def validator(self) -> str:
        """The ETag as served."""
        return self.etag or f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came: the original address, header names in lower case."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)


def captured_pages(folder: Path, map_name: str = "map.json") -> dict[str, Page]:
    """The pages of a capture: a folder with a map.json of {url: {file, content_type, kind, title?,
    etag?}}.
    """
    entries: dict[str, dict[str, str]] = json.loads((folder / map_name).read_text("utf-8"))
    return {
        url: Page(
            body=_bytes_of(folder / entry["file"]),
            content_type=entry["content_type"],
            etag=entry.get("etag"),
            title=entry.get("title", url) if _is_feed(entry) else None,
        )
        for url, entry in entries.items()
    }


def copied(pages: Mapping[str, Page], copies: int) -> dict[str, Page]:
    """The pages so many times: each copy of a host under a name of its own, its links within the
    copy.
    """
    hosts = sorted({urlsplit(url).netloc for url in pages}, key=len, reverse=True)
    link = re.compile(
        rb"(https?:\\?/\\?/)(" + "|".join(map(re.escape, hosts)).encode() + rb")(?![\w.-])"
    )
    found = dict(pages)
    for number in range(2, copies + 1):
        led = partial(link.sub, rb"\g<1>copy" + str(number).encode() + rb"-\g<2>")
        for url, page in pages.items():
            body = led(page.body) if _TEXT.match(page.content_type) else page.body
            title = f"{page.title} ({number})" if page.title else None
            found[led(url.encode()).decode()] = replace(page, body=body, title=title)
    return found


class MiniWeb:
    """Serves `pages` (a capture's folder, or pages by their original address) while the context
    lasts.
    """

    def __init__(self, pages: Path | Mapping[str, Page], *, port: int = 0) -> None:
        self._pages = captured_pages(pages) if isinstance(pages, Path) else dict(pages)
        self._faults: dict[str, tuple[Fault, int]] = {}
        hosts = sorted({urlsplit(url).netloc for url in self._pages})
        self._address_of = {
            host: f"127.77.{n // 250}.{n % 250 + 1}" for n, host in enumerate(hosts)
        }
        self._host_at = {address: host for host, address in self._address_of.items()}
        names = "|".join(re.escape(host) for host in sorted(hosts, key=len, reverse=True))
        self._link = re.compile(rb"https?:(\\?/\\?/)(" + names.encode() + rb")(?![\w.-])")
        self._ready, self._port = threading.Event(), port
        self._open = Counter[str]()
        self.asked: list[Asked] = []
        self.most_open = Counter[str]()  # connections at once, by original host

    def url_of(self, original: str) -> str:
        """Where an original address is served."""
        return self._led(original.encode()).decode()

    def sources_toml(self) -> str:
        """The feeds as `[[sources]]` tables of config.toml."""
        feeds = {
            url: source_name(page.title, url)
            for url, page in sorted(self._pages.items())
            if page.title
        }
        tables = (
            f'[[sources]]\nscope = "ai"\nkey = "{_key(url)}"\n'
            f"name = {json.dumps(title, ensure_ascii=False)}\nurl"
            f' = "{self.url_of(url)}"\n'
            for url, title in feeds.items()
        )
        return "\n".join(tables)

    def put(self, original: str, page: Page) -> None:
        """Serves another page from now on; its host must have had one from the start."""
        self.url_of(original)
        self._pages[original] = page

    def misbehave(self, original: str, fault: Fault, *, times: int = 1_000_000) -> None:
        """Answers the next `times` requests for an address badly, given a page or not."""
        self._faults[original] = (fault, times)

    def times_asked(self, original: str) -> int:
        """How many requests came for an address."""
        return sum(asked.url == original for asked in self.asked)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="MiniWeb", daemon=True
        )
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with listening(self._served, self._host_at, self._port) as self._port:
            self._ready.set()
            await self._stop.wait()

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = self._host_at[writer.get_extra_info("sockname")[0]]
        self._open[host] += 1
        self.most_open[host] = max(self.most_open[host], self._open[host])
        try:
            while await self._answered(host, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client closed, or the test is over
        finally:
            self._open[host] -= 1
            writer.close()

    async def _answered(
        self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection may be used again."""
        start = await reader.readexactly(1)
        if start == b"\x16":  # a TLS greeting: this is what web servers say to it on a plain port
            await self._sent(writer, Page(status=400))
            return False
        first, *lines = (
            (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        )
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        url = self._original(host, first.split(" ")[1])
        self.asked.append(Asked(url=url, headers=headers))
        if fault := self._fault(url):
            await self._misbehaved(fault, url, writer)
            return False
        page = self._pages.get(
            url, Page(status=404, body=b"nothing here\n", content_type="text/plain")
        )
        await asyncio.sleep(page.delay_s)
        if page.status == 200 and headers.get("if-none-match") == page.validator:
            page = Page(status=304, etag=page.validator)
        await self._sent(writer, page)
        return True

    def _original(self, host: str, target: str) -> str:
        if target.startswith("http://"):  # we are asked as a proxy
            return target
        plain = f"http://{host}{target}"
        return plain if plain in self._pages else f"https://{host}{target}"

    def _fault(self, url: str) -> Fault | None:
        fault, times = self._faults.get(url, (None, 0))
        if fault is None or times == 0:
            return None
        self._faults[url] = (fault, times - 1)
        return fault

    def _led(self, text: bytes) -> bytes:
        def address(match: re.Match[bytes]) -> bytes:
            return (
                b"http:" + match[1] + f"{self._address_of[match[2].decode()]}:{self._port}".encode()
            )

        return self._link.sub(address, text)

    async def _sent(
        self, writer: asyncio.StreamWriter, page: Page, *, length: int | None = None
    ) -> None:
        body = self._led(page.body) if _TEXT.match(page.content_type) else page.body
        lines = [
            f"HTTP/1.1 {page.status} {HTTPStatus(page.status).phrase}",
            f"Content-Type: {page.content_type}",
        ]
        lines += [f"{name}: {self.url_of(value)}" for name, value in page.headers]
        if page.status in (200, 304):
            lines.append(f"ETag: {page.validator}")
        if page.status != 304:
            lines.append(f"Content-Length: {len(body) if length is None else length}")
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        await writer.drain()

    async def _misbehaved(self, fault: Fault, url: str, writer: asyncio.StreamWriter) -> None:
        page = self._pages.get(url, Page(body=b"<p>" + b"x" * 10_000))
        half = Page(body=page.body[: len(page.body) // 2])
        match fault:
            case Fault.CUT:
                await self._sent(writer, half, length=len(page.body) + 1)
            case Fault.RESET:
                await self._sent(writer, half, length=len(page.body) + 1)
                await asyncio.sleep(0.05)  # the half is to arrive first
                writer.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
            case Fault.DRIP:
                await self._sent(writer, Page(body=b"<"), length=100_000)
                while not writer.is_closing():
                    await asyncio.sleep(0.05)
                    writer.write(b"x")
                    await writer.drain()
            case Fault.SILENCE:
                await self._stop.wait()
            case Fault.GARBAGE:
                writer.write(b"220 mail.example ESMTP\r\n\r\n")
            case Fault.DROP:
                pass
            case _:
                await self._sent(writer, _bad_page(fault, url))


def _bad_page(fault: Fault, url: str) -> Page:
    """The answer of a fault that is a complete answer."""
    match fault:
        case Fault.SERVER_ERROR:
            return Page(status=500, body=b"broken")
        case Fault.BUSY:
            return Page(status=429, headers=(("Retry-After", "120"),))
        case Fault.LOOP:
            return Page(status=302, headers=(("Location", url),))
        case Fault.BOMB:
            return Page(
                body=gzip.compress(b"\x00" * BOMB_BYTES),
                content_type="x/x",
                headers=(("Content-Encoding", "gzip"),),
            )
        case Fault.BAD_GZIP:
            return Page(
                body=b"no gzip", content_type="x/x", headers=(("Content-Encoding", "gzip"),)
            )
        case Fault.LONG_HEADER:
            return Page(headers=(("X-Long", "x" * 200_000),))
        case _:
            raise AssertionError(fault)


def _bytes_of(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" else body


def _is_feed(entry: Mapping[str, str]) -> bool:
    return entry.get("kind", "").startswith("feed") or entry["file"].startswith("feeds")


def _key(url: str) -> str:
    """A source key for an address; long ones are told apart by a digest, as keys have at most 64
    characters.
    """
    parts = urlsplit(url)
    key = re.sub(r"[^a-z0-9]+", "-", f"{parts.netloc}{parts.path}".lower()).strip("-")
    return (
        key
        if len(key) <= 48
        else f"{key[:40].strip('-')}-{hashlib.sha256(url.encode()).hexdigest()[:6]}"
    )
