"""The feeds that a page says it has."""

from __future__ import annotations

import pytest

from aggregator.domain.entry import FeedLink
from aggregator.extract.feed.html_listing import MOST_LINKS, feed_links


def links(head: str) -> list[str]:
    """The addresses of the feeds that a page with this head names."""
    return [
        link.url
        for link in feed_links(
            head.encode(), url="https://lab.example/blog/", content_type="text/html"
        )
    ]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(
            '<link rel="alternate" type="application/rss+xml" href="/f">',
            ["https://lab.example/f"],
            id="RSS",
        ),
        pytest.param(
            "<LINK REL=Alternate TYPE=Application/Atom+XML HREF=f>",
            ["https://lab.example/blog/f"],
            id="capitals",
        ),
        pytest.param(
            '<link rel="alternate home" type="application/feed+json; charset=utf-8"'
            ' href="//x.example/f">',
            ["https://x.example/f"],
            id="several words",
        ),
        pytest.param(
            '<base href="https://cdn.example/"><link rel=alternate type=text/xml href=f>',
            ["https://cdn.example/f"],
            id="base",
        ),
        pytest.param('<link rel="alternate" hreflang="de" href="/de">', [], id="translation"),
        pytest.param(
            '<link rel="alternate" type="application/json+oembed" href="/o">', [], id="embedding"
        ),
        pytest.param('<link rel="stylesheet" type="text/css" href="/s">', [], id="style"),
        pytest.param(
            '<link rel="alternate" type="application/rss+xml" href="javascript:x()">',
            [],
            id="script",
        ),
        pytest.param(
            '<!-- <link rel="alternate" type="application/rss+xml" href="/f"> -->', [], id="comment"
        ),
        pytest.param("", [], id="empty page"),
    ],
)
def test_a_link_counts_if_it_is_an_alternate_with_the_type_of_a_feed(
    head: str, expected: list[str]
) -> None:
    assert links(head) == expected


def test_the_feed_of_the_comments_comes_last_and_each_address_once() -> None:
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'
        for title, href in (
            ("Lab: Comments Feed", "/c"),
            ("x", "/comments/feed/"),
            ("Lab", "/f"),
            ("Lab again", "/f"),
        )
    )

    found = feed_links(head.encode(), url="https://lab.example/", content_type="")

    assert [link.url for link in found] == [
        f"https://lab.example{path}" for path in ("/f", "/c", "/comments/feed/")
    ]
    assert found[0] == FeedLink(url="https://lab.example/f", title="Lab")


def test_a_page_with_a_thousand_links_names_no_more_than_twenty() -> None:
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/{n}">' for n in range(1000)
    )

    assert len(links(head)) == MOST_LINKS
