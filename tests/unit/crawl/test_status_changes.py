"""What turned in how a source answers, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.crawl.outcome import status_changes
from aggregator.domain.fetch_state import FetchState

STATE = FetchState(source_key="lab", url="https://lab.example/rss")
FAILING = replace(STATE, failures=3, failing_since=datetime(2026, 7, 4, 6, tzinfo=UTC))
MOVED = replace(STATE, ask_url="https://lab.example/feed")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(STATE, STATE, [], id="nothing"),
        pytest.param(None, STATE, [], id="a first answer"),
        pytest.param(STATE, FAILING, [], id="a failure is told elsewhere"),
        pytest.param(
            FAILING, STATE, ["answers again after 3 failures since 2026-07-04"], id="it recovered"
        ),
        pytest.param(
            STATE,
            MOVED,
            ["moved permanently: fetched from https://lab.example/feed from now on"],
            id="it moved",
        ),
        pytest.param(
            MOVED,
            FAILING,
            ["fetched from https://lab.example/rss again: https://lab.example/feed did not work"],
            id="it did not",
        ),
        pytest.param(
            STATE,
            replace(STATE, moved_to="https://lab.example/feed"),
            [],
            id="a first sighting within one party",
        ),
        pytest.param(
            None,
            replace(STATE, moved_to="https://b.example/x"),
            [
                "redirects permanently to another site, https://b.example/x: if that is"
                " right, set it as the url"
            ],
            id="to another party",
        ),
    ],
)
def test_a_turn_is_told_once(
    before: FetchState | None, after: FetchState, expected: list[str]
) -> None:
    assert list(status_changes(before, after)) == expected
