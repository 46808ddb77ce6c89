"""What a page says of itself: which of several witnesses is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import lxml.html
import pytest

from aggregator.domain.article import PageText
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.extract.page.metadata import page_metadata

URL = "https://news.example.com/story"


def metadata_of(head: str = "", body: str = "", url: str = URL) -> PageText:
    """The facts of a page with this head and body."""
    markup = f"<html><head>{head}</head><body>{body}</body></html>"
    parser = lxml.html.HTMLParser(remove_comments=True)
    return page_metadata(lxml.html.document_fromstring(markup, parser=parser), url, markup.encode())


def linked(text: str) -> str:
    """A JSON-LD script."""
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        pytest.param(
            '<meta property="og:title" content="Short card"><title>The whole headline |'
            " Site</title>" + linked('{"@type": "NewsArticle", "headline": "The whole headline"}'),
            "",
            "The whole headline",
            id="two-that-agree",
        ),
        pytest.param(
            '<meta property="og:title" content="Site"><meta property="og:site_name"'
            ' content="Site"><title>Site</title>',
            "",
            "Site",
            id="nothing-but-the-site",
        ),
        pytest.param(
            """<meta property="og:title" content="It's 'all' new">""",
            "<h1>It’s ‘all’ new</h1>",
            "It’s ‘all’ new",
            id="as-typeset",
        ),
        pytest.param(
            "<title>Lyft extends scooter rides | Engadget</title>",
            "<h1>Engadget</h1><h1>Lyft extends scooter rides</h1>",
            "Lyft extends scooter rides",
            id="site-as-heading",
        ),
    ],
)
def test_the_headline_is_what_most_witnesses_say(head: str, body: str, expected: str) -> None:
    assert metadata_of(head, body, "https://www.engadget.com/story").title == expected


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        pytest.param(
            linked('{"@type": "Article", "author": ["Ada Example", {"name": "Bo Sample"}]}'),
            "",
            "Ada Example, Bo Sample",
            id="list",
        ),
        pytest.param(
            linked(
                '{"@graph": [{"@type": "Article", "author": {"@id": "#a"}}, {"@id": "#a", "name":'
                ' "Ada Example"}]}'
            ),
            "",
            "Ada Example",
            id="reference",
        ),
        pytest.param(
            linked('<![CDATA[ {"@type": "Article", "author": {"name": "Ada Example"},} ]]>'),
            "",
            "Ada Example",
            id="repaired",
        ),
        pytest.param(
            '<meta name="author" content="Ada Example and Bo Sample">',
            "",
            "Ada Example, Bo Sample",
            id="tag",
        ),
        pytest.param(
            "",
            '<p class="post__byline">By <a>Ada Example</a>, Staff Writer · 3 minute read</p>',
            "Ada Example",
            id="line-that-readers-see",
        ),
        pytest.param(
            '<meta name="author" content="Ada Example">',
            '<div><a rel="author">Ada Example</a> <a rel="author">Bo Sample</a></div>',
            "Ada Example, Bo Sample",
            id="a-longer-list-that-holds-all",
        ),
        pytest.param(
            '<meta name="author" content="Daily Example"><meta property="og:site_name"'
            ' content="Daily Example">',
            '<span class="author-name">Ada Example</span>',
            "Ada Example",
            id="person-before-the-site",
        ),
        pytest.param(
            "",
            '<div class="comments"><b class="author">Troll Example</b></div>',
            "",
            id="author-of-a-comment",
        ),
        pytest.param(
            '<meta property="article:author" content="https://example.com/ada">',
            "",
            "",
            id="address",
        ),
    ],
)
def test_the_byline_is_made_of_names(head: str, body: str, expected: str) -> None:
    assert metadata_of(head, body).byline == expected


@pytest.mark.parametrize(
    ("head", "body", "url", "expected"),
    [
        pytest.param(
            linked('{"@type": "NewsArticle", "datePublished": "2026-01-05T21:30:00-05:00"}'),
            "",
            URL,
            EntryDate(
                at=datetime(2026, 1, 5, 21, 30, tzinfo=timezone(timedelta(hours=-5))),
                origin=DateOrigin.PAGE,
            ),
            id="in-the-zone-of-the-page",
        ),
        pytest.param(
            '<meta property="article:published_time" content="2026-01-06T02:30:00Z">',
            '<time datetime="2026-01-05 21:30:00">last night</time>',
            URL,
            EntryDate(
                at=datetime(2026, 1, 5, 21, 30, tzinfo=timezone(timedelta(hours=-5))),
                origin=DateOrigin.PAGE,
            ),
            id="zone-of-the-clock-that-readers-see",
        ),
        pytest.param(
            linked('{"@type": "Article", "datePublished": "2026-01-09"}')
            + '<meta name="pubdate" content="2026-01-05">',
            "",
            URL,
            EntryDate(at=datetime(2026, 1, 5, tzinfo=UTC), origin=DateOrigin.PAGE),
            id="the-earlier-of-two",
        ),
        pytest.param(
            '<meta name="date" content="2026-03-01">',
            "",
            "https://news.example.com/2026/1/5/story",
            EntryDate(at=datetime(2026, 1, 5, tzinfo=UTC), origin=DateOrigin.URL),
            id="an-update-does-not-date-an-old-address",
        ),
        pytest.param(
            '<!-- <rdf:RDF><rdf:Description dc:date="2026-01-05T22:00:00+00:00"/></rdf:RDF> -->',
            "",
            URL,
            EntryDate(at=datetime(2026, 1, 5, 22, tzinfo=UTC), origin=DateOrigin.PAGE),
            id="trackback",
        ),
        pytest.param(
            "",
            "<p>Published on January 5, 2026.</p>",
            URL,
            EntryDate(at=datetime(2026, 1, 5, tzinfo=UTC), origin=DateOrigin.PAGE),
            id="text",
        ),
        pytest.param("", "<p>© 2026</p>", URL, None, id="a-year-is-no-day"),
    ],
)
def test_the_date_is_the_day_as_the_page_states_it(
    head: str, body: str, url: str, expected: EntryDate | None
) -> None:
    found = metadata_of(head, body, url).published

    assert (found, found and found.at.date()) == (expected, expected and expected.at.date())


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(
            '<meta property="og:image" content="/a.jpg">',
            "https://news.example.com/a.jpg",
            id="made-absolute",
        ),
        pytest.param(
            linked('{"@type": "Article", "image": [{"url": "https://cdn.example/b.jpg"}]}'),
            "https://cdn.example/b.jpg",
            id="linked-data",
        ),
        pytest.param(
            '<meta name="twitter:image" content="https://cdn.example/c.jpg">',
            "https://cdn.example/c.jpg",
            id="twitter",
        ),
        pytest.param(
            '<meta property="og:image" content="https://cdn.example/site-logo.png"><meta'
            ' name="twitter:image" content="/d.jpg">',
            "https://news.example.com/d.jpg",
            id="not-a-logo",
        ),
        pytest.param(
            '<meta property="og:image" content="/p.gif"><meta property="og:image:width"'
            ' content="1">',
            None,
            id="not-a-pixel",
        ),
        pytest.param(
            '<meta property="og:image" content="/brand.png">'
            + linked('{"publisher": {"logo": {"url": "/brand.png"}}}'),
            None,
            id="not-what-is-called-a-logo",
        ),
        pytest.param(
            '<meta property="og:image" content="http://169.254.169.254/x">',
            None,
            id="not-a-private-address",
        ),
        pytest.param(
            '<meta property="og:image" content="http://router.lan/x">',
            None,
            id="not-a-private-name",
        ),
        pytest.param(
            '<meta property="og:image" content="data:image/png;base64,AA">', None, id="not-http"
        ),
    ],
)
def test_the_picture_is_one_of_the_article(head: str, expected: str | None) -> None:
    assert metadata_of(head).image_url == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(
            linked('{"@type": "NewsArticle", "isAccessibleForFree": false}'), True, id="false"
        ),
        pytest.param(
            linked('{"@type": "NewsArticle", "isAccessibleForFree": "False"}'), True, id="as-text"
        ),
        pytest.param(
            linked('{"hasPart": [{"isAccessibleForFree": "http://schema.org/False"}]}'),
            True,
            id="of-a-part",
        ),
        pytest.param(
            '<meta property="article:content_tier" content="metered">', True, id="metered"
        ),
        pytest.param('<meta property="article:content_tier" content="free">', False, id="free"),
        pytest.param(linked('{"isAccessibleForFree": true}'), False, id="true"),
        pytest.param("", False, id="nothing-said"),
    ],
)
def test_a_wall_is_told_by_the_publisher(head: str, expected: bool) -> None:
    assert metadata_of(head).is_walled is expected


@pytest.mark.parametrize(
    ("href", "url", "expected"),
    [
        pytest.param(
            "https://www.example.com/a",
            URL,
            "https://www.example.com/a",
            id="another-host-of-the-party",
        ),
        pytest.param(
            "/story",
            "https://amp.example.com/story?amp=1",
            "https://amp.example.com/story",
            id="of-an-amp-page",
        ),
        pytest.param("https://example.org/a", URL, None, id="another-party"),
        pytest.param(
            "https://example.org/a",
            "https://www.msn.com/a",
            "https://example.org/a",
            id="what-was-syndicated",
        ),
        pytest.param("http://127.0.0.1/a", "https://www.msn.com/a", None, id="private"),
        pytest.param("https://www.example.com/", URL, None, id="front-page"),
    ],
)
def test_a_canonical_link_stays_with_its_party(href: str, url: str, expected: str | None) -> None:
    assert metadata_of(f'<link rel="canonical" href="{href}">', url=url).canonical_url == expected


@pytest.mark.parametrize(
    ("letters", "is_found"), [(1_000, True), (3_100_000, False)], ids=["a page", "a bomb"]
)
def test_no_day_is_searched_for_in_more_than_any_article_has(letters: int, is_found: bool) -> None:
    found = metadata_of(body=f"<p>Published on 12 May 2026</p><p>{'0' * letters}</p>")

    assert (found.published is not None) is is_found
