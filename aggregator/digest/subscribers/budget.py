"""How many confirmation mails may be sent, counted in memory and separately from the forms
received.

Readers who subscribe confirm; strangers whose addresses somebody typed in do not. So the unanswered
mails of an hour may exceed the answered ones by a fixed number only, and a neighbourhood of
networks that has had few mails is preferred, so that a few providers cannot use up the budget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network

from aggregator.domain.frozen import frozen

_HOUR_S = 3600.0
_MOST_AN_HOUR = 600  # answered or not: what a small mail server and its reputation can bear

# A neighbourhood may get its first, second or any further mail while fewer than this many mails of
# the last hour are unanswered; each confirmation allows one more. Thirty is a good day for a small
# site; in one test 600 strangers were mailed.
_CEILINGS = (90, 60, 30)


@frozen
class MailAllowance:
    """Who may be mailed now. `had` counts the mails to each neighbourhood in the last hour."""

    had: Mapping[str, int]
    unanswered: int

    def of(self, network: str) -> int | None:
        """How many mails the network's neighbourhood had: fewer come first. None if it may not have
        another now.
        """
        had = self.had.get(neighbourhood_of(network), 0)
        is_open = self.unanswered < _CEILINGS[min(had, len(_CEILINGS) - 1)]
        return had if is_open and sum(self.had.values()) < _MOST_AN_HOUR else None


@dataclass(slots=True)
class MailBudget:
    """The mails and the confirmations of the last hour. `now_s` is a monotonic clock in seconds."""

    now_s: Callable[[], float]
    _mailed: list[tuple[float, str]] = field(default_factory=list)
    _answered: list[float] = field(default_factory=list)

    def is_busy(self, waiting: int) -> bool:
        """Whether so many mails are unanswered or still unsent that the form must ask visitors to
        wait.
        """
        return self.allowance().unanswered + waiting >= _CEILINGS[-1]

    def allowance(self) -> MailAllowance:
        """Who may be mailed now."""
        since_s = self.now_s() - _HOUR_S
        self._mailed = [mailed for mailed in self._mailed if mailed[0] > since_s]
        self._answered = [at_s for at_s in self._answered if at_s > since_s]
        # An answered mail is not unanswered, and also allows one more: hence two each.
        return MailAllowance(
            had=Counter(name for _, name in self._mailed),
            unanswered=len(self._mailed) - 2 * len(self._answered),
        )

    def note_mailed(self, network: str) -> None:
        """Counts a mail that is being sent."""
        self._mailed.append((self.now_s(), neighbourhood_of(network)))

    def note_answered(self) -> None:
        """Counts a confirmation."""
        self._answered.append(self.now_s())


def neighbourhood_of(network: str) -> str:
    """The /16 or /32 around a /24 or /48, roughly what one provider has in one place; empty for no
    network.
    """
    if not network:
        return ""
    found = ip_network(network)
    return str(found.supernet(new_prefix=16 if found.version == 4 else 32))
