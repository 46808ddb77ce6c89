"""What the site tells of its sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregator.domain.fetch_state import SourceDay
from aggregator.domain.operation.source_status import HealthStatus, SourceHealth, SourceStatus
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import SourceKind
from aggregator.site.lists.about import AboutPage
from aggregator.site.lists.front import FrontPage
from aggregator.site.lists.sources import (
    DayLine,
    SourcePage,
    SourcesPage,
    source_line,
    source_pages,
    sources_page,
)
from tests.builders import NOON, sample_stories, source, standing
from tests.memory_site import MemoryContent, site_pages
from tests.messages import named

SITE = SiteSettings()


def test_a_line_tells_the_verdict_its_reason_and_how_much_could_be_read() -> None:
    days = (
        SourceDay(source_key="daily", day=date(2026, 7, 5), asked=9, failed=9),
        SourceDay(source_key="daily", day=date(2026, 7, 4), asked=24, read=2, new=1_204),
    )
    line = source_line(replace(standing(reason="http 503"), days=days), 2)

    assert (line.verdict, named(line.why)) == ("unreachable", ["503"])
    assert named(line.read) == ["2", "3", "1", "3"]
    assert line.days == (
        DayLine(day="5 July 2026", new="none", failed=True),
        DayLine(day="4 July 2026", new="1,204", failed=False),
    )


@pytest.mark.parametrize("verdict", [HealthStatus.OK, HealthStatus.NEW], ids=str)
def test_nothing_is_said_where_nothing_is_wrong(verdict: HealthStatus) -> None:
    line = source_line(
        replace(
            standing(),
            health=SourceHealth(verdict=verdict, why="Seldom quiet for more than 3 days."),
        ),
        2,
    )

    assert (line.verdict, line.why, line.alarming) == ("", "", False)


def test_of_a_silent_source_the_day_and_the_rhythm_are_told_once() -> None:
    silent = SourceHealth(
        verdict=HealthStatus.STALE,
        why="It responds, but lists nothing newer than 4 July 2026.",
        since=NOON,
    )
    line = source_line(replace(standing(), health=silent), 2)

    assert (named(line.why), line.since) == ([], NOON)


def test_sources_that_do_not_fare_well_lead_the_list_and_lasting_traits_do_not() -> None:
    statuses = [
        replace(
            standing(source(verdict.value, f"Source {verdict.value}")),
            health=SourceHealth(verdict=verdict, why="So.", since=NOON),
        )
        for verdict in HealthStatus
    ]
    gone = source_line(replace(statuses[2], source=source("gone", "Gone")), 1, followed=False)
    page = sources_page([*(source_line(status, 1) for status in statuses), gone], SITE)

    assert [line.key for line in page.ailing] == [
        "dropped", "jumped", "quarantined", "redirected", "retired", "stale", "unreachable",
        "unreadable",
    ]  # fmt: skip
    assert page.count == f"{len(HealthStatus)} sources"


def test_a_source_that_is_switched_off_is_not_followed() -> None:
    def off(key: str, articles: int) -> SourceStatus:
        return standing(replace(source(key), enabled=False), articles=articles, reason="http 503")

    statuses = (standing(source("on")), off("once", 3), off("never", 0))
    content = MemoryContent(stories=sample_stories(1), statuses=statuses, engine="x")
    pages = {page.files[0].path: page.record for page in site_pages(content, SITE)}
    front, about, listed, once = (
        pages[f"{path}index.html"] for path in ("", "about/", "source/", "source/once/")
    )

    assert isinstance(front, FrontPage)
    assert (front.sources, front.failures) == ("1 source", ())
    assert isinstance(about, AboutPage)
    assert about.stories.endswith("follows 1 source")
    assert about.numbers[-2].counts == ()
    assert isinstance(listed, SourcesPage)
    assert listed.count == "1 source"
    assert [line.key for line in listed.groups[-1][1] if line.key in ("on", "once")] == ["once"]
    assert isinstance(once, SourcePage)
    assert (once.line.followed, once.line.verdict) == (False, "")
    assert "source/never/index.html" not in pages


def test_a_source_without_an_article_says_nothing_of_reading() -> None:
    assert source_line(standing(articles=0), 0).read == ""


def test_entries_that_were_left_out_are_told_beside_the_articles_that_were_read() -> None:
    lines = [
        source_line(replace(standing(articles=articles), left_out=1_046), 0).read
        for articles in (0, 3)
    ]

    assert lines[0].startswith("1,046 entries skipped")
    assert lines[1].endswith(f"blocked; {lines[0]}")


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        pytest.param(
            "rights@daily.example",
            "mailto:rights@daily.example?subject=Texts%20of%20The%20Daily%20Model&body=",
            id="mail",
        ),
        pytest.param("https://daily.example/rights", "https://daily.example/rights", id="page"),
        pytest.param("javascript:alert(1)", None, id="no address"),
        pytest.param("", None, id="none stated"),
    ],
)
def test_a_source_is_told_with_its_licence_and_where_its_publisher_takes_requests(
    contact: str, expected: str | None
) -> None:
    line = source_line(standing(replace(source(), licence="CC BY 4.0", removal_contact=contact)), 2)

    assert (line.licence, line.removal.url if line.removal else None) == ("CC BY 4.0", expected)


def test_a_publisher_can_ask_for_removal_from_the_page_of_its_source() -> None:
    line = source_line(standing(), 2)
    site = SiteSettings(base_url="https://news.example", contact="desk@news.example")
    ((_, asked),) = source_pages(line, [], site)
    ((_, silent),) = source_pages(line, [], replace(site, contact=""))

    assert asked.ask.startswith(
        "mailto:desk@news.example?subject=Removal%20of%20the%20texts%20of%20The%20Daily%20Model"
    )
    assert "source%2Fdaily%2F" in asked.ask
    assert silent.ask == ""


@pytest.mark.parametrize(
    ("kind", "public_url", "name"),
    [
        (SourceKind.FEED, "", "its feed"),
        (SourceKind.LISTING, "", "its list of posts"),
        (SourceKind.LISTING, "https://one.example/", "its page"),
    ],
)
def test_the_link_of_a_source_says_what_it_leads_to(
    kind: SourceKind, public_url: str, name: str
) -> None:
    way = replace(source(), kind=kind, public_url=public_url)

    assert source_line(standing(way), 1).url_name == name
