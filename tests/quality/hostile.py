"""What hostile documents do to us: `python -m tests.quality.hostile --data FOLDER --json`.

Every document under a folder, and seeded mutations of them, goes through the very workers that a
refresh uses, as a feed and, where it is small, as a page. A crash is a parser that died, ran out of
memory, raised or was stopped at its limit. What `*.jsonl` files hold of HTML vectors is served as
the texts and titles of a feed, refreshed into a site, and the site opened in Chromium with its
content security policy switched off: `executed` counts the pages on which anything ran.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import io
import json
import logging
import multiprocessing
import os
import random
import re
import resource
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import feedparser

from aggregator.bootstrap import open_services
from aggregator.config.layers import json_lines
from aggregator.domain.article import PageText
from aggregator.domain.entry import Feed, Unreadable
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    FetchSettings,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Source
from aggregator.extract.parser_pool import ParserPool
from aggregator.log import set_up_log
from aggregator.pipeline import refresh
from aggregator.services import RefreshOptions
from tests.integration.newsroom import Silent
from tests.servers import MiniWeb, Page

MUTATIONS = 2_000
LIMIT_S = 2.0
_MORE_READINGS = 3  # of what seems to take longer
CHROMIUM = Path("/usr/bin/chromium")
_SUFFIXES = (".xml", ".rss", ".atom", ".rdf", ".json", ".html", ".gz")
_CRASHES = (
    "parser died",
    "parser ran out of memory",
    "parser failed",
    "parser could not be started",
    "took longer",
)
_MOST_BYTES = FetchSettings().max_bytes
_SEED = 20_261_124
_URL = "https://feeds.example/feed.xml"
_NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
_PER_FEED = 200
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
)
TELL = (
    "for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => {"
    " window.executed = true }"
)
RAN = """() => window.executed === true || [...document.querySelectorAll('*')].some(each =>
    [...each.attributes].some(a => /^(on|srcdoc$)/i.test(a.name) ||
    /^((xlink:)?href|src|(form)?action|data|poster)$/i.test(a.name) &&
    /^(javascript|vbscript|data):/i.test(a.value.replace(/[\\x00-\\x20]/g, ''))))"""


def report(folder: Path, mutations: int = MUTATIONS) -> dict[str, Any]:
    """Counts, the slowest document and the peak of memory over all documents of a folder and
    mutations of them.
    """
    started = time.monotonic()
    vectors = list(vectors_in(folder))
    named = dict(_documents(folder))
    named |= {
        f"vector {n}": _feed([each], "https://daily.example") for n, each in enumerate(vectors)
    }
    bodies = list(named.values())
    names = [*named, *(f"mutation {n}" for n in range(mutations))]
    documents = [*bodies, *_mutated(bodies, mutations)]
    crashes, seconds, worker_mb = asyncio.run(_read_all(documents))
    slow = sorted(
        (took, name) for took, name in zip(seconds, names, strict=False) if took > LIMIT_S
    )
    return {
        "data": folder.name,
        "documents": len(bodies),
        "mutations": len(documents) - len(bodies),
        "vectors": len(vectors),
        "crashes": len(crashes),
        "crashed": crashes[:20],
        "slowest_s": round(max(seconds, default=0.0), 3),
        "over_limit": len(slow),
        "slow": {name: round(took, 3) for took, name in reversed(slow)},
        "worker_mb": round(worker_mb, 1),
        "own_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024, 1),
        "executed": executed(vectors) if vectors else 0,
        "seconds": round(time.monotonic() - started, 1),
    }


async def _read_all(documents: Sequence[bytes]) -> tuple[list[str], list[float], float]:
    """The reasons of all crashes, the seconds of each document, and the most memory that a worker
    held.

    The seconds are those that the worker computed, since a machine may do other work, too. Where
    the worker did not live through it they are those of the clock, and the best of four readings
    counts: a fresh worker takes seconds to start, and a processor that two share computes half as
    fast. Of a worker's peaks the last counts: until it has become a program of its own its memory
    is ours.
    """
    crashes, seconds = [], []
    others = {child.pid for child in multiprocessing.active_children()}
    peaks: dict[int, float] = {}
    async with ParserPool() as parsers:
        await _timed(parsers, b"<rss/>")
        for body in documents:
            took, reasons = await _timed(parsers, body)
            for _ in range(_MORE_READINGS):
                if took > LIMIT_S:
                    took = min(took, (await _timed(parsers, body))[0])
            seconds.append(took)
            crashes += [reason for reason in reasons if reason.startswith(_CRASHES)]
            peaks |= {
                child.pid: peak
                for child in multiprocessing.active_children()
                if child.pid and child.pid not in others and (peak := _peak_mb(child.pid))
            }
    return crashes, seconds, max(peaks.values(), default=0.0)


async def _timed(parsers: ParserPool, body: bytes) -> tuple[float, list[str]]:
    """The longer of the two readings, and why either failed."""
    longest, reasons = 0.0, []
    readings: tuple[Callable[[], Any], ...] = (
        lambda: parsers.feed(body, url=_URL, content_type="", source_key="k"),
        lambda: parsers.page(body, url=_URL, content_type="text/html"),
    )
    for read in readings:
        began, before = time.monotonic(), _computed_s()
        found: Feed | PageText | Unreadable = await read()
        took, after = time.monotonic() - began, _computed_s()
        longest = max(longest, min(took, after[1] - before[1]) if after[0] == before[0] else took)
        if isinstance(found, Unreadable):
            reasons.append(found.reason)
    return longest, reasons


def _computed_s() -> tuple[tuple[int, ...], float]:
    """The workers that live, and the seconds they have computed."""
    pids, ticks = (
        tuple(sorted(child.pid for child in multiprocessing.active_children() if child.pid)),
        0,
    )
    for pid in pids:
        with suppress(OSError):  # it has just ended
            ticks += sum(
                int(each)
                for each in (
                    Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
                )
            )
    return pids, ticks / os.sysconf("SC_CLK_TCK")


def _peak_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:  # it has ended by itself
        return 0.0
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) / 1_024 if peak else 0.0


def _documents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The path and content of every document of a folder; what is packed is unpacked as far as a
    body may go.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in _SUFFIXES and path.name != "manifest.json":
            body = path.read_bytes()
            unpacked = (
                bytes(zlib.decompressobj(31).decompress(body, _MOST_BYTES))
                if path.suffix == ".gz"
                else body
            )
            yield path.relative_to(folder).as_posix(), unpacked


def vectors_in(folder: Path) -> Iterator[str]:
    """The HTML of every attack vector: payloads as they stand, and what feeds of a test suite
    carry.
    """
    for path in sorted(folder.rglob("*.jsonl")):
        for record in json_lines(path.read_text("utf-8")):
            if isinstance(record.get("payload"), str):
                yield record["payload"]
            elif isinstance(record.get("xml"), str):
                yield from _carried(record["xml"])


def _carried(xml: str) -> Iterator[str]:
    parsed = feedparser.parse(
        io.BytesIO(xml.encode("utf-8", "surrogatepass")),
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    for item in (parsed.feed, *parsed.entries):
        for value in (
            item.get("title"),
            item.get("summary"),
            *(each.get("value") for each in item.get("content", ())),
        ):
            if value:
                yield value


def _mutated(bodies: Sequence[bytes], count: int) -> Iterator[bytes]:
    """Seeded mutations of documents of up to 100 kB: bytes changed, cut, repeated, nested, mixed,
    in another encoding.
    """
    chance = random.Random(_SEED)
    small = [body for body in bodies if 0 < len(body) < 100_000]
    for _ in range(count if small else 0):
        yield chance.choice(_WAYS)(chance.choice(small), chance.choice(small), chance)


def _changed(body: bytes, other: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randint(1, 40)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(body: bytes, other: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(body))
    return body[:start] + body[start + chance.randint(1, 400) :]


def _repeated(body: bytes, other: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(body))
    piece = body[start : start + chance.randint(1, 200)]
    return body[:start] + piece * chance.choice((2, 50, 2_000)) + body[start:]


def _nested(body: bytes, other: bytes, chance: random.Random) -> bytes:
    tags = re.findall(rb"<[A-Za-z][\w:.-]{0,40}>", body) or [b"<x>"]
    start = chance.randrange(len(body))
    tag: bytes = chance.choice(tags)
    return body[:start] + tag * chance.choice((20, 500, 20_000)) + body[start:]


def _mixed(body: bytes, other: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body))] + other[chance.randrange(len(other)) :]


def _recoded(body: bytes, other: bytes, chance: random.Random) -> bytes:
    return body.decode("utf-8", "replace").encode(
        chance.choice(("utf-16", "utf-32", "utf-7", "cp037")), "replace"
    )


def _attributed(body: bytes, other: bytes, chance: random.Random) -> bytes:
    start = body.find(b"<", chance.randrange(len(body)))
    attributes = b"".join(b' a%d="%d"' % (n, n) for n in range(chance.choice((10, 1_000, 20_000))))
    return (
        re.sub(rb"^(<[\w:.-]+)", lambda match: match[1] + attributes, body[start:], count=1)
        if start >= 0
        else body
    )


_WAYS = (_changed, _changed, _changed, _cut, _repeated, _nested, _mixed, _recoded, _attributed)


def executed(vectors: Sequence[str]) -> int | None:
    """On how many pages of a site made of the vectors anything ran, or could; None without
    Chromium.
    """
    if not CHROMIUM.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        asyncio.run(published(vectors, Path(folder), site))
        return pages_that_ran(site)


async def published(
    vectors: Sequence[str], folder: Path, site: Path, address: str = SiteSettings().base_url
) -> None:
    """Refreshes a house whose feeds carry the vectors, into a site that is served at an address."""
    parts = [vectors[start : start + _PER_FEED] for start in range(0, len(vectors), _PER_FEED)]
    feeds = {
        f"https://s{n}.example/feed": _feed(part, f"https://s{n}.example")
        for n, part in enumerate(parts)
    }
    with MiniWeb(
        {url: Page(body=body, content_type="application/rss+xml") for url, body in feeds.items()}
    ) as web:
        sources = tuple(
            Source(key=f"s{n}", name=f"S{n} <b>", url=web.url_of(url))
            for n, url in enumerate(feeds)
        )
        settings = Settings(
            site=SiteSettings(output=str(site), base_url=address),
            database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
            fetch=FetchSettings(
                allow_private_networks=("127.77.0.0/16",), per_host_delay_s=0, timeout_s=10
            ),
            analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
            sources=sources,
        )
        async with open_services(settings, _NOW) as services:
            await refresh(services, RefreshOptions(), Silent())


def _feed(vectors: Sequence[str], home: str) -> bytes:
    """A feed that carries the vectors in titles, authors, categories, texts, attributes and
    addresses of its items.

    An item whose address is nothing but a vector follows each. Control characters are told as such.
    """
    items = []
    for n, vector in enumerate(vectors):
        who, where = _name(2 * n), _name(2 * n + 1)  # of its own, or all become one story
        words = " ".join(
            f"{who} told {_name(9_000 + n * 40 + m)} of report {n} in {where} on 4 July 2026."
            for m in range(40)
        )
        inside = html.escape(vector)
        held = (
            f'<img src="https://x.example/x.png" alt="{inside}" title=\'{vector}\'><a'
            f' href="{inside}">{n}</a>'
        )
        text = html.escape(
            f"<p>Report {n} says so: {vector} on Monday.</p><p>{words}</p>{held}<p>{vector}</p>"
        )
        title = html.escape(f"{who} of {where} reports {vector[:200]}")
        at = format_datetime(_NOW - timedelta(minutes=n))
        whose = f"<author>{title}</author><category>{title}</category><pubDate>{at}</pubDate>"
        items.append(
            f"<item><title>{title}</title><link>{home}/{n}?q={inside}#{inside}</link>{whose}"
            f'<description>{text}</description><enclosure url="{inside}" type="{inside}"'
            ' length="1"/></item>'
            f"<item><title>Address of {who} in"
            f" {where}</title><link>{inside}</link><guid>{inside}</guid>{whose}"
            f"<description>{words}</description></item>"
        )
    body = (
        "<rss"
        f' version="2.0"><channel><title>x</title><link>{home}</link>{"".join(items)}</channel>'
        f"</rss>"
    )
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", " ", body).encode()


def _name(number: int) -> str:
    """A name that no other number has."""
    syllables = "ba ce di fo gu ha ke li mo nu pa re si to vu wa xe zi jo qu".split()
    parts = [syllables[number // 20**place % 20] for place in range(5)]
    return "".join(parts).capitalize()


def pages_that_ran(site: Path) -> int:
    """On how many of the pages below a folder something ran, or has what would run on a click or a
    hover.
    """
    from playwright.sync_api import sync_playwright

    ran = 0
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(_FLAGS))
        context = chromium.new_context(bypass_csp=True)
        context.add_init_script(TELL)
        page = context.new_page()
        for path in sorted(site.rglob("*.html")):
            page.goto(path.as_uri(), wait_until="load")
            ran += bool(page.evaluate(RAN))
        chromium.close()
    return ran


def main() -> None:
    """Prints the report on the folder given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--mutations", type=int, default=MUTATIONS)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    set_up_log(logging.INFO, as_json=False)
    found = report(arguments.data, arguments.mutations)
    if arguments.json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{key:<12} {value}\n" for key, value in found.items())


if __name__ == "__main__":
    main()
