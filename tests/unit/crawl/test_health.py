"""The verdict on a source, and what puts it into quarantine and lets it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from aggregator.crawl.health import _SUSPICIONS, health, with_document, with_quarantine
from aggregator.domain.entry import DateOrigin, Entry, EntryDate, Feed
from aggregator.domain.fetch_state import FetchState, SourceDay
from aggregator.domain.operation.source_status import HealthStatus
from aggregator.templating.translation import translations
from tests import builders

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOURCE = replace(builders.source(), url="https://daily.example/feed.xml")
URL = SOURCE.url
DAYS_S = 86_400
WELL = FetchState(
    source_key="daily",
    url=URL,
    last_tried=NOW,
    last_ok=NOW,
    due=NOW + HOUR,
    items=20,
    dated=20,
    newest=NOW - DAY,
    gap_s=3 * DAYS_S,
    answered_from="daily.example",
    usual_items=20,
)
BEFORE = replace(WELL, last_tried=NOW - HOUR, last_ok=NOW - HOUR)
HISTORY = tuple(
    SourceDay(source_key="daily", day=date(2026, 7, day), asked=24, read=2, items=20, dated=20)
    for day in (3, 4, 5)
)
VISIT = SourceDay(source_key="daily", day=NOW.date(), asked=1, read=1)


def feed(*ages: timedelta | None) -> Feed:
    """A feed with an entry of each age; None is an entry without a date."""
    return Feed(
        entries=tuple(
            Entry(
                source_key="daily",
                guid=str(n),
                url=f"https://daily.example/{n}",
                title=f"T{n}",
                published=EntryDate(at=NOW - age, origin=DateOrigin.FEED)
                if age is not None
                else None,
            )
            for n, age in enumerate(ages)
        )
    )


@pytest.mark.parametrize(
    ("state", "verdict", "named"),
    [
        pytest.param(
            WELL,
            "ok",
            ["3 days"],
            id="what answers in its rhythm is well",
        ),
        pytest.param(
            replace(WELL, newest=NOW - 11 * DAY),
            "ok",
            ["3 days"],
            id="a long pause",
        ),
        pytest.param(
            replace(WELL, newest=NOW - 13 * DAY),
            "stale",
            ["23 June 2026", "3 days"],
            id="four times its longest usual pause",
        ),
        pytest.param(
            replace(WELL, gap_s=31 * DAYS_S, newest=NOW - 22 * DAY),
            "ok",
            ["31 days"],
            id="a monthly letter is not stale after three weeks",
        ),
        pytest.param(
            replace(WELL, gap_s=3_600, newest=NOW - 4 * DAY),
            "ok",
            ["1 hour"],
            id="a long weekend of an hourly one",
        ),
        pytest.param(
            replace(WELL, gap_s=None, newest=NOW - 130 * DAY),
            "stale",
            ["26 February 2026"],
            id="without a rhythm, after four months",
        ),
        pytest.param(
            replace(WELL, gap_s=900 * DAYS_S, newest=NOW - 401 * DAY),
            "stale",
            ["31 May 2025", "2 years"],
            id="whatever its rhythm, after more than a year",
        ),
        pytest.param(
            replace(WELL, dated=3),
            "undated",
            ["20", "3"],
            id="few dates",
        ),
        pytest.param(
            replace(WELL, dated=0),
            "undated",
            ["None", "20"],
            id="no dates",
        ),
        pytest.param(
            replace(WELL, items=5, dated=5),
            "dropped",
            ["5", "20"],
            id="a quarter left",
        ),
        pytest.param(
            replace(WELL, items=0, dated=0),
            "dropped",
            ["0", "20"],
            id="nothing left",
        ),
        pytest.param(
            replace(WELL, items=100, dated=100),
            "jumped",
            ["100", "20"],
            id="five times",
        ),
        pytest.param(
            replace(WELL, items=40, usual_items=4, dated=40),
            "ok",
            ["3 days"],
            id="a small feed that grew is no jump",
        ),
        pytest.param(
            replace(WELL, failures=1, failing_since=NOW, reason="http 503 service unavailable"),
            "unreachable",
            ["http 503 service unavailable"],
            id="a dead one never looks like a quiet one",
        ),
        pytest.param(
            replace(
                WELL,
                failures=1,
                failing_since=NOW,
                unreadable=True,
                reason="not a feed: an HTML page",
            ),
            "unreadable",
            ["not a feed: an HTML page"],
            id="one that answers with something else",
        ),
        pytest.param(
            replace(WELL, retired=NOW),
            "retired",
            ["http 410"],
            id="gone",
        ),
        pytest.param(
            replace(
                WELL, quarantined=NOW, quarantine_reason="it lists 500 entries instead of about 20"
            ),
            "quarantined",
            ["500", "20", "held back"],
            id="in quarantine",
        ),
        pytest.param(
            replace(WELL, ask_url="https://feeds.other.example2/x"),
            "redirected",
            ["https://feeds.other.example2/x"],
            id="to another party",
        ),
        pytest.param(
            replace(WELL, ask_url="https://www.daily.example/feed"),
            "ok",
            ["3 days"],
            id="a move within the house is none",
        ),
        pytest.param(None, "new", ["Not"], id="new"),
    ],
)
def test_a_verdict_says_why(state: FetchState | None, verdict: str, named: list[str]) -> None:
    found = health(SOURCE, state)

    assert found.verdict.value == verdict
    assert [text for text in named if text not in found.why] == []


@pytest.mark.parametrize(
    ("pages", "walled", "verdict"),
    [
        pytest.param(10, 5, HealthStatus.PAYWALLED, id="half of the pages"),
        pytest.param(10, 4, HealthStatus.OK, id="fewer"),
        pytest.param(4, 4, HealthStatus.OK, id="too few to tell"),
    ],
)
def test_a_source_whose_pages_are_closed_is_paywalled(
    pages: int, walled: int, verdict: HealthStatus
) -> None:
    assert health(SOURCE, WELL, pages=pages, walled=walled).verdict is verdict


def test_every_verdict_but_ok_says_what_to_do() -> None:
    ailing = [
        health(SOURCE, None),
        health(SOURCE, replace(WELL, failing_since=NOW)),
        health(SOURCE, replace(WELL, retired=NOW)),
        health(SOURCE, replace(WELL, quarantined=NOW)),
        health(SOURCE, replace(WELL, ask_url="https://other.example2/")),
        health(SOURCE, replace(WELL, items=1)),
        health(SOURCE, replace(WELL, items=500)),
        health(SOURCE, replace(WELL, dated=0)),
        health(SOURCE, replace(WELL, newest=NOW - 99 * DAY)),
        health(SOURCE, WELL, pages=9, walled=9),
        health(SOURCE, replace(WELL, failing_since=NOW, unreadable=True)),
    ]

    assert {verdict.verdict for verdict in ailing} == set(HealthStatus) - {HealthStatus.OK}
    assert all(verdict.why and verdict.remedy for verdict in ailing)


@pytest.mark.parametrize(
    ("state", "named"),
    [
        pytest.param(WELL, ["3 Tage"], id="well"),
        pytest.param(
            replace(WELL, items=10, dated=1),
            ["10 Einträge"],
            id="undated",
        ),
        pytest.param(
            replace(
                WELL, quarantined=NOW, quarantine_reason="it lists 500 entries instead of about 20"
            ),
            ["500 Einträge", "20"],
            id="for a reason that was kept",
        ),
    ],
)
def test_a_verdict_is_said_in_the_language_of_the_site(state: FetchState, named: list[str]) -> None:
    why = health(SOURCE, state, words=translations("de")).why

    assert [text for text in named if text not in why] == []


def test_every_reason_to_hold_a_source_back_is_said_in_another_language() -> None:
    assert [message for message in _SUSPICIONS if translations("de")(message) == message] == []


def test_a_document_tells_its_rhythm_without_the_longest_tenth_and_without_absurd_dates() -> None:
    ages = [DAY * n for n in range(1, 11)]
    found = with_document(
        WELL,
        feed(None, *ages, 4_000 * DAY, 30_000 * DAY, -90 * DAY),
        "https://www.daily.example/feed.xml",
        NOW,
    )

    recorded = (found.items, found.dated, found.newest, found.gap_s, found.answered_from)
    assert recorded == (14, 11, NOW - DAY, DAYS_S, "daily.example")


def test_a_rhythm_needs_four_moments() -> None:
    assert with_document(WELL, feed(DAY, 2 * DAY, 3 * DAY), URL, NOW).gap_s is None


def test_what_is_new_in_a_feed_without_dates_is_news_of_now() -> None:
    undated = replace(BEFORE, dated=0, newest=NOW - 9 * DAY)

    assert (
        with_quarantine(
            undated, replace(undated, last_ok=NOW), HISTORY, replace(VISIT, new=1), NOW
        ).newest
        == NOW
    )
    assert (
        with_quarantine(undated, replace(undated, last_ok=NOW), HISTORY, VISIT, NOW).newest
        == NOW - 9 * DAY
    )


@pytest.mark.parametrize(
    ("state", "new", "reason"),
    [
        pytest.param(
            replace(WELL, items=500, dated=500),
            480,
            "it lists 500 entries instead of about 20",
            id="a whole archive",
        ),
        pytest.param(
            replace(WELL, answered_from="parked.example2"),
            1,
            "it now answers from parked.example2 instead of daily.example",
            id="another party",
        ),
        pytest.param(
            replace(WELL, dated=2),
            5,
            "2 of its 20 entries have a plausible date; before, 20 of 20 did",
            id="dates gone",
        ),
        pytest.param(
            WELL, 20, "all of its 20 entries are new at once", id="nothing left of what it was"
        ),
    ],
)
def test_what_is_out_of_all_proportion_is_held_and_asked_again_a_day_later(
    state: FetchState, new: int, reason: str
) -> None:
    found = with_quarantine(BEFORE, state, HISTORY, replace(VISIT, new=new), NOW)

    assert (found.quarantined, found.quarantine_reason, found.due) == (NOW, reason, NOW + DAY)


@pytest.mark.parametrize(
    ("before", "state", "history", "new"),
    [
        pytest.param(
            None,
            replace(WELL, items=500),
            (),
            500,
            id="a first visit has nothing to be held against",
        ),
        pytest.param(
            BEFORE, replace(WELL, items=500), HISTORY[:1], 480, id="two documents are no history"
        ),
        pytest.param(BEFORE, replace(WELL, items=99), HISTORY, 79, id="less than five times"),
        pytest.param(
            replace(BEFORE, items=3),
            replace(WELL, items=40),
            HISTORY,
            37,
            id="small feeds double soon",
        ),
        pytest.param(
            replace(BEFORE, items=400),
            replace(WELL, items=500),
            HISTORY,
            100,
            id="it was as long before",
        ),
        pytest.param(
            replace(BEFORE, dated=9),
            replace(WELL, dated=0),
            HISTORY,
            0,
            id="it never dated them all",
        ),
        pytest.param(BEFORE, replace(WELL, items=3, dated=0), HISTORY, 0, id="too few for a share"),
        pytest.param(
            replace(BEFORE, gap_s=600),
            WELL,
            HISTORY,
            20,
            id="a busy one fills a new document in an hour",
        ),
        pytest.param(
            replace(BEFORE, last_ok=NOW - 20 * DAY), WELL, HISTORY, 20, id="not asked for weeks"
        ),
        pytest.param(
            replace(BEFORE, answered_from="mirror.example2"), WELL, HISTORY, 0, id="it comes home"
        ),
        pytest.param(
            replace(BEFORE, answered_from=""), WELL, HISTORY, 0, id="never answered before"
        ),
    ],
)
def test_what_may_well_be_right_is_left_alone(
    before: FetchState | None, state: FetchState, history: Sequence[SourceDay], new: int
) -> None:
    found = with_quarantine(before, state, history, replace(VISIT, new=new), NOW)

    assert (found.quarantined, found.due) == (None, NOW + HOUR)


HELD = replace(
    WELL,
    items=500,
    dated=500,
    quarantined=NOW - DAY,
    quarantine_reason="it lists 500 entries instead of about 20",
)
UNCHANGED = replace(VISIT, read=0, not_modified=1)


@pytest.mark.parametrize(
    ("before", "state", "visit", "is_held"),
    [
        pytest.param(HELD, HELD, UNCHANGED, False, id="unchanged after a day"),
        pytest.param(
            HELD,
            replace(HELD, items=510),
            VISIT,
            False,
            id="as long as before, which is usual by now",
        ),
        pytest.param(HELD, replace(HELD, items=20), VISIT, False, id="back to what it was"),
        pytest.param(
            replace(HELD, quarantined=NOW - HOUR),
            replace(HELD, quarantined=NOW - HOUR),
            UNCHANGED,
            True,
            id="too soon",
        ),
        pytest.param(
            HELD, HELD, replace(VISIT, read=0, failed=1), True, id="a failure is no good visit"
        ),
        pytest.param(
            HELD,
            replace(HELD, answered_from="parked.example2"),
            VISIT,
            True,
            id="worse than before",
        ),
    ],
)
def test_a_good_visit_a_day_later_releases_a_source(
    before: FetchState, state: FetchState, visit: SourceDay, is_held: bool
) -> None:
    found = with_quarantine(before, state, HISTORY, visit, NOW)

    assert (found.quarantined is not None, bool(found.quarantine_reason)) == (is_held, is_held)


def test_a_source_that_cannot_be_reached_only_backs_off() -> None:
    failed = replace(
        BEFORE, failures=9, failing_since=NOW - 5 * DAY, reason="connection refused", due=NOW + DAY
    )

    assert with_quarantine(BEFORE, failed, (), replace(VISIT, read=0, failed=1), NOW) == failed
