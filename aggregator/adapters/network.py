"""Which addresses a request may reach: public ones, and those the operator let through. Pure, but
for making sockets. And what aiohttp raises, in our words.

A name that looks public may resolve to this machine, and may do so only at the second look-up (DNS
rebinding), so the rule stands where a socket is made for an address already resolved. A check
before the request reaches less: of 68 known forms 18 came through a guard in the resolver, as
literal addresses never ask one.

What is public follows IANA's registries. `ipaddress.is_global` is no substitute: Python 3.11 and
3.13 disagree about it, and both call `fec0::1` and `5f00::1` global. Blocks that the registries
list as special are refused entirely, including their "globally reachable" parts: those are anycast
services of routers and name servers (192.0.0.9 reaches the nearest router), not websites.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError

from aggregator.errors import RefusedError, WebError

IpAddress = IPv4Address | IPv6Address

# https://www.iana.org/assignments/iana-ipv4-special-registry, as updated on 2025-10-09; the names
# are the registry's.
SPECIAL_IPV4 = {
    IPv4Network(block): name
    for block, name in {
        "0.0.0.0/8": "This network",
        "10.0.0.0/8": "Private-Use",
        # also the metadata of Alibaba Cloud, 100.100.100.200
        "100.64.0.0/10": "Shared Address Space",
        "127.0.0.0/8": "Loopback",
        "169.254.0.0/16": "Link Local",  # also the metadata of most clouds, 169.254.169.254
        "172.16.0.0/12": "Private-Use",
        # also the metadata of Oracle Cloud, 192.0.0.192
        "192.0.0.0/24": "IETF Protocol Assignments",
        "192.0.2.0/24": "Documentation (TEST-NET-1)",
        "192.31.196.0/24": "AS112-v4",
        "192.52.193.0/24": "AMT",
        "192.88.99.0/24": "Deprecated (6to4 Relay Anycast)",
        "192.168.0.0/16": "Private-Use",
        "192.175.48.0/24": "Direct Delegation AS112 Service",
        "198.18.0.0/15": "Benchmarking",
        "198.51.100.0/24": "Documentation (TEST-NET-2)",
        "203.0.113.0/24": "Documentation (TEST-NET-3)",
        "224.0.0.0/4": "Multicast",  # of the address space registry, not of the special-purpose one
        "240.0.0.0/4": "Reserved",
        "255.255.255.255/32": "Limited Broadcast",
    }.items()
}
# Public according to the registries, but inside a cloud they reach services that return settings
# and keys.
CLOUD_IPV4 = {
    IPv4Network("168.63.129.16/32"): "Azure (WireServer)",
    IPv4Network("161.26.0.0/16"): "IBM Cloud (infrastructure services)",
    IPv4Network("166.8.0.0/14"): "IBM Cloud (service endpoints)",
}
# https://www.iana.org/assignments/ipv6-address-space: the only block that internet hosts have
# addresses in. The blocks allocated within it are not listed here: new ones would be refused until
# somebody noticed.
GLOBAL_UNICAST = IPv6Network("2000::/3")
# https://www.iana.org/assignments/iana-ipv6-special-registry, the part within `GLOBAL_UNICAST`.
SPECIAL_IPV6 = {
    IPv6Network(block): name
    for block, name in {
        "2001::/23": "IETF Protocol Assignments",  # Teredo, ORCHID, benchmarking, AMT, AS112, DETs
        "2001:db8::/32": "Documentation",
        "2002::/16": "6to4",  # reaches the IPv4 address in it; RFC 7526 ended it
        "2620:4f:8000::/48": "Direct Delegation AS112 Service",
        "3fff::/20": "Documentation",
    }.items()
}

# RFC 4291 §2.5.5.2: an IPv4 address as IPv6 sockets write it
_MAPPED = IPv6Network("::ffff:0:0/96")
# RFC 6052: how a network without IPv4 reaches the IPv4 address in it
_NAT64 = IPv6Network("64:ff9b::/96")
# RFC 5214 §6.1: the IPv4 address follows, within the site
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
# an entry of `socket.getaddrinfo`, as aiohttp types it
AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
# look-up, TCP and TLS; a host that needs longer is down, and 24 of them would stop a run
CONNECT_TIMEOUT_S = 10.0
_SYSTEM_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "host unreachable",
}


def is_public(address: IpAddress) -> bool:
    """Whether an address, or the IPv4 address that it represents, belongs to the public
    internet.
    """
    inner = stands_for(address)
    if isinstance(inner, IPv4Address):
        return not any(inner in block for blocks in (SPECIAL_IPV4, CLOUD_IPV4) for block in blocks)
    if inner not in GLOBAL_UNICAST or any(inner in block for block in SPECIAL_IPV6):
        return False
    bits = int(inner)
    return (bits >> 32) & 0xFFFF_FFFF not in _ISATAP or is_public(IPv4Address(bits & 0xFFFF_FFFF))


def stands_for(address: IpAddress) -> IpAddress:
    """The IPv4 address that an IPv4-mapped or NAT64 address represents, or else the address
    itself.
    """
    if isinstance(address, IPv6Address) and (address in _MAPPED or address in _NAT64):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


class NotPublicError(OSError):
    """An address that the guard does not let through.

    The words are the same for every address: where all addresses of a host are refused, the library
    that tries them then raises the first of these instead of a mixture that has lost its type.
    """

    def __init__(self, address: str) -> None:
        super().__init__(errno.EACCES, "not a public address")
        self.address = address

    @property
    def reason(self) -> str:
        """What was refused and which setting would allow it."""
        return (
            f"{self.address} is not a public address (fetch.allow_private_networks would allow it)"
        )


class NetworkGuard:
    """Makes the sockets for connections, and refuses to for an address that is neither public nor
    let through.

    With `everything` it refuses nothing: behind a proxy the only address ever connected is the
    proxy's.
    """

    def __init__(self, allowed: bool | Iterable[str], *, everything: bool = False) -> None:
        self._everything = everything or allowed is True
        self._allowed = (
            ()
            if isinstance(allowed, bool)
            else tuple(ip_network(network, strict=False) for network in allowed)
        )

    def socket(self, info: AddressInfo) -> socket.socket:
        """A socket for an address as resolved. Raises `NotPublicError`."""
        family, kind, protocol, _, peer = info
        address = str(peer[0])
        if not self._everything and not self.lets_through(ip_address(address)):
            raise NotPublicError(address)
        return socket.socket(family=family, type=kind, proto=protocol)

    def lets_through(self, address: IpAddress) -> bool:
        """Whether the address, or the IPv4 address that it represents, is public or in an allowed
        network.
        """
        return (
            is_public(address) or self._is_allowed(address) or self._is_allowed(stands_for(address))
        )

    def _is_allowed(self, address: IpAddress) -> bool:
        return any(address in network for network in self._allowed)


def web_error(error: Exception) -> WebError:
    """One of aiohttp's errors in our words, most particular first."""
    match error:
        case aiohttp.ClientConnectionError():
            return _connection_error(error)
        case aiohttp.ClientPayloadError() if any(
            isinstance(cause, ContentEncodingError)
            for cause in (error, error.__cause__, error.__context__)
        ):
            return WebError("body cannot be decompressed")
        case aiohttp.ClientPayloadError():
            return WebError("body cut short", transient=True)
        case aiohttp.ClientHttpProxyError():
            return WebError(f"the proxy refused: http {error.status}")
        case aiohttp.ClientResponseError():
            return WebError(f"not a valid http answer: {_brief(error.message)}")
        case _:
            return WebError(f"the request failed: {_brief(str(error))}")


def _connection_error(error: aiohttp.ClientConnectionError) -> WebError:
    if not isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        # not transient: aiohttp has asked a second time by itself
        return WebError("connection closed without an answer")
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, NotPublicError
    ):
        return RefusedError(error.os_error.reason)
    return WebError(_no_connection(error), unreachable=True)


def _no_connection(error: aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError) -> str:
    match error:
        case aiohttp.ConnectionTimeoutError():
            return f"no connection within {CONNECT_TIMEOUT_S:g} s"
        case aiohttp.ClientConnectorDNSError():
            return "host name not found"
        case aiohttp.ClientProxyConnectionError():
            return "the proxy of fetch.proxy cannot be reached"
        case aiohttp.ClientConnectorCertificateError():
            return f"certificate not valid: {_brief(str(error.certificate_error))}"
        case aiohttp.ClientSSLError():
            return "no secure connection: no common TLS version or cipher"
        case _:
            return (
                _SYSTEM_WORDS.get(error.errno or 0)
                or f"no connection: {_brief(error.strerror or str(error))}"
            )


def _brief(text: str) -> str:
    return " ".join(text.split())[:120]
