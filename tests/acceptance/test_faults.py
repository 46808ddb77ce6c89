"""What a machine does to a house: disks that fill, folders that cannot be written, clocks that
jump, servers that are down.

Each run ends in its time, says what and what to do, and leaves a site that is whole; the next run,
once the trouble is over, ends with the site of a house that had no trouble.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest

from aggregator.domain.dates import week_days
from tests.acceptance.house import NOW, SEED, Begun, House, environment
from tests.ollama_models import extractive_writer
from tests.ollama_server import OllamaServer
from tests.servers import Fault, MiniWeb, captured_pages
from tests.smtp_sink import Sink

NEXT = "2026-07-06T09:00Z"
_BUDGET_S = 90.0  # a refresh of this web takes about 5 s of CPU; a lock is waited for 30 s


@pytest.fixture(scope="module")
def calm(begun: Begun) -> House:
    """A house that had no trouble."""
    return begun.house


@pytest.fixture
def house(begun: Begun, tmp_path: Path) -> House:
    """The same, to make trouble in."""
    return begun.copied(tmp_path / "house")


def troubled(house: House, prefix: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command run under something that makes trouble."""
    return subprocess.run(
        [*prefix, *house.command(*arguments)],
        cwd=house.folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=_BUDGET_S,
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that failed said: one message with what to do, no traceback."""
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    return next(
        line for line in reversed(done.stderr.splitlines()) if line.startswith("aggregator: ")
    )


def dead_links(site: Path) -> list[str]:
    """The links of pages that lead to no file of the site."""
    dead = []
    for page in site.rglob("index.html"):
        here = f"https://news.example/{page.parent.relative_to(site)}/"
        for link in re.findall(r'(?:href|src)="([^"]+)"', page.read_text("utf-8")):
            address = urldefrag(urljoin(here, unescape(link)))[0].partition("?")[0]
            path = site / address.removeprefix("https://news.example/")
            if address.startswith("https://news.example/") and not (
                path.is_file() or (path / "index.html").is_file()
            ):
                dead.append(f"{page}: {link}")
    return dead


def in_namespace(script: str) -> list[str]:
    """The prefix that runs a command after a script, in a mount namespace of its own; skips where
    there is none.
    """
    unshare = shutil.which("unshare")
    trial = ["-rm", "mount", "-t", "tmpfs", "x", "/mnt"]
    if (
        unshare is None
        or subprocess.run([unshare, *trial], capture_output=True, check=False).returncode
    ):
        pytest.skip("no mount namespaces here")
    return [unshare, "-rm", "sh", "-c", f'{script} && exec "$@"', "sh"]


# Disks


def test_a_disk_that_fills_under_the_database_ends_the_run_and_the_next_one_goes_on(
    seed_web: MiniWeb, calm: House, tmp_path: Path
) -> None:
    house = House.reading(tmp_path / "house", seed_web)
    said = told(troubled(house, ["prlimit", "--fsize=700000"], "refresh", "--all", "--now", NOW))

    assert [
        word for word in ("aggregator.db", "disk", "aggregator doctor") if word not in said
    ] == []
    house.refreshed("--all")
    assert house.files() == calm.files()


def test_a_disk_that_fills_under_the_site_leaves_every_page_whole(
    seed_web: MiniWeb, calm: House, tmp_path: Path
) -> None:
    house = House.reading(tmp_path / "house", seed_web)
    house.site.mkdir()
    filled = in_namespace(f"mount -t tmpfs -o size=200k tmpfs {house.site}")
    said = told(troubled(house, filled, "refresh", "--all", "--now", NOW))

    assert [word for word in ("No space left", "check the disk") if word not in said] == []
    house.refreshed("--all")
    assert house.files() == calm.files()


def test_a_site_folder_that_is_read_only_keeps_its_pages_and_what_was_read_is_not_lost(
    house: House,
) -> None:
    before = house.files()
    (house.folder / "overrides.toml").write_text(
        _dropped(house), "utf-8"
    )  # so that there is something to write
    frozen = in_namespace(
        f"mount --bind {house.site} {house.site} && mount -o remount,ro,bind {house.site}"
    )
    said = told(troubled(house, frozen, "refresh", "--now", NEXT))

    assert [word for word in ("Read-only file system", "site.output") if word not in said] == []
    assert (house.files(), dead_links(house.site)) == (before, [])
    house.refreshed(now=NEXT)
    assert (house.files() != before, dead_links(house.site)) == (True, [])


def _dropped(house: House) -> str:
    story = house.stories()[0]["id"]
    return f'[[drop]]\nstory = "{story}"\nreason = "a test"\n'


# The database


@pytest.mark.timeout(120)
def test_a_database_that_another_program_locks_is_waited_for_and_then_told(house: House) -> None:
    before = house.files()
    with closing(sqlite3.connect(house.folder / "aggregator.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        said = told(troubled(house, [], "refresh", "--now", NEXT))

    assert [
        word for word in ("aggregator.db", "locked", "aggregator doctor") if word not in said
    ] == []
    house.refreshed(now=NEXT)
    assert house.files() == before


# The clock


@pytest.mark.parametrize("days", [-400, 400], ids=["back", "ahead"])
def test_a_clock_that_jumps_and_comes_back_does_no_harm(house: House, days: int) -> None:
    stories = {story["id"] for story in house.stories()}
    jumped = (datetime.fromisoformat(NOW) + timedelta(days=days)).isoformat()
    house.refreshed("--all", now=jumped)
    after = house.refreshed(now="2026-07-07T09:00Z")

    assert (after["sources"]["not_due"], after["sources"]["failed"]) == (0, 0)
    assert ({story["id"] for story in house.stories()}, dead_links(house.site)) == (stories, [])


# Servers


def test_a_third_of_the_feeds_being_down_costs_only_what_they_list(
    calm: House, tmp_path: Path
) -> None:
    with MiniWeb(SEED) as web:
        feeds = sorted(url for url, page in captured_pages(SEED).items() if page.title)
        down = feeds[: len(feeds) // 3]
        for url, fault in zip(down, (Fault.SERVER_ERROR, Fault.RESET), strict=True):
            web.misbehave(url, fault)
        house = House.reading(tmp_path / "house", web)
        report = house.refreshed("--all")
        for url in down:
            web.misbehave(url, Fault.SERVER_ERROR, times=0)
        assert {each["stage"] for each in report["failures"] if not each.get("pages")} == {"fetch"}
        assert (
            report["sources"]["failed"],
            report["stories"]["new"] > 0,
            dead_links(house.site),
        ) == (2, True, [])
        later = house.refreshed("--all", now="2026-07-07T06:00Z")

    assert later["sources"]["failed"] == 0
    assert len(_origins(house)) == len(_origins(calm))


def _origins(house: House) -> set[str]:
    return {source["url"] for story in house.stories() for source in story["sources"]}


def test_a_model_that_is_down_costs_its_sentences_and_nothing_else(
    seed_web: MiniWeb, calm: House, tmp_path: Path
) -> None:
    with OllamaServer(extractive_writer) as server:
        url = server.url
    sources = (
        '[analysis]\nengine = "ollama"\n[analysis.ollama]\nhost ='
        f' "{url}"\n\n{seed_web.sources_toml()}'
    )
    house = House(tmp_path / "house", sources)
    report = house.refreshed("--all")

    assert [
        "ollama serve" in each["reason"]
        for each in report["failures"]
        if each["stage"] == "analysis"
    ] == [True]
    assert (len(house.stories()), dead_links(house.site)) == (len(calm.stories()), [])


def test_a_mail_server_that_is_down_costs_no_reader_the_edition_and_none_gets_two(
    house: House,
) -> None:
    week = max(story["week"] for story in house.stories())
    now = ("--now", f"{week_days(week)[1] + timedelta(days=1)}T07:00Z")
    reach(house, 1)
    readers = house.folder / "readers.csv"
    readers.write_text("address\nada@example.org\nben@example.org\n", "utf-8")
    done(house, "subscribers", "import", str(readers), "--confirmed-elsewhere", "on paper")
    done(house, "edition", "build", "--week", week, *now)
    before = house.files()
    said = told(troubled(house, [], "digest", "send", "--edition", week, *now))
    with Sink() as sink:
        reach(house, sink.port)
        for _ in range(2):
            done(house, "digest", "send", "--edition", week, *now)
        taken = sorted(taken.envelope_to for taken in sink.taken)

    assert "127.0.0.1:1" in said
    assert (taken, house.files()) == ([("ada@example.org",), ("ben@example.org",)], before)


def done(house: House, *arguments: str) -> None:
    """Runs a command that must go well."""
    ended = house.run(*arguments, timeout_s=_BUDGET_S)
    assert ended.returncode == 0, ended.stderr


def reach(house: House, port: int) -> None:
    """Lets the house send its mail to a port of this machine."""
    (house.folder / "config.local.toml").write_text(
        '[email]\nfrom = "AI news <digest@news.example>"\npostal_address = "1 Example Street"\n'
        f'smtp_host = "127.0.0.1"\nsmtp_port = {port}\nsmtp_security = "none"\n',
        "utf-8",
    )
