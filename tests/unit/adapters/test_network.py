"""Which addresses a socket is made for; `tests/unit/domain/test_networks.py` has the addresses
themselves.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest

from aggregator.adapters.network import NetworkGuard, NotPublicError
from tests.messages import named


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "168.63.129.16", "fec0::1", "64:ff9b::7f00:1", "fe80::1%1"]
)
def test_no_socket_is_made_for_an_address_that_is_not_public(address: str) -> None:
    with pytest.raises(NotPublicError):
        NetworkGuard(False).socket((socket.AF_INET6, socket.SOCK_STREAM, 0, "", (address, 80)))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.77.0.1", True),
        ("::ffff:127.77.3.9", True),
        ("127.0.0.1", False),
        ("fd00::1", True),
        ("fe80::1", False),
        ("8.8.8.8", True),
        ("fec0::7", True),
        ("fec0::1:7", False),
    ],
)
def test_allowed_networks_are_let_through_and_no_others(address: str, expected: bool) -> None:
    assert (
        NetworkGuard(("127.77.0.0/16", "fd00::/8", "fec0::/112")).lets_through(ip_address(address))
        is expected
    )


def test_a_refusal_names_the_address_and_the_setting() -> None:
    with pytest.raises(NotPublicError) as refused:
        NetworkGuard(False).socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.0.0.1", 80)))

    assert named(refused.value.reason) == ["10.0.0.1", "fetch.allow_private_networks"]


@pytest.mark.parametrize(
    "guard", [NetworkGuard(True), NetworkGuard(False, everything=True)], ids=["allowed", "proxied"]
)
def test_a_guard_may_let_everything_through(guard: NetworkGuard) -> None:
    with guard.socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))) as made:
        assert made.family == socket.AF_INET
