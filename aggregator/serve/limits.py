"""Rate limits by address and by network, counted in memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import ceil

from aggregator.domain.frozen import frozen

# addresses and networks remembered for one limit; the longest unseen is forgotten first
_MOST_NAMES = 20_000
_MOST_FORWARDED = 2_000  # characters of X-Forwarded-For that are looked at

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(slots=True)
class Limit:
    """At most `times` in `seconds` for one name. `now_s` counts seconds and never goes back."""

    times: int
    seconds: float
    now_s: Callable[[], float]
    _seen: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def wait_s(self, name: str) -> int:
        """Seconds until this name may ask again, 0 where it may now."""
        moments = self._seen.get(name)
        if not moments or len(moments) < self.times:
            return 0
        return max(0, ceil(moments[0] + self.seconds - self.now_s()))

    def note(self, name: str) -> None:
        """Counts one request of a name."""
        moments = self._seen.setdefault(name, deque(maxlen=self.times))
        moments.append(self.now_s())
        self._seen.move_to_end(name)
        while len(self._seen) > _MOST_NAMES:
            self._seen.popitem(last=False)


@frozen
class Limits:
    """The limits of the form. They count the forms accepted from each party; mails have a budget
    (`digest.mail.pace`).
    """

    address: Limit
    network: Limit

    def wait_s(self, address: str, network: str) -> int:
        """Seconds until the next form is accepted; 0 if it is accepted now."""
        return max(self.address.wait_s(address), self.network.wait_s(network))

    def note(self, address: str, network: str) -> None:
        """Counts an accepted form."""
        self.address.note(address)
        self.network.note(network)


def form_limits(now_s: Callable[[], float]) -> Limits:
    """10 in ten minutes from an address, 20 an hour from a /24 or /48."""
    return Limits(address=Limit(10, 600, now_s), network=Limit(20, 3600, now_s))


def client_address(peer: str, forwarded: str, trusted: Iterable[str]) -> str:
    """Who asks: the peer, or, where that is a proxy we trust, the last one in X-Forwarded-For that
    is none.
    """
    proxies = [ip_network(network, strict=False) for network in trusted]
    client = peer
    for hop in [*reversed(forwarded[-_MOST_FORWARDED:].split(","))] if forwarded else []:
        if not _is_among(client, proxies):
            break
        if ip_address_of(hop) is None:
            # `unknown`, or somebody's invention: the proxy that passed it on is the last we know
            break
        client = str(ip_address_of(hop))
    return client


def is_among(address: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of these networks."""
    return _is_among(address, [ip_network(network, strict=False) for network in networks])


def _is_among(text: str, networks: Iterable[Network]) -> bool:
    found = ip_address_of(text)
    return found is not None and any(
        found.version == network.version and found in network for network in networks
    )


def ip_address_of(text: str) -> Address | None:
    """The address in a text as proxies write it, with or without port, brackets or zone;
    IPv4-mapped ones become IPv4.
    """
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if found.version == 6 else None
    return mapped or found
