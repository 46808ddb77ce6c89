"""Moments, delays and the breaker."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.digest.mail.pace import DOMAIN_SHARE, Breaker, domain_of, slots

pytestmark = pytest.mark.clock


def test_a_domain_has_its_share_and_others_go_ahead_of_it() -> None:
    assert slots(["a", "a", "b", "a", "c"], 10, None, {}) == pytest.approx(
        (0.0, 0.2, 0.1, 0.4, 0.3)
    )


def test_moments_given_before_are_counted_on() -> None:
    assert slots(["a", "b"], 10, 0.05, {"a": 0.05}) == pytest.approx((0.25, 0.15))
    assert slots(["a"], 10, -7.0, {"a": -7.0}) == (0.0,)


@given(st.lists(st.sampled_from("abc"), max_size=40), st.floats(0.1, 1000))
def test_the_rate_is_never_exceeded(domains: list[str], rate: float) -> None:
    given_away = slots(domains, rate, None, {})

    for share, named in ((1.0, domains), *((DOMAIN_SHARE, [name]) for name in set(domains))):
        moments = sorted(
            moment for moment, domain in zip(given_away, domains, strict=True) if domain in named
        )
        spaces = [later - earlier for earlier, later in pairwise(moments)]
        assert all(space >= 1 / (rate * share) - 1e-6 for space in spaces)


@pytest.mark.parametrize(
    ("address", "domain"),
    [("a@B.Example", "b.example"), ('"a@b"@c.example', "c.example"), ("", "")],
)
def test_a_domain_is_what_stands_behind_the_last_at(address: str, domain: str) -> None:
    assert domain_of(address) == domain


@pytest.mark.parametrize(
    ("taken", "refused", "reason"),
    [
        pytest.param(0, 39, "", id="too few to judge"),
        pytest.param(38, 2, "", id="5 % is borne"),
        pytest.param(37, 3, "3 of the last 40 messages were rejected", id="more is not"),
        pytest.param(
            5000,
            11,
            "11 of the last 200 messages were rejected",
            id="what was long ago does not count",
        ),
    ],
)
def test_the_breaker_looks_at_the_last_messages(taken: int, refused: int, reason: str) -> None:
    breaker = Breaker()
    for ok in [True] * taken + [False] * refused:
        breaker.note(ok=ok)

    assert breaker.reason() == reason
