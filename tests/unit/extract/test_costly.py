"""Documents built to cost a parser seconds: each is read, cut or rejected in a fraction of that."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from aggregator.domain.source import Listing, ListingFormat
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.feed.html_listing import feed_links
from aggregator.extract.feed.listing import read_listing
from aggregator.extract.page.article import read_page

URL = "https://a.example/feed"
# of processor time; the documents below took 3 to 13, and now take at most 1.3: half as long again
# on a processor that is shared
MOST_S = 2.8
ITEM = b"<rss><channel><item><title>x</title>"
CROWD = b"<p " + b" ".join(b'a%d="1"' % n for n in range(50_000)) + b">x"
SITEMAP = (
    b"<urlset>"
    + b"<url><loc>https://a.example/1</loc><lastmod>2026-07-01</lastmod></url>" * 130_000
    + b"</urlset>"
)
LINKS = (
    b"<article><p>"
    + b"".join(b'word <a href="/%d">Link %d</a>, ' % (n, n) for n in range(100_000))
    + b"</p></article>"
)


def feed(body: bytes) -> str:
    return getattr(read_feed(body, url=URL, content_type="", source_key="k"), "reason", "read")


def page(body: bytes) -> str:
    return getattr(read_page(body, url=URL, content_type="text/html"), "reason", "read")


def links(body: bytes) -> str:
    return "read" if feed_links(body, url=URL, content_type="text/html") else "none"


def listing(body: bytes) -> str:
    table = Listing(format=ListingFormat.HTML, items="a, li, div")
    found = read_listing(body, url=URL, content_type="text/html", source_key="k", listing=table)
    return getattr(found, "reason", "read").partition("; ")[0]


@pytest.fixture(autouse=True, scope="module")
def _parsers_loaded() -> None:
    """What the first document loads, calendars of dates among it, is no cost of any one."""
    page(b"<article><p>A sentence of 1 July 2026.</p></article>")
    feed(ITEM)


@pytest.mark.parametrize(
    ("read", "body", "expected"),
    [
        pytest.param(
            feed, SITEMAP, "not a feed: another kind of document", id="a sitemap as a feed"
        ),
        pytest.param(
            feed, LINKS, "not a feed: another kind of document", id="a page of links as a feed"
        ),
        pytest.param(
            feed,
            b"\n" * 8_000_000 + b"x",
            "not a feed: another kind of document",
            id="lines as a feed",
        ),
        pytest.param(
            feed,
            ITEM + b"\n" * 8_000_000,
            "not read: too many tags, references and lines to parse in two seconds",
            id="a title of lines",
        ),
        pytest.param(
            feed,
            ITEM + b"<" * 3_000_000,
            "not read: too many tags, references and lines to parse in two seconds",
            id="a title of brackets",
        ),
        pytest.param(
            feed,
            ITEM + b"&" * 3_000_000,
            "not read: too many tags, references and lines to parse in two seconds",
            id="a title of ampersands",
        ),
        pytest.param(
            feed,
            ITEM + b"<b " + b" ".join(b'a%d=""' % n for n in range(9_000)) + b"/>",
            "not read: a tag of more than 64 KB",
            id="a crowd in a feed",
        ),
        pytest.param(page, LINKS, "read", id="a paragraph of links"),
        pytest.param(
            page,
            CROWD.decode().encode("utf-16"),
            "not read: a tag with more than 1,000 attributes",
            id="a crowd in UTF-16",
        ),
        pytest.param(links, CROWD, "none", id="a crowd where feeds are looked for"),
        pytest.param(
            listing,
            b"<ul><li>x" * 2_000,
            "entries are nested more than 8 deep",
            id="entries within entries",
        ),
    ],
)
def test_no_document_takes_three_seconds_of_a_processor(
    read: Callable[[bytes], str], body: bytes, expected: str
) -> None:
    began = time.process_time()
    found = read(body)

    assert (found, time.process_time() - began < MOST_S) == (expected, True)


def test_a_page_is_read_as_far_as_its_bounds_go() -> None:
    body = (
        b"<article>"
        + b"<p>The first sentence of a long page is kept.</p>" * 3
        + b"<p>x</p>" * 60_000
        + b"<p>Last.</p></article>"
    )
    found = read_page(body, url=URL, content_type="text/html")

    text = found.text  # type: ignore[union-attr]
    assert "The first sentence of a long page is kept." in text
    assert "Last." not in text


def test_a_large_feed_in_utf_16_is_no_other_document() -> None:
    item = (
        "<item><title>T</title><link>https://a.example/1</link><description>%s</description></item>"
        % ("word " * 50_000)
    )
    body = (
        f"<?xml version='1.0' encoding='utf-16'?><rss version='2.0'><channel>{item}</channel></rss>"
    )

    assert [feed(body.encode(encoding)) for encoding in ("utf-16", "utf-16-be", "utf-16-le")] == [
        "read"
    ] * 3
