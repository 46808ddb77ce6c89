"""The short way through a plain feed leads to the same place as feedparser's long one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from feedparser.api import StrictFeedParser

from aggregator.domain.entry import Feed, Unreadable
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.feed.plain_feed import HANDLED_NAMES, read_plain_feed
from bench.feeds import feed_document

CORPUS = Path(__file__).parents[2] / "corpus" / "feeds"


def read(body: bytes) -> Feed | Unreadable:
    """What the feed room makes of a document."""
    return read_feed(
        body, url="https://feeds.example/all.xml", content_type="application/xml", source_key="k"
    )


def the_long_way(body: bytes) -> bytes:
    """The same document with a document type, which says nothing and makes it one for
    feedparser.
    """
    declaration = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*>", body)
    at = declaration.end() if declaration else 0
    return body[:at] + b"<!DOCTYPE x>" + body[at:]


def rss(inside: str, *, entry: bool = True) -> bytes:
    """An RSS document around the inside of an item, or of its channel."""
    item = (
        f"<item><title>T</title><link>https://a.example/1</link>{inside}</item>"
        if entry
        else inside
    )
    return f"""<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:x="https://x.example/ns"
><channel><title>F</title><link>https://a.example/</link>{item}</channel></rss>""".encode()


def atom(inside: str) -> bytes:
    """An Atom document around the inside of an entry."""
    return f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>F</title><id>https://a.example/</id>
<entry><title>T</title><link href="https://a.example/1"/>{inside}</entry></feed>""".encode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(feed_document(0).encode(), id="generated-rss"),
        pytest.param(feed_document(1).encode(), id="generated-atom"),
        pytest.param(
            rss("<guid>https://a.example/other</guid>"), id="a-guid-does-not-replace-the-link"
        ),
        pytest.param(
            rss(
                "<title>F</title><item><title>T</title><guid>https://a.example/2</guid></item>",
                entry=False,
            ).replace(b"<title>F</title><link>https://a.example/</link>", b"", 1),
            id="a-guid-that-is-the-link",
        ),
        pytest.param(
            rss(
                '<guid isPermaLink="false">1</guid>'
                "<description>&lt;p&gt;Tea &amp;amp; cake&lt;/p&gt;</description>"
            ),
            id="escaped-markup",
        ),
        pytest.param(
            rss(
                "<content:encoded><![CDATA[<p>Long</p>]]></content:encoded>"
                "<description>Short</description>"
            ),
            id="content-before-description",
        ),
        pytest.param(rss("<pubDate>Sat, 07 Sep 2002 00:00:01 EST</pubDate>"), id="a-named-zone"),
        pytest.param(
            rss(
                "<pubDate>7 Sep 2002 00:00 -0530</pubDate>"
                "<dc:date>2002-09-08T01:02:03.45+01:00</dc:date>"
            ),
            id="two-dates",
        ),
        pytest.param(
            rss("<author>ada@a.example.org (Ada Holt)</author><dc:creator>Bo Li</dc:creator>"),
            id="authors",
        ),
        pytest.param(
            rss("<category domain='d'>models</category><category/><dc:subject>tea</dc:subject>"),
            id="tags",
        ),
        pytest.param(
            rss("<description>caf\u00c3\u00a9 \u0093quoted\u0094</description>"),
            id="bytes-taken-for-another-encoding",
        ),
        pytest.param(
            rss("<media:group><media:title>P</media:title><media:content url='u'/></media:group>"),
            id="a-picture-with-a-title",
        ),
        pytest.param(
            rss("<feedburner:origLink>https://b.example/1</feedburner:origLink>"),
            id="original-link",
        ),
        pytest.param(
            rss("<x:title>X</x:title><x:any><x:deep>1</x:deep></x:any>"), id="elements-of-others"
        ),
        pytest.param(
            rss("<link>https://a.example/?a=1&amp;amp;b=2</link>"), id="ampersand-escaped-twice"
        ),
        pytest.param(
            rss("<enclosure url='https://a.example/1.mp3' type='audio/mpeg'/>"), id="enclosure"
        ),
        pytest.param(
            rss("<enclosure href='https://a.example/1.mp3'/>").replace(
                b"<link>https://a.example/1</link>", b""
            ),
            id="enclosure-by-another-attribute-and-no-link",
        ),
        pytest.param(
            atom(
                "<id>tag:1</id><summary>1 &lt; 2</summary>"
                "<content type='html'>&lt;b&gt;x&lt;/b&gt;</content>"
            ),
            id="atom-texts",
        ),
        pytest.param(
            atom(
                "<author><name>Ada</name><email>a@a.example</email></author>"
                "<category term='t' label='Tea'/>"
            ),
            id="atom-people",
        ),
        pytest.param(
            atom(
                "<updated>2026-11-20T10:00:00Z</updated>"
                "<link rel='enclosure' href='https://a.example/1.mp3'/>"
            ),
            id="atom-enclosure",
        ),
        pytest.param(
            atom(
                "<link rel='Self' href='https://a.example/2.atom'/>"
                "<link rel='related' href='https://b.example/2'/>"
            ).replace(b"<link href", b"<link rel='edit' href", 1),
            id="atom-links-to-something-else",
        ),
        pytest.param(
            rss("<media:group><media:description type='plain'>M</media:description></media:group>"),
            id="text-of-a-picture",
        ),
        pytest.param(rss("<author>ada@a.example.org</author>"), id="an-address-for-an-author"),
        pytest.param(
            rss("<niceDate>today</niceDate><shown by='a'><deep>1</deep></shown>"),
            id="elements-of-others-without-a-namespace",
        ),
        pytest.param(
            rss("<updated>Sat, 07 Sep 2002 00:00:01 GMT</updated>"), id="an-update-as-in-atom"
        ),
        pytest.param(
            rss("").replace(b"<item>", b"<item shown='false'>"), id="an-entry-marked-by-others"
        ),
        pytest.param(
            atom(
                "<source><title>S</title><id>tag:s</id><link href='https://s.example/'/>"
                "<updated>2020-11-20T10:00:00Z</updated></source><id>tag:1</id>"
            ).replace(b"<entry>", b"<published>2026-11-20T10:00:00Z</published><entry>"),
            id="atom-entry-taken-over",
        ),
        pytest.param(
            atom("<id>tag:1</id>").replace(b"<feed ", b"<feed xml:base='https://b.example/' "),
            id="xml-base-on-which-nothing-depends",
        ),
        pytest.param(rss("<!-- a note -->", entry=False), id="no-entries"),
        pytest.param(
            atom(
                "<id>/blog/1</id><content type='html' xml:base='/blog/1/'>x</content>"
                "<link rel='enclosure' href='1.mp3'/><link rel='via' href='../2'/>"
            ).replace(b"https://a.example/1", b"/blog/1"),
            id="relative-addresses-and-an-xml-base-of-a-text",
        ),
        pytest.param(rss("<title>U</title>"), id="of-two-titles-the-first"),
        pytest.param(rss("<dc:title>U</dc:title>"), id="a-title-of-dublin-core-beside-another"),
        pytest.param(
            rss("<title>T</title><dc:title>U</dc:title>").replace(b"<title>T</title>", b"", 2),
            id="a-title-of-dublin-core",
        ),
        pytest.param(
            rss("<dc:creator>Ada</dc:creator><dc:date>2026-11-20T10:00:00Z</dc:date>").replace(
                b"http://purl.org/dc", b"https://purl.org/dc"
            ),
            id="a-namespace-known-by-its-prefix",
        ),
        pytest.param(
            rss("<description>T</description><media:description>M</media:description>"),
            id="text-of-a-picture-beside-another",
        ),
        pytest.param(
            rss("<media:description>M</media:description><description>T &lt; U</description>"),
            id="text-of-a-picture-before-another",
        ),
        pytest.param(
            rss(
                "<content:encoded>C</content:encoded><description>T</description>"
                "<media:description>M</media:description>"
            ),
            id="text-of-a-picture-beside-two",
        ),
        pytest.param(
            rss("<media:description type='plain'>Q&amp;amp;A &amp;#8217;</media:description>"),
            id="plain-text-that-looks-like-html",
        ),
        pytest.param(
            rss("<media:description type='plain'>Q&amp;A, x&amp;y;</media:description>"),
            id="plain-text-that-does-not-look-like-html",
        ),
        pytest.param(
            atom("<id>tag:1</id>").replace(
                b"</entry>",
                b"<m:description xmlns:m='http://search.yahoo.com/mrss/' type='plain'>Q&amp;amp;A"
                b"</m:description></entry>",
            ),
            id="plain-text-of-atom",
        ),
        pytest.param(
            b"<?xml version='1.0' encoding='iso-8859-1'?>"
            + rss("<description>caf\u00e9</description>").decode().encode("latin-1"),
            id="another-encoding",
        ),
        pytest.param(
            b"<?xml version='1.0' encoding='utf-16'?>"
            + rss("<description>caf\u00e9</description>"),
            id="an-encoding-that-it-is-not-in",
        ),
        pytest.param(
            rss("<description>read from memory:///x</description>"), id="slashes-in-a-text"
        ),
        pytest.param(rss("<pubDate>Sat, 07 Sep 2002 23:59:59 +0000</pubDate>"), id="no-offset"),
    ],
)
def test_a_plain_document_is_read_as_feedparser_reads_it(body: bytes) -> None:
    assert read_plain_feed(body, "application/xml", "https://feeds.example/") is not None
    assert read_plain_feed(the_long_way(body), "application/xml") is None

    assert read(body) == read(the_long_way(body))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss("<source url='u'>S</source><title>U</title>"), id="title-after-source"),
        pytest.param(rss("<guid>https:///a.example/1</guid>"), id="too-many-slashes"),
        pytest.param(
            rss("<media:description type='plain'>&lt;b&gt;M&lt;/b&gt;</media:description>"),
            id="plain-text-with-tags",
        ),
        pytest.param(rss("<pubDate>Sat, 07 Sep 2002 24:00:00 GMT</pubDate>"), id="hour-24"),
        pytest.param(rss("<title><b>U</b></title>"), id="markup-that-is-not-escaped"),
        pytest.param(
            rss("<description type='application/octet-stream'>dA==</description>"), id="base64"
        ),
        pytest.param(rss("<pubDate>yesterday</pubDate>"), id="a-date-in-words"),
        pytest.param(rss("<author>ada@a.example or Bo</author>"), id="an-author-or-two"),
        pytest.param(rss("<links>https://b.example/</links>"), id="an-element-like-a-key"),
        pytest.param(rss("<summary>S</summary>"), id="an-element-of-atom-without-its-namespace"),
        pytest.param(
            atom(
                "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>x</div></content>"
            ),
            id="xhtml",
        ),
        pytest.param(atom("<link href='p/1' xml:base='https://b.example/'/>"), id="xml-base"),
        pytest.param(
            atom("<link rel='enclosure' href='1.mp3'/>").replace(
                b"<entry>", b"<entry xml:base='https://b.example/'>"
            ),
            id="xml-base-of-an-enclosure",
        ),
        pytest.param(
            rss("").replace(b"<item>", b"<item HREF='https://b.example/'>"), id="an-item-of-cdf"
        ),
        pytest.param(rss("<title>T"), id="not-well-formed"),
        pytest.param(
            atom("<id>http://[1</id><content xml:base='/b/'>x</content>"),
            id="no-address-to-resolve",
        ),
        pytest.param(rss("").decode().encode("utf-16"), id="utf-16"),
        pytest.param(
            b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", id="rdf"
        ),
        pytest.param(b"<?xml version='1.0' encoding='big5'?>" + rss(""), id="an-encoding"),
    ],
)
def test_what_is_not_plain_is_left_to_feedparser(body: bytes) -> None:
    assert read_plain_feed(body, "", "https://feeds.example/") is None


def test_all_names_without_a_namespace_that_feedparser_handles_are_known() -> None:
    handlers = (name.split("_", 2) for name in dir(StrictFeedParser) if name.startswith("_start_"))

    assert {name.lower() for *_, name in handlers if "_" not in name} <= HANDLED_NAMES


def test_a_charset_of_the_server_counts() -> None:
    body = rss("<description>caf\u00e9</description>").decode().encode("latin-1")
    found = read_plain_feed(body, "text/xml; charset=ISO-8859-1")

    assert found is not None
    assert found.entries[0]["summary_detail"]["value"] == "caf\u00e9"
    assert read_plain_feed(body, "text/xml; charset=big5") is None


def test_a_captured_feed_is_plain() -> None:
    body = (CORPUS / "newsroom.rss").read_bytes()

    assert (read_plain_feed(body, "") is not None, read(body)) == (True, read(the_long_way(body)))
