"""Which addresses a socket is made for, in all the wrappings that reach a private one."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest

from aggregator.adapters.network import NetworkGuard, NotPublicError

PRIVATE = (
    "127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255 224.0.0.1 240.0.0.1 "
    "192.0.0.8 192.0.2.1 198.18.0.1 ::1 :: fe80::1 fc00::1 ff02::1 ff0e::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:a9fe:a9fe "
    "::7f00:1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2001:0:0:0:: fe80::1%1"
).split()
PUBLIC = "8.8.8.8 1.1.1.1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not NetworkGuard(False).lets_through(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_let_through(address: str) -> None:
    assert NetworkGuard(False).lets_through(ip_address(address))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.77.0.1", True),
        ("::ffff:127.77.3.9", True),
        ("127.0.0.1", False),
        ("fd00::1", True),
        ("fe80::1", False),
        ("8.8.8.8", True),
    ],
)
def test_allowed_networks_are_let_through_and_no_others(address: str, expected: bool) -> None:
    assert NetworkGuard(("127.77.0.0/16", "fd00::/8")).lets_through(ip_address(address)) is expected


def test_a_refusal_names_the_address_and_the_setting() -> None:
    with pytest.raises(NotPublicError) as refused:
        NetworkGuard(False).socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.0.0.1", 80)))

    assert refused.value.reason == "10.0.0.1 is not a public address (fetch.allow_private_networks would allow it)"


@pytest.mark.parametrize("guard", [NetworkGuard(True), NetworkGuard(False, everything=True)], ids=["allowed", "proxied"])
def test_a_guard_may_let_everything_through(guard: NetworkGuard) -> None:
    with guard.socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))) as made:
        assert made.family == socket.AF_INET
