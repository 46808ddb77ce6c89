"""Parsing in processes: hostile documents cost themselves only, and nothing is left behind."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.domain.article import PageText
from aggregator.domain.entry import Feed, Unreadable
from aggregator.extract.parser_pool import ParserPool
from tests import loaded

pytestmark = pytest.mark.clock

RSS = b'<rss version="2.0"><channel><title>F</title>%s</channel></rss>'
FEED = RSS % b"<item><title>T</title><link>https://a.example/1</link></item>"
# What names an entity that XML does not know is left to feedparser. That and libxml2 compare each
# attribute with all others; a longer tag than this is not read at all
_CROWDED = b"<item %s><title>x&nbsp;</title><link>https://a.example/x</link></item>" % b" ".join(
    b'a%d="1"' % n for n in range(6_000)
)
STUBBORN = RSS % (8 * _CROWDED)  # half a second or more, and small enough to travel with others
SLOW = RSS % (100 * _CROWDED)  # seconds
_ENTRY = (
    b"<item><title>T</title><link>https://a.example/%d</link><description>%s</description></item>"
)
# half a second or more, and an answer of many times what a pipe holds
WORDY = RSS % (8 * _CROWDED + b"".join(_ENTRY % (n, b"word " * 100) for n in range(1_000)))
LONG = (
    b"<html><body>" + (b"<p>" + b"One sentence of a page. " * 30) * 5_000
)  # a second for trafilatura
LARGE = RSS % (_ENTRY % (1, b"word " * 4_000_000))
RUBBISH = b"\xff\xfe" + random.Random(1).randbytes(3_000_000)
PAGE = b"<html><title>T</title><body><p>One sentence of a page.</p></body></html>"


@pytest.fixture(autouse=True)
def _started_as_by_the_program() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        loaded.read_as_the_program_does(patch)
        yield


async def title(parsers: ParserPool) -> str:
    """The title of a small feed, to show that parsing works."""
    found = await parsers.feed(
        FEED, url="https://a.example/feed", content_type="application/xml", source_key="k"
    )
    return found.title if isinstance(found, Feed) else found.reason


async def read(parsers: ParserPool, body: bytes) -> Feed | Unreadable:
    """What comes of a feed."""
    return await parsers.feed(
        body, url="https://a.example/feed", content_type="application/xml", source_key="k"
    )


def workers() -> list[int]:
    """The worker processes of this process."""
    return [child.pid for child in multiprocessing.active_children() if child.pid]


def is_late(found: object) -> bool:
    """Whether a document was given up for its time: of the processor, or on a busy machine by the
    clock.
    """
    return isinstance(found, Unreadable) and found.reason.startswith("took longer than ")


def test_feeds_and_pages_are_read_side_by_side_in_one_worker() -> None:
    async def reads() -> tuple[list[Feed | Unreadable], PageText | Unreadable, int]:
        async with ParserPool() as parsers:
            feeds = [read(parsers, FEED) for _ in range(20)]
            page = parsers.page(PAGE, url="https://a.example/1", content_type="text/html")
            *found, last = await asyncio.gather(*feeds, page)
            assert isinstance(last, PageText)
            return [feed for feed in found if not isinstance(feed, PageText)], last, len(workers())

    feeds, page, count = asyncio.run(reads())

    assert ([feed.title for feed in feeds if isinstance(feed, Feed)], count) == (["F"] * 20, 1)
    assert isinstance(page, PageText)
    assert (page.title, page.paragraphs) == ("T", ("One sentence of a page.",))


def test_a_document_over_its_time_is_given_up_and_the_next_is_read() -> None:
    async def reads() -> tuple[Feed | Unreadable, PageText | Unreadable, str]:
        async with ParserPool(feed_limit_s=0.5, page_limit_s=0.1) as parsers:
            page = await parsers.page(LONG, url="https://a.example/1", content_type="text/html")
            return await read(parsers, SLOW), page, await title(parsers)

    feed, page, then = asyncio.run(reads())

    assert (is_late(feed), is_late(page), then) == (True, True, "F")


def test_a_document_is_not_given_up_because_the_machine_is_busy() -> None:
    async def reads() -> PageText | Unreadable:
        async with ParserPool(page_limit_s=3.0) as parsers:
            await title(parsers)
            (worker,) = workers()
            reading = asyncio.create_task(
                parsers.page(LONG, url="https://a.example/1", content_type="text/html")
            )
            await asyncio.to_thread(wait_until_busy, worker)
            os.kill(worker, signal.SIGSTOP)
            await asyncio.sleep(3.2)
            os.kill(worker, signal.SIGCONT)
            return await reading

    assert isinstance(asyncio.run(reads()), PageText)


def test_a_feed_that_hangs_costs_itself_only_among_those_that_went_with_it() -> None:
    async def reads() -> list[Feed | Unreadable]:
        async with ParserPool(feed_limit_s=0.2) as parsers:
            return await asyncio.gather(
                *(read(parsers, body) for body in (FEED, FEED, STUBBORN, FEED))
            )

    first, second, stubborn, last = asyncio.run(reads())

    assert [feed.title for feed in (first, second, last) if isinstance(feed, Feed)] == ["F"] * 3
    assert is_late(stubborn)


def test_feeds_that_went_together_lose_nothing_of_their_entries() -> None:
    full = RSS % (
        b"<item><title>T</title><link>https://a.example/1</link><guid>g</guid>"
        b"<pubDate>Mon, 05 Jan 2026 10:00:00 GMT</pubDate><category>AI</category>"
        b"<author>Ada Example</author><description>Points: 120 Comments: 45</description></item>"
    )

    async def main() -> tuple[Feed | Unreadable, ...]:
        async with ParserPool() as parsers:
            alone = await read(parsers, full)
            return (alone, *await asyncio.gather(*(read(parsers, full) for _ in range(3))))

    alone, *together = asyncio.run(main())

    assert isinstance(alone, Feed)
    assert alone.entries[0].votes > 0
    assert together == [alone] * 3


def test_a_worker_killed_with_several_feeds_loses_none() -> None:
    async def reads() -> list[Feed | Unreadable]:
        async with ParserPool() as parsers:
            await title(parsers)
            feeds = asyncio.gather(*(read(parsers, body) for body in (STUBBORN, FEED, FEED)))
            await asyncio.to_thread(wait_until_busy, workers()[0])
            os.kill(workers()[0], signal.SIGKILL)
            return await feeds

    assert [feed.title for feed in asyncio.run(reads()) if isinstance(feed, Feed)] == ["F"] * 3


def test_a_document_over_its_memory_is_given_up_and_the_next_is_read() -> None:
    async def reads() -> tuple[Feed | Unreadable, str]:
        async with ParserPool(memory_bytes=130 * 2**20) as parsers:
            return await read(parsers, LARGE), await title(parsers)

    assert asyncio.run(reads()) == (Unreadable(reason="parser ran out of memory"), "F")


def test_a_worker_that_has_grown_reads_nothing_more() -> None:
    async def reads() -> tuple[list[str], set[int]]:
        async with ParserPool(
            grown_bytes=60 * 2**20
        ) as parsers:  # parsers alone need 50 MB, calendars 20 more
            titles, seen = [], set()
            for _ in range(2):
                await parsers.page(PAGE, url="https://a.example/1", content_type="text/html")
                seen |= {pid for pid in workers() if _held_mb(pid) > 60}
                titles += [await title(parsers) for _ in range(3)]
            return titles, seen & set(workers())

    assert asyncio.run(reads()) == (["F"] * 6, set())


def test_a_worker_gives_back_what_a_document_left_behind() -> None:
    async def reads() -> tuple[PageText | Unreadable, int]:
        async with ParserPool(grown_bytes=80 * 2**20) as parsers:
            found = await parsers.page(RUBBISH, url="https://a.example/1", content_type="text/html")
            (worker,) = workers()
            return found, _held_mb(worker)

    found, held = asyncio.run(reads())

    assert isinstance(found, PageText), found
    assert held < 90  # 66 MB, 106 where the allocator keeps its part


def _held_mb(pid: int) -> int:
    return (
        int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        * os.sysconf("SC_PAGESIZE")
        // 2**20
    )


def test_a_worker_killed_at_work_costs_its_document_only() -> None:
    async def reads() -> tuple[Feed | Unreadable, str]:
        async with ParserPool() as parsers:
            await title(parsers)
            slow = asyncio.create_task(read(parsers, SLOW))
            await asyncio.to_thread(wait_until_busy, workers()[0])
            os.kill(workers()[0], signal.SIGKILL)
            return await slow, await title(parsers)

    assert asyncio.run(reads()) == (Unreadable(reason="parser died: signal 9"), "F")


def wait_until_busy(worker: int) -> None:
    """Returns once a worker has spent processor time on a document."""
    used = processor_time(worker)
    while processor_time(worker) < used + 20:
        os.sched_yield()


def wait_until_idle(worker: int) -> None:
    """Returns once a worker waits. Its answer arrives before it gives back the lock with which it
    wrote it, and pebble's other workers wait for that lock for ever.
    """
    while process_status(worker)[0] != "S":
        os.sched_yield()


def processor_time(process: int) -> int:
    """Clock ticks that a process has used (proc(5), field 14)."""
    return int(process_status(process)[11])


def process_status(process: int) -> list[str]:
    """What proc(5) tells of a process, from its state (field 3) on."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


@pytest.mark.timeout(600)
def test_an_idle_worker_that_somebody_killed_is_replaced() -> None:
    async def reads() -> tuple[str, str]:
        async with ParserPool(feed_limit_s=60) as parsers:  # on however busy a machine
            before = await title(parsers)
            wait_until_idle(workers()[0])
            os.kill(workers()[0], signal.SIGKILL)
            return before, await title(parsers)

    assert asyncio.run(reads()) == ("F", "F")


def test_a_cancelled_document_frees_its_worker() -> None:
    async def reads() -> str:
        async with ParserPool() as parsers:
            await title(parsers)
            slow = asyncio.create_task(read(parsers, SLOW))
            await asyncio.to_thread(wait_until_busy, workers()[0])
            slow.cancel()
            with pytest.raises(asyncio.CancelledError):
                await slow
            return await title(parsers)

    assert asyncio.run(reads()) == "F"


def test_nothing_is_started_before_a_document_and_nothing_stays_after() -> None:
    async def counts() -> list[int]:
        async with ParserPool() as parsers:
            before = len(workers())
            await title(parsers)
            during = len(workers())
        return [before, during, len(workers())]

    assert asyncio.run(counts()) == [0, 1, 0]


SCRIPT = f"""
import asyncio, sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from tests.integration.test_workers import SLOW, WORDY, read, title, workers
from aggregator.extract import parser_pool
from aggregator.extract.parser_pool import ParserPool

async def main():
    asyncio.get_running_loop().slow_callback_duration = 60  # seconds: a busy machine is no fault
    async with ParserPool() as parsers:
        await title(parsers)
        loaded = {{name.partition(".")[0] for name in sys.modules}}
        loaded &= {{"feedparser", "trafilatura", "lxml"}}
        print(workers(), sorted(loaded), flush=True)
        if "hang" in sys.argv:
            await read(parsers, SLOW)
        if "answer" in sys.argv:
            print(await read(parsers, WORDY), await title(parsers))

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A program that parses, as a file: workers import the main module again."""
    path = tmp_path / "parses.py"
    path.write_text(SCRIPT)
    return path


def test_the_parsers_are_loaded_in_the_worker_only_and_end_without_a_warning(script: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout.partition("]")[2].strip(), done.stderr) == (0, "[]", "")


def test_workers_end_when_the_main_process_is_killed(script: Path) -> None:
    main = subprocess.Popen(
        [sys.executable, script, "hang"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert main.stdout is not None
    wait_until_busy(int(main.stdout.readline().partition("]")[0].strip("[")))
    main.kill()

    main.communicate(
        timeout=5
    )  # ends when the last process that holds the pipe has ended: the worker
    assert main.returncode == -signal.SIGKILL


def test_a_worker_killed_as_it_answers_keeps_nobody_waiting(script: Path) -> None:
    main = subprocess.Popen([sys.executable, script, "answer"], stdout=subprocess.PIPE, text=True)
    try:
        assert main.stdout is not None
        worker = int(main.stdout.readline().partition("]")[0].strip("["))
        wait_until_busy(worker)
        main.send_signal(signal.SIGSTOP)
        wait_until_idle(worker)  # in the middle of its answer, which nobody reads
        os.kill(worker, signal.SIGKILL)
        main.send_signal(signal.SIGCONT)

        said, _ = main.communicate(timeout=60)
    finally:
        main.kill()
        main.communicate()

    assert said.strip() == f"{Unreadable(reason='parser died: signal 9')} F"
