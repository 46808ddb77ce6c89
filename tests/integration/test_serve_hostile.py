"""Requests to the web app that no browser would send, and the headers that every answer has."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.types import Message

from aggregator.domain.settings import Settings
from aggregator.store.database import Connection, Database
from tests.builders import sample_standings, sample_stories
from tests.integration.stored import NOW
from tests.integration.web_app import WebApp, in_web_app, settings_of
from tests.memory_site import MemoryContent, publish, site_pages
from tests.packaging.test_web_servers import wanted

PAGES = ("/subscribe", "/confirm/x", "/preferences/x", "/unsubscribe/x", "/healthz", "/week")
OWN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action"
    " 'self'; frame-ancestors 'none'"
)


async def answered(
    app: Any, method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes = b""
) -> list[Message]:
    """The app's answer to a request that no client library would make."""
    sent: list[Message] = []
    asked = asyncio.Event()

    async def receive() -> Message:
        if asked.is_set():
            await asyncio.Event().wait()  # nobody hangs up
        asked.set()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "replace"),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("192.0.2.7", 50_000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await app(scope, receive, send)
    return sent


PARTS = st.one_of(
    st.sampled_from(
        [
            "..",
            ".",
            "",
            "a",
            "story",
            "static",
            "subscribe",
            "sent",
            "confirm",
            "unsubscribe",
            "preferences",
            "health",
            "_headers",
            ".well-known",
            "index.html",
            "%2e%2e",
            "\x00",
            "\ufffd",
            "\\",
            "x" * 300,
        ]
    ),
    st.text(max_size=12),
)
PATHS = st.lists(PARTS, max_size=8).map(lambda parts: "/" + "/".join(parts)) | st.sampled_from(
    ["*", "http://x/", "/" * 60_000, "/_" * 30_000]
)
NAMES = st.sampled_from(
    [
        b"host",
        b"content-type",
        b"range",
        b"if-range",
        b"if-modified-since",
        b"if-none-match",
        b"x-forwarded-for",
        b"cookie",
        b"content-length",
        b"accept-encoding",
        b"expect",
        b"forwarded",
    ]
)
VALUES = st.binary(max_size=40) | st.sampled_from(
    [
        b"[",
        b"[::1",
        b"a:b:c",
        b"multipart/form-data; boundary=",
        b'multipart/form-data; boundary="\xff"',
        b"bytes=9-1",
        b"bytes=0-,0-,-1",
        b"bytes=a-b",
        b"application/x-www-form-urlencoded",
        b"Mon, 32 Foo 9999999 99:99:99 GMT",
        b'W/"',
        b"::1%\x00",
    ]
)
METHODS = st.sampled_from(
    ["GET", "HEAD", "POST", "PUT", "OPTIONS", "CONNECT", "TRACE", "get", "\u00e9", ""]
)


class Counted(Database):
    """A database that counts its write transactions."""

    written = 0

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        self.written += 1
        with super().writing(durable=durable) as connection:
            yield connection


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Counted]:
    """No answer here depends on the kind of database."""
    made = Counted(f"sqlite:///{tmp_path / 'a.db'}")
    made.upgrade(NOW)
    yield made
    made.close()


@pytest.fixture
def published(tmp_path: Path) -> Settings:
    """Settings of a site that is published."""
    of = settings_of(tmp_path)
    content = MemoryContent(
        stories=sample_stories(3), statuses=sample_standings(), engine="extractive"
    )
    publish(site_pages(content, of.site), Path(of.site.output), of.site, {})
    return of


def test_the_site_has_the_headers_of_its_headers_file_and_the_app_its_own(
    database: Database, published: Settings
) -> None:
    site = Path(published.site.output)
    asked = (site / "_headers").read_text("utf-8")
    files = ["/" + path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()]
    wrong: list[str] = []

    async def visit(web_app: WebApp) -> None:
        for path in (
            file.removesuffix("index.html") for file in files if not file.startswith("/_")
        ):
            for conditions in ({}, {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}):
                answer = await web_app.client.get(path, headers=conditions)
                given_headers = {name: answer.headers.get(name) for name in wanted(asked, path)}
                wrong.extend(
                    [path]
                    if given_headers != wanted(asked, path) or answer.status_code > 304
                    else []
                )
        scripts = [path for path in files if path.endswith(".js")]
        kinds = {(await web_app.client.get(path)).headers["content-type"] for path in scripts}
        assert kinds == {"text/javascript; charset=utf-8"}
        missing = await web_app.client.get("/topic/none/feed.xml")
        assert (missing.status_code, missing.headers.get("cache-control")) == (404, None)
        for path in PAGES:
            assert (await web_app.client.get(path)).headers["content-security-policy"] == OWN_POLICY

    in_web_app(database, published, visit)

    assert wrong == []


@pytest.mark.parametrize(
    "path",
    [
        "/a/..",
        "/story/..",
        "/..",
        "/story/../..",
        "/./",
        "/a/%2e%2e",
        "/a/" + "x" * 60_000,
        "/" * 60_000,
    ],
)
def test_a_path_that_leads_nowhere_has_a_small_answer(
    database: Database, published: Settings, path: str
) -> None:
    answers: list[list[Message]] = []

    async def visit(web_app: WebApp) -> None:
        answers.append(await answered(web_app.app, "GET", path, [(b"host", b"news.example")]))

    in_web_app(database, published, visit)

    assert answers[0][0]["status"] == 404
    assert sum(len(message.get("body", b"")) for message in answers[0]) < 50_000


def test_nothing_that_is_asked_is_an_error_of_ours(database: Database, published: Settings) -> None:
    async def visit(web_app: WebApp) -> None:
        desk_app, loop = web_app.app, asyncio.get_running_loop()

        @settings(
            max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @example("GET", "/a/..", [], b"")
        @example("GET", "/week", [(b"host", b"[")], b"")
        @example("GET", "/nothing", [(b"host", b"[::1")], b"")
        @given(
            METHODS, PATHS, st.lists(st.tuples(NAMES, VALUES), max_size=5), st.binary(max_size=60)
        )
        def fuzzed(method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
            asked = answered(desk_app, method, path, headers, body)
            assert asyncio.run_coroutine_threadsafe(asked, loop).result(60)[0]["status"] < 500

        await asyncio.to_thread(fuzzed)

    in_web_app(database, published, visit)


@pytest.mark.parametrize("place", ["unsubscribe", "preferences", "confirm"])
def test_a_forged_link_is_refused_before_a_transaction_is_opened(
    database: Counted, tmp_path: Path, place: str
) -> None:
    async def visit(web_app: WebApp) -> None:
        here = await web_app.subscribed()
        before = database.written
        for token in ("x", f"{here.id}.0.{'0' * 40}"):
            assert (
                await web_app.client.post(f"/{place}/{token}", data={"role": "policy"})
            ).status_code in {404, 410}
        assert database.written == before

    in_web_app(database, settings_of(tmp_path), visit)
