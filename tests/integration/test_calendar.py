"""The calendar of a site: retirements of a catalogue and a planned day of a story, over readings in
which they change, as two parsers read what the site has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event

from tests.acceptance.house import House
from tests.integration.test_catalogue_pages import LIST, NEWS, SOURCES
from tests.servers import MiniWeb, Page

DAYS = ("2026-06-08T15:00Z", "2026-06-10T06:00Z", "2026-06-11T07:00Z", "2026-06-12T07:00Z")
_PLAN = (
    "OpenAI ships GPT-5.2 to developers",
    "&lt;p&gt;OpenAI has shipped GPT-5.2 to developers in Norway and four more countries.&lt;/p&gt;"
    "&lt;p&gt;The model answers questions on tax and health, and costs two dollars.&lt;/p&gt;"
    "&lt;p&gt;OpenAI plans to open GPT-5.2 to schools in Oslo on 3 August 2026.&lt;/p&gt;",
)
_OTHER = (
    "How a hospital in Oslo uses GPT-5.2",
    "A hospital in Oslo uses GPT-5.2 to write letters to patients, and doctors check them.",
)


def listed(**ends: str) -> Page:
    """The catalogue of six models, with the days on which these end."""
    models = [
        {"id": f"gpt-5.{n}", "by": "openai", "in": 2, "end": ends.get(f"of_{n}", "")}
        for n in range(2, 8)
    ]
    return Page(body=json.dumps(models).encode(), content_type="application/json")


def feed() -> Page:
    """Two stories that name one of the models; one has a day that is to come."""
    items = "".join(
        f"<item><title>{title}</title><link>https://lab.example/{n}</link>"
        f"<description>{text}</description>"
        f"<pubDate>Mon, 08 Jun 2026 1{n}:00:00 GMT</pubDate></item>"
        for n, (title, text) in enumerate((_PLAN, _OTHER))
    )
    channel = f"<title>The Lab</title><link>https://lab.example/</link>{items}"
    body = f'<rss version="2.0"><channel>{channel}</channel></rss>'
    return Page(body=body.encode(), content_type="application/rss+xml")


@dataclass(frozen=True)
class Read:
    """A house after four refreshes with what its calendar was after each, and one without it."""

    on: House
    off: House
    files: tuple[str, ...]
    written: tuple[int, ...]

    def events(self, number: int) -> Mapping[str, Event]:
        """The events after a refresh, by their titles."""
        found = IcsCalendarStream.calendar_from_ics(self.files[number]).events
        return {str(event.summary): event for event in found}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    """One retirement is moved and one is taken back between the first reading and the second."""
    folder = tmp_path_factory.mktemp("calendar")
    with MiniWeb({LIST: listed(of_2="2026-08-01", of_3="2026-09-01"), NEWS: feed()}) as web:
        sources = SOURCES.format(news=web.url_of(NEWS), list=web.url_of(LIST))
        on = House(folder / "on", sources)
        off = House(folder / "off", sources + "[plugins.calendar]\nenabled = false\n")
        files, times = [], []
        for now in DAYS:
            on.refreshed("--all", now=now)
            made = on.site / "calendar.ics"
            files.append(made.read_bytes().decode())
            times.append(made.stat().st_mtime_ns)
            web.put(LIST, listed(of_2="2026-08-15"))
        off.refreshed("--all", now=DAYS[0])
        yield Read(on, off, tuple(files), tuple(times))


def test_a_retirement_is_a_day_with_its_record_and_our_page(read: Read) -> None:
    event = read.events(0)["gpt-5.2 is switched off"]

    assert (event.start, event.end) == (date(2026, 8, 1), date(2026, 8, 2))
    assert event.description == "“gpt-5.2 · end = 2026-08-01” (The List)"
    assert str(event.attach[0].uri) == "https://list.example/"
    assert (event.sequence, event.status) == (0, "CONFIRMED")
    assert str(event.url) == "https://news.example/entity/gpt-5-2/"


def test_a_planned_day_of_a_story_is_an_event_with_its_sentence(read: Read) -> None:
    (event,) = (each for each in read.events(0).values() if each.start == date(2026, 8, 3))

    assert "plans to open GPT-5.2" in str(event.summary)
    assert event.description == f"“{event.summary}” (The Lab)"
    assert str(event.url).startswith("https://news.example/story/")


def test_a_change_waits_for_a_second_reading(read: Read) -> None:
    assert read.files[1] == read.files[0]
    assert read.written[1] == read.written[0]


def test_a_day_that_moved_is_the_same_event_in_a_higher_version(read: Read) -> None:
    before, after = (read.events(number)["gpt-5.2 is switched off"] for number in (0, 2))

    assert after.uid == before.uid
    assert (after.start, after.sequence) == (date(2026, 8, 15), 1)


def test_a_retirement_that_is_stated_no_more_is_cancelled(read: Read) -> None:
    before, after = (read.events(number)["gpt-5.3 is switched off"] for number in (0, 2))

    assert after.uid == before.uid
    assert (after.status, after.sequence) == ("CANCELLED", 1)


def test_nothing_is_written_where_nothing_changed(read: Read) -> None:
    assert read.files[3] == read.files[2]
    assert read.written[3] == read.written[2]


def test_a_build_of_all_pages_has_the_same_events(read: Read) -> None:
    read.on.run("build", "--full", "--now", DAYS[3])

    assert (read.on.site / "calendar.ics").read_bytes().decode() == read.files[3]


def test_another_parser_reads_the_same(read: Read) -> None:
    for number, text in enumerate(read.files):
        others = vobject.readOne(text).vevent_list
        mine = read.events(number)

        assert {other.summary.value for other in others} == mine.keys()
        for other in others:
            event = mine[other.summary.value]
            assert other.uid.value == event.uid
            assert other.dtstart.value == event.start
            assert other.description.value == event.description
            assert int(other.sequence.value) == event.sequence
            assert other.status.value == event.status


def test_the_calendar_of_a_model_is_linked_from_its_page_and_all_from_the_foot(read: Read) -> None:
    front = (read.on.site / "index.html").read_text("utf-8")
    model = (read.on.site / "entity/gpt-5-2/index.html").read_text("utf-8")
    own = (read.on.site / "entity/gpt-5-2/calendar.ics").read_bytes().decode()

    assert '<a href="./calendar.ics">Calendar (.ics)</a>' in front
    assert 'href="../../entity/gpt-5-2/calendar.ics" type="text/calendar"' in model
    summaries = {event.summary for event in IcsCalendarStream.calendar_from_ics(own).events}
    assert "gpt-5.2 is switched off" in summaries
    assert "gpt-5.3 is switched off" not in summaries
    assert "calendar.ics" not in (read.on.site / "sitemap.xml").read_text("utf-8")


def test_without_the_plugin_there_is_no_file_and_no_link(read: Read) -> None:
    assert not list(read.off.site.rglob("*.ics"))
    assert "calendar.ics" not in (read.off.site / "index.html").read_text("utf-8")


def test_a_site_without_days_to_come_has_no_calendar(tmp_path: Path) -> None:
    with MiniWeb({LIST: listed()}) as web:
        sources = SOURCES.format(news=web.url_of(NEWS), list=web.url_of(LIST))
        bare = "[[sources]]" + sources.rpartition("[[sources]]")[2]
        house = House(tmp_path / "none", bare)
        house.refreshed("--all", now=DAYS[0])

    assert not list(house.site.rglob("*.ics"))
