"""A real browser on a site served over loopback; without Chromium these tests are skipped."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from aggregator.domain.settings import Settings, SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.plugins.cards.card_kit import installed_renderer
from aggregator.store.database import Database
from aggregator.templating.translation import translations
from tests.builders import SAMPLE_TOPICS, sample_standings, sample_stories
from tests.integration.stored import NOW
from tests.integration.web_app import WebApp
from tests.memory_site import MemoryContent, publish, site_pages
from tests.quality.site.browsers import FLAGS
from tests.quality.site.pages import acting, telling
from tests.requirements import CHROMIUM
from tests.unit.site.makers import ledger as sample_ledger
from tests.unit.site.makers import published as published_edition
from tests.web_server import answering

# Views in which each width and each colour scheme of `tests.quality.site.views.VIEWS` is seen.
EACH_ONCE = ((320, "light"), (1_280, "dark"))


class Windows:
    """Pages in contexts that tests share, one after the other: a new context takes a browser as
    long as three pages.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: dict[tuple[bool, bool], tuple[BrowserContext, CDPSession]] = {}
        self._pages: list[Page] = []
        self._origins: set[str] = set()

    def page(
        self,
        width: int = 1_280,
        scheme: Literal["light", "dark"] = "light",
        *,
        height: int = 900,
        runs_scripts: bool = True,
        bypasses_policy: bool = False,
    ) -> Page:
        """A new page."""
        context, _ = self._context(runs_scripts, bypasses_policy)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.on("framenavigated", lambda frame: self._origins.add(urljoin(frame.url, "/")))
        self._pages.append(page)
        return page

    def clear(self) -> None:
        """Closes the pages, and removes what they stored."""
        for page in self._pages:
            page.close()
        for context, session in self._contexts.values():
            context.clear_cookies()
            for origin in self._origins:
                everything = {"origin": origin, "storageTypes": "all"}
                session.send("Storage.clearDataForOrigin", everything)
        self._pages.clear()
        self._origins.clear()

    def close(self) -> None:
        """Closes everything."""
        for context, _ in self._contexts.values():
            context.close()

    def _context(
        self, runs_scripts: bool, bypasses_policy: bool
    ) -> tuple[BrowserContext, CDPSession]:
        kind = (runs_scripts, bypasses_policy)
        if kind not in self._contexts:
            made = self._browser.new_context(
                java_script_enabled=runs_scripts, bypass_csp=bypasses_policy
            )
            self._contexts[kind] = made, made.new_cdp_session(made.new_page())
        return self._contexts[kind]


@pytest.fixture(scope="package")  # its event loop must end before other tests run theirs
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    program = CHROMIUM.needed()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(program), args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Iterator[Windows]:
    """What `open_page` opens pages in."""
    opened = Windows(browser)
    yield opened
    opened.close()


@pytest.fixture
def open_page(windows: Windows) -> Iterator[Callable[..., Page]]:
    """Opens a page as `Windows.page` does; what pages stored is gone after the test."""
    yield windows.page
    windows.clear()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page of an ordinary window, on light paper."""
    return open_page()


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


@pytest.fixture(scope="package")
def controls(sample: str, sample_folder: Path) -> tuple[str, ...]:
    """Pages that together have every kind of control."""
    return acting(sample_folder)


@contextmanager
def served(
    folder: Path, stories: tuple[PublishedStory, ...], language: str = "en", today: str = ""
) -> Iterator[str]:
    """Publishes the stories in a language and has the product's web app serve them on loopback,
    under its policies.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    site = SiteSettings(
        base_url=address,
        contact="editor@news.example",
        language=language,
        today=today,
        output=str(folder),
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
        kept=["topic/quiet/index.html"],
    )
    publish(site_pages(content, site), folder, site, {})
    database = Database(f"sqlite:///{folder}.db")
    database.upgrade(NOW)
    with answering(listening, WebApp(database, Settings(site=site)).app):
        yield f"{address}/"
    database.close()
