"""Which addresses belong to the public internet, at both edges of every block of the registries."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.adapters.network import (
    CLOUD_IPV4,
    SPECIAL_IPV4,
    SPECIAL_IPV6,
    is_public,
    stands_for,
)

# Of each block: the public address before it, its first, its last, and the public address after it;
# "-" where the neighbour is not public either.
EDGES = """
- 0.0.0.0 0.255.255.255 1.0.0.0
9.255.255.255 10.0.0.0 10.255.255.255 11.0.0.0
100.63.255.255 100.64.0.0 100.127.255.255 100.128.0.0
126.255.255.255 127.0.0.0 127.255.255.255 128.0.0.0
166.7.255.255 166.8.0.0 166.11.255.255 166.12.0.0
161.25.255.255 161.26.0.0 161.26.255.255 161.27.0.0
168.63.129.15 168.63.129.16 168.63.129.16 168.63.129.17
169.253.255.255 169.254.0.0 169.254.255.255 169.255.0.0
172.15.255.255 172.16.0.0 172.31.255.255 172.32.0.0
191.255.255.255 192.0.0.0 192.0.0.255 192.0.1.0
192.0.1.255 192.0.2.0 192.0.2.255 192.0.3.0
192.31.195.255 192.31.196.0 192.31.196.255 192.31.197.0
192.52.192.255 192.52.193.0 192.52.193.255 192.52.194.0
192.88.98.255 192.88.99.0 192.88.99.255 192.88.100.0
192.167.255.255 192.168.0.0 192.168.255.255 192.169.0.0
192.175.47.255 192.175.48.0 192.175.48.255 192.175.49.0
198.17.255.255 198.18.0.0 198.19.255.255 198.20.0.0
198.51.99.255 198.51.100.0 198.51.100.255 198.51.101.0
203.0.112.255 203.0.113.0 203.0.113.255 203.0.114.0
223.255.255.255 224.0.0.0 239.255.255.255 -
- 240.0.0.0 255.255.255.254 -
- 255.255.255.255 255.255.255.255 -
- :: 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2000::
2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2001:: 2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff 2001:200::
2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9::
2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2002:: 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2003::
2620:4f:7fff:ffff:ffff:ffff:ffff:ffff 2620:4f:8000:: 2620:4f:8000:ffff:ffff:ffff:ffff:ffff \
2620:4f:8001::
3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff 3fff:: 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff 3fff:1000::
3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 4000:: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff -
"""
LINES = [line.split() for line in EDGES.split("\n") if line]


@pytest.mark.parametrize(
    ("before", "first", "last", "after"), LINES, ids=[line[1] for line in LINES]
)
def test_a_special_block_is_refused_from_its_first_address_to_its_last(
    before: str, first: str, last: str, after: str
) -> None:
    judged = {
        address: is_public(ip_address(address))
        for address in (before, first, last, after)
        if address != "-"
    }

    assert judged == {address: address in {before, after} for address in judged}


def test_every_block_of_the_tables_has_its_edges_tried() -> None:
    blocks = [str(block) for block in (*SPECIAL_IPV4, *CLOUD_IPV4, *SPECIAL_IPV6)]

    assert {block.partition("/")[0] for block in blocks} <= {first for _, first, _, _ in LINES}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("fec0::1", False, id="site-local, ended by RFC 3879"),
        pytest.param("::ffff:0:7f00:1", False, id="IPv4-translated, RFC 2765"),
        pytest.param("::7f00:1", False, id="IPv4-compatible, ended by RFC 4291"),
        pytest.param("::808:808", False, id="IPv4-compatible with a public address"),
        pytest.param("5f00::1", False, id="segment routing, RFC 9602"),
        pytest.param("100::1", False, id="discard-only"),
        pytest.param("fd00:ec2::254", False, id="metadata of Amazon"),
        pytest.param("100.100.100.200", False, id="metadata of Alibaba Cloud"),
        pytest.param("192.0.0.192", False, id="metadata of Oracle Cloud"),
        pytest.param(
            "192.0.0.9", False, id="the router at hand, though globally reachable (RFC 7723)"
        ),
        pytest.param("2001::5ef5:79fd:0:0", False, id="Teredo"),
        pytest.param("2001:20::1", False, id="ORCHIDv2"),
        pytest.param("2002:808:808::1", False, id="6to4 with a public address"),
        pytest.param("64:ff9b::169.254.169.254", False, id="NAT64 of the metadata"),
        pytest.param("64:ff9b::168.63.129.16", False, id="NAT64 of Azure's WireServer"),
        pytest.param("64:ff9b::8.8.8.8", True, id="NAT64 of a public address"),
        pytest.param("64:ff9b:1::8.8.8.8", False, id="NAT64 of the local network, RFC 8215"),
        pytest.param("::ffff:168.63.129.16", False, id="mapped WireServer"),
        pytest.param("::ffff:8.8.8.8", True, id="mapped public address"),
        pytest.param("2a00:1450::5efe:10.0.0.1", False, id="ISATAP"),
        pytest.param("2a00:1450::200:5efe:192.168.0.1", False, id="ISATAP with the universal bit"),
        pytest.param("2a00:1450::200:5efe:8.8.8.8", True, id="ISATAP of a public address"),
        pytest.param("2606:4700::1111%eth0", True, id="with a scope"),
        pytest.param("fe80::1%eth0", False, id="link-local with a scope"),
    ],
)
def test_an_address_is_judged_by_what_it_reaches(address: str, expected: bool) -> None:
    assert is_public(ip_address(address)) is expected


@given(st.ip_addresses())
def test_no_address_that_this_python_calls_private_is_public(
    address: IPv4Address | IPv6Address,
) -> None:
    assert not is_public(address) or stands_for(address).is_global


@given(st.ip_addresses(v=4))
def test_another_way_to_write_an_ipv4_address_does_not_change_the_judgement(
    address: IPv4Address,
) -> None:
    ways = [
        IPv6Address(int(IPv6Address(prefix)) + int(address))
        for prefix in ("::ffff:0:0", "64:ff9b::")
    ]

    assert [is_public(way) for way in ways] == [is_public(address)] * 2


@given(st.ip_addresses(v=4))
def test_no_tunnel_reaches_an_ipv4_address_that_is_not_public(address: IPv4Address) -> None:
    number = int(address)
    ways = [
        IPv6Address(number),
        IPv6Address(0xFFFF << 48 | number),
        IPv6Address(0x2002 << 112 | number << 80 | 1),
        IPv6Address(0x2001 << 112 | number << 64),
        IPv6Address(0x2001 << 112 | number ^ 0xFFFF_FFFF),
        IPv6Address(0x2A00_1450 << 96 | 0x5EFE << 32 | number),
    ]

    assert is_public(address) or not any(is_public(way) for way in ways)
