"""Feeds of every format: what is read, what is mended, and what is no feed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.domain.entry import DateOrigin, Entry, EntryDate, Feed, Unreadable
from aggregator.extract.feed.feed import read_feed
from tests.messages import named

CORPUS = Path(__file__).parents[2] / "corpus" / "feeds"
URL = "https://feeds.example/all.xml"


def read(body: bytes, content_type: str = "application/xml") -> Feed | Unreadable:
    """What the feed room makes of a document."""
    return read_feed(body, url=URL, content_type=content_type, source_key="k")


def feed(body: bytes, content_type: str = "application/xml") -> Feed:
    """A document that must be a feed."""
    found = read(body, content_type)
    assert isinstance(found, Feed), found
    return found


def stored(name: str) -> Feed:
    """A feed of the corpus."""
    return feed((CORPUS / name).read_bytes())


def rss(items: str, head: str = "") -> bytes:
    """An RSS 2.0 document around some items."""
    return f'<rss version="2.0"><channel><title>F</title>{head}{items}</channel></rss>'.encode()


def item(title: str = "T", link: str = "https://a.example/1", rest: str = "") -> str:
    """One RSS item."""
    return f"<item><title>{title}</title><link>{link}</link>{rest}</item>"


def test_an_rss_item_becomes_an_entry_as_published() -> None:
    assert stored("newsroom.rss").entries[0] == Entry(
        source_key="k",
        guid="post-1",
        url="https://www.newsroom.example/2026/01/two-models?utm_source=rss",
        title="Lab & rival ship two models",
        authors=("Ada Example",),
        published=EntryDate(at=datetime(2026, 1, 5, 14, tzinfo=UTC), origin=DateOrigin.FEED),
        summary="A lab shipped two models. [&#8230;]",
        content=(
            "<p>A lab shipped <b>two</b> models.</p>"
            '<p>The post <a href="#">Lab ships</a> appeared first on <a href="#">Newsroom</a>.</p>'
        ),
        tags=("AI", "Models"),
        language="en-GB",
    )


def test_a_feed_says_what_it_is_and_what_was_wrong() -> None:
    assert replace(stored("newsroom.rss"), entries=()) == Feed(
        title="Newsroom & Co",
        language="en-GB",
        home_url="https://www.newsroom.example/",
    )


def test_an_entry_is_known_by_its_guid_only_where_no_other_has_it() -> None:
    assert [(entry.guid, entry.url) for entry in stored("newsroom.rss").entries[1:]] == [
        ("https://www.newsroom.example/a", "https://www.newsroom.example/a"),
        ("https://www.newsroom.example/b", "https://www.newsroom.example/b"),
        ("https://www.newsroom.example/c", "https://www.newsroom.example/c"),
        ("https://cdn.newsroom.example/e.mp3", "https://cdn.newsroom.example/e.mp3"),
        ("unlinked:xmdsrgen3w5w", "https://www.newsroom.example/"),
        ("https://www.newsroom.example/d", "https://www.newsroom.example/d"),
    ]


def test_entries_that_share_guid_and_link_are_told_apart_by_what_they_say() -> None:
    changes = feed(
        rss(
            "".join(
                item(f"Release {n}", rest="<guid isPermaLink='false'>x</guid>") for n in range(3)
            )
        )
    ).entries

    assert (len({change.guid for change in changes}), [change.title for change in changes]) == (
        3,
        ["Release 0", "Release 1", "Release 2"],
    )


def test_an_untitled_entry_is_headed_by_its_first_sentence() -> None:
    assert stored("newsroom.rss").entries[-1].title == "A post without a title says this first."


def test_an_atom_feed_resolves_links_and_keeps_angle_brackets_of_plain_text() -> None:
    first, second = stored("lab.atom").entries

    assert (first.title, first.url, first.authors, first.summary, first.language) == (
        "Generics: List<T> and the <b> tag",
        "https://lab.example/blog/generics",
        ("Grace Example",),
        "1 &lt; 2, and x &lt; y.",
        "de",
    )
    assert (second.title, second.content, second.language) == (
        "Weights & code",
        "<p>Weights are out.</p>",
        "en",
    )


def test_an_entry_that_was_only_updated_counts_as_published_then() -> None:
    first, second = stored("lab.atom").entries

    assert [
        (entry.published and entry.published.at, entry.updated) for entry in (first, second)
    ] == [
        (datetime(2026, 2, 1, 10, tzinfo=UTC), datetime(2026, 2, 1, 10, tzinfo=UTC)),
        (datetime(2026, 1, 30, 8, tzinfo=UTC), datetime(2026, 1, 31, 8, tzinfo=UTC)),
    ]


def test_rss_1_is_read_with_its_dublin_core() -> None:
    assert stored("papers.rdf").entries == (
        Entry(
            source_key="k",
            guid="https://papers.example/1",
            url="https://papers.example/1",
            title="A paper",
            authors=("Emmy Example",),
            published=EntryDate(at=datetime(2026, 1, 5, 3, 30, tzinfo=UTC), origin=DateOrigin.FEED),
            updated=datetime(2026, 1, 5, 3, 30, tzinfo=UTC),
        ),
    )


def test_half_a_character_in_a_json_feed_is_replaced() -> None:
    body = rb"""{"items": [{"id": "\ud800", "url": "https://a.example/1", "title": "T",
                            "summary": "\udc00.",
                            "content_html": "\ud83d, \ud83d\ude00", "language": "\udfff"}]}"""

    found = feed(body).entries[0]

    assert (found.guid, found.summary, found.content, found.language) == (
        "\ufffd",
        "\ufffd.",
        "\ufffd, \U0001f600",
        "\ufffd",
    )


def test_json_feed_is_read_whatever_its_items_are() -> None:
    found = stored("weblog.json")

    assert (found.title, found.home_url, named(found.warning or "")) == (
        "Weblog",
        "https://weblog.example/",
        ["1"],
    )
    assert found.entries == (
        Entry(
            source_key="k",
            guid="1",
            url="https://weblog.example/one",
            title="One & only",
            authors=("Alan Example",),
            published=EntryDate(at=datetime(2026, 1, 5, 14, tzinfo=UTC), origin=DateOrigin.FEED),
            content="1 &lt; 2",
            tags=("ai",),
            language="en",
        ),
        Entry(
            source_key="k",
            guid="https://weblog.example/two",
            url="https://weblog.example/two",
            title="Untitled note.",
            authors=("Alan Example",),
            content="<p>Untitled note.</p>",
            language="en",
        ),
    )


@pytest.mark.parametrize(
    ("head", "link", "expected"),
    [
        pytest.param(
            "<link>https://site.example/</link>",
            "/p",
            "https://site.example/p",
            id="against-the-site",
        ),
        pytest.param(
            "", "/p", "https://feeds.example/p", id="against-the-feed-where-no-site-is-named"
        ),
        pytest.param("", "https://a.example/p#c", "https://a.example/p", id="fragment-dropped"),
        pytest.param(
            "", "http://u:p@a.example/p", "http://a.example/p", id="scheme-kept-credentials-dropped"
        ),
    ],
)
def test_links_are_absolute(head: str, link: str, expected: str) -> None:
    assert feed(rss(item(link=link), head)).entries[0].url == expected


@pytest.mark.parametrize("link", ["javascript:alert(1)", "mailto:a@b.example", "ftp://a.example/x"])
def test_an_entry_without_a_web_address_leads_to_the_page_of_its_source(link: str) -> None:
    found = feed(rss(item("Lost", link=link) + item("Good"), "<link>https://a.example/</link>"))

    assert [(entry.title, entry.url, entry.is_unlinked) for entry in found.entries] == [
        ("Lost", "https://a.example/", True),
        ("Good", "https://a.example/1", False),
    ]


def test_an_entry_that_says_nothing_is_left_out_with_a_warning() -> None:
    found = feed(rss(item("") + "<item><guid isPermaLink='false'>7</guid></item>" + item("Good")))

    assert (
        [entry.title for entry in found.entries],
        found.left_out,
        named(found.warning or ""),
    ) == (
        ["Good"],
        2,
        ["2"],
    )


def dated(n: int, day: str = "05") -> str:
    """One RSS item without an address."""
    return (
        f"<item><title>Line {n}</title><pubDate>Mon, {day} Jan 2026 09:00:00 GMT</pubDate></item>"
    )


def test_every_entry_of_a_feed_without_links_is_kept() -> None:
    found = feed(rss("".join(map(dated, range(1046)))))

    ids = {entry.article_id for entry in found.entries}
    assert (
        len(found.entries),
        len(ids),
        found.warning,
        {entry.url for entry in found.entries},
    ) == (
        1046,
        1046,
        None,
        {URL},
    )


def test_an_entry_without_an_address_is_known_by_source_title_and_day() -> None:
    def known(body: bytes, source: str = "k") -> tuple[str | None, ...]:
        found = read_feed(body, url=URL, content_type="", source_key=source)
        assert isinstance(found, Feed)
        return tuple(entry.article_id for entry in found.entries)

    once = known(rss(dated(1)))
    later = (
        dated(1).replace("09:00", "17:30").replace("</item>", "<description>x</description></item>")
    )
    assert known(rss(later)) == once  # another hour and text
    assert known(rss(dated(1) * 2, "<link>https://a.example/</link>")) == once
    others = (known(rss(dated(2))), known(rss(dated(1, "06"))), known(rss(dated(1)), "other"))
    assert len({once, *others}) == 4


@pytest.mark.parametrize(
    ("home", "location", "expected"),
    [
        ("", "", "https://feeds.example/1"),
        ("<link>https://a.example/</link>", "", "https://a.example/1"),
        ("", "https://b.example/news/index.xml", "https://b.example/news/1"),
        (
            "<link>https://a.example/</link>",
            "https://b.example/news/index.xml",
            "https://b.example/news/1",
        ),
    ],
)
def test_a_relative_link_is_relative_to_the_content_location_before_the_site(
    home: str, location: str, expected: str
) -> None:
    for body in (
        rss(item(link="1"), home),
        json.dumps({"home_page_url": home[6:-7], "items": [{"title": "T", "url": "1"}]}).encode(),
    ):
        found = read_feed(body, url=URL, content_type="", source_key="k", location=location)
        assert isinstance(found, Feed)
        assert found.entries[0].url == expected


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        pytest.param(
            "Fri, 31 Dec 9999 23:59:59 GMT",
            datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
            id="absurd-but-a-date",
        ),
        pytest.param("Wed, 30 Feb 2026 10:00:00 GMT", None, id="no-such-day"),
        pytest.param("0000-00-00T00:00:00Z", None, id="zeros"),
        pytest.param("2026-01-05", datetime(2026, 1, 5, tzinfo=UTC), id="day-only"),
        pytest.param("yesterday", None, id="words"),
        pytest.param("", None, id="empty"),
    ],
)
def test_dates_are_aware_or_not_said(published: str, expected: datetime | None) -> None:
    entry = feed(rss(item(rest=f"<pubDate>{published}</pubDate>"))).entries[0]

    assert (entry.published.at if entry.published else None) == expected


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        pytest.param("utf-8", "utf-8", "application/xml", id="declared-utf-8"),
        pytest.param("utf-8-sig", "utf-8", "application/xml", id="byte-order-mark"),
        pytest.param("utf-16", "utf-16", "application/xml", id="utf-16"),
        pytest.param("iso-8859-1", "iso-8859-1", "application/xml", id="latin-1"),
        pytest.param("windows-1252", "windows-1252", "text/xml", id="text-xml-without-charset"),
        pytest.param(
            "utf-8", "iso-8859-1", "application/xml; charset=utf-8", id="http-over-declaration"
        ),
    ],
)
def test_letters_survive_any_encoding(encoding: str, declared: str, content_type: str) -> None:
    document = f'<?xml version="1.0" encoding="{declared}"?>' + rss(item("Café für Zoë")).decode()

    assert feed(document.encode(encoding), content_type).entries[0].title == "Café für Zoë"


def test_a_broken_feed_gives_what_can_be_read_and_a_warning() -> None:
    found = feed(rss(item("One")).replace(b"</channel></rss>", b"<item><title>Two</b>"))

    assert [entry.title for entry in found.entries] == ["One"]
    assert (found.warning or "").startswith("not well-formed: mismatched tag at line 1; 1 ")


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        pytest.param(
            '<link rel="related" href="https://b.example/1"/>', "https://b.example/1", id="related"
        ),
        pytest.param(
            '<link rel="self" href="/1.atom"/>',
            "https://feeds.example/1.atom",
            id="itself, relative",
        ),
        pytest.param(
            '<link rel="alternate" type="application/pdf" href="https://b.example/1.pdf"/>',
            "https://b.example/1.pdf",
            id="another format",
        ),
        pytest.param(
            (
                '<link rel="enclosure" href="https://b.example/1.mp3"/>'
                '<link rel="via" href="https://c.example/"/>'
            ),
            "https://b.example/1.mp3",
            id="an enclosure first",
        ),
    ],
)
def test_an_atom_entry_without_a_page_leads_to_what_else_it_names(
    inside: str, expected: str
) -> None:
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title>T</title><id>tag:1</id>{inside}
<link rel="edit" href="https://a.example/edit"/></entry></feed>"""

    assert [
        feed(document).entries[0].url
        for document in (body.encode(), b"<!DOCTYPE x>" + body.encode())
    ] == [expected] * 2


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        pytest.param(
            "<enclosure url='https://b.example/1.mp3'/><enclosure url='https://b.example/2.mp3'/>",
            "https://b.example/1.mp3",
            id="the first of two",
        ),
        pytest.param(
            "<enclosure url='/1.mp3'/>", "https://pod.example/1.mp3", id="relative to the site"
        ),
        pytest.param(
            "<enclosure href='https://b.example/1.mp3'/>",
            "https://b.example/1.mp3",
            id="with another attribute",
        ),
        pytest.param(
            (
                "<guid isPermaLink='false'>https://b.example/1</guid>"
                "<enclosure url='https://b.example/1.mp3'/>"
            ),
            "https://b.example/1",
            id="after an id that is an address",
        ),
    ],
)
def test_an_episode_without_a_page_leads_to_its_recording(inside: str, expected: str) -> None:
    body = rss(f"<item><title>T</title>{inside}</item>", "<link>https://pod.example/show/</link>")

    assert [feed(document).entries[0].url for document in (body, b"<!DOCTYPE x>" + body)] == [
        expected
    ] * 2


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        pytest.param(
            {"attachments": [3, {}, {"url": "/1.mp3"}, {"url": "/2.mp3"}]},
            "https://feeds.example/1.mp3",
            id="the first",
        ),
        pytest.param(
            {"url": "mailto:a@b.example", "attachments": [{"url": "https://b.example/1.mp3"}]},
            "https://b.example/1.mp3",
            id="where its own address leads nowhere",
        ),
        pytest.param(
            {"id": "https://b.example/1", "attachments": [{"url": "/1.mp3"}]},
            "https://b.example/1",
            id="after an id that is an address",
        ),
    ],
)
def test_an_item_without_a_page_leads_to_its_attachment(
    inside: dict[str, object], expected: str
) -> None:
    assert (
        feed(json.dumps({"items": [{"id": "7", "title": "T", **inside}]}).encode()).entries[0].url
        == expected
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss("<item><guid isPermaLink='false'>7</guid></item>" * 2), id="RSS"),
        pytest.param(b'{"items": [{"id": "7"}, {"id": "8"}]}', id="JSON"),
    ],
)
def test_a_feed_whose_entries_say_nothing_is_no_quiet_feed(body: bytes) -> None:
    found = read(body)
    assert isinstance(found, Unreadable)
    assert found.reason.endswith("(2 listed)")


def test_ampersands_of_a_link_survive_a_broken_feed() -> None:
    found = read(
        (CORPUS / "feedparser-corrupted-ampersands.xml")
        .read_bytes()
        .replace(b"<link>", b"<title>T</title><link>")
    )

    assert isinstance(found, Feed)
    assert found.entries[0].url == "http://link/get?a=1&b=2"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "not a feed: empty response", id="empty"),
        pytest.param(b" \n", "not a feed: empty response", id="blank"),
        pytest.param(
            b"<!DOCTYPE html><html><title>x</title></html>", "not a feed: an HTML page", id="page"
        ),
        pytest.param(
            b"just words", "not a feed: not well-formed: syntax error at line 1", id="text"
        ),
        pytest.param(
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "not a feed: another kind of document",
            id="other-xml",
        ),
        pytest.param(b'{"a": 1}', "not a feed: a JSON document without items", id="other-json"),
        pytest.param(b"{" * 100_000, "not a feed: JSON is not well-formed", id="broken-json"),
        pytest.param(
            b'<rss version="2.0"><channel><title>x',
            "feed is not well-formed",
            id="cut-before-any-entry",
        ),
    ],
)
def test_what_is_no_feed_says_why(body: bytes, reason: str) -> None:
    found = read(body)

    assert isinstance(found, Unreadable)
    assert found.reason.startswith(reason)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert feed(rss("")) == Feed(title="F")


def test_only_the_first_2000_entries_are_read() -> None:
    found = feed(rss("".join(item(f"T{n}", f"https://a.example/{n}") for n in range(5_000))))

    assert (len(found.entries), found.entries[-1].title, named(found.warning or "")) == (
        2_000,
        "T1999",
        ["2000"],
    )


def test_a_document_that_looks_like_an_address_or_a_path_is_never_opened() -> None:
    assert [
        type(read(body))
        for body in (b"https://127.0.0.1:1/feed", b"/etc/passwd", b"file:///etc/passwd")
    ] == [Unreadable] * 3


def test_entities_are_neither_expanded_without_end_nor_fetched() -> None:
    bomb = (
        b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM'
        b' "file:///etc/passwd">]>'
    )
    found = read(bomb + rss(item("&b;&x;")))

    assert "root:" not in repr(found)


def test_titles_are_bounded() -> None:
    title = feed(rss(item("word " * 1_000))).entries[0].title

    assert (len(title) <= 401, title.endswith("word…")) == (True, True)


@pytest.mark.parametrize(
    ("published", "title"),
    [
        pytest.param(
            "InterpretabilityJul 6, 2026A global workspace in language modelsNew research reveals a"
            " mental workspace in Claude.",
            "A global workspace in language models",
            id="a summary behind",
        ),
        pytest.param(
            "AlignmentMay 8, 2026Teaching Claude whyNew research on how we've reduced"
            " misalignment.",
            "Teaching Claude why",
            id="short",
        ),
        pytest.param(
            "Societal ImpactsMay 8, 2026How people use Claude",
            "How people use Claude",
            id="two words, no summary",
        ),
        pytest.param(
            "PolicyMay 8, 2026What OpenAI and GitHub ask of McKinsey, and what iPhone owners of a"
            " DeepMind app ask of both",
            "What OpenAI and GitHub ask of McKinsey, and what iPhone owners of a DeepMind app ask"
            " of both",
            id="capitals in names",
        ),
        pytest.param(
            "PolicyMay 8, 2026What we asked theBoard of it",
            "What we asked theBoard of it",
            id="too little behind",
        ),
        pytest.param(
            "Meeting of May 8, 2026 in Oslo",
            "Meeting of May 8, 2026 in Oslo",
            id="a date in a sentence",
        ),
        pytest.param(
            "What the wholeNew research on how it is glued says",
            "What the wholeNew research on how it is glued says",
            id="no date",
        ),
    ],
)
def test_a_section_date_and_summary_glued_to_a_title_are_taken_off(
    published: str, title: str
) -> None:
    assert feed(rss(item(published))).entries[0].title == title


def test_a_date_glued_to_a_title_is_taken_off() -> None:
    assert (
        feed(rss(item("Aug 13, 2026ScienceHow models help"))).entries[0].title
        == "Science: How models help"
    )


def test_relative_links_of_a_feed_with_a_relative_home_are_resolved() -> None:
    found = read((CORPUS / "reader-relative.atom").read_bytes())

    assert isinstance(found, Feed)
    assert (found.home_url, found.entries[0].url) == (
        "https://feeds.example/file.html",
        "https://feeds.example/entries/entry.html",
    )


def test_a_feed_cut_inside_cdata_ends() -> None:
    assert isinstance(read((CORPUS / "feedparser-incomplete-cdata.xml").read_bytes()), Unreadable)


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param(b"</width>", id="the end of an image's width"),
        pytest.param(b"</gml:pos>", id="the end of a place"),
        pytest.param(b"</creativeCommons:license>", id="the end of a licence"),
    ],
)
def test_an_element_that_ends_without_a_beginning_costs_itself_only(extra: bytes) -> None:
    body = (
        b'<rss version="2.0" xmlns:gml="http://www.opengis.net/gml" '
        b'xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"><channel>'
        b"<title>Daily</title><item><title>One"
        b" & all</title><link>https://daily.example/1</link>" + extra + b"</item></channel></rss>"
    )
    found = read_feed(body, url="https://daily.example/feed", content_type="", source_key="daily")

    assert isinstance(found, Feed)
    assert [(entry.title, entry.url) for entry in found.entries] == [
        ("One & all", "https://daily.example/1")
    ]


def test_elements_without_end_within_each_other_are_not_read() -> None:
    deep = (
        b"<rss><channel><item><description>"
        + b"<b>" * 6_000
        + b"x"
        + b"</b>" * 6_000
        + b"</description></item></channel></rss>"
    )
    found = read_feed(deep, url="https://daily.example/feed", content_type="", source_key="daily")

    assert isinstance(found, Unreadable)
    assert "5,000 deep" in found.reason


def test_markup_in_text_is_no_depth() -> None:
    markup = b"<![CDATA[" + b"<p>a<br>" * 6_000 + b"]]>"
    body = (
        b"<rss><channel><title>D</title><item><title>T</title>"
        b"<link>https://daily.example/1</link><description>%s</description></item>"
    )
    found = read_feed(
        body % markup + b"</channel></rss>",
        url="https://daily.example/feed",
        content_type="",
        source_key="daily",
    )

    assert isinstance(found, Feed)
    assert [entry.title for entry in found.entries] == ["T"]


def test_the_votes_that_a_summary_counts_are_those_of_its_entry() -> None:
    found = feed(
        b"<rss version='2.0'><channel><title>Board</title><item><title>Northwind opens</title>"
        b"<link>https://lab.example/1</link><description>&lt;p&gt;Points: 118&lt;/p&gt;"
        b"&lt;p&gt;# Comments: 45&lt;/p&gt;</description></item></channel></rss>"
    )

    assert [entry.votes for entry in found.entries] == [163]
