"""Permanent redirects: believed after three sightings over three days, within one party, never less
protected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.crawl.outcome import permanent_target, state_after_redirects
from aggregator.domain.fetch_state import FetchState
from aggregator.ports import Hop, Response

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
OLD, NEW, FOREIGN = (
    "https://lab.example/rss",
    "https://www.lab.example/feed",
    "https://elsewhere.example/feed",
)
STATE = FetchState(source_key="lab", url=OLD)


def _answer(to: str, *statuses: int, through: Sequence[str] = (OLD,)) -> Response:
    hops = tuple(Hop(url=url, status=status) for url, status in zip(through, statuses, strict=True))
    return Response(url=to, status=200, hops=hops)


def _after(days: Sequence[float], to: str = NEW, status: int = 301) -> FetchState:
    state = STATE
    for day in days:
        state = state_after_redirects(state, _answer(to, status), NOW + day * DAY)
    return state


@pytest.mark.parametrize(
    ("days", "to", "status", "asked_at"),
    [
        pytest.param([0, 1, 3], NEW, 301, NEW, id="three sightings over three days"),
        pytest.param([0, 1, 3], NEW, 308, NEW, id="308"),
        pytest.param([0, 1, 2.9], NEW, 301, None, id="not yet three days"),
        pytest.param([0, 4], NEW, 301, None, id="two sightings"),
        pytest.param([0, 1, 3, 9], NEW, 302, None, id="a temporary one is never taken over"),
        pytest.param([0, 1, 3, 9], FOREIGN, 301, None, id="another party"),
        pytest.param([0, 1, 3, 9], "http://lab.example/feed", 301, None, id="without TLS"),
        pytest.param(
            [0, 1, 3, 9], "https://127.0.0.1/feed", 301, None, id="an address of this machine"
        ),
        pytest.param(
            [0, 1, 3, 9],
            "https://lab.example.internal/feed",
            301,
            None,
            id="a name of this network",
        ),
    ],
)
def test_what_is_taken_over(
    days: Sequence[float], to: str, status: int, asked_at: str | None
) -> None:
    assert _after(days, to, status).ask_url == asked_at


def test_a_move_to_another_party_is_remembered() -> None:
    state = _after([0, 1], FOREIGN)

    assert (state.moved_to, state.moved_sightings, state.moved_since) == (FOREIGN, 2, NOW)


def test_another_target_or_none_begins_anew() -> None:
    elsewhere = state_after_redirects(
        _after([0, 2]), _answer("https://lab.example/third", 301), NOW + 4 * DAY
    )
    at_home = state_after_redirects(_after([0, 2]), Response(url=OLD, status=200), NOW + 4 * DAY)

    assert (elsewhere.moved_sightings, elsewhere.moved_since, at_home.moved_sightings) == (
        1,
        NOW + 4 * DAY,
        0,
    )


def test_an_address_taken_over_stays_while_it_answers_and_goes_where_it_leads_back() -> None:
    adopted = replace(STATE, ask_url=NEW)

    stays = state_after_redirects(adopted, Response(url=NEW, status=200), NOW)
    back = state_after_redirects(adopted, _answer(OLD, 301, through=(NEW,)), NOW)
    assert (stays.ask_url, back.ask_url) == (NEW, None)


@pytest.mark.parametrize(
    ("statuses", "target"),
    [
        pytest.param((301, 308), "https://c.example/", id="all permanent: the end"),
        pytest.param((301, 302), "https://b.example/", id="as far as they are permanent"),
        pytest.param((302, 301), None, id="a temporary one first"),
        pytest.param((), None, id="none"),
    ],
)
def test_a_chain_is_believed_up_to_its_first_temporary_redirect(
    statuses: tuple[int, ...], target: str | None
) -> None:
    through = ("https://a.example/", "https://b.example/")[: len(statuses)]

    assert permanent_target(_answer("https://c.example/", *statuses, through=through)) == target
