"""Unwraps the address that an entry points to, where an aggregator lists its own page or a wrapper
around it. Pure.

Only the address and the entry are used; nothing is fetched. An AMP page is known
by its canonical link.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from aggregator.domain.entry import Entry
from aggregator.domain.web.urls import (
    GOOGLE_NEWS,
    fetchable_url,
    host,
    is_public_name,
    origin,
    registrable_domain,
)
from aggregator.extract.markup import MAX_MARKUP

HIDDEN_ADDRESS = "Google News does not give the article's URL"  # shown to readers

# Hosts, in lower case as addresses of entries have them, whose pages point to another: those of
# links that carry the address, and those of entries whose text does.
_WRAPPERS = re.compile(
    r"https?://(?:[a-z0-9-]+\.)*(?:google\.[a-z.]+|ampproject\.org|bing\.com|facebook\.com|"
    r"duckduckgo\.com)/"
)
_LISTS = re.compile(r"https?://(?:[a-z]+\.)?(?:techmeme|mediagazer|reddit)\.com/")
_PARAMETERS = {
    "/url": ("url", "q"),
    "/news/apiclick.aspx": ("url",),
    "/l.php": ("u",),
    "/l/": ("uddg",),
}
_AMP_VIEWER = re.compile(r"^/amp/(s/)?(.+)$")  # www.google.com/amp/s/site.example/story
_AMP_CACHE = re.compile(
    r"^/[a-z]/(s/)?(.+)$"
)  # site-example.cdn.ampproject.org/c/s/site.example/story
_NEWS = re.compile(r"^/(?:rss/|__i/rss/rd/)?(?:articles|read)/([\w-]{20,})")
_NEWS_HEAD = b"\x08\x13\x22"  # of a protocol buffer: its fourth field is the address
_LINK = re.compile(r"""<a\s[^<>]*?href\s*=\s*["']([^"'<>]+)["'][^<>]*>([^<]{0,40})""", re.I)
_MOST_WRAPPERS = 3  # around each other


def unwrapped(entry: Entry) -> str:
    """The address that the entry points to; its own where nothing is wrapped, or where the address
    inside is not public.
    """
    url = entry.url
    if not _is_of_aggregator(url[: url.find("/", len("https://")) + 1]):
        return url
    if _LISTS.match(url):
        url = _linked_address(entry) or url
    for _ in range(_MOST_WRAPPERS):
        inside = _inside(url) if _WRAPPERS.match(url) else None
        if inside is None or not is_public_name(inside):
            break
        url = inside
    return url


@lru_cache(maxsize=256)  # the entries of a feed lead to few hosts
def _is_of_aggregator(site: str) -> bool:
    return bool(_LISTS.match(site) or _WRAPPERS.match(site))


def hides_address(url: str) -> bool:
    """Whether it is one of Google News's newer addresses: only Google knows where it leads, so its
    page is not fetched.
    """
    return host(url) == GOOGLE_NEWS and _NEWS.match(urlsplit(url).path) is not None


def _inside(url: str) -> str | None:
    parts = urlsplit(url)
    name = host(url)
    if registrable_domain(url) == "ampproject.org":
        return _amp(_AMP_CACHE.match(parts.path), parts.query)
    if name == GOOGLE_NEWS:
        article = _NEWS.match(parts.path)
        return _decoded(article[1]) if article else None
    if name.startswith("google.") and parts.path.startswith("/amp/"):
        return _amp(_AMP_VIEWER.match(parts.path), parts.query)
    parameters = parse_qs(parts.query)
    values = (parameters[key][0] for key in _PARAMETERS.get(parts.path, ()) if key in parameters)
    return next((found for value in values if (found := fetchable_url(value))), None)


def _amp(found: re.Match[str] | None, query: str) -> str | None:
    if found is None:
        return None
    return fetchable_url(
        f"http{'s' if found[1] else ''}://{found[2]}{f'?{query}' if query else ''}"
    )


def _decoded(name: str) -> str | None:
    """The address in one of Google News's older names; the newer ones hold a number that means
    nothing outside Google.
    """
    try:
        data = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4))
    except (ValueError, binascii.Error):
        return None
    if not data.startswith(_NEWS_HEAD) or len(data) < 6:
        return None
    length, start = data[3], 4
    if length > 0x7F:
        length, start = (length & 0x7F) | data[4] << 7, 5
    text = data[start : start + length]
    return (
        fetchable_url(text.decode("ascii")) if text.isascii() and text.startswith(b"http") else None
    )


def _linked_address(entry: Entry) -> str | None:
    """The first link of a Techmeme entry that leads to a page of another, or the one that Reddit
    calls `[link]`.
    """
    own = registrable_domain(entry.url)
    for link in _LINK.finditer((entry.content or entry.summary)[:MAX_MARKUP]):
        address = fetchable_url(html.unescape(link[1]), entry.url)
        is_meant = own != "reddit.com" or link[2].strip() == "[link]"
        if (
            address
            and is_meant
            and registrable_domain(address) not in (own, "redd.it")
            and address != f"{origin(address)}/"
        ):
            return address if is_public_name(address) else None
    return None
