"""How many confirmations may go out, counted in memory and apart from how many forms may come in.

Whoever types strangers' addresses into the form is answered by nobody, whoever subscribes confirms. So there may be as
many unanswered mails an hour as were answered, and some more; and the fewer mails a neighbourhood of networks had, the
more it may still have, so that nobody takes all of them from a few providers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network

_HOUR_S = 3600.0
_MOST_AN_HOUR = 600  # answered or not: what a small mail server and its reputation bear

# Unanswered mails an hour up to which a neighbourhood may have its first, its second, and any further one, each
# confirmation allowing one more. Thirty at once is a good day of a small site; 600 strangers were once mailed in one hour.
_CEILINGS = (90, 60, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Who may be mailed at a moment. `had` are the mails that each neighbourhood had in the hour before."""

    had: Mapping[str, int]
    unanswered: int

    def of(self, network: str) -> int | None:
        """How many mails the neighbourhood of a network had: who had fewer is first. None where it may not have one now."""
        had = self.had.get(neighbourhood_of(network), 0)
        is_open = self.unanswered < _CEILINGS[min(had, len(_CEILINGS) - 1)]
        return had if is_open and sum(self.had.values()) < _MOST_AN_HOUR else None


@dataclass(slots=True)
class MailBudget:
    """The mails and the confirmations of the last hour. `now_s` counts seconds and never goes back."""

    now_s: Callable[[], float]
    _mailed: list[tuple[float, str]] = field(default_factory=list)
    _answered: list[float] = field(default_factory=list)

    def is_busy(self, waiting: int) -> bool:
        """Whether so many mails are unanswered, or not even sent, that the form asks for patience first."""
        return self.turns().unanswered + waiting >= _CEILINGS[-1]

    def turns(self) -> Turns:
        """Who may be mailed now."""
        since_s = self.now_s() - _HOUR_S
        self._mailed = [each for each in self._mailed if each[0] > since_s]
        self._answered = [at_s for at_s in self._answered if at_s > since_s]
        # One that was answered is none of the unanswered, and allows one more of them.
        return Turns(had=Counter(name for _, name in self._mailed), unanswered=len(self._mailed) - 2 * len(self._answered))

    def note_mailed(self, network: str) -> None:
        """Counts a mail that is on its way."""
        self._mailed.append((self.now_s(), neighbourhood_of(network)))

    def note_answered(self) -> None:
        """Counts a confirmation."""
        self._answered.append(self.now_s())


def neighbourhood_of(network: str) -> str:
    """The /16 or /32 about a /24 or /48, which is about what one provider has in one place; empty for none."""
    if not network:
        return ""
    found = ip_network(network)
    return str(found.supernet(new_prefix=16 if found.version == 4 else 32))
