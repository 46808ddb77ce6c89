"""Which addresses a request may reach: public ones, and those the operator let through. Pure, but for making sockets.

A name that looks public may resolve to this machine, and may do so only at the second look-up (DNS rebinding), so the
rule stands where a socket is made for an address already resolved. A check before the request reaches less: of 68
known forms 18 came through a guard in the resolver, as literal addresses never ask one.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]  # an entry of `socket.getaddrinfo`, as aiohttp types it

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is reached
_V4_COMPATIBLE = IPv6Network("::/96")  # RFC 4291 §2.5.5.1, obsolete, yet ::7f00:1 counts as global
_NEVER = (
    ip_network("192.0.0.0/24"),  # RFC 6890, protocol assignments; Python 3.11 calls parts of it global
    ip_network("64:ff9b:1::/48"),  # RFC 8215: NAT64 of a local network, to addresses nobody can tell
)


class NotPublicError(OSError):
    """An address that the guard does not let through.

    The words are the same for every address: where all addresses of a host are refused, the library that tries them
    then raises the first of these instead of a mixture that has lost its type.
    """

    def __init__(self, address: str) -> None:
        super().__init__(errno.EACCES, "not a public address")
        self.address = address

    @property
    def reason(self) -> str:
        """What was refused and which setting would allow it."""
        return f"{self.address} is not a public address (fetch.allow_private_networks would allow it)"


class NetworkGuard:
    """Makes the sockets for connections, and refuses to for an address that is neither public nor let through.

    With `everything` it refuses nothing: behind a proxy the only address ever connected is the proxy's.
    """

    def __init__(self, allowed: bool | Iterable[str], *, everything: bool = False) -> None:
        self._everything = everything or allowed is True
        self._allowed = () if isinstance(allowed, bool) else tuple(ip_network(each, strict=False) for each in allowed)

    def socket(self, info: AddressInfo) -> socket.socket:
        """A socket for an address as resolved. Raises `NotPublicError`."""
        family, kind, protocol, _, peer = info
        address = str(peer[0])
        if not self._everything and not self.lets_through(ip_address(address)):
            raise NotPublicError(address)
        return socket.socket(family=family, type=kind, proto=protocol)

    def lets_through(self, address: Address) -> bool:
        """Whether the address is in an allowed network, or public, with every address that is packed into it."""
        return self._is_allowed(address) or all(_is_public(each) or self._is_allowed(each) for each in _unwrapped(address))

    def _is_allowed(self, address: Address) -> bool:
        return any(address in network for network in self._allowed)


def _unwrapped(address: Address) -> Iterator[Address]:
    """The IPv4 addresses that an IPv6 address is a wrapping of, or the address itself where there are none."""
    packed = tuple(_packed(address)) if isinstance(address, IPv6Address) else ()
    yield from packed or (address,)


def _packed(address: IPv6Address) -> Iterator[IPv4Address]:
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if address in _NAT64 or (address in _V4_COMPATIBLE and int(address) > 1):
        yield IPv4Address(int(address) & 0xFFFFFFFF)


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in network for network in _NEVER)
