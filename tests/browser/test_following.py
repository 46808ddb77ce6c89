"""What a reader follows and keeps: in the browser alone, with its reason, carried by a file."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from aggregator.digest.mail.tokens import unsubscribe_token
from aggregator.domain.publishing.subscriber import (
    Consent,
    Followed,
    Subscriber,
    SubscriberStatus,
)
from aggregator.domain.settings import ServeSettings
from aggregator.site.head import preferences_url
from aggregator.site.paths import story_path
from aggregator.store.database import Database
from aggregator.store.publishing import subscribers
from tests.browser.conftest import EACH_ONCE, served
from tests.builders import SAMPLE_TOPICS, leverage_story, news_story, sample_stories
from tests.integration.stored import NOW
from tests.integration.web_app import KEY, WebApp, settings_of
from tests.memory_site import MemoryContent, publish, site_pages
from tests.quality.site.views import bundled_axe
from tests.web_server import answering

STORY = story_path(leverage_story().story)
TAGGED = story_path(news_story(1).story)
# ends once each address has a copy and a worker that answers with it
HELD = """async addresses => {
  const isHeld = async address => {
    const worker = await navigator.serviceWorker.getRegistration(address);
    const answers = worker?.scope === address && worker.active?.state === "activated";
    return answers && Boolean(await caches.match(address));
  };
  while (!(await Promise.all(addresses.map(isHeld))).every(Boolean)) {
    await new Promise(done => setTimeout(done, 20));
  }
}"""


@contextmanager
def subscriber_site(
    folder: Path,
) -> Iterator[tuple[str, str, Callable[[], tuple[Followed, ...]]]]:
    """A site with its web app at one address; a subscriber's preferences, and what they follow."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = settings_of(folder)
    settings = replace(
        settings,
        site=replace(settings.site, base_url=address),
        serve=ServeSettings(public_url=address),
    )
    content = MemoryContent(
        stories=sample_stories(0),
        statuses=(),
        engine="extractive",
        topic_names=SAMPLE_TOPICS,
        kept=["topic/chips/index.html"],
        preferences=preferences_url(settings, ""),
    )
    publish(site_pages(content, settings.site), Path(settings.site.output), settings.site, {})
    with Database(f"sqlite:///{folder}/news.db") as database:
        database.upgrade(NOW)
        consent = Consent(asked=NOW, network="", form="", text_version="", confirmed=NOW)
        here = Subscriber(
            id="a" * 12,
            address="reader@example.org",
            standing=SubscriberStatus.CONFIRMED,
            roles=(),
            topics=(),
            generation=0,
            created=NOW,
            consent=consent,
        )
        with database.writing() as connection:
            subscribers.save(connection, here, "key")
        web_app = WebApp(database, settings)
        with answering(listening, web_app.app):
            token = unsubscribe_token(KEY, here.id, here.generation)
            yield (
                f"{address}/",
                preferences_url(settings, token),
                lambda: web_app.subscribers()[0].follows,
            )


def barred(page: Page, axe: str) -> list[str]:
    """What axe-core finds, by rule."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [violation["id"] for violation in found]


def follow(page: Page, *addresses: str) -> None:
    """Presses the button of each page."""
    for address in addresses:
        page.goto(address)
        page.locator(".opening [data-follow]").check()


def test_the_front_page_has_what_is_followed_below_the_lead_once_and_says_why(
    page: Page, sample: str
) -> None:
    page.goto(sample)
    lead = page.locator(".lead h2").inner_text()
    before = page.locator(".latest li").count()
    follow(page, sample + "topic/chips/")
    page.goto(sample)
    expect(page.locator(".followed")).to_be_visible()
    lifted = [link.inner_text() for link in page.locator(".followed li .what > a").all()]
    latest = [link.inner_text() for link in page.locator(".latest li .what > a").all()]
    reasons = {note.inner_text() for note in page.locator(".followed .by > .because").all()}
    tops = page.eval_on_selector_all(
        ".followed, .latest", "all => all.map(each => each.getBoundingClientRect().top)"
    )

    assert page.locator(".lead h2").inner_text() == lead
    assert 0 < len(lifted) <= 6
    assert set(lifted).isdisjoint(latest)
    assert len(latest) < before
    assert reasons == {" · because you follow Chips"}
    assert abs(tops[0] - tops[1]) < 120  # at 1,280 pixels the latest run beside it


def test_a_lifted_story_opens(page: Page, sample: str) -> None:
    follow(page, sample + "topic/chips/")
    page.goto(sample)
    link = page.locator(".followed li .what > a[href*='story/']").first
    name = link.inner_text()
    link.click()

    assert page.locator("h1").inner_text() == name


def test_a_company_a_role_and_a_story_can_be_followed_and_let_go_by_keyboard(
    page: Page, sample: str
) -> None:
    follow(page, sample + "entity/northwind/", sample + "role/developers/")
    page.goto(sample + TAGGED)
    page.locator(".rail summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.goto(sample + "following/")
    names = [link.inner_text() for link in page.locator("#follows a").all()]
    page.locator("#follows [data-follow='entity/northwind']").focus()
    page.keyboard.press("Space")
    page.reload()
    left = [link.inner_text() for link in page.locator("#follows a").all()]

    assert len(names) == 3
    assert {"Northwind", "Developers"} < set(names)
    assert left == [name for name in names if name != "Northwind"]


def test_stories_are_missed_only_by_who_follows_something(page: Page, sample: str) -> None:
    page.goto(sample + "following/")
    before = page.locator("[data-because]").is_visible()
    follow(page, sample + "entity/northwind/")
    page.goto(sample + "following/")
    after = page.locator("[data-because]").is_visible()
    page.locator("#follows input").uncheck()
    page.reload()

    assert (before, after) == (False, True)
    expect(page.locator("[data-because]")).to_be_hidden()


def test_topics_followed_in_an_earlier_version_still_are(page: Page, sample: str) -> None:
    page.goto(sample)
    page.evaluate("""localStorage.setItem("reader", '{"topics": ["chips"]}')""")
    page.goto(sample + "topic/chips/")

    assert page.locator(".opening [data-follow]").is_checked()


def test_a_kept_story_and_the_page_of_kept_ones_can_be_read_without_a_connection(
    page: Page, tmp_path: Path
) -> None:
    with served(tmp_path, sample_stories()) as site:
        page.goto(site + STORY)
        name = page.locator("h1").inner_text()
        page.locator("[data-keep]").check()
        page.goto(site + "following/")
        page.evaluate(HELD, [site + STORY, site + "following/"])
    page.goto(site + "following/")
    page.locator("#kept a").click()
    read = page.locator("h1").inner_text()
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert read == name
    assert paper == "rgb(250, 248, 243)"


def test_a_story_that_is_kept_no_longer_leaves_nothing_behind(page: Page, sample: str) -> None:
    copied = "async address => Boolean(await caches.match(address))"
    registered = "async () => (await navigator.serviceWorker.getRegistrations()).length"
    page.goto(sample + STORY)
    page.locator("[data-keep]").check()
    page.evaluate(HELD, [sample + STORY])
    there = page.evaluate(copied, sample + STORY)
    page.locator("[data-keep]").uncheck()
    page.locator("[data-keep]").check()
    page.locator("[data-keep]").uncheck()
    page.wait_for_timeout(1000)  # what must not happen has no sign to wait for
    left = page.evaluate(copied, sample + STORY), page.evaluate(registered)
    page.goto(sample + "following/")

    assert (there, left) == (True, (False, 0))
    assert page.locator("#kept li").count() == 0


@contextmanager
def opened_elsewhere(browser: Browser, page: Page, sample: str, folder: Path) -> Iterator[Page]:
    """The page of what is followed in another browser, once it opened the file that this saved."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save to a file").click()
    file = folder / "following.json"
    download.value.save_as(file)
    other = browser.new_context()
    there = other.new_page()
    there.goto(sample + "following/")
    there.locator("#open").set_input_files(file)
    yield there
    other.close()


def test_a_file_takes_all_of_it_to_another_browser(
    browser: Browser, page: Page, sample: str, tmp_path: Path
) -> None:
    follow(page, sample + "entity/northwind/", sample + "topic/chips/")
    page.goto(sample + STORY)
    page.locator("[data-keep]").check()
    page.goto(sample + "following/")
    with opened_elsewhere(browser, page, sample, tmp_path) as there:
        expect(there.locator("#opened")).to_have_text(
            "Added from the file: 2 followed, 1 kept, 0 muted."
        )
        moved = [
            text
            for name in ("#follows a", "#kept a")
            for text in there.locator(name).all_inner_texts()
        ]

    assert moved == ["Chips", "Northwind", *page.locator("#kept a").all_inner_texts()]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "null",
        '{"follows": [["topic/chips", "Chips"]]}',
        " " * 1_000_001,
        json.dumps({"format": "followed-and-kept-1", "follows": 5, "stories": {}}),
        json.dumps(
            {
                "format": "followed-and-kept-1",
                "follows": [["topic/../x", "x"], ["entity/a", "b" * 101], ["entity/a"], 7],
                "stories": [{"path": "https://evil.example/", "title": "x"}, {"path": "story/a/"}],
            }
        ),
    ],
    ids=["cut off", "list", "null", "no format", "too long", "strange", "hostile"],
)
def test_a_bad_file_changes_nothing(page: Page, sample: str, tmp_path: Path, text: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    file = tmp_path / "x.json"
    file.write_text(text)
    page.goto(sample + "following/")
    page.locator("#open").set_input_files(file)
    expect(page.locator("#opened")).not_to_be_empty()

    assert errors == []
    assert page.locator("#follows li, #kept li").count() == 0


def test_markup_in_a_file_is_shown_as_text(page: Page, sample: str, tmp_path: Path) -> None:
    hostile = "<img src=x onerror='window.hit = 1'>"
    story = {"path": "story/a-aaaaaaaaaaaa/", "title": hostile, "hook": hostile, "day": hostile}
    file = tmp_path / "x.json"
    file.write_text(
        json.dumps(
            {
                "format": "followed-and-kept-1",
                "follows": [["entity/a", hostile]],
                "stories": [story],
            }
        )
    )
    page.goto(sample + "following/")
    page.locator("#open").set_input_files(file)
    expect(page.locator("#kept a")).to_have_text(hostile)

    assert page.locator("#follows a").inner_text() == hostile
    assert page.evaluate("window.hit") is None


def test_what_an_address_brings_is_followed_only_when_the_reader_says_so(
    page: Page, sample: str
) -> None:
    page.goto(sample + "following/#entity%2Fnorthwind=Northwind&topic%2Fx%22=Bad")
    offered = page.locator("#from-mail-names").inner_text()
    before = page.locator("#follows li").count()
    address = page.url
    page.get_by_role("button", name="Follow these in this browser").click()

    assert (offered, before, address) == ("Northwind", 0, sample + "following/")
    assert page.locator("#follows a").all_inner_texts() == ["Northwind"]


def test_a_subscriber_takes_what_the_browser_follows_to_the_mail_and_back(
    browser: Browser, tmp_path: Path
) -> None:
    with subscriber_site(tmp_path) as (site, preferences, kept):
        context = browser.new_context()
        page = context.new_page()
        follow(page, site + "topic/chips/")
        page.goto(preferences)
        page.get_by_role("link", name="use what this browser follows").click()
        page.get_by_role("link", name="Use it for my email").click()
        page.get_by_role("button", name="Save").click()
        context.close()
        chosen = kept()
        other = browser.new_context()
        there = other.new_page()
        there.goto(preferences)
        there.get_by_role("link", name="follow these in this browser").click()
        there.get_by_role("button", name="Follow these in this browser").click()
        back = there.locator("#follows a").all_inner_texts()
        other.close()

    assert chosen == (Followed(path="topic/chips", name="Chips"),)
    assert back == ["Chips"]


@pytest.mark.parametrize(("width", "scheme"), EACH_ONCE)
def test_the_new_parts_shut_nobody_out(
    open_page: Callable[..., Page], sample: str, scheme: str, width: int
) -> None:
    axe = bundled_axe()
    if axe is None:
        pytest.skip("axe-core is not here: pip install axe-playwright-python")
    page = open_page(width, scheme, bypasses_policy=True)
    follow(page, sample + "topic/chips/", sample + "entity/northwind/")
    found = [barred(page, axe)]
    page.goto(sample + STORY)
    page.locator("[data-keep]").check()
    found.append(barred(page, axe))
    for path in ("following/#entity%2Fa=A", ""):
        page.goto(sample + path)
        page.wait_for_load_state("networkidle")
        found.append(barred(page, axe))
    wide = page.evaluate("document.documentElement.scrollWidth")

    assert found == [[]] * 4
    assert wide <= width


def test_without_script_the_page_says_what_it_needs_and_offers_nothing(
    open_page: Callable[..., Page], sample: str
) -> None:
    page = open_page(runs_scripts=False)
    page.goto(sample + "following/")
    shown = page.locator("main :is(button, input, li, a, h2)").all()
    visible = [each.inner_text() for each in shown if each.is_visible()]
    said = page.locator("main noscript").inner_text()
    page.goto(sample)
    links = page.get_by_role("link", name="Following and kept stories").count()

    assert (visible, links) == ([], 0)
    assert "needs JavaScript" in said


def test_on_paper_there_is_nothing_to_press(page: Page, sample: str) -> None:
    page.goto(sample + STORY)
    page.emulate_media(media="print")

    assert not any(each.is_visible() for each in page.locator(".choice").all())


@pytest.mark.parametrize("path", [STORY, "topic/chips/"])
def test_the_buttons_of_a_page_move_nothing_when_they_appear(
    page: Page, sample: str, path: str
) -> None:
    page.goto(sample + path)
    places = page.locator("main :is(.act, .facts .choice)").evaluate_all(
        """buttons => [false, true].map(off => {  // as before and after the script ran
          for (const each of document.querySelectorAll("main [data-reader]")) each.hidden = off;
          return buttons.map(each => each.getBoundingClientRect().bottom);
        })"""
    )

    assert places[0] == places[1]
    assert all(bottom > 0 for bottom in places[0])
    assert places[0]
