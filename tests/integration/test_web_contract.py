"""What every Web port keeps, the real one and the fake alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import pytest

from aggregator.adapters.clock import SystemClock
from aggregator.adapters.lazy_web import LazyWeb
from aggregator.adapters.web import AiohttpWeb
from aggregator.domain.settings import FetchSettings
from aggregator.errors import RefusedError, WebError
from aggregator.ports import Request, Response, Web
from tests.fakes import FakeWeb
from tests.servers import MiniWeb, Page

PAGE = Page(body=b"<p>words", etag='"1"')


@dataclass(frozen=True)
class Ported:
    """A port, and where it has its one page."""

    url: str
    fetch: Callable[[Request], Response]


def _real() -> Iterator[Ported]:
    yield from _served(lambda settings: AiohttpWeb(settings, "us", SystemClock()))


def _at_need() -> Iterator[Ported]:
    yield from _served(lambda settings: LazyWeb(settings, "https://news.example", SystemClock()))


def _served(made: Callable[[FetchSettings], AiohttpWeb | LazyWeb]) -> Iterator[Ported]:
    settings = FetchSettings(allow_private_networks=("127.77.0.0/16",), per_host_delay_s=0)

    async def fetched(request: Request) -> Response:
        async with made(settings) as web:
            return await web.fetch(request)

    with MiniWeb({"https://news.example/a": PAGE}) as served:
        yield Ported(served.url_of("https://news.example/a"), _sync(fetched))


def _fake() -> Iterator[Ported]:
    url = "https://news.example/a"
    headers = {"content-type": PAGE.content_type, "etag": PAGE.validator}
    web: Web = FakeWeb({url: Response(url=url, status=200, headers=headers, body=PAGE.body)})
    yield Ported(url, _sync(web.fetch))


def _sync(fetch: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Response]:
    async def fetched(request: Request) -> Response:
        return await fetch(request)

    return lambda request: asyncio.run(fetched(request))


@pytest.fixture(params=[_real, _at_need, _fake], ids=["aiohttp", "at need", "fake"])
def web(request: pytest.FixtureRequest) -> Iterator[Ported]:
    yield from request.param()


def test_a_page_is_answered_whole(web: Ported) -> None:
    answer = web.fetch(Request(url=web.url))

    assert (
        answer.url,
        answer.status,
        answer.body,
        answer.headers["etag"],
        answer.content_type,
    ) == (
        web.url,
        200,
        b"<p>words",
        '"1"',
        "text/html; charset=utf-8",
    )


def test_who_has_the_page_is_told_so_without_a_body(web: Ported) -> None:
    answer = web.fetch(Request(url=web.url, etag='"1"'))

    assert (answer.status, answer.body) == (304, b"")


def test_an_outdated_validator_brings_the_page(web: Ported) -> None:
    assert web.fetch(Request(url=web.url, etag='"0"')).status == 200


def test_a_missing_page_is_a_status(web: Ported) -> None:
    assert web.fetch(Request(url=f"{web.url}/none")).status == 404


def test_a_host_that_is_not_there_is_an_error(web: Ported) -> None:
    with pytest.raises(WebError) as failed:
        web.fetch(Request(url="https://nowhere.example/"))

    assert (failed.value.reason, failed.value.unreachable) == ("host name not found", True)


def test_another_scheme_is_refused(web: Ported) -> None:
    with pytest.raises(RefusedError):
        web.fetch(Request(url="file:///etc/passwd"))
