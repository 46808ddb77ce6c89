"""When the next messages may go, when a deferred one is tried again, and when a run should stop:
pure, in seconds. And how many confirmation mails may be sent, counted in memory and separately from
the forms received.

Readers who subscribe confirm; strangers whose addresses somebody typed in do not. So the unanswered
mails of an hour may exceed the answered ones by a fixed number only, and a neighbourhood of
networks that has had few mails is preferred, so that a few providers cannot use up the budget.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network

from aggregator.domain.frozen import frozen

DOMAIN_SHARE = 0.5  # of the rate that one recipient domain gets at most
MOST_TRIES = 6
_FIRST_DELAY = timedelta(minutes=5)
_LONGEST_DELAY = timedelta(hours=6)

_LEAST_LOOKED_AT = 40
_LAST_LOOKED_AT = 200
_MOST_FAILING = 0.05
_MOST_UNREACHED = 3  # in a row, without one word of the server


def domain_of(address: str) -> str:
    """What stands behind the last @, in lower case."""
    return address.rpartition("@")[2].lower()


def slots(
    domains: Sequence[str], rate_per_s: float, last: float | None, last_of: Mapping[str, float]
) -> tuple[float, ...]:
    """When each message may go, in seconds from now (0), spaced by the rate and each domain's share
    of it.

    `last` and `last_of` are the latest moments given away before, overall and by domain. A message
    whose domain has to wait lets later ones pass; among those that may go, the order stays.
    """
    step, domain_step = 1 / rate_per_s, 1 / (rate_per_s * DOMAIN_SHARE)
    free = max(0.0, last + step) if last is not None else 0.0
    free_of = {domain: moment + domain_step for domain, moment in last_of.items()}
    given = [0.0] * len(domains)
    waiting = list(range(len(domains)))
    while waiting:
        index = min(waiting, key=lambda place: (max(free, free_of.get(domains[place], 0.0)), place))
        given[index] = max(free, free_of.get(domains[index], 0.0))
        free, free_of[domains[index]] = given[index] + step, given[index] + domain_step
        waiting.remove(index)
    return tuple(given)


def delay(tries: int) -> timedelta | None:
    """How long a copy waits after so many tries in all, each three times as long; None where it is
    given up.
    """
    return min(_FIRST_DELAY * 3 ** (tries - 1), _LONGEST_DELAY) if tries < MOST_TRIES else None


class Breaker:
    """Stops a run in which too much fails: a server that has begun to refuse us refuses more, the
    longer we go on.
    """

    def __init__(self) -> None:
        self._last: deque[bool] = deque(maxlen=_LAST_LOOKED_AT)
        self._unreached = 0

    def note(self, *, ok: bool, reached: bool = True) -> None:
        """One message is done. `reached` is False where no connection could be had."""
        self._last.append(ok)
        self._unreached = 0 if reached else self._unreached + 1

    def reason(self) -> str:
        """Why the run should stop; empty where it should not."""
        if self._unreached >= _MOST_UNREACHED:
            return f"the mail server could not be reached {self._unreached} times in a row"
        failing = self._last.count(False)
        if len(self._last) >= _LEAST_LOOKED_AT and failing > _MOST_FAILING * len(self._last):
            return f"{failing} of the last {len(self._last)} messages were rejected"
        return ""


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
