"""The feeds that a page says it has: `<link rel="alternate">` with the type of a feed. [lxml]

Runs in a worker that can be killed.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import lxml.etree
import lxml.html

from aggregator.domain.entry import FeedLink
from aggregator.domain.web.urls import fetchable_url
from aggregator.english.text import normalised
from aggregator.extract.bounds import bounded, excess
from aggregator.extract.charset import decoded

MOST_LINKS = 20  # of one page; a blog that lists the feed of each of its categories has a dozen
_MOST_BYTES = 1_000_000  # the links stand in the head, whatever follows
_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json"
    " application/xml text/xml".split()
)


def feed_links(body: bytes, *, url: str, content_type: str) -> tuple[FeedLink, ...]:
    """The feeds of a page that `url` served: in its order, but those of comments last."""
    text = decoded(body[:_MOST_BYTES], content_type) or body[:_MOST_BYTES].decode(
        "utf-8", "replace"
    )
    if not text.strip():
        return ()
    plain = bounded(text.encode("utf-8", "replace"))
    if excess(plain):
        return ()
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = lxml.html.document_fromstring(plain, parser=parser)
    except lxml.etree.LxmlError:
        return ()
    base = page.find(".//base")
    home = (base is not None and fetchable_url(base.get("href") or "", url)) or url
    found: dict[str, FeedLink] = {}
    for link in page.iter("link"):
        address = (
            fetchable_url(link.get("href") or "", home)
            if _is_of_feed(link.get("rel"), link.get("type"))
            else None
        )
        if address:
            found.setdefault(
                address, FeedLink(url=address, title=normalised(link.get("title") or "")[:200])
            )
    return tuple(sorted(found.values(), key=_is_of_comments)[:MOST_LINKS])


def _is_of_feed(rel: str | None, kind: str | None) -> bool:
    return (
        "alternate" in (rel or "").lower().split()
        and (kind or "").partition(";")[0].strip().lower() in _TYPES
    )


def _is_of_comments(link: FeedLink) -> bool:
    return (
        "comments" in urlsplit(link.url).path.split("/") or "comments" in link.title.lower().split()
    )
