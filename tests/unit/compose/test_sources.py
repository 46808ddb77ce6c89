"""What the site tells of its sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregator.compose.sources import DayLine, source_line, sources_page
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Health, SourceDay, Verdict
from tests.builders import NOON, source, standing

SITE = SiteSettings()


def test_a_line_tells_the_verdict_its_reason_and_how_much_could_be_read() -> None:
    days = (
        SourceDay(source_key="daily", day=date(2026, 7, 5), asked=9, failed=9),
        SourceDay(source_key="daily", day=date(2026, 7, 4), asked=24, read=2, new=1_204),
    )
    line = source_line(replace(standing(reason="http 503"), days=days), 2)

    assert (line.verdict, line.why, line.since) == ("cannot be reached", "The last try came to this: http 503.", line.since)
    assert line.read == "2 of 3 articles read in full; 1 of 3 pages closed to us"
    assert line.days == (
        DayLine(day="5 July 2026", new="none", failed=True),
        DayLine(day="4 July 2026", new="1,204", failed=False),
    )


@pytest.mark.parametrize("verdict", [Verdict.OK, Verdict.NEW], ids=str)
def test_nothing_is_said_where_nothing_is_wrong(verdict: Verdict) -> None:
    line = source_line(replace(standing(), health=Health(verdict=verdict, why="Seldom quiet for more than 3 days.")), 2)

    assert (line.verdict, line.why, line.alarming) == ("", "", False)


def test_sources_that_do_not_fare_well_lead_the_list_and_lasting_traits_do_not() -> None:
    told = [
        replace(standing(source(verdict.value, f"Source {verdict.value}")), health=Health(verdict=verdict, why="So.", since=NOON))
        for verdict in Verdict
    ]
    gone = source_line(replace(told[2], source=source("gone", "Gone")), 1, followed=False)
    page = sources_page([*(source_line(each, 1) for each in told), gone], SITE)

    assert [line.key for line in page.ailing] == [
        "dropped", "jumped", "quarantined", "redirected", "retired", "stale", "unreachable",
    ]  # fmt: skip
    assert page.count == f"{len(Verdict)} sources"


def test_a_source_without_an_article_says_nothing_of_reading() -> None:
    assert source_line(standing(articles=0), 0).read == ""
