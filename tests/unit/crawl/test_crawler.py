"""The loops that ask: every item has its outcome, hosts take turns, a slow consumer holds them
back.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.crawl.crawler import MOST_AT_ONCE, MOST_TOGETHER, fetch_pages, fetch_sources
from aggregator.crawl.outcome import Changed, Failed, Outcome
from aggregator.crawl.page_outcome import (
    PageClosed,
    PageFailed,
    PageFetched,
    PageOutcome,
    PageRequest,
)
from aggregator.crawl.plan import due_sources
from aggregator.crawl.robots import RobotsRules
from aggregator.domain.settings import FetchSettings
from aggregator.domain.source import Source
from aggregator.errors import WebError
from aggregator.ports import Request, Response
from tests.fakes import FakeWeb
from tests.messages import named

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)


def _page(url: str, body: bytes = b"<p>") -> Response:
    return Response(url=url, status=200, body=body, headers={"content-type": "text/html"})


def _asks(*urls: str) -> list[PageRequest]:
    return [PageRequest(article_id=url, url=url) for url in urls]


def _pages_asked(
    web: FakeWeb, asks: list[PageRequest], *, respect_robots: bool = True
) -> dict[str, PageOutcome]:
    async def collected() -> dict[str, PageOutcome]:
        robots = RobotsRules(web, "us", NOW)
        return {
            outcome.article_id: outcome
            async for several in fetch_pages(web, robots, asks, NOW, respect_robots=respect_robots)
            for outcome in several
        }

    return asyncio.run(collected())


def test_every_source_has_its_outcome_though_one_fails() -> None:
    feeds = {
        f"https://{name}.example/feed": _page(f"https://{name}.example/feed") for name in "abc"
    }
    web = FakeWeb({**feeds, "https://b.example/feed": WebError("connection refused")})
    sources = [Source(key=url[8], name="", url=url) for url in feeds]

    async def collected() -> list[Outcome]:
        return [
            outcome
            async for outcome in fetch_sources(
                web, due_sources(sources, {}, NOW).asked, FetchSettings(), NOW
            )
        ]

    found = {outcome.state.source_key: type(outcome) for outcome in asyncio.run(collected())}
    assert found == {"a": Changed, "b": Failed, "c": Changed}


def test_a_page_that_robots_txt_bars_is_never_asked() -> None:
    web = FakeWeb(
        {
            "https://lab.example/robots.txt": _page("", b"User-agent: *\nDisallow: /secret"),
            "https://lab.example/a": _page("https://lab.example/a"),
            "https://lab.example/secret": _page("https://lab.example/secret"),
        }
    )

    outcomes = _pages_asked(web, _asks("https://lab.example/a", "https://lab.example/secret"))

    barred = outcomes["https://lab.example/secret"]
    asked = {request.url for request in web.asked}
    assert isinstance(barred, PageFailed)
    assert asked == {
        "https://lab.example/robots.txt",
        "https://lab.example/.well-known/tdmrep.json",
        "https://lab.example/a",
    }


def test_robots_txt_is_not_asked_where_the_operator_said_so() -> None:
    web = FakeWeb({"https://lab.example/a": _page("https://lab.example/a")})

    _pages_asked(web, _asks("https://lab.example/a"), respect_robots=False)

    assert [request.url for request in web.asked] == ["https://lab.example/a"]


CLOSING = {
    "a robots.txt": (
        {"https://lab.example/robots.txt": b"User-agent: *\nContent-Signal: ai-input=no"},
        {},
        False,
    ),
    "a tdmrep.json": (
        {"https://lab.example/.well-known/tdmrep.json": b'[{"location":"/","tdm-reservation":1}]'},
        {},
        False,
    ),
    "a header": ({}, {"x-robots-tag": "noai"}, True),
}


@pytest.mark.parametrize(("files", "headers", "is_asked"), CLOSING.values(), ids=CLOSING)
def test_a_page_that_is_closed_to_ai_systems_leaves_no_text(
    files: dict[str, bytes], headers: dict[str, str], is_asked: bool
) -> None:
    page = _page("https://lab.example/a")
    closed = replace(page, headers=page.headers | headers)
    web = FakeWeb({closed.url: closed} | {url: _page(url, body) for url, body in files.items()})

    outcomes = _pages_asked(web, _asks(closed.url))

    assert isinstance(outcomes[closed.url], PageClosed)
    assert (closed.url in [request.url for request in web.asked]) == is_asked


def test_a_page_that_leads_to_another_origin_is_judged_by_the_rules_of_that_too() -> None:
    rules = {
        "barred": b"User-agent: *\nDisallow: /",
        "closed": b"User-agent: *\nContent-Signal: ai-input=no",
    }
    led = {
        f"https://link.example/{name}": _page(f"https://{name}.example/a")
        for name in (*rules, "open")
    }
    files = {f"https://{name}.example/robots.txt": _page("", body) for name, body in rules.items()}
    web = FakeWeb(led | files | {"https://open.example/": _page("https://open.example/")})

    outcomes = _pages_asked(web, _asks(*led))

    assert [
        type(outcomes[f"https://link.example/{name}"]) for name in ("barred", "closed", "open")
    ] == [
        PageFailed,
        PageClosed,
        PageFetched,
    ]


def test_no_run_waits_for_ever_on_a_server_that_wants_long_pauses() -> None:
    urls = [f"https://lab.example/{n}" for n in range(30)]
    web = FakeWeb(
        {url: _page(url) for url in urls}
        | {"https://lab.example/robots.txt": _page("", b"User-agent: *\nCrawl-delay: 20")}
    )

    outcomes = _pages_asked(web, _asks(*urls))

    pages = [request for request in web.asked if request.url in urls]
    left = {
        outcome.reason
        for outcome in outcomes.values()
        if isinstance(outcome, PageFailed) and outcome.next_try == NOW
    }
    assert ({page.spacing_s for page in pages}, len(pages)) == ({20.0}, 15)
    assert [named(reason)[-1] for reason in left] == ["20"]


def test_pages_of_a_host_that_is_not_there_name_the_host_as_the_reason() -> None:
    outcomes = _pages_asked(FakeWeb({}), _asks("https://dead.example/1", "https://dead.example/2"))

    assert {getattr(outcome, "reason", None) for outcome in outcomes.values()} == {
        "host name not found"
    }


def test_a_small_host_does_not_wait_for_a_large_one() -> None:
    large = [f"https://large.example/{n}" for n in range(300)]
    web = FakeWeb({url: _page(url) for url in [*large, "https://small.example/1"]})

    _pages_asked(web, _asks(*large, "https://small.example/1"), respect_robots=False)

    assert [request.url for request in web.asked].index("https://small.example/1") < 3


def test_every_host_has_its_turn_before_one_has_its_third() -> None:
    urls = [f"https://h{host}.example/{n}" for host in range(MOST_AT_ONCE + 6) for n in range(3)]
    web = FakeWeb({url: _page(url) for url in urls})

    _pages_asked(web, _asks(*urls), respect_robots=False)

    order = [request.url for request in web.asked]
    assert order.index(f"https://h{MOST_AT_ONCE + 5}.example/0") < order.index(
        "https://h0.example/2"
    )


class _SlowWeb:
    """Answers when told to; counts who waits."""

    def __init__(self) -> None:
        self.waiting, self.most, self.asked = Counter[str](), Counter[str](), 0
        self.open = asyncio.Event()

    async def fetch(self, request: Request) -> Response:
        host = request.url.split("/")[2]
        self.asked += 1
        self.waiting[host] += 1
        self.most[host] = max(self.most[host], self.waiting[host])
        await self.open.wait()
        self.waiting[host] -= 1
        return _page(request.url)


def _first_taken(urls: list[str]) -> tuple[int, int]:
    """How many outcomes were taken at first, and how many pages asked when all has happened that
    can without taking more.
    """

    async def taken() -> tuple[int, int]:
        web = _SlowWeb()
        web.open.set()
        robots = RobotsRules(web, "us", NOW)
        async with aclosing(
            fetch_pages(web, robots, _asks(*urls), NOW, respect_robots=False)
        ) as outcomes:
            first = await anext(outcomes)
            for _ in range(1_000):
                await asyncio.sleep(0)
            return len(first), web.asked

    return asyncio.run(taken())


def test_a_slow_consumer_holds_back_the_asking() -> None:
    taken, asked = _first_taken([f"https://h{n}.example/" for n in range(500)])

    assert 0 < taken <= MOST_TOGETHER
    assert asked == MOST_AT_ONCE + taken


def test_an_early_end_leaves_no_request_under_way() -> None:
    async def tasks_left() -> int:
        web = _SlowWeb()
        robots = RobotsRules(web, "us", NOW)
        outcomes = fetch_pages(
            web,
            robots,
            _asks(*(f"https://h{n}.example/" for n in range(9))),
            NOW,
            respect_robots=False,
        )
        first = asyncio.ensure_future(anext(outcomes))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await outcomes.aclose()
        return len(asyncio.all_tasks()) - 1

    assert asyncio.run(tasks_left()) == 0


def test_one_host_never_takes_more_than_its_share() -> None:
    async def most() -> int:
        web = _SlowWeb()
        asking = asyncio.create_task(_drained(web))
        for _ in range(100):
            await asyncio.sleep(0)
        web.open.set()
        await asking
        return web.most["large.example"]

    async def _drained(web: _SlowWeb) -> None:
        asks = _asks(*(f"https://large.example/{n}" for n in range(50)))
        async for _ in fetch_pages(
            web, RobotsRules(web, "us", NOW), asks, NOW, respect_robots=False
        ):
            pass

    assert asyncio.run(most()) == 2


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    class BrokenWeb:
        async def fetch(self, request: Request) -> Response:
            raise KeyError(request.url)

    async def collected() -> list[object]:
        web = BrokenWeb()
        return [
            pages
            async for pages in fetch_pages(
                web, RobotsRules(web, "us", NOW), _asks("https://a.example/"), NOW
            )
        ]

    with pytest.raises(KeyError):
        asyncio.run(collected())
