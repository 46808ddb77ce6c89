"""A real browser on a site served over loopback; without Chromium these tests are skipped."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from aggregator.domain.settings import Settings, SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.site.publish.card_kit import installed_renderer
from aggregator.store.database import Database
from aggregator.templating.translation import translations
from tests.builders import SAMPLE_TOPICS, sample_standings, sample_stories
from tests.integration.stored import NOW
from tests.integration.web_app import WebApp
from tests.memory_site import MemoryContent, publish, site_pages
from tests.quality.site.browsers import FLAGS
from tests.quality.site.pages import telling
from tests.requirements import CHROMIUM
from tests.unit.site.makers import ledger as sample_ledger
from tests.unit.site.makers import published as published_edition
from tests.web_server import answering


@pytest.fixture(scope="package")  # its event loop must end before other tests run theirs
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    program = CHROMIUM.needed()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(program), args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sample site lies once `sample` is served."""
    return tmp_path_factory.mktemp("sample")


@pytest.fixture(scope="package")
def sample(browser: Browser, sample_folder: Path) -> Iterator[str]:
    """The address of the sample site."""
    with served(sample_folder, sample_stories()) as address:
        yield address


@pytest.fixture(scope="package")
def every_kind(sample: str, sample_folder: Path) -> tuple[str, ...]:
    """Pages that together have nearly all the markup that the sample site has; `make quality` looks
    at all of it.
    """
    return telling(sample_folder, most=2)


@contextmanager
def served(
    folder: Path, stories: tuple[PublishedStory, ...], language: str = "en"
) -> Iterator[str]:
    """Publishes the stories in a language and has the product's web app serve them on loopback,
    under its policies.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    site = SiteSettings(
        base_url=address, contact="editor@news.example", language=language, output=str(folder)
    )
    editions = (published_edition(stories),)
    content = MemoryContent(
        stories=stories,
        statuses=sample_standings(),
        engine="extractive",
        editions=editions,
        ledger=sample_ledger(stories),
        topic_names=translations(language).named(SAMPLE_TOPICS),
        removed=("story/removed-aaaaaaaaaaaa/",),
        card_renderer=installed_renderer(),
    )
    publish(site_pages(content, site), folder, site, {})
    database = Database(f"sqlite:///{folder}.db")
    database.upgrade(NOW)
    with answering(listening, WebApp(database, Settings(site=site)).app):
        yield f"{address}/"
    database.close()
