"""`aggregator refresh` as a process on a captured web: what it reports, what it writes, what it
leaves alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.house import NOW, SEED, Begun, House
from tests.quality.citations import counted
from tests.servers import Fault, MiniWeb, Page, captured_pages

PAGES = captured_pages(SEED)
DECODER_PAGE = "https://the-decoder.com/mistral-ceo-mensch-closed-models"


@pytest.fixture
def web() -> Iterator[MiniWeb]:
    with MiniWeb(SEED) as serving:
        yield serving


@pytest.fixture
def house(tmp_path: Path, web: MiniWeb) -> House:
    return House.reading(tmp_path / "house", web)


@pytest.fixture
def again(begun: Begun, tmp_path: Path) -> House:
    """A house whose first refresh is done."""
    return begun.copied(tmp_path / "again")


def feed_of(host: str) -> str:
    """The address of the feed that a host of the capture serves."""
    return next(url for url, page in PAGES.items() if host in url and page.title)


def test_a_first_run_reads_everything_and_a_second_writes_nothing(
    begun: Begun, again: House
) -> None:
    first, files = begun.report, again.files()
    second = again.refreshed("--all", now="2026-07-06T09:00Z")

    assert (first["sources"], first["entries"], first["articles"], first["stories"]) == (
        {"ok": 7, "not_modified": 0, "not_due": 0, "failed": 0},
        {"new": 11, "off_topic": 0},
        {"new": 11, "failed": 0},
        {"new": 8, "updated": 0},
    )
    assert (
        second["sources"]["not_modified"],
        second["entries"]["new"],
        second["articles"]["new"],
        second["analysed"],
    ) == (
        7,
        0,
        0,
        0,
    )
    assert second["pages"] == {"written": 0, "unchanged": len(files), "removed": 0}
    assert again.files() == files


def test_the_report_has_the_keys_of_the_contract(begun: Begun) -> None:
    assert sorted(begun.report) == sorted(
        "run seconds sources entries articles stories claims analysed engine tokens pages failures"
        " predictions reach stages".split()
    )


def test_every_claim_cites_a_stored_passage_that_holds_its_quote(begun: Begun) -> None:
    counts = counted(begun.house.site, begun.house.folder / "aggregator.db")

    assert (
        counts["stories"],
        {name: count for name, count in counts.items() if name.startswith("bad_") and count},
    ) == (8, {})
    assert counts["claims"] >= 30


def test_sources_are_not_asked_before_they_are_due_unless_all_or_one_are_asked_for(
    again: House,
) -> None:
    soon = again.refreshed(now="2026-07-06T06:10Z")
    one = again.refreshed("--source", "the-decoder-com-feed", now="2026-07-06T06:10Z")

    assert soon["sources"] == {"ok": 0, "not_modified": 0, "not_due": 7, "failed": 0}
    assert one["sources"]["not_modified"] == 1


def test_building_again_in_full_gives_the_same_bytes(again: House) -> None:
    files = again.files()
    done = again.run("--json", "build", "--full")

    assert (done.returncode, again.files()) == (0, files)


def test_a_lost_page_is_put_back_by_the_next_run(again: House) -> None:
    files = again.files()
    (again.site / "about" / "index.html").unlink()
    report = again.refreshed("--all")

    assert (report["pages"]["written"], again.files()) == (1, files)


def test_a_source_that_fails_is_named_with_reason_and_next_try_and_the_rest_is_published(
    house: House, web: MiniWeb
) -> None:
    web.misbehave(feed_of("the-decoder"), Fault.SERVER_ERROR)
    report = house.refreshed("--all")

    (failure,) = report["failures"]
    assert (
        failure["stage"],
        failure["reason"].startswith("http 500"),
        failure["next_try"] > NOW,
    ) == ("fetch", True, True)
    assert (report["sources"]["failed"], report["stories"]["new"]) == (1, 8)


def test_a_page_that_cannot_be_had_leaves_the_excerpt_and_comes_later(
    house: House, web: MiniWeb
) -> None:
    page = web.url_of(DECODER_PAGE)
    web.misbehave(DECODER_PAGE, Fault.SERVER_ERROR)
    house.refreshed("--all")
    before = {
        source["url"]: source["read"] for story in house.stories() for source in story["sources"]
    }
    web.misbehave(DECODER_PAGE, Fault.SERVER_ERROR, times=0)
    soon = house.refreshed("--all", now="2026-07-06T06:30Z")
    later = house.refreshed("--all", now="2026-07-08T06:00Z")
    after = {
        source["url"]: source["read"] for story in house.stories() for source in story["sources"]
    }

    assert (before[page], soon["articles"]["new"], later["articles"]["new"], after[page]) == (
        "excerpt",
        0,
        1,
        "full",
    )


def test_a_new_entry_is_the_only_thing_worked_on_and_shown_where_a_timeline_draws_on_it(
    house: House, web: MiniWeb
) -> None:
    config = house.folder / "config.toml"  # the first day in a calendar links it on every page
    config.write_text(
        f"{config.read_text('utf-8')}\n[plugins.calendar]\nenabled = false\n", "utf-8"
    )
    url = feed_of("regulators")
    whole = PAGES[url]
    start, end = whole.body.index(b"<item>"), whole.body.index(b"</channel>")
    web.put(
        url,
        Page(
            body=whole.body[:start] + whole.body[end:],
            content_type=whole.content_type,
            title=whole.title,
        ),
    )
    first = house.refreshed("--all")
    stories = {path: digest for path, digest in house.files().items() if path.startswith("story/")}
    web.put(url, whole)
    second = house.refreshed("--all", now="2026-07-06T08:00Z")
    kept = house.files()

    assert (
        first["entries"]["new"],
        second["entries"]["new"],
        second["articles"]["new"],
        second["analysed"],
    ) == (10, 1, 1, 1)
    changed = {
        path.split("/")[1].rpartition("-")[0] for path in stories if kept[path] != stories[path]
    }
    tells_of_the_rules = "mistral-ceo-warns-closed-ai-models-hand-providers-leverage"
    neighbours = {
        "quantum-startup-closes-series-b",
        "windsurf-loses-direct-access-to-claude-models",
    }  # lead to the newer and the older story
    assert changed == {tells_of_the_rules, *neighbours}


def test_without_a_network_every_source_is_told_and_the_site_explains_itself(
    tmp_path: Path,
) -> None:
    tables = (
        f'[[sources]]\nkey = "s{n}"\nname = "Source {n}"\nurl = "http://127.77.9.{n}:8099/feed"\n'
        for n in range(1, 4)
    )
    house = House(tmp_path, "\n".join(tables))
    report = house.refreshed()
    front = (house.site / "index.html").read_text("utf-8")

    assert (report["sources"]["failed"], [each["reason"] for each in report["failures"]]) == (
        3,
        ["connection refused"] * 3,
    )
    assert all(f"Source {n}" in front for n in range(1, 4))
    assert "connection refused" in front


def test_two_runs_at_once_are_not_possible(house: House) -> None:
    from aggregator.adapters.locks import run_lock
    from aggregator.domain.settings import DatabaseSettings

    with run_lock(DatabaseSettings(url=f"sqlite:///{house.folder / 'aggregator.db'}")):
        done = house.run("refresh")

    assert done.returncode == 75
    assert "another run is in progress" in " ".join(done.stderr.split())


def test_a_dry_run_asks_and_writes_nothing(house: House, web: MiniWeb) -> None:
    done = house.run("--json", "refresh", "--dry-run")

    assert (done.returncode, '"sources_due": 7' in done.stdout, web.asked, house.site.exists()) == (
        0,
        True,
        [],
        False,
    )


def test_sources_are_checked_and_nothing_of_the_site_changes_by_asking(again: House) -> None:
    before = again.files()
    done = again.run("--json", "sources", "check", "--now", "2026-07-08T06:00Z")
    again.refreshed(now="2026-07-08T07:00Z")
    told = json.loads(done.stdout)
    table = again.run("sources", "check", "--offline", "--now", "2026-07-08T08:00Z")
    unknown = again.run("sources", "check", "tnv")

    assert (done.returncode, set(told["verdicts"]), again.files()) == (0, {"ok", "stale"}, before)
    assert [
        (each["days"][-1]["asked"], each["days"][-1]["failed"]) for each in told["sources"]
    ] == [(1, 0)] * 7
    assert (table.returncode, "stale" in table.stdout) == (0, True)
    assert (unknown.returncode, "'tnv'" in unknown.stderr) == (2, True)


def test_a_mistake_in_the_registry_is_told_before_any_source_is_asked(
    house: House, web: MiniWeb
) -> None:
    (house.folder / "registry.toml").write_text(
        '[company]\nnorthwind = { nam = "Northwind" }\n', "utf-8"
    )
    done = house.run("refresh")

    assert (done.returncode, "company.northwind.nam: unknown key" in done.stderr, web.asked) == (
        2,
        True,
        [],
    )
