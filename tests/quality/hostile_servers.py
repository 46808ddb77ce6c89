"""Hostile servers beside good feeds, through the real fetch stage: `python -m
tests.quality.hostile_servers --json`.

Twenty kinds of servers, each as often as it takes to be `--hostile` (40), stand in a process of
their own beside `--good` (200) feeds. The good ones are read alone first, then beside the hostile
ones, which come first in the configuration. `slowest_hostile_s` is from the first connection to the
end of the last one of a hostile server, as the server sees it; `growth_mb` what the fetching
process held more at its peak than when only the good ones had been read.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import itertools
import json
import logging
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import format_datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
from backports import zstd

from aggregator.bootstrap import open_services
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    FetchSettings,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Source
from aggregator.log import set_up_log
from aggregator.services import RefreshOptions, Tally
from tests.integration.stored import NOW
from tests.servers import MiniWeb, Page

BOMB_BYTES = 256 * 2**20
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_Write = Callable[[bytes], Awaitable[None]]


async def _packed(write: _Write, coding: bytes, body: bytes) -> None:
    await write(
        _OK + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (coding, len(body), body)
    )


async def _endless(write: _Write, head: bytes, pieces: Iterator[bytes], pause_s: float = 0) -> None:
    await write(head)
    for piece in pieces:
        await write(piece)
        await asyncio.sleep(pause_s)


def _answers(bombs: dict[str, bytes]) -> dict[str, Callable[[_Write, int], Awaitable[None]]]:
    """What each kind of server does to a request; `n` counts the requests, so that a redirect leads
    ever further.
    """
    again = itertools.repeat
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    chunked = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
    moved = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
    return {
        "gzip bomb": lambda write, n: _packed(write, b"gzip", bombs["gzip"]),
        "br bomb": lambda write, n: _packed(write, b"br", bombs["br"]),
        "zstd bomb": lambda write, n: _packed(write, b"zstd", bombs["zstd"]),
        "gzip in gzip": lambda write, n: _packed(
            write, b"gzip, gzip", gzip.compress(bombs["gzip"])
        ),
        "not what the coding says": lambda write, n: _packed(write, b"gzip", b"no gzip at all"),
        "endless headers": lambda write, n: _endless(
            write, _OK, (b"X-%d: x\r\n" % each for each in itertools.count())
        ),
        "endless header line": lambda write, n: _endless(write, _OK + b"X: ", again(b"x" * 1_024)),
        "slow headers": lambda write, n: _endless(
            write, _OK, (b"X-%d: x\r\n" % each for each in itertools.count()), 0.5
        ),
        "slow header line": lambda write, n: _endless(write, _OK + b"X: ", again(b"x"), 0.5),
        "slow drip": lambda write, n: _endless(
            write, _OK + b"Content-Length: 100000\r\n\r\n", again(b"<"), 0.5
        ),
        "drip above the low-speed limit": lambda write, n: _endless(
            write, chunked, again(b"200\r\n" + b"x" * 512 + b"\r\n"), 0.5
        ),
        "never-ending chunks": lambda write, n: _endless(write, chunked, again(chunk)),
        "endless chunk extension": lambda write, n: _endless(
            write, chunked + b"1;", again(b"x" * 1_024)
        ),
        "endless trailers": lambda write, n: _endless(
            write, chunked + b"0\r\n", (b"X-%d: x\r\n" % each for each in itertools.count())
        ),
        "less than it said": lambda write, n: write(_OK + b"Content-Length: 100000\r\n\r\n<rss>"),
        "more than anyone takes": lambda write, n: write(
            _OK + b"Content-Length: 99999999999999\r\n\r\n<rss>"
        ),
        "redirect loop": lambda write, n: write(moved + b"/feed\r\n\r\n"),
        "ever another address": lambda write, n: write(moved + b"/feed/%d\r\n\r\n" % n),
        "interim answers without end": lambda write, n: _endless(
            write, b"", again(b"HTTP/1.1 103 Early Hints\r\n\r\n"), 0.01
        ),
        "silence": lambda write, n: asyncio.sleep(3_600),
        "wrong TLS": lambda write, n: write(
            b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
        ),
    }


KINDS = tuple(_answers({"gzip": b"", "br": b"", "zstd": b""}))


@dataclass(slots=True)
class _Hosts:
    """The hostile servers of one process, and when each was first connected to and last left."""

    answers: Sequence[Callable[[_Write, int], Awaitable[None]]]
    spans: dict[int, tuple[float, float]] = field(default_factory=dict)
    asked: int = 0

    async def served(
        self, place: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        began = self.spans.get(place, (time.monotonic(), 0.0))[0]
        self.spans[place] = (began, time.monotonic())

        async def write(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await reader.readuntil(b"\r\n\r\n")
            self.asked += 1
            left = asyncio.ensure_future(reader.read())
            answer = asyncio.ensure_future(self.answers[place](write, self.asked))
            await asyncio.wait((left, answer), return_when=asyncio.FIRST_COMPLETED)
            for task in (left, answer):
                task.cancel()
            await asyncio.gather(left, answer, return_exceptions=True)
        self.spans[place] = (began, time.monotonic())
        writer.close()


def _serve(kinds: Sequence[str], line: Connection) -> None:
    """Serves the kinds at 127.77.200.1 and on, in a process of its own, until told to stop; tells
    the spans then.
    """
    zeros = b"\0" * BOMB_BYTES
    bombs = {
        "gzip": gzip.compress(zeros),
        "br": brotli.compress(zeros, quality=5),
        "zstd": zstd.compress(zeros),
    }
    every = _answers(bombs)
    hosts = _Hosts([every[kind] for kind in kinds])

    async def run() -> None:
        port = 0
        for place in range(len(kinds)):

            async def served(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, place: int = place
            ) -> None:
                await hosts.served(place, reader, writer)

            server = await asyncio.start_server(served, f"127.77.200.{place + 1}", port)
            port = server.sockets[0].getsockname()[1]
        line.send(port)
        await asyncio.to_thread(line.recv)
        line.send(hosts.spans)

    asyncio.run(run())


@contextmanager
def _hostile(kinds: Sequence[str], spans: dict[int, tuple[float, float]]) -> Iterator[list[Source]]:
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(kinds, theirs), daemon=True
    )
    process.start()
    port = mine.recv()
    yield [
        Source(
            key=f"h{n}", name=f"{kind} {n}", url=f"{_scheme(kind)}://127.77.200.{n + 1}:{port}/feed"
        )
        for n, kind in enumerate(kinds)
    ]
    mine.send("stop")
    spans.update(mine.recv())
    process.join(10)


def _scheme(kind: str) -> str:
    return "https" if kind == "wrong TLS" else "http"


@dataclass(slots=True)
class _Stopwatch:
    """When each source was done, in seconds from the start."""

    began: float = field(default_factory=time.monotonic)
    done: dict[str, float] = field(default_factory=dict)

    def stage(self, name: str, total: int) -> None:
        """The clock starts."""
        self.began = time.monotonic()

    def step(self, what: str) -> None:
        """One source is done."""
        self.done[what] = time.monotonic() - self.began


def _good_feed(n: int) -> Page:
    items = "".join(
        f"<item><guid>{n}-{m}</guid><title>News {m} of {n}</title>"
        f"<link>https://g{n}.example/{m}</link><pubDate>{format_datetime(NOW)}</pubDate>"
        f"<description>{'words of a feed ' * 60}</description></item>"
        for m in range(20)
    )
    body = f"<rss version='2.0'><channel><title>Good {n}</title>{items}</channel></rss>"
    return Page(body=body.encode(), content_type="application/rss+xml", title=f"Good {n}")


async def _fetched(
    folder: Path, sources: Sequence[Source], timeout_s: float
) -> tuple[_Stopwatch, Tally]:
    settings = Settings(
        site=SiteSettings(output=str(folder / "site")),
        database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
        fetch=FetchSettings(
            allow_private_networks=("127.77.0.0/16",), per_host_delay_s=0, timeout_s=timeout_s
        ),
        analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
        sources=tuple(sources),
    )
    watch, tally = _Stopwatch(), Tally()
    async with open_services(settings, NOW) as services:
        services.database.upgrade(NOW)
        await fetch_stage(services, RefreshOptions(), watch, tally)
    return watch, tally


def report(hostile: int = 40, good: int = 200, timeout_s: float = 30.0) -> dict[str, Any]:
    """Seconds of the good feeds alone and beside the hostile servers, and what these cost."""
    kinds = [KINDS[n % len(KINDS)] for n in range(hostile)]
    spans: dict[int, tuple[float, float]] = {}
    pages = {f"https://g{n}.example/feed": _good_feed(n) for n in range(good)}
    with MiniWeb(pages) as web, tempfile.TemporaryDirectory() as folder:
        fine = [
            Source(key=f"g{n}", name=f"Good {n}", url=web.url_of(url))
            for n, url in enumerate(pages)
        ]
        for name in ("warm", "alone", "beside"):
            (Path(folder) / name).mkdir()
        asyncio.run(_fetched(Path(folder) / "warm", fine, timeout_s))
        alone, _ = asyncio.run(_fetched(Path(folder) / "alone", fine, timeout_s))
        with _hostile(kinds, spans) as bad:
            before_mb = _peak_mb(reset=True)
            beside, tally = asyncio.run(_fetched(Path(folder) / "beside", [*bad, *fine], timeout_s))
            growth_mb = _peak_mb() - before_mb
    seconds = {
        kind: round(
            max(spans[n][1] - spans[n][0] for n, each in enumerate(kinds) if each == kind), 1
        )
        for kind in kinds
    }
    names = {source.name for source in fine}
    return {
        "hostile": hostile,
        "good": good,
        "good_read": tally.counts["sources_ok"],
        "hostile_failed": tally.counts["sources_failed"],
        "good_alone_s": round(max(alone.done.values()), 2),
        "good_beside_s": round(max(done for name, done in beside.done.items() if name in names), 2),
        "slowest_hostile_s": max(seconds.values()),
        "growth_mb": round(growth_mb, 1),
        "seconds_by_kind": seconds,
        "reasons": dict(
            sorted(
                {
                    kinds[int(failure.source[1:])]: failure.reason for failure in tally.failures
                }.items()
            )
        ),
    }


def _peak_mb(*, reset: bool = False) -> float:
    """What this process holds now, with its peak begun anew, or its peak since then."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    said = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines()
    )
    return int(said["VmHWM"].split()[0]) / 1_024


def main() -> None:
    """Prints the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostile", type=int, default=40)
    parser.add_argument("--good", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    set_up_log(logging.INFO, as_json=False)
    found = report(arguments.hostile, arguments.good)
    if arguments.json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{key:<18} {value}\n" for key, value in found.items())


if __name__ == "__main__":
    main()
