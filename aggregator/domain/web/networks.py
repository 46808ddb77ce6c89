"""Which IP addresses belong to the public internet, according to IANA's registries. Pure.

`ipaddress.is_global` is no substitute: Python 3.11 and 3.13 disagree about it, and both call
`fec0::1` and `5f00::1` global. Blocks that the registries list as special are refused entirely,
including their "globally reachable" parts: those are anycast services of routers and name servers
(192.0.0.9 reaches the nearest router), not websites.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

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

_MAPPED = IPv6Network(
    "::ffff:0:0/96"
)  # RFC 4291 §2.5.5.2: an IPv4 address as IPv6 sockets write it
_NAT64 = IPv6Network(
    "64:ff9b::/96"
)  # RFC 6052: how a network without IPv4 reaches the IPv4 address in it
_ISATAP = frozenset(
    {0x0000_5EFE, 0x0200_5EFE}
)  # RFC 5214 §6.1: the IPv4 address follows, within the site


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
