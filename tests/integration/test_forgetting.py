"""`sources forget`: on a house that read three publishers, what goes, what stays, and what does not
come back.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.cli.app import main
from aggregator.domain.operation.tombstone import Tombstone, is_barred, is_forgotten, own_hosts
from aggregator.domain.publishing.edition import redacted
from aggregator.domain.source import Source
from aggregator.store.database import Database
from aggregator.store.publishing.editions import stored_editions
from tests.acceptance.house import NOW, House
from tests.servers import MiniWeb, Page
from tests.unit.site.makers import edition, news

pytestmark = pytest.mark.clock

PUBLISHED = datetime.fromisoformat("2026-07-02T08:00:00+00:00")


REPORTS = {
    "shared": (
        "Northwind released a second model with 12 billion parameters on 2 July 2026.",
        "The licence means that developers could use the weights of Northwind without a contract.",
        "Northwind plans to publish the training code on 1 September 2026 for everyone.",
        "Analysts said that the free weights could cut what rivals of Northwind charge by a third.",
    ),
    "alone": (
        "The F40 card of Ferrow now costs 2,100 dollars, a third less than in March.",
        "Ferrow announced on Thursday that it will ship 40,000 inference cards in August.",
        "The factory in Taiwan that makes the cards of Ferrow hired 300 engineers this spring.",
        "Shops in Seoul and Osaka sold out of older Ferrow cards within two days.",
    ),
    "own": (
        "A judge in Oslo gave Halden 30 days on Thursday to list the books that it used.",
        "Halden told the court that it will appeal against the order before the summer ends.",
        "Publishers in Norway had asked the judge for such lists since January 2025.",
        "The order names 61 novels whose sentences the assistant of Halden repeated.",
    ),
    "old": (
        "Nine of 40 wards of the Wardcare hospitals had left the pilot when it was ended.",
        "Wardcare bought the diagnostic assistant in 2024 for 11 million euros from Medisift.",
        "Nurses reported that the assistant missed 14 cases of sepsis between May and June.",
        "The ministry of health will publish a report on the Wardcare pilot in October 2026.",
    ),
}


def page(title: str, report: str, by: str) -> Page:
    """An article, its publisher's name in every paragraph."""
    head = f"<html lang='en'><head><title>{title}</title></head>"
    told_by = "".join(
        f"<p>{sentence.removesuffix('.')}, says {by}.</p>" for sentence in REPORTS[report]
    )
    body = f"{head}<body><article><h1>{title}</h1>{told_by}</article></body></html>"
    return Page(body=body.encode())


def feed(*items: tuple[str, str]) -> Page:
    """A feed of titles and addresses, an hour apart."""
    listed = "".join(
        f"<item><title>{title}</title><link>{url}</link><guid>{url}</guid>"
        f"<pubDate>{format_datetime(PUBLISHED + timedelta(hours=n))}</pubDate></item>"
        for n, (title, url) in enumerate(items)
    )
    return Page(
        body=f'<rss version="2.0"><channel><title>A feed</title>{listed}</channel></rss>'.encode(),
        content_type="application/rss+xml",
    )


TITLES = {
    "wire-shared": "Northwind opens its second model under a free licence",
    "wire-alone": "Chip maker Ferrow cuts prices of inference cards by a third",
    "daily-shared": "Northwind opens its second model under a free licence, rivals say",
    "daily-own": "Court in Oslo orders Halden to disclose its training data",
    "wire-old": "Hospital network stops its pilot of a diagnostic assistant",
}


@pytest.fixture(scope="module")
def web() -> Iterator[MiniWeb]:
    """Two publishers that report one event, each with news of its own, and a forum that links to a
    report of the first.
    """
    wire, daily = "https://wire.example", "https://daily.example"
    pages = {
        f"{wire}/a": page(TITLES["wire-shared"], "shared", "Wirewords"),
        f"{wire}/b": page(TITLES["wire-alone"], "alone", "Wirewords"),
        f"{wire}/c": page(TITLES["wire-old"], "old", "Wirewords"),
        f"{daily}/a": page(TITLES["daily-shared"], "shared", "Dailywords"),
        f"{daily}/b": page(TITLES["daily-own"], "own", "Dailywords"),
        f"{wire}/feed": feed(
            (TITLES["wire-shared"], f"{wire}/a"), (TITLES["wire-alone"], f"{wire}/b")
        ),
        f"{daily}/feed": feed(
            (TITLES["daily-shared"], f"{daily}/a"), (TITLES["daily-own"], f"{daily}/b")
        ),
        "https://forum.example/feed": feed((TITLES["wire-old"], f"{wire}/c")),
    }
    with MiniWeb(pages) as served:
        yield served


@pytest.fixture(scope="module")
def filled(web: MiniWeb, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house that read all of it and published an edition."""
    listed = (
        ("wire", "The Wire", "news"),
        ("daily", "The Daily", "news"),
        ("forum", "The Forum", "community"),
    )
    tables = (
        (
            f'[[sources]]\nkey = "{key}"\nname = "{name}"\nlane = "{lane}"\nurl = '
            f'"{web.url_of(f"https://{key}.example/feed")}"\n'
        )
        for key, name, lane in listed
    )
    house = House(tmp_path_factory.mktemp("filled"), "\n".join(tables))
    assert output(house, "refresh", "--now", "2026-07-04T06:00Z")["failures"] == []
    output(house, "edition", "build", "--week", "2026-W27", "--now", NOW)
    return house


@pytest.fixture
def house(filled: House, tmp_path: Path) -> House:
    """The same, to be changed."""
    shutil.copytree(filled.folder, tmp_path / "house")
    copied = House.__new__(House)
    copied.folder = tmp_path / "house"
    return copied


def output(of: House, *arguments: str) -> dict[str, Any]:
    """The object that a command prints."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.chdir(of.folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(["--json", *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
    assert code == 0, err.getvalue()
    printed: dict[str, Any] = json.loads(out.getvalue())
    return printed


def holding(folder: Path, *words: str) -> list[str]:
    """The files below a folder, the database's among them, in which any of these words stands."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [
        str(path.relative_to(folder))
        for path in files
        if any(word.encode() in path.read_bytes() for word in words)
    ]


def rows(of: House, query: str) -> list[Any]:
    """What a query finds in the database."""
    with contextlib.closing(sqlite3.connect(of.folder / "aggregator.db")) as opened:
        return opened.execute(query).fetchall()


def test_no_file_of_the_house_holds_a_word_of_a_publisher_that_was_forgotten(house: House) -> None:
    before = holding(house.folder, "Wirewords", TITLES["wire-alone"])
    gone = output(house, "sources", "forget", "wire", "--yes", "--now", NOW)

    assert {"aggregator.db", "site/feed.xml", "site/week/2026-W27/index.html"} <= set(before)
    assert holding(house.folder, "Wirewords", TITLES["wire-alone"]) == []
    assert (
        gone["articles"],
        len(gone["stories_removed"]),
        len(gone["stories_told_anew"]),
        gone["scrubbed"],
    ) == (3, 2, 1, True)
    assert gone["editions"] == ["2026-W27"]


def test_what_others_tell_too_is_told_again_from_them_under_its_address(house: House) -> None:
    (shared,) = house.site.glob("story/northwind*/index.json")
    before = json.loads(shared.read_bytes())
    output(house, "sources", "forget", "wire", "--yes", "--now", NOW)
    after = json.loads(shared.read_bytes())

    assert {item["name"] for item in before["sources"]} == {"The Wire", "The Daily"}
    assert {item["name"] for item in after["sources"]} == {"The Daily"}
    assert after["headline"]["text"] == TITLES["daily-shared"]
    assert after["hook"]["citations"]


def test_the_address_of_a_story_that_is_gone_says_why_and_stands_in_no_list(house: House) -> None:
    gone = [
        path.parent.name
        for path in house.site.glob("story/*/index.json")
        if "ferrow" in path.parent.name or "hospital" in path.parent.name
    ]
    output(house, "sources", "forget", "wire", "--yes", "--now", NOW)
    lists = [
        path
        for path in house.site.rglob("*")
        if path.is_file() and not any(name in path.parts for name in gone)
    ]

    assert len(gone) == 2
    for name in gone:
        assert "removed at the publisher’s request" in (
            house.site / "story" / name / "index.html"
        ).read_text("utf-8")
        assert json.loads((house.site / "story" / name / "index.json").read_bytes())["removed"]
        assert [path for path in lists if name.encode() in path.read_bytes()] == []


def test_the_edition_says_that_it_was_shortened_and_its_record_is_sound(house: House) -> None:
    output(house, "sources", "forget", "wire", "--yes", "--now", NOW)
    with (
        Database(f"sqlite:///{house.folder / 'aggregator.db'}") as database,
        database.reading() as connection,
    ):
        (stored,) = stored_editions(connection)

    assert ["only on The Wire" in correction.text for correction in stored.corrections] == [True]
    assert TITLES["daily-own"] in [story.headline for story in stored.edition.stories()]
    assert "only on The Wire" in (house.site / "errata/feed.xml").read_text("utf-8")


def test_what_was_forgotten_is_not_read_again_by_whomever_it_is_linked(
    house: House, web: MiniWeb
) -> None:
    output(house, "sources", "forget", "wire", "--yes", "--now", NOW)
    asked = web.times_asked("https://wire.example/feed"), web.times_asked("https://wire.example/c")
    web.put(
        "https://forum.example/feed",
        feed((TITLES["wire-old"] + " again", "https://wire.example/c?again=1")),
    )
    report = output(house, "refresh", "--all", "--now", "2026-07-06T09:00Z")
    named = output(house, "refresh", "--source", "wire", "--now", "2026-07-06T10:00Z")

    assert (report["articles"]["new"], report["entries"]["new"]) == (0, 0)
    assert report["sources"]["ok"] + report["sources"]["not_modified"] == 2
    assert set(named["sources"].values()) == {0}
    assert asked == (
        web.times_asked("https://wire.example/feed"),
        web.times_asked("https://wire.example/c"),
    )
    assert rows(house, "SELECT count(*) FROM articles WHERE url LIKE '%/c%'") == [(0,)]


def test_what_is_undone_is_read_from_then_on(house: House) -> None:
    output(house, "sources", "forget", "wire", "--yes", "--now", NOW)
    output(house, "sources", "forget", "wire", "--undo")
    report = output(house, "refresh", "--all", "--now", "2026-07-06T09:00Z")

    assert report["articles"]["new"] >= 2
    assert rows(house, "SELECT * FROM forgotten") == []


def test_what_a_forgotten_forum_brought_of_a_publisher_that_is_followed_stays_as_that_publisher_s(
    house: House,
) -> None:
    gone = output(house, "sources", "forget", "forum", "--yes", "--now", NOW)

    assert (gone["articles"], gone["stories_removed"]) == (0, [])
    assert rows(house, "SELECT source_key, count(*) FROM articles GROUP BY 1 ORDER BY 1") == [
        ("daily", 2),
        ("wire", 3),
    ]
    assert rows(house, "SELECT count(*) FROM entries WHERE source_key = 'forum'") == [(0,)]


def test_nothing_is_removed_unless_it_is_confirmed(house: House) -> None:
    before = rows(house, "SELECT count(*) FROM passages")
    answered = house.run("sources", "forget", "wire")  # standard input is empty

    assert answered.returncode == 1
    (asked,) = (line for line in answered.stderr.splitlines() if "articles" in line)
    assert [word for word in asked.split() if word.isdecimal()] == ["3", "2", "1", "1"]
    assert rows(house, "SELECT count(*) FROM passages") == before


def test_a_source_that_nobody_knows_is_no_source_to_forget(house: House) -> None:
    answered = house.run("sources", "forget", "wira", "--yes")

    assert (answered.returncode, "did you mean wire?" in answered.stderr) == (2, True)


def test_forgetting_twice_is_no_mistake(house: House) -> None:
    output(house, "sources", "forget", "wire", "--yes", "--now", NOW)
    again = output(house, "sources", "forget", "wire", "--yes", "--now", NOW)

    listed = {item["key"]: item["state"] for item in output(house, "sources", "list")["sources"]}
    assert (again["articles"], again["stories_removed"], again["editions"]) == (0, [], [])
    assert listed["wire"] == "removed at its publisher’s request"
    assert rows(house, "SELECT count(*) FROM forgotten") == [(1,)]


@pytest.mark.parametrize(
    ("urls", "others", "expected"),
    [
        pytest.param(
            ["https://www.wire.example/feed", "https://wire.example/a"],
            (),
            ("wire.example",),
            id="its own",
        ),
        pytest.param(["https://github.com/x/y/releases.atom"], (), (), id="a platform"),
        pytest.param(
            ["https://x.medium.com/feed"], (), ("x.medium.com",), id="a place of its own below one"
        ),
        pytest.param(
            ["https://wire.example/feed"], ("wire.example",), (), id="another source's too"
        ),
        pytest.param([""], (), (), id="no address"),
    ],
)
def test_a_host_is_a_publisher_s_own_where_nobody_else_publishes(
    urls: list[str], others: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert own_hosts(urls, others) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://wire.example/a", True),
        ("https://www.blog.wire.example/a", True),
        ("https://notwire.example/a", False),
        ("https://example/wire.example", False),
    ],
)
def test_what_lies_at_a_host_or_below_it_is_barred(url: str, expected: bool) -> None:
    assert is_barred(url, ("wire.example",)) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            Source(key="wire", name="", url="https://new.example/feed"), True, id="its key"
        ),
        pytest.param(
            Source(key="other", name="", url="https://feeds.example/wire"),
            True,
            id="its address under another key",
        ),
        pytest.param(
            Source(key="other", name="", url="https://wire.example/other-feed"), True, id="its host"
        ),
        pytest.param(
            Source(key="other", name="", url="https://other.example/feed"),
            False,
            id="somebody else",
        ),
    ],
)
def test_a_tombstone_knows_a_source_by_key_address_and_host(source: Source, expected: bool) -> None:
    tombstone = Tombstone(
        key="wire", url="https://feeds.example/wire", hosts=("wire.example",), since=PUBLISHED
    )

    assert is_forgotten(source, (tombstone,)) is expected


def test_an_edition_without_a_publisher_loses_its_sentences_and_no_other() -> None:
    stories = [news(number, changes=["One.", "Two."]) for number in range(3)]
    whole = edition(stories)
    first = stories[0].story.members[0].article.id
    shown = redacted(whole, {first}, set(), set())

    assert redacted(whole, {"nobody"}, {"No title"}, {"none"}) == whole
    assert [story.id for story in shown.stories()] == [story.id for story in whole.stories()[1:]]
    assert not any(
        cited.passage.startswith(first) for claim in shown.opening for cited in claim.citations
    )
    assert shown.title == whole.stories()[1].headline


def test_scrubbing_takes_what_was_deleted_out_of_the_file_and_its_log(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'news.db'}") as database:
        database.upgrade(PUBLISHED)
        with contextlib.closing(sqlite3.connect(tmp_path / "news.db")) as careless:
            careless.execute(
                "PRAGMA secure_delete = OFF"
            )  # some builds of SQLite write over what is deleted, others do not
            for query in (
                "INSERT INTO layouts VALUES ('wire.example', '\"Wirewords\"')",
                "DELETE FROM layouts",
            ):
                careless.execute(query)
                careless.commit()
        left = holding(tmp_path, "Wirewords")

        assert (
            bool(left),
            database.scrub(),
            holding(tmp_path, "Wirewords"),
            database.problems(),
        ) == (True, True, [], ())
