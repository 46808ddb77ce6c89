"""Prices on the site: a catalogue read twice over the web, and what pages have of it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.house import House
from tests.servers import MiniWeb, Page

LIST = "https://catalogue.example/models.json"
NEWS = "https://lab.example/feed.xml"
DAYS = ("2026-06-08T15:00Z", "2026-06-10T06:00Z", "2026-06-11T07:00Z")
SOURCES = """
[[sources]]
key = "lab"
name = "The Lab"
url = "{news}"
[[sources]]
key = "list"
name = "The List"
url = "{list}"
kind = "catalogue"
public_url = "https://list.example/"
[sources.listing.mapping]
records = "*"
key = "id"
provider = "by"
[sources.listing.mapping.values]
input_price = {{ path = "in" }}
output_price = {{ path = "out" }}
context = {{ path = "window" }}
retirement = {{ path = "end" }}
"""


def listed(**first: object) -> Page:
    """The catalogue of six models, the first with these values."""
    models: list[dict[str, object]] = [
        {"id": f"gpt-5.{n}", "by": "openai", "in": 2, "out": 10, "window": 400_000}
        for n in range(2, 8)
    ]
    models[0] |= first
    return Page(body=json.dumps(models).encode(), content_type="application/json")


def feed() -> Page:
    """Two stories that name one of the models."""
    items = "".join(
        f"<item><title>{title}</title><link>https://lab.example/{n}</link>"
        f"<pubDate>Mon, 08 Jun 2026 1{n}:00:00 GMT</pubDate></item>"
        for n, title in enumerate(
            ("OpenAI ships GPT-5.2 to developers", "How a hospital in Oslo uses GPT-5.2")
        )
    )
    channel = f"<title>The Lab</title><link>https://lab.example/</link>{items}"
    body = f'<rss version="2.0"><channel>{channel}</channel></rss>'
    return Page(body=body.encode(), content_type="application/rss+xml")


@dataclass(frozen=True)
class Read:
    """A house after three refreshes, and one of the same web without the plugin."""

    on: House
    off: House

    def page(self, path: str) -> str:
        return (self.on.site / path / "index.html").read_text("utf-8")


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    """A price falls between the first reading and the second."""
    folder = tmp_path_factory.mktemp("catalogues")
    with MiniWeb({LIST: listed(), NEWS: feed()}) as web:
        sources = SOURCES.format(news=web.url_of(NEWS), list=web.url_of(LIST))
        on = House(folder / "on", sources)
        off = House(folder / "off", sources + "[plugins.catalogues]\nenabled = false\n")
        on.refreshed("--all", now=DAYS[0])
        web.put(LIST, listed(out=6))
        for now in DAYS[1:]:
            on.refreshed("--all", now=now)
        off.refreshed("--all", now=DAYS[0])
        yield Read(on, off)


def test_every_figure_of_the_prices_opens_the_record_that_states_it(read: Read) -> None:
    page = read.page("prices")
    opened = re.findall(r'popovertarget="([^"]+)" aria-label="([^"]+), records"', page)
    records = dict(re.findall(r'<div id="([^"]+)" popover>(.*?)</div>', page, re.DOTALL))

    assert len(opened) == 6 * 3
    assert {target for target, _ in opened} == records.keys()
    assert "gpt-5.2 · out = 6" in records[opened[0][0]]
    assert 'href="https://list.example/"' in records[opened[0][0]]


def test_the_prices_are_sorted_from_cheap_to_dear_without_a_script(read: Read) -> None:
    page = read.page("prices")

    assert re.findall(r'<th scope="row" dir="auto">(.+?)</th>', page)[:2] == [
        '<a href="../entity/gpt-5-2/">gpt-5.2</a>',
        "gpt-5.3",
    ]
    assert ">$6</button>" in page.partition("gpt-5.3</th>")[0]


def test_the_prices_are_linked_from_every_page_once_there_are_some(read: Read) -> None:
    sites = [house.site for house in (read.on, read.off)]

    assert ['"../prices/"' in (site / "about/index.html").read_text() for site in sites] == [1, 0]
    assert ["/prices/<" in (site / "sitemap.xml").read_text() for site in sites] == [1, 0]


def test_the_page_of_a_company_has_its_models(read: Read) -> None:
    page = read.page("entity/openai").partition('id="prices">Its models</h2>')[2]
    rows = re.findall(r'<th scope="row" dir="auto">(.+?)</th>', page)

    assert rows == [f"gpt-5.{n}" for n in range(7, 2, -1)] + [
        '<a href="../../entity/gpt-5-2/">gpt-5.2</a>'
    ]


def test_a_model_has_its_prices_with_a_chart_and_its_table(read: Read) -> None:
    page = read.page("entity/gpt-5-2")

    assert 'id="prices">Price and window</h2>' in page
    assert re.findall(r'<desc id="steps-told">([^<]+)', page) == [
        "8 June 2026: $10; 10 June 2026: $6"
    ]
    assert '<th scope="row">10 June 2026</th> <td class="figure">$6</td>' in page


@pytest.mark.parametrize("path", ["", "week/2026-W24"], ids=["front", "week"])
def test_what_changed_is_on_the_front_page_and_in_its_week(path: str, read: Read) -> None:
    changed = read.page(path).partition('class="latest changes"')[2].partition("</section>")[0]

    named = '<b><a href="(?:[./]*)entity/gpt-5-2/">gpt-5.2</a></b>'
    assert re.search(f"{named}: Output from \\$10 to \\$6 \\(−40\u00a0%\\)", changed)
    assert 'listed since <time datetime="2026-06-10">10 June 2026</time>' in changed


def test_the_command_prints_values_with_their_records(read: Read) -> None:
    found = json.loads(read.on.run("--json", "prices", "5.2").stdout)
    (output,) = (each for each in found["models"][0]["values"] if each["kind"] == "output_price")

    assert output == {
        "kind": "output_price",
        "value": "USD 6",
        "since": "2026-06-10",
        "confirmed": True,
        "source": "list",
        "url": "",
        "quote": "gpt-5.2 · out = 6",
    }
    assert "gpt-5.7" in read.on.run("prices").stdout


def test_without_the_plugin_nothing_of_catalogues_is_read_or_shown(read: Read) -> None:
    front = (read.off.site / "index.html").read_text("utf-8")

    assert not (read.off.site / "prices").exists()
    assert 'class="latest changes"' not in front
    assert "plugin catalogues, which is off" in read.off.run("prices").stderr


def test_what_was_read_of_catalogues_can_be_forgotten(read: Read, tmp_path: Path) -> None:
    shutil.copytree(read.on.folder, tmp_path / "house")
    house = House.in_folder(tmp_path / "house")
    said = house.run("--without-plugins", "plugins", "forget", "catalogues").stdout
    house.run("build")

    assert said == "catalogues: 26 values deleted.\n"
    assert house.run("prices").stdout.startswith("No catalogue has been read yet")
    assert not (house.site / "prices").exists()


def test_a_catalogue_that_is_switched_off_is_shown_no_more(read: Read, tmp_path: Path) -> None:
    shutil.copytree(read.on.folder, tmp_path / "house")
    house = House.in_folder(tmp_path / "house")
    (house.folder / "config.local.toml").write_text('[[sources]]\nkey = "list"\nenabled = false\n')
    house.run("build")

    assert house.run("prices").stdout.startswith("No catalogue has been read yet")
    assert not (house.site / "prices").exists()
    assert 'class="latest changes"' not in (house.site / "index.html").read_text("utf-8")
