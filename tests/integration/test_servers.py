"""The small web itself, and the whole of asking with it: the mission's example, feeds and pages."""

from __future__ import annotations

import asyncio
import gc
import re
import socket
import tomllib
import warnings
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aggregator.adapters.clock import FrozenClock
from aggregator.adapters.web import AiohttpWeb
from aggregator.crawl.crawler import fetch_pages, fetch_sources
from aggregator.crawl.outcome import Changed, Failed, Outcome
from aggregator.crawl.page_outcome import PageFailed, PageRequest
from aggregator.crawl.plan import due_sources
from aggregator.crawl.robots import RobotsRules
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.settings import FetchSettings
from aggregator.domain.source import Source
from tests.ollama_models import scripted
from tests.ollama_server import OllamaServer
from tests.servers import Fault, MiniWeb, Page
from tests.smtp_sink import Sink

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
SEED = Path(__file__).parents[1] / "corpus" / "seed-story"
SETTINGS = FetchSettings(allow_private_networks=("127.77.0.0/16",), per_host_delay_s=0)


def _sources(web: MiniWeb) -> list[Source]:
    return [Source(**table) for table in tomllib.loads(web.sources_toml())["sources"]]


def _asked(web: MiniWeb, states: dict[str, FetchState]) -> list[Outcome]:
    async def collected() -> list[Outcome]:
        async with AiohttpWeb(SETTINGS, "us", FrozenClock(NOW)) as port:
            due = due_sources(_sources(web), states, NOW, everything=True)
            return [outcome async for outcome in fetch_sources(port, due.asked, SETTINGS, NOW)]

    return asyncio.run(collected())


def _pages(web: MiniWeb, urls: list[str]) -> Counter[str]:
    async def collected() -> Counter[str]:
        async with AiohttpWeb(SETTINGS, "us", FrozenClock(NOW)) as port:
            asks = [PageRequest(article_id=url, url=url) for url in urls]
            found = fetch_pages(port, RobotsRules(port, "us", NOW), asks, NOW)
            return Counter(
                [
                    outcome.reason if isinstance(outcome, PageFailed) else "fetched"
                    async for several in found
                    for outcome in several
                ]
            )

    return asyncio.run(collected())


def test_the_seed_story_is_asked_whole_and_a_second_time_nothing_changed() -> None:
    with MiniWeb(SEED) as web:
        first = _asked(web, {})
        second = _asked(web, {outcome.state.source_key: outcome.state for outcome in first})
        bodies = b"".join(
            outcome.response.body for outcome in first if isinstance(outcome, Changed)
        )
        links = sorted(
            {
                link.decode()
                for link in re.findall(rb"<link>(http://127\.77\.[^</]+/[^<]+)</link>", bodies)
            }
        )
        pages = _pages(web, links)

    kinds = [
        Counter(type(outcome).__name__ for outcome in outcomes) for outcomes in (first, second)
    ]
    assert (kinds, pages) == ([Counter(Changed=7), Counter(NotModified=7)], Counter(fetched=11))


def test_a_bad_source_does_not_touch_the_others() -> None:
    with MiniWeb(SEED) as web:
        web.misbehave("https://the-decoder.com/feed", Fault.LOOP)
        web.misbehave("https://wirecopy.example/feed", Fault.BUSY)
        outcomes = _asked(web, {})

    failed = sorted(
        (outcome.failure.source, outcome.failure.reason)
        for outcome in outcomes
        if isinstance(outcome, Failed)
    )
    assert (len(outcomes), failed) == (
        7,
        [
            ("the-decoder-com-feed", "redirect loop"),
            ("wirecopy-example-feed", "http 429 too many requests"),
        ],
    )


def test_robots_txt_of_a_host_bars_its_pages_and_no_others() -> None:
    pages = {
        "https://a.example/robots.txt": Page(
            body=b"User-agent: *\nDisallow: /", content_type="text/plain"
        ),
        "https://a.example/1": Page(body=b"<p>"),
        "https://b.example/1": Page(body=b"<p>"),
    }
    with MiniWeb(pages) as web:
        found = _pages(web, [web.url_of("https://a.example/1"), web.url_of("https://b.example/1")])

        assert (found, web.times_asked("https://a.example/1")) == (
            Counter({"disallowed by robots.txt": 1, "fetched": 1}),
            0,
        )


def test_a_test_that_reaches_beyond_this_machine_fails() -> None:
    with socket.socket() as reaching, pytest.raises(AssertionError, match="tests stay on loopback"):
        reaching.connect(("192.0.2.1", 80))


def test_a_server_that_ends_as_somebody_connects_leaves_nothing_open_for_the_collector() -> None:
    page = "https://a.example/"
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", ResourceWarning)
        for _ in range(60):
            with (
                MiniWeb({page: Page()}) as web,
                OllamaServer(scripted([])) as model,
                Sink() as sink,
            ):
                for url in (web.url_of(page), model.url, f"smtp://127.0.0.1:{sink.port}"):
                    asked = urlsplit(url)
                    socket.create_connection((asked.hostname or "", asked.port or 0)).close()
        gc.collect()

    assert [str(each.message) for each in found] == []
