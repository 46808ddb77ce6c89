"""Which addresses a request may reach: public ones, and those the operator let through. Pure, but
for making sockets. And what aiohttp raises, in our words.

A name that looks public may resolve to this machine, and may do so only at the second look-up (DNS
rebinding), so the rule stands where a socket is made for an address already resolved. A check
before the request reaches less: of 68 known forms 18 came through a guard in the resolver, as
literal addresses never ask one.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import Any

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError

from aggregator.domain.web.networks import IpAddress, is_public, stands_for
from aggregator.errors import RefusedError, WebError

AddressInfo = tuple[
    int, int, int, str, tuple[Any, ...]
]  # an entry of `socket.getaddrinfo`, as aiohttp types it
CONNECT_TIMEOUT_S = (
    10.0  # look-up, TCP and TLS; a host that needs longer is down, and 24 of them would stop a run
)
_SYSTEM_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "host unreachable",
}


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
        return WebError(
            "connection closed without an answer"
        )  # not transient: aiohttp has asked a second time by itself
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
