"""Addresses by the WHATWG rules: the one we fetch, the one we know an article by, its host and its
origin.

An article's identity is not an address to ask: `canonical_url` says https for both schemes and
drops what tracks a reader, so two links to one article compare equal. Fetch and show
`fetchable_url`, which keeps the scheme and the query as published. Redirects and AMP are known by
what the page says; wrappers of aggregators are undone by `extract.feed.wrapped_links`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from aggregator.domain.web.address import Address

if TYPE_CHECKING:
    from ada_url import URL
    from publicsuffixlist import PublicSuffixList

# characters; servers refuse 8 KB request lines, and real article links stay under 500
MAX_URL_LENGTH = 4_096

# What miniflux strips (internal/reader/urlcleaner), plus the marks that the BBC and the New York
# Times put in feeds.
_TRACKING_PREFIXES = ("utm_", "mtm_", "hsa_", "at_campaign", "at_medium")
_TRACKING = frozenset(
    "fbclid _openstat fb_action_ids fb_action_types fb_ref fb_source fb_comment_id hmb_campaign"
    " hmb_medium hmb_source itm_campaign itm_medium itm_source gclid dclid gbraid wbraid gclsrc"
    " srsltid campaign_id campaign_medium campaign_name campaign_source campaign_term"
    " campaign_content yclid ysclid twclid msclkid igshid mc_cid mc_eid mc_tc wickedid"
    " hsctatracking _hsenc _hsmi __hsfp __hssc __hstc rb_clickid oly_anon_id oly_enc_id vero_id"
    " vero_conv mkt_tok sc_cid _bhlid _branch_match_id _branch_referrer __readwiselocation"
    " ns_campaign ns_mchannel cmpid smid".split()
)

GOOGLE_NEWS = "news.google.com"  # whose addresses hide that of the report
_PREPRINTS = frozenset(
    "arxiv.org openreview.net biorxiv.org medrxiv.org aclanthology.org proceedings.mlr.press"
    " ssrn.com papers.ssrn.com".split()
)

# Of RFC 6761, 6762, 7686, 8375 and the names that routers and clusters give.
_PRIVATE_NAMES = frozenset(
    (
        "localhost local localdomain internal intranet lan home arpa corp private onion "
        "invalid test"
    ).split()
)

# An absolute address that the WHATWG rules leave as it is, as five of six are: parsing it to find
# out costs ten times as much. Not among them: ports, percent-encoding, dot segments, punycode, and
# hosts that end in a number.
_ORDINARY = re.compile(
    r"https?://(?:[a-z0-9]++(?:-++[a-z0-9]++)*+\.)++[a-z]++/[A-Za-z0-9_~:@+&=,./-]*+"
    r"(?:\?[A-Za-z0-9_~:@+&=,./-]*+)?"
)


def _parsed(url: str, base: str | None = None) -> URL | None:
    if len(url) > MAX_URL_LENGTH:
        return None
    from ada_url import URL  # noqa: PLC0415 - a tenth of what a short command imports

    try:
        parsed = URL(url, base) if base else URL(url)
    except (ValueError, UnicodeEncodeError):  # the second: lone surrogates
        return None
    return parsed if parsed.protocol in {"http:", "https:"} and _is_host(parsed.hostname) else None


def _is_host(name: str) -> bool:
    """Whether there is a host, and its punycode means something: the parser lets `xn--pokxncvks`
    pass.
    """
    if "xn--" not in name:
        return bool(name)
    from ada_url import idna  # noqa: PLC0415 - few hosts are written so

    return "xn--" not in idna.decode(name)


@lru_cache(maxsize=2048)  # asked twice of an entry's address: to fetch it, and to know it by
def _is_ordinary(url: str) -> bool:
    return (
        len(url) <= MAX_URL_LENGTH
        and _ORDINARY.fullmatch(url) is not None
        and "/." not in url
        and "xn--" not in url
    )


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    if "%" in name or "+" in name:
        name = unquote_plus(name).lower()
    return not name or name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _hidden(url: str | None) -> Address | None:
    return None if url is None else Address(url)


def fetchable_url(url: str, base: str | None = None) -> str | None:
    """The absolute http(s) address to fetch, without fragment and credentials; None for anything
    else.

    Given an `Address`, this and the functions below return an `Address`.
    """
    if isinstance(url, Address):
        return _hidden(fetchable_url(url.unmasked(), base))
    if _is_ordinary(url):
        return url
    parsed = _parsed(url, base)
    if parsed is None:
        return None
    parsed.hash = parsed.username = parsed.password = ""
    return str(parsed.href)


def canonical_url(url: str, base: str | None = None) -> str | None:
    """The address under which an article is known: https, no tracking parameters; None for anything
    not http(s).

    Host in lower case and punycode, default port, fragment and credentials dropped, path case and
    the order of the parameters kept. A plain http address on a port of its own keeps its scheme, as
    https is never served there.
    """
    if isinstance(url, Address):
        return _hidden(canonical_url(url.unmasked(), base))
    if _is_ordinary(url):
        address, _, query = url.partition("?")
        query = (
            "&".join(pair for pair in query.split("&") if not _is_tracking(pair)) if query else ""
        )
        return "https" + address[address.index(":") :] + (f"?{query}" if query else "")
    parsed = _parsed(url, base)
    if parsed is None:
        return None
    parsed.hash = parsed.username = parsed.password = ""
    if not parsed.port:
        parsed.protocol = "https:"
    kept = [pair for pair in parsed.search.removeprefix("?").split("&") if not _is_tracking(pair)]
    parsed.search = "&".join(kept)
    return str(parsed.href)


@lru_cache(
    maxsize=8192
)  # every story asks for the host of every source: 600,000 times in a build of 3,300 stories
def host(url: str) -> str:
    """The host in lower case without a leading `www.`, so that links of one publisher compare
    equal; empty if none.
    """
    parsed = _parsed(url)
    return str(parsed.hostname).rstrip(".").removeprefix("www.") if parsed else ""


def is_preprint(url: str) -> bool:
    """Whether an address is on a server of scientific papers."""
    return host(url).removeprefix("export.") in _PREPRINTS


@lru_cache(maxsize=8192)
def registrable_domain(url: str) -> str:
    """What one party registered: `example.co.uk` of `https://news.example.co.uk/`, the host itself
    where it has none.

    By the public suffix list, private section included: `ada.github.io` and `bob.github.io` are two
    parties.
    """
    name = host(url)
    if not name or name.startswith("[") or name.rpartition(".")[2].isdigit():  # an IP address
        return name
    return _suffixes().privatesuffix(name) or name


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by name or by address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_public_name(url: str) -> bool:
    """Whether the host is a name that the public web may know: no IP address, no name of one's own
    network.
    """
    name = host(url)
    last = name.rpartition(".")[2]
    return (
        "." in name
        and not last.isdigit()
        and not name.startswith("[")
        and last not in _PRIVATE_NAMES
    )


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - as URL

    return PublicSuffixList()  # the list that came with the library; it is never fetched


@lru_cache(maxsize=8192)
def origin(url: str) -> str:
    """Scheme, host and port as robots.txt and connections are kept by (RFC 6454); empty if not
    http(s).
    """
    parsed = _parsed(url)
    return str(parsed.origin) if parsed else ""
