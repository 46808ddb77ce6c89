"""No form of a private address reaches a listener on this machine, wherever a publisher puts it;
public forms pass.
"""

from __future__ import annotations

import asyncio
import html
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from email.utils import format_datetime
from pathlib import Path
from typing import Self

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from aggregator.adapters.clock import SystemClock
from aggregator.adapters.web import AiohttpWeb
from aggregator.bootstrap import open_services
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    FetchSettings,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Source
from aggregator.errors import WebError
from aggregator.pipeline import refresh
from aggregator.ports import Request
from aggregator.services import RefreshOptions
from tests.integration.newsroom import Silent
from tests.integration.stored import NOW
from tests.servers import MiniWeb, Page

# `{p}` is the port that the listeners have; with a path each, so that none is taken for another.
FORMS = (
    "http://127.0.0.1:{p}/1", "http://localhost:{p}/2", "http://localhost.:{p}/3",
    "http://LOCALHOST:{p}/4", "http://[::1]:{p}/5", "http://[::ffff:127.0.0.1]:{p}/6",
    "http://[::ffff:7f00:1]:{p}/7", "http://2130706433:{p}/8", "http://0x7f.1:{p}/9",
    "http://0177.0.0.1:{p}/10", "http://127.1:{p}/11", "http://0x7f000001:{p}/12",
    "http://0.0.0.0:{p}/13", "http://0:{p}/14", "http://[::]:{p}/15", "http://１２７.０.０.１:{p}/16",
    "http://127。0。0。1:{p}/17", "http://example.org@127.0.0.1:{p}/18",
    "http://user:pw@127.0.0.1:{p}/19", "http://127.0.0.1:{p}\\@example.org/20",
    "http:\\\\127.0.0.1:{p}\\21", "http:/127.0.0.1:{p}/22", " http://127.0.0.1:{p}/23 ",
    "http://127.0.0.1:{p}/24#@example.org", "HTTP://127.0.0.1:{p}/25", "http://127.0.0.1:{p}/26\t",
    "http://[::127.0.0.1]:{p}/27", "http://[64:ff9b::7f00:1]:{p}/28",
    "http://[2002:7f00:1::]:{p}/29", "http://[0:0:0:0:0:0:0:1]:{p}/30",
    "http://%31%32%37.0.0.1:{p}/31", "https://127.0.0.1:{p}/32", "//127.0.0.1:{p}/33",
    "gopher://127.0.0.1:{p}/_34", "ftp://127.0.0.1:{p}/35", "http://127.0.0.1.:{p}/36",
)  # fmt: skip
LEGAL = (
    "http://xn--80ak6aa92e.com/", "http://аррӏе.com/", "http://ｅxample．org/",
    "http://example.org.:80/", "http://EXAMPLE.org/%7Efoo/../a",
    "http://example.org/a?utm_source=rss&id=7", "http://example.org/a?id=7#:~:text=x",
    "http://example.org/\u202egpj.exe", "http://example.org/" + "a" * 3_000,
    "http://example.org:8080/a", "http://example.org#@127.0.0.1/", "http://127.0.0.1.example.org/",
    "http://localhost.example.org/", "http://user.example.org/",
)  # fmt: skip
FEED, PAGES = "https://news.example/feed", "https://news.example/{}"


class Trap:
    """Listens on 127.0.0.1 and ::1 at one port and counts who comes; answers everybody with a
    page.
    """

    def __init__(self) -> None:
        self.reached: list[str] = []

    def __enter__(self) -> Self:
        first = socket.create_server(("127.0.0.1", 0))
        self.port: int = first.getsockname()[1]
        self._sockets = [first]
        with suppress(OSError):  # a machine without IPv6
            self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        self._threads = [
            threading.Thread(target=self._listen, args=(each,), daemon=True)
            for each in self._sockets
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for each, thread in zip(self._sockets, self._threads, strict=True):
            each.shutdown(socket.SHUT_RDWR)  # `close` alone lets the thread wait for ever
            thread.join(10)
            each.close()

    def _listen(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(2)
                asked = connection.recv(4_096)
                self.reached.append(asked.split(b"\r\n", 1)[0].decode("latin-1"))
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
                )


@pytest.fixture
def trap() -> Iterator[Trap]:
    with Trap() as listening:
        yield listening


class Everywhere(AbstractResolver):
    """Resolves every name to the same addresses: those of the first answer, then, as a name that is
    rebound, of the next.
    """

    def __init__(self, *answers: tuple[tuple[str, int], ...]) -> None:
        self._answers, self.asked = answers, 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses whose turn it is."""
        answer = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address, port in answer
        ]

    async def close(self) -> None:
        """Nothing."""


def _served(forms: list[str]) -> dict[str, Page]:
    """A publisher that puts every form wherever an address may stand."""
    words = "<p>" + "Northwind opened a model in Oslo on Saturday. " * 20
    pages = {
        PAGES.format("robots.txt"): Page(
            body=b"User-agent: *\nAllow: /\n", content_type="text/plain"
        )
    }
    links = list(forms)
    for n, form in enumerate(forms):
        told = html.escape(form)
        body = (
            f'<link rel="canonical" href="{told}"><meta property="og:image" content="{told}"><img'
            f' src="{told}">{words}'
        )
        pages[PAGES.format(f"page{n}")] = Page(
            body=f"<html><head><title>P{n}</title>{body}".encode()
        )
        pages[PAGES.format(f"moved{n}")] = Page(
            status=302, headers=(("Location", form.encode().decode("latin-1")),)
        )
        pages[f"https://robots{n}.example/robots.txt"] = Page(
            status=301, headers=(("Location", form.encode().decode("latin-1")),)
        )
        pages[f"https://robots{n}.example/page"] = Page(body=words.encode())
        links += [
            PAGES.format(f"page{n}"),
            PAGES.format(f"moved{n}"),
            f"https://robots{n}.example/page",
        ]
    items = "".join(
        (
            f"<item><guid>g{n}</guid><title>T{n}</title><link>{html.escape(link)}</link>"
            f"<pubDate>{format_datetime(NOW)}</pubDate></item>"
        )
        for n, link in enumerate(links)
    )
    pages[FEED] = Page(
        body=f"<rss version='2.0'><channel><title>N</title>{items}</channel></rss>".encode(),
        title="N",
    )
    return pages


def _refreshed(
    folder: Path, forms: list[str], *, allowed: bool | tuple[str, ...]
) -> dict[str, int]:
    with MiniWeb(_served(forms)) as web:
        named = (Source(key="news", name="News", url=web.url_of(FEED)),)
        settings = Settings(
            site=SiteSettings(output=str(folder / "site")),
            database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
            fetch=FetchSettings(
                allow_private_networks=allowed, per_host_delay_s=0, per_host=8, timeout_s=45
            ),
            analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
            sources=(
                *named,
                *(Source(key=f"s{n}", name=form, url=form) for n, form in enumerate(forms)),
            ),
        )

        async def run() -> dict[str, int]:
            async with open_services(settings, NOW) as services:
                report = await refresh(services, RefreshOptions(analysis=False), Silent())
            return {
                "ok": report.sources_ok,
                "failed": report.sources_failed,
                "articles": report.articles_new,
            }

        return asyncio.run(run())


def test_no_form_of_a_private_address_is_reached_from_anywhere(tmp_path: Path, trap: Trap) -> None:
    forms = [form.format(p=trap.port) for form in FORMS]
    report = _refreshed(tmp_path, forms, allowed=("127.77.0.0/16",))

    assert trap.reached == []
    assert (report["ok"], report["failed"]) == (1, len(forms))
    assert report["articles"] >= 3 * len(forms)


def test_the_trap_snaps_where_private_networks_are_allowed(tmp_path: Path, trap: Trap) -> None:
    forms = [form.format(p=trap.port) for form in FORMS[:4]]
    _refreshed(tmp_path, forms, allowed=True)

    assert len(trap.reached) > len(forms)


@pytest.mark.parametrize(
    "at_once", [True, False], ids=["behind a dead address in one answer", "in the next answer"]
)
def test_a_name_that_is_rebound_to_this_machine_reaches_nothing(trap: Trap, at_once: bool) -> None:
    with socket.create_server(("127.77.0.1", 0)) as taken:
        dead = ("127.77.0.2", taken.getsockname()[1])
        mine = ("127.0.0.1", trap.port)
        resolver = Everywhere((dead, mine)) if at_once else Everywhere((dead,), (mine,))

        async def asked() -> list[str]:
            settings = FetchSettings(
                allow_private_networks=("127.77.0.0/16",), per_host_delay_s=0, timeout_s=45
            )
            async with AiohttpWeb(settings, "us/1.0", SystemClock(), resolver=resolver) as port:
                return [await _said(port, f"http://rebound.example:{n + 8000}/") for n in range(2)]

        said = asyncio.run(asked())

    refused = "127.0.0.1 is not a public address (fetch.allow_private_networks would allow it)"
    assert said == [refused if at_once else "connection refused", refused]
    assert (resolver.asked, trap.reached) == (2, [])


@pytest.mark.parametrize("url", LEGAL, ids=lambda url: url[:40].encode("ascii", "replace").decode())
def test_every_legal_public_form_is_asked(url: str) -> None:
    with MiniWeb({FEED: Page(body=b"<p>x")}) as web:
        home = web.url_of(FEED).split("/")[2].split(":")

        async def asked() -> str:
            settings = replace(
                FetchSettings(),
                allow_private_networks=("127.77.0.0/16",),
                per_host_delay_s=0,
                timeout_s=45,
            )
            resolver = Everywhere(((home[0], int(home[1])),))
            async with AiohttpWeb(settings, "us/1.0", SystemClock(), resolver=resolver) as port:
                return await _said(port, url)

        assert asyncio.run(asked()) == "http 404"


async def _said(port: AiohttpWeb, url: str) -> str:
    try:
        return f"http {(await port.fetch(Request(url=url))).status}"
    except WebError as error:
        return error.reason
