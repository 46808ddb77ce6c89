"""A run in which our own network failed: no source backs off, and the next run tries them all
again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.bootstrap import open_services
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.health import SystemHealth, metrics
from aggregator.domain.operation.report import Reach
from aggregator.domain.settings import (
    AlertSettings,
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Source
from aggregator.errors import RefusedError, WebError
from aggregator.ops.health import system_health
from aggregator.pipeline import refresh
from aggregator.plugins.notifications.conditions import conditions
from aggregator.ports import Response
from aggregator.services import RefreshOptions, Tally
from aggregator.store.database import Database
from aggregator.store.news import sources
from tests.fakes import FakeWeb, FixedClock
from tests.integration.newsroom import Silent

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
FEEDS = {key: f"https://{key}.example/feed" for key in ("one", "two", "three")}
RSS = (
    b'<rss version="2.0"><channel><title>Lab</title><item><title>Northwind opens its second'
    b" model</title>"
)
RSS += b"<link>https://one.example/a</link><guid>1</guid></item></channel></rss>"
FEED = Response(
    url=FEEDS["one"], status=200, body=RSS, headers={"content-type": "application/rss+xml"}
)
PAGE = "https://one.example/a"

Web = Mapping[str, Response | WebError]
NOTHING: Web = {}
ONE_ANSWERS: Web = {FEEDS["one"]: replace(FEED, status=503)}


@frozen
class Ran:
    """What a run did: the sources it requested, its counts and advice, and the stored number of
    failures in a row.
    """

    asked: set[str]
    failed: int
    not_due: int
    is_cut_off: bool
    failures: dict[str, int]
    pages: int


def settings(folder: Path) -> Settings:
    """An installation with three sources."""
    return Settings(
        site=SiteSettings(output=str(folder / "site")),
        database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
        analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
        sources=tuple(Source(key=key, name=key, url=url) for key, url in FEEDS.items()),
    )


def after(
    folder: Path,
    *webs: Web,
    everything: bool = False,
    minutes: int = 10,
    only: Sequence[str] = (),
) -> list[Ran]:
    """What runs did that were so many minutes apart, each with its own web; each after the first
    asks `only` some sources.
    """

    async def run() -> list[Ran]:
        async with open_services(settings(folder), NOW) as opened:
            done = []
            for number, answers in enumerate(webs):
                web, now = FakeWeb(answers), NOW + timedelta(minutes=minutes * number)
                services = replace(opened, web=web, clock=FixedClock(now))
                options = RefreshOptions(
                    everything=everything, only=frozenset(only if number else ())
                )
                report = await refresh(services, options, Silent())
                with opened.database.reading() as connection:
                    states = sources.fetch_states(connection)
                asked = {request.url for request in web.asked}
                done.append(
                    Ran(
                        asked={key for key, url in FEEDS.items() if url in asked},
                        failed=report.sources_failed,
                        not_due=report.sources_not_due,
                        is_cut_off=report.is_cut_off,
                        failures={key: state.failures for key, state in states.items()},
                        pages=sum(request.url == PAGE for request in web.asked),
                    )
                )
            return done

    return asyncio.run(run())


def test_where_no_source_can_be_reached_none_backs_off_and_the_next_run_asks_all_again(
    tmp_path: Path,
) -> None:
    cut_off = Ran(
        asked=set(FEEDS),
        failed=3,
        not_due=0,
        is_cut_off=True,
        failures=dict.fromkeys(FEEDS, 0),
        pages=0,
    )

    assert after(tmp_path, NOTHING, NOTHING, NOTHING) == [cut_off] * 3


@pytest.mark.parametrize("answer", [replace(FEED, status=503), FEED], ids=["an error", "a feed"])
def test_where_one_source_answers_the_others_back_off(answer: Response, tmp_path: Path) -> None:
    first, second = after(tmp_path, {FEEDS["one"]: answer}, NOTHING)

    assert (first.is_cut_off, first.failures["two"], first.failures["three"]) == (False, 1, 1)
    assert (second.asked, second.not_due) == (set(), 3)


def test_dead_sources_back_off_although_no_other_was_due(tmp_path: Path) -> None:
    *_, last = after(tmp_path, ONE_ANSWERS, NOTHING, everything=True)

    assert (last.is_cut_off, last.failures) == (False, {"one": 2, "two": 2, "three": 2})


EVERYTHING: Web = dict.fromkeys(FEEDS.values(), FEED)
HALF: Web = {FEEDS["one"]: FEED}


@pytest.mark.parametrize(
    ("webs", "told"),
    [
        pytest.param((EVERYTHING,), (Reach.OK, []), id="all were read"),
        pytest.param((HALF,), (Reach.DEGRADED, []), id="one of three was read"),
        pytest.param((EVERYTHING, NOTHING), (Reach.FAILED, ["sources"]), id="none was read"),
        pytest.param((NOTHING, EVERYTHING), (Reach.OK, []), id="it is over"),
    ],
)
def test_the_health_tells_what_the_last_refresh_could_read(
    tmp_path: Path, webs: tuple[Web, ...], told: tuple[Reach, list[str]]
) -> None:
    after(tmp_path, *webs, everything=True)

    seen = health(tmp_path)
    found = metrics(seen)
    assert (seen.reach, [each.key for each in conditions(seen, AlertSettings())]) == told
    assert [
        [key for key, value in gauge.values.items() if value]
        for gauge in found
        if gauge.name == "aggregator_refresh_reach"
    ] == [[told[0].value]]


def test_a_refresh_of_nothing_but_sources_that_were_dead_already_is_no_failure_of_the_whole(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name for name in ("dead", "all")]
    for folder, only in zip(folders, (("two", "three"), ("one", "two")), strict=True):
        folder.mkdir()
        after(folder, HALF, NOTHING, only=only)

    assert [health(folder).reach for folder in folders] == [Reach.DEGRADED, Reach.FAILED]


def health(folder: Path) -> SystemHealth:
    """The health of the installation."""
    with Database(settings(folder).database.url) as database:
        return system_health(database, settings(folder), NOW + timedelta(hours=1))


def test_a_portion_of_a_worker_says_nothing_of_the_network(tmp_path: Path) -> None:
    async def run() -> dict[str, int]:
        async with open_services(settings(tmp_path), NOW) as opened:
            opened.database.upgrade(NOW)
            await fetch_stage(
                replace(opened, web=FakeWeb({})),
                RefreshOptions(within=frozenset({"one"})),
                Silent(),
                Tally(),
            )
            with opened.database.reading() as connection:
                return {
                    key: state.failures for key, state in sources.fetch_states(connection).items()
                }

    assert asyncio.run(run()) == {"one": 1}


def test_a_source_that_we_refuse_to_ask_says_nothing_of_the_network(tmp_path: Path) -> None:
    (ran,) = after(tmp_path, {FEEDS["one"]: RefusedError("not a public address")})

    assert (ran.is_cut_off, ran.failures) == (True, {"one": 1, "two": 0, "three": 0})


def test_what_came_before_a_run_was_stopped_is_kept(tmp_path: Path) -> None:
    class Stopping(Silent):
        def step(self, what: str) -> None:
            raise KeyboardInterrupt

    async def run() -> None:
        async with open_services(settings(tmp_path), NOW) as opened:
            await refresh(replace(opened, web=FakeWeb(ONE_ANSWERS)), RefreshOptions(), Stopping())

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(run())
    with Database(settings(tmp_path).database.url) as database, database.reading() as connection:
        kept = sources.fetch_states(connection)

    assert set(kept) == {"one"}


def test_no_page_is_asked_for_while_no_source_can_be_reached(tmp_path: Path) -> None:
    webs = {FEEDS["one"]: FEED, PAGE: Response(url=PAGE, status=503)}, NOTHING
    first, second = after(tmp_path, *webs, everything=True, minutes=120)

    assert (first.pages, second.pages) == (1, 0)
