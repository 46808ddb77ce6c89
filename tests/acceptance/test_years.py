"""Weeks and a year of a house: permalinks hold, editions stay, text stops growing, and a day grows
slower than the archive.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import pytest
import structlog

from aggregator.store.database import Database
from tests.acceptance.years import Day, Year
from tests.quality.citations import counted


@pytest.fixture(autouse=True)
def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))


def lived(year: Year, weeks: int) -> Sequence[Day]:
    """The days of these weeks, after a look at what must hold whatever happens."""
    days = asyncio.run(year.lived(weeks))

    assert year.corrected > 3 * weeks
    assert [day.broken for day in days] == [0] * len(days)
    assert (len(year.editions) > 0, year.changed_editions()) == (True, [])
    with Database(year.settings().database.url) as database:
        assert database.problems() == ()
    claims = counted(year.folder / "site", year.folder / "news.db")
    assert {
        name: count for name, count in claims.items() if name.startswith("bad_") and count
    } == {}
    return days


@pytest.mark.timeout(600)
@pytest.mark.soak
def test_in_four_weeks_no_permalink_breaks_and_no_edition_changes(tmp_path: Path) -> None:
    days = lived(Year(tmp_path, texts_days=7, events_a_day=3), 4)
    texts = [day.stored["entry texts"] for day in days]

    assert max(texts[18:]) < 1.3 * max(texts[9:18])  # the window passed after one week
    assert (
        min(week for day in days[21:] for week in day.weeks_written) >= "2026-W03"
    )  # of W02 to W05: what is over stays


@pytest.mark.soak
def test_in_a_year_text_stays_level_and_a_day_grows_slower_than_the_archive(tmp_path: Path) -> None:
    days = lived(Year(tmp_path), 52)
    early, late = days[12 * 7 : 16 * 7], days[48 * 7 :]
    texts, stories = (
        [median(day.stored[what] for day in part) for part in (early, late)]
        for what in ("entry texts", "stories")
    )
    cpu = [min(day.cpu_s for day in part) for part in (early, late)]
    memory = [max(day.resident_bytes for day in part) for part in (early, late)]
    sys.stdout.write(
        f"weeks 13-16 and 49-52: {texts} entries with text, {stories} stories, {cpu} CPU s a day,"
        f" {memory} bytes\n"
    )

    assert texts[1] < 1.2 * texts[0]
    assert memory[1] < 1.25 * memory[0]
    assert (
        cpu[1] / cpu[0] < 0.8 * stories[1] / stories[0]
    )  # pages that list the archive grow with it
