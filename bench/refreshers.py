"""The contenders of `bench.refresh`, each one visit to all feeds in a process of its own; prints
its costs as JSON.

    python -m bench.refreshers NAME FOLDER PORT FEEDS

`curl` is that program, and `bare` an aiohttp loop; both keep validators and throw bodies away.
`ours` is `fetch_stage` with the real web, workers and database. FOLDER keeps what a contender
remembers from one visit to the next.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aiohttp

from aggregator.bootstrap import open_services
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.domain.settings import DatabaseSettings, FetchSettings, Settings
from aggregator.domain.source import Source
from aggregator.ports import Parsers
from aggregator.services import RefreshOptions, Tally
from bench.costs import Meter
from bench.feeds import NEWEST
from bench.served import Served

_CONCURRENCY = FetchSettings().concurrency
_Costs = dict[str, Any]


class _Nobody:
    def stage(self, name: str, total: int) -> None:
        """Nothing."""

    def step(self, what: str) -> None:
        """Nothing."""


async def curl(folder: Path, served: Served, feeds: int) -> _Costs:
    """As many requests under way as ours has, each with the ETag of the visit before."""
    sections = [
        f'url = "{served.url(number)}"\noutput = "/dev/null"\nsilent\n'
        f'etag-save = "{folder / str(number)}.etag"\n'
        f'etag-compare = "{folder / str(number)}.etag"\n'
        'write-out = "%{http_code}\\n"\n'
        for number in range(feeds)
    ]
    told = folder / "curl.conf"
    told.write_text("next\n".join(sections))
    command = ["curl", "--parallel", "--parallel-max", str(_CONCURRENCY), "--config", str(told)]
    meter = Meter()
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    statuses, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"curl: exit {process.returncode}")
    return {**asdict(meter.read()), "changed": statuses.split().count(b"200")}


async def bare(folder: Path, served: Served, feeds: int) -> _Costs:
    """As many requests under way as ours has, and nothing done with the answers."""
    memory = folder / "bare.json"
    kept: dict[str, dict[str, str]] = json.loads(memory.read_text()) if memory.exists() else {}
    places, statuses = asyncio.Semaphore(_CONCURRENCY), list[int]()

    async def ask(session: aiohttp.ClientSession, url: str) -> None:
        async with places, session.get(url, headers=kept.get(url)) as answer:
            await answer.read()
            statuses.append(answer.status)
            kept[url] = {
                "If-None-Match": answer.headers["ETag"],
                "If-Modified-Since": answer.headers["Last-Modified"],
            }

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        meter = Meter()
        await asyncio.gather(*(ask(session, served.url(number)) for number in range(feeds)))
        costs = meter.read()
    memory.write_text(json.dumps(kept))
    return {**asdict(costs), "changed": statuses.count(200)}


async def ours(folder: Path, served: Served, feeds: int) -> _Costs:
    """The stage of a refresh, spacing off. The workers are started before, and what that took is
    told.
    """
    settings = Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
        fetch=FetchSettings(allow_private_networks=("127.1.0.0/16",), per_host_delay_s=0.0),
        sources=tuple(
            Source(key=f"f{number}", name=f"Feed {number}", url=served.url(number))
            for number in range(feeds)
        ),
    )
    async with open_services(settings, NEWEST) as services:
        services.database.upgrade(NEWEST)
        began_s = time.perf_counter()
        await _warmed_up(services.parsers)
        start_s = time.perf_counter() - began_s
        tally, meter = Tally(), Meter(_workers)
        await fetch_stage(services, RefreshOptions(everything=True), _Nobody(), tally)
        costs = meter.read()
    if tally.failures:
        raise RuntimeError(f"sources failed: {tally.failures[:3]}")
    return {
        **asdict(costs),
        "start_s": start_s,
        "changed": tally.counts["sources_ok"],
        "entries": tally.counts["entries_new"],
    }


def _workers() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid]


async def _warmed_up(parsers: Parsers) -> None:
    feed = b'<rss version="2.0"><channel><title>T</title></channel></rss>'
    asks = (
        parsers.feed(feed, url="https://a.example/", content_type="", source_key="k")
        for _ in range(32)
    )
    await asyncio.gather(*asks)


if __name__ == "__main__":
    contender = {"curl": curl, "bare": bare, "ours": ours}[sys.argv[1]]
    served = Served(kind="", port=int(sys.argv[3]))
    costs = asyncio.run(contender(Path(sys.argv[2]), served, int(sys.argv[4])))
    print(json.dumps(costs))
