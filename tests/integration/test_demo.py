"""`aggregator demo` as a command: offline, the same each time, with every section somewhere."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import feedparser
import pytest
from lxml import etree

from aggregator.config.configuration import load
from aggregator.errors import ArgumentError
from aggregator.plugins.demo.build import new_settings
from aggregator.plugins.demo.script import scripted_pages
from aggregator.plugins.demo.world import DemoServer, World, load_world
from aggregator.resources import DEMO
from tests import loaded
from tests.acceptance.house import House, environment
from tests.builders import files
from tests.documented import documented, read
from tests.integration.test_cli import result_of
from tools.reference import story_page

# run in every process of the command, as Python looks for a module of this name when it starts
WATCH = """
import os, sys
def heard(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):
        with open(os.environ["CONNECTED"], "a") as log:
            print(args[1][0], file=log)
sys.addaudithook(heard)
"""
# The demo takes 13 s of a processor; beside other jobs that was over 550 s by the clock.
_MOST_S = 1_700
pytestmark = [pytest.mark.clock, pytest.mark.timeout(1_800)]
_MOST_BYTES = 46_000  # of a page before compression
BRIEF = {"what_changed", "why_it_matters", "what_to_do_next", "who_should_care"}
INSIGHT = {"takeaways", "comparison", "technical", "implications"}
SHORTEST = 40  # characters of a sentence; names and headings are shorter
OTHERS = {"hook", "timeline", "disagreements", "unknowns", "related", "newsletters"}


def built(folder: Path, *options: str) -> dict[str, Any]:
    """What the command prints, of a demo built into `folder/house`, where each process notes whom
    it connects to.
    """
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(WATCH, "utf-8")
    environ = os.environ | {"PYTHONPATH": str(folder), "CONNECTED": str(folder / "connected")}
    command = [sys.executable, "-m", "aggregator", "--json", "demo", "--once", *options]
    run = subprocess.run(
        [*command, "--into", str(folder / "house")],
        env=environ,
        capture_output=True,
        text=True,
        timeout=_MOST_S,
    )
    return printed(run)


def printed(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What the command prints where nothing failed."""
    assert run.returncode == 0, run.stderr
    assert "failed" not in run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def built_by_copy(house: Path, *options: str) -> dict[str, Any]:
    """The same of a demo built into a folder by a copy of the loaded program."""
    command = ["--json", "demo", "--once", *options, "--into", str(house)]
    return printed(loaded.run(command, house.parent, environment(), _MOST_S))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def result(folder: Path) -> dict[str, Any]:
    return built(folder)


@pytest.fixture(scope="module")
def site(folder: Path, result: dict[str, Any]) -> Path:
    return folder / "house" / "site"


def twins(site: Path) -> list[dict[str, Any]]:
    """The stories as JSON."""
    return [json.loads(path.read_text("utf-8")) for path in site.glob("story/*/index.json")]


def test_the_demo_has_every_section_somewhere(site: Path) -> None:
    filled: set[str] = set()
    for twin in twins(site):
        parts: list[Mapping[str, Any]] = [twin, twin.get("brief", {}), twin.get("insight", {})]
        filled |= {key for part in parts for key, value in part.items() if value}

    assert (BRIEF | INSIGHT | OTHERS) - filled == set()


def test_every_key_of_its_stories_is_in_the_reference(site: Path) -> None:
    reference = story_page(twins(site))

    assert "| `since[].as_of` |" in reference


def test_the_pages_of_the_script_are_written_judged_and_say_who_wrote_them(site: Path) -> None:
    pages = [twin["provenance"] for twin in twins(site) if "model" in twin["provenance"]]

    assert len(pages) == len(scripted_pages())
    assert {page["judge"]["model"] for page in pages} == {"demo script"}
    assert min(page["written"] for page in pages) >= 5


def test_its_pages_take_the_day_of_its_last_edition_for_today() -> None:
    schedule = tomllib.loads((DEMO / "schedule.toml").read_text("utf-8"))
    last = max(schedule["editions"]).date().isoformat()

    assert load(DEMO / "config.toml", {}).site.today == last


def test_each_week_has_its_edition_and_its_mail(
    folder: Path, result: dict[str, Any], site: Path
) -> None:
    weeks = ["2026-W23", "2026-W24", "2026-W25", "2026-W26"]

    assert result["editions"] == weeks
    assert [(site / "week" / week / "index.html").is_file() for week in weeks] == [True] * 4
    assert sorted(path.name for path in (folder / "house" / "mail").iterdir()) == sorted(
        f"{week}.{kind}" for week in weeks for kind in ("eml", "html")
    )


def test_two_predictions_came_true_one_did_not_and_a_correction_is_listed(site: Path) -> None:
    scored = (site / "scorecard" / "index.html").read_text("utf-8")

    assert scored.count('outcome">came true<') == 2
    assert scored.count('outcome">did not come true<') == 1
    assert scored.count("Settled on 28 June 2026.") == 3
    assert "$850 million" in (site / "errata" / "index.html").read_text("utf-8")


def sentences(entry: Any) -> list[str]:
    """The sentences of a feed's entry, without names before and credits behind them."""
    tree = etree.HTML(entry.content[0].value)
    texts = (" ".join("".join(part.itertext()).split()) for part in tree.iter("p", "li", "h3"))
    bare = (re.sub(r" \([^()]+\)(?=$| ·)", "", text) for text in texts)
    parts = re.split(r"(?<=[.!?”:]) ", " ".join(bare))
    return [part for part in parts if len(part) > SHORTEST]


def test_every_entry_of_a_feed_has_a_hook_no_sentence_twice_and_a_card_that_is_there(
    site: Path,
) -> None:
    paths = [
        path
        for path in site.rglob("*.xml")
        if path.name != "opds.xml" and "<feed" in path.read_text("utf-8")
    ]
    feeds = {path: feedparser.parse(io.BytesIO(path.read_bytes())) for path in paths}
    entries = [entry for feed in feeds.values() for entry in feed.entries]
    of_stories = [
        raw
        for path in paths
        if path.parent.name != "errata"
        for raw in path.read_text("utf-8").split("<entry>")[1:]
    ]
    bare = [raw for raw in of_stories if "<summary>" not in raw]
    cards = {
        found
        for raw in of_stories
        for found in re.findall(r'type="image/png" href="http://127.0.0.1:8400/([^"]+)"', raw)
    }
    twice = [
        (entry.title, sentence)
        for entry in entries
        for sentence, times in Counter(sentences(entry)).items()
        if times > 1
    ]

    assert [feed.bozo for feed in feeds.values()] == [False] * len(feeds)
    assert len(of_stories) > 90
    assert (bare, twice) == ([], [])
    assert len(cards) > 20
    assert [path for path in cards if not (site / path).is_file()] == []


def test_every_page_says_that_the_news_is_invented(site: Path) -> None:
    silent = [
        path
        for path in site.rglob("index.html")
        if "All the news is invented" not in path.read_text("utf-8")
        and 'http-equiv="refresh"' not in path.read_text("utf-8")
    ]

    assert silent == []


def test_no_page_is_heavier_than_readers_on_the_move_would_wait_for(site: Path) -> None:
    weights = {
        str(path.relative_to(site).parent): path.stat().st_size for path in site.rglob("index.html")
    }
    heavy = {path for path, size in weights.items() if size > _MOST_BYTES}

    assert heavy == set()
    assert len(weights) > len(scripted_pages())


def test_nobody_beyond_loopback_is_connected_to(folder: Path, result: dict[str, Any]) -> None:
    assert set((folder / "connected").read_text("utf-8").split()) == {"127.0.0.1"}


# Documented commands that are not run on the demo, and why.
ELSEWHERE = {
    "build": "takes five seconds; tests/acceptance/test_refresh.py runs it",
    "bounces read": "waits for a mail",
    "db copy": "needs PostgreSQL",
    "demo": "built this house",
    "digest send": "needs a mail server",
    "digest test": "needs a mail server",
    "doctor": "asks servers",
    "edition build": "needs news of last week",
    "eval": "takes ten seconds; tests/integration/test_cli_eval.py runs it",
    "init": "writes the config.toml that is there",
    "mcp": "serves a client until it leaves",
    "model audit": "asks a person; tests/integration/test_audit.py runs it",
    "model calibrate": "needs Ollama",
    "model probe": "needs Ollama",
    "model pull": "needs Ollama",
    "refresh": "reads the web",
    "run": "does not end by itself",
    "serve": "does not end by itself",
    "sources add": "reads the web",
    "theme check": "needs a theme; tests/acceptance/test_theme.py runs it",
    "theme new": "changes the site; tests/acceptance/test_theme.py runs it",
    "sources check": "reads the web",
    "sources forget": "asks first; tests/integration/test_forgetting.py runs it",
    "notify test": "needs a receiver; tests/integration/test_notifying.py runs it",
    "subject fit": "needs answered examples; tests/acceptance/test_subject.py runs it",
    "subscribers add": "needs a mail server",
    "subscribers choose": "needs a subscriber; tests/integration/test_cli_subscribers.py runs it",
    "subscribers erase": "asks first; tests/integration/test_cli_subscribers.py runs it",
    "worker": "needs PostgreSQL",
}
OPML = """<opml version="2.0"><head><title>List</title></head><body>
<outline text="New" type="rss" xmlUrl="https://new.example/feed"/></body></opml>"""


def test_documented_commands_run_on_the_demo(folder: Path, site: Path, tmp_path: Path) -> None:
    house = House.in_folder(shutil.copytree(folder / "house", tmp_path / "house"))
    (house.folder / "list.opml").write_text(OPML, "utf-8")
    (house.folder / "FILE.csv").write_text("address,roles,topics\nreader@e.example,,\n", "utf-8")
    story = max(twins(site), key=lambda twin: len(twin["sources"]))
    examples = {
        "STORY": story["id"],
        "ID": story["id"],
        "URL": story["sources"][0]["url"],
        "KEY": "evening-signal",
        "WEEK": "2026-W25",
        "ADDRESS": "reader@e.example",
        "FILE": "copy.db",
        "backups/NEWEST.db": "copy.db",
    }
    commands = {
        tuple(examples.get(word, word) for word in command.arguments)
        for command in documented()
        for name, is_complete in (read(command.arguments),)
        if is_complete and name not in ELSEWHERE
    }
    ended = {words: result_of(house, *words) for words in sorted(commands)}

    assert len(ended) > 20
    assert {words: end for words, end in ended.items() if end[0] != 0} == {}


def test_a_second_run_into_the_same_folder_writes_the_same_bytes(folder: Path, site: Path) -> None:
    house = folder / "house"
    first = files(house / "site") | files(house / "mail")

    built_by_copy(house)

    assert files(house / "site") | files(house / "mail") == first


def test_rules_alone_write_the_same_news_without_the_script(tmp_path: Path) -> None:
    result = built_by_copy(tmp_path / "rules", "--rules")

    pages = twins(tmp_path / "rules" / "site")
    assert len(result["editions"]) == 4
    assert len(pages) > 15
    assert [page["id"] for page in pages if "model" in page["provenance"]] == []
    front = (tmp_path / "rules" / "site" / "index.html").read_text("utf-8")
    assert ("no AI model is used" in front, "prewritten answers" in front) == (True, False)


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("to Jane", "utf-8")
    command = [sys.executable, "-m", "aggregator", "demo", "--once", "--into", str(tmp_path)]

    run = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert run.returncode == 2
    assert f"{tmp_path} is not empty" in run.stderr
    assert files(tmp_path) == {"letters": b"to Jane"}


def test_the_folder_that_the_demo_is_made_from_is_left_alone(tmp_path: Path) -> None:
    shipped = tmp_path / "demo"
    shutil.copytree(DEMO, shipped)
    before = files(shipped)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aggregator.plugins.demo.build.DEMO", shipped)
        with pytest.raises(ArgumentError, match="own files"):
            new_settings(tmp_path / "." / "demo", 8400, by_rules=True)

    assert files(shipped) == before


@pytest.fixture(scope="module")
def world() -> World:
    return load_world(load(DEMO / "config.toml", {}).sources)


def test_the_world_has_sixty_articles_of_eight_sources_in_four_weeks(world: World) -> None:
    own = [article for article in world.articles.values() if not article.linked]

    assert len(own) >= 60
    assert len({article.key.partition("/")[0] for article in own}) >= 8
    assert len({article.published.isocalendar().week for article in own}) >= 4


def test_an_article_is_corrected_from_its_day_on(world: World) -> None:
    funding = world.articles["evening-signal/funding"]

    assert "has raised $850 million" in funding.text_at(datetime(2026, 6, 9, tzinfo=UTC))
    assert "has raised $900 million" in funding.text_at(datetime(2026, 6, 11, tzinfo=UTC))


@pytest.fixture
def server(world: World, tmp_path: Path) -> Iterator[DemoServer]:
    (tmp_path / "site").mkdir()
    link = '<a href="http://aio.example/2026/06/x">x</a>'
    (tmp_path / "site" / "index.html").write_text(link, "utf-8")
    (tmp_path / "config.toml").write_text("", "utf-8")
    with DemoServer(0, world, tmp_path) as opened:
        thread = threading.Thread(target=opened.serve_forever, args=(0.01,))
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()


def got(url: str) -> tuple[int, str]:
    """Status and body of an address, asked without the proxy of the environment."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=10) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_links_to_the_invented_sources_lead_to_their_pages_here(server: DemoServer) -> None:
    _, front = got(f"{server.url}/")
    status, page = got(
        f"{server.url}/world/tessellon.example/2026/06/tessellon-delays-the-t9-chip-to-2027"
    )

    assert front == '<a href="/world/aio.example/2026/06/x">x</a>'
    assert (status, "voltage" in page, "power supply" in page) == (200, False, True)


@pytest.mark.parametrize("path", ["/../config.toml", "/mail/../config.toml", "/none/", "/world/x"])
def test_what_is_not_of_the_site_is_not_served(server: DemoServer, path: str) -> None:
    assert got(f"{server.url}{path}")[0] == 404


def test_links_of_the_mail_to_the_site_and_its_forms_lead_somewhere(
    folder: Path, site: Path, world: World
) -> None:
    (mail,) = sorted((folder / "house" / "mail").glob("*.html"))[-1:]
    paths = set(re.findall(r'href="http://127\.0\.0\.1:8400(/[^"]*)"', mail.read_text("utf-8")))
    with DemoServer(0, world, folder / "house") as opened:
        threading.Thread(target=opened.serve_forever, args=(0.01,)).start()
        ended = {path: got(f"{opened.url}{path}")[0] for path in (*paths, "/favicon.ico")}
        opened.shutdown()

    assert {path.split("/")[1] for path in paths} >= {"preferences", "story", "unsubscribe"}
    assert {path: status for path, status in ended.items() if status != 200} == {}


def test_connections_of_a_whole_crawl_are_taken_at_once(world: World, tmp_path: Path) -> None:
    """Those beyond the backlog would be tried again by the kernel, seconds later."""
    with DemoServer(0, world, tmp_path) as opened, ExitStack() as clients:
        address = ("127.0.0.1", opened.server_port)
        for _ in range(load(DEMO / "config.toml", {}).fetch.concurrency):
            clients.enter_context(socket.create_connection(address, timeout=2))
