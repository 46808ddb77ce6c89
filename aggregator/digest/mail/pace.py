"""When the next messages may go, when a deferred one is tried again, and when a run should stop.
Pure, in seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import timedelta

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
