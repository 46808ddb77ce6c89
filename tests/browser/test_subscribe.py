"""A reader subscribes, confirms, chooses, gets an edition and leaves: the real server, real SMTP, a
real browser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from aggregator.store.database import Database
from tests.acceptance.house import House
from tests.browser.conftest import EACH_ONCE
from tests.integration.stored import NOW
from tests.postroom import WEEK, prepare
from tests.smtp_sink import Sink

_SETTINGS = """\
[email]
from = "AI news <digest@news.example>"
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
postal_address = "The editors, 1 Example Street"
[serve]
public_url = "http://mail.example"
"""


@dataclass(frozen=True)
class Office:
    """A served folder, the mail server it sends to, and where it answers."""

    house: House
    sink: Sink
    address: str

    def here(self, link: str) -> str:
        """A link of a mail, at the server of this test."""
        return self.address + urlsplit(link).path

    def mail(self, number: int) -> EmailMessage:
        """A mail as it came over SMTP."""
        return message_from_bytes(self.sink.taken[number].content, policy=default)


@pytest.fixture(scope="module")
def office(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    with Sink() as sink:
        house = House(folder, _SETTINGS.format(port=sink.port))
        database = Database(f"sqlite:///{folder / 'aggregator.db'}")
        database.upgrade(NOW)
        with database.writing() as connection:
            prepare(connection, 0, house.site)
        database.close()
        server = house.started("--json", "serve", "--port", "0")
        if server.stdout is None:
            raise TypeError("no pipe")
        head = "".join(server.stdout.readline() for _ in range(5))
        yield Office(house=house, sink=sink, address=json.loads(head)["address"].rstrip("/"))
        server.terminate()
        server.communicate(timeout=40)
    assert server.returncode in (0, -15)


@pytest.fixture(
    params=[pytest.param(True, id="with scripts"), pytest.param(False, id="without scripts")]
)
def page(open_page: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    return open_page(runs_scripts=request.param)


def link_in(mail: EmailMessage, place: str) -> str:
    body = mail.get_body(("plain",))
    assert body
    found = re.search(rf"http://mail\.example/{place}/[\w.-]+", body.get_content())
    assert found
    return found[0]


def test_from_the_form_to_the_edition_and_out_again(
    office: Office, page: Page, request: pytest.FixtureRequest
) -> None:
    reader = f"reader{'-' if 'without' in request.node.name else '+'}x@example.org"
    before = len(office.sink.taken)
    page.goto(f"{office.address}/subscribe")
    page.get_by_label("Your email address").fill(reader)
    page.get_by_text("Choose what you get").click()
    page.get_by_label("Developers").check()
    page.get_by_role("button", name="Subscribe").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Check your inbox"
    invitation = waited(office, page, before)
    assert str(invitation["To"]) == reader
    page.goto(office.here(link_in(invitation, "confirm")))
    page.get_by_role("button", name="Yes, subscribe me").click()
    assert page.get_by_role("heading", level=1).inner_text() == "You are subscribed"
    page.get_by_role("link", name="Choose what you get").click()
    assert page.get_by_label("Developers").is_checked()
    page.get_by_label("Policy and legal teams").check()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("status").inner_text().startswith("Saved.")
    assert page.get_by_label("Policy and legal teams").is_checked()

    sent = office.house.run("digest", "send", "--edition", WEEK, "--now", NOW.isoformat())
    assert sent.returncode == 0, sent.stderr
    edition = office.mail(before + 1)
    assert str(edition["To"]) == reader
    assert edition["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page.goto(office.here(link_in(edition, "unsubscribe")))
    page.get_by_role("button", name="Unsubscribe").click()
    assert page.get_by_role("heading", level=1).inner_text() == "You are unsubscribed"

    listed = json.loads(office.house.run("--json", "subscribers", "list").stdout)["subscribers"]
    assert {subscriber["address"]: subscriber["standing"] for subscriber in listed}[
        reader
    ] == "unsubscribed"
    assert len(office.sink.taken) == before + 2


def waited(office: Office, page: Page, before: int) -> EmailMessage:
    """The mail that comes after so many others: it is sent behind the answer to the form."""
    for _ in range(100):
        if len(office.sink.taken) > before:
            return office.mail(before)
        page.wait_for_timeout(100)
    raise AssertionError("no mail came")


@pytest.fixture(scope="module")
def places(office: Office, browser: Browser) -> dict[str, str]:
    """The address of each page, for a reader who is subscribed and one who is about to be."""
    context = browser.new_context()
    page = context.new_page()
    links = []
    for reader in ("one@example.org", "two@example.org"):
        before = len(office.sink.taken)
        page.goto(f"{office.address}/subscribe")
        page.get_by_label("Your email address").fill(reader)
        page.get_by_role("button", name="Subscribe").click()
        links.append(office.here(link_in(waited(office, page, before), "confirm")))
    page.goto(links[0])
    page.get_by_role("button").click()
    chosen = page.get_by_role("link", name="Choose what you get").get_attribute("href") or ""
    context.close()
    token = chosen.rpartition("/")[2]
    return {
        "subscribe": f"{office.address}/subscribe",
        "sent": f"{office.address}/subscribe/sent",
        "confirm": links[1],
        "expired": links[0],
        "preferences": f"{office.address}/preferences/{token}",
        "unsubscribe": f"{office.address}/unsubscribe/{token}",
        "unknown": f"{office.address}/unsubscribe/x",
        "nothing": f"{office.address}/nothing/here",
    }


@pytest.fixture(params=EACH_ONCE, ids=str)
def view(open_page: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """A page as wide as this, for a reader who likes it so."""
    return open_page(*request.param)


def test_no_page_asks_elsewhere_complains_or_scrolls_sideways(
    view: Page, office: Office, places: dict[str, str]
) -> None:
    page = view
    messages: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    too_wide = []
    for name, place in places.items():
        answer = page.goto(place)
        page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
        too_wide += (
            [name] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
        )
        assert answer
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.masthead')).borderTopStyle")
            == "solid"
        )  # styled

    assert [
        text for text in messages if "the server responded with a status of 4" not in text
    ] == []
    assert [url for url in asked if not url.startswith(office.address)] == []
    assert too_wide == []


def test_no_page_shuts_anybody_out(view: Page, places: dict[str, str]) -> None:
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core is not here: pip install axe-playwright-python")
    axe = Path(found.origin).with_name("axe.min.js").read_text("utf-8")
    page = view
    violations = []
    for name, place in places.items():
        page.goto(place)
        if name == "subscribe":
            page.get_by_label("Your email address").fill("nobody")
            page.get_by_role("button", name="Subscribe").click()
        page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
        page.evaluate(axe)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        violations += [
            (name, violation["id"], violation["nodes"][0]["html"][:200])
            for violation in result["violations"]
        ]

    assert violations == []


def test_boxes_and_buttons_are_large_enough_to_touch(view: Page, places: dict[str, str]) -> None:
    view.goto(places["preferences"])
    heights = view.eval_on_selector_all(
        ".boxes label, .desk button", "all => all.map(each => each.offsetHeight)"
    )

    assert min(heights) >= 32
