"""How many confirmations may go out, and to whom first."""

from __future__ import annotations

import pytest

from aggregator.digest.mail.pace import MailBudget, neighbourhood_of


class Seconds:
    """A clock that tests set."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_mails_that_are_not_even_sent_make_a_busy_form() -> None:
    """Mails are slower than forms: 58 of 600 were let through before the thirtieth was on its
    way.
    """
    budget = MailBudget(Seconds())
    for _ in range(10):
        budget.note_mailed("192.0.2.0/24")

    assert [budget.is_busy(waiting) for waiting in (0, 19, 20)] == [False, False, True]


def test_what_was_mailed_counts_for_an_hour() -> None:
    clock = Seconds()
    budget = MailBudget(clock)
    for _ in range(30):
        budget.note_mailed("192.0.2.0/24")
    before = budget.allowance().of("192.0.2.0/24")
    clock.now_s = 3600.0

    assert (before, budget.allowance().of("192.0.2.0/24")) == (None, 0)


@pytest.mark.parametrize(
    ("network", "neighbourhood"),
    [("192.0.2.0/24", "192.0.0.0/16"), ("2001:db8:7::/48", "2001:db8::/32"), ("", "")],
)
def test_a_neighbourhood_is_what_one_provider_has_in_one_place(
    network: str, neighbourhood: str
) -> None:
    assert neighbourhood_of(network) == neighbourhood
