"""What a WebSub hub is notified of after a refresh: each feed that changed, once."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

import pytest

from aggregator.bootstrap import open_services
from aggregator.domain.publishing.page import PublishedFile
from aggregator.domain.settings import (
    DatabaseSettings,
    FetchSettings,
    Settings,
    SiteSettings,
)
from aggregator.site.stage.publish import announce_stage
from aggregator.store.database import Connection, Database
from aggregator.store.publishing import pages
from tests.builders import leverage_story
from tests.integration.stored import NOW
from tests.memory_site import MemoryContent, publish, site_pages

pytestmark = pytest.mark.clock

HUB = "https://hub.example/"
ATOM = "{http://www.w3.org/2005/Atom}"


class Hub:
    """A hub on loopback; `told` holds the fields of each request, `status` is its answer."""

    def __init__(self) -> None:
        self.told: list[list[tuple[str, str]]] = []
        self.kinds: set[str] = set()
        self.status = 204
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                hub.told.append(parse_qsl(body))
                hub.kinds.add(self.headers["Content-Type"])
                self.send_response(hub.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: a test fails or it does not."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stops it."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hub() -> Iterator[Hub]:
    opened = Hub()
    yield opened
    opened.close()


@pytest.fixture
def settings(database: Database, tmp_path: Path, hub: Hub) -> Settings:
    with database.writing() as connection:
        save(connection, dict.fromkeys(("feed.xml", "feed.json", "index.html"), "1"))
    return Settings(
        site=SiteSettings(base_url="https://news.example", output=str(tmp_path / "s"), hub=hub.url),
        database=DatabaseSettings(url=database.url),
        fetch=FetchSettings(allow_private_networks=("127.0.0.0/8",), per_host_delay_s=0),
    )


def save(connection: Connection, digests: dict[str, str]) -> None:
    files = {
        path: PublishedFile(path=path, digest=digest, inputs="", bytes=1)
        for path, digest in digests.items()
    }
    pages.save_files(connection, {}, files)


def announced(settings: Settings) -> None:
    async def run() -> None:
        async with open_services(settings, NOW) as services:
            await announce_stage(services)

    asyncio.run(run())


def told(*paths: str) -> list[tuple[str, str]]:
    return [
        ("hub.mode", "publish"),
        *(("hub.url", f"https://news.example/{path}") for path in paths),
    ]


def test_each_changed_feed_is_announced_once(
    database: Database, settings: Settings, hub: Hub
) -> None:
    announced(settings)
    announced(settings)
    with database.writing() as connection:
        save(connection, {"feed.xml": "2", "index.html": "2", "topic/chips/feed.json": "1"})
    announced(settings)

    assert hub.told == [told("feed.json", "feed.xml"), told("feed.xml", "topic/chips/feed.json")]
    assert hub.kinds == {"application/x-www-form-urlencoded"}


@pytest.mark.parametrize("status", [404, 500], ids=["unknown", "failing"])
def test_a_hub_that_fails_is_a_warning_and_is_notified_by_the_next_refresh(
    settings: Settings, hub: Hub, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.status = status
    announced(settings)
    said = capsys.readouterr().out
    hub.told.clear()
    hub.status = 202
    announced(settings)

    assert "WebSub" in said
    assert f"http {status}" in said
    assert hub.told == [told("feed.json", "feed.xml")]


def test_a_hub_in_a_private_network_is_not_asked_unless_that_is_allowed(
    settings: Settings, hub: Hub
) -> None:
    announced(replace(settings, fetch=FetchSettings()))

    assert hub.told == []


@pytest.mark.parametrize("hub_url", ["", HUB])
def test_every_feed_names_itself_and_the_hub_where_there_is_one(
    tmp_path: Path, hub_url: str
) -> None:
    site = SiteSettings(base_url="https://news.example", hub=hub_url)
    content = MemoryContent(stories=(leverage_story(),), statuses=(), engine="extractive")
    publish(site_pages(content, site), tmp_path, site, {})
    atom = [ET.parse(path) for path in sorted(tmp_path.rglob("feed.xml"))]
    feeds = [json.loads(path.read_text()) for path in sorted(tmp_path.rglob("feed.json"))]
    links = [
        {link.attrib["rel"]: link.attrib["href"] for link in each.findall(f"{ATOM}link")}
        for each in atom
    ]

    assert len(links) == len(feeds) > 3
    assert {link.get("hub", "") for link in links} == {hub_url}
    assert [link["self"].removesuffix("feed.xml") for link in links] == [
        each["feed_url"].removesuffix("feed.json") for each in feeds
    ]
    hubs = [{"type": "WebSub", "url": hub_url}] if hub_url else None
    assert all(each.get("hubs") == hubs for each in feeds)
