"""How often a source is asked, and why, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.crawl.polling import LEEWAY, next_visit, polling_interval
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.settings import FetchSettings

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SETTINGS = FetchSettings()
STATE = FetchState(
    source_key="lab",
    url="https://lab.example/feed",
    etag='"1"',
    last_ok=NOW,
    last_tried=NOW,
    rhythm_s=10_000,
)


def _visited(state: FetchState, **headers: str) -> FetchState:
    return replace(
        state,
        due=next_visit(
            state, {name.replace("_", "-"): value for name, value in headers.items()}, SETTINGS, NOW
        ),
    )


@pytest.mark.parametrize(
    ("state", "why"),
    [
        pytest.param(_visited(STATE), "its posting rhythm", id="its rhythm"),
        pytest.param(
            _visited(STATE, cache_control="max-age=20000"),
            "its server's cache lifetime",
            id="max-age",
        ),
        pytest.param(_visited(replace(STATE, told_s=20_000)), "its feed asks for it", id="ttl"),
        pytest.param(
            _visited(replace(STATE, etag=None)),
            "its server does not support conditional requests",
            id="no validator",
        ),
        pytest.param(replace(STATE, due=NOW + HOUR, failures=1), "it failed", id="a failure"),
        pytest.param(
            replace(STATE, due=NOW + HOUR, failures=3), "it failed 3 times in a row", id="failures"
        ),
        pytest.param(
            replace(STATE, due=NOW + HOUR, reason="no name"),
            "no source could be reached",
            id="our own network",
        ),
        pytest.param(
            replace(STATE, due=NOW + HOUR, barred_until=NOW + HOUR, failures=1),
            "its server asked for a pause",
            id="Retry-After",
        ),
    ],
)
def test_the_reason_of_an_interval_is_told(state: FetchState, why: str) -> None:
    found = polling_interval(state, SETTINGS)

    assert found
    assert (found.why, found.interval >= HOUR - LEEWAY) == (why, True)


@pytest.mark.parametrize(
    "state", [replace(STATE, due=None, retired=NOW), replace(STATE, last_tried=None, due=NOW)]
)
def test_a_source_that_is_not_asked_has_no_pace(state: FetchState) -> None:
    assert polling_interval(state, SETTINGS) is None
