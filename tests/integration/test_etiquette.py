"""Days of hourly runs against servers that say when they may be asked: nobody is asked too early,
too often or for nothing.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import func, select

from aggregator.adapters.clock import SystemClock
from aggregator.adapters.rate_limits import RateLimits
from aggregator.bootstrap import open_services
from aggregator.crawl.crawler import fetch_pages, fetch_sources
from aggregator.crawl.page_outcome import PageRequest
from aggregator.crawl.plan import SourceRequest
from aggregator.crawl.robots import RobotsRules
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.operation.report import Note
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    FetchSettings,
    Settings,
)
from aggregator.domain.source import Source
from aggregator.ports import Request, Response
from aggregator.services import RefreshOptions, Tally
from aggregator.store.news import sources as stored_sources
from aggregator.store.schema import entries
from tests.etiquette import BEGIN, HOUR, LISTED, Kind, Server, Town
from tests.fakes import FakeWeb, FixedClock, InProcess
from tests.integration.newsroom import Silent


class Lived(NamedTuple):
    """A town after some days, what we keep of its feeds, how many entries we have of each, and what
    was noted of them.
    """

    town: Town
    states: Mapping[str, FetchState]
    entries: Mapping[str, int]
    notes: Sequence[Note]


def _lived(folder: Path, *, feeds: int, days: int) -> Lived:
    """Runs every hour, give or take some seconds, through the real stage into a real database."""
    clock, chance = FixedClock(BEGIN), random.Random(7)
    town = Town(feeds, clock)
    settings = Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
        fetch=FetchSettings(),
        analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
        sources=tuple(
            Source(key=server.key, name=server.key, url=server.url) for server in town.servers
        ),
    )

    notes: list[Note] = []

    async def live() -> tuple[dict[str, FetchState], dict[str, int]]:
        async with open_services(settings, None) as opened:
            services = replace(opened, web=town, clock=clock, parsers=InProcess())
            services.database.upgrade(clock.now())
            for hour in range(days * 24):
                late_s = chance.uniform(0, 20)
                clock.advance(
                    (BEGIN + hour * HOUR + timedelta(seconds=late_s) - clock.now()).total_seconds()
                )
                town.begin_run()
                tally = Tally()
                await fetch_stage(services, RefreshOptions(), Silent(), tally)
                notes.extend(tally.notes)
            with services.database.reading() as connection:
                counted = connection.execute(
                    select(entries.source_key, func.count()).group_by(entries.source_key)
                )
                return stored_sources.fetch_states(connection), {row[0]: row[1] for row in counted}

    states, counted = asyncio.run(live())
    return Lived(town, states, counted, notes)


def _of(lived: Lived, kind: Kind) -> list[Server]:
    return [server for server in lived.town.servers if server.kind is kind]


def _hold(lived: Lived) -> None:
    town, states = lived.town, lived.states
    assert town.faults == []
    assert max(town.most_open.values()) <= 2
    assert all(server.asked for server in town.servers)
    assert {states[server.key].ask_url for server in _of(lived, Kind.MOVED)} == {
        server.target for server in _of(lived, Kind.MOVED)
    }
    assert {
        states[server.key].ask_url
        for server in _of(lived, Kind.MOVED_AWAY) + _of(lived, Kind.MOVED_FOR_NOW)
    } == {None}
    retired = {key for key, state in states.items() if state.retired}
    assert retired == {server.key for server in _of(lived, Kind.GONE)}
    assert _noted(lived, "moved permanently") == {server.key for server in _of(lived, Kind.MOVED)}
    assert _noted(lived, "redirects permanently") == {
        server.key for server in _of(lived, Kind.MOVED_AWAY)
    }
    assert _noted(lived, "answers again") >= {
        server.key for server in _of(lived, Kind.GONE_BRIEFLY)
    }


def _noted(lived: Lived, beginning: str) -> set[str]:
    return {note.source for note in lived.notes if note.text.startswith(beginning)}


def _missed(lived: Lived) -> Counter[str]:
    """The posts that a server had dropped from its list before we came, by its kind."""
    missed = Counter[str]()
    for server in lived.town.servers:
        last = lived.states[server.key].last_ok
        assert last
        missed[server.kind.value] += (
            server.newest(last) - server.newest(BEGIN) + LISTED - lived.entries[server.key]
        )
    return +missed


def test_six_days_with_forty_servers_keep_all_that_they_ask_for(tmp_path: Path) -> None:
    _hold(_lived(tmp_path, feeds=40, days=6))


_LAB = "https://lab.example"
_FEED = SourceRequest(
    source=Source(key="lab", name="Lab", url=f"{_LAB}/feed"),
    state=None,
    request=Request(url=f"{_LAB}/feed"),
)


class Spaced:
    """A host with a robots.txt; `started` are the names of the requested files, each with its
    time.
    """

    def __init__(self, robots: bytes) -> None:
        url = f"{_LAB}/robots.txt"
        self._web = FakeWeb({url: Response(url=url, status=200, body=robots)})
        self._clock = SystemClock()
        self._manners = RateLimits(self._clock, concurrency=24, per_host=2, delay_s=0)
        self.started: list[tuple[str, float]] = []

    async def fetch(self, request: Request) -> Response:
        """The next answer."""
        async with self._manners.turn(request.url, request.spacing_s):
            self.started.append((request.url.rpartition("/")[2], self._clock.monotonic_s()))
            return await self._web.fetch(request)


def test_a_crawl_delay_lies_between_all_requests_to_a_host() -> None:
    web = Spaced(b"User-agent: *\nCrawl-delay: 0.1")

    async def visit() -> None:
        rules = RobotsRules(web, "us", BEGIN)
        pages = [PageRequest(article_id=page, url=f"{_LAB}/{page}") for page in "ab"]
        async with aclosing(fetch_pages(web, rules, pages, BEGIN)) as found:
            assert len([outcome async for several in found for outcome in several]) == 2
        async with aclosing(fetch_sources(web, [_FEED], FetchSettings(), BEGIN, rules)) as outcomes:
            assert len([outcome async for outcome in outcomes]) == 1

    asyncio.run(visit())

    names, moments = zip(*web.started, strict=True)
    assert names == ("robots.txt", "tdmrep.json", "a", "b", "feed")
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.1


@pytest.mark.parametrize(("is_obeyed", "asked"), [(False, ["feed"]), (True, ["robots.txt"])])
def test_robots_txt_counts_for_feeds_where_the_operator_says_so(
    is_obeyed: bool, asked: list[str]
) -> None:
    web = Spaced(b"User-agent: *\nDisallow: /")

    async def visit() -> None:
        rules, settings = RobotsRules(web, "us", BEGIN), FetchSettings(robots_for_feeds=is_obeyed)
        async with aclosing(fetch_sources(web, [_FEED], settings, BEGIN, rules)) as outcomes:
            assert len([outcome async for outcome in outcomes]) == 1

    asyncio.run(visit())

    assert [name for name, _ in web.started] == asked


@pytest.mark.soak
def test_thirty_days_with_five_hundred_servers_keep_all_that_they_ask_for(tmp_path: Path) -> None:
    lived = _lived(tmp_path, feeds=500, days=30)

    missed, known = _missed(lived), sum(lived.entries.values())
    told = (f"{count} posts missed: {kind}" for kind, count in missed.most_common())
    print(  # noqa: T201
        "",
        *lived.town.told(),
        f"{missed.total()} of {known + missed.total()} posts missed",
        *told,
        sep="\n",
    )
    _hold(lived)
