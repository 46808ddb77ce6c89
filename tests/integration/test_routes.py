"""Sources with several addresses, as refreshes see them fail and come back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from aggregator.bootstrap import open_services
from aggregator.crawl.health import advice
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.crawl.stage.source_status import source_statuses
from aggregator.domain.fetch_state import RouteFailure
from aggregator.domain.operation.source_status import HealthStatus
from aggregator.domain.source import Route, Source, SourceKind
from aggregator.ports import Request, Response, Web
from aggregator.services import RefreshOptions, Tally
from aggregator.store.news import sources as stored_sources
from aggregator.store.schema import entries
from tests.fakes import FakeWeb
from tests.integration.newsroom import Silent
from tests.integration.test_quarantine import Follower, names, rss
from tests.messages import named
from tests.servers import MiniWeb, Page

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED, MIRROR, OTHER = (
    "https://lab.example/feed",
    "https://mirror.example2/lab.xml",
    "https://other.example3/lab.xml",
)
GONE = Page(status=404)
BOTH_GONE = Page(status=410)


@pytest.fixture(scope="module")
def served() -> Iterator[MiniWeb]:
    with MiniWeb({FEED: GONE, MIRROR: GONE, OTHER: GONE}) as web:
        yield web


def mirrored(first: int, count: int = 30) -> Page:
    """The feed of a mirror, which gives entries ids of its own."""
    page = rss(names(first, count), NOW + HOUR)
    body = re.sub(rb"<link>(.*?)</link>", rb"\g<0><guid>mirror of \g<1></guid>", page.body)
    return replace(page, body=body)


@pytest.fixture
def web(served: MiniWeb) -> MiniWeb:
    served.put(FEED, rss(names(20), NOW))
    served.put(MIRROR, mirrored(21))
    served.put(OTHER, mirrored(21))
    served.asked.clear()
    return served


@pytest.fixture
def follower(tmp_path: Path, web: MiniWeb) -> Follower:
    source = Source(
        key="lab",
        name="Lab",
        url=web.url_of(FEED),
        public_url=web.url_of("https://lab.example/"),
        routes=(
            Route(url=web.url_of(MIRROR), kind=SourceKind.MIRROR, by="a reader"),
            Route(url=web.url_of(OTHER), kind=SourceKind.MIRROR, by="another reader"),
        ),
    )
    return Follower(tmp_path, source)


class Killed:
    """A web in which the process dies when it asks for an address."""

    def __init__(self, web: Web, url: str) -> None:
        self._web, self._url = web, url

    async def fetch(self, request: Request) -> Response:
        """The answer."""
        if request.url == self._url:
            raise asyncio.CancelledError
        return await self._web.fetch(request)


async def visited_over(follower: Follower, web: Web | None = None, *, killed_at: str = "") -> Tally:
    """What a visit over another web counts; or over the follower's, in which the process dies."""
    async with open_services(follower.settings, NOW) as services:
        services.database.upgrade(NOW)
        over = replace(services, web=web or Killed(services.web, killed_at))
        tally = Tally()
        await fetch_stage(over, RefreshOptions(everything=True), Silent(), tally)
        return tally


def summaries(follower: Follower) -> set[str]:
    """The summaries of all entries."""

    async def run() -> set[str]:
        async with open_services(follower.settings, NOW) as services:
            with services.database.reading() as connection:
                return set(connection.scalars(select(entries.summary)))

    return asyncio.run(run())


def told(follower: Follower) -> list[str]:
    """What the pages of the sources say of where they are read."""

    async def run() -> list[str]:
        async with open_services(follower.settings, NOW) as services:
            with services.database.reading() as connection:
                statuses = source_statuses(connection, follower.settings.sources)
                return [status.route for status in statuses]

    return asyncio.run(run())


def failures(follower: Follower) -> tuple[RouteFailure, ...]:
    """What is stored of addresses that did not work."""

    async def run() -> tuple[RouteFailure, ...]:
        async with open_services(follower.settings, NOW) as services:
            with services.database.reading() as connection:
                return stored_sources.route_failures(connection).get("lab", ())

    return asyncio.run(run())


def asked(web: MiniWeb) -> list[str]:
    """The feeds asked since the last look, in order."""
    found = [request.url for request in web.asked if not request.url.endswith("robots.txt")]
    web.asked.clear()
    return found


def test_a_source_whose_first_address_fails_is_read_at_the_next_without_doubles(
    follower: Follower, web: MiniWeb
) -> None:
    follower.asked(NOW)
    web.put(FEED, GONE)
    asked(web)
    tally = follower.asked(NOW + 2 * HOUR)

    assert (asked(web), tally.failures) == ([FEED, MIRROR], [])
    assert (tally.counts["entries_new"], follower.stored()[1].total()) == (18, 30)
    assert follower.state().url == web.url_of(MIRROR)
    assert [named(note.text) for note in tally.notes] == [[web.url_of(MIRROR), web.url_of(FEED)]]


def test_the_first_address_is_tried_again_after_a_while_and_not_at_every_visit(
    follower: Follower, web: MiniWeb
) -> None:
    web.put(FEED, GONE)
    follower.asked(NOW, everything=False)
    first = asked(web)
    follower.asked(NOW + 30 * HOUR / 60, everything=False)
    soon = asked(web)
    web.put(FEED, rss(names(24), NOW + DAY))
    follower.asked(NOW + DAY, everything=False)

    assert (first, soon, asked(web)) == ([FEED, MIRROR], [], [FEED])
    assert (follower.state().url, failures(follower)) == (web.url_of(FEED), ())


def test_an_address_that_fails_rests_longer_each_time(follower: Follower, web: MiniWeb) -> None:
    web.put(FEED, GONE)
    waits = []
    for day in range(4):
        follower.asked(NOW + day * DAY)
        (failure,) = failures(follower)
        assert failure.next_try is not None
        waits.append(failure.next_try - failure.last_tried)

    assert waits == sorted(waits)
    assert waits[0] < 2 * HOUR < waits[-1] <= DAY


def test_a_source_none_of_whose_addresses_works_says_why_of_each(
    follower: Follower, web: MiniWeb
) -> None:
    for url in (FEED, MIRROR, OTHER):
        web.put(url, GONE)
    (failure,) = follower.asked(NOW).failures

    assert failure.reason.count("http 404 not found") == 3
    assert (asked(web), follower.state().failures) == ([FEED, MIRROR, OTHER], 1)
    assert follower.state().due == min(failure.next_try or NOW for failure in failures(follower))


def test_a_run_that_was_killed_between_two_addresses_asks_again_from_the_first(
    follower: Follower, web: MiniWeb
) -> None:
    web.put(FEED, GONE)
    for _ in range(2):
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(visited_over(follower, killed_at=web.url_of(MIRROR)))
    assert (follower.stored(), failures(follower)) == (({}, {}), ())
    asked(web)
    follower.asked(NOW)

    assert asked(web) == [FEED, MIRROR]
    assert follower.stored()[1].total() == 30


def test_a_mirror_gives_only_what_lies_at_the_publisher_and_none_of_its_texts(
    follower: Follower, web: MiniWeb
) -> None:
    web.put(FEED, GONE)
    body = rss(names(20, 5), NOW).body.replace(
        b"</channel>",
        b"<item><title>Sent by the mirror</title><link>https://other.example3/x</link></item>"
        b"</channel>",
    )
    body = body.replace(b"<pubDate>", b"<description>Not their words.</description><pubDate>")
    web.put(MIRROR, Page(body=body, content_type="application/rss+xml"))
    follower.asked(NOW)

    assert (follower.stored()[1].total(), follower.state().left_out) == (5, 1)
    assert summaries(follower) == {""}


def test_a_mirror_that_lists_another_site_is_not_used(follower: Follower, web: MiniWeb) -> None:
    web.put(FEED, GONE)
    web.put(MIRROR, rss(names(20), NOW, link="https://other.example3"))
    follower.asked(NOW)

    assert asked(web) == [FEED, MIRROR, OTHER]
    assert follower.state().url == web.url_of(OTHER)


def test_a_longer_list_at_another_address_is_no_reason_for_quarantine(
    follower: Follower, web: MiniWeb
) -> None:
    for day in range(4):
        web.put(FEED, rss(names(20 + day), NOW + day * DAY))
        follower.asked(NOW + day * DAY)
    web.put(FEED, GONE)
    web.put(MIRROR, rss(names(24, 200), NOW + 4 * DAY))
    follower.asked(NOW + 4 * DAY)
    on_mirror = follower.state()
    web.put(FEED, rss(names(25), NOW + 5 * DAY))
    follower.asked(NOW + 5 * DAY)

    assert (on_mirror.items, on_mirror.quarantined, on_mirror.usual_items) == (200, None, None)
    assert (follower.state().items, follower.state().quarantined) == (12, None)


def test_an_address_that_is_gone_for_good_is_left_alone(follower: Follower, web: MiniWeb) -> None:
    web.put(FEED, BOTH_GONE)
    for day in range(3):
        follower.asked(NOW + 2 * day * DAY, everything=False)
    asked(web)
    follower.asked(NOW + 9 * DAY, everything=False)

    assert asked(web) == [MIRROR]
    assert [failure.next_try for failure in failures(follower)] == [None]


def test_without_a_network_no_address_is_blamed_nor_another_taken(
    follower: Follower, web: MiniWeb
) -> None:
    tally = asyncio.run(visited_over(follower, FakeWeb({})))
    first = follower.state()
    web.put(FEED, GONE)
    follower.asked(NOW)
    before = follower.state()
    asyncio.run(visited_over(follower, FakeWeb({})))
    after = follower.state()

    assert (tally.is_cut_off, first.failures, first.url) == (True, 0, web.url_of(FEED))
    assert (after.url, after.body_hash) == (web.url_of(MIRROR), before.body_hash)
    assert [failure.url for failure in failures(follower)] == [web.url_of(FEED)]


def test_a_check_tries_every_address_and_says_what_to_do(follower: Follower, web: MiniWeb) -> None:
    web.put(FEED, GONE)
    web.put(OTHER, rss(names(20), NOW, link="https://other.example3"))
    (checked,) = follower.checked(NOW, "lab")

    assert asked(web) == [FEED, MIRROR, OTHER]
    assert [(route.items, route.in_use, bool(route.reason)) for route in checked.routes] == [
        (None, False, True),
        (30, True, False),
        (None, False, True),
    ]
    gone, taken = (
        advice(route.way, route.reason, unreadable=route.unreadable)
        for route in checked.routes
        if route.reason
    )
    assert ("url" in gone, "mirror" in taken) == (True, True)


def test_readers_are_told_where_a_source_is_read_and_not_of_one_feed_that_it_is_one(
    follower: Follower, web: MiniWeb
) -> None:
    (source,) = follower.settings.sources
    only = replace(source, key="only", url=web.url_of(OTHER), routes=())
    follower.settings = replace(follower.settings, sources=(source, only))
    follower.asked(NOW)

    own, other = told(follower)
    assert ("own" in own, other) == (True, "")
    web.put(FEED, GONE)
    follower.asked(NOW + DAY)
    mirrored, other = told(follower)
    assert ("own" in mirrored, mirrored.endswith(": a reader"), other) == (False, True, "")


def test_a_source_that_is_off_is_tried_at_every_address_and_stored_at_none(
    follower: Follower, web: MiniWeb
) -> None:
    (source,) = follower.settings.sources
    follower.settings = replace(follower.settings, sources=(replace(source, enabled=False),))
    web.put(FEED, GONE)
    (checked,) = follower.checked(NOW, everything=True)

    assert ([route.items for route in checked.routes], checked.health.verdict) == (
        [None, 30, 30],
        HealthStatus.OK,
    )
    assert (follower.stored(), failures(follower)) == (({}, {}), ())


@pytest.mark.parametrize(
    ("fails", "read"),
    [
        pytest.param((), FEED, id="all work"),
        pytest.param((FEED,), MIRROR, id="the first fails"),
        pytest.param((FEED, MIRROR, OTHER), FEED, id="none works"),
    ],
)
def test_of_a_source_that_is_off_the_first_address_that_works_is_told_or_else_the_first(
    follower: Follower, web: MiniWeb, fails: tuple[str, ...], read: str
) -> None:
    (source,) = follower.settings.sources
    follower.settings = replace(follower.settings, sources=(replace(source, enabled=False),))
    for url in fails:
        web.put(url, GONE)
    (checked,) = follower.checked(NOW, everything=True)

    assert checked.state is not None
    assert (checked.state.url, checked.state.failures) == (web.url_of(read), int(len(fails) == 3))


def test_readers_are_not_told_where_a_source_is_read_that_never_was(
    follower: Follower, web: MiniWeb
) -> None:
    for path in (FEED, MIRROR, OTHER):
        web.put(path, GONE)
    follower.asked(NOW)

    assert told(follower) == [""]
