"""Queues of registrable domains: places, spacing, and pauses that a server asked for."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.adapters.clock import SystemClock
from aggregator.adapters.rate_limits import RateLimits
from aggregator.errors import PausedError, WebError
from tests.fakes import FixedClock
from tests.messages import named

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
FEED, NEWS, OTHER = (
    "https://lab.example/feed",
    "https://news.lab.example/a",
    "https://lab-two.example/",
)


def _manners(clock: FixedClock) -> RateLimits:
    return RateLimits(clock, concurrency=24, per_host=2, delay_s=0)


async def _asked(manners: RateLimits, url: str) -> str:
    try:
        async with manners.turn(url):
            return "asked"
    except WebError as error:
        return error.reason


def test_the_hosts_of_one_registrable_domain_share_its_places() -> None:
    manners, under_way, most = _manners(FixedClock(NOW)), Counter[str](), Counter[str]()

    async def visit(url: str) -> None:
        async with manners.turn(url):
            domain = ".".join(url.split("/")[2].split(".")[-2:])
            under_way[domain] += 1
            most[domain] = max(most[domain], under_way[domain])
            await asyncio.sleep(0.001)
            under_way[domain] -= 1

    async def all_visits() -> None:
        hosts = [f"https://{n}.{domain}.example/" for n in range(9) for domain in ("one", "two")]
        await asyncio.gather(
            *(visit(url) for url in hosts), *(visit(f"https://203.0.113.{n}/") for n in range(9))
        )

    asyncio.run(all_visits())

    assert {domain: most[domain] for domain in ("one.example", "two.example")} == {
        "one.example": 2,
        "two.example": 2,
    }
    assert sum(most.values()) == 2 + 2 + 9  # every address is a domain of its own


def test_a_pause_holds_for_the_whole_domain_until_its_end() -> None:
    clock = FixedClock(NOW)
    manners = _manners(clock)
    manners.paused(FEED, "http 429", NOW + timedelta(minutes=2))

    before = [asyncio.run(_asked(manners, url)) for url in (NEWS, OTHER)]
    clock.advance(120)
    after = asyncio.run(_asked(manners, NEWS))

    assert (named(before[0]), before[1], after) == (["429"], "asked", "asked")


def test_a_short_pause_is_waited_out() -> None:
    async def paused_turn() -> float:
        clock = SystemClock()
        manners = RateLimits(clock, concurrency=24, per_host=2, delay_s=0)
        manners.paused(FEED, "http 429", clock.now() + timedelta(seconds=0.2))
        began_s = time.monotonic()
        async with manners.turn(NEWS):
            return time.monotonic() - began_s

    assert asyncio.run(paused_turn()) >= 0.19


def test_a_pause_without_an_end_lasts_as_long_as_the_run() -> None:
    clock = FixedClock(NOW)
    manners = _manners(clock)
    manners.paused(FEED, "http 429", None)
    clock.advance(100_000)

    async def turn() -> None:
        async with manners.turn(NEWS):
            pass

    with pytest.raises(PausedError) as refused:
        asyncio.run(turn())
    assert refused.value.retry_after is None


@pytest.mark.parametrize(
    ("delay_s", "wanted_s", "least_s"), [(0.05, 0.0, 0.05), (0.0, 0.1, 0.1), (0.05, 0.1, 0.1)]
)
def test_the_longer_of_our_spacing_and_the_one_that_is_wanted_counts(
    delay_s: float, wanted_s: float, least_s: float
) -> None:
    async def two_turns() -> float:
        manners = RateLimits(SystemClock(), concurrency=24, per_host=2, delay_s=delay_s)
        began_s = time.monotonic()
        for url in (FEED, NEWS):
            async with manners.turn(url, wanted_s):
                pass
        return time.monotonic() - began_s

    assert asyncio.run(two_turns()) >= least_s
