"""Sources that jump, are taken over or fall silent, as refreshes see them one day after another."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from aggregator.bootstrap import open_services
from aggregator.crawl.stage.check import SourceCheck, check_stage, stored_checks
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.operation.source_status import HealthStatus
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    FetchSettings,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Source
from aggregator.services import RefreshOptions, Tally
from aggregator.store.database import Database
from aggregator.store.news import sources as stored_sources
from aggregator.store.schema import entries
from tests.integration.newsroom import Silent
from tests.integration.stored import article, keep
from tests.messages import named
from tests.servers import Fault, MiniWeb, Page, captured_pages

URL, PARKED, LETTER = (
    "https://lab.example/feed",
    "https://parked.example2/feed",
    "https://letter.example/feed",
)
NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CAPTURED = Path(__file__).parents[3] / "shared" / "corpus" / "ainews"


def rss(names: list[str], at: datetime, *, link: str = "https://lab.example") -> Page:
    """A feed with an entry a day, the first of them published at a moment."""
    items = "".join(
        (
            f"<item><title>{name}</title><link>{link}/{name}</link>"
            f"<pubDate>{format_datetime(at - n * DAY)}</pubDate></item>"
        )
        for n, name in enumerate(names)
    )
    body = f'<rss version="2.0"><channel><title>Lab</title>{items}</channel></rss>'
    return Page(body=body.encode(), content_type="application/rss+xml", title="Lab")


def names(first: int, count: int = 12) -> list[str]:
    """The names of entries, the newest first."""
    return [f"e{n}" for n in range(first, first - count, -1)]


def lab(web: MiniWeb, *, enabled: bool = True) -> Source:
    """The one source of most tests."""
    return Source(key="lab", name="Lab", url=web.url_of(URL), enabled=enabled)


class Follower:
    """A house that follows sources, and asks them at the moment it is told."""

    def __init__(self, folder: Path, *sources: Source) -> None:
        self.settings = Settings(
            site=SiteSettings(output=str(folder / "site")),
            database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
            fetch=FetchSettings(
                allow_private_networks=("127.77.0.0/16",),
                per_host_delay_s=0,
                timeout_s=45,
                max_age_days=3650,
            ),
            analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
            sources=sources,
        )

    def asked(self, at: datetime, *, everything: bool = True) -> Tally:
        """What a visit counts; without `everything` only what is due is asked."""

        async def run() -> Tally:
            async with open_services(self.settings, at) as services:
                services.database.upgrade(at)
                tally = Tally()
                options = RefreshOptions(everything=everything)
                await fetch_stage(services, options, Silent(), tally)
                return tally

        return asyncio.run(run())

    def checked(
        self, at: datetime, *keys: str, everything: bool = False, offline: bool = False
    ) -> tuple[SourceCheck, ...]:
        """What `sources check` finds."""

        async def run() -> tuple[SourceCheck, ...]:
            async with open_services(self.settings, at) as services:
                services.database.upgrade(at)
                if offline:
                    return stored_checks(services, keys, everything=everything)
                return await check_stage(services, keys, Silent(), everything=everything)

        return asyncio.run(run())

    def state(self) -> FetchState:
        """What is kept of the source."""
        return self.stored()[0]["lab"]

    def stored(self) -> tuple[Mapping[str, FetchState], Counter[str]]:
        """The states of all sources, and how many entries are in which state."""

        async def run() -> tuple[Mapping[str, FetchState], Counter[str]]:
            async with open_services(self.settings, NOW) as services:
                with services.database.reading() as connection:
                    return stored_sources.fetch_states(connection), Counter(
                        connection.scalars(select(entries.state))
                    )

        return asyncio.run(run())


@pytest.fixture(scope="module")
def served() -> Iterator[MiniWeb]:
    with MiniWeb({URL: rss(names(20), NOW), PARKED: rss(names(20), NOW)}) as web:
        yield web


@pytest.fixture(scope="module")
def four_days(served: MiniWeb, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a house that has followed the feed for four days, on which an entry a day was
    new.
    """
    folder = tmp_path_factory.mktemp("days")
    made = Follower(folder, lab(served))
    for day in range(4):
        served.put(URL, rss(names(20 + day), NOW + day * DAY))
        made.asked(NOW + day * DAY)
    return folder / "news.db"


@pytest.fixture
def web(served: MiniWeb) -> MiniWeb:
    served.put(URL, rss(names(23), NOW + 3 * DAY))
    served.misbehave(URL, Fault.DROP, times=0)
    return served


@pytest.fixture
def follower(tmp_path: Path, web: MiniWeb, four_days: Path) -> Follower:
    shutil.copy(four_days, tmp_path / "news.db")
    return Follower(tmp_path, lab(web))


def test_an_archive_dumped_at_once_is_held_and_counts_as_seen_a_day_later(
    follower: Follower, web: MiniWeb
) -> None:
    _, before = follower.stored()
    archive = rss([f"old{n}" for n in range(200)], NOW + 4 * DAY)
    web.put(URL, archive)
    dumped = follower.asked(NOW + 4 * DAY)
    held = follower.stored()[1]
    quarantined = follower.state()
    follower.asked(NOW + 5 * DAY)

    assert [(failure.stage, named(failure.reason)) for failure in dumped.failures] == [
        ("health", ["200", "12"])
    ]
    assert (held["held"], held["pending"], quarantined.due) == (200, 0, NOW + 5 * DAY)
    assert (
        follower.state().quarantined,
        follower.stored()[1]["held"],
        follower.stored()[1]["pending"],
    ) == (None, 0, 0)
    assert before["pending"] > 0


def test_a_feed_that_others_take_over_for_a_day_gives_nothing_of_theirs_to_the_site(
    follower: Follower, web: MiniWeb
) -> None:
    web.put(URL, rss([f"spam{n}" for n in range(12)], NOW + 4 * DAY, link="https://spam.example"))
    follower.asked(NOW + 4 * DAY)
    taken = follower.state().quarantine_reason
    web.put(URL, rss(names(25), NOW + 5 * DAY))
    follower.asked(NOW + 5 * DAY)

    with_spam = follower.checked(NOW + 5 * DAY, offline=True)
    assert (named(taken), follower.state().quarantined) == (["12"], None)
    assert [checked.health.verdict for checked in with_spam] == [HealthStatus.OK]
    assert spam_states(follower) == {"old"}


def spam_states(follower: Follower) -> set[str]:
    """What became of the entries that link to the intruder."""

    async def run() -> set[str]:
        async with open_services(follower.settings, NOW) as services:
            with services.database.reading() as connection:
                chosen = select(entries.state).where(entries.url.contains("spam"))
                return set(connection.scalars(chosen))

    return asyncio.run(run())


def test_a_few_entries_held_are_read_once_the_source_is_released(
    follower: Follower, web: MiniWeb
) -> None:
    web.put(URL, Page(status=302, headers=(("Location", PARKED),)))
    web.put(PARKED, rss(names(25), NOW + 4 * DAY))
    follower.asked(NOW + 4 * DAY)
    held = follower.stored()[1]["held"]
    follower.asked(NOW + 5 * DAY)
    states = follower.stored()[1]

    assert (held > 0, states["held"], states["pending"]) == (True, 0, held)


def test_a_dead_source_does_not_look_like_a_quiet_one(follower: Follower, web: MiniWeb) -> None:
    quiet = follower.checked(NOW + 5 * DAY)
    silent = follower.checked(NOW + 20 * DAY)
    web.misbehave(URL, Fault.SERVER_ERROR)
    dead = follower.checked(NOW + 20 * DAY)

    assert [checks[0].health.verdict.value for checks in (quiet, silent, dead)] == [
        "ok",
        "stale",
        "unreachable",
    ]
    assert dead[0].health.since == NOW + 20 * DAY


def test_a_source_that_is_off_is_asked_when_named_and_nothing_of_it_is_kept_but_the_visit(
    tmp_path: Path, web: MiniWeb
) -> None:
    follower = Follower(tmp_path, lab(web, enabled=False))
    unasked = follower.checked(NOW)
    named = follower.checked(NOW, "lab")
    found = follower.checked(NOW, everything=True)

    assert (unasked, len(named)) == ((), 1)
    assert (found[0].health.verdict, found[0].state and found[0].state.items) == (
        HealthStatus.OK,
        12,
    )
    assert [(day.asked, day.read, day.items) for day in found[0].days] == [(2, 2, 12)]
    assert follower.stored() == ({}, Counter())


def test_the_history_is_told_without_asking_anybody(follower: Follower, web: MiniWeb) -> None:
    asked = len(web.asked)
    found = follower.checked(NOW + 4 * DAY, offline=True)

    assert len(web.asked) == asked
    assert [(day.read, day.new, day.items) for day in found[0].days] == [
        (1, 12, 12),
        (1, 1, 12),
        (1, 1, 12),
        (1, 1, 12),
    ]


def test_nothing_is_told_of_a_source_that_is_off_where_nobody_is_asked(
    tmp_path: Path, web: MiniWeb
) -> None:
    asked = len(web.asked)
    (found,) = Follower(tmp_path, lab(web, enabled=False)).checked(NOW, "lab", offline=True)

    assert (len(web.asked), found.state, found.days) == (asked, None, ())
    assert [(route.items, route.in_use) for route in found.routes] == [(None, False)]


@pytest.mark.parametrize(
    ("failed", "is_backlog"),
    [
        pytest.param(None, True, id="never asked"),
        pytest.param(NOW - DAY, False, id="failing before the first article came"),
        pytest.param(NOW, False, id="failing since it came"),
        pytest.param(NOW + DAY, True, id="failing since later"),
    ],
)
def test_what_an_added_source_lists_at_its_first_answer_is_from_before_it_was_followed(
    tmp_path: Path, web: MiniWeb, failed: datetime | None, *, is_backlog: bool
) -> None:
    follower = Follower(tmp_path, lab(web))
    if failed:
        web.misbehave(URL, Fault.SERVER_ERROR)
        follower.asked(failed)
        web.misbehave(URL, Fault.SERVER_ERROR, times=0)
    with Database(follower.settings.database.url) as database:
        database.upgrade(NOW)
        with database.writing() as connection:
            keep(connection, replace(article("Halden cuts prices"), first_seen=NOW))
        follower.asked(NOW + 2 * DAY)
        with database.reading() as connection:
            listed = set(connection.scalars(select(entries.backlog)))

    assert listed == {is_backlog}


@pytest.mark.skipif(not CAPTURED.is_dir(), reason=f"no captured web at {CAPTURED}")
def test_no_source_of_the_captured_web_is_put_into_quarantine(tmp_path: Path) -> None:
    today, before = captured_pages(CAPTURED), captured_pages(CAPTURED, "map-day1.json")
    feeds = {url: page for url, page in today.items() if page.title}
    with MiniWeb(feeds) as web:
        house = Follower(
            tmp_path,
            *(Source(key=f"s{n}", name=url, url=web.url_of(url)) for n, url in enumerate(feeds)),
        )
        for day in range(4):
            for url, page in feeds.items():
                earlier = before.get(url, page)
                served = (
                    page
                    if day == 3
                    else replace(earlier, body=earlier.body + b"\n" * (day + 1), etag=None)
                )
                web.put(url, served)
            house.asked(NOW + day * DAY)

    states = house.stored()[0]
    assert len(states) == len(feeds) >= 70
    assert {
        key: state.quarantine_reason for key, state in states.items() if state.quarantined
    } == {}
